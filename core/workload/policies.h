// Row-level security: a policy "tenant_id = current_setting('app.tenant')" of a table binds every call of it as if the
// condition stood in the statement, so that the setting is one of StatementFacts::sessionValues and its binding has the
// provenance of a session setting.
//
// Superusers, owners of a table that does not FORCE its policies, and roles with BYPASSRLS are under no policy, and a log does
// not tell who they are. A policy therefore counts where the session has given the setting a value at that moment (without
// one it would let no row pass, or fail): who sets app.tenant is taken to be whom the policy is for. Where the statement
// binds the column itself, that alone counts. Pure functions; any thread.
#pragma once

#include <vector>

#include "core/schema/schema.h"
#include "core/sql/facts.h"

namespace foreshard::workload {

// What the policies of `table` say of the rows that use `use` (index into facts.tables, resolved to it) touches. Nothing for
// a partition that is named itself, which is not under its root's policies, nor for TRUNCATE, DDL and COPY FROM.
std::vector<schema::PolicyKey> policyKeysOf(const sql::StatementFacts& facts, uint32_t use, const schema::Table& table);

// Adds the settings of the policies of all tables that the statement may mean to its session values. `slots`: of the
// statement's own literals (sql::Scan).
void readPolicySettings(sql::StatementFacts& facts, const schema::Schema& schema, uint32_t slots);

}  // namespace foreshard::workload
