// Document's part about what people keep in lists: decisions about the designs, and events on the calendar. Each change of a
// list is an undo step.
#include "ui/document/document.h"
#include "ui/document/list_change.h"
#include "ui/format/format.h"

namespace foreshard::ui {

namespace {
constexpr int decisionsId = 3, eventsId = 4;   // of undo steps that may be joined
}

std::shared_ptr<const advisor::Decisions> Document::decisions() const {
    return contents_.decisions ? contents_.decisions : std::make_shared<const advisor::Decisions>();
}

void Document::decide(advisor::Decisions decisions, const QString& words, const QString& joined) {
    if (decisions == *this->decisions()) return;
    const auto take = [this](const advisor::Decisions& list) { takeDecisions(list); };
    undo_.push(new ListChange<advisor::Decisions>(take, *this->decisions(), std::move(decisions), words, decisionsId, joined));
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

std::shared_ptr<const CalendarEvents> Document::events() const { return contents_.events ? contents_.events : std::make_shared<const CalendarEvents>(); }

void Document::markEvents(CalendarEvents events, const QString& words) {
    if (events == *this->events()) return;
    const auto take = [this](const CalendarEvents& list) { takeEvents(list); };
    undo_.push(new ListChange<CalendarEvents>(take, *this->events(), std::move(events), words, eventsId, {}));
}

void Document::takeEvents(const CalendarEvents& events) {
    Contents change;
    change.events = std::make_shared<const CalendarEvents>(events);
    apply(change);
    runVerb({"markEvents", tr("Keeping the calendar"), PageId::forecast, false, true}, actions_.markEvents, events);
}

}  // namespace foreshard::ui
