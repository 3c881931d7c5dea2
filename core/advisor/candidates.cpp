#include "core/advisor/candidates.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/connected_components.hpp>
#include <bit>
#include <numeric>
#include <set>

#include "core/advisor/derived.h"
#include "core/advisor/steering.h"
#include "core/base/hash.h"
#include "core/cost/balance.h"
#include "core/sharding/key_expression.h"

namespace foreshard::advisor {

using workload::ColumnId;
using workload::TableId;
using workload::Workload;

namespace {

// A column that fewer of a table's accesses bind is no candidate, unless a key or a pin names it.
constexpr double leastShare = 0.01;
constexpr size_t columnsPerTable = 12;

class Finder {
public:
    Finder(const Workload& workload, const cost::Basis& basis, const Options& options)
        : workload_(workload), facts_(*workload.facts), basis_(basis), options_(options) {
        out_.shards = options.shards;
    }

    Result<Candidates> run() {
        const bool noLiterals = !facts_.coverage.empty() && std::none_of(facts_.coverage.begin(), facts_.coverage.end(), [](const auto& source) { return source.literals; });
        out_.idle = idle(facts_);
        out_.blind = noLiterals || out_.idle;
        if (out_.blind) countByText();
        for (TableId id = 0; id < facts_.schema.tables.size(); ++id) addTable(id);
        FS_TRY(addSteering(facts_, options_, out_));
        if (options_.today && options_.today->shards > 1 && options_.today->shards != out_.shards) out_.growsFrom = options_.today->shards;
        orderTables();
        findLinks();
        makeClasses();
        fixLockedSlots(out_);
        if (!out_.blind) addDerived();
        if (options_.today)
            for (auto& table : out_.tables) findToday(table);
        return std::move(out_);
    }

private:
    void addTable(TableId id) {
        CandidateTable table;
        table.name = facts_.schema.tables[id].qualifiedName();
        if (!out_.idle) {
            for (const auto& access : basis_.loads.totals(id)) {
                table.reads += access.reads;
                table.writes += access.writes;
            }
            table.used = table.reads + table.writes > 0 || !basis_.sample->touches(id).empty();
        }
        for (ColumnId column = 0; column < facts_.columns.size(); ++column)
            if (facts_.columns[column].table == id)
                if (auto candidate = makeColumn(column, table)) table.columns.push_back(std::move(*candidate));
        std::sort(table.columns.begin(), table.columns.end(), [](const auto& a, const auto& b) {
            if (a.share != b.share) return a.share > b.share;
            if (a.keys != b.keys) return a.keys > b.keys;
            return a.signature != b.signature ? a.signature < b.signature : a.id < b.id;
        });
        if (table.columns.size() > columnsPerTable) table.columns.resize(columnsPerTable);
        table.signature = combineHash(std::bit_cast<uint64_t>(table.reads), std::bit_cast<uint64_t>(table.writes));
        for (const auto& column : table.columns) table.signature = combineHash(table.signature, column.signature);
        out_.tables.push_back(std::move(table));
    }

    // Without literals: calls whose text compares the column for equality, or inserts it.
    void countByText() {
        boundByText_.resize(facts_.columns.size());
        accessesByText_.resize(facts_.schema.tables.size());
        for (workload::TemplateId id = 0; id < facts_.templates.size() && id < workload_.rates.templates.size(); ++id) {
            double calls = 0;
            for (const auto& point : workload_.rates.templates[id].points) calls += basis_.loads.covers(point.interval) ? fromWeight(point.calls) : 0;
            for (const auto& access : facts_.templates[id].accesses) {
                accessesByText_[access.table] += calls;
                std::vector<ColumnId> bound;
                for (const auto& binding : access.bindings)
                    if (binding.op == sql::Operator::equal || binding.op == sql::Operator::in) bound.push_back(binding.column);
                std::sort(bound.begin(), bound.end());
                bound.erase(std::unique(bound.begin(), bound.end()), bound.end());
                for (const ColumnId column : bound) boundByText_[column] += calls;
            }
        }
    }

