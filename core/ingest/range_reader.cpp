#include "core/ingest/range_reader.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <mutex>

#include "core/base/file.h"
#include "core/base/hash.h"

namespace foreshard::ingest {

namespace {
// Enough behind a range for the head of a record, and for most records whole.
constexpr size_t slackBytes = 64 << 10;
// The head of a record, by which its start is known, is shorter.
constexpr size_t headBytes = 4'096;
// Read at once: it is still in the core's own cache when its records are looked at.
constexpr size_t blockBytes = 256 << 10;
// With less than this ahead more is read, so that most records are whole when their turn comes.
constexpr size_t lookAhead = 16 << 10;
}  // namespace

namespace {

// What came from the standard input, so that it can be looked at more than once.
Result<int> standardInput(const Job* job) {
    static std::mutex mutex;
    static int kept = -1;
    const std::lock_guard lock(mutex);
    if (kept < 0) {
        FS_ASSIGN(const UnpackedFile all, unpackFile(STDIN_FILENO, Packing::none, "standard input", job));
        kept = all.descriptor;
    }
    const int copy = ::fcntl(kept, F_DUPFD_CLOEXEC, 0);
    if (copy < 0) return systemError("Cannot read", "standard input", errno);
    return copy;
}

}  // namespace

// ---- LogFile ------------------------------------------------------------------------------------------------------

Result<LogFile> LogFile::open(const std::string& path, const Job* job) {
    int descriptor = -1;
    if (path == "-") {
        FS_ASSIGN(descriptor, standardInput(job));
    } else {
        descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
        if (descriptor < 0) return systemError("Cannot open", path, errno);
    }
    LogFile file(path == "-" ? "standard input" : path, descriptor, 0);
    struct stat info {};
    if (::fstat(descriptor, &info) != 0) return systemError("Cannot read", path, errno);
    const bool regular = S_ISREG(info.st_mode);
    if (!regular && !S_ISFIFO(info.st_mode) && !S_ISSOCK(info.st_mode)) return systemError("Cannot read", path, EISDIR);
    file.size_ = regular ? static_cast<uint64_t>(info.st_size) : 0;
    file.identity_ = combineHash(static_cast<uint64_t>(info.st_dev), static_cast<uint64_t>(info.st_ino));
    if (!regular) FS_TRY(file.unpack(Packing::none, job));   // the pipe may bring a compressed log, too
    char head[4];
    FS_ASSIGN(const size_t got, file.read(0, head, sizeof head));
    if (const Packing packing = packingOf({head, got}); packing != Packing::none) FS_TRY(file.unpack(packing, job));
    return file;
}

Status LogFile::unpack(Packing packing, const Job* job) {
    if (packing != Packing::none) ::lseek(descriptor_, 0, SEEK_SET);
    FS_ASSIGN(const UnpackedFile unpacked, unpackFile(descriptor_, packing, path_, job));
    ::close(descriptor_);
    descriptor_ = unpacked.descriptor;
    size_ = unpacked.size;
    cutShort_ = unpacked.cutShort;
    return {};
}

Result<LogFile> LogFile::holding(std::string path, std::string_view bytes) {
    const int descriptor = ::memfd_create("foreshard", MFD_CLOEXEC);
    if (descriptor < 0) return systemError("Cannot keep bytes of", path, errno);
    LogFile file(std::move(path), descriptor, bytes.size());
    for (size_t done = 0; done < bytes.size();) {
        const ssize_t put = ::write(descriptor, bytes.data() + done, bytes.size() - done);
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) return systemError("Cannot keep bytes of", file.path_, errno);
        done += static_cast<size_t>(put);
    }
    return file;
}

Result<LogFile> LogFile::slice(uint64_t begin, uint64_t end) const {
    const int copy = ::fcntl(descriptor_, F_DUPFD_CLOEXEC, 0);
    if (copy < 0) return systemError("Cannot read", path_, errno);
    end = std::min(end, size_);
    LogFile file(path_, copy, end - std::min(begin, end));
    file.first_ = first_ + begin;
    return file;
}

LogFile::LogFile(LogFile&& other) noexcept
    : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)), size_(other.size_), identity_(other.identity_), first_(other.first_), cutShort_(other.cutShort_) {}

