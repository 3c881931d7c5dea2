#include "core/workload/propagate.h"

#include <algorithm>

#include "core/workload/propagate_run.h"

namespace foreshard::workload {

namespace {

bool bindsByEquality(const TableAccess& access, ColumnId column) {
    return std::any_of(access.bindings.begin(), access.bindings.end(), [&](const KeyBinding& b) {
        return b.column == column && (b.op == sql::Operator::equal || b.op == sql::Operator::in);
    });
}

bool covers(const TableAccess& access, const std::vector<ColumnId>& columns) {
    return std::all_of(columns.begin(), columns.end(), [&](ColumnId c) { return bindsByEquality(access, c); });
}

}  // namespace

Propagator::Propagator(const NameTable& names) : names_(names), run_(std::make_unique<Run>(*this)) {}
Propagator::~Propagator() = default;

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
            link.childColumns.clear();
            for (const ColumnId wanted : unique[k]) {
                const auto pair = std::find_if(link.pairs.begin(), link.pairs.end(), [&](const auto& p) { return p.second == wanted; });
                link.childColumns.push_back(pair->first);
            }
            keys_[table].links.push_back(link);
        }
    }
}

void Propagator::refresh() {
    if (columnsKnown_ == names_.columns().size() && tablesKnown_ == names_.tables().size()) return;
    columnsKnown_ = names_.columns().size();
    tablesKnown_ = names_.tables().size();
    keys_.clear();
    plans_.clear();
    for (TableId t = 0; t < tablesKnown_; ++t) keys_.push_back(keysOf(t));
    for (TableId t = 0; t < tablesKnown_; ++t) addLinks(t);
}

bool Propagator::gainsFromLink(const TableAccess& access, const Link& link, const std::vector<const TableAccess*>& all) const {
    if (!covers(access, link.childColumns)) return false;
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

const Propagator::Plan& Propagator::planOf(const Resolution& resolution) {
    auto& plan = plans_[&resolution];
    if (plan) return *plan;
    plan = std::make_unique<Plan>();
    const auto& accesses = resolution.accesses;
    for (uint32_t a = 0; a < accesses.size(); ++a) {
        const auto& access = accesses[a];
        const auto uses = std::count_if(accesses.begin(), accesses.end(), [&](const TableAccess& other) { return other.table == access.table; });
        if (uses > 1 || (keys(access.table).unique.empty() && keys(access.table).links.empty())) continue;
        PlannedUse use{a, access.table, access.kind == AccessKind::insert, {}};
        for (const auto& binding : access.bindings)
            if (binding.op == sql::Operator::equal || binding.op == sql::Operator::in) use.bindings.push_back(&binding);
        plan->uses.push_back(std::move(use));
    }
    for (const auto& assigned : resolution.assigned)
        if (const auto id = names_.findColumn(accesses[assigned.access].table, assigned.column)) plan->assigned.push_back(*id);
    return *plan;
}

const std::vector<PropagatedKey>& Propagator::run(std::span<const PropagationCall> calls) {
    refresh();
    return run_->run(calls);
}

}  // namespace foreshard::workload
