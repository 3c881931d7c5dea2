#include "core/advisor/offers.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "core/advisor/learned_pairs.h"
#include "core/advisor/quoting.h"
#include "core/base/units.h"

namespace foreshard::advisor {

using sharding::KeyPart;
using sharding::Lookup;
using sharding::Strategy;
using sharding::TableDesign;
using workload::ColumnId;
using workload::TableId;

namespace {

constexpr double leastSaving = 0.01;     // of all transactions
constexpr size_t mostTried = 24;

// An offer before it is tried.
struct Idea {
    const char* kind = "";
    TableId table = 0;                   // that is placed or found otherwise
    ColumnId from = 0;                   // its column that statements name
    KeyPart key;                         // what its rows are placed by
    uint32_t group = 0;
    TableId parent = 0;                  // has both `parentFrom` and the key; the table itself for a lookup of its own
    ColumnId parentFrom = 0;
    ColumnId parentKey = noColumn;
    std::vector<ColumnId> keys;          // all columns with the key's values
    bool lookup = true;                  // else statements name the key
};

struct Outcome {
    Weight before = 0, after = 0, withUpkeep = 0, upkeep = 0;
    double visits = 0;                   // weighted as in the objective, upkeep among them
    bool replicated = false;
};

class Maker {
public:
    Maker(const Explained& subject, const ObjectiveWeights& weights)
        : s_(subject), facts_(*subject.workload.facts), sample_(*subject.basis.sample), weights_(weights), evaluator_(subject.basis, subject.design.shards) {
        evaluator_.set(s_.design);
        before_ = evaluator_.sums();
    }

    std::vector<Offer> run(size_t most) {
        if (static_cast<double>(before_.multiShard) < leastSaving * static_cast<double>(before_.transactions)) return {};
        std::vector<Offer> offers;
        size_t tried = 0;
        for (const TableId table : s_.candidates.order)
            for (const Idea& idea : ideasFor(table)) {
                if (++tried > mostTried) break;
                if (auto offer = tryOut(idea)) offers.push_back(std::move(*offer));
            }
        std::stable_sort(offers.begin(), offers.end(), [](const Offer& a, const Offer& b) { return a.shareWithUpkeep < b.shareWithUpkeep; });
        if (offers.size() > most) offers.resize(most);
        return offers;
    }

private:
    const CandidateColumn* keyOf(TableId table) const {
        const auto* column = columnOf(s_.candidates, table, s_.evaluator.plan().choices[table]);
        const TableDesign* design = s_.design.find(s_.candidates.tables[table].name);
        const bool plain = column && column->id != noColumn && column->classId != noClass && design && design->key.size() == 1 && design->strategy == Strategy::hash;
        return plain ? column : nullptr;
    }

    std::vector<Idea> ideasFor(TableId table) const {
        const CandidateTable& own = s_.candidates.tables[table];
        std::vector<Idea> ideas;
        if (own.locked) return ideas;
        const CandidateColumn* key = keyOf(table);
        for (const auto& from : own.columns) {
            if (from.id == noColumn || from.classId == noClass || !from.part.bare() || from.share < leastSaving) continue;
            if (key && from.classId != key->classId && !foundAlready(own.name, from)) {
                ideas.push_back({"lookup", table, from.id, key->part, s_.design.find(own.name)->group, table, from.id, key->id, s_.candidates.classes[key->classId].columns, true});
            }
            if (!own.pin) addParents(table, from, ideas);
        }
        return ideas;
    }

    bool foundAlready(const std::string& table, const CandidateColumn& from) const {
        const auto lookups = s_.design.lookupsOf(table);
        return std::any_of(lookups.begin(), lookups.end(), [&](const Lookup& lookup) { return lookup.from.front().column == from.part.column; });
    }

    // Tables that have the values of this column, and lie by a key of which the table itself has no column.
    void addParents(TableId table, const CandidateColumn& from, std::vector<Idea>& ideas) const {
        for (TableId parent = 0; parent < s_.candidates.tables.size(); ++parent) {
            const CandidateColumn* key = parent == table ? nullptr : keyOf(parent);
            if (!key || !key->part.bare() || key->classId == from.classId) continue;
            const auto& columns = s_.candidates.tables[table].columns;
            if (std::any_of(columns.begin(), columns.end(), [&](const auto& own) { return own.classId == key->classId; })) continue;
            if (facts_.schema.tables[table].column(key->part.column)) continue;    // it has one of that name, of whatever meaning
            for (const auto& other : s_.candidates.tables[parent].columns) {
                if (other.id == noColumn || other.classId != from.classId || !other.part.bare()) continue;
                Idea idea{"parent lookup", table, from.id, key->part, s_.design.find(s_.candidates.tables[parent].name)->group, parent, other.id, key->id, s_.candidates.classes[key->classId].columns, true};
                ideas.push_back(idea);
                idea.kind = "column";
                idea.lookup = false;
                ideas.push_back(std::move(idea));
                break;
            }
        }
    }