LogFile& LogFile::operator=(LogFile&& other) noexcept {
    std::swap(path_, other.path_);
    std::swap(descriptor_, other.descriptor_);
    std::swap(size_, other.size_);
    std::swap(identity_, other.identity_);
    std::swap(first_, other.first_);
    std::swap(cutShort_, other.cutShort_);
    return *this;
}

LogFile::~LogFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

Result<size_t> LogFile::read(uint64_t offset, char* target, size_t count) const {
    size_t done = 0;
    while (done < count) {
        const ssize_t got = ::pread(descriptor_, target + done, count - done, static_cast<off_t>(first_ + offset + done));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return systemError("Cannot read", path_, errno);
        if (got == 0) break;
        done += static_cast<size_t>(got);
    }
    return done;
}

Result<std::string> LogFile::head(size_t count) const {
    std::string bytes(static_cast<size_t>(std::min<uint64_t>(count, size_)), '\0');
    FS_ASSIGN(const size_t got, read(0, bytes.data(), bytes.size()));
    bytes.resize(got);
    return bytes;
}

// ---- RangeReader --------------------------------------------------------------------------------------------------

RangeReader::RangeReader(const LogShape& shape) : reader_(makeReader(shape)), collector_(shape.plans) {}

Status RangeReader::open(const LogFile& file, uint64_t offset) {
    window_.size = 0;
    window_.offset = offset;
    size_t at = 0;
    return loadMore(file, at);
}

Status RangeReader::loadMore(const LogFile& file, size_t& at) {
    Window& window = window_;
    // The byte in front stays, for it says whether a line ends there.
    const size_t gone = at > 0 ? at - 1 : 0, kept = window.size - gone;
    at -= gone;
    // A record that does not end is read in ever longer steps, so that looking at it anew each time stays linear.
    size_t count = std::max(blockBytes, kept);
    if (window.end() < wantedEnd_) count = static_cast<size_t>(std::min<uint64_t>(count, wantedEnd_ - window.end()));
    count = static_cast<size_t>(std::min<uint64_t>(count, file.size() - std::min(window.end(), file.size())));
    if (window.capacity < kept + count + readerPadding) {
        window.capacity = kept + std::max(count, blockBytes) + lookAhead + readerPadding;
        auto larger = std::make_unique_for_overwrite<char[]>(window.capacity);
        if (kept > 0) std::memcpy(larger.get(), window.bytes.get() + gone, kept);
        window.bytes = std::move(larger);
    } else if (gone > 0 && kept > 0) {
        std::memmove(window.bytes.get(), window.bytes.get() + gone, kept);
    }
    window.offset += gone;
    window.size = kept;
    FS_ASSIGN(const size_t got, file.read(window.end(), window.bytes.get() + kept, count));
    window.size += got;
    std::fill_n(window.bytes.get() + window.size, readerPadding, '\0');
    window.last = got < count || window.end() >= file.size();
    reader_->windowChanged();
    return {};
}

// The first place where a record surely starts. A start so near to the end of what was read that its head might not be whole
// is decided with more bytes, so that reading block by block finds what reading at once would.
Result<size_t> RangeReader::firstStart(const LogFile& file) {
    for (;;) {
        const size_t at = reader_->findStart(window_.view(), 1);
        if (window_.last || window_.end() >= wantedEnd_ || (at != LogReader::npos && at + headBytes <= window_.size)) return at;
        size_t all = 0;
        FS_TRY(loadMore(file, all));
    }
}

void RangeReader::noteSkip(const LogFile& file, uint64_t line, const char* reason) {
    if (std::string_view(reason) == "empty_line") return;
    // Lines that belong to no record count each, but neighbours are told of once.
    const bool runsOn = std::string_view(reason) == "foreign_line" || std::string_view(reason) == "nul_bytes";
    if (outcome_.skipping && runsOn) {
        if (!outcome_.restOfLong) outcome_.diagnostics.count(reason);
    } else {
        outcome_.diagnostics.add({Severity::warning, reason, file.path(), line, 0, describeSkip(reason)});
        outcome_.restOfLong = std::string_view(reason) == "too_long";
    }
    outcome_.skipping = true;
}

