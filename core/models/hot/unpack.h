// Unpacking of data files by their first bytes: gzip, Zstandard, xz. Bounded. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"

namespace foreshard::models {

bool isPacked(std::string_view bytes);

// Errors: damaged or cut short (format), larger than `limit` bytes (unsupported).
Result<std::string> unpackAny(std::string_view packed, const std::string& name, size_t limit = size_t{1} << 31);

}  // namespace foreshard::models
