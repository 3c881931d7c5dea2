#include "app/verbs/workload.h"

#include <fmt/format.h>

#include "core/base/file.h"
#include "core/ingest/ingest.h"
#include "core/schema/ddl_reader.h"
#include "core/workload/partial.h"

namespace foreshard::verbs {

Result<WorkloadPointer> requireWorkload(const project::Project& project) {
    FS_ASSIGN(auto workload, project.workload());
    if (workload) return workload;
    return Error{ErrorCategory::notFound, fmt::format("{} holds no workload yet.", project.file().string()),
                 fmt::format("Run: foreshard profile {} --schema schema.sql --log FILE", project.file().string()), {}};
}

Result<schema::Schema> readSchemas(const std::vector<Path>& files, Job& job) { return schema::readSchemaFiles(files, job); }

namespace {

// Digests of the logs, and a refusal of those that the project has read before or that are named twice.
Result<std::vector<project::ReadSource>> newSources(const project::Project& project, const std::vector<Path>& logs, Job& job) {
    std::vector<project::ReadSource> fresh;
    job.beginPass("looking at the files", logs.size(), "files");
    for (const auto& log : logs) {
        FS_ASSIGN(const auto digest, ingest::contentDigest(log.string(), job));
        for (const auto& other : fresh)
            if (other.digest == digest)
                return Error{ErrorCategory::usage, fmt::format("{} is the same log as {}.", log.string(), other.path), "Name it once.", {}};
        std::error_code ignored;
        const bool stream = log == "-";
        const auto bytes = stream ? 0 : static_cast<uint64_t>(std::filesystem::file_size(log, ignored));
        fresh.push_back({stream ? "standard input" : std::filesystem::absolute(log).string(), digest, bytes, nowMicros()});
        job.progress(fresh.size());
    }
    FS_TRY(project.refuseReadBefore(fresh));
    return fresh;
}

Result<ingest::IngestOptions> ingestOptions(const ProfileOptions& options, std::shared_ptr<const schema::Schema> schema) {
    ingest::IngestOptions wanted;
    FS_ASSIGN(wanted.format, ingest::logFormatOf(options.format));
    wanted.prefix = options.prefix;
    wanted.given.sampleRate = options.sampleRate;
    wanted.given.minDurationMs = options.minDurationMs;
    wanted.given.pooled = options.pooled;
    wanted.schema = std::move(schema);
    wanted.threads = options.threads;
    if (options.interval) wanted.partial.interval = *options.interval;
    return wanted;
}

std::vector<std::string> texts(const std::vector<Path>& paths) {
    std::vector<std::string> out;
    for (const auto& path : paths) out.push_back(path.string());
    return out;
}

}  // namespace

Result<WorkloadPointer> profile(const ProfileOptions& options, Job& job) {
    if (options.logs.empty()) return Error{ErrorCategory::usage, "No log was named.", "Add --log FILE.", {}};
    // The inputs are looked at before the project is made: wrong ones leave nothing behind.
    schema::Schema added;
    if (!options.schemas.empty()) {
        FS_ASSIGN(added, readSchemas(options.schemas, job));
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
        FS_ASSIGN(const auto sources, newSources(project, options.logs, job));
        FS_ASSIGN(const auto before, project.schema());
        FS_ASSIGN(const auto earlier, project.partial());
        auto merged = std::make_shared<schema::Schema>(before ? schema::mergeSchemas(*before, added) : added);
        if (earlier && !earlier->empty() && before && before->fingerprint() != merged->fingerprint())
            return Error{ErrorCategory::conflict, "The schema of this project has changed since its logs were read.", "Make a new project with the new schema and all logs.", {}};
        FS_ASSIGN(const auto wanted, ingestOptions(options, merged));
        FS_ASSIGN(auto result, ingest::ingestFiles(texts(options.logs), wanted, job));
        FS_TRY(job.checkpoint());
        if (earlier) FS_TRY(result.partial.merge(*earlier));
        job.beginPass("finishing the workload");
        const auto workload = workload::finish(result.partial);
        FS_TRY(job.checkpoint());
        job.beginPass("saving");
        if (!options.schemas.empty()) FS_TRY(project.saveSchema(*merged, options.schemas));
        FS_TRY(project.saveWorkload(result.partial, *workload, sources));
        return workload;
    };
    auto made = read();
    if (!made.ok()) return forget(made.error());
    return made;
}

}  // namespace foreshard::verbs
