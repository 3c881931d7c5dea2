#include "core/ingest/csv_structure.h"

#include <algorithm>
#include <bit>

#include "core/ingest/byte_masks.h"

namespace foreshard::ingest {

bool scanCsvRecord(const char* begin, size_t size, CsvStructure& out) {
    out.fields = 0;
    out.firstInnerNewline = UINT32_MAX;
    out.doubledQuotes = false;
    size = std::min<size_t>(size, INT32_MAX);
    uint64_t inside = 0;          // all ones: the block begins inside quotes
    uint64_t afterDelimiter = 1;  // bit 0: a delimiter, or nothing, stands before the block
    uint64_t afterClose = 0;      // bit 0: a closing quote stands before it
    for (uint32_t base = 0; base < size; base += 64) {
        const ByteBlock block(begin + base);
        const uint64_t quotes = block.equal('"'), newlines = block.equal('\n'), commas = block.equal(',');
        const uint64_t quoted = prefixXor(quotes) ^ inside;
        const uint64_t opening = quotes & quoted, closing = quotes & ~quoted;
        uint64_t delimiters = (commas | newlines) & ~quoted;
        const uint64_t behindClose = closing << 1 | afterClose;
        // A quote opens a field, or doubles the one before it; what is closed is followed by a delimiter or a second quote.
        uint64_t odd = (opening & ~(delimiters << 1 | afterDelimiter | behindClose)) | (behindClose & ~(delimiters | opening));
        uint64_t doubled = opening & behindClose;
        const uint64_t end = newlines & ~quoted, inner = newlines & quoted;
        uint64_t upToEnd = end ^ (end - 1);   // all ones without an end
        if (end == 0 && size - base < 64) return false;
        odd &= upToEnd;
        if (odd) return false;
        out.doubledQuotes |= (doubled & upToEnd) != 0;
        if ((inner & upToEnd) && out.firstInnerNewline == UINT32_MAX) out.firstInnerNewline = base + static_cast<uint32_t>(std::countr_zero(inner));
        uint32_t* next = out.ends + out.fields;
        for (uint64_t rest = delimiters & upToEnd; rest; rest &= rest - 1) *next++ = base + static_cast<uint32_t>(std::countr_zero(rest));
        out.fields = static_cast<uint32_t>(next - out.ends);
        if (out.fields > CsvStructure::mostFields) return false;
        if (end) {
            out.length = out.ends[out.fields - 1] + 1;
            return out.length <= size;
        }
        inside = static_cast<uint64_t>(static_cast<int64_t>(quoted) >> 63);
        afterDelimiter = delimiters >> 63;
        afterClose = closing >> 63;
    }
    return false;
}

}  // namespace foreshard::ingest
