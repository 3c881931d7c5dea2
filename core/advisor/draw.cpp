#include "core/advisor/draw.h"

#include <algorithm>

namespace foreshard::advisor {

namespace {

using sharding::Strategy;
using sharding::TableDesign;

bool byTime(ValueType type) { return type == ValueType::timestamp || type == ValueType::date; }

Value valueOf(ValueType type, int64_t number) { return byTime(type) ? Value::timestamp(number) : Value::integer(number); }

bool keyedBy(const TableDesign& table, const workload::KeyColumn& column) { return table.keyed() && table.key.size() == 1 && table.key.front().expression == column.expression; }

uint32_t freeGroup(const sharding::Design& design) {
    uint32_t group = 0;
    for (const auto& table : design.tables)
        if (table.keyed()) group = std::max(group, table.group + 1);
    return group;
}

}  // namespace

bool drawable(const workload::Facts& facts, workload::ColumnId column) {
    const auto type = facts.columns[column].type;
    return type == ValueType::integer || byTime(type);
}

std::vector<int64_t> splitsOf(const workload::Facts& facts, const sharding::Design& design, workload::ColumnId column) {
    const auto& key = facts.columns[column];
    const auto* table = design.find(facts.schema.tables[key.table].qualifiedName());
    std::vector<int64_t> splits;
    if (!table || table->strategy != Strategy::range || !keyedBy(*table, key)) return splits;
    for (const auto& range : table->ranges)
        if (!range.low.empty()) splits.push_back(range.low.front().number);
    return splits;
}

sharding::Design drawRanges(const workload::Facts& facts, const sharding::Design& design, workload::ColumnId column, const std::vector<int64_t>& splits) {
    const auto& key = facts.columns[column];
    const auto name = facts.schema.tables[key.table].qualifiedName();
    sharding::Design out = design;
    std::vector<sharding::RangePart> ranges{{{}, 0}};
    for (const int64_t split : splits) ranges.push_back({{valueOf(key.type, split)}, static_cast<sharding::ShardId>(ranges.size() % design.shards)});
    const auto* before = design.find(name);
    const bool together = before && keyedBy(*before, key);
    for (auto& table : out.tables) {
        const bool goesAlong = together && table.keyed() && table.group == before->group && table.key.size() == 1;
        if (table.table != name && !goesAlong) continue;
        TableDesign cut;
        cut.table = table.table;
        cut.strategy = Strategy::range;
        cut.key = goesAlong ? table.key : std::vector<sharding::KeyPart>{{key.expression, key.column, key.type}};
        cut.group = together ? table.group : freeGroup(design);
        cut.ranges = ranges;
        table = std::move(cut);
    }
    if (!together) std::erase_if(out.lookups, [&](const auto& lookup) { return lookup.table == name; });
    std::erase_if(out.slotMaps, [&](const auto& entry) {
        return std::none_of(out.tables.begin(), out.tables.end(), [&](const TableDesign& table) {
            return table.group == entry.first && (table.strategy == Strategy::hash || table.strategy == Strategy::directory);
        });
    });
    return out;
}

}  // namespace foreshard::advisor