    KeyPart partOf(ColumnId column) const { return {facts_.columns[column].expression, facts_.columns[column].column, facts_.columns[column].type}; }

    const sharding::SlotMap* slotsOf(uint32_t group) const {
        const auto slots = s_.design.slotMaps.find(group);
        return slots == s_.design.slotMaps.end() ? nullptr : &slots->second;
    }

    std::optional<Offer> tryOut(const Idea& idea) {
        const LearnedPairs learned(sample_, columnsLike(s_.candidates, idea.table, idea.from), idea.keys);
        if (!learned.functional()) return std::nullopt;
        Offer offer;
        offer.design = designFor(idea);
        place(offer.design, idea, &learned);
        const Outcome outcome = measure(idea, learned);
        place(s_.design, idea, nullptr);
        const auto all = static_cast<double>(before_.transactions);
        const double saving = (static_cast<double>(outcome.before) - static_cast<double>(outcome.withUpkeep)) / all;
        const double visitsBefore = weights_.writeVisit * fromWeight(before_.writeVisits) + weights_.readVisit * fromWeight(before_.readVisits);
        if (saving < leastSaving || outcome.visits >= visitsBefore) return std::nullopt;
        for (auto& lookup : offer.design.lookups)
            if (!lookup.derived()) lookup.replicated = outcome.replicated;
        offer.kind = idea.kind;
        offer.table = s_.candidates.tables[idea.table].name;
        offer.from = facts_.columns[idea.from].column;
        offer.key = idea.key.column;
        if (idea.parent != idea.table) offer.parent = s_.candidates.tables[idea.parent].name;
        offer.shareBefore = static_cast<double>(outcome.before) / all;
        offer.shareAfter = static_cast<double>(outcome.after) / all;
        offer.shareWithUpkeep = static_cast<double>(outcome.withUpkeep) / all;
        offer.upkeep = static_cast<double>(outcome.upkeep) / all;
        offer.why = whyOf(idea, offer, outcome.replicated);
        offer.ddl = ddlOf(idea);
        return offer;
    }

    sharding::Design designFor(const Idea& idea) const {
        sharding::Design design = s_.design;
        design.id += "+";
        design.name += idea.lookup ? fmt::format(", with a lookup by {}", facts_.columns[idea.parentFrom].column) : fmt::format(", with {}.{}", facts_.schema.tables[idea.table].name, idea.key.column);
        if (idea.parent != idea.table) {
            for (auto& table : design.tables) {
                if (table.table != s_.candidates.tables[idea.table].name) continue;
                const TableDesign& parent = *s_.design.find(s_.candidates.tables[idea.parent].name);
                const std::string name = table.table;
                table = parent;
                table.table = name;
                table.key = {idea.key};
            }
            std::erase_if(design.lookups, [&](const Lookup& lookup) { return lookup.table == s_.candidates.tables[idea.table].name; });
        }
        if (!idea.lookup) return design;
        for (const TableId table : std::set<TableId>{idea.table, idea.parent}) {
            const ColumnId from = table == idea.table ? idea.from : idea.parentFrom;
            design.lookups.push_back({s_.candidates.tables[table].name, {partOf(from)}, {table == idea.table ? idea.key : partOf(idea.parentKey)}, false, {}});
        }
        std::stable_sort(design.lookups.begin(), design.lookups.end(), [](const auto& a, const auto& b) { return a.table < b.table; });
        return design;
    }

    // The tables of the idea as a design has them. A column that does not exist yet is bound by nobody: where statements are to name
    // it, what they would name is what the log tells.
    void place(const sharding::Design& design, const Idea& idea, const LearnedPairs* learned) {
        std::set<TableId> changed{idea.table};
        if (idea.lookup) changed.insert(idea.parent);
        for (const TableId id : changed) {
            const TableDesign& table = *design.find(s_.candidates.tables[id].name);
            auto lookups = design.lookupsOf(table.table);
            if (learned && !idea.lookup) lookups.push_back({table.table, {partOf(idea.from)}, {idea.key}, false, {}});
            evaluator_.set(id, table, slotsOf(table.group), lookups, learned);
        }
    }

