#include "core/ingest/log_files.h"

#include <fmt/format.h>
#include <glob.h>

#include <algorithm>
#include <map>

#include "core/base/file.h"
#include "core/ingest/source_plan.h"
#include "core/ingest/twins.h"

namespace foreshard::ingest {

namespace {

namespace fs = std::filesystem;

Error noLogs(const fs::path& named, const char* what) {
    return {ErrorCategory::notFound, fmt::format("{} {}.", named.string(), what), "Name a log, a folder that holds logs, or a pattern such as 'log/*.csv'.", {}};
}

// The name without what tells formats and compressions apart: "postgresql-2026-11-01".
std::string stemOf(const fs::path& path) {
    std::string name = path.filename().string();
    for (const char* ending : {".gz", ".zst", ".csv", ".json", ".log"})
        if (name.ends_with(ending)) name.erase(name.size() - std::string_view(ending).size());
    return name;
}

// Logs among the files; the others are left to `refuse`.
template <typename Refuse>
Result<std::vector<IngestedFile>> lookAt(const std::vector<fs::path>& paths, const IngestOptions& options, Job& job, Refuse refuse) {
    std::vector<IngestedFile> logs;
    for (const auto& path : paths) {
        FS_TRY(job.checkpoint());
        auto planned = planFile(path.string(), options, job);
        if (!planned.ok() && planned.error().category == ErrorCategory::cancelled) return planned.error();
        if (planned.ok()) logs.push_back(std::move(planned->info));
        else refuse(path, planned.error());
    }
    return logs;
}

void leaveOut(Job& job, Severity severity, const char* reason, const fs::path& path, std::string message) { job.diagnose({severity, reason, path.string(), 0, 0, std::move(message)}); }

std::string nameOf(const IngestedFile& log) { return fs::path(log.path).filename().string(); }

// One of several logs of one name but for the ending.
std::vector<IngestedFile> oneOfEachName(std::vector<IngestedFile> logs, Job& job) {
    std::map<std::string, IngestedFile> best;
    for (auto& log : logs) {
        const auto [place, fresh] = best.try_emplace(stemOf(log.path), log);
        if (fresh) continue;
        const auto worth = [](const IngestedFile& file) { return worthOf(file.shape.format).value_or(2); };
        const bool better = worth(log) < worth(place->second);
        leaveOut(job, Severity::note, "log_twice", better ? place->second.path : log.path, fmt::format("{} holds the same log and says more, or as much.", nameOf(better ? log : place->second)));
        if (better) place->second = std::move(log);
    }
    std::vector<IngestedFile> kept;
    for (auto& [stem, log] : best) kept.push_back(std::move(log));
    return kept;
}

// One format of a server that has written several.
Result<std::vector<fs::path>> oneFormatOf(const std::vector<IngestedFile>& logs, Job& job) {
    FS_ASSIGN(const auto twins, findTwins(logs, job));
    std::vector<fs::path> kept;
    for (size_t i = 0; i < logs.size(); ++i) {
        if (!twins[i]) {
            kept.emplace_back(logs[i].path);
            continue;
        }
        const auto& other = logs[twins[i]->of];
        if (twins[i]->whole) leaveOut(job, Severity::note, "log_twice", logs[i].path, fmt::format("{} is of the same server and tells of the same calls in a format that says more ({}).", nameOf(other), toString(other.shape.format)));
        else leaveOut(job, Severity::warning, "log_partly_twice", logs[i].path, fmt::format("It is left out, for {} tells of the same calls of the same server; but those of a time that no {} covers are missing.", nameOf(other), toString(other.shape.format)));
    }
    return kept;
}

Result<std::vector<fs::path>> logsIn(const fs::path& folder, const IngestOptions& options, Job& job) {
    std::error_code failed;
    std::vector<fs::path> files;
    for (auto entry = fs::directory_iterator(folder, failed); !failed && entry != fs::directory_iterator(); entry.increment(failed))
        if (std::error_code other; entry->is_regular_file(other) && !entry->path().filename().string().starts_with('.') && entry->file_size(other) > 0) files.push_back(entry->path());
    if (failed) return systemError("Cannot read", folder, failed.value());
    std::sort(files.begin(), files.end());
    FS_ASSIGN(auto logs, lookAt(files, options, job, [&](const fs::path& path, const Error& why) { leaveOut(job, Severity::note, "no_log", path, why.message); }));
    if (logs.empty()) return noLogs(folder, "holds no logs");
    return oneFormatOf(oneOfEachName(std::move(logs), job), job);
}

// What is no log is among them all the same: whoever reads it says why it cannot be.
Result<std::vector<fs::path>> matches(const fs::path& pattern, const IngestOptions& options, Job& job) {
    glob_t found{};
    const int failed = ::glob(pattern.c_str(), 0, nullptr, &found);
    std::vector<fs::path> paths;
    for (size_t i = 0; failed == 0 && i < found.gl_pathc; ++i) paths.emplace_back(found.gl_pathv[i]);
    ::globfree(&found);
    if (paths.empty()) return noLogs(pattern, "matches no file");
    const auto isEmpty = [](const fs::path& path) { std::error_code other; return fs::is_regular_file(path, other) && fs::file_size(path, other) == 0; };
    if (!std::all_of(paths.begin(), paths.end(), isEmpty)) std::erase_if(paths, isEmpty);
    std::vector<fs::path> others;
    FS_ASSIGN(const auto logs, lookAt(paths, options, job, [&](const fs::path& path, const Error&) { others.push_back(path); }));
    FS_ASSIGN(const auto kept, oneFormatOf(logs, job));
    std::erase_if(paths, [&](const fs::path& path) {
        const auto isThis = [&](const fs::path& other) { return other == path; };
        return std::none_of(kept.begin(), kept.end(), isThis) && std::none_of(others.begin(), others.end(), isThis);
    });
    return paths;
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
            FS_ASSIGN(const auto logs, matches(path, options, job));
            add(logs);
        } else {
            files.push_back(path);   // a file that is named twice is refused as ever
        }
    }
    return files;
}

}  // namespace foreshard::ingest
