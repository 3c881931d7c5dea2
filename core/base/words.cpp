#include "core/base/words.h"

#include <fmt/format.h>

namespace foreshard {

std::string joined(const std::vector<std::string>& parts, std::string_view between) { return fmt::format("{}", fmt::join(parts, between)); }

std::string listed(const std::vector<std::string>& names, size_t most) {
    if (names.size() <= most) return joined(names);
    return fmt::format("{} and {} more", fmt::join(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(most), ", "), names.size() - most);
}

}  // namespace foreshard
