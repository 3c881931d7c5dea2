#include "core/ingest/evidence.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace foreshard::ingest {

namespace {

// A threshold is inferred from durations only where so many calls leave no doubt.
constexpr uint64_t clearlyMany = 1'000;

// The largest of 1, 2, 2.5, 3, 5 × 10^k that is no more than `millis`: thresholds are set by people.
double roundThreshold(double millis) {
    double best = 1;
    for (double power = 1; power <= millis; power *= 10)
        for (const double step : {1.0, 2.0, 2.5, 3.0, 5.0})
            if (step * power <= millis) best = std::max(best, step * power);
    return best;
}

std::optional<double> thresholdOf(const Evidence& evidence) {
    const bool planned = evidence.plannedCalls > 0 && evidence.plannedCalls == evidence.calls;
    const auto setting = evidence.settings.find(planned ? "auto_explain.log_min_duration" : "log_min_duration_statement");
    if (setting != evidence.settings.end()) {
        const auto millis = settingMillis(setting->second);
        if (millis && *millis > 0) return millis;
        if (millis && *millis == 0) return std::nullopt;
    }
    const double shortest = static_cast<double>(evidence.shortestEnded) / 1e6;
    if (evidence.startedCalls == 0 && (planned ? evidence.plannedCalls : evidence.endedCalls) >= clearlyMany && shortest >= 1) return roundThreshold(shortest);
    return std::nullopt;
}

}  // namespace

void Evidence::merge(const Evidence& later) {
    records += later.records;
    calls += later.calls;
    selects += later.selects;
    writes += later.writes;
    controls += later.controls;
    startedCalls += later.startedCalls;
    endedCalls += later.endedCalls;
    timedCalls += later.timedCalls;
    failedAlone += later.failedAlone;
    bareDurations += later.bareDurations;
    needValues += later.needValues;
    haveValues += later.haveValues;
    cutValues += later.cutValues;
    withVirtualTransaction += later.withVirtualTransaction;
    withoutSession += later.withoutSession;
    resets += later.resets;
    foreignLanguage += later.foreignLanguage;
    examinedCalls += later.examinedCalls;
    rowsExamined += later.rowsExamined;
    withoutTime += later.withoutTime;
    plannedCalls += later.plannedCalls;
    unreadPlans += later.unreadPlans;
    shortestEnded = std::min(shortestEnded, later.shortestEnded);
    for (const auto& [name, value] : later.settings) settings[name] = value;
}

std::optional<double> settingMillis(const std::string& value) {
    double number = 0;
    const char* end = value.data() + value.size();
    const auto [behind, error] = std::from_chars(value.data(), end, number);
    if (error != std::errc()) return std::nullopt;
    const std::string_view unit(behind, static_cast<size_t>(end - behind));
    if (unit.empty() || unit == "ms") return number;
    if (unit == "s") return number * 1e3;
    if (unit == "min") return number * 6e4;
    if (unit == "h") return number * 3.6e6;
    if (unit == "d") return number * 8.64e7;
    if (unit == "us") return number / 1e3;
    return std::nullopt;
}

workload::Coverage coverageOf(const Evidence& evidence, const GivenCoverage& given) {
    workload::Coverage out;
    out.sampleRateGiven = given.sampleRate.has_value();
    out.minDurationGiven = given.minDurationMs.has_value();
    out.pooledGiven = given.pooled.has_value();
    out.sampleRate = given.sampleRate;
    out.minDurationMs = given.minDurationMs;
    if (out.minDurationMs && *out.minDurationMs <= 0) out.minDurationMs.reset();
    if (!given.minDurationMs) out.minDurationMs = thresholdOf(evidence);
    out.pooled = given.pooled.value_or(evidence.resets > 0);
    // log_min_duration_statement logs every kind; log_statement = all too, mod leaves out SELECT and transaction control,
    // ddl the writes as well. A log with SELECTs is therefore one with everything.
    // Plans alone are of SELECT, INSERT, UPDATE, DELETE and MERGE, never of transaction control.
    const bool planned = evidence.plannedCalls > 0 && evidence.plannedCalls + evidence.failedAlone >= evidence.calls;
    const bool everything = !planned && (evidence.endedCalls > 0 || evidence.selects > 0 || evidence.controls > 0);
    out.selects = everything || planned || evidence.calls == 0;
    out.writes = everything || planned || evidence.writes > 0 || evidence.calls == 0;
    out.transactionControl = everything;
    out.boundaries = evidence.withoutSession > 0 && evidence.withoutSession == evidence.calls ? workload::Boundaries::none
                     : evidence.controls > 0 ? workload::Boundaries::explicitStatements
                     : evidence.withVirtualTransaction > 0 ? workload::Boundaries::virtualTransactionId
                     : everything ? workload::Boundaries::autocommit : workload::Boundaries::none;
    out.literals = evidence.haveValues * 2 >= evidence.needValues;
    out.durations = evidence.timedCalls > 0;
    out.cutStatements = evidence.cutValues;
    return out;
}

