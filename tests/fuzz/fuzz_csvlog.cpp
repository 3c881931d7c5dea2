// The csvlog reader; held against a reader of CSV that goes character by character, beside its own careful way.
#include <cstdint>

#include "tests/fuzz/fuzz_log.h"

using namespace foreshard;
using namespace foreshard::fuzz;

namespace {

// RFC 4180, one character after the other.
std::vector<std::string> fieldsOf(std::string_view record) {
    std::vector<std::string> fields(1);
    bool quoted = false;
    for (size_t i = 0; i < record.size(); ++i) {
        const char c = record[i];
        if (quoted && c == '"' && i + 1 < record.size() && record[i + 1] == '"') {
            fields.back() += '"';
            ++i;
        } else if (c == '"') {
            quoted = !quoted;
        } else if (c == ',' && !quoted) {
            fields.emplace_back();
        } else if (c != '\n' || quoted) {
            fields.back() += c;
        }
    }
    return fields;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const auto bytes = viewOf(data, size);
    const ingest::LogShape shape{ingest::LogFormat::csvlog, {}, false, 1};
    for (const bool last : {false, true})
        readBothWays(shape, bytes, last, [](const ingest::LogRecord& record, std::string_view text) {
            const auto fields = fieldsOf(text);
            require(fields.size() >= 22, "a record has its columns");
            require(record.database == fields[2] && record.session == fields[5] && record.commandTag == fields[7] && record.virtualTransaction == fields[9] &&
                        record.sqlState == fields[12] && record.message == fields[13] && record.detail == fields[14] && record.context == fields[18] &&
                        record.statement == fields[19],
                    "the fields of the obvious reader");
        });
    collectEachWay(shape, bytes);
    return 0;
}
