// Labels: rows of sampled calls, counted on an attached copy of the database (SQLite). What is counted is FROM and WHERE as the
// facts of a template say them: a statement is built from names that the copy has, quoted by SQLite, and values that are bound;
// nothing of the log's text runs. The copy is opened to be read. Any thread; one connection a call.
#pragma once

#include <filesystem>

#include "core/models/cardinality/queries.h"
#include "core/workload/workload.h"

namespace foreshard::models {

struct LabelOptions {
    double limitSeconds = 60;        // for all together
    double statementSeconds = 5;     // for one statement, which is then left out
    size_t most = 2'000;             // queries
};

struct Labels {
    std::vector<CountedQuery> queries;   // as pickCalls() makes them, with the rows of the copy
    KnownColumns columns;                // of the copy: ranges, distinct values, rows
    size_t asked = 0;                    // calls that were to be counted
    size_t untold = 0;                   // left out: the copy lacks a table or column, or the facts say not all of the condition
    size_t slow = 0;                     // left out: over the limit of one statement
    bool ended = false;                  // the limit for all came first
};

// Only calls of templates whose rows the log does not count. A longer limit counts the same ones first. Errors: io (no database
// that can be read), cancelled.
Result<Labels> labelCalls(const workload::Workload& workload, const std::filesystem::path& sqlite, const LabelOptions& options, Job& job);

}  // namespace foreshard::models
