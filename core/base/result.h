// Result and Status: how expected failures travel. A failure has a category (for exit codes and tests), a sentence that
// a user can act on, the next step, and a cause for the curious. Programmer errors are asserts, never Results.
// Plain values; any thread.
#pragma once

#include <cassert>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace foreshard {

enum class ErrorCategory {
    usage,        // the caller asked for something that makes no sense; exit code 2
    notFound,     // a file, table, design… that is not there
    unreadable,   // there, but may not or cannot be read
    format,       // not what it claims to be, or cut short
    version,      // written by a newer Foreshard
    conflict,     // the state has moved, or the act is not legal in this state
    io,           // reading or writing failed half way (disk full among it)
    cancelled,    // a person or a time limit stopped it; exit code 130
    unsupported,  // understood, but this build or machine cannot
    internal,     // a bug of ours that was caught
};

const char* toString(ErrorCategory category);

struct Error {
    ErrorCategory category = ErrorCategory::internal;
    std::string message;  // one sentence: what happened, naming the file, table or line
    std::string next;     // one sentence: what to do; may be empty
    std::string cause;    // what the system or library said; may be empty

    bool operator==(const Error&) const = default;
};

// Success, or an Error.
class [[nodiscard]] Status {
public:
    Status() = default;
    Status(Error error) : error_(std::move(error)) {}

    bool ok() const { return !error_; }
    explicit operator bool() const { return ok(); }
    const Error& error() const { assert(error_); return *error_; }

private:
    std::optional<Error> error_;
};

// A T, or an Error. Access to the value of a failure is a programmer error.
template <typename T>
class [[nodiscard]] Result {
public:
    Result(T value) : state_(std::move(value)) {}
    Result(Error error) : state_(std::move(error)) {}
    template <typename U>
        requires(std::is_convertible_v<U, T> && !std::is_same_v<std::decay_t<U>, T> &&
                 !std::is_same_v<std::decay_t<U>, Error> && !std::is_same_v<std::decay_t<U>, Result>)
    Result(U&& value) : state_(T(std::forward<U>(value))) {}

    bool ok() const { return std::holds_alternative<T>(state_); }
    explicit operator bool() const { return ok(); }
    const Error& error() const { return std::get<Error>(state_); }
    Status status() const { return ok() ? Status() : Status(error()); }

    T& value() & { return std::get<T>(state_); }
    const T& value() const& { return std::get<T>(state_); }
    T&& value() && { return std::get<T>(std::move(state_)); }
    T& operator*() & { return value(); }
    const T& operator*() const& { return value(); }
    T&& operator*() && { return std::move(*this).value(); }
    T* operator->() { return &value(); }
    const T* operator->() const { return &value(); }

private:
    std::variant<T, Error> state_;
};

}  // namespace foreshard

// Leaves the enclosing function with the error of a failed Status or Result.
#define FS_TRY(expression)                                          \
    do {                                                            \
        if (auto fsStatus_ = (expression); !fsStatus_.ok()) return fsStatus_.error(); \
    } while (false)

// FS_ASSIGN(auto x, call()): the value of a Result, or leaves the function with its error.
#define FS_ASSIGN_JOIN2(a, b) a##b
#define FS_ASSIGN_JOIN(a, b) FS_ASSIGN_JOIN2(a, b)
#define FS_ASSIGN(target, expression) FS_ASSIGN_WITH(target, expression, FS_ASSIGN_JOIN(fsResult_, __LINE__))
#define FS_ASSIGN_WITH(target, expression, name) \
    auto name = (expression);                    \
    if (!name.ok()) return name.error();         \
    target = std::move(name).value()
