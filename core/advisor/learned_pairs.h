// What a stored lookup would hold, as far as the log tells: values and keys that transactions name together. Of what it does
// not tell, the key is taken to be some key, the same for the same value. Immutable; any thread.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "core/cost/sample.h"
#include "core/sharding/lookup.h"

namespace foreshard::advisor {

class LearnedPairs : public sharding::LookupSource {
public:
    // `from`, `keys`: all columns that carry the same values.
    LearnedPairs(const cost::Sample& sample, const std::vector<workload::ColumnId>& from, const std::vector<workload::ColumnId>& keys);
    std::optional<std::vector<std::vector<Value>>> find(const sharding::Lookup& lookup, std::span<const Value> from) const override;

    // One key for each value, wherever several transactions name it; and enough of both to speak of a rule.
    bool functional() const;
    // Whether this transaction of the sample names a value and its key itself.
    bool named(uint32_t transaction) const { return named_[transaction]; }

private:
    std::map<Value, Value> known_;
    std::vector<bool> named_;
    size_t contradictions_ = 0;
};

}  // namespace foreshard::advisor
