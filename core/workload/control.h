// Session control: statements that begin, end or mark transactions or set what the session is to know, found by their first
// words without a parse (a savepoint's name must make no template). Pure functions; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/workload/call_event.h"
#include "core/workload/session_settings.h"

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
    set,                  // of the session; also RESET of one name
    setLocal,
    resetAll,             // also DISCARD ALL
    other,                // COMMIT PREPARED, SET of what is not kept, SHOW, …: no call of a transaction
};

struct Control {
    ControlKind kind = ControlKind::none;
    std::string name;     // of the savepoint or of the setting
    SettingValue value;   // of the setting, as settingValue() gives it
};

constexpr char pathSeparator = '\x1f';
// Stands for a value that the log does not tell; no schema has this name, and no key this value.
constexpr std::string_view unknownSetting = cutParameter;

Control controlOf(std::string_view statement);

// What a SET makes of MySQL's autocommit, true for on; nothing where the statement says nothing of the session's. "SET autocommit = 0",
// "SET @@session.autocommit = OFF", "SET NAMES utf8, autocommit = 1". controlOf() gives it as the setting of that name, with a value
// where it is off.
std::optional<bool> autocommitSaid(std::string_view statement);

// The value of setting `name` from its text: a path as searchPathFromText() gives it, else the text; unknown where it is
// longer than a key may be.
SettingValue settingValue(std::string_view name, std::string_view text);

// The value of a search_path setting ("\"$user\", public") as names joined by pathSeparator; "$user" is left out.
std::string searchPathFromText(std::string_view value);

}  // namespace foreshard::workload