    std::optional<CandidateColumn> makeColumn(ColumnId id, const CandidateTable& table) const {
        const auto& column = facts_.columns[id];
        CandidateColumn out;
        out.id = id;
        out.part = {column.expression, column.column, column.type};
        if (!sharding::computable(out.part)) return std::nullopt;
        const auto bound = basis_.loads.bound(id);
        const double all = out_.blind ? accessesByText_[column.table] : table.reads + table.writes;
        const double accesses = out_.blind ? boundByText_[id] : bound.bound.reads + bound.bound.writes;
        out.share = all > 0 ? std::min(1.0, accesses / all) : 0;
        const auto& use = basis_.sample->columnUse(id);
        out.keys = static_cast<uint32_t>(use.points.size());
        out.rangeShare = rangeShare(use, column.table);
        out.signature = signatureOf(id);
        const bool oneValue = !out_.blind && table.used && out.keys == 1 && out.rangeShare == 0;
        if ((out.share + out.rangeShare < leastShare || oneValue) && !namedByKey(column)) return std::nullopt;
        return out;
    }

    double rangeShare(const cost::KeyUse& use, TableId table) const {
        double ranged = 0, all = 0;
        for (const auto& touch : basis_.sample->touches(table)) all += touch.reads + touch.writes;
        for (const auto& entry : use.entries) {
            if (!(entry.item & cost::KeyUse::complexItem)) continue;
            const auto& keys = use.others[entry.item & ~cost::KeyUse::complexItem].before;
            if (keys.front().kind == sharding::KeyConstraint::Kind::range) ranged += entry.reads + entry.writes;
        }
        return all > 0 ? ranged / all : 0;
    }

    bool namedByKey(const workload::KeyColumn& column) const {
        if (column.column != column.expression) return false;
        const auto& keys = facts_.schema.tables[column.table].keys;
        return std::any_of(keys.begin(), keys.end(), [&](const schema::Key& key) {
            return std::find(key.columns.begin(), key.columns.end(), column.column) != key.columns.end();
        });
    }

    uint64_t signatureOf(ColumnId id) const {
        uint64_t hash = 0;
        for (const double accesses : basis_.loads.slotLoad(id)) hash = combineHash(hash, std::bit_cast<uint64_t>(accesses));
        return hash;
    }

    std::optional<TableId> findTable(const std::string& name) const {
        for (TableId id = 0; id < out_.tables.size(); ++id)
            if (out_.tables[id].name == name) return id;
        const auto found = facts_.schema.find({}, name);
        return found ? std::optional<TableId>(*found) : std::nullopt;
    }

    void orderTables() {
        for (TableId id = 0; id < out_.tables.size(); ++id)
            if (out_.tables[id].used) out_.order.push_back(id);
        std::sort(out_.order.begin(), out_.order.end(), [&](TableId a, TableId b) {
            const auto& x = out_.tables[a];
            const auto& y = out_.tables[b];
            if (x.reads + x.writes != y.reads + y.writes) return x.reads + x.writes > y.reads + y.writes;
            return x.signature != y.signature ? x.signature < y.signature : a < b;
        });
    }

    std::vector<ColumnId> allColumns() const {
        std::vector<ColumnId> columns;
        for (const auto& table : out_.tables)
            for (const auto& column : table.columns)
                if (column.id != noColumn) columns.push_back(column.id);
        std::sort(columns.begin(), columns.end());
        return columns;
    }

    void findLinks() {
        out_.links = agreementsOf(*basis_.sample, allColumns());
        std::map<workload::ColumnPair, double> joins;
        for (workload::TemplateId id = 0; id < facts_.templates.size(); ++id) {
            double calls = 0;
            if (id < workload_.rates.templates.size())
                for (const auto& point : workload_.rates.templates[id].points) calls += basis_.loads.covers(point.interval) ? fromWeight(point.calls) : 0;
            for (const auto& pair : facts_.templates[id].joins) joins[pair] += calls;
        }
        for (const auto& [pair, calls] : joins)
            if (facts_.columns[pair.left].table != facts_.columns[pair.right].table) out_.links.push_back({pair.left, pair.right, LinkKind::join, 1, calls});
        for (TableId id = 0; id < facts_.schema.tables.size(); ++id)
            for (const auto& key : facts_.schema.tables[id].keys) addForeignKey(id, key);
    }

