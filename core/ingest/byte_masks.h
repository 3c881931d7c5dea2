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
    // Bytes below `c`, which is at most 0x7f.
    uint64_t below(char c) const {
        const __m128i least = _mm_set1_epi8(c);
        const auto less = [&](__m128i x) { return _mm_andnot_si128(_mm_cmplt_epi8(x, _mm_setzero_si128()), _mm_cmplt_epi8(x, least)); };
        return join(less(a_), less(b_), less(c_), less(d_));
    }
    // Bytes from 0x80 up.
    bool anyHigh() const { return _mm_movemask_epi8(_mm_or_si128(_mm_or_si128(a_, b_), _mm_or_si128(c_, d_))) != 0; }

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
    uint64_t below(char c) const {
        return collect([c](unsigned char byte) { return byte < static_cast<unsigned char>(c); });
    }
    bool anyHigh() const { return collect([](unsigned char byte) { return byte >= 0x80; }) != 0; }

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
