#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <set>

#include "samples/generator/tpcc.h"

namespace foreshard::samplegen {

namespace {

bool nameStart(char c) { return std::isalpha(static_cast<unsigned char>(c)) || c == '_'; }
bool nameChar(char c) { return nameStart(c) || std::isdigit(static_cast<unsigned char>(c)); }

struct TableText { std::string name; std::vector<std::pair<std::string, std::string>> columns; };   // name, type

std::string trimmed(std::string text) {
    const auto first = text.find_first_not_of(" \n\t");
    if (first == std::string::npos) return {};
    return text.substr(first, text.find_last_not_of(" \n\t") - first + 1);
}

// CREATE TABLE statements as this generator writes them: one "name type [NOT NULL]" a column, no table constraints.
std::vector<TableText> readTables(const std::string& sql) {
    std::vector<TableText> tables;
    static const std::string head = "CREATE TABLE public.";
    for (size_t at = sql.find(head); at != std::string::npos; at = sql.find(head, at + 1)) {
        TableText table;
        size_t p = at + head.size();
        while (nameChar(sql[p])) table.name.push_back(sql[p++]);
        p = sql.find('(', p) + 1;
        int depth = 1;
        std::string item;
        for (; depth > 0; ++p) {
            if (sql[p] == '(') ++depth;
            if (sql[p] == ')' && --depth == 0) break;
            if (sql[p] == ',' && depth == 1) {
                item.push_back('\0');
                continue;
            }
            item.push_back(sql[p]);
        }
        item.push_back('\0');
        for (size_t begin = 0; begin < item.size();) {
            const size_t end = item.find('\0', begin);
            auto column = trimmed(item.substr(begin, end - begin));
            begin = end + 1;
            const auto blank = column.find(' ');
            auto type = column.substr(blank + 1);
            if (const auto notNull = type.find(" NOT NULL"); notNull != std::string::npos) type = type.substr(0, notNull);
            table.columns.emplace_back(column.substr(0, blank), type);
        }
        tables.push_back(std::move(table));
    }
    return tables;
}

}  // namespace

NameScrambler::NameScrambler(const std::string& schemaSql, uint64_t seed) {
    auto tables = readTables(schemaSql);
    std::set<std::string> all;
    for (const auto& table : tables) {
        all.insert(table.name);
        for (const auto& column : table.columns) all.insert(column.first);
    }
    for (const auto& name : all) names_.emplace_back(name, fmt::format("q{:012x}", hashText(name, seed) & 0xffffffffffffULL));
    Random random(seed);
    for (auto& table : tables) {
        for (size_t i = table.columns.size(); i > 1; --i) std::swap(table.columns[i - 1], table.columns[random.below(i)]);
        schema_ += "CREATE TABLE public." + renamed(table.name) + " (";
        for (size_t i = 0; i < table.columns.size(); ++i)
            schema_ += (i ? ", " : "") + renamed(table.columns[i].first) + " " + table.columns[i].second;
        schema_ += ");\n";
    }
}

std::string NameScrambler::renamed(const std::string& name) const {
    const auto place = std::lower_bound(names_.begin(), names_.end(), std::make_pair(name, std::string()));
    return place != names_.end() && place->first == name ? place->second : std::string();
}

std::string NameScrambler::apply(const std::string& sql) const {
    std::string out;
    for (size_t at = 0; at < sql.size();) {
        if (sql[at] == '\'') {
            const size_t end = sql.find('\'', at + 1);
            out.append(sql, at, end == std::string::npos ? std::string::npos : end - at + 1);
            at = end == std::string::npos ? sql.size() : end + 1;
        } else if (nameStart(sql[at])) {
            size_t end = at;
            while (end < sql.size() && nameChar(sql[end])) ++end;
            const auto word = sql.substr(at, end - at);
            const auto other = renamed(word);
            out += other.empty() ? word : other;
            at = end;
        } else {
            out.push_back(sql[at++]);
        }
    }
    return out;
}

}  // namespace foreshard::samplegen