    void addForeignKey(TableId id, const schema::Key& key) {
        if (key.kind != schema::KeyKind::foreign) return;
        const auto parent = findTable(key.referencedTable);
        if (!parent || key.columns.size() != key.referencedColumns.size()) return;
        for (size_t i = 0; i < key.columns.size(); ++i) {
            const auto a = facts_.findColumn(id, key.columns[i]), b = facts_.findColumn(*parent, key.referencedColumns[i]);
            if (a && b && *a != *b) out_.links.push_back({std::min(*a, *b), std::max(*a, *b), LinkKind::foreignKey, 1, 0});
        }
    }

    void makeClasses() {
        boost::adjacency_list<boost::vecS, boost::vecS, boost::undirectedS> graph(facts_.columns.size());
        for (const auto& link : out_.links)
            if (sharding::hashAlike(facts_.columns[link.left].type, facts_.columns[link.right].type)) boost::add_edge(link.left, link.right, graph);
        std::vector<int> component(facts_.columns.size());
        boost::connected_components(graph, component.data());
        std::map<int, ColumnClass> classes;
        std::map<int, uint64_t> signatures;
        for (const auto& table : out_.tables)
            for (const auto& column : table.columns) {
                if (column.id == noColumn) continue;
                auto& each = classes[component[column.id]];
                each.columns.push_back(column.id);
                each.weight += column.share * (table.reads + table.writes);
                signatures[component[column.id]] += column.signature;
            }
        std::vector<std::pair<uint64_t, ColumnClass>> ranked;
        for (auto& [id, each] : classes) ranked.emplace_back(signatures[id], std::move(each));
        std::stable_sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) {
            return a.second.weight != b.second.weight ? a.second.weight > b.second.weight : a.first < b.first;
        });
        for (auto& entry : ranked) finishClass(std::move(entry.second));
        if (!out_.blind && out_.shards > 1)
            for (uint32_t id = 0; id < out_.classes.size(); ++id) findSplits(id);
        for (uint32_t id = 0; id < out_.classes.size(); ++id) addPinnedSplits(id);
    }

    // A key of two parts that somebody pinned, whether or not a key is hot.
    void addPinnedSplits(uint32_t id) {
        constexpr uint32_t fewShards = 8;    // that the first part alone finds
        ColumnClass& each = out_.classes[id];
        for (const auto& table : out_.tables) {
            if (table.pinnedSecond == noColumn || table.columns.front().classId != id) continue;
            const uint32_t second = table.columns[table.pinnedSecond].classId;
            const bool there = std::any_of(each.splits.begin(), each.splits.end(), [&](const Split& split) { return split.second == second; });
            const uint32_t spread = std::bit_ceil(std::clamp(out_.shards, 2u, fewShards));
            if (!there) each.splits.push_back({second, spread, cost::balanceFamilies(slotWeights(basis_, chosen_[id]), std::min(out_.shards, countingSlots), spread, true), true});
        }
    }

    // Splits for a class of which one counting slot carries nearly a shard's share or more, by the classes whose columns most of
    // its accesses bind too.
    void findSplits(uint32_t id) {
        constexpr size_t most = 2;
        constexpr double hot = 0.8, hotForAWhile = 0.5, bindBoth = 0.3;
        ColumnClass& each = out_.classes[id];
        const std::vector<double> weights = slotWeights(basis_, chosen_[id]);
        const double all = std::accumulate(weights.begin(), weights.end(), 0.0), hottest = *std::max_element(weights.begin(), weights.end());
        const auto moving = basis_.loads.hottestInAWindow(chosen_[id]);
        const bool lasting = hottest / all * out_.shards >= hot, drifting = !lasting && moving.slots >= 2 && moving.share * out_.shards >= hotForAWhile;
        if (!(all > 0) || !(lasting || drifting)) return;
        std::map<uint32_t, double> both;
        double accesses = 0;
        for (const auto& table : out_.tables) {
            const CandidateColumn* first = columnIn(table, id);
            if (!first) continue;
            accesses += table.reads + table.writes;
            std::set<uint32_t> seen;
            for (const auto& column : table.columns)
                if (column.id != noColumn && column.classId != id && column.classId != noClass && column.keys > 1 && seen.insert(column.classId).second)
                    both[column.classId] += (table.reads + table.writes) * std::min(first->share, column.share);
        }
        std::vector<std::pair<double, uint32_t>> ranked;
        for (const auto& [second, weight] : both)
            if (weight >= bindBoth * accesses) ranked.emplace_back(-weight, second);
        std::sort(ranked.begin(), ranked.end());
        // Twice as many slots as the hottest key needs, so that they can be dealt evenly.
        const auto spread = std::bit_ceil(static_cast<uint32_t>(std::clamp(2 * (lasting ? hottest / all : moving.share) * out_.shards, 2.0, 256.0)));
        for (size_t i = 0; i < std::min(most, ranked.size()); ++i) each.splits.push_back({ranked[i].second, spread, cost::balanceFamilies(weights, out_.shards, spread, drifting), drifting});
    }

