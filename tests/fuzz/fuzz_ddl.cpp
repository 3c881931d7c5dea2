// DDL scripts of any kind and dialect, and statements applied one by one.
#include <cstdint>

#include "core/schema/ddl_reader.h"
#include "core/schema/sqlite_introspection.h"
#include "tests/fuzz/fuzz_support.h"

using namespace foreshard;
using namespace foreshard::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const auto text = viewOf(data, size);
    const schema::DdlText whole{"fuzz.sql", text};
    auto reading = schema::readDdl({&whole, 1});
    schema::applyDdl(reading.schema, text).ok();
    const std::string ofMysql = "CREATE TABLE `a` (`b` int) ENGINE=InnoDB;\n" + std::string(text);
    const schema::DdlText dump{"dump.sql", ofMysql};
    schema::readDdl({&dump, 1});
    Job job;
    schema::introspectSqliteScript("script.sql", text, job).ok();
    const schema::DdlText halves[]{{"a.sql", text.substr(0, size / 2)}, {"b.sql", text.substr(size / 2)}};
    schema::mergeSchemas(reading.schema, schema::readDdl(halves).schema).fingerprint();
    return 0;
}
