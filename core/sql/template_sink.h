// The sink that makes a template: hashes normalised tokens, numbers literals, collapses lists. With Traced it also
// keeps the normalised tokens (trace.h); without, tracing costs nothing. Internal to sql/.
//
// Lists are frames on a small stack. An element (of IN, of ARRAY, a row of VALUES) is hashed on its own; where it
// hashes like the element before it, its literals take that one's slots and it leaves no further mark on the
// fingerprint.
#pragma once

#include <algorithm>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/base/hash.h"
#include "core/sql/lexer.h"
#include "core/sql/template.h"
#include "core/sql/trace.h"

namespace foreshard::sql {

// Kept out of the loop over tokens, which is faster for being small.
#define FORESHARD_COLD [[gnu::noinline]]
#define FORESHARD_HOT [[gnu::always_inline]]

template <bool Traced>
class TemplateSink {
public:
    // `copy` holds the statement and lexPadding zero bytes.
    void begin(std::string_view statement, const char* copy) {
        copy_ = copy;
        copyEnd_ = copy + statement.size();
        source_ = statement.data();
        hash_ = seed;
        out.literals.clear();
        out.slots = out.tokens = 0;
        out.cut = false;
        out.shape = 0;
        arena_.clear();
        size_ = statement.size();
        frameCount_ = depth_ = questionMarks_ = 0;
        pending_ = Pending::nothing;
        keepNext_ = strayBytes_ = false;
        keepDepth_ = noDepth;
        setting_ = Setting::none;
        if (!names_.empty()) names_.clear();
        if constexpr (Traced) trace.clear();
    }

    void end() {
        while (frameCount_ > 0) closeFrame();
        out.fingerprint = mixHash(hash_);
    }

    FORESHARD_HOT void word(const char* begin, const char* end, uint64_t hash, const Keyword& keyword) {
        pending_ = Pending::nothing;
        keepNext_ = false;
        if (setting_ == Setting::value && keyword.word != Word::default_ && keyword.word != Word::to)
            return settingWord(begin, end);
        ++out.tokens;
        if (setting_ == Setting::name && keyword.word == Word::to) return assignmentSign();
        mix(hash);
        if constexpr (Traced)
            trace.push_back({TraceKind::word, {}, false, keyword, 0, view(begin, end), view(begin, end)});
        if (keyword.word != Word::none) significantWord(keyword);
    }

    void valueWord(const char* begin, const char* end, Word word) {
        static constexpr std::string_view texts[] = {"true", "false", ""};
        const int which = word == Word::true_ ? 0 : word == Word::false_ ? 1 : 2;
        literal(which == 2 ? LiteralKind::null : LiteralKind::boolean, texts[which], begin, end);
    }

    FORESHARD_HOT void name(const QuotedSpan& span) {
        if (setting_ == Setting::value) return text(span);
        pending_ = Pending::nothing;
        keepNext_ = false;
        ++out.tokens;
        std::string_view text = span.content();
        uint64_t hash;
        if (span.verbatim && span.quoting != Quoting::unicodeIdentifier) {
            hash = hashWordAt(span.contentBegin, text.size());
        } else {
            text = decoded(span);
            hash = hashWord(text);
        }
        const bool reserved = findKeyword(hash).reserved;
        mix(reserved ? hash ^ quotedReserved : hash);
        if constexpr (Traced) trace.push_back({TraceKind::name, {}, reserved, {}, 0, view(span.begin, span.end), text});
    }

    FORESHARD_HOT void number(const char* begin, const char* end) {
        const bool apart = *begin == '+' || (*begin == '-' && !isDigit(begin[1]));
        literal(LiteralKind::number, apart ? signedNumber(begin, end) : inSource(begin, end), begin, end);
    }

    FORESHARD_HOT void text(const QuotedSpan& span) {
        const LiteralKind kind = span.quoting == Quoting::bits ? LiteralKind::bytes : LiteralKind::string;
        const bool plain =
            span.verbatim && span.quoting != Quoting::unicode && span.quoting != Quoting::unicodeIdentifier;
        literal(kind, plain ? inSource(span.contentBegin, span.contentEnd) : decoded(span), span.begin, span.end);
    }

    void parameter(const char* begin, const char* end) {
        keepNext_ = false;
        addSlot(LiteralKind::parameter, inSource(begin, end), begin, end, parameterNumber(begin, end));
    }