workload::Coverage silentCoverage() {
    workload::Coverage out;
    out.selects = out.writes = out.transactionControl = out.literals = out.durations = false;
    return out;
}

Diagnostics findings(const Evidence& evidence, const std::string& unknownZone, const std::string& file) {
    Diagnostics out;
    const auto say = [&](const char* reason, std::string message) {
        out.add({Severity::warning, reason, file, 0, 0, std::move(message)});
    };
    if (evidence.calls == 0)
        say("no_statements", "The log holds no statements; set log_statement = 'all' or log_min_duration_statement = 0 and log again.");
    if (evidence.foreignLanguage > 0)
        say("foreign_language", "Some messages are not English and were not understood; set lc_messages = 'C' and log again.");
    if (!unknownZone.empty())
        say("unknown_zone", "The time zone \"" + unknownZone + "\" is not known; its times were read as UTC.");
    if (evidence.needValues > evidence.haveValues)
        say("no_parameter_values", "Some statements name parameters whose values the log does not hold; set log_parameter_max_length = -1.");
    if (evidence.withoutTime > 0)
        say("no_times", "The log has no times: all its calls stand at one instant, and nothing can be said of volume over time.");
    if (evidence.examinedCalls > 0)
        out.add({Severity::note, "rows_examined", file, 0, 0,
                 fmt::format("The server read {} rows for {} calls ({:.1f} a call).", evidence.rowsExamined, evidence.examinedCalls,
                             static_cast<double>(evidence.rowsExamined) / static_cast<double>(evidence.examinedCalls))});
    if (evidence.unreadPlans > 0)
        say("plans_not_read", "Some plans of auto_explain were not understood; set auto_explain.log_format to text or json.");
    if (evidence.bareDurations > 0 && evidence.endedCalls == 0 && evidence.plannedCalls == 0)
        say("statements_without_text", "Some durations belong to statements whose text was not logged.");
    return out;
}

namespace {

// Calls are weighed while they are read, but the setting's change may come anywhere: so a rate that the log tells is not
// applied, but said.
void noteSampleRate(const Evidence& evidence, const std::string& file, Diagnostics& out) {
    for (const char* name : {"log_statement_sample_rate", "log_transaction_sample_rate"}) {
        const auto setting = evidence.settings.find(name);
        if (setting == evidence.settings.end()) continue;
        double rate = 1;
        const auto& value = setting->second;
        const auto end = std::from_chars(value.data(), value.data() + value.size(), rate);
        if (end.ec != std::errc() || !(rate > 0 && rate < 1)) continue;
        out.add({Severity::warning, "sample_rate_not_given", file, 0, 0,
                 fmt::format("The log says that {} was set to {}, so it may hold a part of the calls; give --sample-rate {} to have them weighed.", name, value, value)});
    }
}

}  // namespace

Diagnostics endFindings(const Evidence& evidence, const std::string& unknownZone, const GivenCoverage& given, const std::string& file) {
    Diagnostics out = findings(evidence, unknownZone, file);
    if (!given.sampleRate) noteSampleRate(evidence, file, out);
    return out;
}

Status checkGiven(const GivenCoverage& given) {
    const auto rate = given.sampleRate;
    if (rate && !(*rate > 0 && *rate <= 1))
        return Error{ErrorCategory::usage, fmt::format("A sample rate of {} makes no sense.", *rate), "Give one above 0 and at most 1.", {}};
    return {};
}

}  // namespace foreshard::ingest
