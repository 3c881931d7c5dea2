#include "app/verbs/cluster.h"
#include "app/verbs/designs.h"
#include "app/verbs/models.h"
#include "app/verbs/workload.h"
#include "app/workbench/actions.h"
#include "app/workbench/verb_helper.h"
#include "core/base/file.h"
#include "core/base/gzip.h"

namespace foreshard::workbench {

namespace fs = std::filesystem;

fs::path sampleFolder() {
    std::error_code ignored;
    const auto program = fs::read_symlink("/proc/self/exe", ignored).parent_path();
    for (const char* relative : {"../../samples/shop", "../share/foreshard/samples/shop"})
        if (fs::exists(program / relative / "shop.csv.gz", ignored)) return fs::weakly_canonical(program / relative, ignored);
    return {};
}

namespace {

Status unpack(const fs::path& from, const fs::path& to) {
    FS_ASSIGN(const auto packed, readFile(from));
    FS_ASSIGN(const auto bytes, unpackGzip(packed, from.filename().string()));
    return writeFileWhole(to, bytes);
}

// What an earlier visit left, whole and readable.
std::optional<ui::Contents> existing(const fs::path& project) {
    std::error_code ignored;
    if (!fs::exists(project, ignored)) return std::nullopt;
    auto contents = loadContents(project);
    if (!contents.ok() || !contents->workload) return std::nullopt;
    contents->project->sample = true;
    return *contents;
}

Status unpackAll(const fs::path& folder) {
    const auto source = sampleFolder();
    if (source.empty()) return Error{ErrorCategory::notFound, "The sample's files are not beside this program.", "Start it from its build folder, or install it.", {}};
    std::error_code failed;
    fs::remove_all(folder, failed);
    fs::create_directories(folder, failed);
    if (failed) return systemError("Cannot make", folder, failed.value());
    for (const char* name : {"shop.csv", "shop-next.csv", "shop.db"}) FS_TRY(unpack(source / (std::string(name) + ".gz"), folder / name));
    FS_ASSIGN(const auto schema, readFile(source / "schema.sql"));
    return writeFileWhole(folder / "schema.sql", schema);
}

}  // namespace

Result<ui::Contents> openSample(const fs::path& folder, bool afresh, ui::ActionContext& context) {
    const auto project = folder / "shop.foreshard";
    if (!afresh) {
        if (auto there = existing(project)) return *there;
    }
    context.job.beginPass("unpacking the sample");
    FS_TRY(unpackAll(folder));
    FS_TRY(verbs::profile({.project = project, .schemas = {folder / "schema.sql", folder / "shop.db"}, .logs = {folder / "shop.csv"}}, context.job).status());
    FS_ASSIGN(auto contents, loadContents(project));
    contents.project->sample = true;
    context.publish(std::move(contents));
    FS_TRY(verbs::advise({.project = project, .shards = 3}, context.job).status());
    FS_ASSIGN(auto designs, read(project, loadDesigns));
    context.publish(std::move(designs));
    FS_TRY(verbs::forecast({.project = project}, context.job).status());
    FS_TRY(verbs::addCluster({.project = project, .name = "shards", .uris = {"sqlite:shop.db", "sqlite:shard1.db", "sqlite:shard2.db"}}, context.job).status());
    return read(project, loadForecast);
}

}  // namespace foreshard::workbench
