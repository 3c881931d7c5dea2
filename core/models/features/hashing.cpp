#include "core/models/features/hashing.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "core/base/hash.h"
#include "core/sql/lexer.h"

namespace foreshard::models {

namespace {

using Sums = std::map<uint32_t, double>;

constexpr double textShare = 1.0 / 3;   // of the squared length
// Which table and which columns tell statements apart; that both are a SELECT with a LIMIT hardly does.
constexpr double tableWeight = 4, shapeWeight = 0.5;

// One half of a statement's features: each name once, by the root of how often it stands there, so that a long list of columns
// does not drown the rest.
class Group {
public:
    void add(uint64_t name, double weight = 1) { counts_[name] += weight; }
    void add(std::string_view kind, std::string_view name, double weight = 1) { add(hashText(name, hashText(kind)), weight); }

    // Adds `share` of a squared length to `sums`.
    void into(Sums& sums, double share) const {
        Sums own;
        for (const auto& [name, count] : counts_) {
            const uint64_t hash = mixHash(name);
            own[static_cast<uint32_t>(hash % featureWidth)] += (hash >> 63 ? -1.0 : 1.0) * std::sqrt(count);
        }
        double length = 0;
        for (const auto& [place, value] : own) length += value * value;
        if (length <= 0) return;
        for (const auto& [place, value] : own) sums[place] += value * std::sqrt(share / length);
    }

private:
    std::map<uint64_t, double> counts_;
};

Group textGroup(std::string_view text) {
    Group group;
    uint64_t two = 0, one = 0;   // hashes of the last token but one, and of the last; 0: none
    for (const auto& token : templateTokens(text)) {
        const uint64_t now = hashText(token) | 1;
        group.add(now);
        if (one) group.add(combineHash(one, now));
        if (two) group.add(combineHash(combineHash(two, one), now));
        two = one;
        one = now;
    }
    return group;
}

class FactsGroup {
public:
    explicit FactsGroup(const sql::StatementFacts& facts) : facts_(facts) {}

    Group make() {
        if (facts_.kind != sql::StatementKind::unknown) group_.add("kind", sql::toString(facts_.kind), shapeWeight);
        for (const auto& table : facts_.tables) {
            group_.add("table", table.name, tableWeight);
            group_.add(table.written ? "written" : "read", table.name);
        }
        for (const auto& each : facts_.predicates) column(each.column.table, each.column.expression, sql::toString(each.op));
        for (const auto& each : facts_.inserts) column(each.table, each.column, "insert");
        for (const auto& each : facts_.assignments) column(each.table, each.column, "set");
        for (const auto& each : facts_.joins) join(named(each.left.table, each.left.expression), named(each.right.table, each.right.expression));
        for (const auto& each : facts_.orderBy) column(each.table, each.expression, "order");
        for (const auto& each : facts_.groupBy) column(each.table, each.expression, "group");
        if (facts_.aggregates) group_.add("shape", "aggregates", shapeWeight);
        if (facts_.limitSlot) group_.add("shape", "limit", shapeWeight);
        return std::move(group_);
    }

private:
    std::string named(uint32_t table, const std::string& expression) const {
        if (table == sql::noTable && facts_.tables.size() == 1) table = 0;
        return (table < facts_.tables.size() ? facts_.tables[table].name : std::string()) + "." + expression;
    }
    // A column counts twice, with its operator and without: "x = 1" and "x IN (1, 2)" are relatives.
    void column(uint32_t table, const std::string& expression, std::string_view use) {
        if (expression.empty()) return;
        const auto name = named(table, expression);
        group_.add("column", name);
        group_.add(use, name);
    }
    void join(std::string left, std::string right) {
        if (right < left) std::swap(left, right);
        group_.add("join", left + "=" + right);
    }

    const sql::StatementFacts& facts_;
    Group group_;
};

}  // namespace

std::vector<std::string> templateTokens(std::string_view text) {
    std::vector<std::string> out;
    for (const auto& token : sql::tokenize(text).tokens) {
        switch (token.kind) {
            case sql::TokenKind::word: out.push_back(sql::lowered(token.text)); break;
            case sql::TokenKind::name:
                out.push_back(token.text.size() >= 2 ? std::string(token.text.substr(1, token.text.size() - 2)) : std::string(token.text));
                break;
            case sql::TokenKind::op:
            case sql::TokenKind::punct: out.emplace_back(token.text); break;
            case sql::TokenKind::valueWord:
            case sql::TokenKind::number:
            case sql::TokenKind::text:
            case sql::TokenKind::parameter: out.emplace_back("?"); break;
        }
    }
    return out;
}

std::vector<float> HashedFeatures::dense() const {
    std::vector<float> out(featureWidth, 0.0f);
    for (const auto& [place, value] : entries) out[place] = value;
    return out;
}

HashedFeatures hashedFeatures(std::string_view text, const sql::StatementFacts& facts) {
    Sums sums;
    textGroup(text).into(sums, textShare);
    FactsGroup(facts).make().into(sums, 1 - textShare);
    double length = 0;
    for (const auto& [place, value] : sums) length += value * value;
    HashedFeatures out;
    for (const auto& [place, value] : sums)
        if (value != 0) out.entries.emplace_back(place, static_cast<float>(value / std::sqrt(length)));
    return out;
}

double cosine(const HashedFeatures& a, const HashedFeatures& b) {
    double sum = 0;
    auto right = b.entries.begin();
    for (const auto& [place, value] : a.entries) {
        while (right != b.entries.end() && right->first < place) ++right;
        if (right == b.entries.end()) break;
        if (right->first == place) sum += static_cast<double>(value) * static_cast<double>(right->second);
    }
    return std::clamp(sum, -1.0, 1.0);
}

}  // namespace foreshard::models
