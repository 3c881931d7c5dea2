#include "core/schema/policy.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/schema/script.h"
#include "core/sql/facts.h"
#include "core/sql/lexer.h"

namespace foreshard::schema {

namespace {

using sql::Token;

// What stands between the brackets behind a keyword outside of all brackets; both keywords are reserved, so that no name
// is one of them. The tokens of the text and the text itself.
struct Clause {
    std::vector<Token> tokens;
    std::string_view text;
};

std::optional<Clause> clauseBehind(std::string_view statement, const std::vector<Token>& tokens, std::string_view keyword) {
    int depth = 0;
    size_t begin = 0;
    for (size_t i = 0; i < tokens.size(); ++i) {
        const Token& token = tokens[i];
        if (depth == 0 && token.text == "(" && i > 0 && isKeyword(tokens[i - 1].text, keyword)) begin = i + 1;
        if (token.text == "(") ++depth;
        if (token.text != ")" || --depth > 0 || begin == 0) continue;
        const size_t from = tokens[begin - 1].offset + 1;
        return Clause{{tokens.begin() + static_cast<std::ptrdiff_t>(begin), tokens.begin() + static_cast<std::ptrdiff_t>(i)}, statement.substr(from, token.offset - from)};
    }
    return std::nullopt;
}

bool isTrue(const Clause& clause) {
    size_t words = 0;
    for (const Token& token : clause.tokens) {
        if (token.text == "(" || token.text == ")") continue;
        if (!isKeyword(token.text, "TRUE")) return false;
        ++words;
    }
    return words == 1;
}

std::string quoted(std::string_view name) {
    std::string out = "\"";
    for (const char c : name) out += c == '"' ? std::string("\"\"") : std::string(1, c);
    return out + "\"";
}

// The equalities of a condition between the table's columns and session settings.
std::vector<PolicyKey> keysOf(std::string_view condition, const ObjectName& table) {
    const std::string from = table.schema.empty() ? quoted(table.name) : quoted(table.schema) + "." + quoted(table.name);
    const auto facts = sql::statementFacts(fmt::format("SELECT FROM {} WHERE ({}\n)", from, condition));
    std::vector<PolicyKey> keys;
    if (!facts.parsed) return keys;
    for (const auto& predicate : facts.predicates) {
        const bool ours = predicate.column.table == 0 && predicate.op == sql::Operator::equal && predicate.slots.size() == 1 && !predicate.array;
        if (!ours || predicate.slots[0] < facts.sessionSlot) continue;
        const size_t setting = predicate.slots[0] - facts.sessionSlot;
        if (setting >= facts.sessionValues.size()) continue;
        PolicyKey key{predicate.column.column, predicate.column.expression, facts.sessionValues[setting]};
        if (std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(std::move(key));
    }
    return keys;
}

bool applies(const Policy& policy, PolicyCommand command) { return policy.command == PolicyCommand::all || policy.command == command; }

const std::vector<PolicyKey>& keysFor(const Policy& policy, PolicyCommand command) {
    return command == PolicyCommand::insert && policy.newRows ? *policy.newRows : policy.rows;
}

}  // namespace

PolicyConditions policyConditions(std::string_view statement, const ObjectName& table) {
    const auto tokens = sql::tokenize(statement).tokens;
    PolicyConditions out;
    if (const auto clause = clauseBehind(statement, tokens, "USING")) {
        out.rows = keysOf(clause->text, table);
        out.allRows = isTrue(*clause);
    }
    if (const auto clause = clauseBehind(statement, tokens, "CHECK")) out.newRows = keysOf(clause->text, table);
    return out;
}

std::vector<PolicyKey> Table::policyKeys(PolicyCommand command) const {
    std::vector<PolicyKey> all, permitted;
    if (!rowSecurity) return all;
    bool any = false;
    for (const Policy& policy : policies) {
        if (!applies(policy, command)) continue;
        const auto& keys = keysFor(policy, command);
        if (policy.restrictive) {
            if (!policy.forRoles) all.insert(all.end(), keys.begin(), keys.end());
            continue;
        }
        if (policy.forRoles && policy.allRows) continue;
        if (!any) permitted = keys;
        else std::erase_if(permitted, [&](const PolicyKey& key) { return std::find(keys.begin(), keys.end(), key) == keys.end(); });
        any = true;
    }
    for (const PolicyKey& key : permitted)
        if (std::find(all.begin(), all.end(), key) == all.end()) all.push_back(key);
    return all;
}

}  // namespace foreshard::schema
