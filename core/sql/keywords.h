// The words that mean something to the lexer and to templates: which of them an operand follows (so that "- 5" is a
// sign), which are reserved (so that "user" in quotes is another thing), which are printed in upper case, and which
// functions shape a column expression by their literal arguments. Constant data; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "core/sql/word_hash.h"

namespace foreshard::sql {

enum class Word : uint8_t {
    none,
    array,
    default_,
    false_,
    in,
    null_,
    other,
    role,
    select,
    set,
    table,
    to,
    true_,
    values,
    with,
};

// What may follow a token.
namespace follow {
constexpr uint8_t operand = 1;      // a value, so a sign, a `?` and NULL are values here
constexpr uint8_t noValueWord = 2;  // but TRUE, FALSE and NULL are keywords (IS NULL, NOT NULL, DEFAULT NULL)
constexpr uint8_t name = 4;         // after a dot: any word is a name
}  // namespace follow

struct Keyword {
    uint64_t hash = 0;
    Word word = Word::none;
    uint8_t after = 0;      // follow::…
    bool reserved = false;  // in quotes it is a different word
    bool upper = false;     // printed in upper case
    uint8_t shape = 0;      // bit i: a literal as argument i of this function belongs to the template
};

constexpr size_t keywordSlots = 2048;
extern const std::array<Keyword, keywordSlots> keywordTable;

// Each keyword has a slot of its own, so that one comparison decides. The multiplier was found by trying odd numbers;
// where a new keyword shares a slot, makeTable() does not compile, and the next odd number that does is as good.
constexpr uint64_t keywordMultiplier = 483;
constexpr size_t keywordSlot(uint64_t hash) { return (hash * keywordMultiplier) >> 53; }

// The keyword with this word hash; one with Word::none and no flags where there is none.
inline const Keyword& findKeyword(uint64_t hash) {
    static constexpr Keyword nothing;
    const Keyword& found = keywordTable[keywordSlot(hash)];
    return found.hash == hash ? found : nothing;
}

}  // namespace foreshard::sql
