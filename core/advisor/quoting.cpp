#include "core/advisor/quoting.h"

#include "core/base/words.h"

namespace foreshard::advisor {

std::string quoted(const std::string& name) {
    const bool plain = !name.empty() && name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string::npos && (name[0] < '0' || name[0] > '9');
    if (plain) return name;
    std::string out = "\"";
    for (const char c : name) out.append(c == '"' ? "\"\"" : std::string(1, c));
    return out + "\"";
}

std::string quotedTable(const schema::Table& table) { return quoted(table.schema) + "." + quoted(table.name); }

std::string quotedColumns(std::vector<std::string> columns) {
    for (auto& column : columns) column = quoted(column);
    return joined(columns);
}

}  // namespace foreshard::advisor
