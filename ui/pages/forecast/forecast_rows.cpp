#include "ui/pages/forecast/forecast_rows.h"

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>

#include "core/base/units.h"
#include "ui/format/format.h"

namespace foreshard::ui {

namespace {

using models::Forecast;
using models::TrainedModels;
using workload::Workload;

// Calls per interval of some templates (empty: of all), at every interval of the range.
struct History {
    QList<double> x, y;
};
History historyOf(const Workload& w, const std::vector<uint64_t>& templates) {
    History out;
    const auto first = w.rates.firstInterval(), end = w.rates.endInterval();
    if (w.rates.range.empty()) return out;
    std::vector<double> values(static_cast<size_t>(end - first), 0.0);
    for (size_t i = 0; i < w.facts->templates.size() && i < w.rates.templates.size(); ++i) {
        const auto fingerprint = w.facts->templates[i].fingerprint;
        if (!templates.empty() && std::find(templates.begin(), templates.end(), fingerprint) == templates.end()) continue;
        for (const auto& p : w.rates.templates[i].points) {
            if (p.interval >= first && p.interval < end) values[static_cast<size_t>(p.interval - first)] += fromWeight(p.calls);
        }
    }
    for (size_t k = 0; k < values.size(); ++k) {
        out.x << static_cast<double>((first + static_cast<int64_t>(k)) * w.rates.interval / 1000);
        out.y << values[k];
    }
    return out;
}

double sum(const std::vector<double>& values) { return std::accumulate(values.begin(), values.end(), 0.0); }
QString figure(double v) { return QString::number(v, 'g', 3); }

}  // namespace

QString modelTitle(models::VolumeModel model) {
    return model == models::VolumeModel::nlinear ? QObject::tr("NLinear") : QObject::tr("Seasonal naive");
}

QString modelTitle(const models::BacktestRow& row) {
    if (row.model != models::VolumeModel::seasonalNaive) return modelTitle(row.model);
    return row.season <= 1 ? QObject::tr("Last value") : QObject::tr("Seasonal naive, %1").arg(row.season);
}

std::vector<LeaderRow> leaderRows(const TrainedModels& models) {
    std::vector<LeaderRow> out;
    for (size_t s = 0; s < models.series.size(); ++s) {
        const auto& series = models.series[s];
        double best = std::numeric_limits<double>::infinity(), worst = 0;
        for (const auto& row : series.backtest) {
            best = std::min(best, row.logMse);
            worst = std::max(worst, row.logMse);
        }
        for (const auto& row : series.backtest) {
            out.push_back({text(series.name), modelTitle(row), static_cast<int>(s), row.chosen, row.logMse, best, worst, row.nd, row.mase, row.skill, row.coverage, row.origins});
        }
    }
    return out;
}

void describeLeaders(RowsModel<LeaderRow>& m) {
    m.addColumn({QObject::tr("Model"), {}, {}, ColumnKind::text, 140}, [](const LeaderRow& r) {
        const auto words = r.chosen ? QObject::tr("%1 (chosen)").arg(r.model) : r.model;
        return Cell::words(words, QObject::tr("%1: rolling backtest from %2").arg(words, plural(r.origins, QObject::tr("origin"), QObject::tr("origins"))));
    });
    m.addColumn({QObject::tr("Error"), {}, QObject::tr("Log MSE on a common scale for this series; the chosen model's dot is filled"), ColumnKind::dot, 92},
                [](const LeaderRow& r) {
                    Cell cell = Cell::number(r.logMse, figure(r.logMse));
                    cell.bar = r.worstLogMse > 0 ? r.logMse / r.worstLogMse : 0;
                    cell.emphasis = r.chosen;
                    return cell;
                });
    m.addColumn({QObject::tr("Log MSE"), {}, QObject::tr("Mean squared error of ln(1 + count) over all origins and steps"), ColumnKind::number, 70},
                [](const LeaderRow& r) { return Cell::number(r.logMse, figure(r.logMse)); });
    m.addColumn({QObject::tr("ND"), {}, QObject::tr("Sum of absolute errors / sum of counts"), ColumnKind::number, 60},
                [](const LeaderRow& r) { return Cell::number(r.nd, r.nd ? figure(*r.nd) : dash()); });
    m.addColumn({QObject::tr("MASE"), {}, QObject::tr("Mean absolute error / that of the seasonal naive model on the training part"), ColumnKind::number, 60},
                [](const LeaderRow& r) { return Cell::number(r.mase, r.mase ? figure(*r.mase) : dash()); });
    m.addColumn({QObject::tr("Skill"), {}, QObject::tr("1 − log MSE / log MSE of the best seasonal naive; above 0 is better than it"), ColumnKind::number, 60},
                [](const LeaderRow& r) { return Cell::number(r.skill, r.skill ? figure(*r.skill) : dash()); });
    m.addColumn({QObject::tr("In band"), {}, QObject::tr("Share of actual counts inside P10…P90; 80 % would be right"), ColumnKind::number, 70},
                [](const LeaderRow& r) { return Cell::number(r.coverage, share(r.coverage)); });
}

std::vector<SeriesRow> seriesRows(const TrainedModels* models, const Forecast* forecast) {
    std::vector<SeriesRow> out;
    const auto spark = [](const std::vector<double>& v) { return QList<double>(v.begin(), v.end()); };
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    if (forecast) {
        const auto& total = forecast->total;
        out.push_back({QObject::tr("All calls"), QObject::tr("sum of all"), total.p50.empty() ? nan : sum(total.p50), total.skill, total.coverage, spark(total.p50), true});
        for (const auto& s : forecast->series) out.push_back({text(s.name), modelTitle(s.model), sum(s.p50), s.skill, s.coverage, spark(s.p50), false});
    } else if (models) {
        out.push_back({QObject::tr("All calls"), QObject::tr("sum of all"), nan, {}, {}, {}, true});
        for (const auto& s : models->series) {
            const auto* row = s.chosenRow();
            out.push_back({text(s.name), modelTitle(s.model), nan, row ? row->skill : std::nullopt, row ? row->coverage : std::nullopt, {}, false});
        }
    }
    return out;
}

void describeSeries(RowsModel<SeriesRow>& m) {
    m.addColumn({QObject::tr("Series"), {}, QObject::tr("Templates whose volumes rise and fall together"), ColumnKind::text, 190}, [](const SeriesRow& r) { return Cell::words(r.name, r.name); });
    m.addColumn({QObject::tr("Model"), {}, {}, ColumnKind::text, 100}, [](const SeriesRow& r) { return Cell::words(r.model, r.model); });
    m.addColumn({QObject::tr("Calls"), {}, QObject::tr("Expected (P50) over the forecast"), ColumnKind::number, 70},
                [](const SeriesRow& r) { return Cell::number(std::isnan(r.calls) ? std::nullopt : std::optional(r.calls), count(r.calls)); });
    m.addColumn({QObject::tr("Skill"), {}, QObject::tr("Measured by the backtest: 1 − error / error of the seasonal naive"), ColumnKind::number, 56},
                [](const SeriesRow& r) { return Cell::number(r.skill, r.skill ? figure(*r.skill) : dash()); });
    m.addColumn({QObject::tr("Forecast"), {}, QObject::tr("P50 over the forecast"), ColumnKind::spark, 84}, [](const SeriesRow& r) {
        Cell cell = Cell::words({});
        cell.spark = r.spark;
        return cell;
    });
}

ChartData forecastChart(const Workload& observed, const TrainedModels* models, const Forecast* forecast, int series) {
    ChartData chart;
    chart.timeAxis = true;
    chart.yTitle = QObject::tr("calls per %1").arg(perInterval(observed.rates.interval));
    std::vector<uint64_t> templates;
    if (series >= 0 && models && static_cast<size_t>(series) < models->series.size()) templates = models->series[static_cast<size_t>(series)].templates;
    const bool known = series < 0 || !templates.empty();
    if (known) {
        const auto history = historyOf(observed, templates);
        chart.series << ChartSeries{.name = QObject::tr("Observed"), .colour = neutralColour, .x = history.x, .y = history.y};
    }
    chart.name = series < 0 ? QObject::tr("All calls") : models && static_cast<size_t>(series) < models->series.size() ? text(models->series[static_cast<size_t>(series)].name) : QString();
    if (!forecast) return chart;
    const models::SeriesForecast* found = series < 0 ? &forecast->total : static_cast<size_t>(series) < forecast->series.size() ? &forecast->series[static_cast<size_t>(series)] : nullptr;
    if (!found || found->times.empty()) return chart;
    if (chart.name.isEmpty()) chart.name = text(found->name);
    ChartSeries line{.name = QObject::tr("Expected (P50)"), .colour = 0};
    for (size_t i = 0; i < found->times.size(); ++i) {
        line.x << static_cast<double>(found->times[i] / 1000);
        line.y << found->p50[i];
        line.low << found->p10[i];
        line.high << found->p90[i];
    }
    chart.series << line;
    chart.marks << ChartMark{static_cast<double>(forecast->range.begin / 1000), QObject::tr("now")};
    return chart;
}

QString forecastAnswer(const Workload& observed, const TrainedModels* models, const Forecast* forecast) {
    if (!forecast) {
        return models ? QObject::tr("%1 trained on %2; make a forecast to see what they expect.")
                            .arg(plural(models->series.size(), QObject::tr("series is"), QObject::tr("series are")), timeRange(models->trainedOn))
                      : QString();
    }
    const auto& total = forecast->total;
    const auto length = forecast->range.length();
    auto words = QObject::tr("The next %1 bring %2 calls").arg(seconds(static_cast<double>(length) / microsPerSecond), count(sum(total.p50)));
    // Against a stretch of the same length just before.
    const auto history = historyOf(observed, {});
    double before = 0;
    const double from = static_cast<double>((forecast->range.begin - length) / 1000);
    for (int i = 0; i < history.x.size(); ++i) {
        if (history.x[i] >= from) before += history.y[i];
    }
    if (before > 0 && observed.rates.range.length() >= length) {
        const double change = sum(total.p50) / before - 1;
        words += std::fabs(change) < 0.005 ? QObject::tr(", as many as the last")
                 : change >= 0           ? QObject::tr(", %1 more than the last").arg(roughShare(change))
                                         : QObject::tr(", %1 fewer than the last").arg(roughShare(-change));
    }
    if (total.skill) words += QObject::tr("; measured skill %1").arg(figure(*total.skill));
    return words + QLatin1Char('.');
}

QString calibrationWords(std::optional<double> coverage) {
    if (!coverage) return QObject::tr("The backtest was too short to say how often the band holds.");
    return QObject::tr("Of 100 actual counts of the backtest, %1 lay between P10 and P90; 80 would be right.").arg(std::lround(*coverage * 100));
}

}  // namespace foreshard::ui
