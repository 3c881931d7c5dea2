// Type names of PostgreSQL as a parse tree holds them → what people write and what values mean. Pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/value.h"

namespace foreshard::schema {

struct PgType {
    std::string declared;  // as pg_dump writes it: "character varying(40)", "timestamp(3) without time zone", "text[]"
    ValueType type = ValueType::unknown;
    bool serial = false;  // smallserial, serial, bigserial: an integer fed by its own sequence
    bool builtIn = true;  // false: an enum, domain, composite or extension type; `type` is unknown then
};

// `names`: the parts of the name; `modifiers`: length, precision and scale; `array`: how many dimensions.
PgType describePgType(const std::vector<std::string>& names, const std::vector<int64_t>& modifiers, size_t array);

// A declared type of SQLite: by its name where people agree on one, else by SQLite's affinity rules
// (https://www.sqlite.org/datatype3.html, section 3.1).
ValueType sqliteValueType(const std::string& declared);

}  // namespace foreshard::schema
