#include "core/models/clusters.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <unordered_map>

namespace foreshard::models {

namespace {

// More clusters than are kept may open, so that an early small one does not push out a later large one.
constexpr size_t openFactor = 4;
constexpr size_t leastRecent = 48;   // intervals that tell whether a member has drifted

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

void leave(Cluster& cluster, const Arrivals& arrivals) {
    std::erase(cluster.members, arrivals.id);
    cluster.total -= arrivals.total;
    for (const auto& [at, calls] : arrivals.calls) cluster.calls[at] = std::max(0.0, cluster.calls[at] - calls);
}

// Of the calls from `first` on, the member's own taken out of its cluster's; nothing where either has none.
std::optional<double> recentCosine(const Cluster& cluster, const Arrivals& arrivals, size_t first, bool isMember) {
    double dot = 0, own = 0, norm = 0;
    for (size_t i = first; i < cluster.calls.size(); ++i) norm += cluster.calls[i] * cluster.calls[i];
    for (const auto& [at, calls] : arrivals.calls) {
        if (at < first) continue;
        const double others = isMember ? std::max(0.0, cluster.calls[at] - calls) : cluster.calls[at];
        norm += others * others - cluster.calls[at] * cluster.calls[at];
        dot += others * calls;
        own += calls * calls;
    }
    if (own <= 0 || norm <= 1e-9) return std::nullopt;
    return dot / std::sqrt(own * norm);
}

void followDrift(std::vector<Cluster>& clusters, const std::vector<Arrivals>& all, IntervalSpan span, double rho, size_t most) {
    const size_t recent = span.size() / 4, first = span.size() - recent;
    if (recent < leastRecent) return;
    std::unordered_map<workload::TemplateId, size_t> place;
    for (size_t c = 0; c < clusters.size(); ++c)
        for (const auto id : clusters[c].members) place[id] = c;
    for (const auto& arrivals : all) {
        const auto found = place.find(arrivals.id);
        if (found == place.end() || clusters[found->second].members.size() < 2 || clusters[found->second].members.front() == arrivals.id) continue;
        const auto now = recentCosine(clusters[found->second], arrivals, first, true);
        if (!now || *now >= rho) continue;
        size_t best = clusters.size();
        double nearest = rho;
        for (size_t c = 0; c < clusters.size(); ++c) {
            const auto cosine = c == found->second ? std::nullopt : recentCosine(clusters[c], arrivals, first, false);
            if (cosine && *cosine >= nearest) nearest = *cosine, best = c;
        }
        if (best == clusters.size() && clusters.size() >= most) continue;
        leave(clusters[found->second], arrivals);
        if (best == clusters.size()) clusters.push_back({{}, std::vector<double>(span.size(), 0.0), 0, false});
        join(clusters[best], arrivals);
    }
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
    const auto all = arrivalsOf(workload, span);
    for (const auto& arrivals : all) {
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
    followDrift(clusters, all, span, rho, limit * openFactor);
    keepLargest(clusters, rest, limit);
    return clusters;
}

}  // namespace foreshard::models
