// Which columns travel together: equality of their value sets inside transactions, against what rotating one side by some
// transactions gives (chance), as Cohen's kappa.
#include <algorithm>

#include "core/advisor/candidates.h"
#include "core/base/hash.h"

namespace foreshard::advisor {

using cost::KeyUse;
using workload::ColumnId;

namespace {

constexpr size_t comparedTransactions = 3'000;
constexpr size_t enough = 20;          // transactions that bind both
constexpr double kappaLimit = 0.5;

struct ValueSet {
    uint32_t transaction = 0;
    uint64_t hash = 0;
};

// What each transaction binds the column to, as one hash of the set; sorted by transaction.
std::vector<ValueSet> valueSets(const cost::Sample& sample, ColumnId column, size_t step) {
    const KeyUse& use = sample.columnUse(column);
    const auto& touches = sample.touches(sample.facts().columns[column].table);
    std::vector<ValueSet> sets;
    std::vector<uint64_t> values;
    for (size_t i = 0; i < use.entries.size();) {
        const uint32_t touch = use.entries[i].touch;
        values.clear();
        for (; i < use.entries.size() && use.entries[i].touch == touch; ++i)
            if (!(use.entries[i].item & KeyUse::complexItem)) values.push_back(use.pointHashes[use.entries[i].item]);
        if (values.empty() || touches[touch].transaction % step != 0) continue;
        std::sort(values.begin(), values.end());
        values.erase(std::unique(values.begin(), values.end()), values.end());
        uint64_t hash = 0;
        for (const uint64_t value : values) hash = combineHash(hash, value);
        sets.push_back({touches[touch].transaction, hash});
    }
    return sets;
}

// Nothing where too few transactions bind both, or they agree no more than by chance.
std::optional<Link> compare(const std::vector<ValueSet>& left, const std::vector<ValueSet>& right) {
    std::vector<std::pair<uint64_t, uint64_t>> both;
    for (size_t i = 0, j = 0; i < left.size() && j < right.size();) {
        if (left[i].transaction < right[j].transaction) ++i;
        else if (right[j].transaction < left[i].transaction) ++j;
        else both.emplace_back(left[i++].hash, right[j++].hash);
    }
    if (both.size() < enough) return std::nullopt;
    const auto agreeing = [&](size_t rotation) {
        size_t equal = 0;
        for (size_t i = 0; i < both.size(); ++i) equal += both[i].first == both[(i + rotation) % both.size()].second;
        return static_cast<double>(equal) / static_cast<double>(both.size());
    };
    const double share = agreeing(0);
    if (share < kappaLimit) return std::nullopt;
    const double chance = (agreeing(both.size() / 2) + agreeing(both.size() / 3) + agreeing(both.size() / 5)) / 3;
    if (chance > 0.999 || (share - chance) / (1 - chance) < kappaLimit) return std::nullopt;
    Link link;
    link.kind = LinkKind::agreement;
    link.strength = share;
    link.weight = static_cast<double>(both.size());
    return link;
}

bool comparable(ValueType a, ValueType b) {
    const auto numeric = [](ValueType t) { return t == ValueType::integer || t == ValueType::decimal; };
    const auto text = [](ValueType t) { return t == ValueType::text || t == ValueType::paddedText; };
    return a == b || (numeric(a) && numeric(b)) || (text(a) && text(b));
}

}  // namespace

std::vector<Link> agreementsOf(const cost::Sample& sample, const std::vector<ColumnId>& columns) {
    const size_t step = std::max<size_t>(1, sample.transactions().size() / comparedTransactions);
    std::vector<std::vector<ValueSet>> sets;
    for (const ColumnId column : columns) sets.push_back(valueSets(sample, column, step));
    std::vector<Link> links;
    const auto& all = sample.facts().columns;
    for (size_t i = 0; i < columns.size(); ++i) {
        for (size_t j = i + 1; j < columns.size(); ++j) {
            const auto& a = all[columns[i]];
            const auto& b = all[columns[j]];
            if (a.table == b.table || !comparable(a.type, b.type)) continue;
            auto link = compare(sets[i], sets[j]);
            if (!link) continue;
            link->left = std::min(columns[i], columns[j]);
            link->right = std::max(columns[i], columns[j]);
            links.push_back(*link);
        }
    }
    return links;
}

}  // namespace foreshard::advisor
