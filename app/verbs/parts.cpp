#include "app/verbs/parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>

#include "app/verbs/schema.h"
#include "core/base/file.h"
#include "core/schema/statistics.h"
#include "core/workload/mask.h"

namespace foreshard::verbs {

namespace {

// Errors of what a file holds name the file.
Error inFile(const Path& path, Error error) {
    error.message = fmt::format("{}: {}", path.string(), error.message);
    return error;
}

Result<ingest::LogPart> readPart(const Path& path) {
    FS_ASSIGN(const auto file, MappedFile::open(path));
    auto part = ingest::parseLogPart(file.bytes());
    if (!part.ok()) return inFile(path, part.error());
    return part;
}

bool startsAsPart(const Path& path) {
    std::error_code ignored;
    if (path == "-" || !std::filesystem::is_regular_file(path, ignored)) return false;
    std::array<char, 4> head{};
    std::ifstream(path, std::ios::binary).read(head.data(), head.size());
    return ingest::isLogPart({head.data(), head.size()});
}

Result<ingest::LogPart> mergeFiles(const std::vector<Path>& paths, Job& job) {
    job.beginPass("merging", paths.size(), "files");
    std::optional<ingest::LogPart> all;
    uint64_t done = 0;
    for (const auto& path : paths) {
        FS_TRY(job.checkpoint());
        FS_ASSIGN(auto part, readPart(path));
        if (!all) {
            all = std::move(part);
        } else if (const auto merged = all->merge(std::move(part)); !merged.ok()) {
            return inFile(path, merged.error());
        }
        job.progress(++done);
    }
    if (!all) return Error{ErrorCategory::usage, "No part was named.", "Name the files that profile --partial wrote.", {}};
    return std::move(*all);
}

// The key of this user, kept apart from all projects: who is given a project is not given the key.
Path ownMaskKey() {
    const auto folder = [](const char* name) { const char* value = std::getenv(name); return Path(value ? value : ""); };
    const Path config = folder("XDG_CONFIG_HOME");
    return (config.is_absolute() ? config : folder("HOME") / ".config") / "foreshard" / "mask.key";
}

Result<std::shared_ptr<const workload::MaskKey>> maskKey(const ProfileOptions& options) {
    const Path file = options.maskKey.empty() ? ownMaskKey() : options.maskKey;
    std::error_code ignored;
    return std::filesystem::exists(file, ignored) ? workload::MaskKey::read(file) : workload::MaskKey::make(file);
}

// A table's or JSON lines' mapping, else the prefix of lines.
Result<std::string> prefixOf(const ProfileOptions& options, ingest::LogFormat format) {
    const bool mapped = format == ingest::LogFormat::table || format == ingest::LogFormat::jsonLines;
    if (!mapped && options.columns.empty()) return options.prefix;
    if (!mapped) return Error{ErrorCategory::usage, "Columns are named of tables and of JSON lines alone.", "Add --format table or --format ndjson, or leave --column out.", {}};
    std::string mapping;
    for (const auto& column : options.columns) mapping += (mapping.empty() ? "" : ",") + column;
    return mapping;
}

}  // namespace

Result<ingest::IngestOptions> ingestOptions(const ProfileOptions& options, std::shared_ptr<const schema::Schema> schema) {
    ingest::IngestOptions wanted;
    FS_ASSIGN(wanted.format, ingest::logFormatOf(options.format));
    FS_ASSIGN(wanted.prefix, prefixOf(options, wanted.format));
    wanted.timezone = options.timezone;
    FS_TRY(ingest::checkTimezone(wanted.timezone));
    wanted.given.sampleRate = options.sampleRate;
    wanted.given.minDurationMs = options.minDurationMs;
    wanted.given.pooled = options.pooled;
    wanted.schema = std::move(schema);
    wanted.threads = options.threads;
    if (options.interval) wanted.partial.interval = *options.interval;
    if (options.heavyKeys) wanted.partial.heavyKeys = *options.heavyKeys;
    if (options.masks()) {
        FS_ASSIGN(auto key, maskKey(options));
        wanted.maskWith(std::move(key));
    }
    return wanted;
}

Result<std::string> profilePart(const ProfileOptions& options, Job& job) {
    if (options.logs.size() != 1) return Error{ErrorCategory::usage, "A part is of one log.", "Give --log once.", {}};
    if (!options.project.empty()) return Error{ErrorCategory::usage, "A part goes to standard output, not into a project.", "Leave the project out.", {}};
    schema::Schema schema;
    if (!options.schemas.empty()) {
        // Sizes would be those of the hour: parts of one log are merged whenever each was read.
        FS_ASSIGN(auto read, readSchemas(options.schemas, false, job));
        schema = read.statistics ? schema::withoutSizes(std::move(read.schema)) : std::move(read.schema);
    }
    FS_ASSIGN(auto wanted, ingestOptions(options, std::make_shared<const schema::Schema>(std::move(schema))));
    wanted.source = options.part.source;
    const ingest::PartRequest request{.path = options.logs.front().string(), .offset = options.part.offset, .length = options.part.length,
                                      .base = options.part.base, .head = options.part.head.string(), .name = options.part.name};
    FS_ASSIGN(const auto part, ingest::readLogPart(request, wanted, job));
    return ingest::writeLogPart(part);
}

Result<ingest::LogPart> mergeParts(const MergeOptions& options, Job& job) {
    FS_ASSIGN(auto all, mergeFiles(options.inputs, job));
    if (options.output != "-") FS_TRY(writeFileWhole(options.output, ingest::writeLogPart(all)));
    return all;
}

bool NamedParts::contains(const Path& path) const { return std::find(paths.begin(), paths.end(), path) != paths.end(); }

Result<NamedParts> partsAmong(const std::vector<Path>& logs, Job& job) {
    NamedParts found;
    std::copy_if(logs.begin(), logs.end(), std::back_inserter(found.paths), startsAsPart);
    if (found.paths.empty()) return found;
    FS_ASSIGN(found.part, mergeFiles(found.paths, job));
    return found;
}

}  // namespace foreshard::verbs
