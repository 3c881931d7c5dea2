// CallRecord: one call as it waits for the end of its transaction, lies in a sample, or waits for the range to the left.
// Bytes in one flat buffer, the same in memory and in a serialised Partial: a fixed head, then the literals. Little endian.
// Views point into the buffer. Any thread.
#pragma once

#include <bit>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/time.h"
#include "core/base/units.h"
#include "core/base/value.h"

namespace foreshard::workload {

static_assert(std::endian::native == std::endian::little, "records are copied as they lie in memory");

enum class LiteralForm : uint8_t { bare, quoted, null, missing };   // bare: a number or boolean

struct LiteralRef {
    uint32_t slot = 0;
    LiteralForm form = LiteralForm::bare;
    std::string_view text;
};

enum RecordFlag : uint8_t {
    recordFailed = 1,
    recordUnresolved = 2,     // `key` is a text key: its tables hang on an unknown search_path; nothing is counted yet
};

struct RecordHead {
    uint64_t key = 0;         // template fingerprint, or text key (recordUnresolved)
    uint64_t offset = 0;
    Instant time = 0;
    Nanoseconds duration = -1;
    int64_t rows = -1;
    Weight weight = weightOne;
    uint32_t literalBytes = 0;
    uint16_t ordinal = 0;     // of the events of a session that share an offset
    uint8_t flags = 0;
    uint8_t unused = 0;
    bool failed() const { return flags & recordFailed; }
    bool unresolved() const { return flags & recordUnresolved; }
};
static_assert(sizeof(RecordHead) == 56);

struct RecordView {
    RecordHead head;
    std::string_view literals;   // encoded
    std::string_view whole;      // head and literals
};

// What it gives is a view of what it appended.
RecordView appendRecord(std::string& buffer, RecordHead head, const std::vector<LiteralRef>& literals);
// The same literals under another head.
void appendRecord(std::string& buffer, RecordHead head, std::string_view literals);

// Takes the first record off `rest`; false at the end or where the bytes are no record.
bool takeRecord(std::string_view& rest, RecordView& record);
// False where the bytes are no literals.
bool decodeLiterals(std::string_view bytes, std::vector<LiteralRef>& out);
// The same, behind what `out` holds already.
bool appendLiterals(std::string_view bytes, std::vector<LiteralRef>& out);

// The literal as a value of a column of this type.
Value valueOf(const LiteralRef& literal, ValueType type);
// hashValue(valueOf(literal, type)), without making the value where that can be spared; 0 and known = false for NULL and
// missing. `number` is the value's number where it has an order (integers, timestamps).
struct LiteralHash {
    uint64_t hash = 0;
    bool known = false;
    bool missing = false;
    bool numeric = false;
    int64_t number = 0;
};
LiteralHash hashLiteral(const LiteralRef& literal, ValueType type);

}  // namespace foreshard::workload
