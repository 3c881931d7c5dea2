#include "core/ingest/log_files.h"

#include <fmt/format.h>
#include <glob.h>

#include <algorithm>
#include <map>

#include "core/base/file.h"
#include "core/ingest/source_plan.h"

namespace foreshard::ingest {

namespace {

namespace fs = std::filesystem;

Error noLogs(const fs::path& named, const char* what) {
    return {ErrorCategory::notFound, fmt::format("{} {}.", named.string(), what), "Name a log, a folder that holds logs, or a pattern such as 'log/*.csv'.", {}};
}

Result<std::vector<fs::path>> matches(const fs::path& pattern) {
    glob_t found{};
    const int failed = ::glob(pattern.c_str(), 0, nullptr, &found);
    std::vector<fs::path> paths;
    for (size_t i = 0; failed == 0 && i < found.gl_pathc; ++i) paths.emplace_back(found.gl_pathv[i]);
    ::globfree(&found);
    if (paths.empty()) return noLogs(pattern, "matches no file");
    return paths;
}

// csvlog and jsonlog say more than stderr.
int worthOf(const LogShape& shape) { return shape.format == LogFormat::csvlog ? 0 : shape.format == LogFormat::jsonlog ? 1 : 2; }

// The name without what tells formats and compressions apart: "postgresql-2026-11-01".
std::string stemOf(const fs::path& path) {
    std::string name = path.filename().string();
    for (const char* ending : {".gz", ".zst", ".csv", ".json", ".log"})
        if (name.ends_with(ending)) name.erase(name.size() - std::string_view(ending).size());
    return name;
}

struct Found {
    fs::path path;
    int worth = 0;
};

Result<std::vector<fs::path>> logsIn(const fs::path& folder, const IngestOptions& options, Job& job) {
    std::error_code failed;
    std::vector<fs::path> files;
    for (auto entry = fs::directory_iterator(folder, failed); !failed && entry != fs::directory_iterator(); entry.increment(failed))
        if (std::error_code other; entry->is_regular_file(other) && !entry->path().filename().string().starts_with('.')) files.push_back(entry->path());
    if (failed) return systemError("Cannot read", folder, failed.value());
    std::sort(files.begin(), files.end());
    std::map<std::string, Found> best;
    const auto leaveOut = [&](const char* reason, const fs::path& path, std::string message) { job.diagnose({Severity::note, reason, path.string(), 0, 0, std::move(message)}); };
    for (const auto& path : files) {
        FS_TRY(job.checkpoint());
        if (fs::file_size(path, failed) == 0) continue;
        const auto planned = planFile(path.string(), options, job);
        if (!planned.ok() && planned.error().category == ErrorCategory::cancelled) return planned.error();
        if (!planned.ok()) {
            leaveOut("no_log", path, planned.error().message);
            continue;
        }
        const int worth = worthOf(planned->info.shape);
        const auto [place, fresh] = best.try_emplace(stemOf(path), Found{path, worth});
        if (fresh) continue;
        const bool better = worth < place->second.worth;
        leaveOut("log_twice", better ? place->second.path : path, fmt::format("{} holds the same log and says more, or as much.", (better ? path : place->second.path).filename().string()));
        if (better) place->second = {path, worth};
    }
    std::vector<fs::path> logs;
    for (const auto& [stem, found] : best) logs.push_back(found.path);
    if (logs.empty()) return noLogs(folder, "holds no logs");
    return logs;
}

}  // namespace

Result<std::vector<fs::path>> logFiles(const std::vector<fs::path>& named, const IngestOptions& options, Job& job) {
    std::vector<fs::path> files;
    const auto add = [&](const std::vector<fs::path>& some) {
        for (const auto& path : some)
            if (std::find(files.begin(), files.end(), path) == files.end()) files.push_back(path);
    };
    for (const auto& path : named) {
        std::error_code ignored;
        if (fs::is_directory(path, ignored)) {
            FS_ASSIGN(const auto logs, logsIn(path, options, job));
            add(logs);
        } else if (!fs::exists(path, ignored) && path.string().find_first_of("*?[") != std::string::npos) {
            FS_ASSIGN(const auto logs, matches(path));
            add(logs);
        } else {
            files.push_back(path);   // a file that is named twice is refused as ever
        }
    }
    return files;
}

}  // namespace foreshard::ingest
