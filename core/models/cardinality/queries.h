// Queries whose rows were counted: what cardinality models learn from and are judged on. Facts of SQL come from core/sql. Plain
// values; names as written (unquoted ones in lower case).
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/job.h"
#include "core/sql/facts.h"

namespace foreshard::models {

// One use of a table. `sample`: which rows of a fixed random sample of the table fulfil the query's conditions on it alone;
// empty where no sample is given.
struct QueryUse {
    std::string table, alias;             // alias: the table's name where there is none
    std::vector<uint8_t> sample;          // eight rows a byte, most significant bit first
    uint32_t sampleRows = 0, sampleHits = 0;
    bool operator==(const QueryUse&) const = default;
};

struct QueryCondition {
    uint32_t use = 0;                     // index into CountedQuery::uses
    std::string column;                   // a column, or an expression over one
    sql::Operator op = sql::Operator::other;
    std::vector<double> values;           // literals as numbers (literalNumber); empty where there are none
    bool operator==(const QueryCondition&) const = default;
};

struct QueryJoin {
    uint32_t left = 0, right = 0;
    std::string leftColumn, rightColumn;
    bool operator==(const QueryJoin&) const = default;
};

struct CountedQuery {
    std::vector<QueryUse> uses;
    std::vector<QueryCondition> conditions;
    std::vector<QueryJoin> joins;
    double rows = 0;                      // that FROM and WHERE yield: the value of COUNT(*)
    std::optional<double> estimate;       // of an optimiser
    uint64_t group = 0;                   // queries of one group are kept together: sub-plans of one parent query
    uint64_t plan = 0;                    // equal for queries with the same set of aliases and of conditions, literals included
    uint64_t family = 0;                  // of queries that differ in literals alone: a template's fingerprint; 0: not known, then the set of tables stands for it
    bool operator==(const CountedQuery&) const = default;
};

// What is known of a column beforehand.
struct KnownColumn {
    double low = 0, high = 0, rows = 0, distinct = 0;   // rows: of its table; rows or distinct 0, or low above high: not known
    bool operator==(const KnownColumn&) const = default;
};
using KnownColumns = std::map<std::string, KnownColumn>;   // by "alias.column" or "table.column"

// Numbers as they are, times in microseconds, other texts by their first bytes: in the order of the values.
double literalNumber(std::string_view text);

// Texts of the values that a call gives to a slot, in order; none where they are not known.
using SlotTexts = std::function<std::vector<std::string>(uint32_t slot)>;
// Uses, conditions, joins and plan of a statement with these facts.
CountedQuery queryOf(const sql::StatementFacts& facts, const SlotTexts& textsOf);

// Uses, conditions, joins and plan of one statement; nothing where it cannot be read or is no SELECT over tables.
std::optional<CountedQuery> readQuery(std::string_view sql);

// Reads, by their content: CSV with the columns `sql,true_rows` and perhaps `estimate` and `group`; or lines of
// `tables#joins#column,op,value,…#rows`, for which `samples` holds a bitmap for each query and table (may be empty). Lines
// that cannot be read, negative and non-finite counts become diagnostics. `name` is for sentences. Errors: format (nothing
// readable; samples that are cut short), cancelled.
Result<std::vector<CountedQuery>> readCountedQueries(std::string_view text, std::string_view samples, const std::string& name, Job& job);

// CSV with the columns name,min,max,cardinality,num_unique_values. Errors: format.
Result<KnownColumns> readKnownColumns(std::string_view csv, const std::string& name);

}  // namespace foreshard::models
