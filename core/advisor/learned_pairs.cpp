#include "core/advisor/learned_pairs.h"

#include <set>

#include "core/advisor/derived.h"

namespace foreshard::advisor {

LearnedPairs::LearnedPairs(const cost::Sample& sample, const std::vector<workload::ColumnId>& from, const std::vector<workload::ColumnId>& keys) {
    const auto left = oneValueOf(sample, from), right = oneValueOf(sample, keys);
    for (size_t i = 0; i < left.size(); ++i) {
        named_.push_back(left[i] && right[i]);
        if (!named_.back()) continue;
        const auto [known, fresh] = known_.emplace(*left[i], *right[i]);
        if (!fresh && known->second != *right[i]) ++contradictions_;
    }
}

bool LearnedPairs::functional() const {
    constexpr size_t enoughPairs = 20, enoughKeys = 5;
    std::set<Value> keys;
    for (const auto& [value, key] : known_)
        if (keys.size() < enoughKeys) keys.insert(key);
    return contradictions_ == 0 && known_.size() >= enoughPairs && keys.size() >= enoughKeys;
}

std::optional<std::vector<std::vector<Value>>> LearnedPairs::find(const sharding::Lookup&, std::span<const Value> from) const {
    const auto found = known_.find(from[0]);
    const Value key = found != known_.end() ? found->second : Value::integer(static_cast<int64_t>(hashValue(from[0]) >> 1));
    return std::vector<std::vector<Value>>{{key}};
}

}  // namespace foreshard::advisor