    FORESHARD_HOT void op(const char* begin, const char* end) {
        pending_ = Pending::nothing;
        ++out.tokens;
        const auto size = static_cast<size_t>(end - begin);
        if (setting_ == Setting::name && size == 1 && *begin == '=') return assignmentSign();
        uint64_t bytes = 0;
        std::memcpy(&bytes, begin, 8);
        if (size < 8) bytes &= (uint64_t{1} << (8 * size)) - 1;
        if (bytes == notEqualBytes) bytes = lessGreaterBytes;
        mix(size <= 8 ? operatorHash(bytes) : hashBytes(begin, size));
        // A literal after a path operator or a modulus says which expression it is.
        keepNext_ = bytes == arrow || bytes == arrowText || bytes == path || bytes == pathText || bytes == '%';
        if constexpr (Traced) trace.push_back({TraceKind::op, {}, false, {}, 0, view(begin, end), view(begin, end)});
    }

    FORESHARD_HOT const char* punct(const char* at) {
        const char c = *at;
        const char* next = at + 1;
        keepNext_ = false;
        ++out.tokens;
        if (c == ',' && frameCount_ > 0 && frames_[frameCount_ - 1].depth == depth_) return separator(at), next;
        switch (c) {
            case '(':
            case '[':
                open(at);
                return next;
            case ')':
            case ']':
                return close(at);
            case ';':
                return semicolon(at);
            default:
                break;
        }
        if (static_cast<uint8_t>(c) < ' ') strayBytes_ = true;
        pending_ = Pending::nothing;
        plainPunct(at);
        return next;
    }

    void cut() { out.cut = true; }

    bool strayBytes() const { return strayBytes_; }
    std::string takeArena() { return std::move(arena_); }

    Scan out;
    std::vector<TraceToken> trace;  // views into the copy and the arena

private:
    enum class Pending : uint8_t { nothing, list, array, rows, function };
    enum class Setting : uint8_t { none, name, value };
    enum class FrameKind : uint8_t { list, array, rows, shape, plain };
    struct Frame {
        FrameKind kind = FrameKind::plain;
        uint8_t shape = 0;          // shape: which arguments are kept
        uint8_t argument = 0;       // shape: which one we are in
        uint32_t depth = 0;         // of brackets, where its separators are
        uint32_t firstToken = 0;    // list: a query inside makes it plain
        uint64_t outer = 0;         // hash before the frame
        uint64_t elements = 0;      // hash of the elements so far
        uint64_t previous = 0;      // hash of the last element; 0: none yet
        uint32_t previousSlot = 0;  // where its slots begin
        uint32_t slot = 0;          // where this element's slots begin
        uint32_t literal = 0;       // … and its literals
        uint32_t traceSize = 0;     // … and its trace, the separator included
    };
    static constexpr uint32_t maxFrames = 24;  // deeper lists stay as they are
    static constexpr uint32_t noDepth = UINT32_MAX;
    static constexpr uint64_t seed = 0x243f6a8885a308d3ULL;
    static constexpr uint64_t slotHash = 0x13198a2e03707344ULL;
    static constexpr uint64_t keptHash = 0xa4093822299f31d0ULL;
    static constexpr uint64_t quotedReserved = 0x082efa98ec4e6c89ULL;
    static constexpr uint64_t bytesOf(std::string_view op) {
        uint64_t bytes = 0;
        for (size_t i = 0; i < op.size(); ++i) bytes |= static_cast<uint64_t>(static_cast<uint8_t>(op[i])) << (8 * i);
        return bytes;
    }
    static constexpr uint64_t notEqualBytes = bytesOf("!="), lessGreaterBytes = bytesOf("<>"), arrow = bytesOf("->"),
                              arrowText = bytesOf("->>"), path = bytesOf("#>"), pathText = bytesOf("#>>");

    FORESHARD_HOT void mix(uint64_t token) { hash_ = foldMultiply(hash_ ^ token, 0x9e3779b97f4a7c15ULL) + token; }

    std::string_view view(const char* begin, const char* end) const {
        return {begin, static_cast<size_t>(end - begin)};
    }
    std::string_view inSource(const char* begin, const char* end) const {
        return {source_ + (begin - copy_), static_cast<size_t>(end - begin)};
    }
    // Never longer than the statement in all, so that it never moves.
    FORESHARD_COLD std::string_view stored(const std::string& text) {
        if (arena_.empty()) arena_.reserve(std::max<size_t>(size_, 64));
        const size_t at = arena_.size();
        arena_ += text;
        return std::string_view(arena_).substr(at);
    }
    FORESHARD_COLD std::string_view decoded(const QuotedSpan& span) { return stored(decodeQuoted(span)); }

    // "+5" is "5", "- 5" is "-5".
    FORESHARD_COLD std::string_view signedNumber(const char* begin, const char* end) {
        const char* digits = begin + 1;
        while (classOf(*digits) == CharClass::blank) ++digits;
        if (*begin == '+') return inSource(digits, end);
        return digits == begin + 1 ? inSource(begin, end) : stored("-" + std::string(digits, end));
    }

