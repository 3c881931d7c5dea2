// The jsonlog reader: structure found by itself against simdjson.
#include <cstdint>

#include "tests/fuzz/fuzz_log.h"

using namespace foreshard;
using namespace foreshard::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const auto bytes = viewOf(data, size);
    const ingest::LogShape shape{ingest::LogFormat::jsonlog, {}, false, 1};
    for (const bool last : {false, true}) readBothWays(shape, bytes, last, [](const ingest::LogRecord&, std::string_view) {});
    collectEachWay(shape, bytes);
    return 0;
}
