// Plans that auto_explain logs: "duration: 0.018 ms  plan:" and behind it, as text or as JSON, the statement and how it was executed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/ingest/record.h"

namespace foreshard::ingest {

// What the plans of a log are to its calls; decided once for a log, by its beginning, so that any cut gives the same.
enum class PlanUse : uint8_t {
    none,    // passed over: the beginning shows none
    rows,    // statements are logged too: a plan says how many rows its call gave or changed, and is a call where that was not logged
    calls,   // nothing else tells of statements: each plan is a call
};

struct Plan {
    std::string_view statement;        // as it was sent
    std::string_view parameters;       // "Query Parameters: $1 = '42'" (PostgreSQL 16 on); empty: not told
    char changes = 0;                  // the root is an Insert, Update, Delete or Merge: its first letter
    // Of the root; of INSERT, UPDATE, DELETE and MERGE the rows that were changed, whether or not the statement returns them. -1: without
    // auto_explain.log_analyze nobody knows.
    int64_t rows = -1;
};

// Views of the plan point into the text, or into the reader until its next read. One per thread.
class PlanReader {
public:
    // What stands behind "plan:". False: no plan as text or JSON (auto_explain.log_format = xml or yaml), or a damaged one.
    bool read(std::string_view text, Plan& out);

private:
    static bool readText(std::string_view text, Plan& out);
    bool readJson(std::string_view text, Plan& out);
    std::string buffer_, statement_, parameters_;
};

// Whether the log tells of the plan's statement by itself, as part of another: of a function or trigger, or of a cursor, whose plan
// comes when it is closed. Such plans are neither calls nor rows of one.
bool isInnerPlan(const LogRecord& record, const Plan& plan);
// Whether a plan with this statement is one of a call of `statement`; of EXECUTE the log shows the whole PREPARE.
bool isPlanOf(std::string_view planStatement, std::string_view statement);

// By the messages of `sample`, which are taken from any format.
PlanUse planUseOf(uint64_t plans, uint64_t statements);

}  // namespace foreshard::ingest
