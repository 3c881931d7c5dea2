#include "core/workload/heavy_keys.h"

#include <absl/container/flat_hash_map.h>

#include <algorithm>

#include "core/workload/ranges.h"

namespace foreshard::workload {

namespace {

constexpr uint64_t inverseOf(uint64_t odd) {   // modulo 2^64 (Newton's iteration)
    uint64_t inverse = odd;
    for (int i = 0; i < 5; ++i) inverse *= 2 - odd * inverse;
    return inverse;
}

// hashNumber() backwards: each of its steps can be undone.
constexpr int64_t numberOfHash(uint64_t hash) {
    hash ^= hash >> 33;
    hash *= inverseOf(0xc4ceb9fe1a85ec53ULL);
    hash ^= hash >> 33;
    hash *= inverseOf(0xff51afd7ed558ccdULL);
    hash ^= hash >> 33;
    return static_cast<int64_t>(hash - 0x9e3779b97f4a7c15ULL);
}
static_assert(numberOfHash(hashNumber(0)) == 0 && numberOfHash(hashNumber(-77)) == -77 && numberOfHash(hashNumber(INT64_MAX)) == INT64_MAX);

class Namer {
public:
    explicit Namer(Facts& facts) : facts_(facts), wanted_(facts.columns.size()) {}

    void byNumber(ColumnId column, const std::vector<RangeCount>& ranges) {
        const ValueType type = facts_.columns[column].type;
        const bool time = type == ValueType::timestamp || type == ValueType::date;
        std::vector<bool> known(dyadicRangeOf(INT64_MAX) + 1);
        for (const auto& count : ranges)
            if (count.range < known.size()) known[count.range] = true;   // a damaged file may say anything
        for (auto& key : facts_.keySketches[column].keys) {
            const int64_t number = numberOfHash(key.hash);
            if (known[dyadicRangeOf(number)]) key.value = time ? Value::timestamp(number) : Value::integer(number);
            else wanted_[column][key.hash] = &key;
        }
    }

    void bySample() {
        if (std::all_of(wanted_.begin(), wanted_.end(), [](const auto& keys) { return keys.empty(); })) return;
        for (const auto& transaction : facts_.transactions)
            for (const auto& call : transaction.calls) look(call);
    }

private:
    void look(const SampledCall& call) {
        for (const auto& access : facts_.templates[call.templateId].accesses)
            for (const auto& binding : access.bindings) {
                auto& wanted = wanted_[binding.column];
                if (wanted.empty() || (binding.op != sql::Operator::equal && binding.op != sql::Operator::in)) continue;
                for (const uint32_t slot : binding.slots)
                    if (slot < call.slots.size())
                        for (const auto& value : call.slots[slot]) note(wanted, value);
            }
    }

    static void note(absl::flat_hash_map<uint64_t, HeavyKey*>& wanted, const Value& value) {
        if (!value.known()) return;
        const auto place = wanted.find(hashValue(value));
        if (place == wanted.end()) return;
        place->second->value = value;
        wanted.erase(place);
    }

    Facts& facts_;
    std::vector<absl::flat_hash_map<uint64_t, HeavyKey*>> wanted_;   // by column: keys without a value
};

}  // namespace

ColumnSketch shownSketch(const KeySketch& sketch) {
    ColumnSketch shown;
    shown.error = sketch.error;
    shown.total = sketch.total;
    shown.distinct = sketch.distinct();
    for (const auto& key : sketch.keys)
        if (key.count >= sketch.error) shown.keys.push_back({{}, key.hash, key.count});
    std::sort(shown.keys.begin(), shown.keys.end(), [](const HeavyKey& a, const HeavyKey& b) { return a.count != b.count ? a.count > b.count : a.hash < b.hash; });
    return shown;
}

void nameKeys(Facts& facts, const std::vector<ColumnRates>& rates) {
    Namer namer(facts);
    for (ColumnId column = 0; column < facts.keySketches.size(); ++column) namer.byNumber(column, rates[column].ranges);
    namer.bySample();
}

}  // namespace foreshard::workload
