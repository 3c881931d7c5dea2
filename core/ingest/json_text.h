// Parts of a jsonlog's line, for the reader of lines as a server writes them. Pure functions, but for MemberNames.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace foreshard::ingest {

// What a JSON string holds beside plain ASCII.
struct JsonTextKind {
    bool escapes = false;              // a backslash
    bool high = false;                 // bytes from 0x80 up
};

// The quote that closes the string whose first character is at `p`; null where the string holds what no JSON string may (a
// line break, for one). 16 bytes from any byte below `limit` on can be read; a string that reaches `limit` is none.
inline const char* jsonStringEnd(const char* p, const char* limit, JsonTextKind& kind) {
    while (p < limit) {
#if defined(__SSE2__)
        const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
        const auto high = static_cast<uint32_t>(_mm_movemask_epi8(bytes));
        // As signed bytes those from 0x80 up are below a blank too.
        const auto odd = static_cast<uint32_t>(_mm_movemask_epi8(_mm_or_si128(
            _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')), _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'))), _mm_cmplt_epi8(bytes, _mm_set1_epi8(' ')))));
        if (odd == 0) {
            p += 16;
            continue;
        }
        const uint32_t stops = odd & ~high;
        kind.high |= odd != stops;
        if (stops == 0) {
            p += 16;
            continue;
        }
        p += std::countr_zero(stops);
#else
        const auto byte = static_cast<unsigned char>(*p);
        kind.high |= byte >= 0x80;
        if (byte >= ' ' && byte != '"' && byte != '\\') {
            ++p;
            continue;
        }
#endif
        if (p >= limit) return nullptr;
        if (*p == '"') return p;
        if (*p != '\\' || static_cast<signed char>(p[1]) < ' ') return nullptr;   // as a signed byte, one from 0x80 up is below too
        kind.escapes = true;
        p += 2;
    }
    return nullptr;
}

// The end of a number whose first character is at `p`: behind its digits and signs. 16 bytes from any byte of it on can be read.
inline const char* jsonNumberEnd(const char* p) {
#if defined(__SSE2__)
    for (;; p += 16) {
        const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
        const __m128i digits = _mm_cmplt_epi8(_mm_add_epi8(bytes, _mm_set1_epi8(static_cast<char>(-128 - '0'))), _mm_set1_epi8(-128 + 10));
        const auto inside = static_cast<uint32_t>(_mm_movemask_epi8(_mm_or_si128(digits, _mm_cmpeq_epi8(bytes, _mm_set1_epi8('-')))));
        if (inside != 0xffff) return p + std::countr_one(inside);
    }
#else
    while ((*p >= '0' && *p <= '9') || *p == '-') ++p;
    return p;
#endif
}

// The names of members as they came, each with the one that stood behind it last: a server writes them in the same order in
// nearly all records, so that one comparison of a few words finds a name. One thread.
class MemberNames {
public:
    static constexpr size_t mostBytes = 32;        // of a name with its quotes and colon
    static constexpr size_t none = 0;

    struct Name {
        char text[mostBytes] = {};
        uint32_t own = 0;                          // bit i: byte i of `text` is part of the name
        uint32_t size = 0;                         // quotes and colon included
        uint32_t next = none;
        size_t member = 0;                         // what the caller calls it

        bool startsAt(const char* p) const {
#if defined(__SSE2__)
            const auto equal = [&](size_t at) {
                const __m128i read = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p + at)), known = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text + at));
                return static_cast<uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(read, known)));
            };
            return ((equal(0) | equal(16) << 16) & own) == own;
#else
            return std::memcmp(p, text, size) == 0;
#endif
        }
    };

    // The number of the name that starts, with its quote, at `p`, behind the one of number `previous` (none at first); none
    // where no plain ASCII name of at most 29 bytes stands there. 32 bytes from `p` on can be read. `memberOf` is asked once a name.
    template <typename MemberOf>
    size_t find(size_t previous, const char* p, MemberOf memberOf) {
        const size_t guess = names_[previous].next;
        if (guess != none && names_[guess].startsAt(p)) return guess;
        const size_t found = known(p, memberOf);
        if (found != none) names_[previous].next = static_cast<uint32_t>(found);
        return found;
    }
    const Name& operator[](size_t number) const { return names_[number]; }

private:
    template <typename MemberOf>
    size_t known(const char* p, MemberOf memberOf) {
        static constexpr size_t most = 64;
        for (size_t i = 1; i < names_.size(); ++i)
            if (names_[i].startsAt(p)) return i;
        const std::string_view text(p, mostBytes);
        const size_t end = text.find('"', 1);
        if (text[0] != '"' || end >= mostBytes - 1 || text[end + 1] != ':' || names_.size() > most ||
            !std::all_of(text.begin() + 1, text.begin() + static_cast<ptrdiff_t>(end), [](char c) { return static_cast<signed char>(c) >= ' ' && c != '\\'; }))
            return none;
        Name& made = names_.emplace_back();
        made.size = static_cast<uint32_t>(end + 2);
        std::memcpy(made.text, p, made.size);
        made.own = static_cast<uint32_t>((uint64_t{1} << made.size) - 1);
        made.member = memberOf(text.substr(1, end - 1));
        return names_.size() - 1;
    }

    std::vector<Name> names_ = std::vector<Name>(1);
};

}  // namespace foreshard::ingest
