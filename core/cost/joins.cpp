#include "core/cost/joins.h"

#include <algorithm>

namespace foreshard::cost {

namespace {

int64_t whole(double rows) { return static_cast<int64_t>(std::clamp(rows, 0.0, static_cast<double>(mostJoinedRows)) + 0.5); }

// Rows of a call of each template, in the mean; one where nobody says.
std::vector<int64_t> meanRows(const workload::Workload& workload, const std::optional<TimeRange>& range, const std::vector<double>* expected) {
    std::vector<int64_t> means(workload.facts->templates.size(), 1);
    for (size_t id = 0; id < means.size() && id < workload.rates.templates.size(); ++id) {
        if (expected && id < expected->size() && (*expected)[id] >= 0) {
            means[id] = whole((*expected)[id]);
            continue;
        }
        double rows = 0, calls = 0;
        for (const auto& point : workload.rates.templates[id].points) {
            if (range && !range->contains(point.interval * workload.rates.interval)) continue;
            rows += static_cast<double>(point.rows);
            calls += fromWeight(point.countedCalls);
        }
        if (calls > 0) means[id] = whole(rows / calls);
    }
    return means;
}

const Sample::TouchOf* touchOf(const Sample& sample, uint32_t transaction, workload::TableId table) {
    const auto touches = sample.touchesOf(sample.transactions()[transaction]);
    const auto found = std::find_if(touches.begin(), touches.end(), [&](const auto& touch) { return touch.table == table; });
    return found == touches.end() ? nullptr : &*found;
}

}  // namespace

std::vector<JoinUse> joinsOf(const workload::Workload& workload, const Sample& sample, std::optional<TimeRange> range, const std::vector<double>* expected) {
    const auto& facts = *workload.facts;
    const std::vector<int64_t> means = meanRows(workload, range, expected);
    std::vector<JoinUse> joins;
    for (uint32_t t = 0; t < sample.transactions().size(); ++t) {
        const size_t first = joins.size();
        for (const auto& call : facts.transactions[sample.sourceOf(t)].calls) {
            if (call.templateId >= facts.templates.size()) continue;
            const int64_t rows = call.rows >= 0 ? std::min(call.rows, mostJoinedRows) : means[call.templateId];
            for (const auto& pair : facts.templates[call.templateId].joins) {
                const auto left = facts.columns[pair.left].table, right = facts.columns[pair.right].table;
                const auto* one = left == right ? nullptr : touchOf(sample, t, left);
                const auto* other = one ? touchOf(sample, t, right) : nullptr;
                if (!other) continue;
                const Weight weighted = rows * sample.transactions()[t].weight;
                const auto known = std::find_if(joins.begin() + static_cast<std::ptrdiff_t>(first), joins.end(), [&](const JoinUse& use) { return use.leftColumn == pair.left && use.rightColumn == pair.right; });
                if (known != joins.end()) known->rows += weighted;
                else joins.push_back({left, right, one->touch, other->touch, pair.left, pair.right, weighted});
            }
        }
    }
    return joins;
}

}  // namespace foreshard::cost
