// Random tables, rows, designs and conditions for the router's differential tests. All from one seed.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/base/hash.h"
#include "core/sharding/router.h"
#include "tests/support/oracle.h"

namespace foreshard::testing {

// One column (or expression) of the test's tables, with the values it takes.
struct Domain {
    std::string column;
    std::string expression;
    ValueType type = ValueType::integer;
    std::vector<Value> values;
};

struct World {
    std::vector<Domain> domains;
    std::shared_ptr<workload::Facts> facts;        // tables main.t and main.u, both with all domains as candidates
    std::vector<OracleRow> rows;                   // of main.t
    std::vector<OracleRow> others;                 // of main.u
    sharding::Design design;

    workload::ColumnId column(workload::TableId table, const std::string& expression) const;
    const Domain& domain(const std::string& expression) const;
};

World randomWorld(Random& random);
OracleRow randomRow(Random& random, const World& world);
sharding::TableDesign randomTable(Random& random, World& world, const std::string& name);
Condition randomCondition(Random& random, const Domain& domain);
// As a workload's boundKeys() says it: equal values, or a closed range.
workload::BoundKey boundKey(const Condition& condition, workload::ColumnId column,
                            workload::Provenance provenance = workload::Provenance::literal);
const Value& pick(Random& random, const std::vector<Value>& values);

}  // namespace foreshard::testing
