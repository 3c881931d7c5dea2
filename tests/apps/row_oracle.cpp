#include "tests/apps/row_oracle.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "tests/support/oracle.h"

namespace foreshard::testapps {

using namespace workload;
using sharding::ShardId;
using sharding::ShardSet;
using testing::OracleRow;

namespace {

using Values = std::map<std::string, std::vector<Value>>;   // by column: any of these

// What a statement says by itself, and equalities alone.
Values ownValues(const Facts& facts, const std::vector<BoundKey>& keys) {
    Values out;
    for (const BoundKey& key : keys) {
        const auto& column = facts.columns[key.column];
        if (key.range || column.expression != column.column || (key.provenance != Provenance::literal && key.provenance != Provenance::session)) continue;
        out.emplace(column.column, key.values);
    }
    return out;
}

class Tables {
public:
    explicit Tables(const Facts& facts) : facts_(facts), rows_(facts.schema.tables.size()) {}

    // Rows that are known to fulfil the conditions; a row of which a column is not known is not among them.
    std::vector<OracleRow*> find(TableId table, const Values& conditions) {
        std::vector<OracleRow*> found;
        if (conditions.empty()) return found;
        for (OracleRow& row : rows_[table])
            if (std::all_of(conditions.begin(), conditions.end(), [&](const auto& condition) { return among(row.value(condition.first), condition.second); })) found.push_back(&row);
        return found;
    }

    // One row for each value of the column that has several; with several such columns nobody knows which go together.
    void insert(TableId table, const Values& values) {
        const auto many = std::count_if(values.begin(), values.end(), [](const auto& each) { return each.second.size() > 1; });
        if (many > 1 || values.empty()) return;
        size_t rows = 1;
        for (const auto& [column, each] : values) rows = std::max(rows, each.size());
        for (size_t i = 0; i < rows; ++i) {
            OracleRow row;
            for (const auto& [column, each] : values)
                if (!each.empty()) row.values[column] = each[each.size() > 1 ? i : 0];
            rows_[table].push_back(std::move(row));
        }
    }

    // A statement that names a key's columns speaks of a row, made before the log began if it is not here yet.
    void name(TableId table, const Values& values) {
        for (const auto& key : facts_.schema.tables[table].keys) {
            if (key.kind == schema::KeyKind::foreign) continue;
            Values named;
            for (const auto& column : key.columns)
                if (const auto found = values.find(column); found != values.end() && found->second.size() == 1) named.insert(*found);
            if (named.size() != key.columns.size()) continue;
            auto rows = find(table, named);
            if (rows.empty()) {
                insert(table, named);
                rows = {&rows_[table].back()};
            }
            for (const auto& [column, each] : values)
                if (each.size() == 1) rows.front()->values.emplace(column, each.front());
        }
    }

private:
    static bool among(const Value& value, const std::vector<Value>& values) { return value.known() && std::find(values.begin(), values.end(), value) != values.end(); }

    const Facts& facts_;
    std::vector<std::vector<OracleRow>> rows_;
};

class Run {
public:
    Run(const Workload& workload, const sharding::Design& design) : facts_(*workload.facts), router_(workload.facts, design), tables_(facts_) {}

    RunOnShards run(const TimeRange& range) {
        for (const auto& transaction : facts_.transactions) {
            if (transaction.aborted) continue;
            counted_ = range.contains(transaction.time);
            visited_.clear();
            copies_ = false;
            for (const auto& call : transaction.calls)
                for (const auto& access : facts_.templates[call.templateId].accesses) one(call, access);
            if (counted_) compare(transaction);
        }
        return std::move(out_);
    }

private:
    void compare(const SampledTransaction& transaction) {
        const uint32_t predicted = router_.footprint(transaction).fanOut(), seen = visited_.empty() && copies_ ? 1 : static_cast<uint32_t>(visited_.size());
        if (predicted == 0 && seen == 0) return;
        ++out_.transactions;
        out_.asPredicted += predicted == seen;
        out_.multiShard += seen > 1;
        if (predicted != seen && out_.firstDifference.empty()) out_.firstDifference = fmt::format("{} shards predicted, {} seen: {}", predicted, seen, facts_.templates[transaction.calls.front().templateId].text);
    }

    void one(const SampledCall& call, const TableAccess& access) {
        const auto keys = boundKeys(facts_, call, access);
        const Values own = ownValues(facts_, keys);
        const std::string name = facts_.schema.tables[access.table].qualifiedName();
        const auto* table = router_.design().find(name);
        if (!table || !table->keyed()) {
            unkeyed(access, name, table);
        } else {
            const auto route = router_.route(access, keys, call.slots);
            visit(seenShards(access, own, name, *table, route));
        }
        if (access.kind == AccessKind::insert) tables_.insert(access.table, own);
        else tables_.name(access.table, own);
        assign(call, access, own);
    }

    void unkeyed(const TableAccess& access, const std::string& name, const sharding::TableDesign* table) {
        const bool copied = table && table->strategy == sharding::Strategy::reference;
        if (copied && access.kind == AccessKind::read && !access.locked) copies_ = true;
        else visit(copied ? ShardSet::all(router_.design().shards) : router_.owners(name, OracleRow()));
    }

    ShardSet seenShards(const TableAccess& access, const Values& own, const std::string& name, const sharding::TableDesign& table, const sharding::Route& route) {
        using sharding::RouteReason;
        if (route.reason == RouteReason::scatter || route.reason == RouteReason::range || route.reason == RouteReason::prefix || route.move) return route.shards;
        ShardSet shards;
        bool known = false;
        if (table.key.size() == 1) {
            if (const auto named = own.find(table.key.front().column); named != own.end()) {
                for (const Value& value : named->second) {
                    OracleRow row;
                    row.values[named->first] = value;
                    shards.unite(router_.owners(name, row));
                }
                return shards;
            }
        }
        for (const OracleRow* row : tables_.find(access.table, own)) {
            if (std::any_of(table.key.begin(), table.key.end(), [&](const auto& part) { return !row->values.contains(part.column); })) continue;
            known = true;
            shards.unite(router_.owners(name, *row));
        }
        if (counted_) ++out_.inferred, out_.witnessed += known;
        if (!known) return route.shards;
        ShardSet both = shards;
        both.unite(route.shards);
        if (counted_ && !(both == route.shards)) ++out_.wrongShard;
        return shards;
    }

    void visit(const ShardSet& shards) {
        shards.forEach([&](uint32_t shard) { visited_.insert(shard); });
    }

    // What an UPDATE leaves in the rows that it found.
    void assign(const SampledCall& call, const TableAccess& access, const Values& own) {
        if (access.kind != AccessKind::write) return;
        for (size_t i = 0; i < access.assigned.size(); ++i) {
            const auto& column = facts_.columns[access.assigned[i]];
            const uint32_t slot = i < access.assignedSlots.size() ? access.assignedSlots[i] : sql::noSlot;
            for (OracleRow* row : tables_.find(access.table, own)) {
                if (slot < call.slots.size() && call.slots[slot].size() == 1) row->values[column.column] = call.slots[slot].front();
                else row->values.erase(column.column);
            }
        }
    }

    const Facts& facts_;
    sharding::Router router_;
    Tables tables_;
    RunOnShards out_;
    std::set<ShardId> visited_;
    bool copies_ = false, counted_ = false;
};

}  // namespace

RunOnShards runOnShards(const Workload& workload, const TimeRange& range, const sharding::Design& design) { return Run(workload, design).run(range); }

}  // namespace foreshard::testapps
