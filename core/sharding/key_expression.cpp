#include "core/sharding/key_expression.h"

#include <simdjson.h>

#include <algorithm>
#include <charconv>
#include <span>

#include "core/sharding/router.h"
#include "core/workload/mask_form.h"

namespace foreshard::sharding {

namespace {

enum class Function { identity, lower, upper, jsonField, left, splitPart, divide, other };

struct Parsed {
    Function function = Function::other;
    std::string field;       // jsonField; splitPart: the separator
    int64_t number = 0;      // left: characters; splitPart: which part, from 1; divide: by what
    bool toInteger = false;  // "…::bigint"
};

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '"')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '"')) text.remove_suffix(1);
    return text;
}

// 'field' with quotes doubled inside.
std::optional<std::string> quoted(std::string_view text) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    if (text.size() < 2 || text.front() != '\'' || text.back() != '\'') return std::nullopt;
    text = text.substr(1, text.size() - 2);
    std::string out;
    for (size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\'' && (++i == text.size() || text[i] != '\'')) return std::nullopt;
        out.push_back(text[i]);
    }
    return out;
}

std::optional<int64_t> positive(std::string_view text) {
    int64_t number = 0;
    text = trimmed(text);
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || number <= 0) return std::nullopt;
    return number;
}

// What mining makes: left(x, 5), split_part(x, '-', 1), x / 1000, each of the texts with or without ::bigint behind it.
Parsed parseDerived(std::string_view text, std::string_view column) {
    constexpr std::string_view cast = "::bigint";
    Parsed out;
    if ((out.toInteger = text.ends_with(cast))) text.remove_suffix(cast.size());
    if (out.toInteger && trimmed(text) == column) {
        out.function = Function::identity;
        return out;
    }
    if (const size_t slash = text.rfind('/'); slash != std::string_view::npos && !out.toInteger && trimmed(text.substr(0, slash)) == column) {
        const auto by = positive(text.substr(slash + 1));
        if (!by) return {};
        return {Function::divide, {}, *by, true};
    }
    const bool left = text.starts_with("left("), split = text.starts_with("split_part(");
    if ((!left && !split) || !text.ends_with(')')) return {};
    text = text.substr(text.find('(') + 1);
    text.remove_suffix(1);
    const size_t first = text.find(','), last = text.rfind(',');
    const auto number = first == std::string_view::npos ? std::nullopt : positive(text.substr(last + 1));
    if (!number || trimmed(text.substr(0, first)) != column || left != (first == last)) return {};
    out.number = *number;
    out.function = left ? Function::left : Function::splitPart;
    if (left) return out;
    auto separator = quoted(text.substr(first + 1, last - first - 1));
    if (!separator || separator->empty()) return {};
    out.field = std::move(*separator);
    return out;
}

Parsed parse(const KeyPart& part) {
    if (part.bare()) return {Function::identity, {}};
    const std::string_view text = part.expression;
    for (const auto& [name, function] : {std::pair{"lower(", Function::lower}, std::pair{"upper(", Function::upper}})
        if (text.starts_with(name) && text.ends_with(')') && trimmed(text.substr(6, text.size() - 7)) == part.column) return {function, {}};
    if (const Parsed derived = parseDerived(text, part.column); derived.function != Function::other) return derived;
    const size_t arrow = text.find("->>");
    if (arrow == std::string_view::npos || trimmed(text.substr(0, arrow)) != part.column) return {};
    auto field = quoted(text.substr(arrow + 3));
    if (!field) return {};
    return {Function::jsonField, std::move(*field)};
}

