// Events that a person marks on the calendar: a sale, a match, a migration. A marked event multiplies the volume of each series
// by a factor of its own, which is measured where events of its kind have happened before; in ln(1+count) it is a sum. History is
// freed of the events in it before any model sees it, and what is foreseen gets their measured effect back: so every candidate,
// learned or not, knows of them (a regression on calendar effects with adjusted data, as X-13ARIMA-SEATS does; U.S. Census Bureau).
// Learned candidates see the mark and the measured effect as features besides. Nothing reads a value at or after the origin that
// is asked about. Pure; any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/base/time.h"
#include "core/models/series.h"

namespace foreshard::models {

struct CalendarEvent {
    std::string name;                // events of one name are occurrences of one kind
    Instant begin = 0, end = 0;      // half open
    std::string like;                // name of another event that this one is of the same kind as; empty: none
    bool operator==(const CalendarEvent&) const = default;
};
constexpr uint32_t eventsFormatVersion = 1;

// Keeps them in order of time. Errors: usage (no name, no time, an end before its beginning, the same event twice, an event like
// itself), notFound (none is called `like`).
Status addEvent(std::vector<CalendarEvent>& events, CalendarEvent event);
// All occurrences of a name; with `begin`, the one that begins then. Returns how many went. Error: notFound.
Result<size_t> removeEvents(std::vector<CalendarEvent>& events, const std::string& name, std::optional<Instant> begin);

std::string writeEvents(const std::vector<CalendarEvent>& events);
Result<std::vector<CalendarEvent>> readEvents(std::string_view bytes);   // format, version

// 0: no events. What models rest on besides the workload.
uint64_t fingerprintOf(const std::vector<CalendarEvent>& events);
// Of a workload with these events; the workload's own where there are none.
uint64_t dataFingerprint(uint64_t workload, uint64_t events);

// Events as intervals. Where several cover one interval, the one that began last counts.
class EventCalendar {
public:
    struct Occurrence {
        int64_t first = 0, end = 0;  // every interval that the event touches; half open
        size_t kind = 0;
        size_t event = 0;            // index into the events it was made from
    };
    EventCalendar() = default;
    EventCalendar(const std::vector<CalendarEvent>& events, Instant interval);
    bool empty() const { return occurrences_.empty(); }
    const std::vector<Occurrence>& occurrences() const { return occurrences_; }   // by beginning
    // Index into occurrences(); nothing where no event is marked.
    std::optional<size_t> at(int64_t interval) const;

private:
    std::vector<Occurrence> occurrences_;
};

struct EventEffect {
    bool marked = false;             // an event is marked there
    uint32_t occurrences = 0;        // of its kind that were seen before; 0: nothing is known of its effect
    double mean = 0;                 // in ln(1+count); over occurrences, each of which counts as much
    double spread = 0;               // standard deviation between occurrences; half of the effect where there was one alone
};

// One series and what marked events did to it. What is expected without an event is the mean of the same phase of up to four
// earlier seasons, shifted to the level of the day before the event; all of it lies before the value that is freed.
class MarkedSeries {
public:
    // `logs` over `span`, in ln(1+count).
    MarkedSeries(std::span<const double> logs, IntervalSpan span, Instant interval, EventCalendar calendar);
    // Without the effects that were measured up to each value itself.
    const std::vector<double>& cleaned() const { return cleaned_; }
    const std::vector<double>& raw() const { return logs_; }
    // What is known before index `origin` of the event at index `target` (both count from the beginning of the span, and may lie
    // beyond its end).
    EventEffect effectAt(size_t origin, size_t target) const;
    // Predictions for the indexes from `target` on, made before `origin` from cleaned values, with the known effects. Where
    // nothing could be known of an event, the effect that it turned out to have is added as far as it is in the series: no model
    // is judged by what none could know.
    void addEffects(size_t origin, size_t target, std::span<double> predictions) const;

private:
    void measure(size_t occurrence);
    std::optional<double> phaseValue(size_t index) const;

    std::vector<double> logs_, cleaned_;
    IntervalSpan span_;
    std::vector<uint32_t> seasons_;
    size_t day_ = 24;                // intervals that tell the level before an event
    EventCalendar calendar_;
    std::vector<std::vector<double>> effects_;   // [occurrence]: running sums of what each of its intervals in the span differed by; one longer than these
};

// Null where nothing is marked.
std::shared_ptr<const MarkedSeries> markedSeries(std::span<const double> logs, IntervalSpan span, Instant interval, const EventCalendar& calendar);

}  // namespace foreshard::models
