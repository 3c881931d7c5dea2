#include "app/cli/output.h"

#include <algorithm>

namespace foreshard::cli {

namespace {

// Columns on a terminal: UTF-8 continuation bytes take none.
size_t width(const std::string& text) {
    return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

bool numeric(const std::string& cell) { return !cell.empty() && (cell[0] == '-' || (cell[0] >= '0' && cell[0] <= '9') || cell.starts_with("–")); }

}  // namespace

int exitCodeOf(const Error& error) {
    switch (error.category) {
        case ErrorCategory::usage: return 2;
        case ErrorCategory::cancelled: return 130;
        default: return 1;
    }
}

std::string wrapped(const std::string& first, const std::string& text) {
    const size_t indent = width(first);
    const size_t room = std::max(lineWidth, indent + 40) - indent;
    std::string out = first;
    size_t used = 0;
    for (size_t at = 0; at < text.size();) {
        size_t end = std::min(text.find(' ', at), text.size());
        const std::string word = text.substr(at, end - at);
        if (used > 0 && used + 1 + width(word) > room) {
            out += "\n" + std::string(indent, ' ');
            used = 0;
        }
        out += (used > 0 ? " " : "") + word;
        used += (used > 0 ? 1 : 0) + width(word);
        at = text.find_first_not_of(' ', end);
    }
    return out + "\n";
}

std::string TextTable::render() const {
    std::vector<size_t> widths;
    std::vector<bool> right;
    for (size_t r = 0; r < rows_.size(); ++r)
        for (size_t c = 0; c < rows_[r].size(); ++c) {
            if (c >= widths.size()) widths.push_back(0), right.push_back(rows_.size() > 1);
            widths[c] = std::max(widths[c], width(rows_[r][c]));
            if (r > 0 && !numeric(rows_[r][c])) right[c] = false;
        }
    std::string out;
    for (const auto& row : rows_) {
        std::string line, last;
        for (size_t c = 0; c < row.size(); ++c) {
            const std::string padding(widths[c] - width(row[c]), ' ');
            if (c) line += "  ";
            if (right[c]) line += padding + row[c];
            else if (c + 1 < row.size()) line += row[c] + padding;
            else last = row[c];
        }
        out += wrapped(line, last);
    }
    return out;
}

}  // namespace foreshard::cli
