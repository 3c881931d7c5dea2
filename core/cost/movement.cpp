#include "core/cost/movement.h"

#include <algorithm>

#include "core/cost/storage.h"

namespace foreshard::cost {

using sharding::Strategy;
using sharding::TableDesign;
using workload::TableId;

namespace {

double at(const std::vector<double>& shares, size_t shard) { return shard < shares.size() ? shares[shard] : 0; }

}  // namespace

Movement::Movement(const Sample& sample, const sharding::Design& today) : sample_(sample), shards_(std::max(1u, today.shards)) {
    for (TableId id = 0; id < sample.facts().schema.tables.size(); ++id) {
        const TableDesign* named = today.find(sample.facts().schema.tables[id].qualifiedName());
        Old old;
        if (named) old.design = *named;
        const auto placement = old.design.keyed() ? makePlacement(old.design, today) : nullptr;
        const KeyUse* use = placement ? &sample.keyUse(id, old.design.key) : nullptr;
        if (use && old.design.key.size() == 1) old.points = pointShardsOf(*use, *placement);
        const auto shares = rowShares(old.design, use, placement.get(), shards_);
        old.shares = shares.value_or(std::vector<double>(shards_, 1.0 / shards_));
        tables_.push_back(std::move(old));
    }
}

double Movement::moved(TableId table, const TableDesign& design, const sharding::KeyPlacement* placement, const std::optional<std::vector<double>>& shares, uint32_t shards) const {
    const Old& old = tables_[table];
    if (old.design.strategy == Strategy::reference) {
        // Every old shard has all rows; only shards that come anew lack them.
        double lacking = 0;
        for (uint32_t shard = shards_; shard < shards; ++shard) lacking += shares ? (*shares)[shard] : 1.0 / shards;
        return lacking;
    }
    if (design.strategy == Strategy::reference) {
        double lacking = 0;
        for (uint32_t shard = 0; shard < shards; ++shard) lacking += 1 - at(old.shares, shard);
        return lacking;
    }
    if (placement && !old.points.empty() && design.key == old.design.key) {
        const auto points = pointShardsOf(sample_.keyUse(table, design.key), *placement);
        size_t moved = 0;
        for (size_t i = 0; i < points.size() && i < old.points.size(); ++i) moved += points[i] != old.points[i];
        return static_cast<double>(moved) / static_cast<double>(old.points.size());
    }
    // Keys that have nothing to do with each other: a row stays by chance.
    double stays = 0;
    for (uint32_t shard = 0; shard < shards; ++shard) stays += at(old.shares, shard) * (shares ? (*shares)[shard] : 1.0 / shards);
    return std::max(0.0, 1 - stays);
}

}  // namespace foreshard::cost
