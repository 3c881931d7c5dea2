// How well the calls of a workload are resolved to logical tables and key columns, call by call with the values they had.
//
// A call is resolved where at least one key column of a table it touches is bound to values (by its own literals or
// parameters, through an equal column, or by its transaction), and each other table it touches is bound too or joined to one
// that is. Set apart by nature, and not counted: calls that touch no table, those of the server's own catalogue, DDL, and
// scans, in which no value of the call narrows the rows of any table.
#pragma once

#include <map>
#include <string>

#include "core/workload/workload.h"

namespace foreshard::testapps {

struct ResolvedCalls {
    double calls = 0;                                   // by weight; apart ones too
    double resolved = 0;
    double everyTableBound = 0;                         // of the resolved
    std::map<std::string, double> apart;                // by nature
    std::map<std::string, double> unresolved;           // "reason: template"
    double counted() const;                             // without those apart
    double share() const { return counted() > 0 ? resolved / counted() : 0; }
    std::string text() const;                           // for people: totals, then the rest by reason
};

// Over the sampled transactions, which are all of them in a workload that is small enough.
ResolvedCalls resolvedCalls(const workload::Workload& workload);

}  // namespace foreshard::testapps
