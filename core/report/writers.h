// The forms of a report. All write the same ReportData; nothing that came from a log or a schema becomes markup, a
// formula or code in any of them. Pure functions, same input same bytes; the caller writes the file whole
// (base/file.h).
#pragma once

#include <filesystem>
#include <string>

#include "core/base/result.h"
#include "core/report/report_data.h"

namespace foreshard::report {

// One file that needs nothing else: style and pictures inside, no script, light or dark as the reader's system is, fit
// to print. Tables show their first `shown` rows.
std::string writeHtml(const ReportData& report);
// GitHub's Markdown: answers, tables, notes; no pictures.
std::string writeMarkdown(const ReportData& report);
// All tables one below the other, each after a line "# section / table"; RFC 4180. Numbers in SI units and full
// precision.
std::string writeCsv(const ReportData& report);
// One object: sections with answer, tables (rows as objects), pictures (times and values) and notes.
std::string writeJson(const ReportData& report);

// By the suffix of the file: .html, .htm, .md, .csv, .json; usage error for another one.
Result<std::string> writeReport(const ReportData& report, const std::filesystem::path& file);

}  // namespace foreshard::report
