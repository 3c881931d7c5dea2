#include "ui/charts/chart_data.h"

#include <QDateTime>
#include <QLocale>
#include <QTimeZone>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>

#include "core/base/time_ticks.h"
#include "ui/format/format.h"

namespace foreshard::ui {

namespace {

QString yWords(const ChartData& data, double v) { return data.yText ? data.yText(v) : count(v); }

void widen(Range& range, const QList<double>& values) {
    for (const double v : values) {
        if (!std::isfinite(v)) continue;
        range.low = std::min(range.low, v);
        range.high = std::max(range.high, v);
    }
}

Range none() { return {std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()}; }

std::map<double, double> stackTops(const ChartData& data) {
    std::map<double, double> tops;
    for (const auto& series : data.series) {
        if (series.shape != Shape::stacked) continue;
        for (int i = 0; i < series.x.size(); ++i) {
            if (std::isfinite(series.y[i])) tops[series.x[i]] += series.y[i];
        }
    }
    return tops;
}

}  // namespace

Range xRange(const ChartData& data) {
    auto range = none();
    if (!data.categories.isEmpty()) return {-0.5, static_cast<double>(data.categories.size()) - 0.5};
    for (const auto& series : data.series) widen(range, series.x);
    for (const auto& mark : data.marks) widen(range, {mark.x});
    if (range.low > range.high) return {0, 1};
    if (data.xLow) range.low = *data.xLow;
    if (data.xHigh) range.high = *data.xHigh;
    return range.low == range.high ? Range{range.low - 0.5, range.high + 0.5} : range;
}

Range yRange(const ChartData& data) {
    auto range = none();
    for (const auto& series : data.series) {
        if (series.shape != Shape::stacked) widen(range, series.y);
        widen(range, series.low);
        widen(range, series.high);
    }
    for (const auto& [x, top] : stackTops(data)) widen(range, {0, top});
    if (range.low > range.high) return {0, 1};
    if (data.yFromZero) range.low = std::min(0.0, range.low);
    if (data.yMax) range.high = *data.yMax;
    const double least = std::max(1e-9, std::fabs(range.high) * 1e-6);
    if (range.high - range.low < least) range.high = range.low + std::max(1.0, std::fabs(range.low) * 0.1);
    const bool dots = std::any_of(data.series.begin(), data.series.end(), [](const ChartSeries& s) { return s.shape == Shape::points; });
    const double air = (range.high - range.low) * (dots ? 0.18 : 0.06);
    return data.yMax ? range : Range{data.yFromZero ? range.low : range.low - air, range.high + air};
}

QString perHourWhereSmall(QList<ChartData>& charts, double most) {
    for (const auto& chart : charts) {
        for (const auto& series : chart.series) {
            for (const auto* values : {&series.y, &series.low, &series.high}) {
                for (const double v : *values) most = std::isfinite(v) ? std::max(most, v) : most;
            }
        }
    }
    if (most >= 1) return QStringLiteral("accesses/s");
    constexpr double secondsPerHour = 3600;
    const auto unit = QStringLiteral("accesses/h");
    for (auto& chart : charts) {
        chart.yTitle = unit;
        for (auto& series : chart.series) {
            for (auto* values : {&series.y, &series.low, &series.high}) {
                for (auto& v : *values) v *= secondsPerHour;
            }
        }
    }
    return unit;
}

QString chartCsv(const ChartData& data) {
    std::map<double, QStringList> rows;
    QStringList head{csvCell(data.timeAxis ? QStringLiteral("time") : data.xTitle.isEmpty() ? QStringLiteral("x") : data.xTitle)};
    int columns = 0;
    const auto put = [&](const QString& name, const QList<double>& xs, const QList<double>& ys) {
        head << csvCell(name);
        ++columns;
        for (int i = 0; i < xs.size() && i < ys.size(); ++i) {
            auto& row = rows[xs[i]];
            while (row.size() < columns - 1) row << QString();
            if (row.size() < columns) row << (std::isfinite(ys[i]) ? QString::number(ys[i], 'g', 12) : QString());
        }
    };
    for (const auto& series : data.series) {
        put(series.name, series.x, series.y);
        if (!series.low.isEmpty()) put(series.name + QStringLiteral(" low"), series.x, series.low);
        if (!series.high.isEmpty()) put(series.name + QStringLiteral(" high"), series.x, series.high);
    }
    QString out = head.join(QLatin1Char(',')) + QLatin1Char('\n');
    for (auto& [x, row] : rows) {
        while (row.size() < columns) row << QString();
        const auto index = static_cast<int>(x);
        const bool named = !data.categories.isEmpty() && index >= 0 && index < data.categories.size();
        out += named            ? csvCell(data.categories[index])
               : data.timeAxis ? QDateTime::fromMSecsSinceEpoch(static_cast<qint64>(x), Qt::UTC).toString(Qt::ISODate)
                               : QString::number(x, 'g', 12);
        out += QLatin1Char(',') + row.join(QLatin1Char(',')) + QLatin1Char('\n');
    }
    return out;
}

QString chartSummary(const ChartData& data) {
    QStringList parts;
    for (const auto& series : data.series) {
        auto range = none();
        widen(range, series.y);
        if (range.low > range.high) continue;
        parts << QStringLiteral("%1 from %2 to %3").arg(series.name, yWords(data, range.low), yWords(data, range.high));
    }
    if (parts.isEmpty()) return data.name + QStringLiteral(": no data");
    QStringList marked;
    for (const auto& span : data.spans) marked << span.label;
    if (!marked.isEmpty()) parts << QStringLiteral("marked: %1").arg(marked.join(QStringLiteral(", ")));
    return data.name + QStringLiteral(" (") + data.yTitle + QStringLiteral("): ") + parts.join(QStringLiteral("; "));
}

QList<Tick> numberTicks(Range range, int wanted, const std::function<QString(double)>& words) {
    const double span = range.high - range.low;
    if (!(span > 0) || !std::isfinite(span)) return {};
    const double raw = span / std::max(1, wanted);
    const double power = std::pow(10, std::floor(std::log10(raw)));
    const double step = power * (raw / power < 1.5 ? 1 : raw / power < 3.5 ? 2 : raw / power < 7.5 ? 5 : 10);
    QList<Tick> out;
    for (double n = std::ceil(range.low / step - 1e-9); n * step <= range.high + step * 1e-9; ++n) {
        const double at = n == 0 ? 0 : n * step;
        out.append({at, words ? words(at) : count(at)});
    }
    return out;
}

QList<Tick> timeTicks(Range range, int wanted) {
    const TimeRange span{static_cast<Instant>(range.low * 1000), static_cast<Instant>(range.high * 1000)};
    QList<Tick> out;
    for (const auto& tick : foreshard::timeTicks(span, static_cast<size_t>(std::max(1, wanted)), zone().toStdString()))
        out.append({static_cast<double>(tick.at) / 1000, QString::fromStdString(tick.text)});
    return out;
}

}  // namespace foreshard::ui
