// Co-access graph: which tables are touched by the same transactions, how often their values agree there, and which of
// those transactions a design leaves on several shards. With a position for each table: Kamada and Kawai (1989) by
// Boost.Graph, tables that are often together near each other. Same workload, same graph and positions, whatever the design.
// Plain values; pure but for the Job; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/job.h"
#include "core/sharding/design.h"
#include "core/workload/workload.h"

namespace foreshard::advisor {

struct CoAccessNode {
    std::string table;                   // qualified name
    double share = 0;                    // of all committed transactions: those that touch it
    double x = 0, y = 0;                 // 0…1; what shares transactions with no other stands in rows at the lower edge
};

struct CoAccessEdge {
    uint32_t left = 0, right = 0;        // nodes, left < right
    double share = 0;                    // of all committed transactions: those that touch both
    double agree = 0;                    // of all: those in which the two columns have one value; 0: none are known to
    std::string leftColumn, rightColumn; // that agree most often; empty: none
    std::optional<double> apart;         // of those that touch both: their rows lie on several shards under the design
};

struct CoAccess {
    std::vector<CoAccessNode> nodes;     // by TableId
    std::vector<CoAccessEdge> edges;     // sorted by (left, right)
};

// `design` may be null. Errors: cancelled.
Result<CoAccess> coAccessOf(const workload::Workload& workload, const sharding::Design* design, Job& job);

// Positions alone; `edges` as above. Exposed for tests and for other graphs of tables.
Status layOut(CoAccess& graph, Job& job);

}  // namespace foreshard::advisor
