#include "core/advisor/crossing.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "core/advisor/learned_pairs.h"
#include "core/advisor/offers.h"
#include "core/base/units.h"

namespace foreshard::advisor {

using cost::TouchShards;
using sharding::Strategy;
using sharding::TableDesign;
using workload::ColumnId;
using workload::TableId;

namespace {

struct Kind {                            // the transactions of a class that are on several shards
    Weight weight = 0;
    double visits = 0;                   // weighted
    std::vector<uint32_t> transactions;  // of the sample
};

class Finder {
public:
    explicit Finder(const Explained& subject) : s_(subject), sample_(*subject.basis.sample), evaluator_(subject.basis, subject.design.shards) { evaluator_.set(subject.design); }

    std::vector<Crossing> run(size_t most) {
        std::map<uint32_t, Kind> kinds = this->kinds();
        std::vector<std::pair<double, uint32_t>> order;
        for (const auto& [classId, kind] : kinds) order.emplace_back(-(kind.visits - fromWeight(kind.weight)), classId);
        std::sort(order.begin(), order.end());
        std::vector<Crossing> out;
        for (size_t i = 0; i < std::min(order.size(), most); ++i) out.push_back(describe(order[i].second, kinds[order[i].second]));
        return out;
    }

private:
    std::map<uint32_t, Kind> kinds() const {
        std::map<uint32_t, Kind> kinds;
        for (uint32_t t = 0; t < sample_.transactions().size(); ++t) {
            const uint32_t fanOut = evaluator_.footprint(t).fanOut();
            if (fanOut < 2) continue;
            Kind& kind = kinds[classOf(t)];
            const Weight weight = sample_.transactions()[t].weight;
            kind.weight += weight;
            kind.visits += fromWeight(weight) * fanOut;
            kind.transactions.push_back(t);
        }
        return kinds;
    }

    uint32_t classOf(uint32_t transaction) const { return s_.workload.facts->transactions[sample_.sourceOf(transaction)].classId; }
    double share(Weight weight) const { return sample_.committed() > 0 ? static_cast<double>(weight) / static_cast<double>(sample_.committed()) : 0; }

    Crossing describe(uint32_t classId, const Kind& kind) {
        Crossing out;
        const auto& facts = *s_.workload.facts;
        if (classId < facts.classes.size())
            for (const auto id : facts.classes[classId].templates) out.statements.push_back(facts.templates[id].text);
        out.share = share(kind.weight);
        out.fanOut = kind.visits / fromWeight(kind.weight);
        explain(kind, out);
        return out;
    }

    // The table whose accesses most often go to several shards by themselves; without one, keys of several rows disagree.
    void explain(const Kind& kind, Crossing& out) {
        std::map<TableId, size_t> wide;
        for (const uint32_t t : kind.transactions)
            for (const auto& touch : sample_.touchesOf(sample_.transactions()[t])) {
                const TouchShards* shards = evaluator_.touchOf(t, touch.table);
                sharding::ShardSet all = shards->reads;
                all.unite(shards->writes);
                if (all.count() > 1) ++wide[touch.table];
            }
        if (wide.empty()) {
            out.why = "It uses rows of several keys, and these lie on different shards.";
            return;
        }
        const TableId table = std::max_element(wide.begin(), wide.end(), [](const auto& a, const auto& b) { return a.second < b.second; })->first;
        explainTable(kind, table, out);
    }

    void explainTable(const Kind& kind, TableId table, Crossing& out) {
        const std::string& name = s_.candidates.tables[table].name;
        const TableDesign& design = evaluator_.design(table);
        if (design.strategy == Strategy::reference) {
            out.why = fmt::format("It writes {}, of which every shard has a copy.", name);
            return;
        }
        if (!design.keyed()) {
            out.why = fmt::format("It uses {}, which lies on one shard alone.", name);
            return;
        }
        const std::string key = design.key[0].expression;
        if (binds(kind, table, design)) {
            out.why = fmt::format("It uses several values of {}.{} at once.", name, key);
            return;
        }
        const auto column = boundInstead(kind, table);
        out.why = column ? fmt::format("It names {} by {} and not by {}, so every shard is asked.", name, s_.workload.facts->columns[*column].expression, key)
                         : fmt::format("It names no value of {}.{}, so every shard is asked.", name, key);
        out.fix = fmt::format("Add {} to the statement's conditions.", key);
        if (column) tryLookup(kind, table, *column, out);
    }

