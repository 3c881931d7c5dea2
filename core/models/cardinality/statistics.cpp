#include "core/models/cardinality/statistics.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <map>
#include <set>

namespace foreshard::models {

namespace {

constexpr double unknownConditionShare = 0.1;   // of rows, for a condition that statistics say nothing of
constexpr double leastShare = 1e-12;
constexpr size_t mostOfSet = 8;                 // columns among which keys are looked for

double halfStep(double value) { return value == std::floor(value) && std::abs(value) < 1e15 ? 0.5 : 0.0; }

// Two equalities hold for what both of them name.
void equalTo(ColumnBound& bound, std::vector<double> values) {
    if (!bound.equals.empty()) {
        std::erase_if(values, [&](double value) { return std::find(bound.equals.begin(), bound.equals.end(), value) == bound.equals.end(); });
        if (values.empty()) bound.nothing = true;
    }
    if (!values.empty()) bound.equals = std::move(values);
}

void narrow(ColumnBound& bound, const QueryCondition& condition) {
    using sql::Operator;
    const auto& values = condition.values;
    const auto below = [&](double v) { bound.high = bound.below ? std::min(bound.high, v) : v, bound.below = true; };
    const auto above = [&](double v) { bound.low = bound.above ? std::max(bound.low, v) : v, bound.above = true; };
    if (values.empty()) {
        bound.other = true;
        return;
    }
    const double half = halfStep(values[0]);
    switch (condition.op) {
        case Operator::equal: equalTo(bound, {values[0]}); break;
        case Operator::in: equalTo(bound, values); break;
        case Operator::less: below(values[0] - half); break;
        case Operator::lessEqual: below(values[0] + half); break;
        case Operator::greater: above(values[0] + half); break;
        case Operator::greaterEqual: above(values[0] - half); break;
        case Operator::between:
            above(values[0] - half);
            if (values.size() > 1) below(values[1] + halfStep(values[1]));
            break;
        default: bound.other = true;
    }
}

double medianOf(std::vector<double> values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

// Given by the alias that the queries use, or by the table.
const KnownColumn* knownOf(const KnownColumns& known, const QueryUse& use, const std::string& column) {
    for (const auto* owner : {&use.alias, &use.table})
        if (const auto it = known.find(*owner + "." + column); it != known.end()) return &it->second;
    return nullptr;
}

double logRows(const CountedQuery& query) { return std::log(std::max(1.0, query.rows)); }

}  // namespace

std::vector<ColumnBound> boundsOf(const CountedQuery& query) {
    std::vector<ColumnBound> bounds;
    for (const auto& condition : query.conditions) {
        auto it = std::find_if(bounds.begin(), bounds.end(), [&](const ColumnBound& b) { return b.use == condition.use && b.column == condition.column; });
        if (it == bounds.end()) it = bounds.insert(bounds.end(), {condition.use, condition.column, false, false, 0, 0, {}, false, false});
        narrow(*it, condition);
    }
    return bounds;
}

bool contradicts(const CountedQuery& query) {
    const auto bounds = boundsOf(query);
    return std::any_of(bounds.begin(), bounds.end(), [](const ColumnBound& bound) { return bound.nothing; });
}

std::string nameOfSet(const std::string& table, std::vector<std::string> columns) {
    std::sort(columns.begin(), columns.end());
    std::string name = table + ".";
    for (size_t i = 0; i < columns.size(); ++i) name += (i ? "," : "") + columns[i];
    return name;
}

std::string joinName(const CountedQuery& query, const QueryJoin& join) {
    std::string left = query.uses[join.left].table + "." + join.leftColumn, right = query.uses[join.right].table + "." + join.rightColumn;
    if (right < left) std::swap(left, right);
    return left + " = " + right;
}

CardinalityStatistics CardinalityStatistics::fit(QueryList queries, const KnownColumns& known) {
    CardinalityStatistics statistics;
    for (const auto* query : queries)
        for (const auto& use : query->uses)
            for (const auto& [name, column] : known)
                if (column.rows > 0 && (name.starts_with(use.alias + ".") || name.starts_with(use.table + "."))) statistics.tables_[use.table] = {column.rows, true};
    statistics.learnTables(queries);
    statistics.learnColumns(queries, known);
    statistics.takeKnown(known);
    statistics.learnJoins(queries, known);
    return statistics;
}

// The size of a table is the count of a query on it alone without conditions; else at least the most that was counted.
void CardinalityStatistics::learnTables(QueryList queries) {
    for (const auto* query : queries)
        for (const auto& use : query->uses) {
            auto& size = tables_[use.table];
            if (size.exact || query->uses.size() > 1) continue;
            if (query->conditions.empty()) size = {std::max(1.0, query->rows), true};
            else size.rows = std::max(size.rows, query->rows);
        }
}

void CardinalityStatistics::learnColumns(QueryList queries, const KnownColumns& known) {
    std::unordered_map<std::string, std::set<double>> literals;
    std::unordered_map<std::string, std::vector<double>> shares;   // of rows that one value of a column has
    std::unordered_map<std::string, double> distinct;              // given without a range
    for (const auto* query : queries) {
        for (const auto& condition : query->conditions) {
            const auto& use = query->uses[condition.use];
            const std::string name = use.table + "." + condition.column;
            const auto* given = knownOf(known, use, condition.column);
            if (given && given->low <= given->high && given->distinct > 0) columns_[name] = {given->low, given->high, given->distinct};
            else literals[name].insert(condition.values.begin(), condition.values.end());
            if (given && given->distinct > 0) distinct[name] = given->distinct;
        }
        if (query->uses.size() == 1 && query->conditions.size() == 1 && query->conditions[0].op == sql::Operator::equal && query->rows > 0)
            shares[query->uses[0].table + "." + query->conditions[0].column].push_back(tableRows(query->uses[0].table) / query->rows);
    }
    for (const auto& [name, values] : literals) {
        if (columns_.contains(name)) continue;
        ColumnStatistics own;
        if (!values.empty()) own = {*values.begin(), *values.rbegin(), static_cast<double>(values.size())};
        if (const auto it = distinct.find(name); it != distinct.end()) own.distinct = it->second;
        else if (const auto it = shares.find(name); it != shares.end()) own.distinct = std::max(1.0, medianOf(it->second));
        columns_[name] = own;
    }
}

// Tables and columns that no training query uses, for queries that will.
void CardinalityStatistics::takeKnown(const KnownColumns& known) {
    for (const auto& [name, column] : known) {
        const auto table = name.substr(0, name.find('.'));
        if (column.rows > 0) tables_.try_emplace(table, TableSize{column.rows, true});
        if (column.distinct > 0 && column.low <= column.high) columns_.try_emplace(name, ColumnStatistics{column.low, column.high, column.distinct});
        else if (column.distinct > 0) columns_.try_emplace(name, ColumnStatistics{0, 1, column.distinct});
    }
}

// A join keeps one in so many pairs as its richer side has values; where that is not given, as the queries with this join
// alone tell, and else one in the rows of the larger side.
void CardinalityStatistics::learnJoins(QueryList queries, const KnownColumns& known) {
    std::unordered_map<std::string, std::vector<double>> seen;
    for (const auto* query : queries)
        for (const auto& join : query->joins) {
            const std::string name = joinName(*query, join);
            const auto *left = knownOf(known, query->uses[join.left], join.leftColumn), *right = knownOf(known, query->uses[join.right], join.rightColumn);
            if (left && right && left->distinct > 0 && right->distinct > 0) joins_[name] = -std::log(std::max({1.0, left->distinct, right->distinct}));
            else if (query->joins.size() == 1 && query->uses.size() == 2) seen[name].push_back(logRows(*query) - logEstimate(*query) + logJoin(*query, join));
        }
    for (const auto& [name, logs] : seen)
        if (!joins_.contains(name)) joins_[name] = std::min(0.0, medianOf(logs));
}

double CardinalityStatistics::logJoin(const CountedQuery& query, const QueryJoin& join) const {
    if (const auto it = joins_.find(joinName(query, join)); it != joins_.end()) return it->second;
    return -std::log(std::max(tableRows(query.uses[join.left].table), tableRows(query.uses[join.right].table)));
}

// Of the least known set among these columns that is unique together; nothing where they hold none.
std::optional<double> CardinalityStatistics::distinctOfSet(const std::string& table, const std::vector<std::string>& columns) const {
    std::optional<double> least;
    if (columns.size() < 2 || columns.size() > mostOfSet) return least;
    for (uint32_t chosen = 1; chosen < 1u << columns.size(); ++chosen) {
        if (std::has_single_bit(chosen)) continue;
        std::vector<std::string> set;
        for (size_t i = 0; i < columns.size(); ++i)
            if (chosen >> i & 1) set.push_back(columns[i]);
        const auto it = columns_.find(nameOfSet(table, std::move(set)));
        if (it != columns_.end() && (!least || it->second.distinct < *least)) least = it->second.distinct;
    }
    return least;
}

// Equalities between the same two uses that cover a key of several columns keep the rows of the other side, as one equality with
// a single key does; the others are independent of each other.
double CardinalityStatistics::logJoins(const CountedQuery& query) const {
    std::map<std::pair<uint32_t, uint32_t>, std::vector<const QueryJoin*>> pairs;
    for (const auto& join : query.joins) pairs[std::minmax(join.left, join.right)].push_back(&join);
    double sum = 0;
    for (const auto& [uses, joins] : pairs) {
        std::vector<std::string> first, second;
        double apart = 0;
        for (const auto* join : joins) {
            first.push_back(join->left == uses.first ? join->leftColumn : join->rightColumn);
            second.push_back(join->left == uses.first ? join->rightColumn : join->leftColumn);
            apart += logJoin(query, *join);
        }
        const auto ofFirst = distinctOfSet(query.uses[uses.first].table, first), ofSecond = distinctOfSet(query.uses[uses.second].table, second);
        sum += ofFirst || ofSecond ? -std::log(std::max({1.0, ofFirst.value_or(1), ofSecond.value_or(1)})) : apart;
    }
    return sum;
}

size_t CardinalityStatistics::openBounds(const CountedQuery& query) const {
    const auto bounds = boundsOf(query);
    return static_cast<size_t>(std::count_if(bounds.begin(), bounds.end(), [&](const ColumnBound& b) { return b.other || !column(query.uses[b.use].table, b.column); }));
}

const ColumnStatistics* CardinalityStatistics::column(const std::string& table, const std::string& column) const {
    const auto it = columns_.find(table + "." + column);
    return it == columns_.end() ? nullptr : &it->second;
}

double CardinalityStatistics::tableRows(const std::string& table) const {
    const auto it = tables_.find(table);
    return it == tables_.end() ? TableSize{}.rows : it->second.rows;
}

double CardinalityStatistics::boundSelectivity(const std::string& table, const ColumnBound& bound) const {
    if (bound.nothing) return leastShare;
    const auto* own = column(table, bound.column);
    double share = bound.other ? unknownConditionShare : 1.0;
    if (!own) return bound.equals.empty() && !bound.below && !bound.above ? share : share * unknownConditionShare;
    if (!bound.equals.empty()) return share * std::min(1.0, static_cast<double>(bound.equals.size()) / own->distinct);
    if (!bound.below && !bound.above) return share;
    const double low = own->low - halfStep(own->low), high = own->high + halfStep(own->high);
    const double from = bound.above ? std::max(low, bound.low) : low, to = bound.below ? std::min(high, bound.high) : high;
    return share * std::clamp((to - from) / std::max(1e-9, high - low), leastShare, 1.0);
}

double CardinalityStatistics::logSelectivity(const CountedQuery& query, uint32_t use, const std::vector<ColumnBound>& bounds) const {
    double sum = 0;
    for (const auto& bound : bounds)
        if (bound.use == use) sum += std::log(std::max(leastShare, boundSelectivity(query.uses[use].table, bound)));
    return sum;
}

double CardinalityStatistics::logSampled(const CountedQuery& query, uint32_t use, double logByStatistics) const {
    const auto& own = query.uses[use];
    if (own.sampleRows == 0) return logByStatistics;
    if (own.sampleHits > 0) return std::log(static_cast<double>(own.sampleHits) / own.sampleRows);
    return std::min(logByStatistics, std::log(0.5 / own.sampleRows));
}

double CardinalityStatistics::logEstimate(const CountedQuery& query, bool samples) const {
    const auto bounds = boundsOf(query);
    double sum = 0;
    for (uint32_t u = 0; u < query.uses.size(); ++u) {
        const double own = logSelectivity(query, u, bounds);
        sum += std::log(tableRows(query.uses[u].table)) + (samples ? logSampled(query, u, own) : own);
    }
    sum += logJoins(query);
    return std::min(sum, logLimit(query));
}

double CardinalityStatistics::logLimit(const CountedQuery& query) const {
    double sum = 0;
    for (const auto& use : query.uses) {
        const auto it = tables_.find(use.table);
        if (it == tables_.end() || !it->second.exact) return std::numeric_limits<double>::infinity();
        sum += std::log(it->second.rows);
    }
    return sum;
}

}  // namespace foreshard::models
