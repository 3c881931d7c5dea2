#include "core/base/file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace foreshard {

namespace fs = std::filesystem;

Error systemError(const std::string& what, const fs::path& path, int errnoValue) {
    const std::string cause = std::strerror(errnoValue);
    const std::string message = fmt::format("{} {}: {}.", what, path.string(), cause);
    switch (errnoValue) {
        case ENOENT: return {ErrorCategory::notFound, message, "Check the path.", cause};
        case EACCES:
        case EPERM:
        case EISDIR: return {ErrorCategory::unreadable, message, "Check that it is a file and that you may read it.", cause};
        case ENOSPC:
        case EDQUOT: return {ErrorCategory::io, message, "Free some space on that disk and run it again; nothing was replaced.", cause};
        default: return {ErrorCategory::io, message, "Run it again; if it fails again, check the disk.", cause};
    }
}

MappedFile::MappedFile(MappedFile&& other) noexcept : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
}

MappedFile::~MappedFile() {
    if (data_) ::munmap(const_cast<char*>(data_), size_);
}

Result<MappedFile> MappedFile::open(const fs::path& path) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return systemError("Cannot open", path, errno);
    struct stat info {};
    if (::fstat(descriptor, &info) != 0) {
        const int error = errno;
        ::close(descriptor);
        return systemError("Cannot read", path, error);
    }
    if (!S_ISREG(info.st_mode)) {
        ::close(descriptor);
        return systemError("Cannot read", path, EISDIR);
    }
    MappedFile file;
    if (info.st_size > 0) {
        void* data = ::mmap(nullptr, static_cast<size_t>(info.st_size), PROT_READ, MAP_PRIVATE, descriptor, 0);
        if (data == MAP_FAILED) {
            const int error = errno;
            ::close(descriptor);
            return systemError("Cannot map", path, error);
        }
        ::madvise(data, static_cast<size_t>(info.st_size), MADV_SEQUENTIAL);
        file.data_ = static_cast<const char*>(data);
        file.size_ = static_cast<size_t>(info.st_size);
    }
    ::close(descriptor);
    return file;
}

Result<std::string> readFile(const fs::path& path) {
    FS_ASSIGN(const MappedFile file, MappedFile::open(path));
    return std::string(file.bytes());
}

namespace {

int writeAll(int descriptor, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
        if (written < 0) {
            if (errno == EINTR) continue;
            return errno;
        }
        bytes.remove_prefix(static_cast<size_t>(written));
    }
    return 0;
}

Status writeInPlace(const fs::path& path, std::string_view bytes) {
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
    if (descriptor < 0) return systemError("Cannot write", path, errno);
    const int error = writeAll(descriptor, bytes);
    ::close(descriptor);
    if (error) return systemError("Cannot write", path, error);
    return {};
}

}  // namespace

Status writeFileWhole(const fs::path& path, std::string_view bytes) {
    std::error_code ignored;
    // A link stays one: /dev/stdout is a link, and may lead to a regular file.
    if (fs::is_symlink(path, ignored)) {
        const fs::path target = fs::canonical(path, ignored);
        return target.empty() || path.parent_path() == "/dev" ? writeInPlace(path, bytes) : writeFileWhole(target, bytes);
    }
    if (fs::exists(path, ignored) && !fs::is_regular_file(path, ignored)) {
        if (fs::is_directory(path, ignored)) return systemError("Cannot write", path, EISDIR);
        return writeInPlace(path, bytes);
    }
    const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
    std::string pattern = (folder / ("." + path.filename().string() + ".XXXXXX")).string();
    const int descriptor = ::mkostemp(pattern.data(), O_CLOEXEC);
    if (descriptor < 0) return systemError("Cannot write", path, errno);
    int error = writeAll(descriptor, bytes);
    if (!error && ::fchmod(descriptor, 0644) != 0) error = errno;
    if (!error && ::fsync(descriptor) != 0) error = errno;
    if (::close(descriptor) != 0 && !error) error = errno;
    if (!error && ::rename(pattern.c_str(), path.c_str()) != 0) error = errno;
    if (error) {
        ::unlink(pattern.c_str());
        return systemError("Cannot write", path, error);
    }
    if (const int folderDescriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); folderDescriptor >= 0) {
        ::fsync(folderDescriptor);
        ::close(folderDescriptor);
    }
    return {};
}

uint64_t peakRssBytes() {
    struct rusage usage {};
    if (::getrusage(RUSAGE_SELF, &usage) != 0) return 0;
    return static_cast<uint64_t>(usage.ru_maxrss) * 1024;
}

TemporaryFolder::TemporaryFolder() {
    std::string pattern = (fs::temp_directory_path() / "foreshard-XXXXXX").string();
    if (const char* made = ::mkdtemp(pattern.data())) path_ = made;
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
}

}  // namespace foreshard
