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
        FS_TRY(addTogether(options_.together, "keep together", out_.together));
        FS_TRY(addTogether(options_.apart, "keep apart", out_.parted));
        out_.steered = !out_.together.empty() || !out_.parted.empty() || std::any_of(out_.tables.begin(), out_.tables.end(), [](const CandidateTable& table) {
            return table.pinnedShape || std::any_of(table.forbidden.begin(), table.forbidden.end(), [](const auto& what) { return shapeOfWord(what) || what.find('+') != std::string::npos; });
        });
        return {};
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
            const auto forbidden = std::find_if(pins.begin(), pins.end(), [&](const auto& pin) { return forbids(table, pin); });
            if (table.locked || forbidden != pins.end()) {
                out_.limits.push_back(table.locked ? fmt::format("{} keeps today's layout, so that it was not pinned.", table.name)
                                                   : fmt::format("{} is pinned to {}, which is forbidden; the pin was not used.", table.name, *forbidden));
                continue;
            }
            // A key, and how it is placed, do not contradict each other.
            std::set<std::string> keys, shapes;
            for (const auto& pin : pins) (shapeOfWord(pin) ? shapes : keys).insert(pin);
            const bool unkeyed = std::any_of(keys.begin(), keys.end(), isStrategy);
            if (keys.size() <= 1 && shapes.size() <= 1 && !(unkeyed && !shapes.empty())) {
                for (const auto& pin : keys) FS_TRY(addPin(id, pin));
                for (const auto& pin : shapes) FS_TRY(addShape(id, pin));
                continue;
            }
            std::string all;
            for (const auto& pin : pins) all += (all.empty() ? "" : " and to ") + pin;
            out_.limits.push_back(fmt::format("{} is pinned to {} at once; neither was used, and the search decided.", table.name, all));
        }
        return {};
    }

    static bool forbids(const CandidateTable& table, const std::string& what) { return table.forbidden.contains(isStrategy(what) || shapeOfWord(what) ? what : unquoted(what)); }

    Status addShape(TableId id, const std::string& word) {
        CandidateTable& table = out_.tables[id];
        if (word == shapeWord(splitShape)) return Error{ErrorCategory::usage, fmt::format("{} cannot be pinned to a composite key without its columns.", table.name), "Name both, as COLUMN+COLUMN.", {}};
        if (table.columns.empty()) out_.limits.push_back(fmt::format("{} is pinned to {}, but no column can be its key; the pin was not used.", table.name, word));
        else table.pinnedShape = shapeOfWord(word);
        return {};
    }

    // "warehouse+district": the first part finds few shards, both together one.
    Status addPin(TableId id, const std::string& pin) {
        CandidateTable& table = out_.tables[id];
        if (isStrategy(pin)) {
            table.pin = pin;
            return {};
        }
        const size_t plus = hasColumn(id, unquoted(pin)) ? std::string::npos : pin.find('+');
        FS_ASSIGN(const CandidateColumn first, pinnedColumn(id, unquoted(pin.substr(0, plus))));
        table.pin = pin;
        if (plus == std::string::npos) {
            table.columns = {first};
            return {};
        }
        FS_ASSIGN(const CandidateColumn second, pinnedColumn(id, unquoted(pin.substr(plus + 1))));
        table.columns = {first, second};
        if (first.id == noColumn || second.id == noColumn || first.part.expression == second.part.expression) {
            out_.limits.push_back(fmt::format("{} is pinned to {}, but statements do not name both columns; {} alone is its key.", table.name, pin, first.part.expression));
            table.columns = {first};
            return {};
        }
        table.pinnedShape = splitShape;
        table.pinnedSecond = 1;
        return {};
    }

    bool hasColumn(TableId id, const std::string& name) const { return facts_.findColumn(id, name) || facts_.schema.tables[id].column(name); }

    Result<CandidateColumn> pinnedColumn(TableId id, const std::string& pin) const {
        const CandidateTable& table = out_.tables[id];
        CandidateColumn pinned;
        for (const auto& column : table.columns)
            if (column.part.expression == pin) pinned = column;
        if (pinned.part.expression.empty()) {
            const auto known = facts_.findColumn(id, pin);
            const auto* declared = facts_.schema.tables[id].column(pin);
            if (!known && !declared)
                return Error{ErrorCategory::usage, fmt::format("Table {} has no column {} to pin.", table.name, pin), "Name a column, two as COLUMN+COLUMN, reference, unsharded, hash, range, ring or directory.", {}};
            if (known) pinned.id = *known;
            pinned.part = known ? sharding::KeyPart{facts_.columns[*known].expression, facts_.columns[*known].column, facts_.columns[*known].type}
                                : sharding::KeyPart{pin, pin, declared->type};
        }
        if (!sharding::computable(pinned.part)) return Error{ErrorCategory::usage, fmt::format("The router cannot compute {} of table {}.", pin, table.name), "Pin a plain column.", {}};
        return pinned;
    }

    Status addForbidden() {
        for (const auto& [name, what] : options_.forbidden) {
            FS_ASSIGN(const TableId id, findTable(name, "forbid a key of"));
            CandidateTable& table = out_.tables[id];
            if (table.locked) {
                out_.limits.push_back(fmt::format("{} keeps today's layout, so that nothing was forbidden to it.", table.name));
                continue;
            }
            const bool word = isStrategy(what) || shapeOfWord(what);
            std::string column = word ? what : unquoted(what);
            const size_t plus = column.find('+');
            const bool two = !word && !hasColumn(id, column) && plus != std::string::npos;
            if (two) column = unquoted(what.substr(0, what.find('+'))) + "+" + unquoted(what.substr(what.find('+') + 1));
            const bool known = two ? hasColumn(id, column.substr(0, column.find('+'))) && hasColumn(id, column.substr(column.find('+') + 1)) : hasColumn(id, column);
            if (!word && !known)
                return Error{ErrorCategory::usage, fmt::format("Table {} has no column {} to forbid.", table.name, column),
                             "Name a column, two as COLUMN+COLUMN, reference, unsharded, hash, range, ring, directory or composite.", {}};
            table.forbidden.insert(column);
            if (!word && !two) std::erase_if(table.columns, [&](const CandidateColumn& each) { return each.part.expression == column || each.part.column == column; });
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

    Status addTogether(const std::vector<std::vector<std::string>>& wanted, const char* what, std::vector<std::vector<TableId>>& out) const {
        for (const auto& names : wanted) {
            std::set<TableId> tables;
            for (const auto& name : names) {
                FS_ASSIGN(const TableId id, findTable(name, what));
                tables.insert(id);
            }
            if (tables.size() > 1) out.emplace_back(tables.begin(), tables.end());
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
        each.directory = {};
        each.ring = {};
        table.locked.reset();            // as the class is, so is the table
    }
}

namespace {

// Both by one key, or on one shard: copies lie with everything and with nothing.
bool sharesShards(const Candidates& candidates, const Plan& plan, TableId a, TableId b) {
    return plan.choices[a].strategy != Strategy::reference && plan.choices[b].strategy != Strategy::reference && liesWith(candidates, plan, a, b);
}

uint32_t shapeOfStrategy(const sharding::TableDesign& table) {
    switch (table.strategy) {
        case Strategy::range: return rangeShape;
        case Strategy::consistentHash: return ringShape;
        case Strategy::directory: return directoryShape;
        default: return table.key.size() > 1 ? splitShape : hashShape;
    }
}

// Placed otherwise than pinned, or as forbidden.
bool misplaced(const Candidates& candidates, const Plan& plan, TableId id) {
    const CandidateTable& table = candidates.tables[id];
    if (table.locked || (!table.pinnedShape && table.forbidden.empty())) return false;
    const auto design = placed(candidates, plan, id).design;
    if (!design.keyed()) return table.pinnedShape.has_value();
    const uint32_t shape = shapeOfStrategy(design);
    if (table.pinnedShape && shape != *table.pinnedShape) return true;
    if (table.pinnedSecond != noColumn && design.key[1].expression != table.columns[table.pinnedSecond].part.expression) return true;
    if (table.forbidden.contains(shapeWord(shape))) return true;
    return shape == splitShape && table.forbidden.contains(design.key[0].expression + "+" + design.key[1].expression);
}

}  // namespace

size_t unkept(const Candidates& candidates, const Plan& plan) {
    size_t wishes = 0;
    for (const auto& tables : candidates.together)
        for (size_t i = 1; i < tables.size(); ++i) wishes += !liesWith(candidates, plan, tables[0], tables[i]);
    for (const auto& tables : candidates.parted)
        for (size_t i = 0; i < tables.size(); ++i)
            for (size_t k = i + 1; k < tables.size(); ++k) wishes += sharesShards(candidates, plan, tables[i], tables[k]);
    for (TableId id = 0; candidates.steered && id < candidates.tables.size(); ++id) wishes += misplaced(candidates, plan, id);
    return wishes;
}

namespace {

// What a placement takes that the log does not tell, or that tables of one key cannot all have.
const char* lackedBy(const CandidateTable& table) {
    switch (*table.pinnedShape) {
        case rangeShape: return "ranges need values in an order whose use is counted, and tables that share the key in ranges too";
        case directoryShape: return "names need keys that were seen, of one type in all tables that share the key";
        case splitShape: return "tables that share its first part leave no second one";
        default: return "tables that share its key are placed otherwise";
    }
}

}  // namespace

std::vector<std::string> saysUnkept(const Candidates& candidates, const Plan& plan) {
    std::vector<std::string> out;
    const auto& named = candidates.tables;
    for (const auto& tables : candidates.together)
        for (size_t i = 1; i < tables.size(); ++i)
            if (!liesWith(candidates, plan, tables[0], tables[i]))
                out.push_back(fmt::format("{} and {} are wanted together, but no key that both have, as far as the log tells, was found and copies are not allowed; they lie apart.", named[tables[0]].name, named[tables[i]].name));
    for (const auto& tables : candidates.parted)
        for (size_t i = 0; i < tables.size(); ++i)
            for (size_t k = i + 1; k < tables.size(); ++k)
                if (sharesShards(candidates, plan, tables[i], tables[k]))
                    out.push_back(fmt::format("{} and {} are wanted apart, but everything else that they could be is forbidden or unknown; they lie together.", named[tables[i]].name, named[tables[k]].name));
    for (TableId id = 0; candidates.steered && id < named.size(); ++id) {
        if (!misplaced(candidates, plan, id)) continue;
        if (named[id].pinnedShape)
            out.push_back(fmt::format("{} is pinned to {} and is not: {}.", named[id].name, named[id].pinnedSecond != noColumn ? *named[id].pin : shapeWord(*named[id].pinnedShape), lackedBy(named[id])));
        else out.push_back(fmt::format("{} is placed in a way that is forbidden to it: its key, or tables that share it, leave no other.", named[id].name));
    }
    return out;
}

}  // namespace foreshard::advisor
