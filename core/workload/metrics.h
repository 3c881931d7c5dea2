// Metrics: what a server has counted of its statements by itself (pg_stat_statements), at the instants when somebody looked. They stand
// beside the log and are no part of a Workload: counters say neither when a call came nor with which values, and calls that a log holds
// are in them too. Plain value; not thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/base/time.h"

namespace foreshard::workload {

// Since the statement's entry was made, or reset.
struct StatementCounters {
    uint64_t calls = 0;
    Nanoseconds duration = 0;
    uint64_t rows = 0;
    bool operator==(const StatementCounters&) const = default;
};

struct StatementMetrics {
    std::string text;                              // as a template's
    std::map<Instant, StatementCounters> counters; // where a snapshot does not show it, the server had dropped it or not seen it yet
    bool operator==(const StatementMetrics&) const = default;
};

struct StatementKey {
    std::string database, user, id;                // as exported; empty: not told. id: queryid, or made from the text
    auto operator<=>(const StatementKey&) const = default;
};

// What came between two snapshots that follow one another.
struct MetricsStep {
    TimeRange range;
    StatementCounters added;
    // The counters were reset, or the entry was not there before: what the server had counted until then is not in it.
    bool atLeast = false;
    bool operator==(const MetricsStep&) const = default;
};

struct Metrics {
    static constexpr uint32_t formatVersion = 1;
    std::set<Instant> snapshots;
    std::map<StatementKey, StatementMetrics> statements;
    bool operator==(const Metrics&) const = default;

    bool empty() const { return snapshots.empty(); }
    // Union; of one statement at one instant the larger counters. Associative, commutative, and the same again changes nothing.
    void merge(const Metrics& other);
    // By snapshots[i] and [i + 1]; steps in which the statement was not called are left out.
    std::vector<MetricsStep> stepsOf(const StatementMetrics& statement) const;
};

std::string writeMetrics(const Metrics& metrics);
Result<Metrics> readMetrics(std::string_view bytes);   // format or version error, never a crash

}  // namespace foreshard::workload
