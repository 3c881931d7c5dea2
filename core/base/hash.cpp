#include "core/base/hash.h"

// Inlined on purpose: libpg_query exports XXH* symbols of another version, and the linker would pick either.
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cmath>

namespace foreshard {

uint64_t hashBytes(const void* data, size_t size, uint64_t seed) { return XXH3_64bits_withSeed(data, size, seed); }

namespace {
constexpr uint64_t rotateLeft(uint64_t x, int k) { return (x << k) | (x >> (64 - k)); }
}  // namespace

Random::Random(uint64_t seed) {
    for (auto& word : state_) {
        seed += 0x9e3779b97f4a7c15ULL;
        uint64_t z = seed;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
        word = z ^ (z >> 31);
    }
}

uint64_t Random::next() {
    const uint64_t result = rotateLeft(state_[1] * 5, 7) * 9;
    const uint64_t t = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= t;
    state_[3] = rotateLeft(state_[3], 45);
    return result;
}

__extension__ typedef unsigned __int128 Wide;

uint64_t Random::below(uint64_t bound) {
    Wide product = static_cast<Wide>(next()) * bound;
    if (auto low = static_cast<uint64_t>(product); low < bound) {
        const uint64_t threshold = (0 - bound) % bound;
        while (low < threshold) {
            product = static_cast<Wide>(next()) * bound;
            low = static_cast<uint64_t>(product);
        }
    }
    return static_cast<uint64_t>(product >> 64);
}

int64_t Random::between(int64_t low, int64_t high) {
    const uint64_t span = static_cast<uint64_t>(high) - static_cast<uint64_t>(low) + 1;
    return static_cast<int64_t>(static_cast<uint64_t>(low) + (span == 0 ? next() : below(span)));
}

double Random::uniform() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

double Random::normal() {
    const double u = 1.0 - uniform();
    return std::sqrt(-2.0 * std::log(u)) * std::cos(2.0 * 3.14159265358979323846 * uniform());
}

uint64_t Random::poisson(double mean) {
    if (mean <= 0) return 0;
    if (mean > 30) {
        const double draw = std::round(mean + std::sqrt(mean) * normal());
        return draw < 0 ? 0 : static_cast<uint64_t>(draw);
    }
    double product = uniform();
    const double limit = std::exp(-mean);
    uint64_t count = 0;
    while (product > limit) {
        product *= uniform();
        ++count;
    }
    return count;
}

}  // namespace foreshard
