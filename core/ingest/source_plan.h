// Which files form one source, and in what order: found out from their first and last records. Internal to ingest.
#pragma once

#include <string>
#include <vector>

#include "core/ingest/ingest.h"
#include "core/ingest/range_reader.h"

namespace foreshard::ingest {

struct PlannedFile {
    LogFile file;
    IngestedFile info;
    uint64_t base = 0;             // of its first byte in the source
};

struct PlannedSource {
    std::string name;
    std::vector<PlannedFile> files;
    uint64_t bytes = 0;
};

// Of the beginning of a file, by which its shape is found.
constexpr size_t shapeSampleBytes = 256 << 10;

// Opens every file and finds its shape; the first one that is no log is the error. Sources in the order of their times.
Result<std::vector<PlannedSource>> planSources(const std::vector<std::string>& paths, const IngestOptions& options, const Job& job);

// Opens one file and finds its shape and, where it can be seen in its first and last bytes, its first and last time.
Result<PlannedFile> planFile(const std::string& path, const IngestOptions& options, const Job& job);

// A name for the stream that `file` begins: of its first line, which stays when the file grows or moves.
Result<std::string> sourceName(const LogFile& file);

}  // namespace foreshard::ingest
