// Marked events for a panel that was read from a file: as a table of their own, and laid over its series.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/models/portfolio/candidate.h"

namespace foreshard::models {

// CSV with a header: name,from,to and, where an event is of the same kind as another, like; from and to are dates. Any order of
// lines. Errors: format (no such columns, no line below them, a line without a time), and what addEvent says, with the line.
Result<std::vector<CalendarEvent>> readEventTable(std::string_view csv, const std::string& name);

// The panel as candidates shall see it: its values freed of what the events did, as far as that was known at each of them.
// Error: usage (its times are no dates, or its steps have no even length).
Result<Panel> withEvents(Panel panel, const std::vector<CalendarEvent>& events);

// Gives the answers of candidates that saw `seen` what was known at each question's origin of the event at its target. An event
// whose like had not happened by then adds nothing.
void addKnownEffects(const Panel& seen, std::span<const Question> questions, std::span<float> answers);

// Whether an event is marked at the question's target.
bool isMarked(const Panel& seen, const Question& question);

}  // namespace foreshard::models
