#include "core/sql/shape_cache.h"

#include <algorithm>
#include <cstring>

namespace foreshard::sql {

namespace {

// Both sides may be read lexPadding bytes beyond `size`.
inline bool sameBytes(const char* a, const char* b, size_t size) {
#if defined(__SSE2__)
    size_t at = 0;
    for (; at + 16 <= size; at += 16) {
        const __m128i equal = _mm_cmpeq_epi8(_mm_loadu_si128(reinterpret_cast<const __m128i*>(a + at)),
                                             _mm_loadu_si128(reinterpret_cast<const __m128i*>(b + at)));
        if (_mm_movemask_epi8(equal) != 0xffff) return false;
    }
    if (at == size) return true;
    const __m128i equal = _mm_cmpeq_epi8(_mm_loadu_si128(reinterpret_cast<const __m128i*>(a + at)),
                                         _mm_loadu_si128(reinterpret_cast<const __m128i*>(b + at)));
    const uint32_t wanted = (1u << (size - at)) - 1;
    return (static_cast<uint32_t>(_mm_movemask_epi8(equal)) & wanted) == wanted;
#else
    return std::memcmp(a, b, size) == 0;
#endif
}

}  // namespace

uint64_t ShapeCache::keyOf(const char* copy) {
    uint64_t words[3];
    std::memcpy(words, copy, keyBytes);
    return foldMultiply(words[0] ^ 0xa0761d6478bd642fULL, words[1] ^ 0xe7037ed1a0b428dbULL) ^
           foldMultiply(words[2] ^ 0x8ebc6af09c88c6e3ULL, 0x589965cc75374cc3ULL);
}

bool ShapeCache::matches(const Shape& shape, const char* copy, const char* source, size_t size, Scan& out) const {
    const char* p = copy;
    const char* const end = copy + size;
    const char* text = shape.text.data();
    out.literals.resize(shape.pieces.size());
    SlotLiteral* literal = out.literals.data();
    for (const Piece& piece : shape.pieces) {
        if (static_cast<size_t>(end - p) < piece.before + piece.literalSize || !sameBytes(p, text, piece.before + piece.literalSize)) return false;
        p += piece.before;
        text += piece.before + piece.literalSize;
        *literal = piece.literal;
        literal->offset = static_cast<uint32_t>(p - copy);
        switch (piece.hole) {
            case Hole::none:
                if (piece.textSize > 0) literal->text = {source + (p - copy), piece.textSize};
                p += piece.literalSize;
                break;
            case Hole::number:
            case Hole::signedNumber: {
                const char* digits = piece.hole == Hole::signedNumber && *p == '-' ? p + 1 : p;
                if (!isDigit(*digits)) return false;
                const char* behind = numberEnd(digits);
                literal->text = {source + (p - copy), static_cast<size_t>(behind - p)};
                p = behind;
                break;
            }
            case Hole::text: {
                if (*p != '\'') return false;
                bool cut = false;
                QuotedSpan span = quotedSpan(p, p, end, '\'', Quoting::plain, &cut);
                if (!cut && classOf(*span.end) == CharClass::blank) joinContinued(span, end, &cut);
                if (cut || !span.verbatim) return false;
                literal->text = {source + (span.contentBegin - copy), static_cast<size_t>(span.contentEnd - span.contentBegin)};
                p = span.end;
                break;
            }
        }
        if (p > end) return false;
        ++literal;
    }
    const auto left = static_cast<size_t>(shape.text.data() + shape.textSize - text);
    if (static_cast<size_t>(end - p) != left || !sameBytes(p, text, left)) return false;
    out.fingerprint = shape.fingerprint;
    out.slots = shape.slots;
    out.tokens = shape.tokens;
    out.shape = shape.number;
    out.cut = false;
    return true;
}

bool ShapeCache::find(const char* copy, const char* source, size_t size, Scan& out) {
    if (size > mostBytes) return false;
    const auto place = byKey_.find(keyOf(copy));
    if (place == byKey_.end()) return false;
    auto& list = place->second;
    for (size_t i = 0; i < list.size(); ++i) {
        if (!matches(shapes_[list[i]], copy, source, size, out)) continue;
        if (i > 0) std::swap(list[i], list[i / 2]);
        return true;
    }
    return false;
}

bool ShapeCache::makeShape(const char* copy, const char* source, size_t size, const Scan& scan, Shape& shape) const {
    size_t from = 0;   // in the statement: what is not in shape.text yet
    for (const SlotLiteral& literal : scan.literals) {
        if (literal.offset < from || (literal.offset < keyBytes)) return false;
        Piece piece{static_cast<uint32_t>(literal.offset - from), Hole::none, literal, 0, 0};
        const char* at = copy + literal.offset;
        const bool inSource = literal.text.data() >= source && literal.text.data() + literal.text.size() <= source + size;
        const auto textAt = inSource ? static_cast<size_t>(literal.text.data() - source) : 0;
        size_t behind = literal.offset;
        switch (literal.kind) {
            case LiteralKind::number: {
                const bool sign = *at == '-';
                if (!inSource || textAt != literal.offset || !isDigit(at[sign ? 1 : 0])) return false;
                piece.hole = sign ? Hole::signedNumber : Hole::number;
                behind += literal.text.size();
                break;
            }
            case LiteralKind::string:
                if (!inSource || *at != '\'' || textAt != literal.offset + 1 || at[1 + literal.text.size()] != '\'') return false;
                piece.hole = Hole::text;
                behind += literal.text.size() + 2;
                break;
            case LiteralKind::null: piece.literalSize = 4; break;
            case LiteralKind::boolean: piece.literalSize = lowerByte(*at) == 't' ? 4 : 5; break;
            case LiteralKind::parameter:
                if (!inSource || textAt != literal.offset) return false;
                piece.literalSize = piece.textSize = static_cast<uint32_t>(literal.text.size());
                break;
            case LiteralKind::bytes: return false;
        }
        shape.text.append(copy + from, behind == literal.offset ? literal.offset + piece.literalSize - from : literal.offset - from);
        from = behind == literal.offset ? literal.offset + piece.literalSize : behind;
        if (piece.hole != Hole::none || piece.textSize > 0) piece.literal.text = {};
        shape.pieces.push_back(piece);
    }
    shape.text.append(copy + from, size - from);
    shape.textSize = static_cast<uint32_t>(shape.text.size());
    shape.text.append(lexPadding, '\0');
    shape.fingerprint = scan.fingerprint;
    shape.slots = scan.slots;
    shape.tokens = scan.tokens;
    return true;
}

void ShapeCache::learn(const char* copy, const char* source, size_t size, Scan& scan) {
    if (scan.cut || size > mostBytes || scan.literals.size() > mostLiterals) return;
    if (seen_.empty()) seen_.resize(seenSlots);
    auto& seen = seen_[scan.fingerprint % seenSlots];
    if (seen != scan.fingerprint) {
        seen = scan.fingerprint;
        return;
    }
    Shape shape;
    if (!makeShape(copy, source, size, scan, shape)) return;
    if (shapes_.size() == Scan::shapeSlots) {
        shapes_.clear();
        byKey_.clear();
        ++generation_;
    }
    auto& list = byKey_[keyOf(copy)];
    if (list.size() == candidates) list.pop_back();
    shape.number = generation_ * Scan::shapeSlots + shapes_.size();
    list.insert(list.begin(), static_cast<uint32_t>(shapes_.size()));
    shapes_.push_back(std::move(shape));
}

}  // namespace foreshard::sql