    static const CandidateColumn* columnIn(const CandidateTable& table, uint32_t classId) {
        const auto found = std::find_if(table.columns.begin(), table.columns.end(), [&](const auto& column) { return column.classId == classId && column.id != noColumn; });
        return found == table.columns.end() ? nullptr : &*found;
    }

    bool pinnedTo(const std::vector<ColumnId>& columns, uint32_t shape) const {
        return std::any_of(columns.begin(), columns.end(), [&](ColumnId id) { return out_.tables[facts_.columns[id].table].pinnedShape == shape; });
    }

    // Names for heavy keys; and a ring where there is one, where the number of shards changes, or where one is asked for.
    void addPlacements(ColumnClass& each, const std::vector<ColumnId>& chosen, const std::vector<double>& weights) const {
        if (out_.blind || out_.shards < 2) return;
        each.directory = directoryOf(basis_, chosen, out_.shards, each.today, pinnedTo(each.columns, directoryShape) ? out_.shards : 0);
        constexpr size_t mostRings = 8;      // of the heaviest classes, to compare with
        if ((out_.growsFrom > 0 && out_.classes.size() < mostRings) || !each.todaysRing.weights.empty() || pinnedTo(each.columns, ringShape))
            each.ring = cost::balanceRing(weights, out_.shards, each.todaysRing.weights.empty() ? nullptr : &each.todaysRing);
    }

    void finishClass(ColumnClass each) {
        std::sort(each.columns.begin(), each.columns.end());
        const auto id = static_cast<uint32_t>(out_.classes.size());
        // One column of each table, the one bound most: what a group of this class would most likely have.
        std::vector<ColumnId> chosen;
        for (auto& table : out_.tables) {
            bool first = true;
            for (auto& column : table.columns) {
                if (column.id == noColumn || !std::binary_search(each.columns.begin(), each.columns.end(), column.id)) continue;
                column.classId = id;
                if (first) chosen.push_back(column.id);
                first = false;
            }
        }
        chosen_.push_back(chosen);
        findToday(chosen, each);
        const std::vector<double> weights = slotWeights(basis_, chosen);
        each.slots = each.today.slots.shardOfSlot.empty() ? cost::balanceSlots(weights, out_.shards) : cost::rebalanceSlots(each.today.slots, weights, out_.shards);
        each.ranges = balancedRanges(basis_, chosen, out_.shards);
        addPlacements(each, chosen, weights);
        out_.classes.push_back(std::move(each));
    }

    // The slots or ring in force of the most used table that is placed by its column of these.
    void findToday(const std::vector<ColumnId>& chosen, ColumnClass& each) const {
        using sharding::Strategy;
        double most = -1;
        for (const ColumnId id : chosen) {
            const CandidateTable& table = out_.tables[facts_.columns[id].table];
            const auto* today = options_.today ? options_.today->find(table.name) : nullptr;
            const bool same = today && today->keyed() && today->strategy != Strategy::range && today->key.size() == 1 && today->key[0].expression == facts_.columns[id].expression;
            if (!same || today->placement != sharding::Placement::ours || table.reads + table.writes <= most) continue;
            const auto map = options_.today->slotMaps.find(today->group);
            const bool ring = today->strategy == Strategy::consistentHash;
            if (!ring && (map == options_.today->slotMaps.end() || map->second.shardOfSlot.size() < countingSlots)) continue;
            each.today = ring ? Today() : Today{map->second, today->directory};
            each.todaysRing = ring ? today->ring : sharding::HashRing();
            most = table.reads + table.writes;
        }
    }

