#include "core/workload/key_sketch.h"

#include <algorithm>
#include <cmath>

#include "core/workload/intervals.h"

namespace foreshard::workload {

namespace {
constexpr Weight mostWeight = INT64_MAX / 4;   // that a file may claim: sums of two stay sound
}

uint64_t KeySketch::distinct() const {
    if (error == 0) return keys.size();
    return std::max<uint64_t>(keys.size(), static_cast<uint64_t>(std::llround(distinctOf(registers))));
}

double distinctOf(const std::vector<uint8_t>& registers) {
    if (registers.empty()) return 0;
    const auto size = static_cast<double>(registers.size());
    double sum = 0, empty = 0;
    for (const uint8_t rank : registers) {
        sum += std::ldexp(1.0, -static_cast<int>(rank));
        empty += rank == 0;
    }
    const double estimate = 0.7213 / (1 + 1.079 / size) * size * size / sum;
    return estimate <= 2.5 * size && empty > 0 ? size * std::log(size / empty) : estimate;
}

Weight lightenKeys(std::vector<KeyCount>& keys, uint32_t counters) {
    std::vector<Weight> counts;
    counts.reserve(keys.size());
    for (const auto& key : keys) counts.push_back(key.count);
    std::nth_element(counts.begin(), counts.begin() + counters, counts.end(), std::greater<>());
    const Weight less = counts[counters];
    size_t kept = 0;
    for (const auto& key : keys)
        if (key.count > less) keys[kept++] = {key.hash, key.count - less};
    keys.resize(kept);
    return less;
}

std::vector<uint8_t> registersOf(const std::vector<KeyCount>& keys) {
    std::vector<uint8_t> registers;
    if (!keys.empty()) registers.resize(keyRegisters);
    for (const auto& key : keys) noteKey(registers, key.hash);
    return registers;
}

void lightenSketch(KeySketch& sketch, uint32_t counters) {
    if (sketch.keys.size() <= size_t{2} * counters) return;
    if (sketch.registers.empty()) sketch.registers = registersOf(sketch.keys);
    sketch.error += lightenKeys(sketch.keys, counters);
}

void mergeKeys(KeySketch& into, const KeySketch& from, uint32_t counters) {
    if (into.error > 0 || from.error > 0) {
        if (into.registers.empty()) into.registers = registersOf(into.keys);
        const auto& registers = from.registers.empty() ? registersOf(from.keys) : from.registers;
        into.registers.resize(std::max(into.registers.size(), registers.size()));
        for (size_t i = 0; i < registers.size(); ++i) into.registers[i] = std::max(into.registers[i], registers[i]);
    }
    addSorted(into.keys, from.keys, [](const KeyCount& a, const KeyCount& b) { return a.hash < b.hash; },
              [](KeyCount& sum, const KeyCount& other) { sum.count += other.count; });
    into.error += from.error;
    into.total += from.total;
    lightenSketch(into, counters);
}

void writeKeySketch(ByteWriter& out, const KeySketch& sketch) {
    out.zigzag(sketch.error);
    out.zigzag(sketch.total);
    uint64_t last = 0;
    out.list(sketch.keys, [&](ByteWriter& w, const KeyCount& key) {
        w.varint(key.hash - last);
        w.zigzag(key.count);
        last = key.hash;
    });
    // Most columns have few keys: only the registers that hold something, by their distance.
    const auto& registers = sketch.registers.empty() ? registersOf(sketch.keys) : sketch.registers;
    std::vector<size_t> held;
    for (size_t i = 0; i < registers.size(); ++i)
        if (registers[i] > 0) held.push_back(i);
    size_t before = 0;
    out.list(held, [&](ByteWriter& w, size_t place) {
        w.varint(place - before);
        w.u8(registers[place]);
        before = place;
    });
}

KeySketch readKeySketch(ByteReader& in) {
    KeySketch sketch;
    sketch.error = in.zigzag();
    sketch.total = in.zigzag();
    uint64_t hash = 0;
    in.list([&](ByteReader& r) {
        const uint64_t step = r.varint();
        const Weight count = r.zigzag();
        if (__builtin_add_overflow(hash, step, &hash) || (step == 0 && !sketch.keys.empty()) || count <= 0 || count > mostWeight) return r.fail();
        sketch.keys.push_back({hash, count});
    });
    uint64_t place = 0;
    bool first = true;
    in.list([&](ByteReader& r) {
        const uint64_t step = r.varint();
        const uint8_t rank = r.u8();
        place += step;
        if (step >= keyRegisters || place >= keyRegisters || (step == 0 && !first) || rank == 0 || rank > 64 - keyRegisterBits + 1) return r.fail();
        first = false;
        if (sketch.registers.empty()) sketch.registers.resize(keyRegisters);
        sketch.registers[place] = rank;
    });
    if (sketch.error < 0 || sketch.error > mostWeight || sketch.total < 0 || sketch.total > mostWeight || (!sketch.keys.empty() && sketch.registers.empty())) in.fail();
    if (sketch.error == 0) sketch.registers = {};
    return sketch;
}

}  // namespace foreshard::workload
