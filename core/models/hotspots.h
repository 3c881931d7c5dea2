// Hotspots of a workload: key buckets that carry more than their share, grow faster than the rest, or burst. Columns whose
// values travel together (equal in joins or inside transactions) count once, by the one with most traffic. Found in exact
// counts, by the rules below; predicting new ones is not done here. Pure; any thread; same workload, same answer.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/workload/workload.h"

namespace foreshard::models {

enum class HotspotKind : uint8_t {
    singleKey,
    range,        // several neighbouring keys
    tenant,       // one value of a column that ties three tables or more together
    monotonicEdge,   // the newest keys of a column whose keys only grow, by INSERTs
    scan,         // statements that bind no key of a table: every shard of it has to answer
};
const char* toString(HotspotKind kind);

struct Hotspot {
    workload::ColumnId column = 0;           // of a scan: the one of its table that is bound most
    HotspotKind kind = HotspotKind::singleKey;
    std::string keys;                        // "17", "20 – 63"
    int64_t low = 0, high = 0;               // both included
    // Of the column's bound accesses, 0…1; an edge's: those that met the newest keys of their time; a scan's: of all accesses to its table.
    double share = 0;
    std::optional<double> predictedShare;    // likewise in the forecast; nothing without one
    std::optional<double> weeklyGrowth;      // of its share: 0.38 is +38 % a week
    std::optional<TimeRange> burst;          // when most of its traffic came
    std::string what;                        // a phrase: "grows by 38 % a week"
    std::vector<workload::TemplateId> templates;   // that bind the column, most calls first, at most five
    std::string remedy;                      // a sentence
};

struct HotspotRules {
    double leastShare = 0.05;                // always hot: this share and `overMedian` times the median bucket
    double overMedian = 3;                   // an edge: this times the even share of a bucket
    double leastGrowth = 0.15;               // a week, with share ≥ leastGrowthShare, over 7 days or more
    double leastGrowthShare = 0.02;
    double burstTraffic = 0.4;               // this part of its traffic…
    double burstTime = 0.03;                 // …in at most this part of the time, with share ≥ leastBurstShare
    double leastBurstShare = 0.01;
    double leastScanShare = 0.05;            // of the table's accesses, with leastScanCalls of all accesses
    double leastScanCalls = 0.005;
    size_t most = 20;
};

// Columns whose values travel together, by one of them: root[a] == root[b]. Parallel to the columns of `facts`.
std::vector<workload::ColumnId> companionRoots(const workload::Facts& facts);

// A key column whose keys are ordered, and the tables of all columns whose values travel together with it.
struct KeyToWatch {
    workload::ColumnId column = 0;
    std::set<workload::TableId> tables;
};
// One column of each group of companions: the one with most traffic; most traffic first.
std::vector<KeyToWatch> columnsToLookAt(const workload::Workload& workload);

// Those that bind the column, most calls first, at most five: the causes of its hotspots.
std::vector<workload::TemplateId> templatesBinding(const workload::Workload& workload, workload::ColumnId column);

// Largest share first; edges and scans last, for their share is of something else. `forecast` may be null; its facts must be those of `observed`.
std::vector<Hotspot> findHotspots(const workload::Workload& observed, const workload::Workload* forecast, const HotspotRules& rules = {});

}  // namespace foreshard::models
