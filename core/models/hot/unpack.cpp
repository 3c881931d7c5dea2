#include "core/models/hot/unpack.h"

#include <lzma.h>
#include <zstd.h>

#include "core/base/gzip.h"

namespace foreshard::models {

namespace {

constexpr std::string_view gzipMagic = "\x1f\x8b";
constexpr std::string_view zstdMagic = "\x28\xb5\x2f\xfd";
constexpr std::string_view xzMagic("\xfd" "7zXZ\0", 6);
constexpr uint64_t mostMemory = uint64_t{256} << 20;   // that an xz file may ask for

Error damaged(const std::string& name) { return {ErrorCategory::format, name + " is damaged or cut short.", "Fetch it again.", {}}; }
Error tooLarge(const std::string& name, size_t limit) {
    return {ErrorCategory::unsupported, name + " unpacks to more than " + std::to_string(limit) + " bytes.", "Unpack it by hand, and give a part of it.", {}};
}

Result<std::string> unpackZstd(std::string_view packed, const std::string& name, size_t limit) {
    ZSTD_DCtx* context = ZSTD_createDCtx();
    std::string out;
    ZSTD_inBuffer in{packed.data(), packed.size(), 0};
    size_t state = 1;
    while (in.pos < in.size && out.size() <= limit && !ZSTD_isError(state)) {
        char block[1 << 16];
        ZSTD_outBuffer part{block, sizeof block, 0};
        state = ZSTD_decompressStream(context, &part, &in);
        out.append(block, part.pos);
    }
    ZSTD_freeDCtx(context);
    if (out.size() > limit) return tooLarge(name, limit);
    if (state != 0) return damaged(name);
    return out;
}

Result<std::string> unpackXz(std::string_view packed, const std::string& name, size_t limit) {
    lzma_stream stream = LZMA_STREAM_INIT;
    if (lzma_stream_decoder(&stream, mostMemory, LZMA_CONCATENATED) != LZMA_OK) return Error{ErrorCategory::internal, "xz could not be started.", {}, {}};
    stream.next_in = reinterpret_cast<const uint8_t*>(packed.data());
    stream.avail_in = packed.size();
    std::string out;
    lzma_ret state = LZMA_OK;
    while (state == LZMA_OK && out.size() <= limit) {
        uint8_t block[1 << 16];
        stream.next_out = block;
        stream.avail_out = sizeof block;
        state = lzma_code(&stream, LZMA_FINISH);
        out.append(reinterpret_cast<const char*>(block), sizeof block - stream.avail_out);
    }
    lzma_end(&stream);
    if (out.size() > limit) return tooLarge(name, limit);
    if (state != LZMA_STREAM_END) return damaged(name);
    return out;
}

}  // namespace

bool isPacked(std::string_view bytes) { return bytes.starts_with(gzipMagic) || bytes.starts_with(zstdMagic) || bytes.starts_with(xzMagic); }

Result<std::string> unpackAny(std::string_view packed, const std::string& name, size_t limit) {
    if (packed.starts_with(gzipMagic)) return unpackGzip(packed, name, limit);
    return packed.starts_with(zstdMagic) ? unpackZstd(packed, name, limit) : unpackXz(packed, name, limit);
}

}  // namespace foreshard::models
