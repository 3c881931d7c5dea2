// ByteWriter and ByteReader: the one serialised form of Foreshard's values. Little endian, variable-length integers
// (LEB128, zigzag for signed), length-prefixed strings. A reader never reads past its end: after the first failure every
// read gives zero and ok() is false, so that a parser checks once. Not thread-safe.
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace foreshard {

class ByteWriter {
public:
    void u8(uint8_t v) { out_.push_back(static_cast<char>(v)); }
    void boolean(bool v) { u8(v ? 1 : 0); }
    void varint(uint64_t v) {
        while (v >= 0x80) {
            u8(static_cast<uint8_t>(v | 0x80));
            v >>= 7;
        }
        u8(static_cast<uint8_t>(v));
    }
    void zigzag(int64_t v) { varint((static_cast<uint64_t>(v) << 1) ^ static_cast<uint64_t>(v >> 63)); }
    void fixed64(uint64_t v) { for (int i = 0; i < 8; ++i) u8(static_cast<uint8_t>(v >> (8 * i))); }
    void real(double v) {
        uint64_t bits = 0;
        std::memcpy(&bits, &v, sizeof bits);
        fixed64(bits);
    }
    void text(std::string_view v) {
        varint(v.size());
        out_.append(v);
    }
    // Writes the size, then each element by fn(writer, element).
    template <typename Range, typename Fn>
    void list(const Range& range, Fn fn) {
        varint(range.size());
        for (const auto& element : range) fn(*this, element);
    }
    template <typename T, typename Fn>
    void maybe(const std::optional<T>& value, Fn fn) {
        boolean(value.has_value());
        if (value) fn(*this, *value);
    }
    const std::string& bytes() const { return out_; }
    std::string take() { return std::move(out_); }

private:
    std::string out_;
};

class ByteReader {
public:
    explicit ByteReader(std::string_view bytes) : rest_(bytes) {}

    bool ok() const { return ok_; }
    bool atEnd() const { return rest_.empty(); }
    size_t remaining() const { return rest_.size(); }
    void fail() { ok_ = false; rest_ = {}; }

    uint8_t u8() {
        if (rest_.empty()) { fail(); return 0; }
        const auto v = static_cast<uint8_t>(rest_[0]);
        rest_.remove_prefix(1);
        return v;
    }
    bool boolean() { return u8() != 0; }
    uint64_t varint() {
        uint64_t v = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            const uint8_t byte = u8();
            v |= static_cast<uint64_t>(byte & 0x7f) << shift;
            if (!(byte & 0x80)) return v;
        }
        fail();
        return 0;
    }
    int64_t zigzag() {
        const uint64_t v = varint();
        return static_cast<int64_t>((v >> 1) ^ (0 - (v & 1)));
    }
    uint64_t fixed64() {
        uint64_t v = 0;
        for (int i = 0; i < 8; ++i) v |= static_cast<uint64_t>(u8()) << (8 * i);
        return v;
    }
    double real() {
        const uint64_t bits = fixed64();
        double v = 0;
        std::memcpy(&v, &bits, sizeof v);
        return v;
    }
    std::string text() { return std::string(view()); }
    // Valid as long as the bytes given to the constructor.
    std::string_view view() {
        const uint64_t size = varint();
        if (size > rest_.size()) { fail(); return {}; }
        const auto v = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return v;
    }
    // Reads a size (never trusted for memory: each element takes at least one byte), then calls fn(reader) for each.
    template <typename Fn>
    void list(Fn fn) {
        const uint64_t size = varint();
        if (size > rest_.size()) { fail(); return; }
        for (uint64_t i = 0; i < size && ok_; ++i) fn(*this);
    }
    template <typename Fn>
    auto maybe(Fn fn) -> std::optional<decltype(fn(*this))> {
        if (!boolean()) return std::nullopt;
        return fn(*this);
    }
    // An enumerator up to `last`; anything else is a failure.
    template <typename Enum>
    Enum enumerator(Enum last) {
        const uint64_t v = varint();
        if (v > static_cast<uint64_t>(last)) { fail(); return Enum{}; }
        return static_cast<Enum>(v);
    }

private:
    std::string_view rest_;
    bool ok_ = true;
};

}  // namespace foreshard
