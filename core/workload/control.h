// Session control: statements that begin, end or mark transactions or set the search_path, found by their first words
// without a parse (a savepoint's name must make no template). Pure function; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace foreshard::workload {

enum class ControlKind : uint8_t {
    none,                 // an ordinary call
    begin,
    commit,               // also END and PREPARE TRANSACTION
    commitAndChain,
    rollback,             // also ABORT
    rollbackAndChain,
    savepoint,
    rollbackTo,
    release,
    setPath,              // of the session
    setLocalPath,
    resetPath,            // to the default; also DISCARD ALL and RESET ALL
    other,                // COMMIT PREPARED, SET of something else, SHOW, …: no call of a transaction
};

struct Control {
    ControlKind kind = ControlKind::none;
    std::string name;     // savepoint's name, or the path: names joined by pathSeparator
};

constexpr char pathSeparator = '\x1f';
// Stands for a path that the log does not tell; no schema has this name.
constexpr std::string_view unknownPath = "?";

Control controlOf(std::string_view statement);

// The value of a search_path setting ("\"$user\", public") as names joined by pathSeparator; "$user" is left out.
std::string searchPathFromText(std::string_view value);

}  // namespace foreshard::workload
