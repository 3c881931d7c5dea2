// Introspection of a damaged SQLite file: an error or a schema, never a crash, and the file stays as it was.
#include <sqlite3.h>

#include <cstdint>
#include <fstream>

#include "core/base/file.h"
#include "core/schema/sqlite_introspection.h"
#include "tests/fuzz/fuzz_support.h"

using namespace foreshard;
using namespace foreshard::fuzz;

namespace {

std::string soundDatabase(const std::filesystem::path& path) {
    sqlite3* handle = nullptr;
    sqlite3_open(path.c_str(), &handle);
    sqlite3_exec(handle,
                 "PRAGMA page_size = 512; CREATE TABLE customer(id INTEGER PRIMARY KEY, name TEXT NOT NULL, born date);"
                 "CREATE TABLE orders(id INTEGER PRIMARY KEY, customer_id INT REFERENCES customer(id), total DECIMAL(10,2), UNIQUE(customer_id, id));"
                 "CREATE INDEX orders_total ON orders(total); CREATE VIEW v AS SELECT * FROM orders;"
                 "INSERT INTO customer VALUES (1, 'a', '2026-01-01'), (2, 'b', NULL); INSERT INTO orders VALUES (1, 1, 2.5), (2, 1, 3);",
                 nullptr, nullptr, nullptr);
    sqlite3_close(handle);
    return *readFile(path);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    static const TemporaryFolder folder;
    static const std::string sound = soundDatabase(folder.path() / "sound.db");
    const auto path = folder.path() / "damaged.db";
    // Some runs damage what lies behind the header, which else refuses nearly all of them.
    const std::string bytes = damaged(sound, size % 2 ? 0 : 100, viewOf(data, size));
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
    Job job;
    const auto schema = schema::introspectSqlite(path, job);
    require(size > 0 || (schema.ok() && schema->tables.size() == 2), "a sound file is read");
    if (schema.ok()) schema->fingerprint();
    require(*readFile(path) == bytes, "the file stays as it was");
    return 0;
}
