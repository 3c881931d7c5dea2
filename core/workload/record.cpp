#include "core/workload/record.h"

#include <charconv>
#include <cstring>

#include "core/base/hash.h"

namespace foreshard::workload {

namespace {

char* putVarint(char* out, uint64_t v) {
    for (; v >= 0x80; v >>= 7) *out++ = static_cast<char>(v | 0x80);
    *out++ = static_cast<char>(v);
    return out;
}

size_t varintSize(uint64_t v) {
    size_t size = 1;
    while (v >>= 7) ++size;
    return size;
}

bool takeVarint(std::string_view& in, uint64_t& v) {
    v = 0;
    for (int shift = 0; shift < 64 && !in.empty(); shift += 7) {
        const auto byte = static_cast<uint8_t>(in[0]);
        in.remove_prefix(1);
        v |= static_cast<uint64_t>(byte & 0x7f) << shift;
        if (!(byte & 0x80)) return true;
    }
    return false;
}

// A plain integer as canonicalValue reads it for every type that holds numbers; nothing for any other spelling.
bool plainInteger(std::string_view text, int64_t& out) {
    if (text.empty() || text.size() > 18) return false;
    const bool negative = text[0] == '-';
    const auto digits = text.substr(negative ? 1 : 0);
    if (digits.empty() || (digits[0] == '0' && text.size() > 1)) return false;
    int64_t value = 0;
    for (const char c : digits) {
        if (c < '0' || c > '9') return false;
        value = value * 10 + (c - '0');
    }
    out = negative ? -value : value;
    return true;
}

LiteralHash ofValue(const Value& value) {
    LiteralHash result{hashValue(value), value.known(), value.kind == ValueKind::missing, false, value.number};
    result.numeric = value.kind == ValueKind::integer || value.kind == ValueKind::timestamp;
    return result;
}

}  // namespace

void appendRecord(std::string& buffer, RecordHead head, std::string_view literals) {
    head.literalBytes = static_cast<uint32_t>(literals.size());
    buffer.append(reinterpret_cast<const char*>(&head), sizeof head);
    buffer.append(literals);
}

RecordView appendRecord(std::string& buffer, RecordHead head, const std::vector<LiteralRef>& literals) {
    size_t bytes = 0;
    for (const auto& literal : literals) {
        bytes += varintSize(static_cast<uint64_t>(literal.slot) << 2);
        if (literal.form <= LiteralForm::quoted) bytes += varintSize(literal.text.size()) + literal.text.size();
    }
    head.literalBytes = static_cast<uint32_t>(bytes);
    const size_t start = buffer.size();
    buffer.resize(start + sizeof head + bytes);
    char* out = buffer.data() + start;
    std::memcpy(out, &head, sizeof head);
    out += sizeof head;
    for (const auto& literal : literals) {
        out = putVarint(out, static_cast<uint64_t>(literal.slot) << 2 | static_cast<uint64_t>(literal.form));
        if (literal.form > LiteralForm::quoted) continue;
        out = putVarint(out, literal.text.size());
        if (!literal.text.empty()) std::memcpy(out, literal.text.data(), literal.text.size());
        out += literal.text.size();
    }
    const auto whole = std::string_view(buffer).substr(start);
    return {head, whole.substr(sizeof head), whole};
}

bool takeRecord(std::string_view& rest, RecordView& record) {
    if (rest.size() < sizeof(RecordHead)) return false;
    std::memcpy(&record.head, rest.data(), sizeof(RecordHead));
    if (record.head.literalBytes > rest.size() - sizeof(RecordHead) || record.head.weight < 0 || record.head.weight > mostCallWeight) return false;
    record.literals = rest.substr(sizeof(RecordHead), record.head.literalBytes);
    record.whole = rest.substr(0, sizeof(RecordHead) + record.head.literalBytes);
    rest.remove_prefix(record.whole.size());
    return true;
}

bool decodeLiterals(std::string_view bytes, std::vector<LiteralRef>& out) {
    out.clear();
    return appendLiterals(bytes, out);
}

bool appendLiterals(std::string_view bytes, std::vector<LiteralRef>& out) {
    while (!bytes.empty()) {
        uint64_t first = 0, size = 0;
        if (!takeVarint(bytes, first) || first >> 2 > UINT32_MAX) return false;
        LiteralRef literal{static_cast<uint32_t>(first >> 2), static_cast<LiteralForm>(first & 3), {}};
        if (literal.form <= LiteralForm::quoted) {
            if (!takeVarint(bytes, size) || size > bytes.size()) return false;
            literal.text = bytes.substr(0, size);
            bytes.remove_prefix(size);
        }
        out.push_back(literal);
    }
    return true;
}

Value valueOf(const LiteralRef& literal, ValueType type) {
    switch (literal.form) {
        case LiteralForm::null: return Value::null();
        case LiteralForm::missing: return {};
        case LiteralForm::bare: return canonicalValue(literal.text, false, type);
        case LiteralForm::quoted: return canonicalValue(literal.text, true, type);
    }
    return {};
}

LiteralHash hashLiteral(const LiteralRef& literal, ValueType type) {
    if (literal.form == LiteralForm::null) return {};
    if (literal.form == LiteralForm::missing) return {0, false, true, false, 0};
    int64_t number = 0;
    switch (type) {
        case ValueType::integer:
        case ValueType::decimal:
        case ValueType::unknown:
        case ValueType::other:
            if (plainInteger(literal.text, number)) return {hashNumber(number), true, false, true, number};
            break;
        case ValueType::text: return {hashText(literal.text, static_cast<uint64_t>(ValueKind::text)), true, false, false, 0};
        default: break;
    }
    return ofValue(valueOf(literal, type));
}

}  // namespace foreshard::workload
