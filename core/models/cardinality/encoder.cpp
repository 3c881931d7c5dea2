#include "core/models/cardinality/encoder.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>

namespace foreshard::models {

namespace {

constexpr float unknown = std::numeric_limits<float>::quiet_NaN();
constexpr uint32_t hats = 8;             // places along a column that an equality is near to
constexpr uint32_t leastUses = 5;        // of a frequent value
constexpr double errorPrior = 2;         // queries: the pull of a value's remembered error to zero
constexpr float logScale = 0.25f;        // brings logarithms of shares near to 1

enum RowHead : uint32_t { rowEstimate, rowByStatistics, rowSampleShare, rowUses, rowJoins, rowBounds, rowEmptySamples, rowUnknownUses, rowUnknownBounds, rowHead };
enum RowTable : uint32_t { tablePresent, tableShare, tableByStatistics, tableEmptySample, rowTable };
enum RowColumn : uint32_t { columnLow, columnHigh, columnLowRank, columnHighRank, columnWidth, columnEqual, columnEqualRank, columnError, columnHow, rowColumn };
enum ElementHead : uint32_t { elementIsJoin, elementUnknown, elementShare, elementByStatistics, elementEmptySample, elementSampled, elementBounds, elementUnknownBounds, elementHead };
enum ElementColumn : uint32_t {
    elementEqual, elementLow, elementHigh, elementOther, elementLowAt, elementLowRank, elementHighAt, elementHighRank, elementEqualAt, elementError, elementErrorKnown, elementHats,
    elementFrequent = elementHats + hats,
    elementColumn = elementFrequent + CardinalityEncoder::frequentValues
};

template <typename Names>
uint32_t numberOf(Names& names, const std::string& name) {
    return names.try_emplace(name, static_cast<uint32_t>(names.size())).first->second;
}

bool masked(const std::vector<bool>& mask, size_t i) { return i < mask.size() && mask[i]; }

}  // namespace

// One bound as numbers; what does not apply is NaN.
struct CardinalityEncoder::BoundFeatures {
    const Column* column = nullptr;                     // null: unknown
    float low = 0, high = 1, lowRank = 0, highRank = 1;   // of the interval, in the column's range and among its literals
    float width = 0;                                    // ln of the share of the range
    float equal = unknown, equalRank = unknown, error = unknown;
    uint32_t values = 0;                                // of an equality
    uint32_t frequent = UINT32_MAX;
};

CardinalityEncoder CardinalityEncoder::fit(QueryList queries, const KnownColumns& known) {
    CardinalityEncoder encoder;
    encoder.statistics_ = CardinalityStatistics::fit(queries, known);
    for (const auto* query : queries) {
        for (const auto& use : query->uses) numberOf(encoder.tables_, use.table);
        for (const auto& join : query->joins) numberOf(encoder.joins_, joinName(*query, join));
    }
    encoder.learnColumns(queries);
    return encoder;
}

void CardinalityEncoder::learnColumns(QueryList queries) {
    std::unordered_map<std::string, std::map<double, uint32_t>> uses;
    for (const auto* query : queries) {
        const auto error = static_cast<float>(std::log(std::max(1.0, query->rows)) - statistics_.logEstimate(*query));
        for (const auto& condition : query->conditions) {
            const std::string name = query->uses[condition.use].table + "." + condition.column;
            auto& column = columns_[name];
            column.literals.insert(column.literals.end(), condition.values.begin(), condition.values.end());
            if (condition.op != sql::Operator::equal || condition.values.empty()) continue;
            ++uses[name][condition.values[0]];
            column.errors[condition.values[0]].emplace_back(query->group, error);
        }
    }
    std::vector<std::string> names;
    for (const auto& [name, column] : columns_) names.push_back(name);
    std::sort(names.begin(), names.end());
    for (uint32_t i = 0; i < names.size(); ++i) {
        auto& column = columns_[names[i]];
        column.number = i;
        std::sort(column.literals.begin(), column.literals.end());
        std::vector<std::pair<uint32_t, double>> order;
        for (const auto& [value, count] : uses[names[i]])
            if (count >= leastUses) order.emplace_back(count, value);
        std::sort(order.rbegin(), order.rend());
        for (uint32_t v = 0; v < std::min<size_t>(frequentValues, order.size()); ++v) column.frequent[order[v].second] = v;
    }
}

CardinalityEncoder::BoundFeatures CardinalityEncoder::featuresOf(const CountedQuery& query, const ColumnBound& bound, bool hidden, bool known) const {
    BoundFeatures features;
    const auto& table = query.uses[bound.use].table;
    const auto it = hidden ? columns_.end() : columns_.find(table + "." + bound.column);
    if (it == columns_.end()) return features;
    const auto& column = it->second;
    features.column = &column;
    const auto* own = statistics_.column(table, bound.column);
    const auto place = [&](double v) { return static_cast<float>(std::clamp((v - own->low + 0.5) / (own->high - own->low + 1), 0.0, 1.0)); };
    const auto rank = [&](double v) {
        const auto [first, last] = std::equal_range(column.literals.begin(), column.literals.end(), v);
        const auto below = static_cast<double>(first - column.literals.begin()), upTo = static_cast<double>(last - column.literals.begin());
        return static_cast<float>((below + upTo) / 2 / std::max<double>(1, static_cast<double>(column.literals.size())));
    };
    if (!bound.equals.empty()) {
        features.values = static_cast<uint32_t>(bound.equals.size());
        features.equal = place(bound.equals[0]);
        features.equalRank = rank(bound.equals[0]);
        if (const auto value = column.frequent.find(bound.equals[0]); value != column.frequent.end() && features.values == 1) features.frequent = value->second;
        if (const auto errors = column.errors.find(bound.equals[0]); errors != column.errors.end()) {
            double sum = 0, count = 0;
            for (const auto& [group, error] : errors->second)
                if (!known || group != query.group) sum += error, ++count;
            if (count > 0) features.error = static_cast<float>(sum / (count + errorPrior));
        }
        return features;
    }
    if (bound.above) features.low = place(bound.low), features.lowRank = rank(bound.low);
    if (bound.below) features.high = place(bound.high), features.highRank = rank(bound.high);
    features.width = std::log(std::max(1e-6f, features.high - features.low));
    return features;
}

double CardinalityEncoder::logStart(const CountedQuery& query) const {
    return query.estimate ? std::log(std::max(1.0, *query.estimate)) : statistics_.logEstimate(query);
}

uint32_t CardinalityEncoder::rowColumns() const {
    return static_cast<uint32_t>(rowHead + tables_.size() * rowTable + joins_.size() + columns_.size() * rowColumn);
}

std::vector<int8_t> CardinalityEncoder::monotone() const {
    std::vector<int8_t> directions(rowColumns());
    directions[rowEstimate] = directions[rowByStatistics] = directions[rowSampleShare] = 1;
    directions[rowEmptySamples] = -1;
    for (size_t t = 0; t < tables_.size(); ++t) {
        const size_t at = rowHead + t * rowTable;
        directions[at + tableShare] = directions[at + tableByStatistics] = 1;
        directions[at + tableEmptySample] = -1;
    }
    for (size_t c = 0; c < columns_.size(); ++c) {
        const size_t at = rowHead + tables_.size() * rowTable + joins_.size() + c * rowColumn;
        directions[at + columnLow] = directions[at + columnLowRank] = -1;
        directions[at + columnHigh] = directions[at + columnHighRank] = directions[at + columnWidth] = 1;
    }
    return directions;
}

void CardinalityEncoder::addRow(const CountedQuery& query, Table& rows, const QueryMask& mask, bool known) const {
    auto row = rows.addRow();
    const auto bounds = boundsOf(query);
    row[rowEstimate] = static_cast<float>(logStart(query));
    row[rowByStatistics] = static_cast<float>(statistics_.logEstimate(query, false));
    row[rowUses] = static_cast<float>(query.uses.size());
    row[rowJoins] = static_cast<float>(query.joins.size());
    row[rowBounds] = static_cast<float>(bounds.size());
    for (uint32_t u = 0; u < query.uses.size(); ++u) addUse(query, u, bounds, masked(mask.uses, u), row);
    const size_t joinsAt = rowHead + tables_.size() * rowTable;
    for (const auto& join : query.joins)
        if (const auto it = joins_.find(joinName(query, join)); it != joins_.end() && !masked(mask.uses, join.left) && !masked(mask.uses, join.right)) ++row[joinsAt + it->second];
    auto columns = row.subspan(joinsAt + joins_.size());
    for (size_t c = 0; c < columns_.size(); ++c) {
        auto own = columns.subspan(c * rowColumn, rowColumn);
        own[columnHigh] = own[columnHighRank] = 1;
        own[columnEqual] = own[columnEqualRank] = own[columnError] = unknown;
    }
    for (size_t b = 0; b < bounds.size(); ++b) {
        const auto features = featuresOf(query, bounds[b], masked(mask.bounds, b) || masked(mask.uses, bounds[b].use), known);
        if (features.column) fillColumn(features, bounds[b].other, columns.subspan(features.column->number * rowColumn, rowColumn));
        else ++row[rowUnknownBounds];
    }
}

void CardinalityEncoder::addUse(const CountedQuery& query, uint32_t use, const std::vector<ColumnBound>& bounds, bool hidden, std::span<float> row) const {
    const double byStatistics = statistics_.logSelectivity(query, use, bounds), share = statistics_.logSampled(query, use, byStatistics);
    const bool empty = query.uses[use].sampleRows > 0 && query.uses[use].sampleHits == 0;
    row[rowSampleShare] += static_cast<float>(share);
    row[rowEmptySamples] += empty;
    const auto it = hidden ? tables_.end() : tables_.find(query.uses[use].table);
    if (it == tables_.end()) {
        ++row[rowUnknownUses];
        return;
    }
    auto own = row.subspan(rowHead + it->second * rowTable, rowTable);
    ++own[tablePresent];
    own[tableShare] += static_cast<float>(share);
    own[tableByStatistics] += static_cast<float>(byStatistics);
    own[tableEmptySample] += empty;
}

void CardinalityEncoder::fillColumn(const BoundFeatures& features, bool other, std::span<float> own) {
    own[columnLow] = features.low;
    own[columnHigh] = features.high;
    own[columnLowRank] = features.lowRank;
    own[columnHighRank] = features.highRank;
    own[columnWidth] = features.width;
    own[columnEqual] = features.equal;
    own[columnEqualRank] = features.equalRank;
    own[columnError] = features.error;
    own[columnHow] = features.values ? static_cast<float>(features.values) : other ? -1.0f : 0.0f;
}

uint32_t CardinalityEncoder::elementColumns() const {
    return static_cast<uint32_t>(elementHead + tables_.size() + joins_.size() + columns_.size() * elementColumn);
}

void CardinalityEncoder::addBag(const CountedQuery& query, Bags& bags, const QueryMask& mask, bool known) const {
    const auto bounds = boundsOf(query);
    for (uint32_t u = 0; u < query.uses.size(); ++u) fillElement(query, u, bounds, mask, known, bags.elements.addRow());
    for (const auto& join : query.joins) {
        auto row = bags.elements.addRow();
        row[elementIsJoin] = 1;
        const auto it = masked(mask.uses, join.left) || masked(mask.uses, join.right) ? joins_.end() : joins_.find(joinName(query, join));
        if (it == joins_.end()) row[elementUnknown] = 1;
        else row[elementHead + tables_.size() + it->second] = 1;
    }
    bags.begin.push_back(static_cast<uint32_t>(bags.elements.rows()));
    bags.start.push_back(static_cast<float>(logStart(query)));
}

void CardinalityEncoder::fillElement(const CountedQuery& query, uint32_t use, const std::vector<ColumnBound>& bounds, const QueryMask& mask, bool known,
                                     std::span<float> row) const {
    const double byStatistics = statistics_.logSelectivity(query, use, bounds), share = statistics_.logSampled(query, use, byStatistics);
    row[elementShare] = static_cast<float>(share) * logScale;
    row[elementByStatistics] = static_cast<float>(byStatistics) * logScale;
    row[elementEmptySample] = query.uses[use].sampleRows > 0 && query.uses[use].sampleHits == 0;
    row[elementSampled] = query.uses[use].sampleRows > 0;
    if (const auto it = masked(mask.uses, use) ? tables_.end() : tables_.find(query.uses[use].table); it != tables_.end()) row[elementHead + it->second] = 1;
    else row[elementUnknown] = 1;
    for (size_t b = 0; b < bounds.size(); ++b) {
        if (bounds[b].use != use) continue;
        row[elementBounds] += 0.5f;
        const auto features = featuresOf(query, bounds[b], masked(mask.bounds, b) || masked(mask.uses, use), known);
        if (!features.column) {
            row[elementUnknownBounds] += 1;
            continue;
        }
        auto own = row.subspan(elementHead + tables_.size() + joins_.size() + features.column->number * elementColumn, elementColumn);
        own[elementOther] = bounds[b].other;
        if (features.values > 0) {
            own[elementEqual] = 1;
            own[elementEqualAt] = features.equal;
            own[elementErrorKnown] = !std::isnan(features.error);
            own[elementError] = std::isnan(features.error) ? 0.0f : features.error;
            for (uint32_t h = 0; h < hats; ++h) own[elementHats + h] = std::max(0.0f, 1 - std::abs(features.equalRank * (hats - 1) - static_cast<float>(h)));
            if (features.frequent != UINT32_MAX) own[elementFrequent + features.frequent] = 1;
            continue;
        }
        own[elementLow] = bounds[b].above;
        own[elementHigh] = bounds[b].below;
        if (bounds[b].above) own[elementLowAt] = features.low, own[elementLowRank] = features.lowRank;
        if (bounds[b].below) own[elementHighAt] = features.high - 1, own[elementHighRank] = features.highRank - 1;
    }
}

}  // namespace foreshard::models
