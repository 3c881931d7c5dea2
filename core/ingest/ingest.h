// Ingest: log files in, a Partial out. Files are cut into byte ranges that threads read at once; the result is the same
// for any number of threads and any cut. Broken and foreign lines become diagnostics and never stop the run; what does
// stop it is a file that is missing, unreadable, empty or no log of PostgreSQL.
//
// Files whose times follow one another (rotated logs of one server) are one source and are read in the order of their
// times; a file that overlaps with others is a source of its own. Files compressed by gzip or zstd and pipes are unpacked on
// the way (unpack.h); the path "-" is the standard input. All functions: any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/job.h"
#include "core/base/result.h"
#include "core/ingest/evidence.h"
#include "core/ingest/reader.h"
#include "core/schema/schema.h"
#include "core/workload/partial.h"

namespace foreshard::ingest {

struct IngestOptions {
    LogFormat format = LogFormat::automatic;
    std::string prefix;                          // log_line_prefix of stderr logs; empty: found out
    std::string timezone;                        // IANA name of the server's zone; empty: what the log says
    GivenCoverage given;
    std::shared_ptr<const schema::Schema> schema;    // nothing: tables come from the statements
    workload::PartialOptions partial;            // its interval too
    // Key of the masks where values are to be masked; sets partial.mask.
    void maskWith(std::shared_ptr<const workload::MaskKey> key);
    std::shared_ptr<const workload::MaskKey> maskKey;
    std::string source;                          // name of the source; empty: made from the first line of its first file
    unsigned threads = 0;                        // 0: one for each core
    uint64_t rangeBytes = 16u << 20;             // read at once by a thread
    // Is shown what the logs hold up to some place, with the bytes read and in all: after `firstStage` seconds, then each time
    // that reading has taken twice as long, so that all stages together cost a small part. On a thread that reads; the others
    // go on meanwhile. Must not throw.
    std::function<void(workload::Partial soFar, uint64_t bytes, uint64_t total)> stage;
    double firstStage = 0.4;
};

struct IngestedFile {
    std::string path;
    LogShape shape;                              // given or found out
    uint64_t bytes = 0;
    std::string source;
    std::optional<Instant> first, last;
};

struct IngestResult {
    workload::Partial partial;
    std::vector<IngestedFile> files;             // in the order they were read
    std::vector<workload::Coverage> coverage;    // of each source
};

Result<IngestResult> ingestFiles(const std::vector<std::string>& paths, const IngestOptions& options, Job& job);

// The text of a log: the same under another name or packed by another program has the same size and digest.
struct LogContent {
    uint64_t bytes = 0;                          // unpacked
    uint64_t digest = 0;                         // of size and text
    bool operator==(const LogContent&) const = default;
};

// Reads (and unpacks) a log once. The first element is what it holds; then, for each of `earlier` that is smaller and in
// that order, what a log of its first so many bytes would hold: a log that has grown begins with what it was.
Result<std::vector<LogContent>> contentsOf(const std::string& path, const Job& job, const std::vector<uint64_t>& earlier = {});

}  // namespace foreshard::ingest