    Outcome measure(const Idea& idea, const LearnedPairs& learned) const {
        Outcome out;
        out.before = before_.multiShard;
        out.after = evaluator_.sums().multiShard;
        std::vector<sharding::ShardSet> reads(sample_.transactions().size()), writes(reads.size());
        std::vector<bool> keeps(reads.size());
        if (idea.lookup) markReads(idea, learned, reads);
        markKeepers(idea, keeps, writes);
        Outcome cut = out, copied = out;
        copied.replicated = true;
        for (uint32_t t = 0; t < reads.size(); ++t) {
            const Weight weight = sample_.transactions()[t].weight;
            if (keeps[t]) cut.upkeep += weight, copied.upkeep += weight;
            auto footprint = evaluator_.footprint(t);
            const auto count = [&](const sharding::Footprint& visits, Outcome& to) {
                if (!visits.multiShard()) return;
                to.withUpkeep += weight;
                to.visits += fromWeight(weight) * (visits.multiShardWrite() ? weights_.writeVisit : weights_.readVisit) * (visits.fanOut() - 1);
            };
            sharding::Footprint everywhere = footprint;
            if (idea.lookup && keeps[t]) everywhere.writes = sharding::ShardSet::all(s_.design.shards);
            footprint.reads.unite(reads[t]);
            if (idea.lookup) footprint.writes.unite(writes[t]);
            count(footprint, cut);
            count(everywhere, copied);
        }
        return copied.visits < cut.visits ? copied : cut;
    }

    sharding::ShardId shardOf(const Value& value) const { return static_cast<sharding::ShardId>(uint64_t{countingSlotOfHash(hashValue(value))} * s_.design.shards / countingSlots); }

    // Where a lookup dealt by its own values is read: by accesses that name one, in transactions that do not name its key too.
    void markReads(const Idea& idea, const LearnedPairs& learned, std::vector<sharding::ShardSet>& reads) const {
        for (const auto& [table, column, key] : {std::tuple(idea.table, idea.from, idea.table == idea.parent ? idea.parentKey : noColumn), std::tuple(idea.parent, idea.parentFrom, idea.parentKey)}) {
            const cost::KeyUse& use = sample_.columnUse(column);
            std::vector<bool> bound(sample_.touches(table).size());
            if (key != noColumn)
                for (const auto& entry : sample_.columnUse(key).entries) bound[entry.touch] = true;
            for (const auto& entry : use.entries) {
                const uint32_t t = sample_.touches(table)[entry.touch].transaction;
                if (bound[entry.touch] || learned.named(t) || (entry.item & cost::KeyUse::complexItem)) continue;
                reads[t].insert(shardOf(use.points[entry.item]));
            }
        }
    }

    // Transactions that the lookup has to follow, and where it is then written; without a lookup those that change the key in the
    // parent's rows.
    void markKeepers(const Idea& idea, std::vector<bool>& keeps, std::vector<sharding::ShardSet>& writes) const {
        const cost::KeyUse& use = sample_.columnUse(idea.parentFrom);
        std::vector<const Value*> named(sample_.transactions().size());
        for (const auto& entry : use.entries)
            if (!(entry.item & cost::KeyUse::complexItem)) named[sample_.touches(idea.parent)[entry.touch].transaction] = &use.points[entry.item];
        for (uint32_t t = 0; t < keeps.size(); ++t) {
            const uint32_t source = sample_.sourceOf(t);
            keeps[t] = changes(facts_, source, idea.parent, idea.parentKey, false) || (idea.lookup && changes(facts_, source, idea.parent, idea.parentFrom, true));
            if (keeps[t]) writes[t] = named[t] ? sharding::ShardSet::one(shardOf(*named[t])) : sharding::ShardSet::all(s_.design.shards);
        }
    }

