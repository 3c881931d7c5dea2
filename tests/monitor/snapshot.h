// A snapshot with every kind of number, for the tests of what shows it.
#pragma once

#include "core/monitor/status.h"

namespace watched {

inline foreshard::monitor::Snapshot fullSnapshot() {
    using namespace foreshard::monitor;
    Snapshot snapshot;
    snapshot.design = "d1";
    snapshot.shards = 2;
    snapshot.interval = foreshard::microsPerHour;
    snapshot.times = {0, foreshard::microsPerHour, 2 * foreshard::microsPerHour};
    snapshot.loads = {{0, {1.5, 2.5, std::nullopt}, {1, 2, 3}, {1, 1, 2}, {2, 3, 4}}, {1, {4.5, 7.5, std::nullopt}, {std::nullopt, std::nullopt, 3}, {}, {}}};
    snapshot.newestMaxOverMean = 1.5;
    snapshot.loadMaxOverMean = 1.5;
    snapshot.multiShardShare = 0.125;
    snapshot.total = {"all templates", 0.04, 0.2, 12};
    snapshot.series = {{"SELECT \"a\" FROM t\\u\nWHERE k = $1", 0.05, std::nullopt, 12}};
    snapshot.findings = {{"skew", Level::warning, "what", "evidence", 0, std::nullopt, Act::planMove},
                         {"drift", Level::warning, "what", "evidence", 0, foreshard::microsPerHour, Act::retrain}};
    snapshot.intervalsClosed = 2;
    snapshot.calls = 12345;
    snapshot.accesses = {14400, 43200};
    return snapshot;
}

}  // namespace watched
