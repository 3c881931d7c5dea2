#include "core/ingest/mysql_lines.h"

#include <fmt/format.h>

#include "core/ingest/message.h"

namespace foreshard::ingest {

namespace {

bool digits(std::string_view text, size_t at, size_t count) {
    if (text.size() < at + count) return false;
    for (size_t i = at; i < at + count; ++i)
        if (text[i] < '0' || text[i] > '9') return false;
    return true;
}

size_t isoSize(std::string_view text) {
    if (text.size() < 20 || !digits(text, 0, 4) || text[4] != '-' || !digits(text, 5, 2) || text[7] != '-' || !digits(text, 8, 2) || text[10] != 'T') return 0;
    if (!digits(text, 11, 2) || text[13] != ':' || !digits(text, 14, 2) || text[16] != ':' || !digits(text, 17, 2)) return 0;
    size_t at = 19;
    if (text[at] == '.')
        for (++at; digits(text, at, 1);) ++at;
    if (at < text.size() && text[at] == 'Z') return at + 1;
    const bool zone = at < text.size() && (text[at] == '+' || text[at] == '-') && digits(text, at + 1, 2) && text.size() > at + 3 && text[at + 3] == ':' && digits(text, at + 4, 2);
    return zone ? at + 6 : 0;
}

}  // namespace

size_t mysqlTimeSize(std::string_view text, bool* iso) {
    if (const size_t size = isoSize(text)) {
        if (iso) *iso = true;
        return size;
    }
    if (iso) *iso = false;
    // "261122  9:05:01": an hour below ten has a blank in front.
    if (!digits(text, 0, 6) || text.size() < 15 || text[6] != ' ' || !(digits(text, 7, 2) || (text[7] == ' ' && digits(text, 8, 1)))) return 0;
    return text[9] == ':' && digits(text, 10, 2) && text[12] == ':' && digits(text, 13, 2) ? 15 : 0;
}

bool readMysqlTime(std::string_view text, const TimeZone& zone, Instant& out) {
    const auto time = text.size() > 15 ? parseTime(text)
                                       : parseTime(fmt::format("20{}-{}-{} {}{}:{}:{}", text.substr(0, 2), text.substr(2, 2), text.substr(4, 2), text[7] == ' ' ? '0' : text[7], text[8],
                                                               text.substr(10, 2), text.substr(13, 2)), zone);
    if (time) out = *time;
    return time.has_value();
}

bool isMysqlHead(std::string_view line) {
    if (line.ends_with("started with:")) return line.find(", Version: ") != std::string_view::npos;
    if (line.starts_with("Tcp port: ") || line.starts_with("TCP Port: ")) return true;
    return line.starts_with("Time") && line.ends_with("Argument") && line.find("Command") != std::string_view::npos;
}

bool isPreparing(std::string_view statement) {
    return startsWithWord(statement, "EXECUTE") || startsWithWord(statement, "PREPARE") || startsWithWord(statement, "DEALLOCATE");
}

}  // namespace foreshard::ingest
