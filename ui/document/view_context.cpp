#include "ui/document/view_context.h"

#include <QUndoCommand>
#include <QUndoStack>

namespace foreshard::ui {

class ViewContext::Change : public QUndoCommand {
public:
    Change(ViewContext& context, ContextValue after, const QString& words, QString joined)
        : QUndoCommand(words), context_(context), before_(context.value()), after_(std::move(after)), joined_(std::move(joined)) {}
    void undo() override { context_.apply(before_); }
    void redo() override { context_.apply(after_); }
    int id() const override { return joined_.isEmpty() ? -1 : 2; }
    bool mergeWith(const QUndoCommand* next) override {
        const auto* other = static_cast<const Change*>(next);      // the only commands with this id
        if (other->joined_ != joined_) return false;
        after_ = other->after_;
        setText(other->text());
        return true;
    }

private:
    ViewContext& context_;
    ContextValue before_, after_;
    QString joined_;
};

void ViewContext::change(ContextValue value, const QString& words, const QString& joined) {
    if (value != value_) undo_.push(new Change(*this, std::move(value), words, joined));
}

void ViewContext::reset() {
    undo_.clear();
    apply({});
}

void ViewContext::apply(const ContextValue& value) {
    value_ = value;
    Q_EMIT changed();
}

}  // namespace foreshard::ui
