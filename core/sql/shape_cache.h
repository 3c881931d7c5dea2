// ShapeCache: remembers statements that came before, so that one which differs from them in literals alone is compared
// instead of tokenised. A shape is a statement's text with holes where its numbers and plain strings stand; whatever else
// it holds (names, blanks, comments, parameters, NULL, the literals that belong to the template) must be the same to the
// byte. The lexer's own functions say where a literal ends, so that a match gives exactly the tokens that a scan would.
// Bounded; forgets everything when full. Internal to sql/; one per thread.
#pragma once

#include <absl/container/flat_hash_map.h>

#include <string>
#include <string_view>
#include <vector>

#include "core/sql/lexer_core.h"
#include "core/sql/template.h"

namespace foreshard::sql {

class ShapeCache {
public:
    // Looks the statement up and fills `out`; false: it has to be scanned. `copy` holds it and lexPadding zero bytes;
    // `source` is the text that the views shall point into.
    bool find(const char* copy, const char* source, size_t size, Scan& out);
    // Keeps the shape of a statement that was scanned, once its template has come before. Gives it its number.
    void learn(const char* copy, const char* source, size_t size, Scan& scan);

private:
    enum class Hole : uint8_t { none, number, signedNumber, text };   // none: a literal that is part of the text
    struct Piece {
        uint32_t before = 0;           // bytes of text in front of the literal
        Hole hole = Hole::none;
        SlotLiteral literal;           // of Hole::none; its text view is set anew, but where it is no text of the statement
        uint32_t literalSize = 0;      // of Hole::none
        uint32_t textSize = 0;
    };
    struct Shape {
        uint64_t number = 0, fingerprint = 0;
        uint32_t slots = 0, tokens = 0, textSize = 0;
        std::string text;              // without the literals in holes; padded
        std::vector<Piece> pieces;
    };

    static uint64_t keyOf(const char* copy);
    bool matches(const Shape& shape, const char* copy, const char* source, size_t size, Scan& out) const;
    bool makeShape(const char* copy, const char* source, size_t size, const Scan& scan, Shape& shape) const;

    static constexpr size_t mostBytes = 4'096, mostLiterals = 64, candidates = 8, keyBytes = 24;
    static constexpr size_t seenSlots = 4'096;
    absl::flat_hash_map<uint64_t, std::vector<uint32_t>> byKey_;   // indexes of shapes_, the last one used first
    std::vector<Shape> shapes_;
    std::vector<uint64_t> seen_;       // fingerprints that came before, by their low bits
    uint64_t generation_ = 1;
};

}  // namespace foreshard::sql
