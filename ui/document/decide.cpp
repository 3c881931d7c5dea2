// Document's part about decisions: one list, each change of it an undo step.
#include <QUndoCommand>

#include "ui/document/document.h"
#include "ui/format/format.h"

namespace foreshard::ui {

class Document::Decide : public QUndoCommand {
public:
    Decide(Document& document, advisor::Decisions after, const QString& words, QString joined)
        : QUndoCommand(words), document_(document), before_(*document.decisions()), after_(std::move(after)), joined_(std::move(joined)) {}
    void undo() override { document_.takeDecisions(before_); }
    void redo() override { document_.takeDecisions(after_); }
    int id() const override { return joined_.isEmpty() ? -1 : 3; }
    bool mergeWith(const QUndoCommand* next) override {
        const auto* other = static_cast<const Decide*>(next);      // the only commands with this id
        if (other->joined_ != joined_) return false;
        after_ = other->after_;
        setText(other->text());
        return true;
    }

private:
    Document& document_;
    advisor::Decisions before_, after_;
    QString joined_;
};

std::shared_ptr<const advisor::Decisions> Document::decisions() const {
    return contents_.decisions ? contents_.decisions : std::make_shared<const advisor::Decisions>();
}

void Document::decide(advisor::Decisions decisions, const QString& words, const QString& joined) {
    if (decisions != *this->decisions()) undo_.push(new Decide(*this, std::move(decisions), words, joined));
}

void Document::decide(advisor::Decision decision, const QString& joined) {
    const auto words = text(advisor::toWords(decision));
    decide(advisor::withDecision(*decisions(), std::move(decision)), words, joined);
}

// The newest list is kept: an older job of the same key is stopped, and the verb writes what it is given whole.
void Document::takeDecisions(const advisor::Decisions& decisions) {
    Contents change;
    change.decisions = std::make_shared<const advisor::Decisions>(decisions);
    apply(change);
    runVerb({"decide", tr("Keeping what was decided"), PageId::designs, false, true}, actions_.decide, decisions);
}

}  // namespace foreshard::ui
