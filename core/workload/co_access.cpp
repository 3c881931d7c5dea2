#include "core/workload/co_access.h"

#include <algorithm>
#include <map>
#include <set>

namespace foreshard::workload {

namespace {

struct Sums {
    double transactions = 0, agree = 0, chance = 0;
};

const schema::Table& tableOf(const Facts& facts, ColumnId column) { return facts.schema.tables[facts.columns[column].table]; }

bool references(const Facts& facts, ColumnId child, ColumnId parent) {
    for (const auto& key : tableOf(facts, child).keys) {
        if (key.kind != schema::KeyKind::foreign || key.referencedTable != tableOf(facts, parent).qualifiedName()) continue;
        for (size_t i = 0; i < std::min(key.columns.size(), key.referencedColumns.size()); ++i)
            if (key.columns[i] == facts.columns[child].expression && key.referencedColumns[i] == facts.columns[parent].expression) return true;
    }
    return false;
}

bool isKeyAlone(const Facts& facts, ColumnId column) {
    const auto& keys = tableOf(facts, column).keys;
    return std::any_of(keys.begin(), keys.end(), [&](const schema::Key& key) {
        return key.kind != schema::KeyKind::foreign && key.columns.size() == 1 && key.columns[0] == facts.columns[column].expression;
    });
}

std::map<ColumnPair, Sums> sumsOf(const Facts& facts) {
    std::map<ColumnPair, Sums> sums;
    for (const auto& each : facts.classes)
        for (const auto& agreement : each.agreements) {
            const auto [left, right] = agreement.columns;
            if (facts.columns[left].table == facts.columns[right].table) continue;
            auto& sum = sums[agreement.columns];
            const double both = fromWeight(each.count) * agreement.boundBoth;
            sum.transactions += both;
            sum.agree += both * agreement.share;
            sum.chance += both * agreement.chance;
        }
    return sums;
}

}  // namespace

std::vector<CoAccess> coAccess(const Facts& facts, const CoAccessRules& rules) {
    std::set<ColumnPair> joined;
    for (const auto& each : facts.templates) joined.insert(each.joins.begin(), each.joins.end());
    std::vector<CoAccess> found;
    for (const auto& [columns, sum] : sumsOf(facts)) {
        if (sum.transactions < rules.leastTransactions) continue;
        CoAccess each{columns, sum.transactions, sum.agree / sum.transactions, sum.chance / sum.transactions, false, joined.contains(columns), {}};
        if (each.share < rules.leastShare || each.share - each.chance < rules.leastGain) continue;
        each.declared = references(facts, columns.left, columns.right) || references(facts, columns.right, columns.left);
        const bool left = isKeyAlone(facts, columns.left), right = isKeyAlone(facts, columns.right);
        if (left != right) each.parent = left ? columns.left : columns.right;
        found.push_back(each);
    }
    const auto gain = [](const CoAccess& c) { return (c.share - c.chance) * c.transactions; };
    std::stable_sort(found.begin(), found.end(), [&](const CoAccess& a, const CoAccess& b) { return gain(a) > gain(b); });
    if (found.size() > rules.most) found.resize(rules.most);
    return found;
}

}  // namespace foreshard::workload
