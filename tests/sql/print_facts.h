// Facts as lines of text, for expected files: slots as $1…$n, columns as TABLE.column by number of the table, ? where
// no table is decidable.
#pragma once

#include <string>

#include "core/sql/facts.h"

namespace foreshard::sql {

inline std::string printed(const ColumnExpression& column) {
    const std::string table = column.table == noTable ? "?" : std::to_string(column.table);
    return table + "." + column.expression + (column.bare() ? "" : " of " + column.column);
}

inline std::string printedSlots(const std::vector<uint32_t>& slots) {
    std::string out;
    for (uint32_t slot : slots) out += " $" + std::to_string(slot + 1);
    return out;
}

inline std::string printed(BindingSource source, uint32_t slot) {
    switch (source) {
        case BindingSource::slot:
            return "$" + std::to_string(slot + 1);
        case BindingSource::default_:
            return "default";
        case BindingSource::column:
            return "column";
        case BindingSource::expression:
            break;
    }
    return "expression";
}

inline std::string printedFlags(const StatementFacts& facts) {
    std::string out;
    if (facts.aggregates) out += " aggregates";
    if (facts.distinct) out += " distinct";
    if (facts.onConflict) out += " on-conflict";
    if (facts.insertsFromQuery) out += " from-query";
    if (facts.limitSlot) out += " limit $" + std::to_string(*facts.limitSlot + 1);
    return out.empty() ? out : "  flags" + out + "\n";
}

inline std::string printed(const StatementFacts& facts) {
    std::string out = "  " + std::string(toString(facts.kind)) + (facts.parsed ? "\n" : " by tokens\n");
    for (size_t i = 0; i < facts.tables.size(); ++i) {
        const TableUse& use = facts.tables[i];
        out += "  table " + std::to_string(i) + " " + (use.schema.empty() ? "" : use.schema + ".") + use.name;
        out +=
            (use.alias.empty() ? "" : " as " + use.alias) + (use.read ? " read" : "") + (use.written ? " written" : "");
        out +=
            std::string(use.locked ? " locked" : "") + (use.level ? " level " + std::to_string(use.level) : "") + "\n";
    }
    for (const Predicate& p : facts.predicates) {
        out += "  where " + printed(p.column) + " " + toString(p.op) + (p.array ? " array" : "") +
               printedSlots(p.slots) + "\n";
    }
    for (const EquiJoin& j : facts.joins) {
        const char* flow = j.flowsLeft ? j.flowsRight ? " <-> " : " <- " : j.flowsRight ? " -> " : " -- ";
        out += "  join " + printed(j.left) + flow + printed(j.right) + "\n";
    }
    for (const InsertBinding& b : facts.inserts) {
        const std::string name = b.column.empty() ? "#" + std::to_string(b.position) : b.column;
        out += "  insert " + std::to_string(b.table) + "." + name + " " + printed(b.source, b.slot) + "\n";
    }
    for (const Assignment& a : facts.assignments) {
        out += "  assign " + (a.table == noTable ? "?" : std::to_string(a.table)) + "." + a.column + " " +
               printed(a.source, a.slot);
        out += a.selfRelative ? " self\n" : "\n";
    }
    for (const ColumnExpression& c : facts.orderBy) out += "  order " + printed(c) + "\n";
    for (const ColumnExpression& c : facts.groupBy) out += "  group " + printed(c) + "\n";
    out += printedFlags(facts);
    if (!facts.setting.empty())
        out += "  setting " + facts.setting + (facts.settingLocal ? " local" : "") + printedSlots(facts.settingSlots) +
               "\n";
    for (size_t i = 0; i < facts.sessionValues.size(); ++i)
        out += "  session $" + std::to_string(facts.sessionSlot + i + 1) + " " + facts.sessionValues[i] + "\n";
    return out;
}

}  // namespace foreshard::sql
