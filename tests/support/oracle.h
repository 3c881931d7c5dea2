// The slow oracle of the router's tests: rows are laid out one by one, a statement's conditions are tried on every row as
// SQL means them (NULL, numeric order of decimals, a collation that ignores case), and the shards of the rows it touches
// are looked up. It shares no code with the router but the values themselves.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/sharding/router.h"
#include "core/sql/facts.h"

namespace foreshard::testing {

// A stored row: values by column, and by expression for candidate expressions ("lower(e)").
struct OracleRow final : sharding::Router::Row {
    std::map<std::string, Value> values;
    Value value(const std::string& column) const override {
        const auto found = values.find(column);
        return found == values.end() ? Value() : found->second;
    }
};

struct Condition {
    std::string expression;          // key of OracleRow::values
    sql::Operator op = sql::Operator::equal;
    std::vector<Value> operands;
};

// Whether SQL would say true.
bool holds(const Condition& condition, const OracleRow& row);
bool holdAll(const std::vector<Condition>& conditions, const OracleRow& row);

// The shards of all rows of `table` that fulfil the conditions.
sharding::ShardSet touched(const sharding::Router& router, const std::string& table, const std::vector<OracleRow>& rows,
                           const std::vector<Condition>& conditions);

}  // namespace foreshard::testing
