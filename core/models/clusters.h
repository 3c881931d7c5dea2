// Clusters of templates whose volumes rise and fall together. After QueryBot 5000 (Ma et al., SIGMOD 2018): online, a
// template joins the cluster whose centre is nearest by cosine where that is at least rho, else it opens one. Here each
// template comes once, with its whole arrival vector (calls per interval, gaps as zeros), in the order of total calls, then
// fingerprint, so that the same workload gives the same clusters. The centre is the sum of the members: cosine does not see
// the length, and large members weigh more. Then what has drifted is sorted anew, as QueryBot 5000 does from time to time: a
// member whose newest calls (the last quarter of the span, where that is two days of intervals or more) no longer go with its cluster's
// moves to one that they go with, or opens its own; history of before stays with it. Pure; any thread.
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/job.h"
#include "core/models/series.h"
#include "core/workload/workload.h"

namespace foreshard::models {

constexpr double clusterRho = 0.8;

struct Cluster {
    std::vector<workload::TemplateId> members;   // largest first; of the rest: cluster by cluster
    std::vector<double> calls;                   // sum over members, by interval of the span
    double total = 0;
    bool rest = false;                           // what no cluster had room for
    bool operator==(const Cluster&) const = default;
};

// Largest cluster first; at most `maxClusters` (≥ 1), of which the last may be the rest. Templates without a call inside
// `span` are in none. Error: cancelled.
Result<std::vector<Cluster>> clusterTemplates(const workload::Workload& workload, IntervalSpan span, double rho,
                                              uint32_t maxClusters, Job& job);

}  // namespace foreshard::models
