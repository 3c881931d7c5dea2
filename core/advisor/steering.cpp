#include "core/advisor/steering.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/sharding/key_expression.h"

namespace foreshard::advisor {

using sharding::Strategy;
using workload::TableId;

namespace {

bool isStrategy(const std::string& word) { return word == "reference" || word == "unsharded"; }

// "customer_id" for "customer_id" in double quotes: a column that is called like a strategy.
std::string unquoted(const std::string& word) { return word.size() > 2 && word.front() == '"' && word.back() == '"' ? word.substr(1, word.size() - 2) : word; }

class Steerer {
public:
    Steerer(const workload::Facts& facts, const Options& options, Candidates& out) : facts_(facts), options_(options), out_(out) {}

    Status run() {
        FS_TRY(addLocks());
        FS_TRY(addForbidden());
        FS_TRY(addPins());
        return addTogether();
    }

private:
    Result<TableId> findTable(const std::string& name, const char* what) const {
        for (TableId id = 0; id < out_.tables.size(); ++id)
            if (out_.tables[id].name == name) return id;
        if (const auto found = facts_.schema.find({}, name)) return static_cast<TableId>(*found);
        return Error{ErrorCategory::usage, fmt::format("There is no table {} to {}.", name, what), "Name a table of the schema, as \"schema.table\".", {}};
    }

    // A table that is pinned to two different things is pinned to none.
    Status addPins() {
        std::map<TableId, std::set<std::string>> wanted;
        for (const auto& [name, pin] : options_.pins) {
            FS_ASSIGN(const TableId id, findTable(name, "pin"));
            wanted[id].insert(pin);
        }
        for (const auto& [id, pins] : wanted) {
            const CandidateTable& table = out_.tables[id];
            if (table.locked || forbids(table, *pins.begin())) {
                out_.limits.push_back(table.locked ? fmt::format("{} keeps today's layout, so that it was not pinned.", table.name)
                                                   : fmt::format("{} is pinned to {}, which is forbidden; the pin was not used.", table.name, *pins.begin()));
                continue;
            }
            if (pins.size() == 1) {
                FS_TRY(addPin(id, *pins.begin()));
                continue;
            }
            std::string all;
            for (const auto& pin : pins) all += (all.empty() ? "" : " and to ") + pin;
            out_.limits.push_back(fmt::format("{} is pinned to {} at once; neither was used, and the search decided.", table.name, all));
        }
        return {};
    }

    static bool forbids(const CandidateTable& table, const std::string& what) { return table.forbidden.contains(isStrategy(what) ? what : unquoted(what)); }

    Status addPin(TableId id, std::string pin) {
        CandidateTable& table = out_.tables[id];
        table.pin = pin;
        if (isStrategy(pin)) return {};
        pin = unquoted(pin);
        CandidateColumn pinned;
        for (const auto& column : table.columns)
            if (column.part.expression == pin) pinned = column;
        if (pinned.part.expression.empty()) {
            const auto known = facts_.findColumn(id, pin);
            const auto* declared = facts_.schema.tables[id].column(pin);
            if (!known && !declared) return Error{ErrorCategory::usage, fmt::format("Table {} has no column {} to pin.", table.name, pin), "Name a column, \"reference\" or \"unsharded\".", {}};
            if (known) pinned.id = *known;
            pinned.part = known ? sharding::KeyPart{facts_.columns[*known].expression, facts_.columns[*known].column, facts_.columns[*known].type}
                                : sharding::KeyPart{pin, pin, declared->type};
        }
        if (!sharding::computable(pinned.part)) return Error{ErrorCategory::usage, fmt::format("The router cannot compute {} of table {}.", pin, table.name), "Pin a plain column.", {}};
        table.columns = {pinned};
        return {};
    }

    Status addForbidden() {
        for (const auto& [name, what] : options_.forbidden) {
            FS_ASSIGN(const TableId id, findTable(name, "forbid a key of"));
            CandidateTable& table = out_.tables[id];
            if (table.locked) {
                out_.limits.push_back(fmt::format("{} keeps today's layout, so that nothing was forbidden to it.", table.name));
                continue;
            }
            const bool word = isStrategy(what) || what == "range";
            const std::string column = word ? what : unquoted(what);
            if (!word && !facts_.findColumn(id, column) && !facts_.schema.tables[id].column(column))
                return Error{ErrorCategory::usage, fmt::format("Table {} has no column {} to forbid.", table.name, column), "Name a column, \"reference\", \"unsharded\" or \"range\".", {}};
            table.forbidden.insert(column);
            if (!word) std::erase_if(table.columns, [&](const CandidateColumn& each) { return each.part.expression == column || each.part.column == column; });
        }
        for (auto& table : out_.tables) {
            if (!table.columns.empty() || !table.forbidden.contains("reference") || !table.forbidden.contains("unsharded")) continue;
            out_.limits.push_back(fmt::format("Everything that {} could be is forbidden; it stays on one shard.", table.name));
            table.forbidden.erase("unsharded");
        }
        return {};
    }

