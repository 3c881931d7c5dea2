// The normalised tokens of a statement: what is left of it once literals are slots and lists are collapsed. Facts, the
// template's text and the token-level reader are all made from it. Views point into the statement and into `arena`.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/sql/keywords.h"
#include "core/sql/template.h"

namespace foreshard::sql {

enum class TraceKind : uint8_t { word, name, slot, kept, op, punct };

struct TraceToken {
    TraceKind kind = TraceKind::word;
    LiteralKind literal = LiteralKind::number;  // of slots and kept literals
    bool reserved = false;                      // name: unquoted it would be another thing
    Keyword keyword;                            // of words
    uint32_t slot = 0;                          // of slots
    std::string_view source;                    // as it stands in the statement
    std::string_view text;                      // decoded: names, literals; words as written
    bool is(std::string_view punctOrOp) const {
        return (kind == TraceKind::punct || kind == TraceKind::op) && source == punctOrOp;
    }
    // An unquoted word, in lower case.
    bool isWord(std::string_view lower) const;
    bool isIdentifier() const { return kind == TraceKind::word || kind == TraceKind::name; }
};

struct Trace {
    std::vector<TraceToken> tokens;
    std::vector<SlotLiteral> literals;  // of all, collapsed ones too
    uint32_t slots = 0;
    bool cut = false;
    bool strayBytes = false;            // holds control characters that no SQL has
    std::unique_ptr<std::string> text;  // a copy of the statement, padded; `source` views point into it
    std::unique_ptr<std::string> arena;
};

Trace traceStatement(std::string_view statement);

// The name that a word or quoted name stands for.
std::string identifierOf(const TraceToken& token);

}  // namespace foreshard::sql
