#include "core/workload/propagate.h"

#include <absl/container/flat_hash_map.h>

#include <algorithm>

#include "core/base/hash.h"

namespace foreshard::workload {

namespace {

constexpr size_t maxList = 64;
constexpr int rounds = 3;

bool bindsByEquality(const TableAccess& access, ColumnId column) {
    return std::any_of(access.bindings.begin(), access.bindings.end(), [&](const KeyBinding& b) {
        return b.column == column && (b.op == sql::Operator::equal || b.op == sql::Operator::in);
    });
}

bool covers(const TableAccess& access, const std::vector<ColumnId>& columns) {
    return std::all_of(columns.begin(), columns.end(), [&](ColumnId c) { return bindsByEquality(access, c); });
}

void addDistinct(std::vector<Value>& values, const Value& value) {
    const auto place = std::lower_bound(values.begin(), values.end(), value);
    if (place == values.end() || *place != value) values.insert(place, value);
}

}  // namespace

Propagator::TableKeys Propagator::keysOf(TableId table) const {
    TableKeys result;
    const auto* definition = names_.definition(table);
    if (!definition) return result;
    const auto addUnique = [&](const std::vector<std::string>& columns) {
        std::vector<ColumnId> ids;
        for (const auto& column : columns) {
            const auto id = names_.findColumn(table, column);
            if (!id || !definition->column(column)) return;
            ids.push_back(*id);
        }
        if (!ids.empty() && std::find(result.unique.begin(), result.unique.end(), ids) == result.unique.end()) result.unique.push_back(ids);
    };
    for (const auto& key : definition->keys)
        if (key.kind != schema::KeyKind::foreign) addUnique(key.columns);
    for (const auto& index : definition->indexes)
        if (index.unique) addUnique(index.columns);
    return result;
}

void Propagator::addLinks(TableId table) {
    const auto* definition = names_.definition(table);
    if (!definition) return;
    for (const auto& key : definition->keys) {
        if (key.kind != schema::KeyKind::foreign || key.columns.size() != key.referencedColumns.size()) continue;
        const auto parent = std::find(names_.tables().begin(), names_.tables().end(), key.referencedTable);
        if (parent == names_.tables().end()) continue;
        Link link;
        link.parent = static_cast<TableId>(parent - names_.tables().begin());
        for (size_t i = 0; i < key.columns.size(); ++i) {
            const auto from = names_.findColumn(table, key.columns[i]);
            const auto to = names_.findColumn(link.parent, key.referencedColumns[i]);
            if (from && to) link.pairs.emplace_back(*from, *to);
        }
        const auto linked = [&](ColumnId c) {
            return std::any_of(link.pairs.begin(), link.pairs.end(), [&](const auto& pair) { return pair.second == c; });
        };
        const auto& unique = keys_[link.parent].unique;
        for (uint32_t k = 0; k < unique.size(); ++k) {
            if (!std::all_of(unique[k].begin(), unique[k].end(), linked)) continue;
            link.parentKey = k;
            keys_[table].links.push_back(link);
        }
    }
}

void Propagator::refresh() {
    if (columnsKnown_ == names_.columns().size() && tablesKnown_ == names_.tables().size()) return;
    columnsKnown_ = names_.columns().size();
    tablesKnown_ = names_.tables().size();
    keys_.clear();
    for (TableId t = 0; t < tablesKnown_; ++t) keys_.push_back(keysOf(t));
    for (TableId t = 0; t < tablesKnown_; ++t) addLinks(t);
}

std::vector<ColumnId> Propagator::childColumns(const Link& link) const {
    std::vector<ColumnId> columns;
    for (const ColumnId wanted : keys(link.parent).unique[link.parentKey]) {
        const auto pair = std::find_if(link.pairs.begin(), link.pairs.end(), [&](const auto& p) { return p.second == wanted; });
        columns.push_back(pair->first);
    }
    return columns;
}

bool Propagator::gainsFromLink(const TableAccess& access, const Link& link, const std::vector<const TableAccess*>& all) const {
    if (!covers(access, childColumns(link))) return false;
    const auto& parentKey = keys(link.parent).unique[link.parentKey];
    for (const auto& [child, parent] : link.pairs) {
        if (!bindsByEquality(access, child)) return true;
        for (const auto* other : all)
            if (other->table == link.parent && covers(*other, parentKey) && !bindsByEquality(*other, parent)) return true;
    }
    return false;
}

bool Propagator::possible(const std::vector<const std::vector<TableAccess>*>& templates) {
    refresh();
    std::vector<const TableAccess*> all;
    for (const auto* list : templates)
        for (const auto& access : *list) all.push_back(&access);
    for (const auto* access : all) {
        for (const auto& key : keys(access->table).unique) {
            if (!covers(*access, key)) continue;
            for (const auto* other : all) {
                if (other == access || other->table != access->table || !covers(*other, key)) continue;
                for (const auto& binding : other->bindings)
                    if (bindsByEquality(*other, binding.column) && !bindsByEquality(*access, binding.column)) return true;
            }
        }
        for (const auto& link : keys(access->table).links)
            if (gainsFromLink(*access, link, all)) return true;
    }
    return false;
}

// One transaction's work.
class Propagator::Run {
public:
    Run(const Propagator& owner, const std::vector<PropagationCall>& calls) : owner_(owner) {
        for (uint32_t i = 0; i < calls.size(); ++i) addCall(i, calls[i]);
    }

