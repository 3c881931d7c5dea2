// Hashes of SQL words and operators: what fingerprints are made of, so the results never change. Words hash by their
// bytes after ASCII letters are lowered, in zero-padded blocks of 16. The multiply-and-fold step is wyhash's (Wang Yi,
// public domain). Pure functions; any thread.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace foreshard::sql {

__extension__ typedef unsigned __int128 Wide;

constexpr uint64_t foldMultiply(uint64_t a, uint64_t b) {
    const Wide product = static_cast<Wide>(a) * b;
    return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

constexpr uint64_t wordHashStep(uint64_t hash, uint64_t low, uint64_t high) {
    return foldMultiply(low ^ 0xa0761d6478bd642fULL ^ hash, high ^ 0xe7037ed1a0b428dbULL);
}

constexpr uint64_t operatorHash(uint64_t bytes) {
    return foldMultiply(bytes ^ 0x8ebc6af09c88c6e3ULL, 0x589965cc75374cc3ULL);
}

// The bytes as they are: for words already lowered and for the content of quoted names.
constexpr uint64_t hashWord(std::string_view word) {
    uint64_t hash = 0;
    do {
        uint64_t halves[2] = {0, 0};
        const size_t size = word.size() < 16 ? word.size() : 16;
        for (size_t i = 0; i < size; ++i) {
            halves[i / 8] |= static_cast<uint64_t>(static_cast<uint8_t>(word[i])) << (8 * (i % 8));
        }
        hash = wordHashStep(hash, halves[0], halves[1]);
        word.remove_prefix(size);
    } while (!word.empty());
    return hash;
}

// The same, fast; 16 bytes beyond its end must be readable.
inline uint64_t hashWordAt(const char* p, size_t size) {
    uint64_t hash = 0;
    const auto load = [](const char* at, size_t bytes) {
        uint64_t half = 0;
        std::memcpy(&half, at, 8);
        return bytes >= 8 ? half : half & ((uint64_t{1} << (8 * bytes)) - 1);
    };
    do {
        const size_t block = size < 16 ? size : 16;
        hash = wordHashStep(hash, load(p, block), block > 8 ? load(p + 8, block - 8) : 0);
        p += block;
        size -= block;
    } while (size > 0);
    return hash;
}

constexpr bool isWordByte(uint8_t c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$' ||
           c >= 0x80;
}
constexpr char lowerByte(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

struct WordRun {
    uint32_t length = 0;
    uint64_t hash = 0;
};

#if defined(__SSE2__)
namespace detail {
alignas(32) inline constexpr uint8_t keepFirst[32] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                                      0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
// 0xff where low <= byte < low + count, by one signed comparison.
inline __m128i inRange(__m128i bytes, char low, int count) {
    const __m128i shifted = _mm_add_epi8(bytes, _mm_set1_epi8(static_cast<char>(-128 - low)));
    return _mm_cmplt_epi8(shifted, _mm_set1_epi8(static_cast<char>(-128 + count)));
}
}  // namespace detail

// Length and hash of the word at `p`; 16 bytes beyond its end must be readable.
inline WordRun readWord(const char* p) {
    WordRun run;
    for (;;) {
        const __m128i raw = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p + run.length));
        const __m128i upper = detail::inRange(raw, 'A', 26);
        const __m128i folded = _mm_add_epi8(raw, _mm_and_si128(upper, _mm_set1_epi8(32)));
        const __m128i word = _mm_or_si128(
            _mm_or_si128(detail::inRange(folded, 'a', 26), detail::inRange(folded, '0', 10)),
            _mm_or_si128(_mm_cmpeq_epi8(folded, _mm_set1_epi8('_')), _mm_cmpeq_epi8(folded, _mm_set1_epi8('$'))));
        const auto mask = static_cast<uint32_t>(_mm_movemask_epi8(_mm_or_si128(word, raw)));
        const auto length = static_cast<uint32_t>(__builtin_ctz(~mask));
        if (length == 0) return run;
        const __m128i keep = _mm_loadu_si128(reinterpret_cast<const __m128i*>(detail::keepFirst + 16 - length));
        const __m128i kept = _mm_and_si128(folded, keep);
        uint64_t halves[2];
        _mm_storeu_si128(reinterpret_cast<__m128i*>(halves), kept);
        run.hash = wordHashStep(run.hash, halves[0], halves[1]);
        run.length += length;
        if (length < 16) return run;
    }
}
#else
inline WordRun readWord(const char* p) {
    WordRun run;
    for (;;) {
        uint64_t halves[2] = {0, 0};
        uint32_t length = 0;
        for (; length < 16 && isWordByte(static_cast<uint8_t>(p[run.length + length])); ++length) {
            halves[length / 8] |= static_cast<uint64_t>(static_cast<uint8_t>(lowerByte(p[run.length + length])))
                                  << (8 * (length % 8));
        }
        if (length == 0) return run;
        run.hash = wordHashStep(run.hash, halves[0], halves[1]);
        run.length += length;
        if (length < 16) return run;
    }
}
#endif

}  // namespace foreshard::sql
