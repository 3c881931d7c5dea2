// The structure of one line of a jsonlog, found 64 bytes at a time: where its strings begin and end. Takes only what is
// surely a line as the server writes it; anything else is left to the careful reader.
#pragma once

#include <cstddef>
#include <cstdint>

namespace foreshard::ingest {

struct JsonStructure {
    static constexpr uint32_t mostQuotes = 160;
    uint32_t quotes = 0;               // unescaped ones; a pair is a string
    uint32_t length = 0;               // of the line, its newline included
    bool backslashes = false, high = false;   // holds escapes; holds bytes from 0x80 up
    uint32_t at[mostQuotes + 64];      // of each quote
};

// Scans the line that starts at `begin`; 64 bytes behind `size` can be read. False: no whole line stands there, or one that
// holds what no JSON string may.
bool scanJsonLine(const char* begin, size_t size, JsonStructure& out);

}  // namespace foreshard::ingest