    std::string whyOf(const Idea& idea, const Offer& offer, bool replicated) const {
        const std::string& table = facts_.schema.tables[idea.table].name;
        const std::string& parent = facts_.schema.tables[idea.parent].name;
        const std::string& from = facts_.columns[idea.parentFrom].column;
        const std::string saving = fmt::format("{} of transactions stay on several shards instead of {}", formatShare(offer.shareWithUpkeep), formatShare(offer.shareBefore));
        const std::string where = replicated ? "with a copy on every shard" : fmt::format("dealt by {}", from);
        if (idea.parent == idea.table)
            return fmt::format("{} is named by {} and not by {}: a table that finds {} from it, {}, is kept by {} of transactions; {}, the visits to it counted.", table, offer.from, offer.key, offer.key, where,
                               formatShare(offer.upkeep), saving);
        if (idea.lookup)
            return fmt::format("{} knows {} only through {}: give it the column, filled from {}, and find both by a table from {} to {}, {}, kept by {} of transactions; {}, the visits to it counted.", table, offer.key,
                               parent, parent, from, offer.key, where, formatShare(offer.upkeep), saving);
        return fmt::format("{} knows {} only through {}: give it the column, filled from {}, and name it in its statements; {}. {} of transactions change it.", table, offer.key, parent, parent, saving,
                           offer.upkeep > 0 ? formatShare(offer.upkeep) : "None");
    }

    std::string declared(TableId table, const std::string& column) const {
        const auto* found = facts_.schema.tables[table].column(column);
        return found && !found->declaredType.empty() ? found->declaredType : "bigint";
    }

    std::string ddlOf(const Idea& idea) const {
        const auto& table = facts_.schema.tables[idea.table];
        const auto& parent = facts_.schema.tables[idea.parent];
        const std::string from = quoted(facts_.columns[idea.from].column), parentFrom = quoted(facts_.columns[idea.parentFrom].column);
        const std::string key = quoted(idea.key.column), parentKey = quoted(facts_.columns[idea.parentKey].column);
        std::string ddl;
        if (idea.parent != idea.table)
            ddl = fmt::format("ALTER TABLE {0} ADD COLUMN {1} {2};\nUPDATE {0} SET {1} = (SELECT p.{3} FROM {4} p WHERE p.{5} = {0}.{6});", quotedTable(table), key, declared(idea.parent, facts_.columns[idea.parentKey].column), parentKey,
                              quotedTable(parent), parentFrom, from);
        if (!idea.lookup) return ddl;
        const std::string name = quoted(parent.schema) + "." + quoted(parent.name + "_" + idea.key.column + "_by_" + facts_.columns[idea.parentFrom].column);
        return ddl + (ddl.empty() ? "" : "\n") +
               fmt::format("CREATE TABLE {0} ({1} {2} PRIMARY KEY, {3} {4} NOT NULL);\nINSERT INTO {0} SELECT DISTINCT {1}, {3} FROM {5};", name, parentFrom, declared(idea.parent, facts_.columns[idea.parentFrom].column), parentKey,
                           declared(idea.parent, facts_.columns[idea.parentKey].column), quotedTable(parent));
    }

    const Explained& s_;
    const workload::Facts& facts_;
    const cost::Sample& sample_;
    const ObjectiveWeights& weights_;
    cost::Evaluator evaluator_;
    cost::Sums before_;
};

}  // namespace

bool changes(const workload::Facts& facts, uint32_t transaction, TableId table, ColumnId column, bool rows) {
    const auto& calls = facts.transactions[transaction].calls;
    return std::any_of(calls.begin(), calls.end(), [&](const auto& call) {
        const auto& accesses = facts.templates[call.templateId].accesses;
        const bool removes = facts.templates[call.templateId].facts.kind == sql::StatementKind::delete_;
        return std::any_of(accesses.begin(), accesses.end(), [&](const auto& access) {
            if (access.table != table || access.kind == workload::AccessKind::read) return false;
            if (rows && (removes || access.kind == workload::AccessKind::insert)) return true;
            return std::find(access.assigned.begin(), access.assigned.end(), column) != access.assigned.end();
        });
    });
}

std::vector<ColumnId> columnsLike(const Candidates& candidates, TableId table, ColumnId column) {
    for (const auto& own : candidates.tables[table].columns)
        if (own.id == column && own.classId != noClass) return candidates.classes[own.classId].columns;
    return {column};
}

Weight upkeepOf(const Explained& subject, TableId table, ColumnId column) {
    const auto& sample = *subject.basis.sample;
    Weight weight = 0;
    for (uint32_t t = 0; t < sample.transactions().size(); ++t)
        if (changes(*subject.workload.facts, sample.sourceOf(t), table, column, true)) weight += sample.transactions()[t].weight;
    return weight;
}

std::vector<Offer> offersOf(const Explained& subject, const ObjectiveWeights& weights, size_t most) { return Maker(subject, weights).run(most); }

}  // namespace foreshard::advisor
