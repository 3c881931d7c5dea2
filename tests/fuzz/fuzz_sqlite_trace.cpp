// The trace of the sqlite3 shell.
#include <cstdint>

#include "tests/fuzz/fuzz_foreign.h"

using namespace foreshard;
using namespace foreshard::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) { return tryForeignLog(ingest::LogFormat::sqliteTrace, viewOf(data, size)); }
