// 64 bytes of text as bit masks, one bit a byte: what readers look for the structure of a record with. Pure functions.
#pragma once

#include <cstdint>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace foreshard::ingest {

#if defined(__SSE2__)

class ByteBlock {
public:
    explicit ByteBlock(const char* p)
        : a_(load(p)), b_(load(p + 16)), c_(load(p + 32)), d_(load(p + 48)) {}
    uint64_t equal(char c) const {
        const __m128i wanted = _mm_set1_epi8(c);
        return join(_mm_cmpeq_epi8(a_, wanted), _mm_cmpeq_epi8(b_, wanted), _mm_cmpeq_epi8(c_, wanted), _mm_cmpeq_epi8(d_, wanted));
    }

private:
    static __m128i load(const char* p) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(p)); }
    static uint64_t bits(__m128i x) { return static_cast<uint32_t>(_mm_movemask_epi8(x)); }
    static uint64_t join(__m128i a, __m128i b, __m128i c, __m128i d) { return bits(a) | bits(b) << 16 | bits(c) << 32 | bits(d) << 48; }
    __m128i a_, b_, c_, d_;
};

#else

class ByteBlock {
public:
    explicit ByteBlock(const char* p) { std::memcpy(bytes_, p, 64); }
    uint64_t equal(char c) const {
        return collect([c](unsigned char byte) { return byte == static_cast<unsigned char>(c); });
    }

private:
    template <typename Test>
    uint64_t collect(Test test) const {
        uint64_t mask = 0;
        for (int i = 0; i < 64; ++i) mask |= static_cast<uint64_t>(test(bytes_[i])) << i;
        return mask;
    }
    unsigned char bytes_[64];
};

#endif

// Bit i: whether an odd number of bits up to and with i is set. Of a mask of quotes: the bytes inside quotes, the opening
// ones included, the closing ones not.
constexpr uint64_t prefixXor(uint64_t mask) {
    mask ^= mask << 1;
    mask ^= mask << 2;
    mask ^= mask << 4;
    mask ^= mask << 8;
    mask ^= mask << 16;
    mask ^= mask << 32;
    return mask;
}

}  // namespace foreshard::ingest
