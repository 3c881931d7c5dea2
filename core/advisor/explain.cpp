#include "core/advisor/explain.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "core/base/units.h"
#include "core/base/words.h"

namespace foreshard::advisor {

using sharding::Strategy;
using workload::TableId;

namespace {

constexpr size_t mostNames = 4;          // in a sentence

// A table's short name, or its qualified one where another schema has a table of that name.
std::string tableName(const schema::Schema& schema, TableId table) {
    const auto& own = schema.tables[table];
    const auto namesakes = std::count_if(schema.tables.begin(), schema.tables.end(), [&](const schema::Table& each) { return each.name == own.name; });
    return namesakes > 1 ? own.qualifiedName() : own.name;
}

double hottest(const PlanEvaluator& evaluator) { return cost::maxOverMean(evaluator.evaluator().loadByShard()).value_or(1); }

const CandidateColumn* chosen(const Explained& s, TableId table) { return columnOf(s.candidates, table, s.evaluator.plan().choices[table]); }

// "customer.c_w_id": a table's short name and its column.
std::string columnName(const Explained& s, TableId table, const CandidateColumn& column) {
    return tableName(s.workload.facts->schema, table) + "." + column.part.expression;
}

std::string choiceText(const CandidateTable& table, const Choice& choice) {
    if (choice.strategy == Strategy::hash) return table.columns[choice.column].part.expression;
    return choice.strategy == Strategy::reference ? "a copy on every shard" : "one shard alone";
}

double multiShare(const cost::Evaluator& evaluator) {
    const auto& sums = evaluator.sums();
    return sums.transactions > 0 ? static_cast<double>(sums.multiShard) / static_cast<double>(sums.transactions) : 0;
}

// The tables whose chosen key is linked to this table's, directly.
std::string companions(const Explained& s, TableId table, const CandidateColumn& column) {
    std::set<std::string> names;
    for (const Link& link : s.candidates.links) {
        if (link.left != column.id && link.right != column.id) continue;
        const workload::ColumnId other = link.left == column.id ? link.right : link.left;
        for (TableId id = 0; id < s.candidates.tables.size(); ++id) {
            const auto* key = chosen(s, id);
            if (id != table && key && key->id == other) names.insert(columnName(s, id, *key));
        }
    }
    return listed({names.begin(), names.end()}, mostNames);
}

// The next best choice, and what it would lose.
std::string runnerUp(const Explained& s, TableId id) {
    const CandidateTable& table = s.candidates.tables[id];
    const Choice mine = s.evaluator.plan().choices[id];
    const double before = multiShare(s.evaluator.evaluator());
    std::optional<Choice> next;
    double nextTotal = 0, nextShare = 0, nextWork = 0;
    const double work = hottest(s.evaluator);
    for (const Choice& choice : choicesOf(table)) {
        if (choice == mine) continue;
        s.evaluator.set(id, choice);
        const Cost cost = s.evaluator.cost();
        if (next && cost.total >= nextTotal) continue;
        next = choice;
        nextTotal = cost.total;
        nextWork = hottest(s.evaluator);
        nextShare = multiShare(s.evaluator.evaluator());
    }
    s.evaluator.set(id, mine);
    if (!next) return {};
    const std::string shares[] = {formatShare(nextShare), formatShare(before)}, loads[] = {fmt::format("{:.2f}", nextWork), fmt::format("{:.2f}", work)};
    if (shares[0] == shares[1] && loads[0] == loads[1])
        return fmt::format("Runner-up: {}; it serves this load as well, {}.", choiceText(table, *next),
                           next->strategy == Strategy::reference   ? "but its copies take room on every shard, and each write must reach them all"
                           : next->strategy == Strategy::unsharded ? "but one shard alone cannot grow"
                                                                   : "but shares its shards with fewer tables, or deals its rows less evenly");
    return fmt::format("Runner-up: {}; then {} of transactions cross shards instead of {}, and the hottest shard has {} times the mean load instead of {}.", choiceText(table, *next), shares[0], shares[1],
                       loads[0], loads[1]);
}

// What a derived lookup is, and what it saves.
std::string lookupText(const Explained& s, TableId id, const CandidateColumn& column, const sharding::Lookup& lookup) {
    const Placed place = placed(s.candidates, s.evaluator.plan(), id);
    const double with = multiShare(s.evaluator.evaluator());
    const double without = s.evaluator.shareWithoutLookups(id);
    std::string evidence = column.evidence > 0 ? fmt::format("in all {} transactions that name both", formatCount(static_cast<double>(column.evidence))) : std::string();
    if (column.rows > 0) evidence += fmt::format("{}in all {} rows read of the database", evidence.empty() ? "" : ", and ", formatCount(static_cast<double>(column.rows)));
    return fmt::format("{} is found from {} alone, as {}: so {}. Without it {} of transactions cross shards instead of {}. It needs no table, but every row must keep to it: ALTER TABLE {} ADD CHECK ({} = {}).",
                       column.part.expression, lookup.from[0].expression, lookup.derivedBy, evidence, formatShare(without), formatShare(with), place.design.table, column.part.expression, lookup.derivedBy);
}

// Why a key has a second part, and its price.
std::string splitText(const Explained& s, TableId id, const CandidateColumn& column, const Split& split) {
    const CandidateColumn* second = secondOf(s.candidates.tables[id], split);
    const uint32_t shape = s.evaluator.plan().shapes[column.classId];
    const double with = multiShare(s.evaluator.evaluator()), work = hottest(s.evaluator);
    s.evaluator.setShape(column.classId, hashShape);
    const double without = multiShare(s.evaluator.evaluator()), workWithout = hottest(s.evaluator);
    s.evaluator.setShape(column.classId, shape);
    const std::string others = split.everyKey ? "those of every value, for another one is hot as time goes on" : "other values stay whole";
    return fmt::format("One value of {} is too much for a shard: {}. The price: {} of transactions cross shards instead of {}, and the hottest shard has {:.2f} times the mean load instead of {:.2f}.",
                       column.part.expression,
                       second ? fmt::format("its rows are divided by {} over up to {} shards; {}", second->part.expression, split.spread, others)
                              : "tables that have a second column are divided by it; this one has none, and its rows of that value stay together",
                       formatShare(with), formatShare(without), work, workWithout);
}

// What an even hash of the slots would make of a class that is placed otherwise, or a ring of one that has slots.
struct Compared {
    double share = 0, work = 1, moved = 0;
};
Compared measured(const Explained& s) { return {multiShare(s.evaluator.evaluator()), hottest(s.evaluator), s.evaluator.evaluator().movedShare()}; }
Compared withShape(const Explained& s, uint32_t classId, uint32_t shape) {
    const uint32_t before = s.evaluator.plan().shapes[classId];
    s.evaluator.setShape(classId, shape);
    const Compared out = measured(s);
    s.evaluator.setShape(classId, before);
    return out;
}

// Why heavy keys have names, and what slots alone would make of them.
std::string directoryText(const Explained& s, const ColumnClass& each, uint32_t classId) {
    const Compared now = measured(s), slots = withShape(s, classId, hashShape);
    return fmt::format("{} of its keys are heavy and pinned to shards by name, the others go by the hash: the hottest shard has {:.2f} times the mean load instead of {:.2f}, and {} of transactions cross shards instead of {}. "
                       "Whoever routes needs the list, and it has to follow keys that become heavy.",
                       formatCount(static_cast<double>(each.directory.entries.size())), now.work, slots.work, formatShare(now.share), formatShare(slots.share));
}

// Slots against a ring, where the number of shards changes: what moves, and how even it is then.
std::string ringText(const Explained& s, uint32_t classId, bool ring) {
    const Compared now = measured(s), other = withShape(s, classId, ring ? hashShape : ringShape);
    const Compared& onRing = ring ? now : other;
    const Compared& bySlots = ring ? other : now;
    const std::string moved[] = {formatShare(onRing.moved), formatShare(bySlots.moved)};
    const std::string moves = s.candidates.growsFrom > 0 ? fmt::format("From {} to {} shards {} of all bytes move and ", s.candidates.growsFrom, s.candidates.shards, moved[ring ? 0 : 1]) : std::string("So ");
    return fmt::format("{}{}the hottest shard has {:.2f} times the mean load; {} it would be {}{:.2f}. A ring deals keys by chance, slots are dealt by their load.",
                       ring ? "It lies on a ring (consistent hash). " : "", moves, now.work, ring ? "by slots of the hash" : "on a ring (consistent hash)",
                       s.candidates.growsFrom > 0 ? moved[ring ? 1 : 0] + " and " : "", ring ? bySlots.work : onRing.work);
}

// What is worth saying of how a key is placed; once for a class where it compares with what was not taken.
std::string placementText(const Explained& s, TableId id, const CandidateColumn& column) {
    if (column.classId == noClass || s.candidates.blind || s.candidates.tables[id].locked) return {};
    const ColumnClass& each = s.candidates.classes[column.classId];
    switch (placed(s.candidates, s.evaluator.plan(), id).design.strategy) {
        case Strategy::directory: return directoryText(s, each, column.classId);
        case Strategy::consistentHash: return ringText(s, column.classId, true);
        default: break;
    }
    const bool compare = s.candidates.growsFrom > 0 && !each.ring.weights.empty() && s.evaluator.plan().shapes[column.classId] == hashShape;
    const auto first = std::find_if(s.candidates.order.begin(), s.candidates.order.end(), [&](TableId other) { return chosen(s, other) && chosen(s, other)->classId == column.classId; });
    return compare && first != s.candidates.order.end() && *first == id ? ringText(s, column.classId, false) : std::string();
}

void explainKeyed(const Explained& s, TableId id, const CandidateColumn& column, std::vector<std::string>& why) {
    const CandidateTable& table = s.candidates.tables[id];
    why.push_back(fmt::format("{} of its accesses name {}.", formatShare(std::min(1.0, column.share + column.rangeShare)), column.part.expression));
    if (const auto with = companions(s, id, column); !with.empty()) why.push_back(fmt::format("Its key goes together with {}: rows used in one transaction share a shard.", with));
    for (const auto& lookup : column.lookups) why.push_back(lookupText(s, id, column, lookup));
    if (column.id == noColumn && column.evidence > 0)
        why.push_back(fmt::format("{} gave the key in all {} transactions that name both; add a CHECK constraint that says so.", column.part.expression, formatCount(static_cast<double>(column.evidence))));
    if (const Split* split = splitOf(s.candidates, s.evaluator.plan(), column.classId))
        why.push_back(splitText(s, id, column, *split));
    if (auto text = placementText(s, id, column); !text.empty()) why.push_back(std::move(text));
    if (column.keys > 0) why.push_back(fmt::format("{} different values were seen.", formatCount(column.keys)));
    if (table.columns.size() == 1 && !table.pin) why.push_back("No other column is named often enough to be a key.");
}

void explainUnkeyed(const Explained& s, TableId id, std::vector<std::string>& why) {
    const CandidateTable& table = s.candidates.tables[id];
    const double all = table.reads + table.writes;
    const std::string written = all > 0 ? formatShare(table.writes / all) : "none";
    if (s.evaluator.plan().choices[id].strategy == Strategy::reference)
        why.push_back(fmt::format("{} of its accesses are writes; with a copy on every shard its reads stay wherever the transaction is.", written));
    else
        why.push_back("On one shard alone it costs less than a key or copies would.");
}

}  // namespace

std::map<std::string, std::vector<std::string>> whyOf(const Explained& s) {
    std::map<std::string, std::vector<std::string>> all;
    for (TableId id = 0; id < s.candidates.tables.size(); ++id) {
        const CandidateTable& table = s.candidates.tables[id];
        auto& why = all[table.name];
        if (table.kept) why.emplace_back("It keeps today's layout, as you asked.");
        else if (table.pin || table.pinnedShape)
            why.push_back(fmt::format("You pinned it: {}.", !table.pin ? shapeWord(*table.pinnedShape) : !table.pinnedShape || table.pinnedSecond != noColumn ? *table.pin : *table.pin + ", " + shapeWord(*table.pinnedShape)));
        const auto* column = chosen(s, id);
        if (!table.used) {
            const std::string with = column ? companions(s, id, *column) : std::string();
            why.push_back(!with.empty() ? fmt::format("No statement uses it; it lies with {} by its foreign key.", with)
                          : column      ? fmt::format("No statement uses it; {} is the key it shares with most tables.", column->part.expression)
                                        : "No statement uses it, and no foreign key ties it to a sharded table: it stays on one shard.");
            continue;
        }
        if (column) explainKeyed(s, id, *column, why);
        else if (!table.pin) explainUnkeyed(s, id, why);
        if (s.candidates.blind || table.pin) continue;
        if (auto next = runnerUp(s, id); !next.empty()) why.push_back(std::move(next));
    }
    return all;
}

std::string nameOf(const schema::Schema& schema, const Candidates& candidates, const Plan& plan) {
    std::map<uint32_t, double> accesses;
    for (const TableId id : candidates.order)
        if (const auto* column = columnOf(candidates, id, plan.choices[id])) accesses[column->classId] += candidates.tables[id].reads + candidates.tables[id].writes;
    if (accesses.empty()) {
        const bool copied = std::any_of(plan.choices.begin(), plan.choices.end(), [](const Choice& c) { return c.strategy == Strategy::reference; });
        return copied ? "copies, nothing sharded" : "nothing sharded";
    }
    const auto largest = std::max_element(accesses.begin(), accesses.end(), [](const auto& a, const auto& b) { return a.second < b.second; })->first;
    // The key is called after the table in which each value is a row of its own, if the schema knows one; else after the
    // table used most.
    const CandidateColumn* name = nullptr;
    for (const TableId id : candidates.order) {
        const auto* column = columnOf(candidates, id, plan.choices[id]);
        if (!column || column->classId != largest) continue;
        const schema::Key* primary = schema.tables[id].primaryKey();
        const bool own = primary && primary->columns == std::vector<std::string>{column->part.expression};
        if (!name || own) name = column;
        if (own) break;
    }
    const uint32_t shape = largest < plan.shapes.size() ? plan.shapes[largest] : hashShape;
    const char* how = shape >= splitShape ? ", split" : shape == ringShape ? " on a ring" : shape == directoryShape ? ", heavy keys by name" : "";
    return (shape == rangeShape ? "ranges of " : "by ") + name->part.expression + how + (accesses.size() > 1 ? " and others" : "");
}

std::string differenceOf(const schema::Schema& schema, const Candidates& candidates, const Plan& best, const Plan& plan) {
    std::vector<std::string> words;
    for (const TableId id : candidates.order) {
        const Choice& choice = plan.choices[id];
        const std::string name = tableName(schema, id);
        const auto* column = columnOf(candidates, id, choice);
        if (choice == best.choices[id]) {
            const uint32_t shape = column && column->classId < plan.shapes.size() ? plan.shapes[column->classId] : hashShape;
            if (column && column->classId < plan.shapes.size() && shape != best.shapes[column->classId])
                words.push_back(name + (shape == rangeShape ? " in ranges" : shape == hashShape ? " by hash" : shape == ringShape ? " on a ring" : shape == directoryShape ? ", heavy keys by name" : " divided further"));
            continue;
        }
        if (column) words.push_back(name + " by " + column->part.expression);
        else words.push_back(name + (choice.strategy == Strategy::reference ? " copied" : " on one shard"));
    }
    return words.empty() ? std::string() : ", " + listed(words, 2);
}

std::string reasonOf(const Explained& s, const Scores& scores) {
    std::map<uint32_t, std::vector<std::string>> byClass;
    std::vector<std::string> copied, single;
    for (TableId id = 0; id < s.candidates.tables.size(); ++id) {
        const auto* column = chosen(s, id);
        const std::string name = tableName(s.workload.facts->schema, id);
        if (column) byClass[column->classId].push_back(columnName(s, id, *column));
        else (s.evaluator.plan().choices[id].strategy == Strategy::reference ? copied : single).push_back(name);
    }
    std::vector<std::string> parts;
    for (const auto& [classId, keys] : byClass)
        parts.push_back(keys.size() == 1 ? keys[0] + " alone" : fmt::format("{} tables together by {}", keys.size(), listed(keys, 3)));
    if (!copied.empty()) parts.push_back(listed(copied, mostNames) + " replicated");
    if (!single.empty()) parts.push_back(listed(single, mostNames) + " on one shard");
    std::string text;
    for (const auto& part : parts) text += (text.empty() ? "" : "; ") + part;
    if (scores.multiShardShare) text += fmt::format(". {} of transactions cross shards", formatShare(*scores.multiShardShare));
    if (scores.loadMaxOverMean) text += fmt::format(", the hottest shard has {:.2f} times the mean load", *scores.loadMaxOverMean);
    return text + ".";
}

}  // namespace foreshard::advisor
