#include "core/ingest/record.h"

#include <charconv>

namespace foreshard::ingest {

LogSeverity severityOf(std::string_view word) {
    if (word.size() == 3 && word[0] == 'L' && word[1] == 'O' && word[2] == 'G') return LogSeverity::log;
    if (word == "ERROR") return LogSeverity::error;
    if (word == "FATAL") return LogSeverity::fatal;
    if (word == "PANIC") return LogSeverity::panic;
    if (word == "WARNING") return LogSeverity::warning;
    if (word == "NOTICE") return LogSeverity::notice;
    if (word == "INFO") return LogSeverity::info;
    if (word.starts_with("DEBUG") && word.size() <= 6) return LogSeverity::debug;
    return LogSeverity::unknown;
}

bool readNumber(std::string_view text, uint64_t& out) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    return !text.empty() && error == std::errc() && end == text.data() + text.size();
}

}  // namespace foreshard::ingest