    std::vector<PropagatedKey> run() {
        for (int round = 0; round < rounds; ++round) {
            rows_.clear();
            for (const auto& use : uses_) contribute(use);
            bool changed = false;
            for (auto& use : uses_) changed |= inherit(use);
            if (!changed) break;
        }
        std::vector<PropagatedKey> result;
        for (auto& use : uses_)
            for (auto& bound : use.bound)
                if (bound.inherited) result.push_back({use.call, use.access, bound.column, std::move(bound.values)});
        return result;
    }

private:
    struct Bound {
        ColumnId column = 0;
        std::vector<Value> values;   // of an INSERT: by row; else distinct
        bool inherited = false;
    };
    struct Use {
        uint32_t call = 0, access = 0;
        TableId table = 0;
        bool usable = true;
        bool byRow = false;          // an INSERT
        std::vector<Bound> bound;
        const Bound* find(ColumnId column) const {
            const auto place = std::find_if(bound.begin(), bound.end(), [&](const Bound& b) { return b.column == column; });
            return place == bound.end() ? nullptr : &*place;
        }
    };
    struct Fact {
        ColumnId column = 0;
        Value value;                 // missing: two calls disagree
    };
    using Row = std::vector<Fact>;

    void addCall(uint32_t index, const PropagationCall& call) {
        if (call.assigned)
            for (const auto& assigned : *call.assigned)
                if (const auto id = owner_.names_.findColumn((*call.accesses)[assigned.access].table, assigned.column)) assigned_.push_back(*id);
        for (uint32_t a = 0; a < call.accesses->size(); ++a) {
            const auto& access = (*call.accesses)[a];
            const auto uses = std::count_if(call.accesses->begin(), call.accesses->end(), [&](const TableAccess& other) { return other.table == access.table; });
            if (uses > 1) continue;
            Use use{index, a, access.table, call.usable, access.kind == AccessKind::insert, {}};
            for (const auto& binding : access.bindings) addBinding(use, binding, *call.slots);
            uses_.push_back(std::move(use));
        }
    }

    static void addBinding(Use& use, const KeyBinding& binding, const std::vector<std::vector<Value>>& slots) {
        if ((binding.op != sql::Operator::equal && binding.op != sql::Operator::in) || use.find(binding.column)) return;
        Bound bound{binding.column, {}, false};
        for (const uint32_t slot : binding.slots) {
            if (slot >= slots.size()) return;
            for (const auto& value : slots[slot]) {
                if (value.kind == ValueKind::missing || bound.values.size() == maxList) return;
                if (use.byRow) bound.values.push_back(value);
                else if (value.known()) addDistinct(bound.values, value);
            }
        }
        if (!bound.values.empty()) use.bound.push_back(std::move(bound));
    }

    static size_t rowsOf(const Use& use) {
        size_t rows = 1;
        for (const auto& bound : use.bound)
            if (!bound.inherited) rows = std::max(rows, bound.values.size());
        return rows;
    }