struct Fold {
    std::string_view letter;
    std::string_view ascii;
};
// Letters outside ASCII that some locale or ICU turns into ASCII: KELVIN SIGN and dotted I; dotless i, long s, sharp s and
// the ligatures.
constexpr Fold lowerFolds[] = {{"\u212a", "k"}, {"\u0130", "i"}};
constexpr Fold upperFolds[] = {{"\u0131", "I"},  {"\u017f", "S"},  {"\u00df", "SS"},  {"\ufb00", "FF"},  {"\ufb01", "FI"},
                               {"\ufb02", "FL"}, {"\ufb03", "FFI"}, {"\ufb04", "FFL"}, {"\ufb05", "ST"}, {"\ufb06", "ST"}};

// Letters outside ASCII stay as they are, but for the folds, so that a condition on ASCII text never misses a row.
std::string changeCase(std::string_view text, bool lower) {
    const std::span<const Fold> folds = lower ? std::span<const Fold>(lowerFolds) : std::span<const Fold>(upperFolds);
    std::string out;
    while (!text.empty()) {
        const auto fold = std::find_if(folds.begin(), folds.end(), [&](const Fold& f) { return text.starts_with(f.letter); });
        if (fold != folds.end()) {
            out += fold->ascii;
            text.remove_prefix(fold->letter.size());
            continue;
        }
        const char c = text.front();
        if (lower && c >= 'A' && c <= 'Z') out.push_back(static_cast<char>(c + 32));
        else if (!lower && c >= 'a' && c <= 'z') out.push_back(static_cast<char>(c - 32));
        else out.push_back(c);
        text.remove_prefix(1);
    }
    return out;
}

// The field's text as ->> gives it: strings unquoted, anything else as it is written; NULL where absent or no object. Of
// fields of one name the last counts.
Value jsonField(const std::string& document, const std::string& field, ValueType type) {
    static thread_local simdjson::ondemand::parser parser;
    const simdjson::padded_string padded(document);
    simdjson::ondemand::document json;
    simdjson::ondemand::object object;
    if (parser.iterate(padded).get(json) || json.get_object().get(object)) return Value::null();
    Value found = Value::null();
    for (auto member : object) {
        std::string_view key;
        if (member.unescaped_key().get(key)) return Value::null();
        if (key != field) continue;
        simdjson::ondemand::value value;
        simdjson::ondemand::json_type kind;
        if (member.value().get(value) || value.type().get(kind)) return Value::null();
        std::string_view text;
        const bool isText = kind == simdjson::ondemand::json_type::string;
        if (kind == simdjson::ondemand::json_type::object || kind == simdjson::ondemand::json_type::array) {
            if (simdjson::to_json_string(value).get(text)) return Value::null();
        } else if (isText ? value.get_string().get(text) : (text = value.raw_json_token(), simdjson::SUCCESS)) {
            return Value::null();
        }
        while (!isText && !text.empty() && (text.back() == ' ' || text.back() == '\n' || text.back() == '\r' || text.back() == '\t')) text.remove_suffix(1);
        found = kind == simdjson::ondemand::json_type::null ? Value::null() : canonicalValue(text, true, type);
    }
    return found;
}

// The first n characters of UTF-8 text.
std::string_view firstCharacters(std::string_view text, int64_t n) {
    size_t at = 0;
    for (; at < text.size(); ++at)
        if ((static_cast<unsigned char>(text[at]) & 0xc0) != 0x80 && n-- == 0) break;
    return text.substr(0, at);
}

// As split_part(): empty where there are fewer parts.
std::string_view partOf(std::string_view text, std::string_view separator, int64_t which) {
    while (--which > 0) {
        const size_t at = text.find(separator);
        if (at == std::string_view::npos) return {};
        text.remove_prefix(at + separator.size());
    }
    return text.substr(0, text.find(separator));
}

// The value of a mined expression; missing where the database would not give a whole number.
Value derivedValue(const Parsed& parsed, const Value& value, ValueType type) {
    if (parsed.function == Function::divide) return value.kind == ValueKind::integer ? Value::integer(value.number / parsed.number) : Value();
    const std::string whole = toText(value);
    std::string_view text = whole;
    if (parsed.function == Function::left) text = firstCharacters(text, parsed.number);
    if (parsed.function == Function::splitPart) text = partOf(text, parsed.field, parsed.number);
    const Value found = canonicalValue(text, true, parsed.toInteger ? ValueType::integer : type);
    return parsed.toInteger && found.kind != ValueKind::integer ? Value() : found;
}

