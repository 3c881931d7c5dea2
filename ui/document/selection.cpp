#include "ui/document/selection.h"

#include <QStringList>
#include <QUndoCommand>
#include <QUndoStack>

#include "ui/format/format.h"

namespace foreshard::ui {

class Selection::Change : public QUndoCommand {
public:
    Change(Selection& selection, SelectionValue after, QString place, bool walking)
        : QUndoCommand(tr("Change the selection")), selection_(selection), before_(selection.value()), after_(std::move(after)), place_(std::move(place)),
          walking_(walking) {}
    void undo() override { apply(before_); }
    void redo() override { apply(after_); }
    int id() const override { return 1; }
    bool mergeWith(const QUndoCommand* next) override {
        const auto* other = static_cast<const Change*>(next);      // the only command with an id
        if (!other->walking_ || other->place_ != place_) return false;
        after_ = other->after_;
        return true;
    }

private:
    void apply(const SelectionValue& value) {
        selection_.applying_ = true;
        selection_.set(value);
        selection_.applying_ = false;
    }
    Selection& selection_;
    SelectionValue before_, after_;
    QString place_;
    bool walking_;
};

void Selection::choose(SelectionValue value, const QString& place) {
    constexpr qint64 walkingMs = 500;
    if (value == value_) return;
    if (applying_) return set(std::move(value));       // a view that answers to a step makes none of its own
    const bool walking = sinceChoice_.isValid() && sinceChoice_.elapsed() < walkingMs;
    sinceChoice_.start();
    undo_.push(new Change(*this, std::move(value), place, walking));
}

void Selection::set(SelectionValue value) {
    if (value == value_) return;
    value_ = std::move(value);
    Q_EMIT changed();
}

QStringList Selection::words() const {
    QStringList out;
    if (!value_.table.empty()) out << bareTable(value_.table);
    if (!value_.column.empty()) out << text(value_.column);
    if (!value_.keys.empty()) out << tr("keys %1").arg(text(value_.keys));
    if (value_.shard) out << tr("shard %1").arg(*value_.shard);
    if (value_.time) out << timeRange(*value_.time);
    return out;
}

}  // namespace foreshard::ui
