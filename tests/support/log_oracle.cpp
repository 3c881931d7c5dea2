#include "tests/support/log_oracle.h"

#include <algorithm>
#include <numeric>
#include <set>

#include "tests/support/oracle.h"

namespace foreshard::testing {

namespace {

using workload::AccessKind;
using workload::TableId;

class Oracle {
public:
    Oracle(const workload::Workload& workload, const sharding::Design& design) : facts_(*workload.facts), router_(workload.facts, design) { out_.load.assign(design.shards, 0); }

    Laid run(const TimeRange& range) {
        for (const auto& transaction : facts_.transactions) {
            if (transaction.aborted || !range.contains(transaction.time)) continue;
            ++out_.transactions;
            std::set<sharding::ShardId> visited;
            bool copies = false;
            for (const auto& call : transaction.calls)
                for (const auto& access : facts_.templates[call.templateId].accesses) {
                    const auto shards = shardsOf(call, access);
                    if (!shards) {
                        copies = true;
                        continue;
                    }
                    shards->forEach([&](uint32_t shard) { visited.insert(shard), ++out_.load[shard]; });
                }
            if (copies && visited.empty()) ++out_.load[out_.transactions % out_.load.size()];
            out_.multiShard += visited.size() > 1;
        }
        return std::move(out_);
    }

private:
    // Nothing: any shard will do.
    std::optional<sharding::ShardSet> shardsOf(const workload::SampledCall& call, const workload::TableAccess& access) const {
        const std::string name = facts_.schema.tables[access.table].qualifiedName();
        const auto* table = router_.design().find(name);
        const OracleRow nothing;
        if (!table || table->strategy == sharding::Strategy::unsharded) return router_.owners(name, nothing);
        if (table->strategy == sharding::Strategy::reference) {
            if (access.kind == AccessKind::read && !access.locked) return std::nullopt;
            return sharding::ShardSet::all(router_.design().shards);
        }
        sharding::ShardSet shards;
        for (const auto& key : workload::boundKeys(facts_, call, access)) {
            if (key.range || facts_.columns[key.column].expression != table->key.front().expression) continue;
            for (const Value& value : key.values) {
                OracleRow row;
                row.values[table->key.front().column] = value;
                shards.unite(router_.owners(name, row));
            }
            return shards;
        }
        return sharding::ShardSet::all(router_.design().shards);
    }

    const workload::Facts& facts_;
    sharding::Router router_;
    Laid out_;
};

}  // namespace

double Laid::loadMaxOverMean() const {
    const double all = std::accumulate(load.begin(), load.end(), 0.0);
    return all > 0 ? *std::max_element(load.begin(), load.end()) * static_cast<double>(load.size()) / all : 1;
}

Laid layOut(const workload::Workload& workload, const TimeRange& range, const sharding::Design& design) { return Oracle(workload, design).run(range); }

}  // namespace foreshard::testing
