#include "core/workload/count_limit.h"

#include <algorithm>

#include "core/base/hash.h"
#include "core/workload/names.h"

namespace foreshard::workload {

namespace {

// 0: in a declared key, 1: in an index, 2: elsewhere.
uint64_t standingOf(const schema::Schema& schema, const ColumnName& name) {
    const auto* table = findQualified(schema, name.first);
    if (!table) return 2;
    const auto holds = [&](const std::vector<std::string>& columns) { return std::find(columns.begin(), columns.end(), name.second) != columns.end(); };
    if (std::any_of(table->keys.begin(), table->keys.end(), [&](const auto& key) { return holds(key.columns); })) return 0;
    return std::any_of(table->indexes.begin(), table->indexes.end(), [&](const auto& index) { return holds(index.columns); }) ? 1 : 2;
}

struct Part {
    uint64_t rank = 0;
    PartialColumn* column = nullptr;
    bool ranges = false;
    uint64_t size() const { return ranges ? column->ranges.size() : column->slots.size(); }
    void drop() const {
        // Not clear(): the memory is what the limit is for.
        if (ranges) column->ranges = {};
        else column->slots = {};
    }
};

}  // namespace

uint64_t countRank(const schema::Schema& schema, const ColumnName& column, bool ranges) {
    const uint64_t hash = combineHash(hashText(column.first), hashText(column.second));
    return (ranges ? uint64_t{1} << 63 : 0) | standingOf(schema, column) << 61 | hash >> 3;
}

void limitCounts(PartialData& data) {
    uint64_t all = 0;
    for (const auto& [name, column] : data.columns) all += column.slots.size() + column.ranges.size();
    if (all <= data.options.maxCounts && data.countsCut == UINT64_MAX) return;
    std::vector<Part> parts;
    for (auto& [name, column] : data.columns)
        for (const bool ranges : {false, true}) parts.push_back({countRank(*data.schema, name, ranges), &column, ranges});
    std::sort(parts.begin(), parts.end(), [](const Part& a, const Part& b) { return a.rank < b.rank; });
    uint64_t sum = 0;
    for (const auto& part : parts) {
        if (part.size() == 0) continue;
        sum += part.size();
        if (sum > data.options.maxCounts) data.countsCut = std::min(data.countsCut, part.rank);
        if (part.rank >= data.countsCut) part.drop();
    }
}

}  // namespace foreshard::workload
