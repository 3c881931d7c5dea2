// Consistent hashing (Karger et al., STOC 1997): a shard owns the arcs that end at its points.
#include <algorithm>
#include <cmath>

#include "core/base/hash.h"
#include "core/sharding/key_placement.h"

namespace foreshard::sharding::detail {

namespace {

class RingPlacement : public KeyPlacement {
public:
    RingPlacement(const HashRing& ring, uint32_t shards) {
        const size_t count = std::min<size_t>(ring.weights.size(), shards);
        for (size_t shard = 0; shard < count; ++shard) addPoints(static_cast<ShardId>(shard), ring.weights[shard] * ring.virtualNodes);
        if (points_.empty()) points_.push_back({0, 0});
        std::sort(points_.begin(), points_.end());
        for (const auto& point : points_) everywhere_.insert(point.second);
    }

    ShardId shardOf(std::span<const Value> key) const override { return shardOfHash(keyHash(key)); }
    bool byHash() const override { return true; }
    ShardId shardOfHash(uint64_t hash) const override {
        const auto next = std::lower_bound(points_.begin(), points_.end(), std::pair<uint64_t, ShardId>(hash, 0));
        return next == points_.end() ? points_.front().second : next->second;
    }

private:
    void addPoints(ShardId shard, double wanted) {
        if (!(wanted > 0)) return;
        const auto points = static_cast<uint64_t>(std::min(std::round(wanted), static_cast<double>(maxRingPoints - std::min<uint64_t>(maxRingPoints, points_.size()))));
        for (uint64_t i = 0; i < points; ++i) points_.emplace_back(combineHash(mixHash(shard + 1), i), shard);
    }

    std::vector<std::pair<uint64_t, ShardId>> points_;   // sorted
};

}  // namespace

std::unique_ptr<KeyPlacement> ringPlacement(const TableDesign& table, uint32_t shards) { return std::make_unique<RingPlacement>(table.ring, shards); }

}  // namespace foreshard::sharding::detail
