// Evidence: what a log shows of how it was written, counted while reading; sums, so that any split of a log gives the same.
// coverageOf() draws the conclusions (DESIGN §1, idea 5). Plain value.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "core/base/diagnostics.h"
#include "core/base/result.h"
#include "core/base/time.h"
#include "core/ingest/record.h"
#include "core/workload/workload.h"

namespace foreshard::ingest {

struct Evidence {
    uint64_t records = 0, calls = 0;
    uint64_t selects = 0, writes = 0, controls = 0;      // calls by first word
    uint64_t startedCalls = 0;                           // logged when they began
    uint64_t endedCalls = 0;                             // logged with their duration when they were over
    uint64_t timedCalls = 0;
    uint64_t failedAlone = 0;                            // known from their error alone
    uint64_t bareDurations = 0;                          // of statements whose text was not logged
    uint64_t needValues = 0, haveValues = 0;             // calls whose text names parameters; those with their values
    uint64_t cutValues = 0;                              // calls with a value cut off by log_parameter_max_length
    uint64_t withVirtualTransaction = 0;
    uint64_t withoutSession = 0;
    uint64_t resets = 0;                                 // DISCARD ALL: a pooler hands the session on
    uint64_t foreignLanguage = 0;                        // records with a severity that is not English
    uint64_t examinedCalls = 0, rowsExamined = 0;        // calls of which the log says how many rows the server read, and these
    uint64_t withoutTime = 0;                            // records
    uint64_t plannedCalls = 0;                           // known from their plans alone
    uint64_t unreadPlans = 0;                            // neither text nor JSON
    Nanoseconds shortestEnded = INT64_MAX;
    std::map<std::string, std::string> settings;         // logged changes of log_… settings; the last one counts

    void merge(const Evidence& later);
    bool operator==(const Evidence&) const = default;
};

// What a person says of a source; wins over what the log shows.
struct GivenCoverage {
    std::optional<double> sampleRate;                    // 0 < rate <= 1
    std::optional<double> minDurationMs;
    std::optional<bool> pooled;
    bool operator==(const GivenCoverage&) const = default;
};

// A sample rate that makes no sense is an error of category usage.
Status checkGiven(const GivenCoverage& given);

workload::Coverage coverageOf(const Evidence& evidence, const GivenCoverage& given);
// Says nothing: merged with another, it gives the other.
workload::Coverage silentCoverage();
// What a person should know of the whole log, each at most once: no statements at all, another language….
Diagnostics findings(const Evidence& evidence, const std::string& unknownZone, const std::string& file);
// findings(), and what the log says of a sample rate that nobody gave.
Diagnostics endFindings(const Evidence& evidence, const std::string& unknownZone, const GivenCoverage& given, const std::string& file);

// "250ms", "1s", "-1", "0", "2min", "100" (ms) as milliseconds; nothing for anything else.
std::optional<double> settingMillis(const std::string& value);

}  // namespace foreshard::ingest