void RangeReader::noteTime(const LogFile& file, uint64_t line, Instant time) {
    if (!outcome_.firstTime) {
        outcome_.firstTime = time;
        outcome_.firstTimeLine = line;
    } else if (time + backwardsTolerance < *outcome_.lastTime) {
        outcome_.diagnostics.add(clockWentBack(file.path(), line));
    }
    outcome_.lastTime = time;
}

Result<RangeOutcome> RangeReader::read(const LogFile& file, uint64_t base, uint64_t begin, uint64_t end, std::optional<uint64_t> start,
                                       const RangeContext& context, const Job& job) {
    collector_.clear();
    reader_->continueFrom(context.timeBefore);
    outcome_ = RangeOutcome();
    outcome_.end = begin;
    outcome_.skipping = context.skipping;
    outcome_.restOfLong = context.restOfLong;
    // One byte more in front says whether the range begins at the beginning of a line.
    const uint64_t from = start ? *start : begin == 0 ? 0 : begin - 1;
    wantedEnd_ = std::min(std::max(end, from) + slackBytes, file.size());
    FS_TRY(open(file, from));
    size_t at = 0;
    if (!start && begin > 0) {
        FS_ASSIGN(at, firstStart(file));
        if (at == LogReader::npos || window_.offset + at >= end) return std::move(outcome_);
    }
    outcome_.start = window_.offset + at;
    LogRecord record;
    uint64_t steps = 0;
    for (;;) {
        if ((++steps & 0xfff) == 0) FS_TRY(job.checkpoint());
        if (window_.size - at < lookAhead && window_.end() < wantedEnd_ && !window_.last) FS_TRY(loadMore(file, at));
        const uint64_t place = window_.offset + at;
        if (place >= end) {
            if (at >= window_.size && window_.last) break;
            // A range ends where a record starts, so that a run of skipped lines lies in one range.
            if (!window_.last && window_.size - at < headBytes) {
                FS_TRY(loadMore(file, at));
                continue;
            }
            if (reader_->startsAt(window_.view(), at)) break;
        }
        const uint64_t line = outcome_.lines + 1;
        const ReadStep step = reader_->next(window_.view(), at, window_.last && !context.holdBack, record);
        if (step == ReadStep::record || step == ReadStep::skipped) outcome_.lines += reader_->lines();
        if (step == ReadStep::record) {
            outcome_.skipping = outcome_.restOfLong = false;
            noteTime(file, line, record.time);
            collector_.add(record, base + place);
        } else if (step == ReadStep::skipped) {
            // Cut off in front of a record: its writer died; only the last one of a log may be a record that goes on.
            const bool broken = context.recordFollows && std::string_view(reader_->reason()) == "cut_record";
            noteSkip(file, line, broken ? "broken_csv" : reader_->reason());
        } else {
            if (window_.last) break;
            FS_TRY(loadMore(file, at));
        }
    }
    outcome_.end = window_.offset + at;
    // A last line without its newline is a line.
    if (const auto bytes = window_.view(); window_.last && at == bytes.size() && at > 0 && bytes[at - 1] != '\n') ++outcome_.lines;
    outcome_.unknownZone = reader_->unknownZone();
    return std::move(outcome_);
}

std::optional<uint64_t> RangeReader::sureStart(std::string_view bytes) {
    std::string padded(bytes);
    padded.append(readerPadding, '\0');
    const size_t at = reader_->findSureStart(std::string_view(padded).substr(0, bytes.size()));
    return at == LogReader::npos ? std::nullopt : std::optional<uint64_t>(at);
}

Diagnostics shiftLines(const Diagnostics& diagnostics, uint64_t before) {
    auto shown = diagnostics.shown();
    for (auto& each : shown)
        if (each.line > 0) each.line += before;
    return Diagnostics::restore(diagnostics.limit(), std::move(shown), diagnostics.byReason());
}

Diagnostic fileShrank(const std::string& file) {
    return {Severity::warning, "file_shrank", file, 0, 0, "The file became shorter while it was read; what was cut off is missing."};
}

Diagnostic packedCutShort(const std::string& file) {
    return {Severity::warning, "packed_cut_short", file, 0, 0, "The compressed file ends in the middle or is damaged there; what comes behind is missing."};
}

Diagnostic clockWentBack(const std::string& file, uint64_t line) {
    return {Severity::warning, "clock_backwards", file, line, 0, "The clock of the log goes back here; check the server's clock or the order of the files."};
}

}  // namespace foreshard::ingest