    // Do the accesses of these transactions bind the key, though to several values?
    bool binds(const Kind& kind, TableId table, const TableDesign& design) const {
        const auto& use = sample_.keyUse(table, design.key, s_.design.lookupsOf(design.table));
        size_t bound = 0, all = 0;
        for (const uint32_t t : kind.transactions)
            for (const auto& touch : sample_.touchesOf(sample_.transactions()[t])) {
                if (touch.table != table) continue;
                ++all;
                const auto first = std::partition_point(use.entries.begin(), use.entries.end(), [&](const auto& e) { return e.touch < touch.touch; });
                uint32_t accesses = 0;
                for (auto e = first; e != use.entries.end() && e->touch == touch.touch; ++e) accesses += e->reads + e->writes;
                const auto& counts = sample_.touches(table)[touch.touch];
                bound += accesses >= counts.reads + counts.writes;
            }
        return bound * 2 > all;
    }

    // The column that these accesses bind to one value most often; ties by id.
    std::optional<ColumnId> boundInstead(const Kind& kind, TableId table) const {
        std::optional<ColumnId> best;
        size_t most = 0;
        for (const auto& column : s_.candidates.tables[table].columns) {
            if (column.id == noColumn) continue;
            const auto& use = sample_.columnUse(column.id);
            size_t bound = 0;
            for (const uint32_t t : kind.transactions)
                for (const auto& touch : sample_.touchesOf(sample_.transactions()[t])) {
                    if (touch.table != table) continue;
                    const auto first = std::partition_point(use.entries.begin(), use.entries.end(), [&](const auto& e) { return e.touch < touch.touch; });
                    bound += first != use.entries.end() && first->touch == touch.touch && !(first->item & cost::KeyUse::complexItem);
                }
            if (bound > most) most = bound, best = column.id;
        }
        return 2 * most > kind.transactions.size() ? best : std::nullopt;
    }

    // What the transactions would visit if a table told the key for this column.
    void tryLookup(const Kind& kind, TableId table, ColumnId column, Crossing& out) {
        const TableDesign design = evaluator_.design(table);
        const auto& from = s_.workload.facts->columns[column];
        const auto* key = columnOf(s_.candidates, table, s_.evaluator.plan().choices[table]);
        if (!key || key->classId == noClass || design.key.size() != 1) return;
        const LearnedPairs learned(sample_, columnsLike(s_.candidates, table, column), s_.candidates.classes[key->classId].columns);
        auto lookups = s_.design.lookupsOf(design.table);
        const auto slots = s_.design.slotMaps.find(design.group);
        const auto* map = slots == s_.design.slotMaps.end() ? nullptr : &slots->second;
        const auto own = lookups;
        lookups.push_back({design.table, {{from.expression, from.column, from.type}}, design.key, true, {}});
        evaluator_.set(table, design, map, lookups, &learned);
        Weight weight = 0;
        double visits = 0;
        for (const uint32_t t : kind.transactions) {
            const uint32_t fanOut = evaluator_.footprint(t).fanOut();
            visits += fromWeight(sample_.transactions()[t].weight) * fanOut;
            if (fanOut > 1) weight += sample_.transactions()[t].weight;
        }
        evaluator_.set(table, design, map, own);
        if (share(weight) > 0.5 * out.share) return;
        out.shareAfter = share(weight);
        out.fanOutAfter = visits / fromWeight(kind.weight);
        out.fix = fmt::format("A lookup table from {} to {}, kept by {} of transactions, leaves {} of transactions of this kind on several shards. Or add {} to the statement's conditions.", from.expression,
                              design.key[0].expression, formatShare(share(upkeepOf(s_, table, column))), formatShare(*out.shareAfter), design.key[0].expression);
    }

    const Explained& s_;
    const cost::Sample& sample_;
    cost::Evaluator evaluator_;
};

}  // namespace

std::vector<Crossing> crossingsOf(const Explained& subject, size_t most) { return Finder(subject).run(most); }

}  // namespace foreshard::advisor
