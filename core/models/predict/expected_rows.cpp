#include "core/models/predict/expected_rows.h"

#include <algorithm>
#include <limits>

#include "core/models/cardinality/log_queries.h"
#include "core/models/predict/shape.h"

namespace foreshard::models {

namespace {

constexpr size_t leastCounted = 5;    // sampled calls with counted rows, for the log to tell a band
constexpr size_t mostAsked = 32;      // calls of one template that the model is asked of

// A value and what it weighs.
struct Weighed {
    double value = 0, weight = 1;
    bool operator<(const Weighed& other) const { return value < other.value; }
};

double quantile(const std::vector<Weighed>& sorted, double share) {
    double all = 0, sum = 0;
    for (const auto& each : sorted) all += each.weight;
    for (const auto& each : sorted)
        if ((sum += each.weight) >= share * all) return each.value;
    return sorted.back().value;
}

ExpectedRows ofLog(std::vector<Weighed> rows, const workload::TemplateSeries& series) {
    std::sort(rows.begin(), rows.end());
    ExpectedRows out{0, {quantile(rows, 0.1), quantile(rows, 0.5), quantile(rows, 0.9)}, RowsFrom::log};
    // The series counts every call, the sample some.
    double all = 0, calls = 0;
    for (const auto& point : series.points) all += static_cast<double>(point.rows), calls += fromWeight(point.countedCalls);
    double weights = 0;
    if (calls > 0) out.mean = all / calls;
    else
        for (const auto& each : rows) out.mean += each.value * each.weight, weights += each.weight;
    if (weights > 0) out.mean /= weights;
    return out;
}

// Calls differ, and each is uncertain: the spread of both, by the ends of the calls' bands.
ExpectedRows ofModel(const std::vector<CardinalityEstimate>& estimates) {
    std::vector<Weighed> low, middle, high;
    ExpectedRows out{0, {}, RowsFrom::model};
    for (const auto& each : estimates) {
        low.push_back({each.p10, 1});
        middle.push_back({each.p50, 1});
        high.push_back({each.p90, 1});
        // Swanson's rule for the mean by three percentiles (Keefer and Bodily, 1983).
        out.mean += (0.3 * each.p10 + 0.4 * each.p50 + 0.3 * each.p90) / static_cast<double>(estimates.size());
    }
    for (auto* list : {&low, &middle, &high}) std::sort(list->begin(), list->end());
    out.band = {quantile(low, 0.1), quantile(middle, 0.5), quantile(high, 0.9)};
    return out;
}

// A call that the model is asked of, and how many rows its key or its LIMIT leaves at most.
struct Asked {
    CountedQuery query;
    double most = std::numeric_limits<double>::infinity();
};

double mostOf(const workload::Facts& facts, const workload::Template& own, const CallSlots& slots) {
    constexpr double open = std::numeric_limits<double>::infinity();
    return std::min(rowsOfKey(facts, own, slots).value_or(open), limitOf(own.facts, slots).value_or(open));
}

}  // namespace

const char* toString(RowsFrom from) {
    switch (from) {
        case RowsFrom::log: return "log";
        case RowsFrom::model: return "model";
        case RowsFrom::shape: return "shape";
    }
    return "";
}

Result<std::vector<std::optional<ExpectedRows>>> expectedRows(const workload::Workload& workload, const CardinalityPortfolio* model) {
    const auto& facts = *workload.facts;
    std::vector<std::optional<ExpectedRows>> out(facts.templates.size());
    std::vector<std::vector<Weighed>> counted(out.size());
    std::vector<std::vector<Asked>> asked(out.size());
    for (const auto& transaction : facts.transactions)
        for (const auto& call : transaction.calls) {
            if (call.rows >= 0) counted[call.templateId].push_back({static_cast<double>(call.rows), fromWeight(transaction.weight)});
            const auto& own = facts.templates[call.templateId];
            if (!model || asked[call.templateId].size() >= mostAsked || !findsRows(own.facts) || mergesRows(own.facts)) continue;
            if (auto query = queryOf(facts, own, call.slots)) asked[call.templateId].push_back({std::move(*query), mostOf(facts, own, call.slots)});
        }
    for (size_t id = 0; id < out.size(); ++id) {
        if (returnsOneRow(facts.templates[id].facts)) {
            out[id] = ExpectedRows{1, {1, 1, 1}, RowsFrom::shape};
        } else if (counted[id].size() >= leastCounted) {
            out[id] = ofLog(std::move(counted[id]), workload.rates.templates[id]);
        } else if (!asked[id].empty()) {
            std::vector<const CountedQuery*> list;
            for (const auto& each : asked[id]) list.push_back(&each.query);
            FS_ASSIGN(auto estimates, model->estimate(list));
            for (size_t i = 0; i < estimates.size(); ++i)
                for (double* rows : {&estimates[i].p10, &estimates[i].p50, &estimates[i].p90}) *rows = std::min(*rows, asked[id][i].most);
            out[id] = ofModel(estimates);
        }
    }
    return out;
}

}  // namespace foreshard::models
