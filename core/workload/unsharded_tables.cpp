#include "core/workload/unsharded_tables.h"

#include <algorithm>
#include <set>

#include "core/sql/lexer.h"

namespace foreshard::workload {

namespace {

// "CREATE [LOCAL] TEMP TABLE …", "SELECT … INTO TEMP …": how the text of a template says so.
bool makesTemporary(const std::string& text) {
    std::string before;
    for (const auto& token : sql::tokenize(text).tokens) {
        if (token.kind != sql::TokenKind::word) {
            before.clear();
            continue;
        }
        const std::string word = sql::lowered(token.text);
        if (word == "local" || word == "global") continue;
        if ((word == "temp" || word == "temporary") && (before == "create" || before == "into")) return true;
        before = word;
    }
    return false;
}

// The use of the table that the statement makes: the one it writes, or the first.
size_t madeTable(const sql::StatementFacts& facts) {
    const auto written = std::find_if(facts.tables.begin(), facts.tables.end(), [](const auto& use) { return use.written; });
    return written == facts.tables.end() ? 0 : static_cast<size_t>(written - facts.tables.begin());
}

}  // namespace

bool isServersOwn(const std::string& qualifiedName) {
    static const std::set<std::string, std::less<>> schemas{"pg_catalog", "pg_toast", "information_schema", "performance_schema", "mysql"};
    const auto dot = qualifiedName.find('.');
    const auto name = std::string_view(qualifiedName).substr(dot == std::string::npos ? 0 : dot + 1);
    if (dot != std::string::npos && schemas.contains(std::string_view(qualifiedName).substr(0, dot))) return true;
    return name.starts_with("pg_") || name == "sqlite_master" || name == "sqlite_schema" || name == "sqlite_sequence" || name.starts_with("sqlite_stat");
}

std::vector<bool> unshardedTables(const PartialData& data, const NameTable& names) {
    std::set<std::string> made;
    for (const auto& [fingerprint, part] : data.templates) {
        const auto& facts = *part.text.facts;
        if (facts.kind != sql::StatementKind::ddl || part.tables.empty() || part.tables.size() != facts.tables.size()) continue;
        if (makesTemporary(part.text.text)) made.insert(part.tables[madeTable(facts)]);
    }
    std::vector<bool> unsharded;
    for (TableId id = 0; id < names.tables().size(); ++id) {
        const auto& name = names.tables()[id];
        unsharded.push_back(!names.definition(id) && (made.contains(name) || name.starts_with("pg_temp.") || isServersOwn(name)));
    }
    return unsharded;
}

void forgetTables(Resolution& resolution, const std::vector<bool>& tables, const NameTable& names) {
    const auto gone = [&](ColumnId column) { return tables[names.columns()[column].table]; };
    std::erase_if(resolution.accesses, [&](const TableAccess& access) { return tables[access.table]; });
    std::erase_if(resolution.joins, [&](const ColumnPair& join) { return gone(join.left) || gone(join.right); });
}

}  // namespace foreshard::workload