    void findToday(CandidateTable& table) const {
        const auto* today = options_.today->find(table.name);
        if (!today) return;
        if (!today->keyed()) {
            table.today = today->strategy;
            return;
        }
        for (uint32_t i = 0; i < table.columns.size(); ++i)
            if (table.columns[i].part.expression == today->key.front().expression) table.today = sharding::Strategy::hash, table.todayColumn = i;
    }

    // Lookups for the keys that a table has, and expressions as keys for a table that has no column of the class.
    void addDerived() {
        std::vector<ColumnId> columns;
        for (const auto& table : out_.tables)
            for (const auto& column : table.columns)
                if (column.id != noColumn && column.share >= leastShare) columns.push_back(column.id);
        mineRowsOf(columns);
        for (const auto& derivation : derivationsOf(*basis_.sample, out_.classes, columns)) {
            CandidateTable& table = out_.tables[facts_.columns[derivation.from].table];
            const auto& from = facts_.columns[derivation.from];
            bool lookup = false;
            for (auto& column : table.columns) {
                if (column.classId != derivation.classId || !sharding::hashAlike(column.part.type, derivation.type)) continue;
                lookup = true;
                if (!rowsKeepTo(table, column, {derivation.expression, from.column, derivation.type})) continue;
                const auto mined = [&](const sharding::Lookup& each) { return each.from.front().column == from.column; };
                if (std::any_of(column.lookups.begin(), column.lookups.end(), mined)) {
                    column.evidence = std::max(column.evidence, derivation.transactions);
                    continue;
                }
                column.lookups.push_back({table.name, {{from.expression, from.column, from.type}}, {column.part}, false, derivation.expression});
                column.evidence = std::max(column.evidence, derivation.transactions);
            }
            if (!lookup && !table.pin) addDerivedKey(table, derivation);
        }
    }

    const TableRows* rowsOf(const CandidateTable& table) const {
        if (!options_.rows) return nullptr;
        const auto found = options_.rows->find(table.name);
        return found == options_.rows->end() ? nullptr : &found->second;
    }

    // What holds in the log may not hold in rows that it did not touch.
    bool rowsKeepTo(const CandidateTable& table, CandidateColumn& column, const sharding::KeyPart& expression) {
        const TableRows* rows = rowsOf(table);
        const RowCheck check = rows ? checkRows(*rows, expression, column.part.column) : RowCheck();
        if (check.broken == 0) {
            column.rows = std::max(column.rows, check.rows);
            return true;
        }
        out_.limits.push_back(fmt::format("In the log {}.{} follows from {} as {}, but {} of {} rows of the database do not keep to it: it was not used.", table.name, column.part.expression, expression.column,
                                          expression.expression, check.broken, check.rows));
        return false;
    }

    // Lookups that rows show, by a column that statements name although no transaction names both.
    void mineRowsOf(const std::vector<ColumnId>& columns) {
        for (auto& table : out_.tables) {
            const TableRows* rows = rowsOf(table);
            for (auto& key : table.columns) {
                if (!rows || key.id == noColumn || key.classId == noClass || !key.part.bare()) continue;
                for (const auto& other : table.columns) {
                    if (other.id == key.id || other.classId == key.classId || !other.part.bare() || std::find(columns.begin(), columns.end(), other.id) == columns.end()) continue;
                    const auto part = mineRows(*rows, other.part, key.part.column);
                    if (!part || !sharding::hashAlike(key.part.type, part->type)) continue;
                    key.lookups.push_back({table.name, {other.part}, {key.part}, false, part->expression});
                    key.rows = std::max(key.rows, checkRows(*rows, *part, key.part.column).rows);
                }
            }
        }
    }

