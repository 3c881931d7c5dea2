// Partial files: damaged ones are refused or give a Partial that can be merged, finished and written again.
#include <cstdint>

#include "core/workload/partial_data.h"
#include "tests/fuzz/fuzz_support.h"
#include "tests/workload/small_log.h"

using namespace foreshard;
using namespace foreshard::fuzz;
using namespace foreshard::workload;

namespace {

std::string soundPartial() {
    const auto schema = small::schemaOf({small::table("public.t", {small::column("id", ValueType::integer), small::column("name", ValueType::text)}, {"id"}),
                                         small::table("a.t", {small::column("id", ValueType::integer)}, {"id"})});
    PartialBuilder builder(schema, {});
    std::vector<small::Line> lines;
    for (int i = 0; i < 12; ++i) {
        const std::string session = i % 2 ? "s1" : "s2";
        lines.push_back({session, "UPDATE t SET name = 'x' WHERE id = " + std::to_string(i)});
        lines.push_back({session, i % 3 ? "BEGIN" : "SET search_path = a, public"});
        lines.push_back({session, i % 2 ? "SAVEPOINT a" : "SET app.tenant = 4"});
        lines.push_back({session, "SELECT * FROM t WHERE id IN (1, " + std::to_string(i) + ")"});
        lines.push_back({session, "SELECT * FROM t WHERE id = current_setting('app.tenant')::int"});
        lines.push_back({session, i % 4 ? "COMMIT" : "ROLLBACK"});
    }
    // A range with a left neighbour: sessions and transactions wait in it.
    return writePartial(small::partialOf(builder, lines, 5, lines.size()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    static const std::string sound = soundPartial();
    const auto script = viewOf(data, size);
    readPartial(script).ok();
    auto read = readPartial(damagedBlob(sound, 4, PartialData::formatVersion, script));
    require(size > 0 || read.ok(), "a sound file is read");
    if (!read.ok()) return 0;
    const std::string again = writePartial(*read);
    const auto second = readPartial(again);
    require(second.ok() && writePartial(*second) == again, "what was read can be written and read again");
    auto other = readPartial(sound);
    if (other.ok()) other->merge(*read).ok();
    finish(std::move(*read));
    return 0;
}
