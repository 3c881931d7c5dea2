#include "ui/pages/forecast/forecast_rows.h"

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>

#include "core/base/units.h"
#include "ui/format/format.h"
#include "ui/pages/workload/template_rows.h"

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

}  // namespace

QString modelTitle(models::VolumeModel model) {
    switch (model) {
        case models::VolumeModel::seasonalNaive: return QObject::tr("Seasonal naive");
        case models::VolumeModel::nlinear: return QObject::tr("NLinear");
        case models::VolumeModel::phaseMean: return QObject::tr("Phase mean");
        case models::VolumeModel::theta: return QObject::tr("Theta");
        case models::VolumeModel::linear: return QObject::tr("Linear on lags");
        case models::VolumeModel::network: return QObject::tr("Network on lags");
        case models::VolumeModel::trees: return QObject::tr("Trees on lags");
        case models::VolumeModel::average: return QObject::tr("Average");
    }
    return {};
}

QString modelTitle(const models::BacktestRow& row) {
    if (row.model == models::VolumeModel::phaseMean) return QObject::tr("Phase mean, %1").arg(row.season);
    if (row.model != models::VolumeModel::seasonalNaive) return modelTitle(row.model);
    return row.season <= 1 ? QObject::tr("Last value") : QObject::tr("Seasonal naive, %1").arg(row.season);
}

std::vector<LeaderRow> leaderRows(const TrainedModels& models) {
    std::vector<LeaderRow> out;
    const auto add = [&](const models::SeriesModel& series, int index) {
        double best = std::numeric_limits<double>::infinity(), worst = 0;
        for (const auto& row : series.backtest) {
            best = std::min(best, row.logMse);
            worst = std::max(worst, row.logMse);
        }
        for (const auto& row : series.backtest) {
            out.push_back({text(series.name), modelTitle(row), index, row.chosen, row.logMse, best, worst, row.nd, row.mase, row.skill, row.coverage, row.origins});
        }
    };
    for (size_t s = 0; s < models.series.size(); ++s) add(models.series[s], static_cast<int>(s));
    if (models.total) add(*models.total, -1);
    return out;
}

void describeLeaders(RowsModel<LeaderRow>& m) {
    m.addColumn({QObject::tr("Model"), {}, {}, ColumnKind::text, 140}, [](const LeaderRow& r) {
        const auto words = r.chosen ? QObject::tr("%1 (chosen)").arg(r.model) : r.model;
        return Cell::words(words, QObject::tr("%1: rolling backtest from %2; ND (sum of absolute errors / sum of counts) %3")
                                      .arg(words, plural(r.origins, QObject::tr("origin"), QObject::tr("origins")), decimals(r.nd, 2)));
    });
    m.addColumn({QObject::tr("Error"), {}, QObject::tr("Log MSE on a common scale for this series; the chosen model's dot is filled"), ColumnKind::dot, 84},
                [](const LeaderRow& r) {
                    Cell cell = Cell::number(r.logMse, decimals(r.logMse, 3));
                    cell.bar = r.worstLogMse > 0 ? r.logMse / r.worstLogMse : 0;
                    cell.emphasis = r.chosen;
                    return cell;
                });
    m.addColumn({QObject::tr("Log MSE"), {}, QObject::tr("Mean squared error of ln(1 + count) over all origins and steps"), ColumnKind::number, 70},
                [](const LeaderRow& r) { return Cell::number(r.logMse, decimals(r.logMse, 3)); });
    m.addColumn({QObject::tr("MASE"), {}, QObject::tr("Mean absolute error / that of the seasonal naive model on the training part"), ColumnKind::number, 60},
                [](const LeaderRow& r) { return Cell::number(r.mase, decimals(r.mase, 2)); });
    m.addColumn({QObject::tr("Skill"), {}, QObject::tr("1 − log MSE / log MSE of the best seasonal naive; above 0 is better than it"), ColumnKind::number, 60},
                [](const LeaderRow& r) { return Cell::number(r.skill, decimals(r.skill, 2)); });
    m.addColumn({QObject::tr("In band"), {}, QObject::tr("Share of actual counts inside P10…P90; 80 % would be right"), ColumnKind::number, 70},
                [](const LeaderRow& r) { return Cell::number(r.coverage, shareInTable(r.coverage)); });
}

