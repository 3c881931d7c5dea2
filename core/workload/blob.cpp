#include "core/workload/blob.h"

#include <fmt/format.h>

#include "core/base/bytes.h"
#include "core/base/hash.h"

namespace foreshard::workload {

std::string sealBlob(std::string_view magic, uint32_t version, std::string_view body) {
    ByteWriter out;
    for (const char c : magic) out.u8(static_cast<uint8_t>(c));
    out.varint(version);
    out.fixed64(hashText(body));
    out.varint(body.size());
    std::string bytes = out.take();
    bytes.append(body);
    return bytes;
}

Result<std::string_view> openBlob(std::string_view magic, uint32_t version, std::string_view bytes, const std::string& what, uint32_t oldest) {
    if (bytes.substr(0, magic.size()) != magic)
        return Error{ErrorCategory::format, fmt::format("This is no {}: it begins otherwise.", what), "Give a file that Foreshard wrote.", {}};
    ByteReader in(bytes.substr(magic.size()));
    const uint64_t found = in.varint();
    if (in.ok() && found > version)
        return Error{ErrorCategory::version, fmt::format("This {} has format {}; this Foreshard reads formats up to {}.", what, found, version),
                     "Open it with a newer Foreshard.", {}};
    if (in.ok() && found < oldest)
        return Error{ErrorCategory::format, fmt::format("This {} has format {} of an older Foreshard; this one reads formats from {}.", what, found, oldest),
                     "Make it again from its logs.", {}};
    const uint64_t checksum = in.fixed64();
    const auto body = in.view();
    if (!in.ok() || !in.atEnd() || hashText(body) != checksum)
        return Error{ErrorCategory::format, fmt::format("This {} is cut short or damaged.", what), "Make it again from its logs.", {}};
    return body;
}

uint32_t blobVersion(std::string_view magic, std::string_view bytes) {
    if (bytes.substr(0, magic.size()) != magic) return 0;
    ByteReader in(bytes.substr(magic.size()));
    return static_cast<uint32_t>(in.varint());
}

}  // namespace foreshard::workload
