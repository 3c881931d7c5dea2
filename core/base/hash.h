// Stable 64-bit hashing: XXH3 with a fixed seed, mixed by a fixed finaliser. The results are part of file formats and
// of where rows live; they never change. Pure functions; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace foreshard {

uint64_t hashBytes(const void* data, size_t size, uint64_t seed = 0);
inline uint64_t hashText(std::string_view text, uint64_t seed = 0) { return hashBytes(text.data(), text.size(), seed); }

// The finaliser of MurmurHash3 (Appleby, public domain): a bijection on 64 bits.
constexpr uint64_t mixHash(uint64_t x) {
    x ^= x >> 33;
    x *= 0xff51afd7ed558ccdULL;
    x ^= x >> 33;
    x *= 0xc4ceb9fe1a85ec53ULL;
    x ^= x >> 33;
    return x;
}
// Order matters.
constexpr uint64_t combineHash(uint64_t a, uint64_t b) { return mixHash(a * 0x9e3779b97f4a7c15ULL + b + 0x2545f4914f6cdd1dULL); }

// xoshiro256** seeded by SplitMix64 (Blackman, Vigna, public domain): fast, and the same on every machine, which
// std::uniform_int_distribution is not.
class Random {
public:
    explicit Random(uint64_t seed);
    uint64_t next();
    // Uniform in [0, bound), without bias (Lemire's method); bound > 0.
    uint64_t below(uint64_t bound);
    // Uniform in [low, high], both included.
    int64_t between(int64_t low, int64_t high);
    // Uniform in [0, 1).
    double uniform();
    // Standard normal (Box-Muller).
    double normal();
    // Number of events of a Poisson process with this mean (inversion below 30, normal approximation above).
    uint64_t poisson(double mean);

private:
    uint64_t state_[4];
};

}  // namespace foreshard
