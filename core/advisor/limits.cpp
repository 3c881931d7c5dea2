// What a log, a schema or a number of shards keeps the advice from saying, a sentence each.
#include <fmt/format.h>

#include <algorithm>

#include "core/advisor/explain.h"
#include "core/base/words.h"

namespace foreshard::advisor {

namespace {

constexpr size_t mostNames = 5;          // in a sentence

// No column of it is bound often enough to be worth a key.
bool unbound(const CandidateTable& table) {
    return table.used && std::all_of(table.columns.begin(), table.columns.end(), [](const auto& column) { return column.share + column.rangeShare < 0.01; });
}

void sayUnbound(const Candidates& candidates, std::vector<std::string>& limits) {
    std::vector<std::string> names;
    for (const auto& table : candidates.tables)
        if (unbound(table)) names.push_back(table.name);
    if (names.empty()) return;
    if (names.size() == candidates.order.size())
        limits.emplace_back("No statement compares a column with a value: whatever the keys, every access goes to every shard. Only copies and tables left whole on one shard were weighed.");
    else
        limits.push_back(fmt::format("No statement compares a column of {} with a value: no key keeps {} accesses on one shard.", listed(names, mostNames), names.size() == 1 ? "its" : "their"));
}

void sayTables(const workload::Workload& workload, const Candidates& candidates, std::vector<std::string>& limits) {
    std::vector<std::string> undeclared, unused;
    const auto& tables = workload.facts->schema.tables;
    for (workload::TableId id = 0; id < tables.size(); ++id) {
        if (tables[id].fromLog) undeclared.push_back(candidates.tables[id].name);
        else if (!candidates.tables[id].used) unused.push_back(candidates.tables[id].name);
    }
    if (!undeclared.empty())
        limits.push_back(fmt::format("The schema does not declare {}: {} columns are known only as far as statements name them, keys and types not at all.", listed(undeclared, mostNames), undeclared.size() == 1 ? "its" : "their"));
    if (!unused.empty() && !candidates.order.empty())
        limits.push_back(fmt::format("No statement uses {}: no load speaks for a key there, only foreign keys do.", listed(unused, mostNames)));
}

}  // namespace

std::vector<std::string> limitsOf(const workload::Facts& facts) {
    std::vector<std::string> limits;
    for (const auto& source : facts.coverage) {
        const std::string name = source.source.empty() ? "The log" : source.source;
        if (source.minDurationMs) limits.push_back(fmt::format("{} holds only statements of at least {:g} ms, so shares of transactions cannot be said.", name, *source.minDurationMs));
        if (!source.selects) limits.push_back(fmt::format("{} holds no reads: designs are judged by writes alone.", name));
        if (!source.writes) limits.push_back(fmt::format("{} holds no writes: two-phase commits and copies' writes cannot be judged.", name));
        if (!source.literals) limits.push_back(fmt::format("{} holds no key values: which rows are used together, hot keys and load per shard cannot be said.", name));
        if (source.boundaries == workload::Boundaries::none) limits.push_back(fmt::format("{} does not say which statements form a transaction; each counts as one.", name));
        if (source.cutStatements > 0) limits.push_back(fmt::format("{} cut {} statements off; what they bind is not known.", name, source.cutStatements));
    }
    std::vector<std::string> unsized;
    for (const auto& table : facts.schema.tables)
        if (!table.rows) unsized.push_back(table.name);
    if (!unsized.empty())
        limits.push_back(fmt::format("Row counts of {} of {} tables are not known, so storage per shard cannot be said.", unsized.size(), facts.schema.tables.size()));
    return limits;
}

std::vector<std::string> undecidedOf(const workload::Workload& workload, const Candidates& candidates, uint32_t shards) {
    std::vector<std::string> limits;
    if (candidates.idle)
        limits.emplace_back("No committed transaction was logged, so nothing is known of the load: these designs follow from the schema's keys and foreign keys alone, and have no scores.");
    else if (!candidates.blind)
        sayUnbound(candidates, limits);
    sayTables(workload, candidates, limits);
    if (shards == 1) limits.emplace_back("With one shard there is nothing to decide: every table lies on it.");
    if (shards > countingSlots)
        limits.push_back(fmt::format("Load is counted in {} parts of the key space, so with {} shards the load of each is not known; the search worked with {} shards.", countingSlots, shards, countingSlots));
    return limits;
}

}  // namespace foreshard::advisor
