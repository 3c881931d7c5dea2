#include "core/ingest/json_structure.h"

#include <algorithm>
#include <bit>

#include "core/ingest/byte_masks.h"

namespace foreshard::ingest {

namespace {

// The bytes behind a backslash that is not itself escaped (J. Keiser, D. Lemire: Parsing gigabytes of JSON per second, 2019,
// section 3.1.1; here without their trick of carries, for backslashes are rare).
uint64_t escapedBytes(uint64_t backslashes, bool& escapedNext) {
    uint64_t escaped = escapedNext ? 1 : 0;
    escapedNext = false;
    for (uint64_t rest = backslashes & ~escaped; rest;) {
        const int at = std::countr_zero(rest);
        if (at == 63) {
            escapedNext = true;
            break;
        }
        escaped |= uint64_t{2} << at;
        rest &= ~(uint64_t{3} << at);   // what is escaped escapes nothing
    }
    return escaped;
}

}  // namespace

bool scanJsonLine(const char* begin, size_t size, JsonStructure& out) {
    out.quotes = 0;
    out.backslashes = out.high = false;
    size = std::min<size_t>(size, INT32_MAX);
    bool escapedNext = false;
    for (uint32_t base = 0; base < size; base += 64) {
        const ByteBlock block(begin + base);
        uint64_t quotes = block.equal('"');
        const uint64_t newlines = block.equal('\n'), backslashes = block.equal('\\');
        if (newlines == 0 && size - base < 64) return false;
        const uint64_t upToEnd = newlines ^ (newlines - 1);   // all ones without an end
        if (block.below(0x20) & upToEnd & ~newlines) return false;
        out.high |= block.anyHigh();
        if (backslashes || escapedNext) {
            out.backslashes = true;
            quotes &= ~escapedBytes(backslashes, escapedNext);
        }
        uint32_t* next = out.at + out.quotes;
        for (uint64_t rest = quotes & upToEnd; rest; rest &= rest - 1) *next++ = base + static_cast<uint32_t>(std::countr_zero(rest));
        out.quotes = static_cast<uint32_t>(next - out.at);
        if (out.quotes > JsonStructure::mostQuotes) return false;
        if (newlines) {
            out.length = base + static_cast<uint32_t>(std::countr_zero(newlines)) + 1;
            return out.length <= size;
        }
    }
    return false;
}

}  // namespace foreshard::ingest
