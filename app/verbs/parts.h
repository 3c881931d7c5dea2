// The verbs profile --partial and merge: parts of logs that many machines read, and what profile makes of the whole. Qt-free;
// any thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/verbs/options.h"
#include "core/base/job.h"
#include "core/ingest/ingest.h"
#include "core/ingest/part.h"

namespace foreshard::verbs {

// Reads one part of one log; the bytes of a file that merge and profile take.
Result<std::string> profilePart(const ProfileOptions& options, Job& job);

// Merges parts into a file, which is written whole or not at all; no project is touched. Where the output is "-" nothing is
// written: the caller has the part.
Result<ingest::LogPart> mergeParts(const MergeOptions& options, Job& job);

// What --format, --prefix and the like say, for the readers of logs.
Result<ingest::IngestOptions> ingestOptions(const ProfileOptions& options, std::shared_ptr<const schema::Schema> schema);

// Merged parts that were named as logs.
struct NamedParts {
    std::vector<Path> paths;
    std::optional<ingest::LogPart> part;   // nothing: none of the logs is one
    bool contains(const Path& path) const;
};
// Finds them among the logs by their first bytes, and merges them where there are several.
Result<NamedParts> partsAmong(const std::vector<Path>& logs, Job& job);

}  // namespace foreshard::verbs
