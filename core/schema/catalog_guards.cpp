// Catalogue: exclusion constraints and triggers, and which tables the functions of triggers name.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "core/schema/catalog.h"

namespace foreshard::schema {

namespace {

bool inName(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '.' || c == '"' || c == '$' || (c & 0x80); }

std::string lower(std::string_view word) {
    std::string out;
    for (const char c : word) out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return out;
}

// "public"."Orders" as the catalogue has it: parts in quotes as they are, others in lower case.
std::string folded(std::string_view name) {
    std::string out;
    bool quoted = false;
    for (const char c : name) {
        if (c == '"') quoted = !quoted;
        else out += quoted ? c : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
    return out;
}

// Words of a text but for comments; string bodies are read too, for the body of a function is one.
template <typename Fn>
void forEachWord(std::string_view text, Fn fn) {
    for (size_t at = 0; at < text.size();) {
        if (text.compare(at, 2, "--") == 0) {
            at = std::min(text.find('\n', at), text.size());
        } else if (text.compare(at, 2, "/*") == 0) {
            const size_t end = text.find("*/", at);
            at = end == std::string_view::npos ? text.size() : end + 2;
        } else if (inName(text[at])) {
            size_t end = at;
            while (end < text.size() && inName(text[end])) ++end;
            fn(text.substr(at, end - at));
            at = end;
        } else {
            ++at;
        }
    }
}

}  // namespace

void Catalog::addExclusion(Table& table, Exclusion exclusion) {
    if (exclusion.name.empty()) {
        exclusion.name = table.name;
        for (const auto& element : exclusion.elements) exclusion.name += "_" + (element.column.find('(') == std::string::npos ? element.column : std::string("expr"));
        exclusion.name += "_excl";
    }
    if (std::find(table.exclusions.begin(), table.exclusions.end(), exclusion) == table.exclusions.end()) table.exclusions.push_back(std::move(exclusion));
}

void Catalog::noteFunction(const std::string& name, std::string_view statement) {
    auto& names = functionNames_[folded(name.substr(name.rfind('.') == std::string::npos ? 0 : name.rfind('.') + 1))];
    const size_t body = statement.find(')');         // behind the arguments
    std::string before;
    forEachWord(statement.substr(std::min(body, statement.size())), [&](std::string_view word) {
        const bool behind = before == "from" || before == "join" || before == "into" || before == "update" || before == "table" || before == "only";
        before = lower(word);
        if (behind && before != "only") names.insert(folded(word));
    });
}

Catalog::Outcome Catalog::on(const CreateTrigger& create) {
    const Found found = find(create.table);
    if (!found.table) return {false, {}, "unknown_table", fmt::format("Table {} of trigger {} is not in the schema; the statement was left out.", create.table.text(), create.trigger.name)};
    if (found.partition) return {false, found.table->qualifiedName(), {}, {}};
    auto& triggers = found.table->triggers;
    const auto same = std::find_if(triggers.begin(), triggers.end(), [&](const Trigger& each) { return each.name == create.trigger.name; });
    if (same != triggers.end() && !create.replace) return {false, found.name, {}, {}};
    if (same != triggers.end()) *same = create.trigger;
    else triggers.push_back(create.trigger);
    return {true, found.name, {}, {}};
}

Catalog::Outcome Catalog::on(const DropTrigger& drop) {
    const Found found = find(drop.table);
    if (!found.table || found.partition) return {};
    return {std::erase_if(found.table->triggers, [&](const Trigger& each) { return each.name == drop.name; }) > 0, found.name, {}, {}};
}

// What a body calls a table and the schema does not know (variables, views, functions) is none.
void Catalog::findTriggerTables(Schema& schema) const {
    for (Table& table : schema.tables)
        for (Trigger& trigger : table.triggers) {
            const auto names = functionNames_.find(trigger.function.substr(trigger.function.rfind('.') == std::string::npos ? 0 : trigger.function.rfind('.') + 1));
            if (names == functionNames_.end()) continue;
            std::set<std::string> tables;
            for (const std::string& name : names->second) {
                const size_t dot = name.find('.');
                const auto found = dot == std::string::npos ? schema.find({}, name) : schema.find(name.substr(0, dot), name.substr(dot + 1));
                if (found) tables.insert(schema.tables[*found].qualifiedName());
            }
            trigger.tables.emplace(tables.begin(), tables.end());
        }
}

}  // namespace foreshard::schema