std::vector<SeriesRow> seriesRows(const workload::Facts& facts, const TrainedModels* models, const Forecast* forecast) {
    std::vector<SeriesRow> out;
    const auto titled = [&](const std::string& name, QString model) {
        SeriesRow row{.name = text(name), .model = std::move(model), .tip = text(name)};
        for (const auto& s : models ? models->series : std::vector<models::SeriesModel>()) {
            if (s.name != name) continue;
            row.name = seriesTitle(facts, s.templates, s.name);
            QStringList statements;
            for (const auto fingerprint : s.templates) {
                if (const auto id = facts.findTemplate(fingerprint)) statements << shortened(text(facts.templates[*id].text), 110);
            }
            row.tip = row.model + QLatin1Char('\n') + statements.join(QLatin1Char('\n'));
        }
        return row;
    };
    const auto spark = [](const std::vector<double>& v) { return QList<double>(v.begin(), v.end()); };
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    SeriesRow all{.name = QObject::tr("All calls"), .model = QObject::tr("sum of all"), .calls = nan, .total = true};
    if (forecast) {
        const auto& total = forecast->total;
        all.calls = total.p50.empty() ? nan : sum(total.p50);
        all.skill = total.skill;
        all.coverage = total.coverage;
        all.spark = spark(total.p50);
    }
    if (forecast || models) out.push_back(all);
    for (const auto& s : forecast ? forecast->series : std::vector<models::SeriesForecast>()) {
        auto row = titled(s.name, modelTitle(s.model));
        row.calls = sum(s.p50);
        row.skill = s.skill;
        row.coverage = s.coverage;
        row.spark = spark(s.p50);
        out.push_back(std::move(row));
    }
    if (forecast) return out;
    for (const auto& s : models ? models->series : std::vector<models::SeriesModel>()) {
        auto row = titled(s.name, modelTitle(s.model));
        row.calls = nan;
        if (const auto* chosen = s.chosenRow()) {
            row.skill = chosen->skill;
            row.coverage = chosen->coverage;
        }
        out.push_back(std::move(row));
    }
    return out;
}

void describeSeries(RowsModel<SeriesRow>& m) {
    m.addColumn({QObject::tr("Series"), {}, QObject::tr("Templates whose volumes rise and fall together"), ColumnKind::text, 190}, [](const SeriesRow& r) { return Cell::words(r.name, r.tip); });
    m.addColumn({QObject::tr("Calls"), {}, QObject::tr("Expected (P50) over the forecast"), ColumnKind::number, 70},
                [](const SeriesRow& r) { return Cell::number(std::isnan(r.calls) ? std::nullopt : std::optional(r.calls), count(r.calls)); });
    m.addColumn({QObject::tr("Skill"), {}, QObject::tr("Measured by the backtest: 1 − error / error of the seasonal naive"), ColumnKind::number, 56},
                [](const SeriesRow& r) { return Cell::number(r.skill, decimals(r.skill, 2)); });
    m.addColumn({QObject::tr("Forecast"), {}, QObject::tr("P50 over the forecast"), ColumnKind::spark, 84}, [](const SeriesRow& r) {
        Cell cell = Cell::words({});
        cell.spark = r.spark;
        return cell;
    });
}

