#include "tests/support/oracle.h"

#include <algorithm>
#include <cctype>

namespace foreshard::testing {

namespace {

bool isNumber(const Value& v) { return v.kind == ValueKind::integer || v.kind == ValueKind::real; }
long double number(const Value& v) { return v.kind == ValueKind::real ? std::stold(v.text) : static_cast<long double>(v.number); }

// As a collation of a language compares: letters first without their case.
int compareText(const std::string& a, const std::string& b) {
    const auto folded = [](std::string s) {
        std::transform(s.begin(), s.end(), s.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        return s;
    };
    const int byLetter = folded(a).compare(folded(b));
    return byLetter != 0 ? byLetter : a.compare(b);
}

int compare(const Value& a, const Value& b) {
    if (isNumber(a) && isNumber(b)) return number(a) < number(b) ? -1 : number(a) > number(b);
    if (a.kind == ValueKind::text && b.kind == ValueKind::text) return compareText(a.text, b.text);
    return a < b ? -1 : a > b;
}

}  // namespace

bool holds(const Condition& condition, const OracleRow& row) {
    const Value value = row.value(condition.expression);
    if (!value.known()) return false;
    const auto against = [&](size_t i) { return compare(value, condition.operands[i]); };
    switch (condition.op) {
        case sql::Operator::equal:
        case sql::Operator::in:
            return std::any_of(condition.operands.begin(), condition.operands.end(), [&](const Value& v) { return v.known() && compare(value, v) == 0; });
        case sql::Operator::between: return against(0) >= 0 && against(1) <= 0;
        case sql::Operator::less: return against(0) < 0;
        case sql::Operator::lessEqual: return against(0) <= 0;
        case sql::Operator::greater: return against(0) > 0;
        case sql::Operator::greaterEqual: return against(0) >= 0;
        default: return true;
    }
}

bool holdAll(const std::vector<Condition>& conditions, const OracleRow& row) {
    return std::all_of(conditions.begin(), conditions.end(), [&](const Condition& c) { return holds(c, row); });
}

sharding::ShardSet touched(const sharding::Router& router, const std::string& table, const std::vector<OracleRow>& rows,
                           const std::vector<Condition>& conditions) {
    sharding::ShardSet shards;
    for (const auto& row : rows)
        if (holdAll(conditions, row)) shards.unite(router.owners(table, row));
    return shards;
}

}  // namespace foreshard::testing
