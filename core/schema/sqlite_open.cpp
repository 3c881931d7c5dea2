#include "core/schema/sqlite_open.h"

namespace foreshard::schema {

namespace {

int openBy(const char* path, sqlite3** db, int flags, int busyMilliseconds, void (*setUp)(sqlite3*), const char* firstRead) {
    const int code = sqlite3_open_v2(path, db, flags | SQLITE_OPEN_NOMUTEX, nullptr);
    if (code != SQLITE_OK) return code;
    sqlite3_busy_timeout(*db, busyMilliseconds);
    if (setUp) setUp(*db);
    sqlite3_extended_result_codes(*db, 1);
    const int read = sqlite3_exec(*db, firstRead, nullptr, nullptr, nullptr);
    sqlite3_extended_result_codes(*db, 0);
    return read;
}

}  // namespace

int openToRead(const char* path, sqlite3** db, int busyMilliseconds, void (*setUp)(sqlite3*)) {
    const int code = openBy(path, db, SQLITE_OPEN_READONLY, busyMilliseconds, setUp, "SELECT count(*) FROM sqlite_master");
    if (code != SQLITE_READONLY_ROLLBACK && code != SQLITE_READONLY_RECOVERY) return code & 0xff;
    sqlite3_close(*db);
    *db = nullptr;
    return openBy(path, db, SQLITE_OPEN_READWRITE, busyMilliseconds, setUp, "PRAGMA query_only = ON; SELECT count(*) FROM sqlite_master") & 0xff;
}

}  // namespace foreshard::schema
