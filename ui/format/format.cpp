#include "ui/format/format.h"

#include <QDateTime>
#include <QLocale>
#include <QTimeZone>

#include <cmath>

#include "core/base/units.h"

namespace foreshard::ui {

namespace {
bool none(const std::optional<double>& v) { return !v || !std::isfinite(*v); }
QDateTime local(Instant t) { return QDateTime::fromMSecsSinceEpoch(t / 1000, QTimeZone(zone().toUtf8())); }
}  // namespace

QString count(std::optional<double> v) { return none(v) ? dash() : text(formatCount(*v)); }

QString number(std::optional<double> v) {
    if (none(v)) return dash();
    if (std::fabs(*v) >= 1000 && std::fabs(*v) < 1e6) return text(groupThousands(std::llround(*v)));
    return text(formatCount(*v));
}

QString share(std::optional<double> v) { return none(v) ? dash() : text(formatShare(*v)); }
QString bytes(std::optional<double> v) { return none(v) ? dash() : text(formatBytes(*v)); }

QString seconds(std::optional<double> v) {
    if (none(v)) return dash();
    auto words = text(formatDuration(*v));
    for (const auto* nothing : {" 0 h", " 0 min", " 0 s"}) {       // "14 d 0 h" is "14 d"
        if (words.size() > 4 && words.endsWith(QLatin1String(nothing))) words.chop(static_cast<int>(qstrlen(nothing)));
    }
    return words;
}

QString roughShare(double v) {
    const double percent = v * 100;
    return QString::number(percent, 'f', std::fabs(percent) >= 9.95 || percent == 0 ? 0 : 1) + QStringLiteral(" %");
}

QString perInterval(Instant interval) {
    if (interval == microsPerHour) return QStringLiteral("hour");
    if (interval == microsPerDay) return QStringLiteral("day");
    return seconds(static_cast<double>(interval) / microsPerSecond);
}

QString decimals(std::optional<double> v, int places) {
    if (none(v)) return dash();
    if (std::fabs(*v) >= 1000) return number(v);
    auto words = QString::number(*v, 'f', places);
    if (words.startsWith(QLatin1Char('-'))) words.replace(0, 1, QChar(0x2212));
    const auto nothing = QString::number(0.0, 'f', places);
    return words.mid(1) == nothing ? nothing : words;       // no "−0.00"
}

QString shareInTable(std::optional<double> v) {
    if (none(v)) return dash();
    if (*v > 0 && *v < 0.0005) return QStringLiteral("< 0.1 %");
    return QString::number(*v * 100, 'f', 1) + QStringLiteral(" %");
}

QString ratio(std::optional<double> v) { return none(v) ? dash() : QString::number(*v, 'f', *v >= 9.995 ? 1 : 2) + QStringLiteral(" ×"); }

QString zone() {
    static const QString name = text(localZoneName());
    return name;
}

QString instant(Instant t) { return QLocale::c().toString(local(t), QStringLiteral("ddd d MMM HH:mm")); }

QString timeRange(TimeRange range) {
    if (range.empty()) return dash();
    const auto from = local(range.begin), to = local(range.end);
    const auto c = QLocale::c();
    if (range.length() <= microsPerDay) {
        const bool wholeDay = from.time() == QTime(0, 0) && to == from.addDays(1);
        if (wholeDay) return c.toString(from, QStringLiteral("ddd d MMM"));
        const bool sameDay = from.date() == to.addMSecs(-1).date();
        return c.toString(from, QStringLiteral("ddd d MMM HH:mm")) + QStringLiteral(" – ") +
               c.toString(to, sameDay ? QStringLiteral("HH:mm") : QStringLiteral("ddd HH:mm"));
    }
    const auto last = to.addMSecs(-1);
    const bool sameMonth = from.date().month() == last.date().month() && from.date().year() == last.date().year();
    return c.toString(from, sameMonth ? QStringLiteral("d") : QStringLiteral("d MMM")) + QStringLiteral(" – ") +
           c.toString(last, QStringLiteral("d MMM"));
}

QString plural(uint64_t n, const QString& one, const QString& many) {
    return text(groupThousands(static_cast<int64_t>(n))) + QLatin1Char(' ') + (n == 1 ? one : many);
}

QString shortened(const QString& text, int length) {
    return text.size() <= length ? text : text.left(length - 1).trimmed() + QStringLiteral("…");
}

QString bareTable(const std::string& qualifiedName) {
    for (const std::string_view usual : {"public.", "main."})
        if (qualifiedName.starts_with(usual)) return text(qualifiedName.substr(usual.size()));
    return text(qualifiedName);
}

QString csvCell(const QString& cell) {
    auto out = cell;
    bool isNumber = false;
    cell.toDouble(&isNumber);
    if (!isNumber && !out.isEmpty() && QStringLiteral("=+-@\t").contains(out[0])) out.prepend(QLatin1Char('\''));
    if (!out.contains(QLatin1Char(',')) && !out.contains(QLatin1Char('"')) && !out.contains(QLatin1Char('\n'))) return out;
    out.replace(QLatin1Char('"'), QStringLiteral("\"\""));
    return QLatin1Char('"') + out + QLatin1Char('"');
}

}  // namespace foreshard::ui
