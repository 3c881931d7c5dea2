#include "core/cluster/decision_log.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <random>
#include <thread>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/cluster/crash_points.h"

namespace foreshard::cluster {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view magic = "FSDECIDE";
constexpr uint64_t formatVersion = 1;
constexpr uint64_t headerSize = 32, recordSize = 24;
constexpr uint64_t kindRun = 1, kindCommit = 2;
constexpr const char* missingLog = "Put the file back: without it nobody can say whether its last batch was committed.";

class Descriptor {
public:
    explicit Descriptor(int value) : value_(value) {}
    ~Descriptor() { if (value_ >= 0) ::close(value_); }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int get() const { return value_; }
    int release() { return std::exchange(value_, -1); }

private:
    int value_;
};

uint64_t checkOf(std::string_view id, uint64_t place, uint64_t kind, uint64_t transaction) {
    return combineHash(combineHash(hashText(id), place), combineHash(kind, transaction));
}

struct Record {
    uint64_t kind = 0, transaction = 0;
};
struct Contents {
    std::string id;
    std::vector<Record> records;
    uint64_t size = 0;               // of the sound part
};

Result<std::string> readAll(int file, const fs::path& path) {
    std::string bytes;
    char buffer[65536];
    for (off_t at = 0;;) {
        const ssize_t got = ::pread(file, buffer, sizeof buffer, at);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return systemError("Cannot read the decision log", path, errno);
        if (got == 0) return bytes;
        bytes.append(buffer, static_cast<size_t>(got));
        at += got;
    }
}

Result<Contents> parse(std::string_view bytes, const fs::path& path) {
    const Error notALog{ErrorCategory::format, fmt::format("{} is not a decision log.", path.string()), "Name the log that the migration was started with.", {}};
    if (bytes.size() < headerSize || !bytes.starts_with(magic)) return notALog;
    ByteReader header(bytes.substr(magic.size(), 8));
    if (const uint64_t version = header.fixed64(); version != formatVersion)
        return Error{ErrorCategory::version, fmt::format("The decision log {} is of version {}; this build knows version {}.", path.string(), version, formatVersion),
                     "Use the newer Foreshard that wrote it.", {}};
    Contents contents{std::string(bytes.substr(16, 16)), {}, headerSize};
    for (uint64_t place = 0; contents.size + recordSize <= bytes.size(); ++place, contents.size += recordSize) {
        ByteReader in(bytes.substr(contents.size, recordSize));
        const uint64_t kind = in.fixed64(), transaction = in.fixed64();
        if (in.fixed64() != checkOf(contents.id, place, kind, transaction)) break;
        contents.records.push_back({kind, transaction});
    }
    return contents;
}

std::string newId() {
    std::random_device device;
    return fmt::format("{:016x}", (static_cast<uint64_t>(device()) << 32) ^ device());
}

int writeAt(int file, std::string_view bytes, uint64_t at) {
    while (!bytes.empty()) {
        const ssize_t written = ::pwrite(file, bytes.data(), bytes.size(), static_cast<off_t>(at));
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return errno;
        bytes.remove_prefix(static_cast<size_t>(written));
        at += static_cast<uint64_t>(written);
    }
    return 0;
}

// Readers hold the lock shared for a moment; that is waited out.
bool lockForCoordinator(int file) {
    for (int attempt = 0; attempt < 100; ++attempt) {
        if (::flock(file, LOCK_EX | LOCK_NB) == 0) return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
}

void syncFolder(const fs::path& path) {
    const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
    const Descriptor descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (descriptor.get() >= 0) ::fsync(descriptor.get());
}

}  // namespace

Result<std::unique_ptr<DecisionLog>> DecisionLog::open(const fs::path& given, bool mustExist) {
    const fs::path path = wholeLogPath(given);
    Descriptor file(::open(path.c_str(), O_RDWR | O_CLOEXEC | (mustExist ? 0 : O_CREAT), 0644));
    if (file.get() < 0) {
        Error error = systemError("Cannot open the decision log", path, errno);
        if (mustExist) error.next = missingLog;
        return error;
    }
    if (!lockForCoordinator(file.get()))
        return Error{ErrorCategory::conflict, fmt::format("Another process is at work with the decision log {}.", path.string()), "Pause it there, or wait until it ends.", {}};
    std::unique_ptr<DecisionLog> log(new DecisionLog);
    log->file_ = file.release();
    log->path_ = path.string();
    FS_TRY(log->load());
    return log;
}

Status DecisionLog::load() {
    FS_ASSIGN(const std::string bytes, readAll(file_, path_));
    if (bytes.empty()) FS_TRY(start());
    else {
        FS_ASSIGN(Contents contents, parse(bytes, path_));
        id_ = std::move(contents.id);
        size_ = contents.size;
        for (const auto& record : contents.records) {
            if (record.kind == kindRun) run_ = std::max(run_, record.transaction);
            if (record.kind == kindCommit) committed_.insert(record.transaction);
        }
        // What a crash left half written must not be completed by a later record.
        if (size_ < bytes.size() && (::ftruncate(file_, static_cast<off_t>(size_)) != 0 || ::fsync(file_) != 0))
            return systemError("Cannot repair the decision log", path_, errno);
    }
    return append(kindRun, ++run_);
}

Status DecisionLog::start() {
    id_ = newId();
    ByteWriter header;
    for (const char c : magic) header.u8(static_cast<uint8_t>(c));
    header.fixed64(formatVersion);
    for (const char c : id_) header.u8(static_cast<uint8_t>(c));
    if (const int error = writeAt(file_, header.bytes(), 0)) return systemError("Cannot write the decision log", path_, error);
    if (::fsync(file_) != 0) return systemError("Cannot write the decision log", path_, errno);
    syncFolder(path_);
    size_ = headerSize;
    return {};
}

DecisionLog::~DecisionLog() {
    if (file_ >= 0) ::close(file_);
}

uint64_t DecisionLog::nextTransaction() {
    std::lock_guard lock(mutex_);
    return (run_ << 32) | ++next_;
}

Status DecisionLog::append(uint64_t kind, uint64_t transaction) {
    struct stat opened {}, named {};
    if (::fstat(file_, &opened) != 0 || ::stat(path_.c_str(), &named) != 0 || opened.st_ino != named.st_ino || opened.st_dev != named.st_dev)
        return Error{ErrorCategory::notFound, fmt::format("The decision log {} was removed or replaced while it was in use.", path_), "Put the file back, then resume.", {}};
    ByteWriter record;
    record.fixed64(kind);
    record.fixed64(transaction);
    record.fixed64(checkOf(id_, (size_ - headerSize) / recordSize, kind, transaction));
    const std::string_view bytes = record.bytes();
    int error = writeAt(file_, bytes.substr(0, 8), size_);
    crashPoint("log.half-written");
    if (!error) error = writeAt(file_, bytes.substr(8), size_ + 8);
    if (!error && ::fsync(file_) != 0) error = errno;
    if (error) {
        broken_ = true;   // the record may or may not be there: only a fresh look can tell
        return systemError("Cannot write the decision log", path_, error);
    }
    size_ += recordSize;
    return {};
}

Status DecisionLog::commit(uint64_t transaction) {
    std::lock_guard lock(mutex_);
    if (broken_) return Error{ErrorCategory::io, fmt::format("The decision log {} could not be written.", path_), "Free some space, then resume.", {}};
    FS_TRY(append(kindCommit, transaction));
    committed_.insert(transaction);
    return {};
}

bool DecisionLog::committed(uint64_t transaction) const {
    std::lock_guard lock(mutex_);
    return committed_.contains(transaction);
}

Result<Decision> askDecision(const fs::path& path, const std::string& logId, uint64_t transaction) {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.get() < 0) {
        Error error = systemError("Cannot read the decision log", path, errno);
        error.next = missingLog;
        return error;
    }
    // Shared: while it is held no coordinator can start, so what the log does not say it never will. What it says is final
    // in any case.
    const bool ended = ::flock(file.get(), LOCK_SH | LOCK_NB) == 0;
    FS_ASSIGN(const std::string bytes, readAll(file.get(), path));
    if (!ended && bytes.size() < headerSize) return Decision::pending;   // a coordinator is just making it
    FS_ASSIGN(const Contents contents, parse(bytes, path));
    if (contents.id != logId)
        return Error{ErrorCategory::conflict, fmt::format("{} is not the log that this transaction was decided in.", path.string()), "Put the right file back.", {}};
    for (const auto& record : contents.records) {
        if (record.kind != kindCommit || record.transaction != transaction) continue;
        if (::fsync(file.get()) != 0) return systemError("Cannot make the decision durable in", path, errno);
        return Decision::commit;
    }
    return ended ? Decision::abort : Decision::pending;
}

bool coordinatorAlive(const fs::path& path) {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    return file.get() >= 0 && ::flock(file.get(), LOCK_SH | LOCK_NB) != 0;
}

fs::path wholeLogPath(const fs::path& path) {
    std::error_code failed;
    const fs::path absolute = fs::absolute(path, failed).lexically_normal();
    const fs::path whole = fs::weakly_canonical(absolute, failed);
    return failed ? absolute : whole;
}

std::string keptLogPlace(const fs::path& shard, const fs::path& log) {
    if (shard.empty() || !log.is_absolute()) return log.string();
    const fs::path below = shard.lexically_relative(log.parent_path());
    if (below.empty() || *below.begin() == "..") return log.string();
    return log.lexically_relative(shard.parent_path()).string();
}

std::string logPlaceOf(const fs::path& shard, const std::string& kept) {
    if (kept.empty() || kept.starts_with('/') || shard.empty()) return kept;
    return (shard.parent_path() / kept).lexically_normal().string();
}

}  // namespace foreshard::cluster
