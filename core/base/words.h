// Lists of names in sentences. Pure functions; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace foreshard {

std::string joined(const std::vector<std::string>& parts, std::string_view between = ", ");   // "a, b, c"
std::string listed(const std::vector<std::string>& names, size_t most);                      // "a, b and 3 more"

}  // namespace foreshard
