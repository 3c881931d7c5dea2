#include "core/base/gzip.h"

#include <fmt/format.h>
#include <zlib.h>

namespace foreshard {

Result<std::string> unpackGzip(std::string_view packed, const std::string& name, size_t limit) {
    z_stream stream{};
    // 16 + 15: gzip's header, the largest window.
    if (inflateInit2(&stream, 16 + 15) != Z_OK) return Error{ErrorCategory::internal, "zlib could not be started.", {}, {}};
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
    stream.avail_in = static_cast<uInt>(packed.size());
    std::string out;
    int state = Z_OK;
    while (state == Z_OK && out.size() <= limit) {
        char block[1 << 16];
        stream.next_out = reinterpret_cast<Bytef*>(block);
        stream.avail_out = sizeof block;
        state = inflate(&stream, Z_NO_FLUSH);
        out.append(block, sizeof block - stream.avail_out);
        if (state == Z_OK && stream.avail_in == 0 && stream.avail_out != 0) break;   // cut short
    }
    inflateEnd(&stream);
    if (out.size() > limit) return Error{ErrorCategory::unsupported, fmt::format("{} unpacks to more than {} bytes.", name, limit), "Unpack it by hand.", {}};
    if (state != Z_STREAM_END) return Error{ErrorCategory::format, fmt::format("{} is no whole gzip file.", name), "Fetch it again.", {}};
    return out;
}

}  // namespace foreshard
