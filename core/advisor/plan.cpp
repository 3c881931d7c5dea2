#include "core/advisor/plan.h"

#include <algorithm>
#include <bit>

#include "core/cost/balance.h"

namespace foreshard::advisor {

using sharding::Design;
using sharding::Strategy;
using sharding::TableDesign;
using workload::ColumnId;
using workload::TableId;

Plan emptyPlan(const Candidates& candidates) {
    return {std::vector<Choice>(candidates.tables.size()), std::vector<uint32_t>(candidates.classes.size())};
}

const CandidateColumn* columnOf(const Candidates& candidates, TableId table, const Choice& choice) {
    return choice.strategy == Strategy::hash ? &candidates.tables[table].columns[choice.column] : nullptr;
}

std::vector<Choice> choicesOf(const CandidateTable& table) {
    if (table.pin == "reference") return {{Strategy::reference, noColumn}};
    if (table.pin == "unsharded") return {{Strategy::unsharded, noColumn}};
    std::vector<Choice> choices;
    for (uint32_t i = 0; i < table.columns.size(); ++i) choices.push_back({Strategy::hash, i});
    if (table.pin) return choices;
    if (!table.forbidden.contains("reference")) choices.push_back({Strategy::reference, noColumn});
    if (!table.forbidden.contains("unsharded") || choices.empty()) choices.push_back({Strategy::unsharded, noColumn});
    return choices;
}

Plan allowedPlan(const Candidates& candidates) {
    Plan plan = emptyPlan(candidates);
    for (TableId id = 0; id < plan.choices.size(); ++id) {
        const auto& table = candidates.tables[id];
        if (table.pin || table.forbidden.contains("unsharded")) plan.choices[id] = choicesOf(table).front();
    }
    return plan;
}

Plan todaysPlan(const Candidates& candidates) {
    Plan plan = allowedPlan(candidates);
    for (TableId id = 0; id < plan.choices.size(); ++id) {
        const auto& table = candidates.tables[id];
        if (!table.today) continue;
        const auto choices = choicesOf(table);
        const Choice today{*table.today, table.todayColumn};
        if (std::find(choices.begin(), choices.end(), today) != choices.end()) plan.choices[id] = today;
    }
    return plan;
}

namespace {

bool ranged(const Candidates& candidates, const Plan& plan, const CandidateColumn& column) {
    return column.classId != noClass && plan.shapes[column.classId] == rangeShape && !candidates.classes[column.classId].ranges.empty();
}

// Makes the key of a table one of two parts, where it has the second column.
void addSecond(const CandidateTable& table, const Split& split, TableDesign& design) {
    const CandidateColumn* second = secondOf(table, split);
    if (!second) return;
    design.key.push_back(second->part);
    design.prefix = 1;
    design.prefixSpread = split.spread;
}

}  // namespace

const Split* splitOf(const Candidates& candidates, const Plan& plan, uint32_t classId) {
    if (classId >= plan.shapes.size() || plan.shapes[classId] < splitShape) return nullptr;
    return &candidates.classes[classId].splits[plan.shapes[classId] - splitShape];
}

const CandidateColumn* secondOf(const CandidateTable& table, const Split& split) {
    const auto found = std::find_if(table.columns.begin(), table.columns.end(), [&](const auto& column) { return column.classId == split.second && column.id != noColumn; });
    return found == table.columns.end() ? nullptr : &*found;
}

Placed placed(const Candidates& candidates, const Plan& plan, TableId table) {
    Placed out;
    out.design.table = candidates.tables[table].name;
    out.design.strategy = plan.choices[table].strategy;
    const CandidateColumn* column = columnOf(candidates, table, plan.choices[table]);
    if (!column && candidates.tables[table].locked) out.design = *candidates.tables[table].locked;
    if (!column) return out;
    out.design.key = {column->part};
    out.lookups = column->lookups;
    if (const auto& locked = candidates.tables[table].locked) {
        out.design = *locked;
        out.slots = &candidates.tables[table].lockedSlots;
    }
    out.design.group = static_cast<uint32_t>(candidates.classes.size()) + table;   // alone
    if (column->classId == noClass || candidates.tables[table].locked) return out;
    out.design.group = column->classId;
    const ColumnClass& each = candidates.classes[column->classId];
    if (ranged(candidates, plan, *column)) {
        out.design.strategy = Strategy::range;
        out.design.ranges = each.ranges;
    } else if (const Split* split = splitOf(candidates, plan, column->classId)) {
        out.slots = &split->slots;
        addSecond(candidates.tables[table], *split, out.design);
    } else {
        out.slots = &each.slots;
    }
    return out;
}

namespace {

// Tables that share a placement: those of one class, apart by the number of key parts; a pinned column in no statement stands
// alone.
struct Group {
    std::vector<TableId> tables;
    std::vector<ColumnId> columns;       // of the whole class
    const Split* split = nullptr;
    const sharding::SlotMap* fixed = nullptr;
    const sharding::SlotMap* today = nullptr;
    bool range = false;
};

std::map<std::pair<uint32_t, bool>, Group> groupsOf(const Candidates& candidates, const Plan& plan) {
    std::map<std::pair<uint32_t, bool>, Group> groups;
    std::map<uint32_t, std::vector<ColumnId>> columns;
    auto alone = static_cast<uint32_t>(candidates.classes.size());
    for (TableId id = 0; id < candidates.tables.size(); ++id) {
        const CandidateColumn* column = columnOf(candidates, id, plan.choices[id]);
        if (!column || candidates.tables[id].locked) continue;
        const uint32_t classId = column->classId == noClass ? alone++ : column->classId;
        const Split* split = splitOf(candidates, plan, classId);
        Group& group = groups[{classId, split && secondOf(candidates.tables[id], *split)}];
        group.tables.push_back(id);
        group.split = split;
        if (column->id != noColumn) columns[classId].push_back(column->id);
        group.range = ranged(candidates, plan, *column);
        if (column->classId == noClass) continue;
        const ColumnClass& each = candidates.classes[column->classId];
        if (each.fixed) group.fixed = &each.slots;
        if (!split && !each.today.shardOfSlot.empty()) group.today = &each.today;
    }
    for (auto& [key, group] : groups) group.columns = columns[key.first];
    return groups;
}

// Every shard gets slots: past the counting slots they are cut, and dealt without knowing which part carries the load.
// Of slots that lie somewhere today few move.
sharding::SlotMap dealt(const std::vector<double>& weights, uint32_t shards, const Group& group) {
    if (group.fixed) return *group.fixed;
    if (group.split && shards <= countingSlots) return cost::balanceFamilies(weights, shards, group.split->spread, group.split->everyKey);
    if (group.today && shards <= group.today->shardOfSlot.size()) return cost::rebalanceSlots(*group.today, weights, shards);
    if (shards <= countingSlots) return cost::balanceSlots(weights, shards);
    return sharding::evenSlotMap(shards, std::min(sharding::maxSlots, std::bit_ceil(4 * shards)));
}

sharding::ShardId lightestShard(const Design& design, const cost::Basis& basis) {
    cost::Evaluator evaluator(basis, design.shards);
    evaluator.set(design);
    // Unsharded tables are still on shard 0: leave them out.
    std::vector<double> load(design.shards);
    const size_t windows = basis.loads.intervals();
    for (TableId id = 0; id < basis.facts->schema.tables.size(); ++id) {
        if (evaluator.strategy(id) == Strategy::unsharded) continue;
        const auto& values = evaluator.load(id).values;
        for (size_t i = 0; i < values.size(); ++i) load[i / windows] += values[i];
    }
    return static_cast<sharding::ShardId>(std::min_element(load.begin(), load.end()) - load.begin());
}

// Tables that keep today's layout stand in groups of their own.
void addLocked(const Candidates& candidates, uint32_t number, Design& design) {
    for (TableId id = 0; id < candidates.tables.size(); ++id) {
        const auto& table = candidates.tables[id];
        if (!table.locked) continue;
        design.tables[id] = *table.locked;
        design.tables[id].group = number;
        if (design.tables[id].keyed() && !table.lockedSlots.shardOfSlot.empty()) design.slotMaps[number] = table.lockedSlots;
        ++number;
    }
}

}  // namespace

Design designOf(const Candidates& candidates, const cost::Basis& basis, const Plan& plan, uint32_t shards) {
    Design design;
    design.shards = shards;
    for (TableId id = 0; id < candidates.tables.size(); ++id) {
        TableDesign table;
        table.table = candidates.tables[id].name;
        table.strategy = plan.choices[id].strategy;
        if (const auto* column = columnOf(candidates, id, plan.choices[id])) {
            table.key = {column->part};
            design.lookups.insert(design.lookups.end(), column->lookups.begin(), column->lookups.end());
        }
        design.tables.push_back(std::move(table));
    }
    uint32_t number = 0;
    for (const auto& [key, group] : groupsOf(candidates, plan)) {
        const auto ranges = group.range ? balancedRanges(basis, group.columns, design.shards) : std::vector<sharding::RangePart>();
        for (const TableId id : group.tables) {
            design.tables[id].group = number;
            if (group.split) addSecond(candidates.tables[id], *group.split, design.tables[id]);
            if (ranges.empty()) continue;
            design.tables[id].strategy = Strategy::range;
            design.tables[id].ranges = ranges;
        }
        if (ranges.empty()) design.slotMaps[number] = dealt(slotWeights(basis, group.columns), shards, group);
        ++number;
    }
    addLocked(candidates, number, design);
    std::sort(design.tables.begin(), design.tables.end(), [](const auto& a, const auto& b) { return a.table < b.table; });
    std::stable_sort(design.lookups.begin(), design.lookups.end(), [](const auto& a, const auto& b) { return a.table < b.table; });
    const auto strays = [&](const TableDesign& table) {
        return table.strategy == Strategy::unsharded && std::none_of(candidates.tables.begin(), candidates.tables.end(), [&](const auto& each) { return each.locked && each.name == table.table; });
    };
    if (design.shards < 2 || std::none_of(design.tables.begin(), design.tables.end(), strays)) return design;
    const sharding::ShardId home = lightestShard(design, basis);
    for (auto& table : design.tables)
        if (strays(table)) table.home = home;
    return design;
}

std::string keySet(const Design& design) {
    std::string text;
    for (const auto& table : design.tables) {
        text += table.table + '\0' + sharding::toString(table.strategy);
        for (const auto& part : table.key) text += '\0' + part.expression;
        text += '\n';
    }
    return text;
}

}  // namespace foreshard::advisor
