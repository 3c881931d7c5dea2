// Catalogue: policies of row-level security. Those of a partition alone are dropped with it: a statement that names the
// root is under the root's.
#include <fmt/format.h>

#include <algorithm>

#include "core/schema/catalog.h"

namespace foreshard::schema {

namespace {

Policy* named(Table& table, const std::string& name) {
    const auto found = std::find_if(table.policies.begin(), table.policies.end(), [&](const Policy& policy) { return policy.name == name; });
    return found == table.policies.end() ? nullptr : &*found;
}

Catalog::Outcome unknownTable(const ObjectName& table) {
    return {false, {}, "unknown_table", fmt::format("Table {} of a policy is not in the schema; the statement was left out.", table.text())};
}

// Calls fn(keys) for both conditions.
template <typename Fn>
void forEachCondition(Policy& policy, Fn fn) {
    fn(policy.rows);
    if (policy.newRows) fn(*policy.newRows);
}

bool bindsNothing(const Policy& policy) { return policy.rows.empty() && (!policy.newRows || policy.newRows->empty()); }

}  // namespace

Catalog::Outcome Catalog::on(const CreatePolicy& create) {
    const Found found = find(create.table);
    if (!found.table) return unknownTable(create.table);
    if (found.partition || named(*found.table, create.policy.name)) return {false, found.table->qualifiedName(), {}, {}};
    found.table->policies.push_back(create.policy);
    return {true, found.name, {}, {}};
}

Catalog::Outcome Catalog::on(const AlterPolicy& alter) {
    const Found found = find(alter.table);
    if (!found.table) return unknownTable(alter.table);
    Policy* policy = found.partition ? nullptr : named(*found.table, alter.name);
    if (!policy) return {false, found.table->qualifiedName(), {}, {}};
    const Policy before = *policy;
    if (alter.forRoles) policy->forRoles = *alter.forRoles;
    if (alter.rows) {
        policy->rows = *alter.rows;
        policy->allRows = alter.allRows;
    }
    if (alter.newRows) policy->newRows = alter.newRows;
    return {!(before == *policy), found.name, {}, {}};
}

Catalog::Outcome Catalog::on(const DropPolicy& drop) {
    const Found found = find(drop.table);
    if (!found.table) return drop.missingOk ? Outcome{} : unknownTable(drop.table);
    if (found.partition) return {false, found.table->qualifiedName(), {}, {}};
    return {std::erase_if(found.table->policies, [&](const Policy& policy) { return policy.name == drop.name; }) > 0, found.name, {}, {}};
}

// An expression's text is not taken apart: its key is given up, which binds less.
void Catalog::renamePolicyColumn(Table& table, const std::string& from, const std::string& to) {
    for (Policy& policy : table.policies)
        forEachCondition(policy, [&](std::vector<PolicyKey>& keys) {
            std::erase_if(keys, [&](const PolicyKey& key) { return key.column == from && key.expression != from; });
            for (PolicyKey& key : keys)
                if (key.column == from) key.column = key.expression = to;
        });
}

// DROP COLUMN … CASCADE takes the policies along that name the column.
void Catalog::dropPolicyColumn(Table& table, const std::string& column) {
    std::erase_if(table.policies, [&](Policy& policy) {
        bool names = false;
        forEachCondition(policy, [&](const std::vector<PolicyKey>& keys) {
            names |= std::any_of(keys.begin(), keys.end(), [&](const PolicyKey& key) { return key.column == column; });
        });
        return names;
    });
}

void Catalog::notePolicies(const Table& table) {
    for (const Policy& policy : table.policies)
        if (bindsNothing(policy)) leaveOut("policy", fmt::format("{} of {}", policy.name, table.qualifiedName()));
    const bool idle = !table.rowSecurity && std::any_of(table.policies.begin(), table.policies.end(), [](const Policy& policy) { return !bindsNothing(policy); });
    std::string note = fmt::format("Row-level security of {} is not enabled: its policies do nothing.", table.qualifiedName());
    if (idle && std::find(notes_.begin(), notes_.end(), note) == notes_.end()) notes_.push_back(std::move(note));
}

}  // namespace foreshard::schema
