#include "core/store/database.h"

#include <fmt/format.h>
#include <unistd.h>

#include <fcntl.h>

#include <array>
#include <cerrno>
#include <fstream>

#include "core/base/file.h"

namespace foreshard::store {

namespace fs = std::filesystem;

namespace {

// The header of a SQLite file, read without SQLite, so that a foreign file is not even locked.
struct Header {
    bool sqlite = false;
    uint32_t userVersion = 0;
    uint32_t applicationId = 0;
};

Result<Header> readHeader(const fs::path& file) {
    FS_TRY(MappedFile::open(file).status());
    std::array<char, 100> bytes{};
    std::ifstream in(file, std::ios::binary);
    in.read(bytes.data(), bytes.size());
    Header out;
    out.sqlite = in.gcount() == 100 && std::string_view(bytes.data(), 16) == std::string_view("SQLite format 3\0", 16);
    const auto big = [&](size_t at) {
        uint32_t value = 0;
        for (size_t i = 0; i < 4; ++i) value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
        return value;
    };
    out.userVersion = big(60);
    out.applicationId = big(68);
    return out;
}

Error newer(const fs::path& file, const Database::Kind& kind, int64_t version) {
    return {ErrorCategory::version,
            fmt::format("{} was written by a newer Foreshard (version {} of the {} file; this one knows {}).",
                        file.string(), version, kind.name, kind.steps.size()),
            "Open it with that Foreshard, or update this one.",
            {}};
}

Status checkHeader(const fs::path& file, const Database::Kind& kind) {
    FS_ASSIGN(const Header header, readHeader(file));
    if (!header.sqlite || header.applicationId != static_cast<uint32_t>(kind.applicationId))
        return Error{ErrorCategory::format,
                     fmt::format("{} is not a {}.", file.string(), kind.name),
                     "Choose another file, or make a new project; this one was not touched.",
                     {}};
    if (header.userVersion > kind.steps.size()) return newer(file, kind, header.userVersion);
    return {};
}

ErrorCategory categoryOf(int code) {
    switch (code & 0xff) {
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
        case SQLITE_FORMAT:
            return ErrorCategory::format;
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
        case SQLITE_CONSTRAINT:
            return ErrorCategory::conflict;
        case SQLITE_PERM:
        case SQLITE_READONLY:
        case SQLITE_AUTH:
        case SQLITE_CANTOPEN:
            return ErrorCategory::unreadable;
        case SQLITE_FULL:
        case SQLITE_IOERR:
        case SQLITE_NOMEM:
        case SQLITE_TOOBIG:
            return ErrorCategory::io;
        case SQLITE_INTERRUPT:
            return ErrorCategory::cancelled;
        default:
            return ErrorCategory::internal;
    }
}

Error diskFull(const std::string& name, const std::string& cause) {
    return {ErrorCategory::io, fmt::format("The disk that holds {} is full; nothing was saved.", name), "Free some space and run it again.", cause};
}

bool noRoomAt(const fs::path& file) {
    constexpr uintmax_t little = 1u << 16;
    std::error_code failed;
    const auto space = fs::space(fs::absolute(file, failed).parent_path(), failed);
    return !failed && space.available < little;
}

}  // namespace

Error Database::error(int code) const {
    const std::string name = file_.string(), cause = fmt::format("{} (SQLite {})", sqlite3_errmsg(handle_), code);
    switch (code & 0xff) {
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
            return {ErrorCategory::format, fmt::format("{} is damaged.", name),
                    "Restore it from a copy; it was left as it is.", cause};
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return {ErrorCategory::conflict, fmt::format("{} is being written by another program.", name),
                    "Try again when it is done.", cause};
        case SQLITE_FULL:
            return diskFull(name, cause);
        case SQLITE_READONLY:
        case SQLITE_PERM:
        case SQLITE_CANTOPEN:
            return {ErrorCategory::unreadable, fmt::format("{} cannot be opened for writing.", name),
                    "Check that you may write the file and the folder it lies in.", cause};
        default:
            // Even a reader needs a little room beside the file, and SQLite has no code for the lack of it.
            if (noRoomAt(file_)) return diskFull(name, cause);
            return {categoryOf(code), fmt::format("{} could not be read or written.", name),
                    "Run it again; if it fails again, check the disk.", cause};
    }
}

Result<Database> Database::connect(const fs::path& file, int flags, const Options& options) {
    sqlite3* handle = nullptr;
    const int code = sqlite3_open_v2(file.c_str(), &handle, flags | SQLITE_OPEN_NOMUTEX, nullptr);
    if (!handle) return Error{ErrorCategory::io, fmt::format("Not enough memory to open {}.", file.string()), {}, {}};
    Database database(handle, file);
    if (code != SQLITE_OK) return database.error(code);
    sqlite3_extended_result_codes(handle, 1);
    sqlite3_busy_timeout(handle, static_cast<int>(options.busyTimeout.count()));
    sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    return database;
}

Status Database::settle(const Options& options) {
    FS_TRY(run("PRAGMA journal_mode=WAL; PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY;"));
    return run(options.synchronousFull ? "PRAGMA synchronous=FULL;" : "PRAGMA synchronous=NORMAL;");
}

Result<Database> Database::create(const fs::path& file, const Kind& kind, const Options& options) {
    std::error_code ignored;
    const auto exists = [&] {
        return Error{ErrorCategory::conflict,
                     fmt::format("{} is there already.", file.string()),
                     "Open it, or choose another name.",
                     {}};
    };
    if (fs::exists(file, ignored)) return exists();
    const fs::path draft = file.parent_path() / fmt::format(".{}.{}.new", file.filename().string(), ::getpid());
    const auto removeDraft = [&] {
        for (const char* suffix : {"", "-wal", "-shm", "-journal"}) fs::remove(draft.string() + suffix, ignored);
    };
    const auto build = [&]() -> Status {
        FS_ASSIGN(Database database, connect(draft, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, options));
        FS_TRY(database.run(fmt::format("PRAGMA application_id={};", kind.applicationId).c_str()));
        return database.migrate(kind);
    };
    removeDraft();
    Status built = build();
    // A link, other than a rename, never replaces a file that another process made meanwhile.
    if (built.ok() && ::link(draft.c_str(), file.c_str()) != 0) {
        const int error = errno;
        if (error == EEXIST)
            built = Status(exists());
        else if (fs::rename(draft, file, ignored); ignored)
            built = Status(systemError("Cannot create", file, error));
    }
    removeDraft();
    if (!built.ok()) return built.error();
    return open(file, kind, options);
}

namespace {

bool mayWrite(const fs::path& path) { return ::faccessat(AT_FDCWD, path.c_str(), W_OK, AT_EACCESS) == 0; }

// A file's name as a part of a URI.
std::string uriOf(const fs::path& file) {
    std::string out = "file:";
    for (const unsigned char c : fs::absolute(file).string())
        if (std::isalnum(c) || c == '/' || c == '.' || c == '-' || c == '_') out += static_cast<char>(c);
        else out += fmt::format("%{:02X}", c);
    return out;
}

}  // namespace

// SQLite reads a file in WAL mode without write access only where another program holds it open. Where none does, all is in
// the file itself (the last one to close it brings everything over), and it is read as one that does not change.
Result<Database> Database::openToRead(const fs::path& file, const Kind& kind, const Options& options) {
    std::error_code ignored;
    const bool held = fs::exists(file.string() + "-wal", ignored) && fs::file_size(file.string() + "-wal", ignored) > 0;
    const fs::path name = held ? file : fs::path(uriOf(file) + "?immutable=1");
    FS_ASSIGN(Database database, connect(name, SQLITE_OPEN_READONLY | (held ? 0 : SQLITE_OPEN_URI), options));
    database.file_ = file;
    FS_ASSIGN(const int64_t version, database.number("PRAGMA user_version"));
    if (version > static_cast<int64_t>(kind.steps.size())) return newer(file, kind, version);
    if (version < static_cast<int64_t>(kind.steps.size()))
        return Error{ErrorCategory::unreadable, fmt::format("{} is of an older version and cannot be brought up to date.", file.string()),
                     "Open it once as somebody who may write it.", {}};
    if (fs::file_size(file, ignored) <= options.checkUpToBytes) FS_TRY(database.checkPages());
    return database;
}

Result<Database> Database::open(const fs::path& file, const Kind& kind, const Options& options) {
    FS_TRY(checkHeader(file, kind));
    const fs::path folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
    if (!mayWrite(file) || !mayWrite(folder)) return openToRead(file, kind, options);
    FS_ASSIGN(Database database, connect(file, SQLITE_OPEN_READWRITE, options));
    // Until the pages are known to be sound nothing may be written, not even what closing would bring over from the
    // WAL.
    sqlite3_db_config(database.handle_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    FS_ASSIGN(const int64_t version, database.number("PRAGMA user_version"));
    if (version > static_cast<int64_t>(kind.steps.size())) return newer(file, kind, version);
    std::error_code ignored;
    if (fs::file_size(file, ignored) <= options.checkUpToBytes) FS_TRY(database.checkPages());
    sqlite3_db_config(database.handle_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, nullptr);
    FS_TRY(database.settle(options));
    FS_TRY(database.migrate(kind));
    return database;
}

Status Database::checkPages() const {
    sqlite3_stmt* statement = nullptr;
    int code = sqlite3_prepare_v2(handle_, "PRAGMA quick_check(1)", -1, &statement, nullptr);
    std::string answer;
    if (code == SQLITE_OK && (code = sqlite3_step(statement)) == SQLITE_ROW) {
        const auto* text = sqlite3_column_text(statement, 0);
        answer = text ? reinterpret_cast<const char*>(text) : "";
        code = SQLITE_OK;
    }
    sqlite3_finalize(statement);
    if (code != SQLITE_OK) return error(code);
    if (answer == "ok") return {};
    Error damaged = error(SQLITE_CORRUPT);
    damaged.cause = answer;
    return damaged;
}

Status Database::migrate(const Kind& kind) {
    FS_ASSIGN(const int64_t before, number("PRAGMA user_version"));
    if (before == static_cast<int64_t>(kind.steps.size())) return {};
    return transaction([&]() -> Status {
        FS_ASSIGN(const int64_t version, number("PRAGMA user_version"));  // another process may have been faster
        if (version < 0 || version > static_cast<int64_t>(kind.steps.size())) return newer(file_, kind, version);
        for (auto step = static_cast<size_t>(version); step < kind.steps.size(); ++step)
            FS_TRY(kind.steps[step](*this));
        return run(fmt::format("PRAGMA user_version={};", kind.steps.size()).c_str());
    });
}

Database::Database(Database&& other) noexcept
    : handle_(std::exchange(other.handle_, nullptr)), file_(std::move(other.file_)), depth_(other.depth_) {}

Database& Database::operator=(Database&& other) noexcept {
    std::swap(handle_, other.handle_);
    std::swap(file_, other.file_);
    std::swap(depth_, other.depth_);
    return *this;
}

Database::~Database() {
    if (handle_) sqlite3_close_v2(handle_);
}

// ---- statements and transactions --------------------------------------------------------------------------------

Result<Statement> Database::prepare(std::string_view sql) {
    sqlite3_stmt* statement = nullptr;
    const int code = sqlite3_prepare_v2(handle_, sql.data(), static_cast<int>(sql.size()), &statement, nullptr);
    if (code != SQLITE_OK) return error(code);
    return Statement(this, statement);
}

Status Database::run(const char* sql) {
    const int code = sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr);
    return code == SQLITE_OK ? Status() : Status(error(code));
}

Result<int64_t> Database::number(std::string_view sql) {
    FS_ASSIGN(Statement statement, prepare(sql));
    FS_ASSIGN(const bool row, statement.step());
    return row ? statement.integer(0) : 0;
}

Result<int64_t> Database::dataVersion() { return number("PRAGMA data_version"); }
int64_t Database::lastInsertRowId() const { return sqlite3_last_insert_rowid(handle_); }

Status Database::begin() { return run(depth_ == 0 ? "BEGIN IMMEDIATE" : "SAVEPOINT inner_work"); }

Status Database::finish(bool commit) {
    if (depth_ > 0) return run(commit ? "RELEASE inner_work" : "ROLLBACK TO inner_work; RELEASE inner_work");
    if (commit) {
        Status done = run("COMMIT");
        if (done.ok()) return done;
        if (sqlite3_get_autocommit(handle_) == 0) (void)run("ROLLBACK");
        return done;
    }
    // A full disk may have undone the transaction already.
    return sqlite3_get_autocommit(handle_) != 0 ? Status() : run("ROLLBACK");
}

Status Database::transaction(const std::function<Status()>& work) {
    FS_TRY(begin());
    ++depth_;
    Status outcome;
    try {
        outcome = work();
    } catch (...) {
        --depth_;
        (void)finish(false);
        throw;
    }
    --depth_;
    if (outcome.ok()) return finish(true);
    (void)finish(false);
    return outcome;
}

}  // namespace foreshard::store
