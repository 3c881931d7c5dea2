// ShardSet: a set of shards as a bit set. Shards 0…63 live inline. Plain value.
#pragma once

#include <bit>
#include <cstdint>
#include <vector>

#include "core/sharding/design.h"

namespace foreshard::sharding {

class ShardSet {
public:
    ShardSet() = default;
    static ShardSet all(uint32_t shards) {
        ShardSet set;
        if (shards <= 64) {
            set.first_ = shards == 64 ? ~uint64_t{0} : (uint64_t{1} << shards) - 1;
            return set;
        }
        set.first_ = ~uint64_t{0};
        set.more_.assign((shards - 1) / 64, ~uint64_t{0});
        if (shards % 64 != 0) set.more_.back() = (uint64_t{1} << (shards % 64)) - 1;
        return set;
    }
    static ShardSet one(ShardId shard) {
        ShardSet set;
        set.insert(shard);
        return set;
    }
    void insert(ShardId shard) {
        if (shard < 64) {
            first_ |= uint64_t{1} << shard;
            return;
        }
        const size_t word = shard / 64 - 1;
        if (more_.size() <= word) more_.resize(word + 1);
        more_[word] |= uint64_t{1} << (shard % 64);
    }
    void unite(const ShardSet& other) {
        first_ |= other.first_;
        if (more_.size() < other.more_.size()) more_.resize(other.more_.size());
        for (size_t i = 0; i < other.more_.size(); ++i) more_[i] |= other.more_[i];
    }
    void intersect(const ShardSet& other) {
        first_ &= other.first_;
        for (size_t i = 0; i < more_.size(); ++i) more_[i] &= i < other.more_.size() ? other.more_[i] : 0;
    }
    bool contains(ShardId shard) const {
        if (shard < 64) return (first_ >> shard) & 1;
        const size_t word = shard / 64 - 1;
        return word < more_.size() && ((more_[word] >> (shard % 64)) & 1);
    }
    bool containsAll(const ShardSet& other) const {
        ShardSet both = *this;
        both.unite(other);
        return both == *this;
    }
    uint32_t count() const {
        auto n = static_cast<uint32_t>(std::popcount(first_));
        for (const uint64_t word : more_) n += static_cast<uint32_t>(std::popcount(word));
        return n;
    }
    bool empty() const { return count() == 0; }
    // Calls fn(shard) in ascending order.
    template <typename Fn>
    void forEach(Fn fn) const {
        for (size_t word = 0; word <= more_.size(); ++word)
            for (uint64_t bits = word == 0 ? first_ : more_[word - 1]; bits != 0; bits &= bits - 1)
                fn(static_cast<ShardId>(word * 64 + static_cast<size_t>(std::countr_zero(bits))));
    }
    std::vector<ShardId> shards() const {
        std::vector<ShardId> out;
        forEach([&](ShardId shard) { out.push_back(shard); });
        return out;
    }
    bool operator==(const ShardSet& other) const {
        const size_t words = more_.size() > other.more_.size() ? more_.size() : other.more_.size();
        for (size_t i = 0; i < words; ++i)
            if ((i < more_.size() ? more_[i] : 0) != (i < other.more_.size() ? other.more_[i] : 0)) return false;
        return first_ == other.first_;
    }

private:
    uint64_t first_ = 0;                // shards 0…63
    std::vector<uint64_t> more_;        // shards 64…
};

}  // namespace foreshard::sharding
