// A project file with broken pages: refused with a sentence, or its sound values are read; never a crash.
#include <cstdint>
#include <fstream>

#include "core/base/file.h"
#include "core/project/project.h"
#include "core/workload/partial.h"
#include "tests/fuzz/fuzz_support.h"
#include "tests/project/sample_values.h"

using namespace foreshard;
using namespace foreshard::fuzz;

namespace {

std::string soundProject(const std::filesystem::path& path) {
    auto file = project::Project::create(path);
    require(file.ok(), "a project can be made");
    const auto schema = project::samples::schemaOf("CREATE TABLE customer (id int PRIMARY KEY, name text);");
    const auto partial = project::samples::partialOf(schema, "log", 30);
    const auto workload = workload::finish(partial);
    require(file->saveSchema(schema, {}).ok() && file->saveWorkload(partial, *workload, {{"log", 1, 2, 3}}).ok() &&
                file->saveModels(project::samples::modelsOf(*workload)).ok() && file->saveForecast(project::samples::forecastOf(*workload)).ok() &&
                file->saveAdvice(project::samples::adviceOf(workload->fingerprint())).ok() && file->saveSetting("a", "b").ok(),
            "values can be saved");
    return {};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    static const TemporaryFolder folder;
    static const std::string sound = [] {
        soundProject(folder.path() / "sound.foreshard");
        return *readFile(folder.path() / "sound.foreshard");
    }();
    const auto path = folder.path() / "damaged.foreshard";
    for (const char* beside : {"-wal", "-shm"}) std::filesystem::remove(path.string() + beside);
    std::ofstream(path, std::ios::binary | std::ios::trunc) << damaged(sound, size % 2 ? 0 : 100, viewOf(data, size));
    auto file = project::Project::open(path);
    require(size > 0 || file.ok(), "a sound project opens");
    if (!file.ok()) {
        require(!file.error().message.empty(), "a refusal has a sentence");
        return 0;
    }
    file->schema().ok();
    file->workload().ok();
    file->partial().ok();
    file->models().ok();
    file->forecast().ok();
    file->advice().ok();
    file->plan().ok();
    file->readSources().ok();
    file->clusters().ok();
    file->staleness().ok();
    return 0;
}
