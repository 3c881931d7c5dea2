// The decision log of a migration: whatever the file holds, what was decided before the damage is still known, or it is refused.
#include <cstdint>
#include <fstream>

#include "core/base/file.h"
#include "core/cluster/decision_log.h"
#include "tests/fuzz/fuzz_support.h"

using namespace foreshard;
using namespace foreshard::fuzz;
using namespace foreshard::cluster;

namespace {

struct Sound {
    TemporaryFolder folder;
    std::string bytes, id;
    uint64_t transaction = 0;
    Sound() {
        const auto path = folder.path() / "sound.log";
        auto log = DecisionLog::open(path, false);
        require(log.ok(), "a log can be made");
        id = (*log)->id();
        transaction = (*log)->nextTransaction();
        require((*log)->commit(transaction).ok(), "a decision can be written");
        (*log).reset();
        bytes = *readFile(path);
    }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    static const Sound sound;
    const auto path = sound.folder.path() / "damaged.log";
    std::ofstream(path, std::ios::binary | std::ios::trunc) << damaged(sound.bytes, size % 2 ? 0 : 32, viewOf(data, size));
    const auto before = askDecision(path, sound.id, sound.transaction);
    require(size > 0 || (before.ok() && *before == Decision::commit), "a sound log tells its decisions");
    auto log = DecisionLog::open(path, true);
    if (!log.ok()) return 0;
    const uint64_t next = (*log)->nextTransaction();
    require(!(*log)->committed(next), "a new transaction is not decided");
    require((*log)->commit(next).ok() && (*log)->committed(next), "a log that opens takes decisions");
    const std::string id = (*log)->id();
    (*log).reset();
    const auto after = askDecision(path, id, next);
    require(after.ok() && *after == Decision::commit, "and keeps them");
    return 0;
}
