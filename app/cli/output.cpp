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
        std::string line;
        for (size_t c = 0; c < row.size(); ++c) {
            const std::string padding(widths[c] - width(row[c]), ' ');
            if (c) line += "  ";
            line += right[c] ? padding + row[c] : c + 1 < row.size() ? row[c] + padding : row[c];
        }
        out += line + "\n";
    }
    return out;
}

}  // namespace foreshard::cli
