// Twins: logs of one server in several formats, as it writes them where log_destination names several. Each tells of all calls, so
// that only one may be read. They are known by what they hold, as rotation by size gives them other names and other beginnings: a
// sample from the instant where both have begun says whether it is the same processes that say the same at the same second. Any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "core/base/result.h"
#include "core/ingest/ingest.h"
#include "core/ingest/range_reader.h"

namespace foreshard::ingest {

// Whether two files of PostgreSQL's csvlog, jsonlog or stderr, of different formats, tell of the same events. What cannot be read again
// is no twin.
bool sameEvents(const LogFile& a, const IngestedFile& ofA, const LogFile& b, const IngestedFile& ofB);

struct Twin {
    size_t of = 0;                 // which file tells of the same and says more
    bool whole = true;             // files of that format reach from its first record to its last
};

// For each file whether another one makes it superfluous: csvlog says more than jsonlog, and that more than stderr. Rotated files of
// one format are never twins. Cancelled where the job is.
Result<std::vector<std::optional<Twin>>> findTwins(const std::vector<IngestedFile>& files, const Job& job);

// Of two formats the one with the lower number says more; nothing for logs that have no twins.
std::optional<int> worthOf(LogFormat format);

}  // namespace foreshard::ingest
