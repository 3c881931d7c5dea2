// Workload values: damaged ones are refused or serve whatever asks them.
#include <cstdint>

#include "tests/fuzz/fuzz_support.h"
#include "tests/workload/small_log.h"

using namespace foreshard;
using namespace foreshard::fuzz;
using namespace foreshard::workload;

namespace {

std::string soundWorkload() {
    const auto schema = small::schemaOf({small::table("public.t", {small::column("id", ValueType::integer), small::column("name", ValueType::text)}, {"id"})});
    PartialBuilder builder(schema, {});
    std::vector<small::Line> lines;
    for (int i = 0; i < 12; ++i) {
        lines.push_back({"s", "BEGIN", small::start + i * microsPerHour});
        lines.push_back({"s", "INSERT INTO t (id, name) VALUES (" + std::to_string(i) + ", 'a'), (7, 'b')", small::start + i * microsPerHour});
        lines.push_back({"s", "SELECT * FROM t WHERE id = " + std::to_string(i) + " AND name LIKE 'a%'", small::start + i * microsPerHour});
        lines.push_back({"s", "COMMIT", small::start + i * microsPerHour});
    }
    return writeWorkload(*finish(small::partialOf(builder, lines, 0, lines.size())));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    static const std::string sound = soundWorkload();
    const auto script = viewOf(data, size);
    readWorkload(script).ok();
    const auto read = readWorkload(damagedBlob(sound, 4, Workload::formatVersion, script));
    require(size > 0 || read.ok(), "a sound value is read");
    if (!read.ok()) return 0;
    const Workload& workload = **read;
    const std::string again = writeWorkload(workload);
    const auto second = readWorkload(again);
    require(second.ok() && writeWorkload(**second) == again, "what was read can be written and read again");
    workload.fingerprint();
    for (const auto& transaction : workload.facts->transactions)
        for (const auto& call : transaction.calls)
            for (const auto& access : workload.facts->templates[call.templateId].accesses) boundKeys(*workload.facts, call, access);
    if (workload.rates.range.length() < 1'000 * microsPerDay) slice(workload, {workload.rates.range.begin, workload.rates.range.begin + microsPerHour});
    return 0;
}
