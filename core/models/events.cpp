#include "core/models/events.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "core/base/bytes.h"
#include "core/base/hash.h"

namespace foreshard::models {

namespace {

constexpr uint64_t magic = 0x53544e5645534e46;   // "FNSEVNTS"
constexpr size_t seasonsLookedAt = 4;
constexpr size_t mostLevel = 1440;               // intervals before an event that tell its level
constexpr double spreadOfOne = 0.5;              // of the effect, where it was seen once

Error wrong(std::string message, std::string next) { return {ErrorCategory::usage, std::move(message), std::move(next), {}}; }

// The name at the end of the chain of `like`; names that no event has any more are their own end.
std::string kindOf(const std::vector<CalendarEvent>& events, std::string name) {
    for (size_t steps = 0; steps <= events.size(); ++steps) {
        const auto it = std::find_if(events.begin(), events.end(), [&](const CalendarEvent& e) { return e.name == name && !e.like.empty(); });
        if (it == events.end()) break;
        name = it->like;
    }
    return name;
}

}  // namespace

Status addEvent(std::vector<CalendarEvent>& events, CalendarEvent event) {
    if (event.name.empty()) return wrong("An event needs a name.", "Call it by what happens then, such as sale.");
    if (event.end <= event.begin) return wrong("The event \"" + event.name + "\" does not end after it begins.", "Give the earlier time first.");
    for (const auto& other : events)
        if (other.name == event.name && other.begin < event.end && event.begin < other.end)
            return wrong("The event \"" + event.name + "\" is marked at that time already.", "Remove it first, or call this one by another name and --like " + event.name + ".");
    if (!event.like.empty()) {
        const auto named = [&](const CalendarEvent& other) { return other.name == event.like; };
        if (std::none_of(events.begin(), events.end(), named))
            return Error{ErrorCategory::notFound, "No event is called \"" + event.like + "\".", "Run foreshard events P list for those that are marked.", {}};
        if (kindOf(events, event.like) == event.name || event.like == event.name) return wrong("The event \"" + event.name + "\" cannot be like itself.", "Events of one name are of one kind anyway.");
    }
    const auto place = std::upper_bound(events.begin(), events.end(), event, [](const CalendarEvent& a, const CalendarEvent& b) {
        return a.begin != b.begin ? a.begin < b.begin : a.name < b.name;
    });
    events.insert(place, std::move(event));
    return {};
}

Result<size_t> removeEvents(std::vector<CalendarEvent>& events, const std::string& name, std::optional<Instant> begin) {
    const size_t gone = std::erase_if(events, [&](const CalendarEvent& event) { return event.name == name && (!begin || event.begin == *begin); });
    if (gone == 0)
        return Error{ErrorCategory::notFound, "No event is called \"" + name + "\"" + (begin ? " and begins at " + formatRfc3339(*begin) : std::string()) + ".",
                     "Run foreshard events P list for those that are marked.", {}};
    return gone;
}

std::string writeEvents(const std::vector<CalendarEvent>& events) {
    ByteWriter out;
    out.fixed64(magic);
    out.varint(eventsFormatVersion);
    out.list(events, [](ByteWriter& w, const CalendarEvent& event) {
        w.text(event.name);
        w.zigzag(event.begin);
        w.zigzag(event.end);
        w.text(event.like);
    });
    return out.take();
}

Result<std::vector<CalendarEvent>> readEvents(std::string_view bytes) {
    ByteReader in(bytes);
    if (in.fixed64() != magic) return Error{ErrorCategory::format, "These bytes are not marked events.", {}, {}};
    if (in.varint() > eventsFormatVersion) return Error{ErrorCategory::version, "The marked events were written by a newer Foreshard.", "Update Foreshard.", {}};
    std::vector<CalendarEvent> events;
    in.list([&](ByteReader& r) {
        CalendarEvent event;
        event.name = r.text();
        event.begin = r.zigzag();
        event.end = r.zigzag();
        event.like = r.text();
        if (event.name.empty() || event.end <= event.begin) r.fail();
        events.push_back(std::move(event));
    });
    if (!in.ok() || !in.atEnd()) return Error{ErrorCategory::format, "The marked events are cut short or damaged.", {}, {}};
    return events;
}

uint64_t fingerprintOf(const std::vector<CalendarEvent>& events) { return events.empty() ? 0 : std::max<uint64_t>(1, hashText(writeEvents(events))); }

uint64_t dataFingerprint(uint64_t workload, uint64_t events) { return events == 0 ? workload : combineHash(workload, events); }

EventCalendar::EventCalendar(const std::vector<CalendarEvent>& events, Instant interval) {
    if (interval <= 0) return;
    std::map<std::string, size_t> kinds;
    for (size_t i = 0; i < events.size(); ++i) {
        const size_t kind = kinds.emplace(kindOf(events, events[i].name), kinds.size()).first->second;
        occurrences_.push_back({intervalIndex(events[i].begin, interval), intervalIndex(events[i].end - 1, interval) + 1, kind, i});
    }
    std::stable_sort(occurrences_.begin(), occurrences_.end(), [](const Occurrence& a, const Occurrence& b) { return a.first < b.first; });
}

std::optional<size_t> EventCalendar::at(int64_t interval) const {
    std::optional<size_t> found;
    for (size_t i = 0; i < occurrences_.size() && occurrences_[i].first <= interval; ++i)
        if (interval < occurrences_[i].end) found = i;
    return found;
}

MarkedSeries::MarkedSeries(std::span<const double> logs, IntervalSpan span, Instant interval, EventCalendar calendar)
    : logs_(logs.begin(), logs.end()), cleaned_(logs.begin(), logs.end()), span_(span), seasons_(candidateSeasons(interval, logs.size())), calendar_(std::move(calendar)) {
    std::reverse(seasons_.begin(), seasons_.end());   // the longest first
    std::erase(seasons_, 1u);
    if (interval > 0 && interval < microsPerDay) day_ = std::clamp<size_t>(static_cast<size_t>(microsPerDay / interval), 1, mostLevel);
    effects_.resize(calendar_.occurrences().size());
    for (size_t i = 0; i < effects_.size(); ++i) measure(i);
}

// Mean of the cleaned values at the same phase of earlier seasons; nothing where there is no earlier season.
std::optional<double> MarkedSeries::phaseValue(size_t index) const {
    for (const uint32_t season : seasons_) {
        double sum = 0;
        size_t used = 0;
        for (size_t back = season; back <= index && used < seasonsLookedAt; back += season, ++used) sum += cleaned_[index - back];
        if (used > 0) return sum / static_cast<double>(used);
    }
    return std::nullopt;
}

void MarkedSeries::measure(size_t occurrence) {
    const auto& own = calendar_.occurrences()[occurrence];
    auto& sums = effects_[occurrence];
    sums = {0.0};
    if (own.first < span_.first || own.first >= span_.end) return;   // what began before the log has no level to be held against
    const auto first = static_cast<size_t>(own.first - span_.first);
    const size_t end = std::min(cleaned_.size(), static_cast<size_t>(own.end - span_.first)), before = first - std::min(first, day_);
    double level = 0, shift = 0;
    size_t shifts = 0;
    for (size_t i = before; i < first; ++i) {
        level += cleaned_[i] / static_cast<double>(first - before);
        if (const auto phase = phaseValue(i)) shift += cleaned_[i] - *phase, ++shifts;
    }
    if (shifts > 0) shift /= static_cast<double>(shifts);
    if (first == before) return;
    for (size_t i = first; i < end; ++i) {
        const bool counts = calendar_.at(span_.first + static_cast<int64_t>(i)) == occurrence;   // else another one has taken over
        const auto phase = phaseValue(i);
        sums.push_back(sums.back() + (counts ? logs_[i] - (phase ? *phase + shift : level) : 0.0));
        if (counts) cleaned_[i] = std::max(0.0, logs_[i] - sums.back() / static_cast<double>(sums.size() - 1));
    }
}

EventEffect MarkedSeries::effectAt(size_t origin, size_t target) const {
    EventEffect effect;
    const auto at = calendar_.at(span_.first + static_cast<int64_t>(target));
    if (!at) return effect;
    effect.marked = true;
    std::vector<double> seen;
    for (size_t o = 0; o < effects_.size(); ++o) {
        const auto& other = calendar_.occurrences()[o];
        if (other.kind != calendar_.occurrences()[*at].kind || effects_[o].size() < 2) continue;
        const auto first = static_cast<size_t>(other.first - span_.first);
        if (first >= origin) continue;
        const size_t known = std::min(effects_[o].size() - 1, origin - first);
        seen.push_back(effects_[o][known] / static_cast<double>(known));
    }
    if (seen.empty()) return effect;
    effect.occurrences = static_cast<uint32_t>(seen.size());
    for (const double each : seen) effect.mean += each / static_cast<double>(seen.size());
    for (const double each : seen) effect.spread += (each - effect.mean) * (each - effect.mean);
    effect.spread = seen.size() > 1 ? std::sqrt(effect.spread / static_cast<double>(seen.size() - 1)) : spreadOfOne * std::abs(effect.mean);
    return effect;
}

void MarkedSeries::addEffects(size_t origin, size_t target, std::span<double> predictions) const {
    for (size_t step = 0; step < predictions.size(); ++step) {
        const size_t index = target + step;
        const EventEffect effect = effectAt(origin, index);
        if (!effect.marked) continue;
        if (effect.occurrences > 0) predictions[step] = std::max(0.0, predictions[step] + effect.mean);
        else if (index < logs_.size()) predictions[step] += logs_[index] - cleaned_[index];
    }
}

std::shared_ptr<const MarkedSeries> markedSeries(std::span<const double> logs, IntervalSpan span, Instant interval, const EventCalendar& calendar) {
    return calendar.empty() ? nullptr : std::make_shared<const MarkedSeries>(logs, span, interval, calendar);
}

}  // namespace foreshard::models