    void addDerivedKey(CandidateTable& table, const Derivation& derivation) const {
        const auto& from = facts_.columns[derivation.from];
        const auto& member = facts_.columns[out_.classes[derivation.classId].columns.front()];
        if (derivation.expression == from.column || !sharding::hashAlike(member.type, derivation.type)) return;
        if (table.forbidden.contains(derivation.expression) || table.forbidden.contains(from.column)) return;
        CandidateColumn key;
        key.part = {derivation.expression, from.column, derivation.type};
        key.classId = derivation.classId;
        key.evidence = derivation.transactions;
        for (const auto& column : table.columns)
            if (column.id == derivation.from) key.share = column.share, key.keys = column.keys, key.signature = combineHash(column.signature, 1);
        table.columns.push_back(std::move(key));
    }

    const Workload& workload_;
    const workload::Facts& facts_;
    const cost::Basis& basis_;
    const Options& options_;
    Candidates out_;
    std::vector<std::vector<ColumnId>> chosen_;   // by class: one column of each table
    std::vector<double> boundByText_, accessesByText_;   // by column, by table; only where blind
};

}  // namespace

namespace {
constexpr const char* shapeWords[] = {"hash", "range", "ring", "directory", "composite"};
}

const char* shapeWord(uint32_t shape) { return shapeWords[std::min(shape, splitShape)]; }

std::optional<uint32_t> shapeOfWord(const std::string& word) {
    for (uint32_t shape = hashShape; shape <= splitShape; ++shape)
        if (word == shapeWords[shape]) return shape;
    return std::nullopt;
}

bool idle(const workload::Facts& facts) {
    const auto works = [&](const workload::SampledCall& call) {
        const auto kind = facts.templates[call.templateId].facts.kind;
        return kind != sql::StatementKind::ddl && kind != sql::StatementKind::utility && !facts.templates[call.templateId].accesses.empty();
    };
    return std::none_of(facts.transactions.begin(), facts.transactions.end(), [&](const auto& t) { return !t.aborted && std::any_of(t.calls.begin(), t.calls.end(), works); });
}

Result<Candidates> findCandidates(const Workload& workload, const cost::Basis& basis, const Options& options) {
    return Finder(workload, basis, options).run();
}

std::vector<double> slotWeights(const cost::Basis& basis, const std::vector<ColumnId>& columns) {
    // Load counts most; rows follow distinct keys.
    constexpr double loadPart = 0.8;
    std::vector<double> load(countingSlots), keys(countingSlots);
    for (const ColumnId column : columns) {
        const auto one = basis.loads.lastingSlotLoad(column);
        for (uint32_t slot = 0; slot < countingSlots; ++slot) load[slot] += one[slot];
        for (const uint64_t hash : basis.sample->columnUse(column).pointHashes) ++keys[countingSlotOfHash(hash)];
    }
    const double allLoad = std::accumulate(load.begin(), load.end(), 0.0), allKeys = std::accumulate(keys.begin(), keys.end(), 0.0);
    std::vector<double> weights(countingSlots);
    for (uint32_t slot = 0; slot < countingSlots; ++slot) {
        if (allLoad > 0) weights[slot] += loadPart * load[slot] / allLoad;
        if (allKeys > 0) weights[slot] += (1 - loadPart) * keys[slot] / allKeys;
    }
    return weights;
}

std::vector<sharding::RangePart> balancedRanges(const cost::Basis& basis, const std::vector<ColumnId>& columns, uint32_t shards) {
    std::map<uint64_t, double> load;
    ValueKind kind = ValueKind::missing;
    for (const ColumnId column : columns) {
        const ValueType type = basis.facts->columns[column].type;
        const bool time = type == ValueType::timestamp || type == ValueType::date;
        if (!time && type != ValueType::integer) return {};
        const ValueKind own = time ? ValueKind::timestamp : ValueKind::integer;
        if (kind != ValueKind::missing && own != kind) return {};
        kind = own;
        for (const auto& [range, accesses] : basis.loads.lastingRangeLoad(column)) load[range] += accesses;
    }
    if (load.size() < 2) return {};
    const std::vector<std::pair<uint64_t, double>> sorted(load.begin(), load.end());
    return cost::splitRanges(sorted, shards, kind);
}

}  // namespace foreshard::advisor
