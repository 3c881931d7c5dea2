#include "core/workload/session_settings.h"

namespace foreshard::workload {

namespace {
const SettingValue atDefault;
// PostgreSQL cuts identifiers at 63 bytes; a key is short as well.
constexpr size_t longestName = 127;
}  // namespace

const SettingValue* SettingLayer::find(std::string_view name) const {
    const auto place = values.find(name);
    if (place != values.end()) return &place->second;
    return all ? &atDefault : nullptr;
}

void SettingLayer::set(std::string_view name, SettingValue value) {
    // One form for what means the same.
    if (all && !value) {
        if (const auto place = values.find(name); place != values.end()) values.erase(place);
        return;
    }
    values.insert_or_assign(std::string(name), std::move(value));
}

void SettingLayer::cover(const SettingLayer& upper) {
    if (upper.all) {
        *this = upper;
        return;
    }
    for (const auto& [name, value] : upper.values) set(name, value);
}

bool isKeptSetting(std::string_view name) {
    return name == "search_path" || name == "role" || (name.size() <= longestName && name.find('.') != std::string_view::npos);
}

}  // namespace foreshard::workload