    FORESHARD_COLD void significantWord(const Keyword& keyword) {
        if (keyword.shape) {
            pending_ = Pending::function;
            pendingShape_ = keyword.shape;
            return;
        }
        switch (keyword.word) {
            case Word::in:
                pending_ = Pending::list;
                break;
            case Word::array:
                pending_ = Pending::array;
                break;
            case Word::values:
                pending_ = Pending::rows;
                break;
            case Word::set:
                if (out.tokens == 1) setting_ = Setting::name;
                break;
            case Word::role:
                if (setting_ == Setting::name) beginSettingValue();
                break;
            case Word::select:
            case Word::with:
            case Word::table:
                if (frameCount_ > 0 && top().firstToken + 1 == out.tokens && top().kind == FrameKind::list)
                    top().kind = FrameKind::plain;
                break;
            default:
                break;
        }
    }

    Frame& top() { return frames_[frameCount_ - 1]; }

    FORESHARD_HOT void literal(LiteralKind kind, std::string_view text, const char* begin, const char* end) {
        if (keepNext_ || depth_ == keepDepth_) return kept(kind, text, begin, end);
        addSlot(kind, text, begin, end, 0);
    }

    FORESHARD_COLD void kept(LiteralKind kind, std::string_view text, const char* begin, const char* end) {
        pending_ = Pending::nothing;
        keepNext_ = false;
        ++out.tokens;
        mix(keptHash + static_cast<uint64_t>(kind));
        mix(hashText(text));
        if constexpr (Traced) trace.push_back({TraceKind::kept, kind, false, {}, 0, view(begin, end), text});
    }

    FORESHARD_HOT void addSlot(LiteralKind kind, std::string_view text, const char* begin, const char* end,
                               uint32_t parameter) {
        pending_ = Pending::nothing;
        ++out.tokens;
        mix(slotHash);
        out.literals.push_back({out.slots, kind, text, parameter, static_cast<uint32_t>(begin - copy_)});
        if constexpr (Traced) trace.push_back({TraceKind::slot, kind, false, {}, out.slots, view(begin, end), text});
        ++out.slots;
    }

    FORESHARD_COLD uint32_t parameterNumber(const char* begin, const char* end) {
        if (*begin == '?') return ++questionMarks_;
        if (*begin == ':')
            return names_.try_emplace(std::string(begin + 1, end), static_cast<uint32_t>(names_.size()) + 1)
                .first->second;
        uint64_t number = 0;
        for (const char* p = begin + 1; p < end; ++p)
            number = std::min<uint64_t>(number * 10 + static_cast<uint64_t>(*p - '0'), UINT32_MAX);
        return static_cast<uint32_t>(number);
    }

    FORESHARD_COLD void settingWord(const char* begin, const char* end) {
        std::string_view text = inSource(begin, end);
        for (char c : text) {
            if (c >= 'A' && c <= 'Z') {
                text = stored(lowered(text));
                break;
            }
        }
        addSlot(LiteralKind::string, text, begin, end, 0);
    }

    // SET a TO b, SET a = b
    FORESHARD_COLD void assignmentSign() {
        mix(operatorHash('='));
        if constexpr (Traced) trace.push_back({TraceKind::op, {}, false, {}, 0, "=", "="});
        beginSettingValue();
    }

    void beginSettingValue() {
        setting_ = Setting::value;
        pushFrame(FrameKind::list);
    }

    void plainPunct(const char* at) {
        mix(operatorHash(static_cast<uint8_t>(*at)));
        if constexpr (Traced) trace.push_back({TraceKind::punct, {}, false, {}, 0, view(at, at + 1), view(at, at + 1)});
    }

    void open(const char* at) {
        const Pending pending = std::exchange(pending_, Pending::nothing);
        const bool bracket = *at == '[';
        if (pending == Pending::rows && !bracket) pushFrame(FrameKind::rows);
        const bool subscript = subscripts(at);
        plainPunct(at);
        ++depth_;
        if (pending == Pending::list && !bracket) {
            pushFrame(FrameKind::list);
        } else if (bracket &&
                   (pending == Pending::array || (!subscript && frameCount_ > 0 && top().kind == FrameKind::array))) {
            pushFrame(FrameKind::array);
        } else if (bracket && subscript) {
            pushShape(0xff);  // a subscript says which element
        } else if (pending == Pending::function && !bracket) {
            pushShape(pendingShape_);
        }
    }

    // Whether the token before an opening bracket can carry a subscript. Looking back at the text is enough: blanks
    // and comments in between are rare, and then the subscript is a plain slot.
    bool subscripts(const char* at) const {
        if (*at != '[' || at == copy_) return false;
        const char c = at[-1];
        return isWordByte(static_cast<uint8_t>(c)) || c == ')' || c == ']' || c == '"';
    }

