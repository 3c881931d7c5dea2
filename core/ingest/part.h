// LogPart: what some bytes of a log say, wherever they begin and end, in a form that merges to the byte. Parts are read by any
// number of machines and merged in any order; complete() of all of them gives what ingestFiles() gives of the whole log.
//
// A part knows nothing of the bytes beside it, so it keeps what hangs on them: the text before the first place where a record
// surely starts (LogReader::findSureStart) and behind the last record that is surely whole; each session's first sign and the
// calls that are open at its end (RangeEdge, Carry). Merging two neighbours reads the text between them and settles the rest.
// So a cut may go through a line, a record, a call, a transaction or a session, and each record is read once.
//
// Exact but for this: of more than Carry::mostLive sessions at once, a restart of the server may leave some open; and a log
// whose writer put another log's records, quotes and all, into two fields of one record could be cut at a wrong place.
// Plain value; not thread-safe.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/ingest/collector.h"
#include "core/ingest/ingest.h"

namespace foreshard::ingest {

// What of one file a span covers. Lines count from the file's start where the span begins there, else from the span's first record.
struct PartFile {
    std::string path;
    uint64_t base = 0;                 // of the file's first byte in the source
    uint64_t lines = 0;
    Diagnostics diagnostics;
};

// Neighbouring bytes of a source.
struct PartSpan {
    uint64_t begin = 0, end = 0;       // in the source
    std::string front, back;           // text at its edges that is not read yet; between them all is
    bool raw = false;                  // no record surely starts in it: front is all there is
    RangeEdge edge;                    // empty where begin = 0
    Carry carry;
    std::vector<PartFile> files;       // in their order, at least one
    std::optional<Instant> firstTime, lastTime;
    uint64_t firstTimeFile = 0, firstTimeLine = 0;   // where firstTime stands: index of `files`, line there
    std::string unknownZone;
    bool skipping = false;             // what was read ends with lines that belong to no record
    bool restOfLong = false;           // RangeOutcome::restOfLong
    uint64_t readFrom() const { return begin + front.size(); }
    uint64_t readTo() const { return end - back.size(); }
};

struct PartSource {
    LogFormat format = LogFormat::automatic;
    std::string prefix;
    PlanUse plans = PlanUse::none;
    std::string timezone;              // LogShape::timezone
    bool named = false;                // by a person
    std::vector<PartSpan> spans;       // sorted, apart
    LogShape shape() const { return {format, prefix, false, 0, plans, timezone}; }
};

struct LogPart {
    static constexpr uint32_t formatVersion = 5;
    std::shared_ptr<const schema::Schema> schema;
    workload::PartialOptions options;
    GivenCoverage given;
    std::map<std::string, PartSource> sources;
    workload::Partial partial;         // of what was read between the edges; its coverage and diagnostics stand in the spans

    // An error of category conflict where schemas, options or formats do not fit, or both hold the same bytes of a source; then
    // *this is as it was.
    Status merge(LogPart other);
};

// Which bytes are to be read.
struct PartRequest {
    std::string path;                  // "-": what comes in is the part, and nothing but the part
    uint64_t offset = 0;               // of its first byte in the log
    std::optional<uint64_t> length;    // nothing: up to the end; of a stream always all
    uint64_t base = 0;                 // of the log's first byte in its source: of rotated logs that are one, what stands before
    std::string head;                  // file with the log's first bytes, by which format and source are known; needed where a
                                       // stream begins in the middle. 256 KiB tell as much as the whole log
    std::string name;                  // path of the log in what is reported; empty: `path`
};

// Errors as of ingestFiles(); usage where a part from the middle of a stream comes without `head`.
Result<LogPart> readLogPart(const PartRequest& request, const IngestOptions& options, Job& job);

// The log is over: what is still open is closed. A conflict names bytes that no part has brought.
Result<IngestResult> complete(LogPart part, Job& job);

std::string writeLogPart(const LogPart& part);
Result<LogPart> parseLogPart(std::string_view bytes);   // format or version error, never a crash
bool isLogPart(std::string_view head);                  // the first four bytes tell

}  // namespace foreshard::ingest
