// Unpacking of gzip files, bounded: what expands past the limit is an error, not a full disk. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"

namespace foreshard {

// `name` is for the error's sentence. Errors: not gzip, cut short or damaged (format), larger than `limit` bytes (unsupported).
Result<std::string> unpackGzip(std::string_view packed, const std::string& name, size_t limit = size_t{1} << 30);

}  // namespace foreshard
