// Tokens as values, for the parts that are not hot: splitting, tests, and whoever wants to look at SQL without a parse.
// Views point into the text given. Pure functions; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/sql/lexer_core.h"

namespace foreshard::sql {

enum class TokenKind : uint8_t { word, valueWord, name, number, text, parameter, op, punct };

struct Token {
    TokenKind kind = TokenKind::word;
    Quoting quoting = Quoting::plain;  // of names and text
    std::string_view text;             // as it stands there
    uint32_t offset = 0;               // byte offset
    bool operator==(const Token&) const = default;
};

struct Tokens {
    std::vector<Token> tokens;
    bool cut = false;  // the text ends inside a quote or comment
};

Tokens tokenize(std::string_view text);

// What a constant or quoted name means: quotes, escapes and continuations undone.
std::string decodeQuoted(const QuotedSpan& span);

// The name a word or quoted name stands for: unquoted ASCII letters lowered.
std::string lowered(std::string_view word);

}  // namespace foreshard::sql
