#include "core/schema/pg_types.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <string_view>

namespace foreshard::schema {

namespace {

struct KnownType {
    std::string_view name;
    std::string_view people;
    ValueType type;
};

constexpr KnownType knownTypes[] = {
    {"int2", "smallint", ValueType::integer},
    {"smallint", "smallint", ValueType::integer},
    {"int4", "integer", ValueType::integer},
    {"int", "integer", ValueType::integer},
    {"integer", "integer", ValueType::integer},
    {"int8", "bigint", ValueType::integer},
    {"bigint", "bigint", ValueType::integer},
    {"oid", "oid", ValueType::integer},
    {"xid", "xid", ValueType::other},
    {"bool", "boolean", ValueType::boolean},
    {"boolean", "boolean", ValueType::boolean},
    {"numeric", "numeric", ValueType::decimal},
    {"decimal", "numeric", ValueType::decimal},
    {"float4", "real", ValueType::real},
    {"real", "real", ValueType::real},
    {"float8", "double precision", ValueType::real},
    {"text", "text", ValueType::text},
    {"varchar", "character varying", ValueType::text},
    {"bpchar", "character", ValueType::paddedText},
    {"char", "\"char\"", ValueType::text},
    {"name", "name", ValueType::text},
    {"uuid", "uuid", ValueType::uuid},
    {"date", "date", ValueType::date},
    {"timestamp", "timestamp without time zone", ValueType::timestamp},
    {"timestamptz", "timestamp with time zone", ValueType::timestamp},
    {"time", "time without time zone", ValueType::other},
    {"timetz", "time with time zone", ValueType::other},
    {"interval", "interval", ValueType::other},
    {"bytea", "bytea", ValueType::bytes},
    {"json", "json", ValueType::json},
    {"jsonb", "jsonb", ValueType::json},
    {"bit", "bit", ValueType::other},
    {"varbit", "bit varying", ValueType::other},
    {"inet", "inet", ValueType::other},
    {"cidr", "cidr", ValueType::other},
    {"macaddr", "macaddr", ValueType::other},
    {"money", "money", ValueType::other},
    {"xml", "xml", ValueType::other},
    {"tsvector", "tsvector", ValueType::other},
    {"tsquery", "tsquery", ValueType::other},
    {"point", "point", ValueType::other},
    {"regclass", "regclass", ValueType::other},
};

constexpr KnownType serialTypes[] = {
    {"smallserial", "smallint", ValueType::integer}, {"serial2", "smallint", ValueType::integer},
    {"serial", "integer", ValueType::integer},       {"serial4", "integer", ValueType::integer},
    {"bigserial", "bigint", ValueType::integer},     {"serial8", "bigint", ValueType::integer},
};

template <size_t n>
const KnownType* findType(const KnownType (&types)[n], std::string_view name) {
    const auto* found = std::find_if(types, types + n, [&](const KnownType& type) { return type.name == name; });
    return found == types + n ? nullptr : found;
}

// "timestamp without time zone" takes its precision after the first word, the others at the end.
std::string withModifiers(std::string_view people, const std::vector<int64_t>& modifiers) {
    if (modifiers.empty() || people == "interval") return std::string(people);
    const std::string list = fmt::format("({})", fmt::join(modifiers, ","));
    const size_t blank = people.starts_with("time") ? people.find(' ') : std::string_view::npos;
    if (blank == std::string_view::npos) return std::string(people) + list;
    return fmt::format("{}{}{}", people.substr(0, blank), list, people.substr(blank));
}

}  // namespace

PgType describePgType(const std::vector<std::string>& names, const std::vector<int64_t>& modifiers, size_t array) {
    PgType out;
    if (names.empty()) return out;
    const bool catalog = names.size() == 1 || (names.size() == 2 && names[0] == "pg_catalog");
    const KnownType* known = catalog ? findType(knownTypes, names.back()) : nullptr;
    if (!known && catalog && (known = findType(serialTypes, names.back()))) out.serial = true;
    if (known) {
        out.declared = withModifiers(known->people, modifiers);
        out.type = known->type;
    } else {
        out.builtIn = false;
        out.declared = withModifiers(fmt::format("{}", fmt::join(names, ".")), modifiers);
    }
    for (size_t i = 0; i < array; ++i) out.declared += "[]";
    if (array > 0) {
        out.type = ValueType::other;
        out.builtIn = true;
    }
    return out;
}

ValueType sqliteValueType(const std::string& declared) {
    std::string name = declared;
    for (char& c : name) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    const auto has = [&](std::string_view part) { return name.find(part) != std::string::npos; };
    if (name.empty()) return ValueType::unknown;
    if (has("BOOL")) return ValueType::boolean;
    if (has("TIMESTAMP") || has("DATETIME")) return ValueType::timestamp;
    if (name == "DATE") return ValueType::date;
    if (has("UUID") || has("GUID")) return ValueType::uuid;
    if (has("JSON")) return ValueType::json;
    if (has("INT")) return ValueType::integer;
    if (has("CHAR") || has("CLOB") || has("TEXT")) return ValueType::text;
    if (has("BLOB")) return ValueType::bytes;
    if (has("REAL") || has("FLOA") || has("DOUB")) return ValueType::real;
    if (has("NUMERIC") || has("DECIMAL")) return ValueType::decimal;
    return ValueType::other;
}

}  // namespace foreshard::schema
