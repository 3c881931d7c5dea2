// Unpacked copies of what cannot be read by position: compressed logs (gzip, also of several members; zstd) and streams such
// as standard input. The copy is a file without a name in the folder for temporary files (TMPDIR, else /var/tmp), gone when
// its descriptor is closed, so that memory stays flat whatever the log expands to. Any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/job.h"
#include "core/base/result.h"

namespace foreshard::ingest {

enum class Packing : uint8_t { none, gzip, zstd };
// By the first bytes, never by the name.
Packing packingOf(std::string_view head);

struct UnpackedFile {
    int descriptor = -1;               // the caller's
    uint64_t size = 0;
    bool cutShort = false;             // the packed file ends in the middle, or is damaged from some place on
};

// Reads `packed` from its current position to its end. Errors: nothing at all could be unpacked (format), a full disk or
// another failure of the system (io), the job was asked to stop. `job` may be null.
Result<UnpackedFile> unpackFile(int packed, Packing packing, const std::string& path, const Job* job);

}  // namespace foreshard::ingest
