#include <utility>

#include "core/store/database.h"

namespace foreshard::store {

Statement::Statement(Statement&& other) noexcept
    : owner_(other.owner_),
      statement_(std::exchange(other.statement_, nullptr)),
      next_(other.next_),
      bindError_(other.bindError_) {}

Statement& Statement::operator=(Statement&& other) noexcept {
    std::swap(owner_, other.owner_);
    std::swap(statement_, other.statement_);
    std::swap(next_, other.next_);
    std::swap(bindError_, other.bindError_);
    return *this;
}

Statement::~Statement() { sqlite3_finalize(statement_); }

Statement& Statement::bind(int64_t value) {
    note(sqlite3_bind_int64(statement_, next_++, value));
    return *this;
}

Statement& Statement::bind(std::string_view text) {
    note(sqlite3_bind_text64(statement_, next_++, text.data() ? text.data() : "", text.size(), SQLITE_TRANSIENT,
                             SQLITE_UTF8));
    return *this;
}

Statement& Statement::bindBytes(std::string_view bytes) {
    note(sqlite3_bind_blob64(statement_, next_++, bytes.data() ? bytes.data() : "", bytes.size(), SQLITE_TRANSIENT));
    return *this;
}

Statement& Statement::bindNull() {
    note(sqlite3_bind_null(statement_, next_++));
    return *this;
}

Result<bool> Statement::step() {
    if (bindError_ != SQLITE_OK) return owner_->error(bindError_);
    const int code = sqlite3_step(statement_);
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    return owner_->error(code);
}

Status Statement::run() {
    while (true) {
        auto row = step();
        if (!row) {
            const Error failed = row.error();
            reset();
            return failed;
        }
        if (!*row) break;
    }
    reset();
    return {};
}

void Statement::reset() {
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
    next_ = 1;
    bindError_ = SQLITE_OK;
}

std::string_view Statement::text(int column) const {
    const auto* bytes = sqlite3_column_text(statement_, column);
    return bytes ? std::string_view(reinterpret_cast<const char*>(bytes),
                                    static_cast<size_t>(sqlite3_column_bytes(statement_, column)))
                 : std::string_view();
}

std::string_view Statement::bytes(int column) const {
    const auto* bytes = sqlite3_column_blob(statement_, column);
    return bytes ? std::string_view(static_cast<const char*>(bytes),
                                    static_cast<size_t>(sqlite3_column_bytes(statement_, column)))
                 : std::string_view();
}

}  // namespace foreshard::store
