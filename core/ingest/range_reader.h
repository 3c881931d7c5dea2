// RangeReader: reads the records that begin in one byte range of a log file into a CallCollector. Bytes are read into a
// buffer of its own (a log that another process cuts short while it is read must not crash us, as a mapping would), block by
// block, so that they are in the core's cache when their records are looked at; the collector copies what it keeps. One per thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/diagnostics.h"
#include "core/base/job.h"
#include "core/ingest/collector.h"
#include "core/ingest/reader.h"
#include "core/ingest/unpack.h"

namespace foreshard::ingest {

// An open log file; reads go by position, so that threads share it. What is compressed or no regular file (a pipe) is
// unpacked first (unpack.h); size and positions are those of the text. The path "-" is the standard input, which is read once
// in the life of the process.
class LogFile {
public:
    // `job` may be null; it can stop the unpacking.
    static Result<LogFile> open(const std::string& path, const Job* job = nullptr);
    // These bytes, under a path that diagnostics name.
    static Result<LogFile> holding(std::string path, std::string_view bytes);
    // The bytes [begin, end) of this file as a file of their own.
    Result<LogFile> slice(uint64_t begin, uint64_t end) const;
    LogFile(LogFile&& other) noexcept;
    LogFile& operator=(LogFile&& other) noexcept;
    ~LogFile();

    const std::string& path() const { return path_; }
    uint64_t size() const { return size_; }     // when it was opened
    bool cutShort() const { return cutShort_; }   // a compressed file that ends in the middle
    // The same for one file under any name, another for a new file under the same name.
    uint64_t identity() const { return identity_; }
    // Fills up to `count` bytes from `offset`; fewer only where the file has become shorter.
    Result<size_t> read(uint64_t offset, char* target, size_t count) const;
    Result<std::string> head(size_t count) const;

private:
    Status unpack(Packing packing, const Job* job);
    LogFile(std::string path, int descriptor, uint64_t size) : path_(std::move(path)), descriptor_(descriptor), size_(size) {}
    std::string path_;
    int descriptor_ = -1;
    uint64_t size_ = 0, identity_ = 0;
    uint64_t first_ = 0;               // in what the descriptor is of
    bool cutShort_ = false;
};

// What a read of a range leaves behind beside the collected calls. Lines count from 1 at the start of the range.
struct RangeOutcome {
    std::optional<uint64_t> start;    // where its first record or skipped line starts; nothing: none in the range
    uint64_t end = 0;                 // where the next range has to begin; `begin` where nothing starts here
    uint64_t lines = 0;
    Diagnostics diagnostics;
    std::optional<Instant> firstTime, lastTime;
    uint64_t firstTimeLine = 0;
    std::string unknownZone;
    bool skipping = false;            // it ends with lines that belong to no record
    bool restOfLong = false;          // these are the rest of a record that was too long
};

// What is known of the bytes around a range.
struct RangeContext {
    bool holdBack = false;            // a record at the file's end that may go on is left for later
    bool recordFollows = false;       // where the file ends a record of the log starts: what is not whole there never becomes it
    bool skipping = false;            // lines that belong to no record stand in front of it
    bool restOfLong = false;          // these are the rest of a record that was too long
    std::optional<Instant> timeBefore;   // of the record in front of it, where the range is read on from there
};

class RangeReader {
public:
    explicit RangeReader(const LogShape& shape);

    // Reads what begins in [begin, end) of `file`, whose first byte is at `base` in the source. `start`: where the first
    // record is known to start (found out without it). Stops early, with an error, when the job is asked to.
    Result<RangeOutcome> read(const LogFile& file, uint64_t base, uint64_t begin, uint64_t end, std::optional<uint64_t> start,
                              const RangeContext& context, const Job& job);
    // The first place in `bytes`, behind their first line break, where a record starts beyond doubt; nothing: there is none.
    std::optional<uint64_t> sureStart(std::string_view bytes);
    CallCollector& collector() { return collector_; }

private:
    // The bytes of the file from `offset` on that are in memory.
    struct Window {
        std::unique_ptr<char[]> bytes;
        size_t capacity = 0, size = 0;
        uint64_t offset = 0;           // in the file
        bool last = false;             // the file ends here
        std::string_view view() const { return {bytes.get(), size}; }
        uint64_t end() const { return offset + size; }
    };

    Status open(const LogFile& file, uint64_t offset);
    // Reads on; what lies in front of `at` may go, and `at` moves with the bytes.
    Status loadMore(const LogFile& file, size_t& at);
    Result<size_t> firstStart(const LogFile& file);
    void noteSkip(const LogFile& file, uint64_t line, const char* reason);
    void noteTime(const LogFile& file, uint64_t line, Instant time);

    std::unique_ptr<LogReader> reader_;
    CallCollector collector_;
    Window window_;
    uint64_t wantedEnd_ = 0;           // in the file; what lies behind is needed only where a record goes on so far
    RangeOutcome outcome_;
};

// Diagnostics with `before` added to each line.
Diagnostics shiftLines(const Diagnostics& diagnostics, uint64_t before);

// Clocks step back by a little all the time, as each server process writes for itself.
constexpr Instant backwardsTolerance = 2 * microsPerSecond;
Diagnostic fileShrank(const std::string& file);
Diagnostic packedCutShort(const std::string& file);
Diagnostic clockWentBack(const std::string& file, uint64_t line);

}  // namespace foreshard::ingest
