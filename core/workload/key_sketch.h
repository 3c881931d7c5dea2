// What is known of the keys of one column beyond counts by slot: the heaviest ones by themselves, and how many there are. Plain
// values; any thread.
//
// Heavy keys: the summary of Misra and Gries (1982) in the mergeable form of Agarwal et al. (2012), who show that it holds the same as
// Space-Saving (Metwally et al., 2005) with one counter more: each count here is Space-Saving's less its error. A summary of
// c counters keeps up to 2c keys; when there are more, the (c+1)-th largest count d is subtracted from all and `error` grows by d.
// So a key's true weight lies in count … count + error (0 … error for a key that is not here), and error <= total / (c + 1) whatever
// was merged in whatever order. Up to 2c different keys all is exact, and merges in any order give the same bytes.
//
// Number of keys: HyperLogLog (Flajolet et al., 2007) with 4,096 registers over the 64-bit key hashes, linear counting where they
// are few; standard error 1.6 %. Registers merge by their maximum, the same in any order. While all keys are held they say what the
// registers would, so that these are made only once something is lost.
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/units.h"

namespace foreshard::workload {

constexpr int keyRegisterBits = 12;
constexpr size_t keyRegisters = size_t{1} << keyRegisterBits;
constexpr double distinctStandardError = 1.04 / 64;

struct KeyCount {
    uint64_t hash = 0;                     // hashValue() of the key
    Weight count = 0;                      // > 0; no more than the true weight
    bool operator==(const KeyCount&) const = default;
};

struct KeySketch {
    std::vector<KeyCount> keys;            // sorted by hash
    Weight error = 0;
    Weight total = 0;                      // of all keys that were counted, here or not
    std::vector<uint8_t> registers;        // keyRegisters; empty while error = 0: registersOf(keys) then
    bool operator==(const KeySketch&) const = default;

    // Number of different keys; exact where error = 0.
    uint64_t distinct() const;
};

// `counters`: c.
void mergeKeys(KeySketch& into, const KeySketch& from, uint32_t counters);

// Subtracts the (counters+1)-th largest count from all and drops what is left without; gives what it subtracted. Order is kept.
// Precondition: more than `counters` counts.
Weight lightenKeys(std::vector<KeyCount>& keys, uint32_t counters);

std::vector<uint8_t> registersOf(const std::vector<KeyCount>& keys);
// Brings a sketch of more than 2 `counters` keys to that many counters; others stay as they are.
void lightenSketch(KeySketch& sketch, uint32_t counters);

// The number of keys that such registers speak of.
double distinctOf(const std::vector<uint8_t>& registers);
inline void noteKey(std::vector<uint8_t>& registers, uint64_t hash) {
    const auto rank = static_cast<uint8_t>(__builtin_clzll((hash << keyRegisterBits) | (uint64_t{1} << (keyRegisterBits - 1))) + 1);
    auto& held = registers[hash >> (64 - keyRegisterBits)];
    if (rank > held) held = rank;
}

void writeKeySketch(ByteWriter& out, const KeySketch& sketch);
KeySketch readKeySketch(ByteReader& in);   // fails `in` on what makes no sense

}  // namespace foreshard::workload
