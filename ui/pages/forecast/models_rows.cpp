#include "ui/pages/forecast/models_rows.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/models/registry.h"
#include "core/models/series_title.h"
#include "ui/format/format.h"
#include "ui/pages/forecast/forecast_rows.h"

namespace foreshard::ui {

namespace {

QString stateOf(const KeptModelsView& kept) {
    QStringList words;
    if (kept.inForce) words << QObject::tr("in force");
    if (kept.pinned) words << QObject::tr("pinned");
    if (!kept.models) words << QObject::tr("unreadable");
    else if (!kept.ofThisWorkload) words << QObject::tr("of an earlier workload");
    return words.join(QStringLiteral(", "));
}

QString chosenModels(const models::ModelsSummary& summary) {
    std::vector<std::pair<size_t, models::VolumeModel>> order;
    for (const auto& [model, count] : summary.chosen) order.emplace_back(count, model);
    std::sort(order.begin(), order.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
    QStringList words;
    for (const auto& [count, model] : order) words << QStringLiteral("%1 %2").arg(modelTitle(model)).arg(count);
    return words.join(QStringLiteral(", "));
}

Cell figure(const std::optional<double>& value) { return Cell::number(value, value ? number(*value) : QStringLiteral("–")); }

}  // namespace

std::vector<KeptRow> keptRows(const KeptModelsSet& set) {
    std::vector<KeptRow> rows;
    for (const auto& kept : set.kept) {
        KeptRow row{.number = kept.number, .trained = instant(kept.trainedAt), .state = stateOf(kept), .why = text(kept.why)};
        row.inForce = kept.inForce, row.pinned = kept.pinned, row.readable = kept.models != nullptr;
        if (kept.models) {
            const auto summary = models::summaryOf(*kept.models);
            row.models = chosenModels(summary);
            row.where = text(kept.models->device + ", " + kept.models->library);
            row.logMse = summary.logMse, row.skill = summary.skill, row.coverage = summary.coverage;
            row.seconds = kept.models->seconds;
            row.series = kept.models->series.size();
        }
        rows.push_back(std::move(row));
    }
    std::reverse(rows.begin(), rows.end());
    return rows;
}

void describeKept(RowsModel<KeptRow>& m) {
    m.addColumn({QObject::tr("No."), {}, {}, ColumnKind::number, 48}, [](const KeptRow& r) { return Cell::number(r.number, QString::number(r.number)); });
    m.addColumn({QObject::tr("State"), {}, {}, ColumnKind::text, 150}, [](const KeptRow& r) {
        auto cell = Cell::words(r.state, r.why);
        cell.emphasis = r.inForce;
        return cell;
    });
    m.addColumn({QObject::tr("Trained"), {}, {}, ColumnKind::text, 120}, [](const KeptRow& r) { return Cell::words(r.trained); });
    m.addColumn({QObject::tr("Series"), {}, {}, ColumnKind::number, 56}, [](const KeptRow& r) { return r.readable ? Cell::number(static_cast<double>(r.series), QString::number(r.series)) : Cell::words(QStringLiteral("–")); });
    m.addColumn({QObject::tr("Chosen models"), {}, QObject::tr("How many series each model was chosen for, by the backtest"), ColumnKind::text, 220}, [](const KeptRow& r) { return Cell::words(r.models, r.models); });
    m.addColumn({QObject::tr("Log MSE"), {}, QObject::tr("Mean over the series of the backtest's squared error of ln(1 + calls)"), ColumnKind::number, 76}, [](const KeptRow& r) { return figure(r.logMse); });
    m.addColumn({QObject::tr("Skill"), {}, QObject::tr("1 − error / error of seasonal naive; 0 is no better than that"), ColumnKind::number, 60}, [](const KeptRow& r) { return figure(r.skill); });
    m.addColumn({QObject::tr("In band"), {}, QObject::tr("Actual counts between P10 and P90; 80 % would be right"), ColumnKind::number, 70}, [](const KeptRow& r) { return Cell::number(r.coverage, share(r.coverage)); });
    m.addColumn({QObject::tr("Took"), {}, {}, ColumnKind::number, 70}, [](const KeptRow& r) { return r.readable ? Cell::number(r.seconds, seconds(r.seconds)) : Cell::words(QStringLiteral("–")); });
    m.addColumn({QObject::tr("Device"), {}, {}, ColumnKind::text, 160}, [](const KeptRow& r) { return Cell::words(r.where, r.where); });
}

std::optional<double> ComparedRow::change() const {
    if (!firstLogMse || !secondLogMse || *firstLogMse <= 0) return std::nullopt;
    return *secondLogMse / *firstLogMse - 1;
}

std::vector<ComparedRow> comparedRows(const models::TrainedModels& first, const models::TrainedModels& second) {
    std::vector<ComparedRow> rows;
    const auto title = [](const models::TrainedModels& models, const std::string& name) {
        const auto found = std::find_if(models.series.begin(), models.series.end(), [&](const auto& series) { return series.name == name; });
        return found == models.series.end() ? text(name) : text(models::seriesTitle(name, found->templates.size()));
    };
    for (const auto& each : models::compareModels(first, second)) {
        ComparedRow row;
        row.series = title(each.first ? first : second, each.name);
        if (each.first) row.first = modelTitle(*each.first), row.firstLogMse = each.first->logMse;
        if (each.second) row.second = modelTitle(*each.second), row.secondLogMse = each.second->logMse;
        rows.push_back(std::move(row));
    }
    return rows;
}

void describeCompared(RowsModel<ComparedRow>& m) {
    m.addColumn({QObject::tr("Series"), {}, {}, ColumnKind::text, 220}, [](const ComparedRow& r) { return Cell::words(r.series, r.series); });
    m.addColumn({QObject::tr("In force"), {}, {}, ColumnKind::text, 140}, [](const ComparedRow& r) { return Cell::words(r.first); });
    m.addColumn({QObject::tr("Log MSE"), {}, {}, ColumnKind::number, 76}, [](const ComparedRow& r) { return figure(r.firstLogMse); });
    m.addColumn({QObject::tr("Chosen here"), {}, {}, ColumnKind::text, 140}, [](const ComparedRow& r) { return Cell::words(r.second); });
    m.addColumn({QObject::tr("Log MSE"), {}, {}, ColumnKind::number, 76}, [](const ComparedRow& r) { return figure(r.secondLogMse); });
    m.addColumn({QObject::tr("Change"), {}, QObject::tr("Of the error; below 0 is better"), ColumnKind::number, 76}, [](const ComparedRow& r) {
        const auto change = r.change();
        return Cell::number(change, change ? QStringLiteral("%1%2").arg(*change > 0 ? QStringLiteral("▲ ") : *change < 0 ? QStringLiteral("▼ ") : QString(), share(std::abs(*change))) : QStringLiteral("–"));
    });
}

QString comparisonAnswer(const std::vector<ComparedRow>& rows, uint32_t first, uint32_t second, bool sameWorkload) {
    size_t better = 0, worse = 0, judged = 0;
    constexpr double alike = 0.005;
    for (const auto& row : rows) {
        const auto change = row.change();
        if (!change) continue;
        ++judged;
        better += *change < -alike, worse += *change > alike;
    }
    if (judged == 0) return QObject::tr("Number %1 and number %2, which is in force, have no judged series in common.").arg(second).arg(first);
    auto words = QObject::tr("Number %1 beside number %2, which is in force: less error in %3 of %4 series, more in %5.").arg(second).arg(first).arg(better).arg(judged).arg(worse);
    if (!sameWorkload) words += QObject::tr(" Their errors were measured on different workloads.");
    return words;
}

ChartData trialsChart(const models::Study& study) {
    ChartData chart;
    chart.name = QObject::tr("Trials of %1").arg(text(study.name));
    chart.xTitle = QObject::tr("trial");
    chart.yTitle = QObject::tr("relative error");
    chart.yFromZero = false;
    ChartSeries finished{.name = QObject::tr("Finished"), .shape = Shape::points, .colour = 0}, stopped{.name = QObject::tr("Stopped early"), .shape = Shape::points, .colour = 1, .filled = false};
    ChartSeries least{.name = QObject::tr("Least so far"), .colour = neutralColour};
    double best = std::numeric_limits<double>::quiet_NaN();
    for (size_t i = 0; i < study.trials.size(); ++i) {
        const auto& trial = study.trials[i];
        const auto x = static_cast<double>(i + 1);
        if (trial.state != models::TrialState::failed) {
            auto& into = trial.state == models::TrialState::finished ? finished : stopped;
            into.x << x, into.y << trial.loss;
            into.labels << text(study.space.describe(trial.setting));
        }
        if (trial.state == models::TrialState::finished && !(best <= trial.loss)) best = trial.loss;
        least.x << x, least.y << best;
    }
    chart.xLow = 0;                            // so that the first and the last point stand whole
    chart.xHigh = static_cast<double>(study.trials.size() + 1);
    chart.series << least << finished << stopped;
    return chart;
}

QString studyWords(const models::Study& study) {
    const auto* best = study.best();
    if (!best) return QObject::tr("None of %1 trials has finished.").arg(study.trials.size());
    const auto count = [&](models::TrialState state) { return std::count_if(study.trials.begin(), study.trials.end(), [&](const auto& trial) { return trial.state == state; }); };
    auto words = QObject::tr("Error of the backtest over that of seasonal naive. Best of %1: %2.").arg(plural(study.trials.size(), QObject::tr("trial"), QObject::tr("trials")), text(study.space.describe(best->setting)));
    if (const auto stopped = count(models::TrialState::stopped)) words += QObject::tr(" %1 stopped early.").arg(stopped);
    if (const auto failed = count(models::TrialState::failed)) words += QObject::tr(" %1 failed.").arg(failed);
    return words;
}

}  // namespace foreshard::ui
