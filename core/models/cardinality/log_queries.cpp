#include "core/models/cardinality/log_queries.h"

#include <algorithm>
#include <map>

#include "core/base/hash.h"
#include "core/models/cardinality/statistics.h"
#include "core/workload/mask_form.h"

namespace foreshard::models {

namespace {

constexpr size_t mostOfOne = 4;   // queries with the same literals

std::vector<std::string> textsOf(const std::vector<Value>& values) {
    std::vector<std::string> texts;
    for (const auto& value : values)
        if (value.known()) texts.push_back(toText(value));
    // A list that the log cut tells no set.
    if (texts.size() < values.size()) texts.clear();
    return texts;
}

// Logical tables stand for what a statement calls them.
void useLogicalNames(CountedQuery& query, const workload::Facts& facts, const sql::StatementFacts& statement) {
    for (size_t u = 0; u < query.uses.size(); ++u)
        if (const auto id = facts.schema.find(statement.tables[u].schema, statement.tables[u].name)) query.uses[u].table = facts.schema.tables[*id].name;
}

bool isRange(sql::Operator op) {
    using sql::Operator;
    return op == Operator::less || op == Operator::lessEqual || op == Operator::greater || op == Operator::greaterEqual || op == Operator::between || op == Operator::prefix;
}

void forgetOrderOfMasks(CountedQuery& query, const sql::StatementFacts& statement, const std::vector<std::vector<Value>>& slots) {
    size_t c = 0;
    for (const auto& predicate : statement.predicates) {
        if (predicate.column.table >= query.uses.size()) continue;
        auto& condition = query.conditions[c++];
        if (!isRange(condition.op)) continue;
        for (const uint32_t slot : predicate.slots)
            if (slot < slots.size() && std::any_of(slots[slot].begin(), slots[slot].end(), workload::isMask)) condition.values.clear();
    }
}

}  // namespace

bool findsRows(const sql::StatementFacts& facts) {
    using Kind = sql::StatementKind;
    return !facts.tables.empty() && (facts.kind == Kind::select || facts.kind == Kind::update || facts.kind == Kind::delete_);
}

bool countsWholeRows(const sql::StatementFacts& facts) {
    return findsRows(facts) && !facts.aggregates && !facts.distinct && facts.groupBy.empty() && !facts.limitSlot;
}

std::optional<CountedQuery> queryOf(const workload::Facts& facts, const workload::Template& own, const std::vector<std::vector<Value>>& slots) {
    if (own.facts.tables.empty()) return std::nullopt;
    auto query = queryOf(own.facts, [&](uint32_t slot) { return slot < slots.size() ? textsOf(slots[slot]) : std::vector<std::string>(); });
    useLogicalNames(query, facts, own.facts);
    forgetOrderOfMasks(query, own.facts, slots);
    query.family = own.textFingerprint ? own.textFingerprint : own.fingerprint;
    return query;
}

std::vector<PickedCall> pickCalls(const workload::Workload& workload, size_t most, const std::function<bool(const workload::Template&, const workload::SampledCall&)>& wanted) {
    struct Seen {
        uint64_t hash = 0;
        PickedCall picked;
    };
    std::map<workload::TemplateId, std::vector<Seen>> byTemplate;
    const auto& facts = *workload.facts;
    for (const auto& transaction : facts.transactions)
        for (size_t c = 0; c < transaction.calls.size(); ++c) {
            const auto& call = transaction.calls[c];
            const auto& own = facts.templates[call.templateId];
            auto query = wanted(own, call) ? queryOf(facts, own, call.slots) : std::nullopt;
            if (!query) continue;
            query->rows = static_cast<double>(std::max<int64_t>(0, call.rows));
            query->group = combineHash(query->plan, query->family);
            byTemplate[call.templateId].push_back({combineHash(transaction.hash, c), {call.templateId, &call, std::move(*query)}});
        }
    size_t longest = 0;
    for (auto& [id, seen] : byTemplate) {
        std::sort(seen.begin(), seen.end(), [](const Seen& a, const Seen& b) { return a.hash != b.hash ? a.hash < b.hash : a.picked.query.rows < b.picked.query.rows; });
        std::map<uint64_t, size_t> times;
        std::erase_if(seen, [&](const Seen& each) { return ++times[each.picked.query.group] > mostOfOne; });
        longest = std::max(longest, seen.size());
    }
    std::vector<PickedCall> out;
    for (size_t round = 0; round < longest; ++round)
        for (auto& [id, seen] : byTemplate)
            if (round < seen.size() && out.size() < most) out.push_back(std::move(seen[round].picked));
    return out;
}

LogQueries queriesOfLog(const workload::Workload& workload, size_t most) {
    LogQueries out;
    auto picked = pickCalls(workload, most, [&](const workload::Template& own, const workload::SampledCall& call) {
        if (!findsRows(own.facts)) return false;
        ++out.calls;
        if (call.rows < 0) return false;
        ++out.counted;
        const bool whole = countsWholeRows(own.facts);
        out.shaped += !whole;
        return whole;
    });
    for (auto& each : picked) out.queries.push_back(std::move(each.query));
    return out;
}

KnownColumns knownColumns(const schema::Schema& schema) {
    KnownColumns known;
    for (const auto& table : schema.tables)
        for (const auto& column : table.columns) {
            KnownColumn own{1, 0, static_cast<double>(table.rows.value_or(0)), static_cast<double>(column.distinct.value_or(0))};
            const bool single = std::any_of(table.keys.begin(), table.keys.end(), [&](const schema::Key& key) {
                return key.kind != schema::KeyKind::foreign && key.columns.size() == 1 && key.columns[0] == column.name;
            });
            if (own.distinct <= 0 && single) own.distinct = own.rows;
            if (own.rows > 0 || own.distinct > 0) known[table.name + "." + column.name] = own;
        }
    return known;
}

void addKeys(KnownColumns& known, const schema::Schema& schema) {
    for (const auto& table : schema.tables) {
        double rows = static_cast<double>(table.rows.value_or(0));
        for (auto it = known.lower_bound(table.name + "."); it != known.end() && it->first.starts_with(table.name + "."); ++it)
            if (it->second.rows > 0) rows = it->second.rows;
        const auto add = [&](const std::vector<std::string>& columns) {
            if (rows > 0 && columns.size() > 1) known[nameOfSet(table.name, columns)] = {1, 0, rows, rows};
        };
        for (const auto& key : table.keys)
            if (key.kind != schema::KeyKind::foreign) add(key.columns);
        for (const auto& index : table.indexes)
            if (index.unique) add(index.columns);
    }
}

}  // namespace foreshard::models
