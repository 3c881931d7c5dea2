// Files: read-only mappings, and writing whole or not at all. Errors are sentences with the path and what the system said.
// A MappedFile may be read from many threads; it must outlive every view of it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace foreshard {

class MappedFile {
public:
    MappedFile() = default;
    MappedFile(MappedFile&& other) noexcept;
    MappedFile& operator=(MappedFile&& other) noexcept;
    ~MappedFile();

    // A directory, a missing file and one without permission are errors; an empty file is an empty view.
    static Result<MappedFile> open(const std::filesystem::path& path);
    std::string_view bytes() const { return {data_, size_}; }

private:
    const char* data_ = nullptr;
    size_t size_ = 0;
};

Result<std::string> readFile(const std::filesystem::path& path);

// Writes a temporary file beside `path`, fsyncs it, renames it over `path` and fsyncs the folder. On failure `path` is as
// it was and the temporary file is gone. /dev/stdout and other non-regular files are written in place.
Status writeFileWhole(const std::filesystem::path& path, std::string_view bytes);

// The error for a failed system call: not found, unreadable, or io, by errno.
Error systemError(const std::string& what, const std::filesystem::path& path, int errnoValue);

// Peak resident memory of this process so far.
uint64_t peakRssBytes();

// A fresh folder under the system's temporary folder, removed with all it holds when this object goes.
class TemporaryFolder {
public:
    TemporaryFolder();
    ~TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

}  // namespace foreshard
