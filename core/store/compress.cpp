#include "core/store/compress.h"

#include <zlib.h>

#include <algorithm>

namespace foreshard::store {

namespace {

constexpr uint64_t pieceBytes = 256ULL << 20;  // zlib's counters are 32 bits wide
constexpr uint64_t maxRatio = 1032;

Error damaged() {
    return {ErrorCategory::format, "A stored value is damaged.", "Restore the file from a copy.", "zlib"};
}

uInt piece(uint64_t left) { return static_cast<uInt>(std::min(left, pieceBytes)); }

Bytef* bytesOf(const char* data) { return reinterpret_cast<Bytef*>(const_cast<char*>(data)); }

}  // namespace

std::string deflateBytes(std::string_view bytes) {
    z_stream stream{};
    if (deflateInit(&stream, 1) != Z_OK) return {};
    std::string out;
    std::string buffer(1 << 18, '\0');
    uint64_t read = 0;
    int code = Z_OK;
    while (code == Z_OK) {
        if (stream.avail_in == 0 && read < bytes.size()) {
            stream.next_in = bytesOf(bytes.data() + read);
            stream.avail_in = piece(bytes.size() - read);
            read += stream.avail_in;
        }
        stream.next_out = bytesOf(buffer.data());
        stream.avail_out = static_cast<uInt>(buffer.size());
        code = deflate(&stream, read == bytes.size() ? Z_FINISH : Z_NO_FLUSH);
        out.append(buffer.data(), buffer.size() - stream.avail_out);
    }
    deflateEnd(&stream);
    return code == Z_STREAM_END ? out : std::string();
}

Result<std::string> inflateBytes(std::string_view compressed, uint64_t size) {
    if (size / maxRatio > compressed.size()) return damaged();
    z_stream stream{};
    if (inflateInit(&stream) != Z_OK)
        return Error{ErrorCategory::io, "Not enough memory to read a stored value.", {}, {}};
    std::string out(size, '\0');
    uint64_t read = 0, written = 0;
    int code = Z_OK;
    while (code == Z_OK) {
        if (stream.avail_in == 0 && read < compressed.size()) {
            stream.next_in = bytesOf(compressed.data() + read);
            stream.avail_in = piece(compressed.size() - read);
            read += stream.avail_in;
        }
        stream.next_out = bytesOf(out.data() + written);
        stream.avail_out = piece(size - written);
        const uInt room = stream.avail_out;
        code = inflate(&stream, Z_NO_FLUSH);
        written += room - stream.avail_out;
        if (room == stream.avail_out && stream.avail_in == 0 && read == compressed.size())
            break;  // wants more than there is
    }
    inflateEnd(&stream);
    if (code != Z_STREAM_END || written != size) return damaged();
    return out;
}

}  // namespace foreshard::store
