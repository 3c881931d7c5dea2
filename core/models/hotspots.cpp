#include "core/models/hotspots.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

#include "core/base/units.h"
#include "core/models/scan_hotspots.h"
#include "core/workload/heat.h"

namespace foreshard::models {

namespace {

using workload::ColumnId;
using workload::HeatMatrix;
using workload::Workload;

constexpr uint32_t heatRows = 512;

// Columns whose values travel together, as a union-find forest.
class Companions {
public:
    explicit Companions(const workload::Facts& facts) : parent_(facts.columns.size()) {
        std::iota(parent_.begin(), parent_.end(), 0u);
        for (const auto& t : facts.templates)
            for (const auto& join : t.joins) unite(join.left, join.right);
        for (const auto& c : facts.classes)
            for (const auto& agreement : c.agreements)
                if (agreement.share > 0.95 && agreement.share > 2 * agreement.chance && agreement.boundBoth > 0.2) unite(agreement.columns.left, agreement.columns.right);
    }
    ColumnId root(ColumnId id) const {
        while (parent_[id] != id) id = parent_[id];
        return id;
    }

private:
    void unite(ColumnId a, ColumnId b) {
        a = root(a), b = root(b);
        parent_[std::max(a, b)] = std::min(a, b);
    }
    std::vector<ColumnId> parent_;
};

double boundTraffic(const Workload& w, ColumnId column) {
    double sum = 0;
    for (const auto& total : w.rates.columns[column].totals) sum += fromWeight(total.boundReads) + fromWeight(total.boundWrites);
    return sum;
}

}  // namespace

std::vector<KeyToWatch> columnsToLookAt(const Workload& w) {
    const Companions companions(*w.facts);
    struct Group { ColumnId column = 0; double traffic = 0; std::set<workload::TableId> tables; };
    std::map<ColumnId, Group> groups;
    for (ColumnId id = 0; id < w.facts->columns.size(); ++id) {
        auto& group = groups[companions.root(id)];
        group.tables.insert(w.facts->columns[id].table);
        const double traffic = w.rates.columns[id].ranges.empty() ? 0 : boundTraffic(w, id);
        if (traffic > group.traffic) group.column = id, group.traffic = traffic;
    }
    std::vector<Group> ordered;
    for (const auto& [root, group] : groups)
        if (group.traffic > 0) ordered.push_back(group);
    std::stable_sort(ordered.begin(), ordered.end(), [](const Group& a, const Group& b) { return a.traffic > b.traffic; });
    std::vector<KeyToWatch> chosen;
    for (auto& group : ordered) chosen.push_back({group.column, std::move(group.tables)});
    return chosen;
}

namespace {

// Growth of the row's share: the median of the slopes between all pairs of days (Theil, 1950; Sen, 1968), of the logarithm
// of its daily shares. One odd day does not move it. Nothing where chance would order days like that in one case of a
// hundred or more (Mann, 1945; Kendall, 1948: the surplus of pairs that go the same way, against its spread).
std::optional<double> weeklyGrowth(const HeatMatrix& m, size_t row) {
    std::map<int64_t, std::pair<double, double>> days;   // of the row, of all
    for (size_t i = 0; i < m.times.size(); ++i) {
        auto& day = days[intervalIndex(m.times[i], microsPerDay)];
        day.first += m.at(row, i);
        day.second += m.columnTotals[i];
    }
    std::vector<std::pair<double, double>> points;
    for (const auto& [day, sums] : days)
        if (sums.first >= 5) points.emplace_back(static_cast<double>(day), std::log(sums.first / sums.second));
    if (points.size() < 7) return std::nullopt;
    std::vector<double> slopes;
    for (size_t i = 0; i < points.size(); ++i)
        for (size_t j = i + 1; j < points.size(); ++j) slopes.push_back((points[j].second - points[i].second) / (points[j].first - points[i].first));
    const auto middle = slopes.begin() + static_cast<std::ptrdiff_t>(slopes.size() / 2);
    std::nth_element(slopes.begin(), middle, slopes.end());
    const double slope = *middle;
    const auto agreeing = static_cast<double>(std::count_if(slopes.begin(), slopes.end(), [&](double each) { return (each > 0) == (slope > 0); }));
    const auto n = static_cast<double>(points.size());
    const double surplus = 2 * agreeing - static_cast<double>(slopes.size()), spread = std::sqrt(n * (n - 1) * (2 * n + 5) / 18);
    if (surplus - 1 < 2.326 * spread) return std::nullopt;
    return std::exp(7 * slope) - 1;
}

// Keys that only grow: the later a bucket in the order of keys, the later its accesses. Rank correlation (Spearman) of the
// buckets with the mean time of their accesses, where these times differ by a third of the whole at least.
bool onlyGrows(const HeatMatrix& m) {
    std::vector<std::pair<double, size_t>> byTime;
    for (size_t r = 0; r < m.rows.size(); ++r) {
        if (m.rows[r].byHash || m.rows[r].total <= 0) continue;
        double sum = 0;
        for (size_t i = 0; i < m.times.size(); ++i) sum += m.at(r, i) * static_cast<double>(i);
        byTime.emplace_back(sum / m.rows[r].total, byTime.size());
    }
    const auto n = static_cast<double>(byTime.size());
    if (n < 5) return false;
    std::sort(byTime.begin(), byTime.end());
    if (byTime.back().first - byTime.front().first < static_cast<double>(m.times.size()) / 3) return false;
    double squares = 0;
    for (size_t i = 0; i < byTime.size(); ++i) squares += std::pow(static_cast<double>(i) - static_cast<double>(byTime[i].second), 2);
    return 1 - 6 * squares / (n * (n * n - 1)) > 0.9;
}

// New keys come by INSERTs: where none goes to the tables of a column, a load that wanders up its keys is only read so.
bool takesInserts(const Workload& w, const std::set<workload::TableId>& tables) {
    for (workload::TemplateId id = 0; id < w.facts->templates.size() && id < w.rates.templates.size(); ++id) {
        if (w.rates.templates[id].points.empty()) continue;
        for (const auto& access : w.facts->templates[id].accesses)
            if (access.kind == workload::AccessKind::insert && tables.contains(access.table)) return true;
    }
    return false;
}

// The part of all accesses that goes, in each interval, to the highest range of keys reached by then.
double edgeShare(const HeatMatrix& m, double all) {
    double sum = 0;
    size_t edge = 0;
    for (size_t i = 0; i < m.times.size(); ++i) {
        for (size_t r = edge; r < m.rows.size(); ++r)
            if (!m.rows[r].byHash && m.at(r, i) > 0) edge = r;
        sum += m.at(edge, i);
    }
    return sum / all;
}

// The shortest run of intervals around the peak that holds the wanted part of the row's traffic, if it is short enough.
std::optional<TimeRange> burstOf(const HeatMatrix& m, size_t row, const HotspotRules& rules) {
    const size_t n = m.times.size();
    const double wanted = rules.burstTraffic * m.rows[row].total;
    size_t bestBegin = 0, bestLength = n + 1;
    double sum = 0;
    for (size_t begin = 0, end = 0; begin < n; ++begin) {
        while (end < n && sum < wanted) sum += m.at(row, end++);
        if (sum < wanted) break;
        if (end - begin < bestLength) bestBegin = begin, bestLength = end - begin;
        sum -= m.at(row, begin);
    }
    if (static_cast<double>(bestLength) > std::max(1.0, rules.burstTime * static_cast<double>(n)) || n < 24) return std::nullopt;
    return TimeRange{m.times[bestBegin], m.times[bestBegin + bestLength - 1] + m.interval};
}

double shareIn(const HeatMatrix& m, int64_t low, int64_t high) {
    double inside = 0, all = 0;
    for (const auto& row : m.rows) {
        all += row.total;
        if (!row.byHash && row.low >= low && row.high <= high) inside += row.total;
    }
    return all > 0 ? inside / all : 0;
}

// A column whose keys only grow has one hotspot: its newest keys.
Hotspot edgeOf(const Workload& w, ColumnId column, const HeatMatrix& m, double share) {
    Hotspot spot;
    spot.column = column;
    spot.kind = HotspotKind::monotonicEdge;
    const auto& last = m.rows.back();
    spot.keys = fmt::format("from {}", last.low);
    spot.low = last.low, spot.high = INT64_MAX;
    spot.share = share;
    spot.what = fmt::format("{} met the newest keys; they only grow", formatShare(share));
    spot.remedy = "Do not shard by ranges of it; a hash spreads new keys.";
    spot.templates = templatesBinding(w, column);
    return spot;
}

std::string remedyFor(const Hotspot& spot) {
    if (spot.burst) return "Serve its reads from a cache, or spread it over shards with a composite key.";
    if (spot.kind == HotspotKind::range) return "Split the range by its load.";
    if (spot.weeklyGrowth) return "Give it a shard of its own before it fills the one it shares.";
    return "Give it a shard of its own, or spread it with a composite key.";
}

std::string wordsFor(const Hotspot& spot) {
    if (spot.weeklyGrowth) return fmt::format("grows by {:.0f} % a week", *spot.weeklyGrowth * 100);
    return "steadily hot";
}

}  // namespace

const char* toString(HotspotKind kind) {
    switch (kind) {
        case HotspotKind::singleKey: return "single key";
        case HotspotKind::range: return "range";
        case HotspotKind::tenant: return "tenant";
        case HotspotKind::monotonicEdge: return "monotonic edge";
        case HotspotKind::scan: return "scan";
    }
    return "range";
}

std::vector<ColumnId> companionRoots(const workload::Facts& facts) {
    const Companions companions(facts);
    std::vector<ColumnId> roots;
    for (ColumnId id = 0; id < facts.columns.size(); ++id) roots.push_back(companions.root(id));
    return roots;
}

std::vector<workload::TemplateId> templatesBinding(const Workload& w, ColumnId column) {
    std::vector<std::pair<Weight, workload::TemplateId>> found;
    for (workload::TemplateId id = 0; id < w.facts->templates.size(); ++id) {
        const bool binds = std::any_of(w.facts->templates[id].accesses.begin(), w.facts->templates[id].accesses.end(), [&](const auto& access) {
            return std::any_of(access.bindings.begin(), access.bindings.end(), [&](const auto& binding) { return binding.column == column; });
        });
        if (!binds) continue;
        Weight calls = 0;
        for (const auto& point : w.rates.templates[id].points) calls += point.calls;
        found.emplace_back(-calls, id);
    }
    std::sort(found.begin(), found.end());
    std::vector<workload::TemplateId> out;
    for (size_t i = 0; i < found.size() && i < 5; ++i) out.push_back(found[i].second);
    return out;
}

std::vector<Hotspot> findHotspots(const Workload& observed, const Workload* forecast, const HotspotRules& rules) {
    std::vector<Hotspot> found;
    for (const auto& [column, tables] : columnsToLookAt(observed)) {
        const auto m = workload::heat(observed, column, heatRows);
        if (m.rows.size() < 4) continue;
        double all = 0;
        std::vector<double> totals;
        for (const auto& row : m.rows) all += row.total, totals.push_back(row.total);
        if (all <= 0) continue;
        std::nth_element(totals.begin(), totals.begin() + static_cast<std::ptrdiff_t>(totals.size() / 2), totals.end());
        const double median = totals[totals.size() / 2];
        std::optional<HeatMatrix> ahead;
        if (onlyGrows(m) && takesInserts(observed, tables)) {
            const double share = edgeShare(m, all);
            if (share * static_cast<double>(m.rows.size()) >= rules.overMedian) found.push_back(edgeOf(observed, column, m, share));
            continue;
        }
        for (size_t r = 0; r < m.rows.size(); ++r) {
            const auto& row = m.rows[r];
            if (row.byHash || row.total <= 0) continue;
            Hotspot spot;
            spot.share = row.total / all;
            if (spot.share >= rules.leastBurstShare) spot.burst = burstOf(m, r, rules);
            if (spot.share >= rules.leastGrowthShare && !spot.burst) spot.weeklyGrowth = weeklyGrowth(m, r);
            if (spot.weeklyGrowth && *spot.weeklyGrowth < rules.leastGrowth) spot.weeklyGrowth.reset();
            const bool hot = spot.share >= rules.leastShare && row.total >= rules.overMedian * median;
            if (!hot && !spot.burst && !spot.weeklyGrowth) continue;
            spot.column = column;
            spot.kind = row.low != row.high ? HotspotKind::range : tables.size() >= 3 ? HotspotKind::tenant : HotspotKind::singleKey;
            spot.keys = row.label;
            spot.low = row.low, spot.high = row.high;
            if (spot.burst) {
                double inside = 0;
                for (size_t i = 0; i < m.times.size(); ++i)
                    if (spot.burst->contains(m.times[i])) inside += m.at(r, i);
                const double length = static_cast<double>(spot.burst->length()) / static_cast<double>(m.interval), n = static_cast<double>(m.times.size());
                const double usual = (row.total - inside) / std::max(1.0, n - length);
                spot.what = usual > 0 ? fmt::format("burst, {} × its usual load", formatCount(std::round(inside / length / usual))) : "burst, and nothing else";
            } else {
                spot.what = wordsFor(spot);
            }
            if (forecast) {
                if (!ahead) ahead = workload::heat(*forecast, column, heatRows);
                if (!ahead->rows.empty()) spot.predictedShare = shareIn(*ahead, row.low, row.high);
            }
            spot.templates = templatesBinding(observed, column);
            spot.remedy = remedyFor(spot);
            found.push_back(std::move(spot));
        }
    }
    for (auto& scan : scanHotspots(observed, rules)) found.push_back(std::move(scan));
    const auto place = [](const Hotspot& spot) { return spot.kind == HotspotKind::scan ? 2 : spot.kind == HotspotKind::monotonicEdge ? 1 : 0; };
    std::stable_sort(found.begin(), found.end(), [&](const Hotspot& a, const Hotspot& b) { return place(a) != place(b) ? place(a) < place(b) : a.share > b.share; });
    if (found.size() > rules.most) found.resize(rules.most);
    return found;
}

}  // namespace foreshard::models
