// What a person names as logs: files, folders of rotated logs, patterns. Any thread.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/base/job.h"
#include "core/base/result.h"
#include "core/ingest/ingest.h"

namespace foreshard::ingest {

// Names become files: a folder those logs that lie in it (not below it), a pattern with *, ? or [ what it matches; a file, and
// "-", itself. In the order they were named, by name inside a folder or pattern; none twice.
// In a folder what is no log is left out with a diagnostic ("no_log"), and of logs of one name but for the ending the one that says
// most. In both, of a server's logs in several formats one format is taken (twins.h). Each that is left out is said ("log_twice",
// "log_partly_twice"). Errors: a pattern or folder without logs.
Result<std::vector<std::filesystem::path>> logFiles(const std::vector<std::filesystem::path>& named, const IngestOptions& options, Job& job);

}  // namespace foreshard::ingest
