// Session settings as a log tells them: SET, SET LOCAL, RESET and set_config() by name, kept while they can decide which
// rows a call touches (search_path, the role, and settings of the application, which have a dot in their names). Layers lie
// one over the other: the session's, those of the open transaction, and SET LOCAL's. Plain values.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace foreshard::workload {

using SettingValue = std::optional<std::string>;   // nothing: the default, which no log tells

struct SettingLayer {
    // Names that are not listed are at their defaults; else the layer below decides.
    bool all = false;
    std::map<std::string, SettingValue, std::less<>> values;

    bool empty() const { return !all && values.empty(); }
    const SettingValue* find(std::string_view name) const;
    void set(std::string_view name, SettingValue value);
    void reset() {             // RESET ALL
        all = true;
        values.clear();
    }
    void clear() {             // as if nothing had been set
        all = false;
        values.clear();
    }
    // Puts `upper` over this layer, so that one layer says what both said.
    void cover(const SettingLayer& upper);
    bool operator==(const SettingLayer&) const = default;
};

// MySQL's autocommit: off where it has a value. No transaction undoes it, and no call reads it.
constexpr std::string_view autocommitSetting = "autocommit";

// Whether a setting of this name is kept.
bool isKeptSetting(std::string_view name);

}  // namespace foreshard::workload
