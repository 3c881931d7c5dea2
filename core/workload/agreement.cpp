#include "core/workload/agreement.h"

#include <absl/container/flat_hash_map.h>

#include <algorithm>
#include <numeric>
#include <set>

#include "core/base/hash.h"
#include "core/base/threads.h"
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

// What an access of a template says of the wanted columns, where that needs no more than a look at its slots: each column
// bound once, by equality, none by a range.
struct PlainAccess {
    bool plain = true;
    std::vector<std::pair<size_t, const KeyBinding*>> bindings;   // place in the columns, binding
};

std::optional<size_t> placeOf(const std::vector<ColumnId>& columns, ColumnId column) {
    const auto place = std::lower_bound(columns.begin(), columns.end(), column);
    if (place == columns.end() || *place != column) return std::nullopt;
    return static_cast<size_t>(place - columns.begin());
}

PlainAccess plainAccess(const TableAccess& access, const std::vector<ColumnId>& columns) {
    PlainAccess out;
    std::set<ColumnId> seen;
    for (const auto& binding : access.bindings) {
        out.plain &= (binding.op == sql::Operator::equal || binding.op == sql::Operator::in) && seen.insert(binding.column).second;
        if (const auto place = placeOf(columns, binding.column)) out.bindings.emplace_back(*place, &binding);
    }
    return out;
}

// Collects, by column, the hashes of the values that the transactions of one class bind.
class ValueSets {
public:
    ValueSets(const Facts& facts, const std::vector<ColumnId>& columns) : facts_(facts), columns_(columns), values_(columns.size()) {}

    // What one transaction binds of each column, as the hash of its sorted values; 0: nothing.
    std::vector<uint64_t> of(const SampledTransaction& transaction) {
        for (auto& list : values_) list.clear();
        for (const auto& call : transaction.calls) addCall(call);
        std::vector<uint64_t> sets;
        for (auto& list : values_) {
            std::sort(list.begin(), list.end());
            list.erase(std::unique(list.begin(), list.end()), list.end());
            uint64_t hash = 0;
            for (const uint64_t value : list) hash = combineHash(hash, value);
            sets.push_back(list.empty() ? 0 : hash | 1);
        }
        return sets;
    }

private:
    void addCall(const SampledCall& call) {
        const auto& accesses = facts_.templates[call.templateId].accesses;
        auto& plain = plain_[call.templateId];
        if (plain.empty())
            for (const auto& access : accesses) plain.push_back(plainAccess(access, columns_));
        for (size_t i = 0; i < accesses.size(); ++i) {
            if (plain[i].plain) addPlainly(call, accesses[i], plain[i]);
            else addBound(call, accesses[i]);
        }
    }

    void addBound(const SampledCall& call, const TableAccess& access) {
        for (const auto& key : boundKeys(facts_, call, access)) {
            const auto place = key.range ? std::nullopt : placeOf(columns_, key.column);
            if (!place) continue;
            for (const auto& value : key.values) values_[*place].push_back(hashValue(value));
        }
    }

    void addPlainly(const SampledCall& call, const TableAccess& access, const PlainAccess& plain) {
        for (const auto& [place, binding] : plain.bindings) {
            const size_t before = values_[place].size();
            for (const uint32_t slot : binding->slots) {
                if (addSlot(call, slot, values_[place])) continue;
                values_[place].resize(before);
                break;
            }
        }
        for (const auto& key : call.propagated) {
            if (key.range || facts_.columns[key.column].table != access.table) continue;
            const auto place = placeOf(columns_, key.column);
            if (!place || bindsKnown(call, plain, *place)) continue;
            for (const auto& value : key.values) values_[*place].push_back(hashValue(value));
        }
    }

    // False where one of the slot's values is not known: then the binding says nothing.
    static bool addSlot(const SampledCall& call, uint32_t slot, std::vector<uint64_t>& into) {
        if (slot >= call.slots.size() || call.slots[slot].empty()) return false;
        for (const auto& value : call.slots[slot]) {
            if (value.kind == ValueKind::missing) return false;
            into.push_back(hashValue(value));
        }
        return true;
    }

    bool bindsKnown(const SampledCall& call, const PlainAccess& plain, size_t place) {
        for (const auto& [bound, binding] : plain.bindings) {
            if (bound != place || binding->slots.empty()) continue;
            scratch_.clear();
            return std::all_of(binding->slots.begin(), binding->slots.end(), [&](uint32_t slot) { return addSlot(call, slot, scratch_); });
        }
        return false;
    }

    const Facts& facts_;
    const std::vector<ColumnId>& columns_;
    std::vector<std::vector<uint64_t>> values_;
    absl::flat_hash_map<TemplateId, std::vector<PlainAccess>> plain_;
    std::vector<uint64_t> scratch_;
};

