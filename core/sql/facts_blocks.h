// Where the queries of a statement begin and end, by its tokens alone: what the token-level reader resolves names by. Internal to sql.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/sql/facts.h"
#include "core/sql/trace.h"

namespace foreshard::sql {

// A query of its own: the statement, a subquery, one side of a UNION, the SELECT of an INSERT.
struct QueryBlock {
    uint32_t parent = UINT32_MAX;              // the query around it; UINT32_MAX: none
    bool exists = false;                       // it is inside of an EXISTS that the query around it demands
    bool loose = false;                        // below an OR: it may say nothing of the query around it, nor that of it
    bool otherSources = false;                 // FROM names more than tables: whose an unqualified column is, is open
    std::vector<uint32_t> tables;              // of its own FROM
    std::map<std::string, uint32_t> byName;    // table by alias or name; noTable: two have it
};

struct QueryBlocks {
    std::vector<uint32_t> depth;               // of each token, in brackets
    std::vector<bool> inQuery;                 // of each token: its brackets hold a query (FROM elsewhere is of EXTRACT(… FROM …) and its like)
    std::vector<uint32_t> of;                  // of each token: its block
    std::vector<QueryBlock> blocks;
    bool balanced = true;
    bool united = false;                       // by UNION, INTERSECT or EXCEPT somewhere

    explicit QueryBlocks(const std::vector<TraceToken>& tokens);
    // The table that `name` means inside of `block`; noTable: none, or which one is open.
    uint32_t named(uint32_t block, const std::string& name) const;
};

}  // namespace foreshard::sql
