// Ranges of ordered keys. A condition on leading parts is an interval of keys, and so of ranges.
#include <algorithm>

#include "core/sharding/key_placement.h"

namespace foreshard::sharding::detail {

namespace {

// The first and last key an access can touch, as prefixes: what follows a lower prefix is lowest, an upper one highest.
struct Interval {
    std::vector<Value> low, high;
};

class RangePlacement : public KeyPlacement {
public:
    RangePlacement(const TableDesign& table, uint32_t shards) : ranges_(table.ranges) {
        if (ranges_.empty()) ranges_.emplace_back();
        for (auto& range : ranges_) {
            range.shard = std::min(range.shard, shards - 1);
            everywhere_.insert(range.shard);
        }
    }

    ShardId shardOf(std::span<const Value> key) const override { return ranges_[indexOf(key, false)].shard; }

protected:
    Located partial(std::span<const KeyConstraint> constraints) const override {
        size_t leading = 0, keys = 1;
        while (leading < constraints.size() && constraints[leading].kind == KeyConstraint::Kind::values &&
               keys * constraints[leading].values.size() <= maxTriedKeys)
            keys *= constraints[leading++].values.size();
        const KeyConstraint* next = leading < constraints.size() ? &constraints[leading] : nullptr;
        if (leading == 0 && next->kind == KeyConstraint::Kind::any) return {everywhere_, RouteReason::scatter};
        Located located{{}, RouteReason::range};
        forEachKey(constraints.first(leading), [&](std::span<const Value> prefix) {
            Interval interval{{prefix.begin(), prefix.end()}, {prefix.begin(), prefix.end()}};
            if (next) extend(interval, *next);
            cover(interval, located.shards);
        });
        return located;
    }

private:
    static void extend(Interval& interval, const KeyConstraint& next) {
        if (next.kind == KeyConstraint::Kind::values) {
            interval.low.push_back(next.values.front());
            interval.high.push_back(next.values.back());
        } else if (next.kind == KeyConstraint::Kind::range) {
            if (next.low.kind != ValueKind::missing) interval.low.push_back(next.low);
            if (next.high.kind != ValueKind::missing) interval.high.push_back(next.high);
        }
    }

    // Whether a range that begins at `low` begins at or before the key. `upper`: the key is a prefix followed by the highest.
    static bool beginsBy(std::span<const Value> low, std::span<const Value> key, bool upper) {
        const size_t common = std::min(low.size(), key.size());
        for (size_t i = 0; i < common; ++i)
            if (low[i] != key[i]) return low[i] < key[i];
        return low.size() <= key.size() || upper;
    }

    size_t indexOf(std::span<const Value> key, bool upper) const {
        const auto after = std::partition_point(ranges_.begin() + 1, ranges_.end(), [&](const RangePart& range) { return beginsBy(range.low, key, upper); });
        return static_cast<size_t>(after - ranges_.begin()) - 1;
    }

    void cover(const Interval& interval, ShardSet& shards) const {
        const size_t last = indexOf(interval.high, true);
        for (size_t i = indexOf(interval.low, false); i <= last; ++i) shards.insert(ranges_[i].shard);
    }

    std::vector<RangePart> ranges_;
};

}  // namespace

std::unique_ptr<KeyPlacement> rangePlacement(const TableDesign& table, uint32_t shards) { return std::make_unique<RangePlacement>(table, shards); }

}  // namespace foreshard::sharding::detail
