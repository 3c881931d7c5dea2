#include "core/ingest/unpack.h"

#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <cerrno>
#include <cstdlib>
#include <memory>
#include <vector>

#include "core/base/file.h"

namespace foreshard::ingest {

namespace {

constexpr size_t blockBytes = 256 << 10;

std::string temporaryFolder() {
    const char* wanted = std::getenv("TMPDIR");
    return wanted && *wanted ? wanted : "/var/tmp";
}

// A file that vanishes with its descriptor.
Result<int> namelessFile(const std::string& folder) {
    const int direct = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (direct >= 0) return direct;
    std::string name = folder + "/foreshard-XXXXXX";   // a file system without O_TMPFILE
    const int made = ::mkostemp(name.data(), O_CLOEXEC);
    if (made < 0) return systemError("Cannot make a temporary file in", folder, errno);
    ::unlink(name.c_str());
    return made;
}

// One packed stream into one file.
class Unpacker {
public:
    Unpacker(int packed, const std::string& path, const Job* job) : packed_(packed), path_(path), job_(job) {}
    ~Unpacker() {
        if (out_.descriptor >= 0) ::close(out_.descriptor);
    }

    Result<UnpackedFile> run(Packing packing) {
        folder_ = temporaryFolder();
        FS_ASSIGN(out_.descriptor, namelessFile(folder_));
        FS_TRY(packing == Packing::gzip ? gzip() : packing == Packing::zstd ? zstd() : copy());
        if (out_.size == 0 && out_.cutShort)   // an empty log that was packed is a whole one
            return Error{ErrorCategory::format, path_ + " cannot be unpacked: it is cut short or damaged at its beginning.", "Fetch it again, or unpack it by hand to see what is wrong.", {}};
        UnpackedFile done = out_;
        out_.descriptor = -1;
        return done;
    }

private:
    Result<size_t> fill() {
        if (job_) FS_TRY(job_->checkpoint());
        for (;;) {
            const ssize_t got = ::read(packed_, input_.data(), input_.size());
            if (got >= 0) return static_cast<size_t>(got);
            if (errno != EINTR) return systemError("Cannot read", path_, errno);
        }
    }

    Status write(const char* data, size_t size) {
        while (size > 0) {
            const ssize_t done = ::write(out_.descriptor, data, size);
            if (done < 0 && errno == EINTR) continue;
            if (done < 0) {
                const Error why = systemError("Cannot unpack " + path_ + " into", folder_, errno);
                return Error{why.category, why.message, "Unpack it by hand where there is room, or set TMPDIR to such a folder.", why.cause};
            }
            data += done;
            size -= static_cast<size_t>(done);
            out_.size += static_cast<uint64_t>(done);
        }
        return {};
    }

    Status copy() {
        for (;;) {
            FS_ASSIGN(const size_t got, fill());
            if (got == 0) return {};
            FS_TRY(write(input_.data(), got));
        }
    }

    // Members one after the other are one file, as gzip has it; anything else behind a member is left alone.
    Status gzip() {
        z_stream stream{};
        if (inflateInit2(&stream, 16 + 15) != Z_OK) return Error{ErrorCategory::internal, "zlib could not be started.", {}, {}};
        const std::unique_ptr<z_stream, int (*)(z_streamp)> guard(&stream, inflateEnd);
        bool inMember = false;
        for (;;) {
            FS_ASSIGN(const size_t got, fill());
            if (got == 0) break;
            stream.next_in = reinterpret_cast<Bytef*>(input_.data());
            stream.avail_in = static_cast<uInt>(got);
            while (stream.avail_in > 0) {
                if (!inMember && out_.size > 0 && *stream.next_in != 0x1f) return {};
                inMember = true;
                FS_ASSIGN(const int state, inflateSome(stream));
                if (state == Z_STREAM_END) {
                    inflateReset(&stream);
                    inMember = false;
                } else if (state != Z_OK && state != Z_BUF_ERROR) {
                    out_.cutShort = true;
                    return {};
                }
            }
        }
        out_.cutShort = inMember;
        return {};
    }

    // Until the input or the member is used up.
    Result<int> inflateSome(z_stream& stream) {
        int state = Z_OK;
        do {
            stream.next_out = reinterpret_cast<Bytef*>(output_.data());
            stream.avail_out = static_cast<uInt>(output_.size());
            state = inflate(&stream, Z_NO_FLUSH);
            FS_TRY(write(output_.data(), output_.size() - stream.avail_out));
            if (job_) FS_TRY(job_->checkpoint());
        } while (state == Z_OK && stream.avail_out == 0);
        return state;
    }

    Status zstd() {
        const std::unique_ptr<ZSTD_DStream, size_t (*)(ZSTD_DStream*)> stream(ZSTD_createDStream(), ZSTD_freeDStream);
        if (!stream) return Error{ErrorCategory::internal, "zstd could not be started.", {}, {}};
        size_t wanted = 0;   // 0: a frame is over
        for (;;) {
            FS_ASSIGN(const size_t got, fill());
            if (got == 0) break;
            ZSTD_inBuffer in{input_.data(), got, 0};
            bool more = true;
            while (more) {
                ZSTD_outBuffer out{output_.data(), output_.size(), 0};
                wanted = ZSTD_decompressStream(stream.get(), &out, &in);
                if (job_) FS_TRY(job_->checkpoint());
                FS_TRY(write(output_.data(), out.pos));
                if (ZSTD_isError(wanted)) {
                    out_.cutShort = true;
                    return {};
                }
                more = in.pos < in.size || out.pos == out.size;
            }
        }
        out_.cutShort = wanted != 0;
        return {};
    }

    const int packed_;
    const std::string path_;
    const Job* const job_;
    std::string folder_;
    UnpackedFile out_;
    std::vector<char> input_ = std::vector<char>(blockBytes), output_ = std::vector<char>(blockBytes);
};

}  // namespace

Packing packingOf(std::string_view head) {
    if (head.starts_with("\x1f\x8b")) return Packing::gzip;
    return head.starts_with("\x28\xb5\x2f\xfd") ? Packing::zstd : Packing::none;
}

Result<UnpackedFile> unpackFile(int packed, Packing packing, const std::string& path, const Job* job) { return Unpacker(packed, path, job).run(packing); }

}  // namespace foreshard::ingest
