#include "core/models/clusters.h"

#include <algorithm>
#include <cmath>

namespace foreshard::models {

namespace {

// More clusters than are kept may open, so that an early small one does not push out a later large one.
constexpr size_t openFactor = 4;

struct Arrivals {       // one template; sparse, for most templates are quiet most of the time
    workload::TemplateId id = 0;
    uint64_t fingerprint = 0;
    std::vector<std::pair<size_t, double>> calls;
    double total = 0;
    double norm = 0;
};

std::vector<Arrivals> arrivalsOf(const workload::Workload& workload, IntervalSpan span) {
    std::vector<Arrivals> all;
    const auto& series = workload.rates.templates;
    const auto& templates = workload.facts->templates;
    for (size_t id = 0; id < std::min(series.size(), templates.size()); ++id) {
        Arrivals arrivals{static_cast<workload::TemplateId>(id), templates[id].fingerprint, {}, 0, 0};
        for (const auto& point : series[id].points) {
            if (point.interval < span.first || point.interval >= span.end || point.calls <= 0) continue;
            const double calls = fromWeight(point.calls);
            arrivals.calls.emplace_back(static_cast<size_t>(point.interval - span.first), calls);
            arrivals.total += calls;
            arrivals.norm += calls * calls;
        }
        arrivals.norm = std::sqrt(arrivals.norm);
        if (arrivals.total > 0) all.push_back(std::move(arrivals));
    }
    std::sort(all.begin(), all.end(), [](const Arrivals& a, const Arrivals& b) {
        return a.total != b.total ? a.total > b.total : a.fingerprint < b.fingerprint;
    });
    return all;
}

double cosine(const Cluster& cluster, double clusterNorm, const Arrivals& arrivals) {
    double dot = 0;
    for (const auto& [at, calls] : arrivals.calls) dot += cluster.calls[at] * calls;
    return dot / (clusterNorm * arrivals.norm);
}

double join(Cluster& cluster, const Arrivals& arrivals) {
    cluster.members.push_back(arrivals.id);
    cluster.total += arrivals.total;
    for (const auto& [at, calls] : arrivals.calls) cluster.calls[at] += calls;
    double norm = 0;
    for (const double calls : cluster.calls) norm += calls * calls;
    return std::sqrt(norm);
}

void unite(Cluster& rest, const Cluster& cluster) {
    rest.members.insert(rest.members.end(), cluster.members.begin(), cluster.members.end());
    rest.total += cluster.total;
    if (rest.calls.empty()) rest.calls.resize(cluster.calls.size());
    for (size_t i = 0; i < cluster.calls.size(); ++i) rest.calls[i] += cluster.calls[i];
}

// Keeps the largest, folds what is over into the rest.
void keepLargest(std::vector<Cluster>& clusters, const Cluster& late, size_t maxClusters) {
    std::stable_sort(clusters.begin(), clusters.end(), [](const Cluster& a, const Cluster& b) { return a.total > b.total; });
    if (late.members.empty() && clusters.size() <= maxClusters) return;
    const size_t kept = std::min(clusters.size(), maxClusters - 1);
    Cluster rest;
    for (size_t i = kept; i < clusters.size(); ++i) unite(rest, clusters[i]);
    if (!late.members.empty()) unite(rest, late);
    rest.rest = true;
    clusters.resize(kept);
    clusters.push_back(std::move(rest));
}

}  // namespace

Result<std::vector<Cluster>> clusterTemplates(const workload::Workload& workload, IntervalSpan span, double rho,
                                              uint32_t maxClusters, Job& job) {
    std::vector<Cluster> clusters;
    std::vector<double> norms;
    Cluster rest;
    if (!workload.facts || span.size() == 0) return clusters;
    const size_t limit = std::max<size_t>(1, maxClusters);
    for (const auto& arrivals : arrivalsOf(workload, span)) {
        FS_TRY(job.checkpoint());
        size_t best = clusters.size();
        double bestCosine = rho;
        for (size_t i = 0; i < clusters.size(); ++i) {
            const double similarity = cosine(clusters[i], norms[i], arrivals);
            if (similarity < bestCosine || (best != clusters.size() && similarity == bestCosine)) continue;
            best = i;
            bestCosine = similarity;
        }
        if (best == clusters.size() && clusters.size() >= limit * openFactor) {
            if (rest.calls.empty()) rest.calls.resize(span.size());
            join(rest, arrivals);
            continue;
        }
        if (best == clusters.size()) {
            clusters.push_back({{}, std::vector<double>(span.size(), 0.0), 0, false});
            norms.push_back(0);
        }
        norms[best] = join(clusters[best], arrivals);
    }
    keepLargest(clusters, rest, limit);
    return clusters;
}

}  // namespace foreshard::models