    const char* close(const char* at) {
        pending_ = Pending::nothing;
        if (depth_ == 0) return plainPunct(at), at + 1;
        while (frameCount_ > 0 && top().depth >= depth_) closeFrame();
        --depth_;
        plainPunct(at);
        restoreKeep();
        if (frameCount_ > 0 && top().kind == FrameKind::rows && top().depth == depth_) {
            const char* p = skipBlanks(at + 1, copyEnd_);
            if (*p == ',')
                p = skipBlanks(p + 1, copyEnd_);
            else
                p = copyEnd_;
            if (*p != '(') closeFrame();
        }
        return at + 1;
    }

    // Where only comments, blanks and further semicolons follow, it ends nothing.
    FORESHARD_COLD const char* semicolon(const char* at) {
        pending_ = Pending::nothing;
        const char* p = skipBlanks(at + 1, copyEnd_);
        if (p >= copyEnd_ || *p == ';') {
            --out.tokens;
            return at + 1;
        }
        if (depth_ == 0) {
            while (frameCount_ > 0) closeFrame();
            setting_ = Setting::none;
        }
        plainPunct(at);
        return at + 1;
    }

    FORESHARD_HOT void separator(const char* at) {
        pending_ = Pending::nothing;
        Frame& frame = top();
        if (frame.kind == FrameKind::shape || frame.kind == FrameKind::plain) {
            plainPunct(at);
            if (frame.kind == FrameKind::shape) {
                frame.argument = static_cast<uint8_t>(std::min(frame.argument + 1, 7));
                restoreKeep();
            }
            return;
        }
        endElement(frame);
        beginElement(frame);
        if constexpr (Traced) trace.push_back({TraceKind::punct, {}, false, {}, 0, view(at, at + 1), view(at, at + 1)});
    }

    FORESHARD_COLD bool pushFrame(FrameKind kind) {
        if (frameCount_ == maxFrames) return false;
        Frame& frame = frames_[frameCount_++];
        frame = Frame{};
        frame.kind = kind;
        frame.depth = depth_;
        frame.firstToken = out.tokens;
        frame.outer = hash_;
        if (kind != FrameKind::shape) beginElement(frame);
        restoreKeep();
        return true;
    }

    FORESHARD_COLD void pushShape(uint8_t shape) {
        if (!pushFrame(FrameKind::shape)) return;
        top().shape = shape;
        restoreKeep();
    }

    // Literals directly inside the current argument of a shaping function stay in the template.
    void restoreKeep() {
        keepDepth_ = noDepth;
        if (frameCount_ == 0) return;
        const Frame& frame = top();
        if (frame.kind == FrameKind::shape && (frame.shape >> frame.argument & 1)) keepDepth_ = frame.depth;
    }

    FORESHARD_HOT void beginElement(Frame& frame) {
        hash_ = seed;
        frame.slot = out.slots;
        frame.literal = static_cast<uint32_t>(out.literals.size());
        if constexpr (Traced) frame.traceSize = static_cast<uint32_t>(trace.size());
    }

    FORESHARD_HOT void endElement(Frame& frame) {
        if (frame.kind != FrameKind::plain && hash_ == frame.previous) {
            const uint32_t shift = frame.slot - frame.previousSlot;
            for (size_t i = frame.literal; i < out.literals.size(); ++i) out.literals[i].slot -= shift;
            out.slots = frame.slot;
            if constexpr (Traced) trace.resize(frame.traceSize);
            return;
        }
        frame.elements = foldMultiply(frame.elements ^ hash_, 0xd1342543de82ef95ULL) + hash_;
        frame.previous = hash_;
        frame.previousSlot = frame.slot;
    }

    void closeFrame() {
        Frame& frame = top();
        if (frame.kind != FrameKind::shape) {
            endElement(frame);
            hash_ = frame.outer;
            mix(frame.elements);
        }
        --frameCount_;
        restoreKeep();
    }

    const char* copy_ = nullptr;
    const char* copyEnd_ = nullptr;
    const char* source_ = nullptr;
    size_t size_ = 0;
    uint64_t hash_ = 0;
    uint32_t frameCount_ = 0;
    uint32_t depth_ = 0;
    uint32_t keepDepth_ = noDepth;
    uint32_t questionMarks_ = 0;
    Pending pending_ = Pending::nothing;
    uint8_t pendingShape_ = 0;
    Setting setting_ = Setting::none;
    bool keepNext_ = false;
    bool strayBytes_ = false;
    Frame frames_[maxFrames];
    std::unordered_map<std::string, uint32_t> names_;
    std::string arena_;
};

}  // namespace foreshard::sql

#undef FORESHARD_COLD
#undef FORESHARD_HOT
