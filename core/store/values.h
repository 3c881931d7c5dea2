// Values: versioned named values in a Database: (kind, name) → bytes with a format version, their own fingerprint and
// that of what they were made from. Large ones are compressed (zlib) and cut into parts; all carry a checksum, so that
// a flipped bit is an error and never a wrong value. Older revisions of a name can be kept. As thread-bound as the
// Database, which must outlive it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/base/time.h"
#include "core/store/database.h"

namespace foreshard::store {

struct ValueInfo {
    std::string kind;          // "workload"
    std::string name;          // within the kind; may be empty
    int64_t revision = 0;      // 1, 2, … for each (kind, name)
    uint32_t version = 0;      // format of the bytes, by whoever wrote them
    uint64_t fingerprint = 0;  // of the value
    uint64_t inputs = 0;       // of what it was made from; 0: nothing
    Instant created = 0;
    uint64_t size = 0;  // bytes, uncompressed
    bool operator==(const ValueInfo&) const = default;
};

struct StoredValue {
    ValueInfo info;
    std::string bytes;
};

struct NewValue {
    std::string_view kind;
    std::string_view name;
    std::string_view bytes;
    uint32_t version = 1;
    uint64_t fingerprint = 0;
    uint64_t inputs = 0;
    uint32_t keep = 0;  // older revisions that stay
};

class ValueStore {
public:
    explicit ValueStore(Database& database) : database_(database) {}

    // A migration step: the tables this class needs.
    static Status createTables(Database& database);

    // Replaces the newest revision of (kind, name), in a transaction (or inside the caller's).
    Status put(const NewValue& value);
    Status remove(std::string_view kind, std::string_view name);

    // The newest revision, or nothing. format: the stored bytes are damaged.
    Result<std::optional<StoredValue>> get(std::string_view kind, std::string_view name);
    Result<std::optional<StoredValue>> getRevision(std::string_view kind, std::string_view name, int64_t revision);
    Result<std::optional<ValueInfo>> info(std::string_view kind, std::string_view name);
    // Newest revisions of a kind by name; and all kept revisions of one name, newest first.
    Result<std::vector<ValueInfo>> list(std::string_view kind);
    Result<std::vector<ValueInfo>> history(std::string_view kind, std::string_view name);

private:
    Result<std::vector<ValueInfo>> query(std::string_view sql, std::string_view kind, std::string_view name,
                                         bool byName);
    Result<std::string> readParts(int64_t id, const ValueInfo& info, uint64_t checksum, bool compressed);
    Status writeParts(int64_t id, std::string_view bytes);

    Database& database_;
};

}  // namespace foreshard::store
