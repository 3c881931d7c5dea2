// Risks of a design.
#include <absl/container/flat_hash_set.h>
#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "core/advisor/explain.h"
#include "core/advisor/offers.h"
#include "core/base/units.h"

namespace foreshard::advisor {

using sharding::Strategy;
using workload::TableId;

namespace {

constexpr double noteworthyShare = 0.2;       // of all accesses, on one shard alone
constexpr double shiftPoints = 0.05;          // later half above the earlier one
constexpr uint32_t fewKeysPerShard = 4;
constexpr double driftingShare = 0.5;         // of a shard's even share, on a key that is hot for a while only

struct GroupFacts {
    std::vector<workload::ColumnId> columns;
    std::string name;                          // of the most used column
    bool range = false;
    bool split = false;                        // by a second column
    bool named = false;                        // heavy keys lie on shards by name
    bool splittable = false;
};

std::map<uint32_t, GroupFacts> groups(const Explained& s) {
    std::map<uint32_t, GroupFacts> out;
    for (const TableId id : s.candidates.order) {
        const auto* column = columnOf(s.candidates, id, s.evaluator.plan().choices[id]);
        const auto* table = s.design.find(s.candidates.tables[id].name);
        if (!column || column->id == noColumn || !table) continue;
        GroupFacts& group = out[table->group];
        if (group.name.empty()) group.name = s.workload.facts->schema.tables[id].name + "." + column->part.expression;
        group.columns.push_back(column->id);
        group.range = table->strategy == Strategy::range;
        group.split = group.split || table->prefix > 0;
        group.named = table->strategy == Strategy::directory;
        group.splittable = column->classId != noClass && !s.candidates.classes[column->classId].splits.empty();
    }
    return out;
}

// Of the sampled accesses that bind the column to one value, the share that binds it to NULL.
double nullShare(const cost::KeyUse& use) {
    double nulls = 0, all = 0;
    for (const auto& entry : use.entries) {
        if (entry.item & cost::KeyUse::complexItem) continue;
        all += entry.reads + entry.writes;
        if (use.points[entry.item].kind == ValueKind::null) nulls += entry.reads + entry.writes;
    }
    return all > 0 ? nulls / all : 0;
}

void keyRisks(const Explained& s, const GroupFacts& group, std::vector<std::string>& risks) {
    const uint32_t shards = s.design.shards;
    for (const auto id : group.columns) {
        const double nulls = nullShare(s.basis.sample->columnUse(id));
        const auto& column = s.workload.facts->columns[id];
        if (nulls >= noteworthyShare)
            risks.push_back(fmt::format("{}.{} is NULL in {} of the accesses that bind it; rows without a key all lie on one shard.",
                                        s.workload.facts->schema.tables[column.table].name, column.expression, formatShare(nulls)));
    }
    absl::flat_hash_set<uint64_t> keys;
    for (const auto column : group.columns)
        for (const uint64_t hash : s.basis.sample->columnUse(column).pointHashes) keys.insert(hash);
    if (!keys.empty() && keys.size() < uint64_t{shards} * fewKeysPerShard)
        risks.push_back(fmt::format("{} has only {} known values for {} shards{}.", group.name, keys.size(), shards,
                                    keys.size() < shards ? ": some shards stay empty" : ", so load cannot be dealt out finely"));
    std::vector<double> slots(countingSlots);
    for (const auto column : group.columns) {
        const auto load = s.basis.loads.slotLoad(column);
        for (uint32_t slot = 0; slot < countingSlots; ++slot) slots[slot] += load[slot];
    }
    const double all = std::accumulate(slots.begin(), slots.end(), 0.0), hottest = *std::max_element(slots.begin(), slots.end());
    if (all > 0 && shards > 1 && hottest / all > 1.0 / shards && !group.split && !group.named)
        risks.push_back(fmt::format("One value (or slot) of {} carries {} of its accesses, more than a shard's even share of {}. {}", group.name, formatShare(hottest / all), formatShare(1.0 / shards),
                                    group.splittable ? "A second key column would divide it, at the price of transactions that cross shards."
                                                     : "It is an unsplittable key: no second column divides it. Give it a shard of its own, or divide its rows in the application."));
    // Hot for a while each: no deal of slots, made once, follows that.
    const auto moving = s.basis.loads.hottestInAWindow(group.columns);
    if (shards > 1 && !group.split && hottest / all <= 1.0 / shards && moving.slots >= 2 && moving.share >= 2 * hottest / all && moving.share * shards >= driftingShare)
        risks.push_back(fmt::format("For a time one value (or slot) of {} carries up to {} of its accesses, and it is another one as time goes on: while it lasts its shard has about {:.2f} times the mean load. "
                                    "It is an unsplittable key: no map of slots follows one that moves. Key tables whose statements name a second column by both, cache what is read of it, or give shards that much to spare.",
                                    group.name, formatShare(moving.share), 1 + moving.share * (shards - 1)));
    if (!group.range) return;
    std::vector<std::pair<uint64_t, double>> ranges;
    for (const auto column : group.columns)
        if (ranges.empty()) ranges = s.basis.loads.rangeLoad(column);
    double above = 0, sum = 0;
    for (size_t i = 0; i < ranges.size(); ++i) {
        sum += ranges[i].second;
        if (i >= ranges.size() * 9 / 10) above += ranges[i].second;
    }
    if (sum > 0 && above / sum > 0.5) risks.push_back(fmt::format("New rows of {} gather at its upper end: the last range keeps growing and has to be split again and again.", group.name));
}

void tableRisks(const Explained& s, std::vector<std::string>& risks) {
    double all = 0;
    for (const auto& table : s.candidates.tables) all += table.reads + table.writes;
    for (TableId id = 0; id < s.candidates.tables.size(); ++id) {
        const auto& table = s.candidates.tables[id];
        const double accesses = table.reads + table.writes;
        const Strategy strategy = s.evaluator.plan().choices[id].strategy;
        if (accesses <= 0 || all <= 0) continue;
        if (strategy == Strategy::unsharded && accesses / all >= noteworthyShare && s.design.shards > 1)
            risks.push_back(fmt::format("{} stays on one shard and takes {} of all accesses.", table.name, formatShare(accesses / all)));
        if (strategy == Strategy::reference && table.writes > 0)
            risks.push_back(fmt::format("Every write to {} ({} of its accesses) goes to all {} shards.", table.name, formatShare(table.writes / accesses), s.design.shards));
        if (strategy == Strategy::reference && !s.workload.facts->schema.tables[id].rows)
            risks.push_back(fmt::format("The size of {} is not known; every shard would hold all of it.", table.name));
    }
}

// Columns of the table's key that some statement sets.
std::vector<workload::ColumnId> assignedKeys(const workload::Facts& facts, TableId id, const sharding::TableDesign& table) {
    std::vector<workload::ColumnId> columns;
    for (const auto& part : table.key) {
        const auto column = facts.findColumn(id, part.expression);
        const auto sets = [&](const workload::TableAccess& access) { return access.table == id && std::find(access.assigned.begin(), access.assigned.end(), *column) != access.assigned.end(); };
        if (column && std::any_of(facts.templates.begin(), facts.templates.end(), [&](const auto& each) { return std::any_of(each.accesses.begin(), each.accesses.end(), sets); })) columns.push_back(*column);
    }
    return columns;
}

// Transactions that set a part of a table's key: their rows have to go to another shard.
void keyUpdates(const Explained& s, std::vector<std::string>& risks) {
    const auto& sample = *s.basis.sample;
    for (const TableId id : s.candidates.order) {
        const auto* table = s.design.find(s.candidates.tables[id].name);
        if (!table || !table->keyed() || s.design.shards < 2) continue;
        const auto columns = assignedKeys(*s.workload.facts, id, *table);
        Weight weight = 0;
        for (uint32_t t = 0; t < sample.transactions().size() && !columns.empty(); ++t)
            if (std::any_of(columns.begin(), columns.end(), [&](auto column) { return changes(*s.workload.facts, sample.sourceOf(t), id, column, false); })) weight += sample.transactions()[t].weight;
        if (weight > 0)
            risks.push_back(fmt::format("{} of transactions change the key of {}: a row that gets another one has to move to its shard.",
                                        formatShare(static_cast<double>(weight) / static_cast<double>(sample.committed())), s.candidates.tables[id].name));
    }
}

}  // namespace

std::vector<std::string> risksOf(const Explained& s, const Scores& scores, const Scores& heldOut) {
    std::vector<std::string> risks;
    for (const auto& [id, group] : groups(s)) keyRisks(s, group, risks);
    tableRisks(s, risks);
    keyUpdates(s, risks);
    if (scores.multiShardShare && heldOut.multiShardShare && *heldOut.multiShardShare > *scores.multiShardShare + shiftPoints)
        risks.push_back(fmt::format("On the later half {} of transactions cross shards, against {} before: the load is changing.", formatShare(*heldOut.multiShardShare), formatShare(*scores.multiShardShare)));
    return risks;
}

}  // namespace foreshard::advisor
