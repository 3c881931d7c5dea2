// The frame around a serialised value: magic (four letters), version, size and a checksum of the body, so that a file cut
// short, changed or written by a newer Foreshard is refused with a sentence. Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"

namespace foreshard::workload {

std::string sealBlob(std::string_view magic, uint32_t version, std::string_view body);

// The body; `what` names the thing in the error ("partial workload"). Versions below `oldest` are refused with a sentence.
Result<std::string_view> openBlob(std::string_view magic, uint32_t version, std::string_view bytes, const std::string& what, uint32_t oldest = 1);

// The version that a blob says it has; 0 where it is none.
uint32_t blobVersion(std::string_view magic, std::string_view bytes);

}  // namespace foreshard::workload
