// Plain CSV (RFC 4180: quotes, doubled quotes, line breaks inside quotes), for the data files that `evaluate` reads. A reader
// never fails: what is broken gives odd cells, which the caller judges. Not thread-safe; the text must outlive it.
#pragma once

#include <cctype>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace foreshard::models {

class CsvLines {
public:
    explicit CsvLines(std::string_view text) : rest_(text) {
        if (rest_.starts_with("\xEF\xBB\xBF")) rest_.remove_prefix(3);
    }
    // The cells of the next line that is not empty, trimmed of blanks; false at the end.
    bool next(std::vector<std::string>& cells) {
        while (!rest_.empty() && (rest_[0] == '\n' || rest_[0] == '\r')) rest_.remove_prefix(1);
        if (rest_.empty()) return false;
        size_t used = 0;
        for (bool more = true; more; ++used) {
            if (used == cells.size()) cells.emplace_back();
            more = cell(cells[used]);
        }
        cells.resize(used);
        return true;
    }

private:
    // True: another cell follows on this line.
    bool cell(std::string& out) {
        out.clear();
        while (!rest_.empty() && rest_[0] == ' ') rest_.remove_prefix(1);
        if (!rest_.empty() && rest_[0] == '"') quoted(out);
        const size_t end = rest_.find_first_of(",\n");
        std::string_view plain = rest_.substr(0, end);
        while (!plain.empty() && (plain.back() == ' ' || plain.back() == '\r')) plain.remove_suffix(1);
        out.append(plain);
        if (end == std::string_view::npos) {
            rest_ = {};
            return false;
        }
        const bool more = rest_[end] == ',';
        rest_.remove_prefix(end + 1);
        return more;
    }
    void quoted(std::string& out) {
        rest_.remove_prefix(1);
        while (!rest_.empty()) {
            const size_t quote = rest_.find('"');
            out.append(rest_.substr(0, quote));
            if (quote == std::string_view::npos) {
                rest_ = {};
                return;
            }
            rest_.remove_prefix(quote + 1);
            if (rest_.empty() || rest_[0] != '"') return;
            out.push_back('"');
            rest_.remove_prefix(1);
        }
    }
    std::string_view rest_;
};

// A whole cell as a number; nothing for anything else ("nan" and "inf" are numbers here, which callers must judge).
inline std::optional<double> csvNumber(std::string_view text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
    return value;
}

}  // namespace foreshard::models
