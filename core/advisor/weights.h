// Weights of the advisor's objective (objective.h), each in units of "one more shard for one transaction in one". Plain values;
// part of the options of advice and of the advice itself, so that they are seen, and changed by people.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace foreshard::advisor {

// Peak work is the hottest shard's accesses, summed over windows of time, against an even deal of the accesses that one
// database would serve: skew, scatters and copies' writes all raise it; one shard of N that does everything gives N. Of the
// hottest shard's lead over the mean, what chance makes of so few transactions does not count, so that of designs which the log
// does not tell apart the one with fewer key columns wins.
struct ObjectiveWeights {
    double peakWork = 1.0;         // × (peak work - 1)
    double writeVisit = 2.0;       // × shards beyond the first, of multi-shard writes, for each transaction: two-phase commit
    double readVisit = 1.0;        // × the same of multi-shard reads
    double peakStorage = 0.25;     // × (fullest shard / even deal of the rows that one database would hold - 1)
    // Of two equally good designs the one without copies is better; a small table counts less, and a small one that shares
    // its key with no other is better copied than cut up.
    double copiedTable = 0.002;    // × replicated tables, a tenth for a small one
    double loneTable = 0.01;       // × small keyed tables alone in their group
    double strayTable = 0.01;      // × tables in use on one shard alone: they cannot grow
    double compositeKey = 0.02;    // × share of the accesses of tables with keys of several parts: two parts must earn their keep
    double namedKeys = 0.01;       // × share of the accesses of tables with keys pinned by name: every client needs the list, so that it must earn its keep
    double ringKey = 0.005;        // × share of the accesses of tables on a ring: its arcs cannot be dealt by their load, as slots can
    double fewKeys = 0.02;         // × share of the accesses, where a key has so few values that shards cannot be dealt evenly
    double shippedRow = 0.0005;    // × rows of joins sent between shards, for each transaction
    double movedShare = 0.02;      // × share of all bytes that have to be sent from today's layout: of two equal designs the nearer one
    // Of a forecast also what its sampled futures make of the peak work: in the middle one, and in that which one in ten exceeds.
    double peakP50 = 0.25;         // × (peak work of the median future - 1)
    double peakP90 = 0.25;         // × the same of the ninth of ten
    bool operator==(const ObjectiveWeights&) const = default;
};

// The names that people and JSON use; new ones stand last, for advice keeps the parts of the objective in this order.
struct NamedWeight {
    const char* name;
    double ObjectiveWeights::*value;
};
const std::vector<NamedWeight>& namedWeights();

constexpr double mostWeight = 1e6;

// "write_visit=3,peak_work=0.5": the rest stays as in `weights`. Errors: usage for another name, or no number from 0 to mostWeight.
Result<ObjectiveWeights> parseWeights(std::string_view text, ObjectiveWeights weights = {});

}  // namespace foreshard::advisor
