#include "app/verbs/workload.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/verbs/metrics.h"
#include "app/verbs/parts.h"
#include "app/verbs/schema.h"
#include "core/base/file.h"
#include "core/base/words.h"
#include "core/ingest/ingest.h"
#include "core/ingest/log_files.h"
#include "core/ingest/tail.h"
#include "core/schema/ddl_reader.h"
#include "core/schema/statistics.h"
#include "core/workload/mask.h"
#include "core/workload/partial.h"
#include "core/workload/partial_data.h"

namespace foreshard::verbs {

Result<WorkloadPointer> requireWorkload(const project::Project& project) {
    FS_ASSIGN(auto workload, project.workload());
    if (workload) return workload;
    return Error{ErrorCategory::notFound, fmt::format("{} holds no workload yet.", project.file().string()),
                 fmt::format("Run: foreshard profile {} --schema schema.sql --log FILE", project.file().string()), {}};
}

bool isMasked(const workload::Workload& workload) { return workload.facts->diagnostics.byReason().contains(workload::maskedReason); }

Status requireValues(const workload::Workload& workload, const std::string& what) {
    if (!isMasked(workload)) return {};
    return Error{ErrorCategory::conflict, what + ", and the values of this project are masked.", "Use a project of the same logs that was made without --mask.", {}};
}

namespace {

// A log that is to be read.
struct Wanted {
    Path path;                             // as it was named
    project::ReadSource source;
    uint64_t from = 0;                     // what stands before it was read already: the log has grown since
};

// A log by its text, so that one which is compressed is known again when it has grown. What was read before of it is the
// longest earlier state of the file of this name that it still begins with.
Result<Wanted> lookAt(const Path& log, const std::vector<project::ReadSource>& known, Job& job) {
    const bool stream = log == "-";
    const std::string name = stream ? "standard input" : std::filesystem::absolute(log).string();
    std::vector<uint64_t> sizes;
    for (const auto& before : known)
        if (!stream && before.path == name) sizes.push_back(before.bytes);
    FS_ASSIGN(const auto contents, ingest::contentsOf(log.string(), job, sizes));
    Wanted wanted{log, {name, contents.front().digest, contents.front().bytes, nowMicros()}, 0};
    for (size_t i = 1; i < contents.size(); ++i) {
        const bool same = std::any_of(known.begin(), known.end(), [&](const auto& before) { return before.path == name && before.digest == contents[i].digest; });
        if (same) wanted.from = std::max(wanted.from, contents[i].bytes);
    }
    return wanted;
}

// The project was made, and holds no log: metrics alone were read.
Result<WorkloadPointer> workloadOrNone(const project::Project& project) {
    FS_ASSIGN(auto workload, project.workload());
    return workload ? workload : workload::finish(workload::Partial());
}

// What of the logs is new. Those that the project has read before, or that are there twice, are left out where they came out of a folder or a
// pattern, and refused where they were named.
Result<std::vector<Wanted>> newSources(const project::Project& project, const std::vector<Path>& logs, const std::vector<Path>& named, Job& job) {
    std::vector<Wanted> fresh;
    FS_ASSIGN(const auto known, project.readSources());
    job.beginPass("looking at the files", logs.size(), "files");
    size_t looked = 0, readBefore = 0;
    for (const auto& log : logs) {
        FS_ASSIGN(auto wanted, lookAt(log, known, job));
        job.progress(++looked);
        const auto isThis = [&](const project::ReadSource& source) { return source.digest == wanted.source.digest; };
        const bool byName = std::find(named.begin(), named.end(), log) != named.end();
        const auto other = std::find_if(fresh.begin(), fresh.end(), [&](const Wanted& one) { return isThis(one.source); });
        if (other != fresh.end() && byName) return Error{ErrorCategory::usage, fmt::format("{} is the same log as {}.", log.string(), other->source.path), "Name it once.", {}};
        if (other != fresh.end()) {
            job.diagnose({Severity::note, "log_twice", log.string(), 0, 0, fmt::format("{} is the same log.", other->source.path)});
        } else if (!byName && std::any_of(known.begin(), known.end(), isThis)) {
            ++readBefore;
        } else {
            fresh.push_back(std::move(wanted));
        }
    }
    if (readBefore > 0)
        job.diagnose({Severity::note, "read_before", {}, 0, 0,
                      fmt::format("{} {} read before and {} left out{}.", readBefore, readBefore == 1 ? "log was" : "logs were", readBefore == 1 ? "is" : "are", fresh.empty() ? "; nothing is new" : "")});
    std::vector<project::ReadSource> sources;
    for (const auto& one : fresh) sources.push_back(one.source);
    FS_TRY(project.refuseReadBefore(sources));
    return fresh;
}

// Two logs begin with the same line and are not the same log: which calls both hold cannot be told.
Error sameBeginning(const std::vector<std::string>& names) {
    return {ErrorCategory::conflict, fmt::format("{} with a line that a log read before begins with too, and the one is not the other grown longer.", joined(names, " and ") + (names.size() == 1 ? " begins" : " begin")),
            "If it is a longer copy of that log, name it by the path it was read from; else make a new project of the logs to count.", {}};
}

Result<workload::Partial> unlessRead(ingest::IngestResult result, const workload::Partial* earlier) {
    std::vector<std::string> twins;
    for (const auto& file : result.files)
        if (earlier && earlier->data().sources.contains(file.source)) twins.push_back(file.path);
    if (!twins.empty()) return sameBeginning(twins);
    return std::move(result.partial);
}

// All of a project's values are masked with one key, or none is.
Status sameMask(const workload::Partial* earlier, const NamedParts& parts, const ingest::IngestOptions& wanted) {
    const auto refuse = [](const char* message, const char* next) { return Error{ErrorCategory::conflict, message, next, {}}; };
    if (wanted.partial.mask != 0 && parts.part) return refuse("The values in parts of a log are not masked.", "Read the logs themselves with --mask.");
    if (!earlier || earlier->empty()) return {};
    const uint64_t before = earlier->data().options.mask;
    if (before == wanted.partial.mask) return {};
    if (before == 0) return refuse("The values of this project are not masked.", "Make a new project of all logs with --mask.");
    return refuse(wanted.partial.mask == 0 ? "The values of this project are masked." : "The values of this project are masked with another key.", "Give the key that it was made with: --mask-key F.");
}

// The schema that the logs are read with. Parts bring the one that they were read with.
Result<std::shared_ptr<schema::Schema>> schemaFor(const ProfileOptions& options, const schema::Schema* before, const schema::Schema& added, const NamedParts& parts) {
    if (!parts.part) return std::make_shared<schema::Schema>(before ? schema::mergeSchemas(*before, added) : added);
    const auto& read = *parts.part->schema;
    auto merged = std::make_shared<schema::Schema>(before ? schema::mergeSchemas(*before, added) : options.schemas.empty() ? read : added);
    if (merged->fingerprint() != read.fingerprint())
        return Error{ErrorCategory::conflict, fmt::format("{} was read with another schema.", parts.paths.front().string()), "Read the parts again with the schema of the project.", {}};
    return merged;
}

// Reads logs that are new from their start. The names of sources that `earlier` has too are a conflict.
Result<workload::Partial> readWhole(const std::vector<std::string>& paths, const ingest::IngestOptions& options, const workload::Partial* earlier, Job& job) {
    auto result = ingest::ingestFiles(paths, options, job);
    if (!result.ok() && result.error().category == ErrorCategory::conflict && paths.size() > 1)
        return Error{ErrorCategory::conflict, fmt::format("Of {} two begin with the same line, and one holds what the other holds.", joined(paths)), "Name the longer one alone.", result.error().message};
    if (!result.ok()) return result.error();
    return unlessRead(std::move(*result), earlier);
}

// What was said of a log when its beginning was read holds for the rest, unless something else is said now.
ingest::GivenCoverage givenBefore(const Wanted& log, const workload::Partial& earlier, ingest::GivenCoverage given) {
    for (const auto& [name, source] : earlier.data().sources) {
        const auto& c = source.coverage;
        if (std::none_of(c.files.begin(), c.files.end(), [&](const std::string& file) { return std::filesystem::absolute(file).string() == log.source.path; })) continue;
        if (!given.sampleRate && c.sampleRateGiven) given.sampleRate = c.sampleRate;
        if (!given.minDurationMs && c.minDurationGiven) given.minDurationMs = c.minDurationMs;
        if (!given.pooled && c.pooledGiven) given.pooled = c.pooled;
    }
    return given;
}

// Reads what has come behind `log.from`.
Result<workload::Partial> readGrown(const Wanted& log, ingest::IngestOptions options, const workload::Partial& earlier, Job& job) {
    options.given = givenBefore(log, earlier, options.given);
    ingest::LogTail tail(log.path.string(), options, log.from);
    job.beginPass("reading what is new in " + log.path.filename().string());
    FS_ASSIGN(auto step, tail.poll(job, true));
    return std::move(step.partial);
}

// What the parts among the logs say, once they are whole.
Result<workload::Partial> readParts(NamedParts parts, const workload::Partial* earlier, Job& job) {
    if (!parts.part) return workload::Partial();
    auto result = ingest::complete(std::move(*parts.part), job);
    if (!result.ok()) return result.error();
    return unlessRead(std::move(*result), earlier);
}

// All that is new in the logs, joined to what was read before.
Result<workload::Partial> readLogs(const std::vector<Wanted>& logs, NamedParts parts, const ingest::IngestOptions& options, const workload::Partial* earlier, Job& job) {
    std::vector<std::string> whole;
    for (const auto& log : logs)
        if (log.from == 0 && !parts.contains(log.path)) whole.push_back(log.path.string());
    workload::Partial all;
    if (!whole.empty()) {
        FS_ASSIGN(all, readWhole(whole, options, earlier, job));
        FS_TRY(job.checkpoint());
    }
    FS_ASSIGN(auto merged, readParts(std::move(parts), earlier, job));
    FS_TRY(all.merge(std::move(merged)));
    if (earlier) FS_TRY(all.merge(*earlier));
    for (const auto& log : logs) {
        if (log.from == 0 || !earlier) continue;
        FS_ASSIGN(auto more, readGrown(log, options, *earlier, job));
        FS_TRY(all.merge(std::move(more)));
    }
    return all;
}

// What is added is counted as what is there, unless something else is asked for (then merging says that it cannot be).
void countAsBefore(workload::PartialOptions& wanted, const workload::PartialOptions* before, const ProfileOptions& asked) {
    if (!before) return;
    if (!asked.interval) wanted = *before;
    wanted.heavyKeys = asked.heavyKeys.value_or(before->heavyKeys);
}

// What is new among logs and metrics.
struct NewSources {
    std::vector<Wanted> logs;
    std::vector<project::ReadSource> sources, metricSources;
    workload::Metrics metrics;
};

Result<NewSources> whatIsNew(const project::Project& project, const std::vector<Path>& logs, const NamedMetrics& metrics, const std::vector<Path>& named, Job& job) {
    auto all = logs;
    all.insert(all.end(), metrics.paths.begin(), metrics.paths.end());
    FS_ASSIGN(const auto files, newSources(project, all, named, job));
    NewSources fresh;
    std::vector<Path> exports;
    for (const auto& file : files) {
        const bool counts = metrics.contains(file.path);
        (counts ? fresh.metricSources : fresh.sources).push_back(file.source);
        if (counts) exports.push_back(file.path);
        else fresh.logs.push_back(file);
    }
    if (exports.size() == metrics.paths.size()) {
        fresh.metrics = metrics.metrics;
    } else {
        FS_ASSIGN(auto taken, takeMetrics(exports, job));
        fresh.metrics = std::move(taken.metrics);
    }
    return fresh;
}

// Folders and patterns become the logs that they stand for.
Result<ProfileOptions> withFiles(ProfileOptions options, Job& job) {
    auto plain = options;   // looking takes no key
    plain.mask = false;
    plain.maskKey.clear();
    FS_ASSIGN(const auto reading, ingestOptions(plain, nullptr));
    FS_ASSIGN(options.logs, ingest::logFiles(options.logs, reading, job));
    return options;
}

}  // namespace

Result<WorkloadPointer> profile(const ProfileOptions& named, Job& job, const ProfileStage& stage) {
    if (named.logs.empty()) return Error{ErrorCategory::usage, "No log was named.", "Add --log FILE.", {}};
    FS_ASSIGN(auto options, withFiles(named, job));
    FS_ASSIGN(const auto metrics, takeMetrics(options.logs, job));
    // The inputs are looked at before the project is made: wrong ones leave nothing behind.
    schema::SchemaSources added;
    if (!options.schemas.empty()) {
        FS_ASSIGN(added, readSchemas(options.schemas, !options.masks(), job));
    }
    for (const auto& log : options.logs) {
        if (log == "-") continue;   // looked at when it is read
        FS_ASSIGN(const auto readable, MappedFile::open(log));
        if (readable.bytes().empty()) return Error{ErrorCategory::format, fmt::format("{} is empty.", log.string()), "Name a log with statements in it.", {}};
    }
    const bool existed = std::filesystem::exists(options.project);
    FS_ASSIGN(auto project, project::Project::openOrCreate(options.project));
    const auto forget = [&](const Error& error) {
        std::error_code ignored;
        if (!existed)
            for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(options.project.string() + suffix, ignored);
        return error;
    };
    const auto read = [&]() -> Result<WorkloadPointer> {
        FS_ASSIGN(const auto fresh, whatIsNew(project, options.logs, metrics, named.logs, job));
        if (fresh.logs.empty()) {
            if (!fresh.metricSources.empty()) FS_TRY(project.addMetrics(fresh.metrics, fresh.metricSources));
            return workloadOrNone(project);
        }
        options.logs.clear();
        for (const auto& log : fresh.logs) options.logs.push_back(log.path);
        FS_ASSIGN(const auto before, project.schema());
        FS_ASSIGN(const auto earlier, project.partial());
        FS_ASSIGN(auto parts, partsAmong(options.logs, job));
        FS_ASSIGN(auto merged, schemaFor(options, before.get(), added.schema, parts));
        if (earlier && !earlier->empty() && before && before->fingerprint() != merged->fingerprint()) {
            if (!added.statistics || schema::structureFingerprint(*before) != schema::structureFingerprint(*merged))
                return Error{ErrorCategory::conflict, "The schema of this project has changed since its logs were read.", "Make a new project with the new schema and all logs.", {}};
            merged = std::make_shared<schema::Schema>(*before);   // newer sizes are kept beside it
        }
        FS_ASSIGN(auto wanted, ingestOptions(options, merged));
        FS_TRY(sameMask(earlier.get(), parts, wanted));
        countAsBefore(wanted.partial, earlier && !earlier->empty() ? &earlier->data().options : parts.part ? &parts.part->options : nullptr, options);
        if (stage && (!earlier || earlier->empty()) && !parts.part)
            wanted.stage = [&stage](workload::Partial soFar, uint64_t bytes, uint64_t total) {
                stage(workload::finish(std::move(soFar), {.threads = 1}), static_cast<double>(bytes) / static_cast<double>(std::max<uint64_t>(total, 1)));
            };
        const bool schemaOfParts = parts.part && options.schemas.empty() && !before;
        FS_ASSIGN(const auto partial, readLogs(fresh.logs, std::move(parts), wanted, earlier.get(), job));
        FS_TRY(job.checkpoint());
        job.beginPass("finishing the workload");
        const auto workload = workload::finish(partial);
        FS_TRY(job.checkpoint());
        job.beginPass("saving");
        if (!options.schemas.empty() || schemaOfParts) FS_TRY(keepSchema(project, *merged, options.schemas));
        if (added.statistics) FS_TRY(keepStatistics(project, *added.statistics, {}, false));
        FS_TRY(project.saveWorkload(partial, *workload, fresh.sources));
        if (!fresh.metricSources.empty()) FS_TRY(project.addMetrics(fresh.metrics, fresh.metricSources));
        return workload;
    };
    auto made = read();
    if (!made.ok()) return forget(made.error());
    return made;
}

}  // namespace foreshard::verbs
