// What the logs of MySQL and MariaDB have in common: time stamps, and the lines that the server puts at the head of each file.
// Two forms of time stamp: "2026-11-22T20:32:08.628123Z" (MySQL 5.7 and later), and "261122 20:32:08" (MariaDB, MySQL up to
// 5.6), which has no zone and is read as UTC where none is given, and is left out where it is the second of the line before. Pure functions over views.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/base/time_zone.h"

namespace foreshard::ingest {

// Bytes of the time stamp that `text` begins with; 0: none.
size_t mysqlTimeSize(std::string_view text, bool* iso = nullptr);
// Of a time stamp that mysqlTimeSize() sees; false: it is no time.
bool readMysqlTime(std::string_view text, const TimeZone& zone, Instant& out);

// "/usr/sbin/mariadbd, Version: … started with:", "Tcp port: …", "Time                 Id Command    Argument".
bool isMysqlHead(std::string_view line);
// PREPARE, EXECUTE and DEALLOCATE as statements: what they prepare and execute is logged by itself.
bool isPreparing(std::string_view statement);

}  // namespace foreshard::ingest
