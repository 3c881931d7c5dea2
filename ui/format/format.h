// Numbers, times and SQL for people, as QStrings: core's units, so that the workbench, the command line and the report say
// the same. Nothing known gives a dash. Pure functions but for the machine's time zone; any thread.
#pragma once

#include <QString>

#include <optional>
#include <string>

#include "core/base/time.h"

namespace foreshard::ui {

inline QString text(const std::string& v) { return QString::fromStdString(v); }
inline QString dash() { return QStringLiteral("–"); }

QString count(std::optional<double> value);          // "1.2 M"
QString number(std::optional<double> value);         // up to four digits, no unit letter below 10,000
QString share(std::optional<double> value);          // "12.3 %"
QString bytes(std::optional<double> value);          // "3.4 MB"
QString seconds(std::optional<double> value);        // "3 min 20 s", "14 d"
QString decimals(std::optional<double> value, int places);   // "0.30", "−0.05": columns whose figures stand under each other
QString shareInTable(std::optional<double> value);   // "12.3 %", "< 0.1 %"
QString ratio(std::optional<double> value);          // "1.34 ×"
QString roughShare(double value);                    // "12 %", "0.9 %": for sentences
QString perInterval(Instant interval);               // "hour", "15 min", "day"
QString instant(Instant t);                          // "Fri 14 Nov 20:00", reader's zone
QString timeRange(TimeRange range);                  // "1 – 14 Nov", or with hours when short
QString zone();                                      // "Europe/Berlin"
QString plural(uint64_t n, const QString& one, const QString& many);   // "1 shard", "3 shards"
QString shortened(const QString& text, int length);  // with "…" where cut
QString bareTable(const std::string& qualifiedName); // "public.orders" → "orders"; "sales.orders" stays, for it may have a namesake

// A CSV cell: quoted where it must be, and never begun with a sign that a spreadsheet would take for a formula.
QString csvCell(const QString& text);

}  // namespace foreshard::ui