    // Hashes of the rows that `use` means by these columns (of its own table, named to the row by `as`); empty: not all known.
    std::vector<uint64_t> rowsBy(const Use& use, const std::vector<ColumnId>& columns, TableId as, uint32_t key) const {
        const size_t count = rowsOf(use);
        size_t lists = 0;
        std::vector<const Bound*> parts;
        for (const ColumnId column : columns) {
            const auto* bound = use.find(column);
            if (!bound) return {};
            if (bound->values.size() > 1) ++lists;
            parts.push_back(bound);
        }
        const bool zipped = use.byRow && std::all_of(parts.begin(), parts.end(), [&](const Bound* b) { return b->values.size() == count; });
        if (!zipped && lists > 1) return {};   // which value goes with which is not said
        size_t tuples = 1;
        for (const auto* part : parts) tuples = std::max(tuples, part->values.size());
        std::vector<uint64_t> result;
        for (size_t i = 0; i < tuples; ++i) {
            uint64_t hash = combineHash(as, key);
            for (const auto* part : parts) {
                const auto& value = part->values[part->values.size() == 1 ? 0 : i];
                if (!value.known()) return {};
                hash = combineHash(hash, hashValue(value));
            }
            result.push_back(hash);
        }
        return result;
    }

    // The value of `bound` in the i-th of `count` rows; missing where it is not one value.
    static Value valueIn(const Use& use, const Bound& bound, size_t i, size_t count) {
        if (bound.values.size() == 1) return bound.values[0];
        return use.byRow && !bound.inherited && bound.values.size() == count ? bound.values[i] : Value();
    }

    void learn(uint64_t row, ColumnId column, const Value& value) {
        if (!value.known()) return;
        auto& facts = rows_[row];
        const auto place = std::find_if(facts.begin(), facts.end(), [&](const Fact& f) { return f.column == column; });
        if (place == facts.end()) facts.push_back({column, value});
        else if (place->value != value) place->value = Value();
    }

    void contribute(const Use& use) {
        if (!use.usable) return;
        const auto& keys = owner_.keys(use.table);
        for (uint32_t k = 0; k < keys.unique.size(); ++k) {
            const auto rows = rowsBy(use, keys.unique[k], use.table, k);
            for (size_t i = 0; i < rows.size(); ++i)
                for (const auto& bound : use.bound) learn(rows[i], bound.column, valueIn(use, bound, i, rows.size()));
        }
        for (const auto& link : keys.links) {
            const auto rows = parentRows(use, link);
            for (size_t i = 0; i < rows.size(); ++i)
                for (const auto& [child, parent] : link.pairs)
                    if (const auto* bound = use.find(child)) learn(rows[i], parent, valueIn(use, *bound, i, rows.size()));
        }
    }

    std::vector<uint64_t> parentRows(const Use& use, const Link& link) const {
        return rowsBy(use, owner_.childColumns(link), link.parent, link.parentKey);
    }

    bool inherit(Use& use) {
        bool changed = false;
        const auto& keys = owner_.keys(use.table);
        for (uint32_t k = 0; k < keys.unique.size(); ++k) {
            const auto rows = rowsBy(use, keys.unique[k], use.table, k);
            if (rows.empty()) continue;
            const auto first = rows_.find(rows[0]);
            if (first == rows_.end()) continue;
            std::vector<ColumnId> columns;
            for (const auto& fact : first->second) columns.push_back(fact.column);
            for (const ColumnId column : columns) changed |= take(use, rows, column, column);
        }
        for (const auto& link : keys.links) {
            const auto rows = parentRows(use, link);
            if (rows.empty()) continue;
            for (const auto& [child, parent] : link.pairs) changed |= take(use, rows, parent, child);
        }
        return changed;
    }

    // Gives `use` the union of `known` over the rows as its column `wanted`, where every row tells.
    bool take(Use& use, const std::vector<uint64_t>& rows, ColumnId known, ColumnId wanted) {
        if (use.find(wanted) || std::find(assigned_.begin(), assigned_.end(), wanted) != assigned_.end()) return false;
        Bound bound{wanted, {}, true};
        for (const uint64_t row : rows) {
            const auto place = rows_.find(row);
            if (place == rows_.end()) return false;
            const auto fact = std::find_if(place->second.begin(), place->second.end(), [&](const Fact& f) { return f.column == known; });
            if (fact == place->second.end() || !fact->value.known()) return false;
            addDistinct(bound.values, fact->value);
        }
        use.bound.push_back(std::move(bound));
        return true;
    }

    const Propagator& owner_;
    std::vector<Use> uses_;
    std::vector<ColumnId> assigned_;
    absl::flat_hash_map<uint64_t, Row> rows_;
};

std::vector<PropagatedKey> Propagator::run(const std::vector<PropagationCall>& calls) {
    refresh();
    return Run(*this, calls).run();
}

}  // namespace foreshard::workload
