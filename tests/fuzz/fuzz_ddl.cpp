// DDL scripts of any kind, and statements applied one by one.
#include <cstdint>

#include "core/schema/ddl_reader.h"
#include "tests/fuzz/fuzz_support.h"

using namespace foreshard;
using namespace foreshard::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const auto text = viewOf(data, size);
    const schema::DdlText whole{"fuzz.sql", text};
    auto reading = schema::readDdl({&whole, 1});
    schema::applyDdl(reading.schema, text).ok();
    const schema::DdlText halves[]{{"a.sql", text.substr(0, size / 2)}, {"b.sql", text.substr(size / 2)}};
    schema::mergeSchemas(reading.schema, schema::readDdl(halves).schema).fingerprint();
    return 0;
}