// What each transaction of a class binds of each column: the place of its value set among those of the class, in the order
// of their hashes (sums in that order are the same on any machine); `nothing` where it binds none.
struct ValueTable {
    static constexpr uint32_t nothing = UINT32_MAX;
    std::vector<std::vector<uint32_t>> columns;    // [column][transaction]
    size_t sets = 0;
};

ValueTable valueTable(const Facts& facts, const std::vector<ColumnId>& columns, const std::vector<const SampledTransaction*>& transactions) {
    ValueSets valueSets(facts, columns);
    std::vector<std::vector<uint64_t>> hashes;
    std::vector<uint64_t> all;
    for (const auto* transaction : transactions) {
        hashes.push_back(valueSets.of(*transaction));
        for (const uint64_t hash : hashes.back())
            if (hash != 0) all.push_back(hash);
    }
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    absl::flat_hash_map<uint64_t, uint32_t> places;
    places.reserve(all.size());
    for (const uint64_t hash : all) places.emplace(hash, static_cast<uint32_t>(places.size()));
    ValueTable table{std::vector<std::vector<uint32_t>>(columns.size(), std::vector<uint32_t>(transactions.size(), ValueTable::nothing)), all.size()};
    for (size_t t = 0; t < hashes.size(); ++t)
        for (size_t c = 0; c < columns.size(); ++c)
            if (hashes[t][c] != 0) table.columns[c][t] = places.find(hashes[t][c])->second;
    return table;
}

// Sums over the pairs of columns of a class; keeps its arrays from pair to pair.
class PairSums {
public:
    PairSums(const ValueTable& table, std::vector<double> weights) : table_(table), weights_(std::move(weights)), left_(table.sets), right_(table.sets) {
        for (const double weight : weights_) total_ += weight;
    }

    // False where no transaction binds both.
    bool sum(size_t i, size_t j, Agreement& into) {
        const auto &left = table_.columns[i], &right = table_.columns[j];
        std::fill(left_.begin(), left_.end(), 0.0);
        std::fill(right_.begin(), right_.end(), 0.0);
        double both = 0, agree = 0;
        for (size_t t = 0; t < weights_.size(); ++t) {
            if (left[t] == ValueTable::nothing || right[t] == ValueTable::nothing) continue;
            both += weights_[t];
            if (left[t] == right[t]) agree += weights_[t];
            left_[left[t]] += weights_[t];
            right_[right[t]] += weights_[t];
        }
        if (both <= 0) return false;
        double chance = 0;
        for (size_t set = 0; set < left_.size(); ++set)
            if (left_[set] > 0 && right_[set] > 0) chance += (left_[set] / both) * (right_[set] / both);
        into.share = agree / both;
        into.chance = std::min(1.0, chance);
        into.boundBoth = both / total_;
        return true;
    }

private:
    const ValueTable& table_;
    std::vector<double> weights_;
    std::vector<double> left_, right_;             // by value set
    double total_ = 0;
};

void agreementsOf(const Facts& facts, TransactionClass& each, const std::vector<const SampledTransaction*>& transactions) {
    each.agreements.clear();
    const auto columns = columnsOf(facts, each);
    if (columns.size() < 2 || transactions.empty()) return;
    const ValueTable table = valueTable(facts, columns, transactions);
    std::vector<double> weights;
    for (const auto* transaction : transactions) weights.push_back(static_cast<double>(transaction->weight));
    PairSums sums(table, std::move(weights));
    for (size_t i = 0; i < columns.size(); ++i)
        for (size_t j = i + 1; j < columns.size(); ++j) {
            Agreement pair{{columns[i], columns[j]}};
            if (comparable(facts.columns[columns[i]].type, facts.columns[columns[j]].type) && sums.sum(i, j, pair)) each.agreements.push_back(pair);
        }
    const auto gain = [](const Agreement& a) { return (a.share - a.chance) * a.boundBoth; };
    std::stable_sort(each.agreements.begin(), each.agreements.end(), [&](const Agreement& a, const Agreement& b) { return gain(a) > gain(b); });
    if (each.agreements.size() > maxPairs) each.agreements.resize(maxPairs);
    std::sort(each.agreements.begin(), each.agreements.end(), [](const Agreement& a, const Agreement& b) { return a.columns < b.columns; });
}

}  // namespace

void computeAgreements(Facts& facts, unsigned threads) {
    std::vector<std::vector<const SampledTransaction*>> byClass(facts.classes.size());
    for (const auto& transaction : facts.transactions)
        if (!transaction.aborted) byClass[transaction.classId].push_back(&transaction);
    // The classes with the most transactions first, so that none of them is the last to be begun.
    std::vector<size_t> order(byClass.size());
    std::iota(order.begin(), order.end(), size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return byClass[a].size() > byClass[b].size(); });
    constexpr size_t worthThreads = 512;           // transactions
    forEachIndex(facts.transactions.size() < worthThreads ? 1 : threads, order.size(),
                 [&](size_t i) { agreementsOf(facts, facts.classes[order[i]], byClass[order[i]]); });
}

}  // namespace foreshard::workload
