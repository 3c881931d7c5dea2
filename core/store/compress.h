// zlib for stored values. Pure functions; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace foreshard::store {

// Bytes in zlib's format, level 1: the values are large and saved often.
std::string deflateBytes(std::string_view bytes);

// `size`: of the result, as stored beside it. A size that the input cannot hold (zlib makes at most 1,032 bytes of one)
// is an error before any memory is taken; so is input that is cut short or damaged.
Result<std::string> inflateBytes(std::string_view compressed, uint64_t size);

}  // namespace foreshard::store
