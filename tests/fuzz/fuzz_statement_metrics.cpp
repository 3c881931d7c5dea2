// Exports of pg_stat_statements, and the stored form of what they say.
#include <cstdint>

#include "core/ingest/statement_metrics.h"
#include "tests/fuzz/fuzz_support.h"

using namespace foreshard;
using namespace foreshard::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const auto bytes = viewOf(data, size);
    ingest::looksLikeStatementMetrics(bytes);
    Diagnostics diagnostics;
    const auto metrics = ingest::readStatementMetrics(bytes, 1, "fuzz", diagnostics);
    if (metrics.ok()) {
        const auto again = workload::readMetrics(workload::writeMetrics(*metrics));
        require(again.ok() && *again == *metrics, "what was written is read again");
        auto twice = *metrics;
        twice.merge(*metrics);
        require(twice == *metrics, "the same again changes nothing");
        for (const auto& [key, statement] : metrics->statements) metrics->stepsOf(statement);
    }
    workload::readMetrics(bytes).ok();
    return 0;
}
