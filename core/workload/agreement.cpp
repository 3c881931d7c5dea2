#include "core/workload/agreement.h"

#include <absl/container/flat_hash_map.h>

#include <algorithm>

#include "core/base/hash.h"
#include "core/workload/names.h"

namespace foreshard::workload {

namespace {

constexpr size_t maxColumns = 48;
constexpr size_t maxPairs = 64;

// The columns of a class in the order of their ids, the most often bound ones where there are too many.
std::vector<ColumnId> columnsOf(const Facts& facts, const TransactionClass& each) {
    std::map<ColumnId, size_t> uses;
    for (const TemplateId id : each.templates)
        for (const auto& access : facts.templates[id].accesses)
            for (const auto& binding : access.bindings)
                if (binding.op == sql::Operator::equal || binding.op == sql::Operator::in) ++uses[binding.column];
    std::vector<std::pair<size_t, ColumnId>> ranked;
    for (const auto& [column, count] : uses) ranked.emplace_back(count, column);
    std::sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) { return a.first != b.first ? a.first > b.first : a.second < b.second; });
    if (ranked.size() > maxColumns) ranked.resize(maxColumns);
    std::vector<ColumnId> columns;
    for (const auto& entry : ranked) columns.push_back(entry.second);
    std::sort(columns.begin(), columns.end());
    return columns;
}

// What one transaction binds of each column, as the hash of its sorted values; 0: nothing.
std::vector<uint64_t> valueSets(const Facts& facts, const SampledTransaction& transaction, const std::vector<ColumnId>& columns) {
    std::vector<std::vector<uint64_t>> values(columns.size());
    for (const auto& call : transaction.calls)
        for (const auto& access : facts.templates[call.templateId].accesses)
            for (const auto& key : boundKeys(facts, call, access)) {
                const auto place = std::lower_bound(columns.begin(), columns.end(), key.column);
                if (key.range || place == columns.end() || *place != key.column) continue;
                for (const auto& value : key.values) values[static_cast<size_t>(place - columns.begin())].push_back(hashValue(value));
            }
    std::vector<uint64_t> sets;
    for (auto& list : values) {
        std::sort(list.begin(), list.end());
        list.erase(std::unique(list.begin(), list.end()), list.end());
        uint64_t hash = 0;
        for (const uint64_t value : list) hash = combineHash(hash, value);
        sets.push_back(list.empty() ? 0 : hash | 1);
    }
    return sets;
}

struct Sums {
    double both = 0, agree = 0;
    absl::flat_hash_map<uint64_t, std::pair<double, double>> shares;   // by value set: weight on the left, on the right
};

double chanceOf(const Sums& sums) {
    double chance = 0;
    if (sums.both <= 0) return 0;
    // Summed in the order of the hashes: the same on any machine.
    std::map<uint64_t, double> products;
    for (const auto& [set, weights] : sums.shares)
        if (weights.first > 0 && weights.second > 0) products[set] = (weights.first / sums.both) * (weights.second / sums.both);
    for (const auto& [set, product] : products) chance += product;
    return std::min(1.0, chance);
}

void agreementsOf(const Facts& facts, TransactionClass& each, const std::vector<const SampledTransaction*>& transactions) {
    each.agreements.clear();
    const auto columns = columnsOf(facts, each);
    if (columns.size() < 2 || transactions.empty()) return;
    double total = 0;
    std::vector<std::vector<uint64_t>> sets;
    for (const auto* transaction : transactions) {
        sets.push_back(valueSets(facts, *transaction, columns));
        total += static_cast<double>(transaction->weight);
    }
    for (size_t i = 0; i < columns.size(); ++i)
        for (size_t j = i + 1; j < columns.size(); ++j) {
            if (!comparable(facts.columns[columns[i]].type, facts.columns[columns[j]].type)) continue;
            Sums sums;
            for (size_t t = 0; t < sets.size(); ++t) {
                const uint64_t left = sets[t][i], right = sets[t][j];
                if (left == 0 || right == 0) continue;
                const auto weight = static_cast<double>(transactions[t]->weight);
                sums.both += weight;
                if (left == right) sums.agree += weight;
                sums.shares[left].first += weight;
                sums.shares[right].second += weight;
            }
            if (sums.both > 0) each.agreements.push_back({{columns[i], columns[j]}, sums.agree / sums.both, chanceOf(sums), sums.both / total});
        }
    const auto gain = [](const Agreement& a) { return (a.share - a.chance) * a.boundBoth; };
    std::stable_sort(each.agreements.begin(), each.agreements.end(), [&](const Agreement& a, const Agreement& b) { return gain(a) > gain(b); });
    if (each.agreements.size() > maxPairs) each.agreements.resize(maxPairs);
    std::sort(each.agreements.begin(), each.agreements.end(), [](const Agreement& a, const Agreement& b) { return a.columns < b.columns; });
}

}  // namespace

void computeAgreements(Facts& facts) {
    std::vector<std::vector<const SampledTransaction*>> byClass(facts.classes.size());
    for (const auto& transaction : facts.transactions)
        if (!transaction.aborted) byClass[transaction.classId].push_back(&transaction);
    for (size_t i = 0; i < facts.classes.size(); ++i) agreementsOf(facts, facts.classes[i], byClass[i]);
}

}  // namespace foreshard::workload
