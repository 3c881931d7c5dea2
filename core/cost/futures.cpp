#include "core/cost/futures.h"

#include <algorithm>

namespace foreshard::cost {

using workload::TableId;
using workload::Workload;

std::vector<double> tableFactors(const Workload& workload, const workload::Path& path, TableId table, size_t intervals) {
    std::vector<double> expected(intervals), sampled(intervals);
    const int64_t first = workload.rates.firstInterval();
    for (size_t t = 0; t < workload.rates.templates.size() && t < workload.facts->templates.size(); ++t) {
        const auto& accesses = workload.facts->templates[t].accesses;
        const auto uses = static_cast<double>(std::count_if(accesses.begin(), accesses.end(), [&](const auto& a) { return a.table == table; }));
        if (uses == 0) continue;
        for (const auto& point : workload.rates.templates[t].points) {
            const auto i = static_cast<size_t>(point.interval - first);
            if (point.interval < first || i >= intervals) continue;
            const bool known = t < path.templateFactor.size() && i < path.templateFactor[t].size();
            expected[i] += uses * fromWeight(point.calls);
            sampled[i] += uses * fromWeight(point.calls) * (known ? static_cast<double>(path.templateFactor[t][i]) : 1.0);
        }
    }
    for (size_t i = 0; i < intervals; ++i) sampled[i] = expected[i] > 0 ? sampled[i] / expected[i] : 1.0;
    return sampled;
}

std::vector<std::vector<double>> windowFactors(const Workload& workload, const TimeRange& range, size_t windows, size_t most) {
    const auto& rates = workload.rates;
    if (rates.origin != workload::Origin::forecast || rates.paths.empty() || range.empty() || rates.interval <= 0 || most == 0) return {};
    const int64_t first = intervalIndex(range.begin, rates.interval), end = intervalIndex(range.end - 1, rates.interval) + 1;
    const auto intervals = static_cast<size_t>(rates.endInterval() - rates.firstInterval());
    const size_t tables = workload.facts->schema.tables.size(), paths = std::min(most, rates.paths.size());
    std::vector<std::vector<double>> out(paths, std::vector<double>(tables * windows));
    for (size_t p = 0; p < paths; ++p)
        for (TableId table = 0; table < tables; ++table) {
            const auto factors = tableFactors(workload, rates.paths[p * rates.paths.size() / paths], table, intervals);
            std::vector<size_t> counted(windows);
            for (int64_t interval = std::max(first, rates.firstInterval()); interval < std::min(end, rates.endInterval()); ++interval) {
                const size_t window = static_cast<size_t>(interval - first) * windows / static_cast<size_t>(end - first);
                out[p][table * windows + window] += factors[static_cast<size_t>(interval - rates.firstInterval())];
                ++counted[window];
            }
            for (size_t window = 0; window < windows; ++window) {
                double& factor = out[p][table * windows + window];
                factor = counted[window] > 0 ? factor / static_cast<double>(counted[window]) : 1;
            }
        }
    return out;
}

}  // namespace foreshard::cost