std::vector<EventRow> eventRows(const std::vector<models::CalendarEvent>& events, const Forecast* forecast) {
    std::vector<EventRow> rows;
    for (const auto& event : events) {
        EventRow row{.name = text(event.name), .from = instant(event.begin), .to = instant(event.end), .like = text(event.like), .begin = event.begin, .end = event.end, .factor = {}};
        for (const auto& known : forecast ? forecast->events : std::vector<models::EventForecast>()) {
            if (known.name != event.name || known.begin != event.begin) continue;
            row.foreseen = true;
            row.seen = known.occurrences;
            if (known.occurrences > 0) row.factor = known.factor;
        }
        rows.push_back(std::move(row));
    }
    return rows;
}

void describeEvents(RowsModel<EventRow>& m) {
    m.addColumn({QObject::tr("Event"), {}, QObject::tr("Events of one name are occurrences of one kind"), ColumnKind::text, 160}, [](const EventRow& r) { return Cell::words(r.name); });
    const auto time = [](const QString& words, Instant at) { return Cell::number(static_cast<double>(at), words); };
    m.addColumn({QObject::tr("From"), {}, QObject::tr("In the zone %1").arg(zone()), ColumnKind::text, 130}, [time](const EventRow& r) { return time(r.from, r.begin); });
    m.addColumn({QObject::tr("Until"), {}, QObject::tr("In the zone %1").arg(zone()), ColumnKind::text, 130}, [time](const EventRow& r) { return time(r.to, r.end); });
    m.addColumn({QObject::tr("Like"), {}, QObject::tr("The event that it is of the same kind as"), ColumnKind::text, 90}, [](const EventRow& r) { return Cell::words(r.like); });
    m.addColumn({QObject::tr("Expected"), {}, QObject::tr("What the forecast expects of it: calls in it by calls without it, measured where events of its kind have happened"), ColumnKind::number, 76}, [](const EventRow& r) {
        const auto tip = !r.foreseen  ? QObject::tr("It is not in the time of the forecast")
                         : r.seen == 0 ? QObject::tr("Nothing of its kind was seen before: the band is wider then")
                                       : QObject::tr("Seen before: %1").arg(plural(r.seen, QObject::tr("event of its kind"), QObject::tr("events of its kind")));
        return Cell::number(r.factor, r.factor ? ratio(*r.factor) : dash(), tip);
    });
}

QList<ChartSpan> eventSpans(const std::vector<models::CalendarEvent>& events) {
    QList<ChartSpan> spans;
    for (const auto& event : events) spans << ChartSpan{static_cast<double>(event.begin) / 1000, static_cast<double>(event.end) / 1000, text(event.name)};
    return spans;
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
    // Up to three days in hours: "the next 24 h".
    const auto ahead = length <= 3 * microsPerDay ? QObject::tr("%1 h").arg(length / microsPerHour) : seconds(static_cast<double>(length) / microsPerSecond);
    auto words = QObject::tr("The next %1 bring %2 calls").arg(ahead, count(sum(total.p50)));
    // Against a stretch of the same length just before.
    const auto history = historyOf(observed, {});
    double before = 0;
    const double from = static_cast<double>((forecast->range.begin - length) / 1000);
    for (int i = 0; i < history.x.size(); ++i) {
        if (history.x[i] >= from) before += history.y[i];
    }
    if (before > 0 && observed.rates.range.length() >= length) {
        const double change = sum(total.p50) / before - 1;
        words += std::fabs(change) < 0.005 ? QObject::tr(", as many as the last %1").arg(ahead)
                 : change >= 0           ? QObject::tr(", %1 more than the last %2").arg(roughShare(change), ahead)
                                         : QObject::tr(", %1 fewer than the last %2").arg(roughShare(-change), ahead);
    }
    if (total.skill) words += QObject::tr("; measured skill %1").arg(decimals(total.skill, 2));
    return words + QLatin1Char('.');
}

QString calibrationWords(std::optional<double> coverage) {
    if (!coverage) return QObject::tr("The backtest was too short to say how often the band holds.");
    return QObject::tr("Of 100 actual counts of the backtest, %1 lay between P10 and P90; 80 would be right.").arg(std::lround(*coverage * 100));
}

}  // namespace foreshard::ui
