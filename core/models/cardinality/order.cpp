#include "core/models/cardinality/order.h"

#include <cmath>

namespace foreshard::models {

namespace {

bool isUpper(sql::Operator op) { return op == sql::Operator::less || op == sql::Operator::lessEqual; }
bool isLower(sql::Operator op) { return op == sql::Operator::greater || op == sql::Operator::greaterEqual; }

struct Range {
    size_t condition = 0;
    double low = 0, high = 0;   // of the column
};

std::optional<Range> randomRange(const CountedQuery& query, const CardinalityStatistics& statistics, Random& random) {
    std::vector<Range> ranges;
    for (size_t i = 0; i < query.conditions.size(); ++i) {
        const auto& condition = query.conditions[i];
        if (condition.values.size() != 1 || !(isUpper(condition.op) || isLower(condition.op))) continue;
        const auto* column = statistics.column(query.uses[condition.use].table, condition.column);
        if (column && column->high > column->low) ranges.push_back({i, column->low, column->high});
    }
    if (ranges.empty()) return std::nullopt;
    return ranges[random.below(ranges.size())];
}

double between(double low, double high, bool whole, Random& random) {
    const double value = low + (high - low) * random.uniform();
    return whole ? std::round(value) : value;
}

}  // namespace

std::optional<OrderedPair> randomPair(const CountedQuery& query, const CardinalityStatistics& statistics, const SampleRows* samples, Random& random) {
    const auto range = randomRange(query, statistics, random);
    if (!range) return std::nullopt;
    OrderedPair pair{query, query};
    const auto& condition = query.conditions[range->condition];
    const bool whole = condition.values[0] == std::floor(condition.values[0]);
    double lesser = between(range->low, range->high, whole, random), greater = between(range->low, range->high, whole, random);
    if (lesser == greater) return std::nullopt;
    if (lesser > greater) std::swap(lesser, greater);
    pair.narrow.conditions[range->condition].values = {isUpper(condition.op) ? lesser : greater};
    pair.wide.conditions[range->condition].values = {isUpper(condition.op) ? greater : lesser};
    for (auto* side : {&pair.narrow, &pair.wide}) {
        side->estimate.reset();
        if (samples) samples->fill(*side);
    }
    return pair;
}

}  // namespace foreshard::models
