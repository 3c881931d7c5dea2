// The structure of one record of a csvlog, found 64 bytes at a time: where its fields end. Takes only what is surely
// written by the rules of CSV (RFC 4180, newlines inside quotes included); anything else is left to the careful reader.
#pragma once

#include <cstddef>
#include <cstdint>

namespace foreshard::ingest {

struct CsvStructure {
    static constexpr uint32_t mostFields = 40;
    uint32_t fields = 0;
    uint32_t length = 0;               // of the record, its newline included
    uint32_t firstInnerNewline = 0;    // of those inside quotes; UINT32_MAX: none
    bool doubledQuotes = false;        // some field holds ""
    uint32_t ends[mostFields + 64];    // of each field: where its ',' or the newline stands
};

// Scans the record that starts at `begin`; 64 bytes behind `size` can be read. False: no whole record stands there, or one
// that the careful reader has to look at.
bool scanCsvRecord(const char* begin, size_t size, CsvStructure& out);

}  // namespace foreshard::ingest
