#include "core/cost/storage.h"

#include <algorithm>
#include <numeric>

namespace foreshard::cost {

using sharding::Strategy;

std::optional<double> maxOverMean(const std::vector<double>& values) {
    const double sum = std::accumulate(values.begin(), values.end(), 0.0);
    if (values.empty() || !(sum > 0)) return std::nullopt;
    return *std::max_element(values.begin(), values.end()) * static_cast<double>(values.size()) / sum;
}

std::optional<std::vector<double>> rowShares(const sharding::TableDesign& design, const KeyUse* use, const sharding::KeyPlacement* placement, uint32_t shards) {
    std::vector<double> shares(shards);
    if (design.strategy == Strategy::reference) return std::vector<double>(shards, 1.0);
    if (design.strategy == Strategy::unsharded || !placement) {
        shares[std::min(design.home, shards - 1)] = 1;
        return shares;
    }
    size_t keys = 0;
    const auto add = [&](uint32_t shard) {
        ++shares[shard];
        ++keys;
    };
    if (use) {
        for (const uint32_t shard : pointShardsOf(*use, *placement)) add(shard);
        for (const auto& item : use->others) {
            const bool oneKey = std::all_of(item.before.begin(), item.before.end(), [](const auto& part) {
                return part.kind == sharding::KeyConstraint::Kind::values && part.values.size() == 1;
            });
            if (oneKey) placement->locate(item.before).shards.forEach(add);
        }
    }
    if (keys == 0) {
        if (design.strategy == Strategy::range) return std::nullopt;
        constexpr uint32_t probes = 4 * countingSlots;
        if (!placement->byHash() && design.strategy != Strategy::directory) return std::nullopt;   // few keys are pinned, the others go by hash
        for (uint64_t i = 0; i < probes; ++i) add(placement->shardOfHash(i << 52));
    }
    for (double& share : shares) share /= static_cast<double>(keys);
    return shares;
}

StorageByShard storageOf(const schema::Schema& schema, const std::vector<std::optional<std::vector<double>>>& shares, uint32_t shards) {
    StorageByShard out;
    out.rows.assign(shards, 0.0);
    out.bytes.assign(shards, 0.0);
    out.knownRows.assign(shards, 0.0);
    const auto forget = [](auto& sums) { std::fill(sums.begin(), sums.end(), std::nullopt); };
    for (size_t table = 0; table < schema.tables.size() && table < shares.size(); ++table) {
        const auto& sizes = schema.tables[table];
        if (!sizes.rows || !shares[table]) forget(out.rows);
        if (!sizes.bytes || !shares[table]) forget(out.bytes);
        if (!shares[table]) continue;
        for (uint32_t shard = 0; shard < shards; ++shard) {
            const double share = (*shares[table])[shard];
            if (sizes.rows && out.rows[shard]) *out.rows[shard] += share * static_cast<double>(*sizes.rows);
            if (sizes.bytes && out.bytes[shard]) *out.bytes[shard] += share * static_cast<double>(*sizes.bytes);
            if (sizes.rows) out.knownRows[shard] += share * static_cast<double>(*sizes.rows);
        }
        out.knownTables += sizes.rows.has_value();
    }
    if (schema.tables.empty()) {
        forget(out.rows);
        forget(out.bytes);
    }
    return out;
}

}  // namespace foreshard::cost
