// An undo step of a list that people keep in the project as a whole: what it was before, what it is after. GUI thread only.
#pragma once

#include <QUndoCommand>

#include <functional>

namespace foreshard::ui {

template <typename List>
class ListChange : public QUndoCommand {
public:
    using Take = std::function<void(const List&)>;
    // Steps in a row with the same `joined` words become one; empty: never. `id` belongs to one List alone.
    ListChange(Take take, List before, List after, const QString& words, int id, QString joined)
        : QUndoCommand(words), take_(std::move(take)), before_(std::move(before)), after_(std::move(after)), id_(id), joined_(std::move(joined)) {}
    void undo() override { take_(before_); }
    void redo() override { take_(after_); }
    int id() const override { return joined_.isEmpty() ? -1 : id_; }
    bool mergeWith(const QUndoCommand* next) override {
        const auto* other = static_cast<const ListChange*>(next);      // the only commands with this id
        if (other->joined_ != joined_) return false;
        after_ = other->after_;
        setText(other->text());
        return true;
    }

private:
    Take take_;
    List before_, after_;
    int id_;
    QString joined_;
};

}  // namespace foreshard::ui
