#include "core/workload/policies.h"

#include <algorithm>
#include <utility>

namespace foreshard::workload {

namespace {

using schema::PolicyCommand;
using sql::StatementKind;

// The commands whose policies all hold for a use of a table; which of several it is a CTE's may be left open.
std::vector<PolicyCommand> commandsOf(const sql::StatementFacts& facts, uint32_t use) {
    const auto here = [&](const auto& each) { return each.table == use; };
    const auto& table = facts.tables[use];
    if (!table.written) return table.read ? std::vector{PolicyCommand::select} : std::vector<PolicyCommand>();
    if (facts.kind == StatementKind::merge) return {PolicyCommand::select, PolicyCommand::insert, PolicyCommand::update, PolicyCommand::delete_};
    const bool inserts = std::any_of(facts.inserts.begin(), facts.inserts.end(), here);
    const bool assigns = std::any_of(facts.assignments.begin(), facts.assignments.end(), here);
    if (assigns && (inserts || facts.onConflict)) return {PolicyCommand::insert, PolicyCommand::update};
    if (inserts) return {PolicyCommand::insert};
    if (assigns) return {PolicyCommand::update};
    const auto written = std::count_if(facts.tables.begin(), facts.tables.end(), [](const auto& each) { return each.written; });
    if (written == 1 && facts.kind == StatementKind::insert) return {PolicyCommand::insert};
    if (written == 1 && facts.kind == StatementKind::delete_) return {PolicyCommand::delete_};
    const bool modifies = facts.kind == StatementKind::insert || facts.kind == StatementKind::update || facts.kind == StatementKind::delete_ || facts.kind == StatementKind::explain;
    if (!modifies) return {};
    return {PolicyCommand::insert, PolicyCommand::update, PolicyCommand::delete_};
}

}  // namespace

std::vector<schema::PolicyKey> policyKeysOf(const sql::StatementFacts& facts, uint32_t use, const schema::Table& table) {
    std::vector<schema::PolicyKey> keys;
    if (!table.rowSecurity || use >= facts.tables.size() || facts.tables[use].name != table.name) return keys;
    bool first = true;
    for (const auto command : commandsOf(facts, use)) {
        auto ofCommand = table.policyKeys(command);
        if (std::exchange(first, false)) keys = std::move(ofCommand);
        else std::erase_if(keys, [&](const auto& key) { return std::find(ofCommand.begin(), ofCommand.end(), key) == ofCommand.end(); });
    }
    return keys;
}

void readPolicySettings(sql::StatementFacts& facts, const schema::Schema& schema, uint32_t slots) {
    for (const auto& table : schema.tables) {
        if (!table.rowSecurity) continue;
        for (uint32_t use = 0; use < facts.tables.size(); ++use) {
            if (!facts.tables[use].schema.empty() && facts.tables[use].schema != table.schema) continue;
            for (auto& key : policyKeysOf(facts, use, table)) {
                facts.sessionSlot = slots;
                auto& known = facts.sessionValues;
                if (std::find(known.begin(), known.end(), key.setting) == known.end()) known.push_back(std::move(key.setting));
            }
        }
    }
}

}  // namespace foreshard::workload
