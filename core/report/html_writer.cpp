#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/base/units.h"
#include "core/report/design_pictures.h"
#include "core/report/html_style.h"
#include "core/report/pictures.h"
#include "core/report/svg.h"
#include "core/report/writers.h"

namespace foreshard::report {

namespace {

// Names may be broken behind a dot or a comma, and nowhere else.
std::string breakable(std::string_view text) {
    std::string out;
    size_t begin = 0;
    for (size_t i = 0; i + 1 < text.size(); ++i)
        if (text[i] == '.' || text[i] == ',') {
            out += escapeMarkup(text.substr(begin, i + 1 - begin)) + "<wbr/>";
            begin = i + 1;
        }
    return out + escapeMarkup(text.substr(begin));
}

std::string cellClasses(const Column& column) {
    if (column.number) return " class=\"num\"";
    if (column.code) return column.wide ? " class=\"code wide\"" : " class=\"code\"";
    return column.wide ? " class=\"wide\"" : "";
}

class HtmlWriter {
public:
    explicit HtmlWriter(const ReportData& report) : report_(report) {}

    std::string write() {
        head();
        if (report_.sections.empty())
            out_ += "<p class=\"answer\">There is nothing to report yet: read a log into the project first.</p>\n";
        for (const Section& section : report_.sections) writeSection(section);
        out_ += "</main>\n</body>\n</html>\n";
        return std::move(out_);
    }

private:
    void head() {
        const std::string title = escapeMarkup(report_.title);
        out_ +=
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
            "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n";
        out_ += fmt::format(
            "<title>{} – Foreshard report</title>\n<style>{}</style>\n</head>\n<body>\n<header>\n<h1>{}</h1>\n", title,
            htmlStyle, title);
        out_ += fmt::format(
            "<p class=\"made\">Made {} by Foreshard. Times are in {}. {}</p>\n",
            formatRfc3339(report_.made / microsPerSecond * microsPerSecond), escapeMarkup(report_.zone),
            report_.literalsMasked ? "Values of keys and literals are masked." : "Values of keys are shown.");
        out_ += "<nav>";
        for (const Section& section : report_.sections)
            out_ += fmt::format("<a href=\"#{}\">{}</a>", escapeMarkup(section.id), escapeMarkup(section.title));
        out_ += "</nav>\n</header>\n<main>\n";
    }

    void writeSection(const Section& section) {
        out_ += fmt::format("<section id=\"{}\">\n<h2>{}</h2>\n<p class=\"answer\">{}</p>\n", escapeMarkup(section.id),
                            escapeMarkup(section.title), escapeMarkup(section.answer));
        for (const Picture& picture : section.pictures) writePicture(picture);
        for (const Table& table : section.tables) writeTable(table);
        if (!section.notes.empty()) {
            out_ += "<ul class=\"notes\">\n";
            for (const std::string& note : section.notes) out_ += fmt::format("<li>{}</li>\n", escapeMarkup(note));
            out_ += "</ul>\n";
        }
        out_ += "</section>\n";
    }

    void writePicture(const Picture& picture) {
        const std::string svg = std::visit(
            [&](const auto& one) {
                using T = std::decay_t<decltype(one)>;
                out_ += fmt::format("<h3>{}</h3>\n", escapeMarkup(one.title));
                if constexpr (std::is_same_v<T, TimeChart>)
                    return drawTimeChart(one, report_.zone);
                else if constexpr (std::is_same_v<T, ChartGrid>)
                    return drawChartGrid(one, report_.zone);
                else if constexpr (std::is_same_v<T, ScatterChart>)
                    return drawScatter(one);
                else if constexpr (std::is_same_v<T, TableGraph>)
                    return drawTableGraph(one);
                else
                    return drawHeatMap(one, report_.zone);
            },
            picture);
        out_ += "<figure>" + svg + "</figure>\n";
    }

    void writeTable(const Table& table) {
        out_ += fmt::format("<h3>{}</h3>\n<div class=\"scroll\"><table>\n<thead><tr>", escapeMarkup(table.title));
        std::vector<double> maxima;
        for (size_t i = 0; i < table.columns.size(); ++i) {
            const Column& column = table.columns[i];
            if (column.below) {
                maxima.push_back(0);
                continue;
            }
            out_ += fmt::format("<th scope=\"col\"{}>{}", column.number ? " class=\"num\"" : "",
                                escapeMarkup(column.title));
            if (!column.unit.empty()) out_ += fmt::format("<span class=\"unit\">{}</span>", escapeMarkup(column.unit));
            out_ += "</th>";
            double maximum = 0;
            for (const auto& row : table.rows)
                if (i < row.size() && row[i].number) maximum = std::max(maximum, *row[i].number);
            maxima.push_back(maximum);
        }
        out_ += "</tr></thead>\n<tbody>\n";
        const size_t shown = std::min(table.rows.size(), table.shown);
        for (size_t i = 0; i < shown; ++i) writeRow(table, table.rows[i], maxima);
        out_ += "</tbody></table></div>\n";
        if (shown < table.rows.size())
            out_ += fmt::format("<p class=\"more\">And {} more; the CSV and JSON forms have all.</p>\n",
                                groupThousands(static_cast<int64_t>(table.rows.size() - shown)));
        if (table.rows.empty()) out_ += "<p class=\"more\">Nothing here.</p>\n";
    }

    void writeRow(const Table& table, const std::vector<Cell>& row, const std::vector<double>& maxima) {
        const size_t cells = std::min(table.columns.size(), row.size());
        std::string below;
        for (size_t i = 0; i < cells; ++i)
            if (table.columns[i].below && !row[i].text.empty())
                below += fmt::format("<tr><td class=\"below\" colspan=\"{}\">{}</td></tr>\n", table.columns.size() - 1, escapeMarkup(row[i].text));
        out_ += below.empty() ? "<tr>" : "<tr class=\"above\">";
        for (size_t i = 0; i < cells; ++i)
            if (!table.columns[i].below) writeCell(table.columns[i], row[i], maxima[i]);
        out_ += "</tr>\n" + below;
    }

    void writeCell(const Column& column, const Cell& cell, double maximum) {
        out_ += fmt::format("<td{}>{}", cellClasses(column), column.code && !column.wide ? breakable(cell.text) : escapeMarkup(cell.text));
        if (column.bar && cell.number && maximum > 0)
            out_ += fmt::format("<span class=\"bar\" style=\"width:{}%\"></span>", number(100 * std::clamp(*cell.number / maximum, 0.0, 1.0)));
        out_ += "</td>";
    }

    const ReportData& report_;
    std::string out_;
};

}  // namespace

std::string writeHtml(const ReportData& report) { return HtmlWriter(report).write(); }

}  // namespace foreshard::report
