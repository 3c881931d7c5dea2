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
    for (uint32_t i = 0; i < table.columns.size() && !(table.pin && i > 0); ++i) choices.push_back({Strategy::hash, i});
    if (table.pin || (table.pinnedShape && !choices.empty())) return choices;
    if (!table.forbidden.contains("reference")) choices.push_back({Strategy::reference, noColumn});
    if (!table.forbidden.contains("unsharded") || choices.empty()) choices.push_back({Strategy::unsharded, noColumn});
    return choices;
}

bool mayBeCopied(const CandidateTable& table) { return !table.pinnedShape && !table.forbidden.contains("reference"); }

Plan allowedPlan(const Candidates& candidates) {
    Plan plan = emptyPlan(candidates);
    for (TableId id = 0; id < plan.choices.size(); ++id) {
        const auto& table = candidates.tables[id];
        if (table.pin || table.pinnedShape || table.forbidden.contains("unsharded")) plan.choices[id] = choicesOf(table).front();
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
    for (uint32_t id = 0; id < plan.shapes.size(); ++id) {
        const ColumnClass& each = candidates.classes[id];
        if (!each.todaysRing.weights.empty() && !each.ring.weights.empty()) plan.shapes[id] = ringShape;
        else if (!each.today.directory.empty() && !each.directory.entries.empty()) plan.shapes[id] = directoryShape;
    }
    return plan;
}

namespace {

// The shape of a column's class, as far as the class has what it takes.
uint32_t shapeOf(const Candidates& candidates, const Plan& plan, const CandidateColumn& column) {
    if (column.classId == noClass) return hashShape;
    const ColumnClass& each = candidates.classes[column.classId];
    const uint32_t shape = plan.shapes[column.classId];
    const bool lacks = (shape == rangeShape && each.ranges.empty()) || (shape == ringShape && each.ring.weights.empty()) || (shape == directoryShape && each.directory.entries.empty());
    return lacks ? hashShape : shape;
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
    const uint32_t shape = shapeOf(candidates, plan, *column);
    if (shape == rangeShape) {
        out.design.strategy = Strategy::range;
        out.design.ranges = each.ranges;
    } else if (shape == ringShape) {
        out.design.strategy = Strategy::consistentHash;
        out.design.ring = each.ring;
    } else if (shape == directoryShape) {
        out.design.strategy = Strategy::directory;
        out.design.directory = each.directory.entries;
        out.slots = &each.directory.slots;
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
    const ColumnClass* of = nullptr;     // null: alone
    uint32_t shape = hashShape;
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
        group.shape = shapeOf(candidates, plan, *column);
        if (column->classId != noClass) group.of = &candidates.classes[column->classId];
    }
    for (auto& [key, group] : groups) group.columns = columns[key.first];
    return groups;
}

// Every shard gets slots: past the counting slots they are cut, and dealt without knowing which part carries the load.
// Of slots that lie somewhere today few move.
sharding::SlotMap dealt(const std::vector<double>& weights, uint32_t shards, const Group& group) {
    if (group.of && group.of->fixed) return group.of->slots;
    if (group.split && shards <= countingSlots) return cost::balanceFamilies(weights, shards, group.split->spread, group.split->everyKey);
    const bool known = !group.split && group.of && !group.of->today.slots.shardOfSlot.empty();
    if (known && shards <= group.of->today.slots.shardOfSlot.size()) return cost::rebalanceSlots(group.of->today.slots, weights, shards);
    if (shards <= countingSlots) return cost::balanceSlots(weights, shards);
    return sharding::evenSlotMap(shards, std::min(sharding::maxSlots, std::bit_ceil(4 * shards)));
}

// Gives the group's tables their placement, and the group its slots where it has some.
void place(const Group& group, uint32_t number, const cost::Basis& basis, const Candidates& candidates, Design& design) {
    TableDesign placement;
    const auto weights = slotWeights(basis, group.columns);
    if (group.shape == rangeShape) placement.ranges = balancedRanges(basis, group.columns, design.shards);
    if (!placement.ranges.empty()) placement.strategy = Strategy::range;
    else placement.strategy = Strategy::hash;
    if (group.shape == ringShape) {
        placement.strategy = Strategy::consistentHash;
        placement.ring = cost::balanceRing(weights, design.shards, group.of->todaysRing.weights.empty() ? nullptr : &group.of->todaysRing);
    }
    if (group.shape == directoryShape) {
        const bool pinned = std::any_of(group.tables.begin(), group.tables.end(), [&](TableId id) { return candidates.tables[id].pinnedShape == directoryShape; });
        auto named = directoryOf(basis, group.columns, design.shards, group.of->today, pinned ? design.shards : 0);
        if (!named.entries.empty()) {
            placement.strategy = Strategy::directory;
            placement.directory = std::move(named.entries);
            design.slotMaps[number] = std::move(named.slots);
        }
    }
    if (placement.strategy == Strategy::hash) design.slotMaps[number] = dealt(weights, design.shards, group);
    for (const TableId id : group.tables) {
        TableDesign& table = design.tables[id];
        table.group = number;
        if (group.split) addSecond(candidates.tables[id], *group.split, table);
        table.strategy = placement.strategy;
        table.ranges = placement.ranges;
        table.ring = placement.ring;
        table.directory = placement.directory;
    }
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
    for (const auto& [key, group] : groupsOf(candidates, plan)) place(group, number++, basis, candidates, design);
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