bool isAscii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

int hashFamily(ValueType type) {
    switch (type) {
        case ValueType::boolean:
        case ValueType::integer:
        case ValueType::decimal:
        case ValueType::real: return 0;
        case ValueType::timestamp:
        case ValueType::date: return 1;
        case ValueType::text:
        case ValueType::paddedText: return 2;
        case ValueType::uuid: return 3;
        case ValueType::bytes: return 4;
        case ValueType::json: return 5;
        case ValueType::unknown:
        case ValueType::other: return 6;
    }
    return 6;
}

// Whether equal values of this type always have one canonical form, and this is one of them.
bool canonical(const Value& value, ValueType type) {
    switch (type) {
        case ValueType::boolean: return value.kind == ValueKind::boolean;
        case ValueType::integer:
        case ValueType::real: return value.kind == ValueKind::integer;
        case ValueType::decimal: return value.kind == ValueKind::integer || (value.kind == ValueKind::real && value.text.find('e') == std::string::npos);
        case ValueType::timestamp:
        case ValueType::date: return value.kind == ValueKind::timestamp;
        case ValueType::uuid: return value.kind == ValueKind::uuid;
        case ValueType::json: return false;
        case ValueType::other:
        case ValueType::bytes:
        case ValueType::text:
        case ValueType::paddedText:
        case ValueType::unknown: return true;
    }
    return false;
}

}  // namespace

bool computable(const KeyPart& part) { return parse(part).function != Function::other; }

bool decidable(const KeyPart& part, const Value& value) {
    if (!value.known()) return value.kind == ValueKind::null;
    const Parsed parsed = parse(part);
    if (parsed.toInteger) return value.kind == ValueKind::integer;
    switch (parsed.function) {
        case Function::identity: return canonical(value, part.type) || workload::isMask(value);
        case Function::left:
        case Function::splitPart: return value.kind == ValueKind::text;
        case Function::divide: return value.kind == ValueKind::integer;
        case Function::lower:
        case Function::upper: return isAscii(value.text);
        case Function::jsonField: return value.text.empty() || (value.text.front() != '{' && value.text.front() != '[');
        case Function::other: return false;
    }
    return false;
}

bool hashAlike(ValueType a, ValueType b) { return hashFamily(a) == hashFamily(b); }

bool hasOwnEquality(std::string_view declaredType) {
    static constexpr std::string_view types[] = {"citext", "inet", "cidr", "macaddr", "macaddr8", "interval", "time", "timetz", "money", "bit", "varbit",
                                                 "xml", "hstore", "ltree", "point", "box", "path", "polygon", "circle", "tsvector", "tsquery"};
    return std::any_of(std::begin(types), std::end(types), [&](std::string_view type) {
        return declaredType.starts_with(type) && (declaredType.size() == type.size() || declaredType[type.size()] == ' ' || declaredType[type.size()] == '(');
    });
}

bool followsColumn(const KeyPart& part) { return parse(part).function != Function::jsonField; }

Value keyPartValue(const KeyPart& part, const Value& columnValue) {
    const Parsed parsed = parse(part);
    if (parsed.function == Function::identity && !parsed.toInteger) return columnValue;
    if (parsed.function == Function::other) return {};
    if (!columnValue.known()) return columnValue;
    if (parsed.function == Function::jsonField) return jsonField(columnValue.text, parsed.field, part.type);
    if (parsed.function != Function::lower && parsed.function != Function::upper) return derivedValue(parsed, columnValue, part.type);
    return canonicalValue(changeCase(toText(columnValue), parsed.function == Function::lower), true, part.type);
}

}  // namespace foreshard::sharding
