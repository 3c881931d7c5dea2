#include "core/report/gather.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/units.h"
#include "core/report/sections.h"

namespace foreshard::report {

namespace {

struct Maker {
    const char* id;
    const char* title;
    const char* whenEmpty;
    Section (*make)(const ReportInput&);
};

constexpr Maker makers[] = {
    {"workload", "Workload", "no log has been read", workloadSection},
    {"hotspots", "Hotspots", "of no call it is known which keys it touched", hotspotSection},
    {"forecast", "Forecast", "no forecast has been made", forecastSection},
    {"designs", "Designs", "no designs have been searched", designSection},
    {"simulation", "Simulation", "there is no design to project the load onto", simulationSection},
    {"migration", "Migration", "no migration has been planned", migrationSection},
    {"monitor", "Monitor", "no log has been watched", monitorSection},
};

}  // namespace

std::vector<SectionKind> reportSections() {
    std::vector<SectionKind> out;
    for (const Maker& maker : makers) out.push_back({maker.id, maker.title, maker.whenEmpty});
    return out;
}

const char* partSearched(const advisor::Advice& advice) { return advice.heldOut.empty() ? "whole log" : "earlier half"; }

ReportData gather(const ReportInput& input) {
    ReportData out{input.title, input.made, input.zone, !input.showLiterals, {}};
    for (const Maker& maker : makers) {
        if (!input.sections.empty() && !input.sections.contains(maker.id)) continue;
        Section section = maker.make(input);
        if (section.answer.empty()) continue;
        if (const auto stale = input.stale.find(maker.id); stale != input.stale.end())
            section.notes.insert(section.notes.begin(), "Out of date: " + stale->second);
        section.id = maker.id;
        section.title = maker.title;
        out.sections.push_back(std::move(section));
    }
    return out;
}

std::vector<std::string> coverageSentences(const workload::Coverage& c) {
    std::vector<std::string> out;
    const auto say = [&](std::string sentence) { out.push_back(c.source + ": " + sentence); };
    if (c.minDurationMs && *c.minDurationMs > 0)
        say(fmt::format(
            "only statements of at least {:g} ms are in the log; counts are lower bounds and shares are not said.",
            *c.minDurationMs));
    if (c.sampleRate && *c.sampleRate < 1)
        say(fmt::format("the log holds a sample of {:g} % of the calls; counts are scaled up.", *c.sampleRate * 100));
    if (!c.selects) say("reads are not in the log; shares are not said.");
    if (!c.writes) say("writes are not in the log; shares are not said.");
    if (!c.transactionControl) say("BEGIN and COMMIT are not in the log; transactions are found in other ways.");
    if (c.boundaries == workload::Boundaries::inferred) say("transactions are inferred from gaps in time.");
    if (c.boundaries == workload::Boundaries::none) say("the log does not say which calls belong to one transaction.");
    if (!c.literals) say("values are missing from the log, so keys are unknown.");
    if (c.pooled) say("sessions go through a pooler; a session alone says nothing of a client.");
    if (!c.durations) say("durations are not in the log.");
    if (c.cutStatements > 0) say(foreshard::counted(c.cutStatements, "statement is", "statements are") + " cut off in the log.");
    return out;
}

bool sharesKnown(const workload::Facts& facts) {
    return std::none_of(facts.coverage.begin(), facts.coverage.end(),
                        [](const workload::Coverage& c) { return c.lowerBounds(); });
}

std::string counted(double number, const std::string& word) {
    const bool one = number == 1;
    return (number < 100'000 ? groupThousands(static_cast<int64_t>(number)) : formatCount(number)) + " " + word + (one ? "" : "s");
}

LoadUnit loadUnit(double highestPerSecond) {
    return highestPerSecond < 1 ? LoadUnit{3600, "accesses per hour"} : LoadUnit{};
}

std::vector<std::optional<double>> scaled(std::vector<std::optional<double>> values, double factor) {
    for (auto& value : values)
        if (value) *value *= factor;
    return values;
}

std::string keyText(const std::vector<sharding::KeyPart>& key) {
    std::string out;
    for (const sharding::KeyPart& part : key) out += (out.empty() ? "" : ", ") + part.expression;
    return out;
}

// ---- rates --------------------------------------------------------------------------------------------------------

std::vector<Instant> intervalTimes(const workload::Rates& rates) {
    std::vector<Instant> out;
    if (rates.range.empty() || rates.interval <= 0) return out;
    for (int64_t i = rates.firstInterval(); i < rates.endInterval(); ++i) out.push_back(i * rates.interval);
    return out;
}

std::vector<double> callsPerInterval(const workload::Rates& rates, const std::vector<uint32_t>& wanted) {
    std::vector<double> out(intervalTimes(rates).size(), 0.0);
    if (out.empty()) return out;
    std::vector<Weight> sums(out.size(), 0);
    for (const uint32_t index : wanted) {
        if (index >= rates.templates.size()) continue;
        for (const workload::SeriesPoint& point : rates.templates[index].points) {
            const int64_t at = point.interval - rates.firstInterval();
            if (at >= 0 && at < static_cast<int64_t>(sums.size())) sums[static_cast<size_t>(at)] += point.calls;
        }
    }
    for (size_t i = 0; i < out.size(); ++i) out[i] = fromWeight(sums[i]);
    return out;
}

std::string perInterval(const workload::Rates& rates) {
    if (rates.interval == microsPerHour) return "calls per hour";
    if (rates.interval == microsPerDay) return "calls per day";
    return "calls per " + formatInterval(rates.interval);
}

}  // namespace foreshard::report
