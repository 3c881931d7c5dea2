// Opening a foreign SQLite file to look at it.
#pragma once

#include <sqlite3.h>

namespace foreshard::schema {

// A connection that changes nothing, and has read the file once: SQLite's code, and `*db` to close in either case (null
// where there was no memory). Where a program died in the middle of a transaction, its journal must be played back before
// anyone can read; a read-only connection may not do that, so the file is opened for writing then, with queries alone
// allowed. `setUp` (may be null) runs on each connection before that first read.
int openToRead(const char* path, sqlite3** db, int busyMilliseconds, void (*setUp)(sqlite3*) = nullptr);

}  // namespace foreshard::schema
