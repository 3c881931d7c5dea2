// Markdown and CSV.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "core/base/units.h"
#include "core/report/writers.h"

namespace foreshard::report {

namespace {

// Markdown renders HTML and its own marks: all of them are taken away from the text.
std::string markdownText(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '\n' || c == '\r' || c == '\t') {
            out += ' ';
            continue;
        }
        if (c == '<') {
            out += "&lt;";
            continue;
        }
        if (c == '&') {
            out += "&amp;";
            continue;
        }
        if (std::string_view("\\`*_{}[]()#!|>~").find(c) != std::string_view::npos) out += '\\';
        out += c;
    }
    return out;
}

// A code span whose fence is longer than any run of backticks inside; a pipe would end a table's cell.
std::string markdownCode(std::string_view text) {
    if (text.empty()) return {};
    size_t run = 0, longest = 0;
    std::string inside;
    for (const char c : text) {
        run = c == '`' ? run + 1 : 0;
        longest = std::max(longest, run);
        if (c == '|') inside += '\\';
        inside += c == '\n' || c == '\r' || c == '\t' ? ' ' : c;
    }
    const std::string fence(longest + 1, '`');
    return fmt::format("{} {} {}", fence, inside, fence);
}

void markdownTable(std::string& out, const Table& table) {
    out += fmt::format("\n### {}\n\n|", markdownText(table.title));
    for (const Column& column : table.columns)
        out += fmt::format(" {}{} |", markdownText(column.title),
                           column.unit.empty() ? std::string() : " (" + markdownText(column.unit) + ")");
    out += "\n|";
    for (const Column& column : table.columns) out += column.number ? " ---: |" : " --- |";
    out += "\n";
    const size_t shown = std::min(table.rows.size(), table.shown);
    for (size_t i = 0; i < shown; ++i) {
        out += "|";
        for (size_t c = 0; c < table.columns.size() && c < table.rows[i].size(); ++c)
            out += fmt::format(" {} |", table.columns[c].code ? markdownCode(table.rows[i][c].text)
                                                              : markdownText(table.rows[i][c].text));
        out += "\n";
    }
    if (shown < table.rows.size())
        out += fmt::format("\nAnd {} more; the CSV and JSON forms have all.\n",
                           groupThousands(static_cast<int64_t>(table.rows.size() - shown)));
}

// Text that a spreadsheet would take for a formula gets an apostrophe in front.
std::string csvText(std::string_view text) {
    std::string out(text);
    if (!out.empty() && std::string_view("=+-@\t\r").find(out[0]) != std::string_view::npos)
        out.insert(out.begin(), '\'');
    if (out.find_first_of(",\"\n\r") == std::string::npos) return out;
    std::string quoted = "\"";
    for (const char c : out) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
    return quoted + "\"";
}

std::string csvCell(const Column& column, const Cell& cell) {
    if (column.number) return cell.number ? fmt::format("{}", *cell.number) : std::string();
    return csvText(cell.text);
}

}  // namespace

std::string writeMarkdown(const ReportData& report) {
    std::string out =
        fmt::format("# {}\n\nMade {} by Foreshard. Times are in {}. {}\n", markdownText(report.title),
                    formatRfc3339(report.made / microsPerSecond * microsPerSecond), markdownText(report.zone),
                    report.literalsMasked ? "Values of keys and literals are masked." : "Values of keys are shown.");
    if (report.sections.empty()) out += "\nThere is nothing to report yet: read a log into the project first.\n";
    for (const Section& section : report.sections) {
        out += fmt::format("\n## {}\n\n{}\n", markdownText(section.title), markdownText(section.answer));
        for (const Table& table : section.tables) markdownTable(out, table);
        if (!section.notes.empty()) out += "\n";
        for (const std::string& note : section.notes) out += fmt::format("- {}\n", markdownText(note));
    }
    return out;
}

std::string writeCsv(const ReportData& report) {
    std::string out;
    for (const Section& section : report.sections) {
        for (const Table& table : section.tables) {
            if (!out.empty()) out += "\r\n";
            out += csvText(fmt::format("# {} / {}", section.title, table.title)) + "\r\n";
            for (size_t c = 0; c < table.columns.size(); ++c) out += (c ? "," : "") + csvText(table.columns[c].key);
            out += "\r\n";
            for (const auto& row : table.rows) {
                for (size_t c = 0; c < table.columns.size() && c < row.size(); ++c)
                    out += (c ? "," : "") + csvCell(table.columns[c], row[c]);
                out += "\r\n";
            }
        }
    }
    return out;
}

Result<std::string> writeReport(const ReportData& report, const std::filesystem::path& file) {
    std::string suffix = file.extension().string();
    for (char& c : suffix) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    if (suffix == ".html" || suffix == ".htm") return writeHtml(report);
    if (suffix == ".md") return writeMarkdown(report);
    if (suffix == ".csv") return writeCsv(report);
    if (suffix == ".json") return writeJson(report);
    return Error{ErrorCategory::usage,
                 fmt::format("{} has no suffix that names a form of report.", file.string()),
                 "Use .html, .md, .csv or .json.",
                 {}};
}

}  // namespace foreshard::report
