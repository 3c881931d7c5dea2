#include "ui/document/view_context.h"

#include <QUndoCommand>
#include <QUndoStack>

namespace foreshard::ui {

class ViewContext::Change : public QUndoCommand {
public:
    Change(ViewContext& context, ContextValue after, const QString& words)
        : QUndoCommand(words), context_(context), before_(context.value()), after_(std::move(after)) {}
    void undo() override { context_.apply(before_); }
    void redo() override { context_.apply(after_); }

private:
    ViewContext& context_;
    ContextValue before_, after_;
};

void ViewContext::change(ContextValue value, const QString& words) {
    if (value != value_) undo_.push(new Change(*this, std::move(value), words));
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
