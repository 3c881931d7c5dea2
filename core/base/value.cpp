#include "core/base/value.h"

#include <fmt/format.h>

#include <charconv>

#include "core/base/hash.h"
#include "core/base/time.h"

namespace foreshard {

namespace {

// A plain integer: no leading zeros, no plus sign, fits 64 bits.
bool readPlainInteger(std::string_view text, int64_t& out) {
    if (text.empty() || text.size() > 20) return false;
    const size_t first = text[0] == '-' ? 1 : 0;
    if (first == text.size() || (text[first] == '0' && (text.size() > first + 1 || first == 1))) return false;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    return error == std::errc() && end == text.data() + text.size();
}

// Any spelling of an integer that PostgreSQL's integer types take.
bool readInteger(std::string_view text, int64_t& out) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    if (!text.empty() && text[0] == '+') text.remove_prefix(1);
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    return !text.empty() && error == std::errc() && end == text.data() + text.size();
}

// A decimal without an exponent: sign, digits, leading and trailing zeros dropped; an integer where nothing is behind the point.
Value canonicalDecimal(std::string_view text) {
    int64_t whole = 0;
    if (readInteger(text, whole)) return Value::integer(whole);
    std::string_view digits = text;
    bool negative = false;
    if (!digits.empty() && (digits[0] == '-' || digits[0] == '+')) {
        negative = digits[0] == '-';
        digits.remove_prefix(1);
    }
    const size_t point = digits.find('.');
    const std::string_view before = digits.substr(0, point);
    std::string_view after = point == std::string_view::npos ? std::string_view() : digits.substr(point + 1);
    const bool plain = (std::string(before) + std::string(after)).find_first_not_of("0123456789") == std::string::npos && digits.size() > (point != std::string_view::npos);
    if (!plain) {
        double parsed = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), parsed);
        if (error != std::errc() || end != text.data() + text.size()) return Value::ofText(std::string(text));
        if (parsed == static_cast<double>(static_cast<int64_t>(parsed)) && parsed > -9e15 && parsed < 9e15)
            return Value::integer(static_cast<int64_t>(parsed));
        return {ValueKind::real, 0, fmt::format("{}", parsed)};
    }
    while (!after.empty() && after.back() == '0') after.remove_suffix(1);
    std::string_view lead = before;
    while (lead.size() > 1 && lead.front() == '0') lead.remove_prefix(1);
    const std::string sign = negative ? "-" : "";
    if (after.empty() && readInteger(sign + std::string(lead), whole)) return Value::integer(whole);
    std::string out = sign + (lead.empty() ? "0" : std::string(lead));
    if (!after.empty()) out.append(".").append(after);
    return {ValueKind::real, 0, std::move(out)};
}

bool readBoolean(std::string_view text, bool& out) {
    for (const auto word : {"t", "true", "TRUE", "yes", "on", "1"})
        if (text == word) return out = true, true;
    for (const auto word : {"f", "false", "FALSE", "no", "off", "0"})
        if (text == word) return out = false, true;
    return false;
}

bool readUuid(std::string_view text, std::string& out) {
    std::string digits;
    for (const char c : text) {
        if (c == '-' || c == '{' || c == '}') continue;
        const char lower = c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c;
        if (!((lower >= '0' && lower <= '9') || (lower >= 'a' && lower <= 'f'))) return false;
        digits.push_back(lower);
    }
    if (digits.size() != 32) return false;
    out = digits.substr(0, 8) + "-" + digits.substr(8, 4) + "-" + digits.substr(12, 4) + "-" + digits.substr(16, 4) + "-" + digits.substr(20);
    return true;
}

}  // namespace

const char* toString(ValueType type) {
    static constexpr const char* names[] = {"unknown", "boolean", "integer", "decimal", "real",  "text", "padded text",
                                            "uuid",    "timestamp", "date",  "bytes",   "json", "other"};
    return names[static_cast<size_t>(type)];
}

Value canonicalValue(std::string_view text, bool quoted, ValueType type) {
    int64_t number = 0;
    bool flag = false;
    std::string uuid;
    switch (type) {
        case ValueType::integer:
            if (readInteger(text, number)) return Value::integer(number);
            return canonicalDecimal(text);
        case ValueType::decimal:
        case ValueType::real: return canonicalDecimal(text);
        case ValueType::boolean:
            if (readBoolean(text, flag)) return Value::boolean(flag);
            break;
        case ValueType::uuid:
            if (readUuid(text, uuid)) return {ValueKind::uuid, 0, std::move(uuid)};
            break;
        case ValueType::timestamp:
        case ValueType::date:
            if (const auto t = parseTime(text)) return Value::timestamp(type == ValueType::date ? intervalIndex(*t, microsPerDay) * microsPerDay : *t);
            break;
        case ValueType::paddedText:
            while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
            break;
        case ValueType::bytes: return {ValueKind::bytes, 0, std::string(text)};
        case ValueType::unknown:
        case ValueType::other:
            if (readPlainInteger(text, number)) return Value::integer(number);
            if (!quoted) {
                if (text == "true" || text == "TRUE" || text == "false" || text == "FALSE") return Value::boolean(text[0] == 't' || text[0] == 'T');
                return canonicalDecimal(text);
            }
            break;
        case ValueType::text:
        case ValueType::json: break;
    }
    return Value::ofText(std::string(text));
}

uint64_t hashValue(const Value& value) {
    switch (value.kind) {
        case ValueKind::missing: return 0;
        case ValueKind::null: return mixHash(0x6e756c6c);
        case ValueKind::boolean:
        case ValueKind::integer:
        case ValueKind::timestamp: return hashNumber(value.number);
        case ValueKind::real:
        case ValueKind::text:
        case ValueKind::bytes:
        case ValueKind::uuid: return hashText(value.text, static_cast<uint64_t>(value.kind));
    }
    return 0;
}

std::string toText(const Value& value) {
    switch (value.kind) {
        case ValueKind::missing: return "?";
        case ValueKind::null: return "NULL";
        case ValueKind::boolean: return value.number ? "true" : "false";
        case ValueKind::integer: return fmt::format("{}", value.number);
        case ValueKind::timestamp: return formatRfc3339(value.number);
        case ValueKind::bytes: {
            std::string hex = "\\x";
            for (const unsigned char byte : value.text) hex += fmt::format("{:02x}", byte);
            return hex;
        }
        case ValueKind::real:
        case ValueKind::text:
        case ValueKind::uuid: return value.text;
    }
    return {};
}

void writeValue(ByteWriter& out, const Value& value) {
    out.u8(static_cast<uint8_t>(value.kind));
    switch (value.kind) {
        case ValueKind::missing:
        case ValueKind::null: break;
        case ValueKind::boolean:
        case ValueKind::integer:
        case ValueKind::timestamp: out.zigzag(value.number); break;
        case ValueKind::real:
        case ValueKind::text:
        case ValueKind::bytes:
        case ValueKind::uuid: out.text(value.text); break;
    }
}

Value readValue(ByteReader& in) {
    Value value;
    const uint8_t kind = in.u8();
    if (kind > static_cast<uint8_t>(ValueKind::uuid)) {
        in.fail();
        return value;
    }
    value.kind = static_cast<ValueKind>(kind);
    if (value.kind == ValueKind::boolean || value.kind == ValueKind::integer || value.kind == ValueKind::timestamp) value.number = in.zigzag();
    else if (value.kind >= ValueKind::real) value.text = in.text();
    return value;
}

}  // namespace foreshard