    Status addLocks() {
        for (const auto& name : options_.locked) {
            FS_ASSIGN(const TableId id, findTable(name, "lock"));
            CandidateTable& table = out_.tables[id];
            const auto* today = options_.today ? options_.today->find(table.name) : nullptr;
            if (!today) {
                out_.limits.push_back(fmt::format("The layout of {} in force is not known, so that it could not be kept.", table.name));
                continue;
            }
            if (today->keyed() && options_.today->shards > options_.shards) {
                out_.limits.push_back(fmt::format("{} lies on {} shards today and cannot keep that on {}; the search decided.", table.name, options_.today->shards, options_.shards));
                continue;
            }
            FS_TRY(addPin(id, today->keyed() ? today->key.front().expression : sharding::toString(today->strategy)));
            table.locked = *today;
            table.kept = true;
            if (const auto slots = options_.today->slotMaps.find(today->group); today->keyed() && slots != options_.today->slotMaps.end()) table.lockedSlots = slots->second;
            if (today->keyed() && options_.today->shards < options_.shards)
                out_.limits.push_back(fmt::format("{} keeps today's layout, so that it and what goes with it use {} of {} shards.", table.name, options_.today->shards, options_.shards));
            if (!today->keyed() && table.locked->home >= options_.shards) table.locked->home = 0;
        }
        return {};
    }

    Status addTogether() {
        for (const auto& names : options_.together) {
            std::set<TableId> tables;
            for (const auto& name : names) {
                FS_ASSIGN(const TableId id, findTable(name, "keep together"));
                tables.insert(id);
            }
            if (tables.size() > 1) out_.together.emplace_back(tables.begin(), tables.end());
        }
        return {};
    }

    const workload::Facts& facts_;
    const Options& options_;
    Candidates& out_;
};

// Rows of equal keys lie on one shard; or rows are there anyway.
bool liesWith(const Candidates& candidates, const Plan& plan, TableId a, TableId b) {
    const Strategy left = plan.choices[a].strategy, right = plan.choices[b].strategy;
    if (left == Strategy::reference || right == Strategy::reference) return true;
    if (left == Strategy::unsharded || right == Strategy::unsharded) return left == right;
    const Placed one = placed(candidates, plan, a), other = placed(candidates, plan, b);
    return one.design.group == other.design.group && one.design.key.size() == other.design.key.size();
}

}  // namespace

Status addSteering(const workload::Facts& facts, const Options& options, Candidates& candidates) { return Steerer(facts, options, candidates).run(); }

void fixLockedSlots(Candidates& candidates) {
    for (auto& table : candidates.tables) {
        if (!table.locked || table.locked->strategy != Strategy::hash || table.locked->key.size() != 1 || table.columns.empty()) continue;
        const uint32_t classId = table.columns.front().classId;
        if (classId == noClass || table.lockedSlots.shardOfSlot.empty()) continue;
        ColumnClass& each = candidates.classes[classId];
        if (each.fixed && !(each.slots == table.lockedSlots)) continue;  // two layouts for one class: this table stays alone
        each.slots = table.lockedSlots;
        each.fixed = true;
        each.ranges.clear();
        each.splits.clear();
        table.locked.reset();            // as the class is, so is the table
    }
}

size_t apart(const Candidates& candidates, const Plan& plan) {
    size_t pairs = 0;
    for (const auto& tables : candidates.together)
        for (size_t i = 1; i < tables.size(); ++i) pairs += !liesWith(candidates, plan, tables[0], tables[i]);
    return pairs;
}

std::vector<std::string> saysApart(const Candidates& candidates, const Plan& plan) {
    std::vector<std::string> out;
    for (const auto& tables : candidates.together)
        for (size_t i = 1; i < tables.size(); ++i)
            if (!liesWith(candidates, plan, tables[0], tables[i]))
                out.push_back(fmt::format("{} and {} are wanted together, but no key that both have, as far as the log tells, was found and copies are not allowed; they lie apart.", candidates.tables[tables[0]].name,
                                          candidates.tables[tables[i]].name));
    return out;
}

}  // namespace foreshard::advisor
