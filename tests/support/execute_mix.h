// Executes the transactions of a generated mix on a real PostgreSQL server, one after another over one connection: literals in
// the text, one message a statement, the messages of a transaction sent without waiting between them. For tests and benchmarks.
#pragma once

#include <cstdint>
#include <string>

#include "core/base/result.h"
#include "samples/generator/transaction.h"

namespace foreshard::testsupport {

struct ExecutedCounts {
    uint64_t committed = 0;
    uint64_t aborted = 0;
    uint64_t statements = 0;   // without transaction control
};

// `begin`: virtual time of the first transaction; only values inside statements depend on it.
Result<ExecutedCounts> executeMix(const std::string& conninfo, samplegen::Mix& mix, uint64_t seed, uint64_t transactions);
// Runs a script of SQL in one go.
Status executeScript(const std::string& conninfo, const std::string& sql);

}  // namespace foreshard::testsupport
