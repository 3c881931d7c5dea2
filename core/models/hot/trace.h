// A trace: accesses to keys in order of time, from a plain file. Keys are numbered in the order of their first access; where
// all are numbers, their values are kept too, so that ranges and neighbours make sense. Plain value.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/job.h"

namespace foreshard::models {

struct Trace {
    std::vector<uint32_t> accesses;   // key numbers
    std::vector<int64_t> values;      // by key number: the number itself, or empty where a key is no number
    size_t keys = 0;
    bool operator==(const Trace&) const = default;
};

// Reads, by their content: CSV with the columns `time,key` or `key` (lines in any order where there is a time); lines of four
// numbers `first count 0 sequence`, which access `count` keys from `first` on (the form of the ARC traces); binary 32-bit
// little-endian keys (a name with ".trace"). gzip, Zstandard and xz are unpacked. `most`: accesses to read; 0: all. `name` is
// for sentences. Broken lines become a diagnostic. Errors: format (nothing readable), unsupported (unpacks to too much),
// cancelled.
Result<Trace> readTrace(std::string_view bytes, const std::string& name, size_t most, Job& job);

}  // namespace foreshard::models
