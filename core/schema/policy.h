// The conditions of a row-level-security policy, read from the text of its DDL by the very code that reads conditions of
// queries: what it understands there (casts, NULLIF, (SELECT current_setting(…))) it understands here. Internal to schema.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "core/schema/ddl_statement.h"

namespace foreshard::schema {

struct PolicyConditions {
    std::optional<std::vector<PolicyKey>> rows;     // USING
    std::optional<std::vector<PolicyKey>> newRows;  // WITH CHECK
    bool allRows = false;                           // USING (true)
};

// `statement`: a CREATE or ALTER POLICY that parses, on `table`. Recurses as parseDdl() does.
PolicyConditions policyConditions(std::string_view statement, const ObjectName& table);

}  // namespace foreshard::schema
