#include "ui/pages/designs/compare.h"

#include <algorithm>

#include "core/advisor/decisions.h"
#include "ui/format/format.h"
#include "ui/theme/theme.h"

namespace foreshard::ui {

namespace {

using advisor::Advice;
using advisor::RankedDesign;

QString nameOf(const Advice& advice, const std::string& id) {
    for (const auto& d : advice.designs)
        if (d.design.id == id) return QStringLiteral("%1 · %2").arg(d.rank).arg(designTitle(d));
    return text(id);
}

std::optional<double> spreadOf(const RankedDesign& d, Spread spread) { return spread == Spread::reads ? multiShardReads(d.scores) : d.scores.multiShardWriteShare; }

// Down and to the right from point to point that no other one is below and left of.
ChartSeries frontLine(const QList<QPointF>& points) {
    QList<QPointF> sorted = points;
    std::sort(sorted.begin(), sorted.end(), [](const QPointF& a, const QPointF& b) { return std::pair(a.x(), a.y()) < std::pair(b.x(), b.y()); });
    ChartSeries line{.name = QObject::tr("front of these two figures"), .colour = neutralColour, .dashed = true};
    for (const auto& p : sorted) {
        if (!line.y.isEmpty() && p.y() >= line.y.back()) continue;
        if (!line.y.isEmpty()) {
            line.x << p.x();
            line.y << line.y.back();
        }
        line.x << p.x();
        line.y << p.y();
    }
    return line;
}

}  // namespace

std::vector<CompareRow> compareRows(const Advice& advice) {
    std::vector<CompareRow> out;
    for (const auto& d : advice.designs) {
        CompareRow row{d.design.id, d.rank, designTitle(d), text(d.reason), multiShardReads(d.scores), d.scores.multiShardWriteShare, d.scores.loadMaxOverMean, d.scores.storageMaxOverMean,
                       d.movedShare, d.scores.multiShardShare ? std::optional(d.objective) : std::nullopt, d.regret, {}, d.onFront};
        for (const auto& better : advice.designs)
            if (!d.beatenBy.empty() && better.design.id == d.beatenBy) row.front = QObject::tr("runner-up of %1").arg(better.rank);
        if (row.front.isEmpty() && d.onFront) row.front = QObject::tr("front");
        if (advisor::drawnByHand(d.design)) row.front = row.front.isEmpty() ? QObject::tr("by hand") : QObject::tr("by hand, %1").arg(row.front);
        out.push_back(std::move(row));
    }
    return out;
}

void describeCompare(RowsModel<CompareRow>& m) {
    const auto shareOf = [&m](const QString& title, const QString& tip, std::optional<double> CompareRow::*value, int width) {
        m.addColumn({title, {}, tip, ColumnKind::number, width}, [value](const CompareRow& r) { return Cell::number(r.*value, shareInTable(r.*value)); });
    };
    const auto ratioOf = [&m](const QString& title, const QString& tip, std::optional<double> CompareRow::*value) {
        m.addColumn({title, {}, tip, ColumnKind::number, 74}, [value](const CompareRow& r) { return Cell::number(r.*value, ratio(r.*value)); });
    };
    m.addColumn({QObject::tr("Rank"), {}, QObject::tr("By the objective, with the weights that stand under “Decisions”; designs drawn by hand come last"), ColumnKind::number, 48},
                [](const CompareRow& r) { return Cell::number(r.rank, QString::number(r.rank)); });
    m.addColumn({QObject::tr("Design"), {}, {}, ColumnKind::text, 200}, [](const CompareRow& r) { return Cell::words(r.name, r.reason); });
    shareOf(QObject::tr("Reads"), QObject::tr("Transactions that touch several shards and are no multi-shard writes / all transactions"), &CompareRow::reads, 64);
    shareOf(QObject::tr("Writes"), QObject::tr("Transactions that write on several shards / all transactions"), &CompareRow::writes, 64);
    ratioOf(QObject::tr("Hottest"), QObject::tr("Load of the hottest shard / mean load"), &CompareRow::load);
    ratioOf(QObject::tr("Largest"), QObject::tr("Rows of the largest shard / mean"), &CompareRow::storage);
    shareOf(QObject::tr("To move"), QObject::tr("Bytes that have to be sent from today's layout / all bytes; a copy for k more shards counts k"), &CompareRow::moved, 70);
    m.addColumn({QObject::tr("Objective"), {}, QObject::tr("Sum of what each weight adds, in units of one more shard for one transaction in one; lower is better"), ColumnKind::number, 94},
                [](const CompareRow& r) { return Cell::number(r.objective, decimals(r.objective, 3)); });
    m.addColumn({QObject::tr("Regret"), {}, QObject::tr("Most that it loses to the best listed design, in the objective, where the mix shifts by a fifth, volumes grow as the forecast's P90, or there are two shards more or fewer"), ColumnKind::number, 66},
                [](const CompareRow& r) { return Cell::number(r.regret, decimals(r.regret, 3)); });
    m.addColumn({QObject::tr("Front"), {}, QObject::tr("No listed design is as good in multi-shard reads, multi-shard writes and load, and clearly better in one"), ColumnKind::text, 84}, [](const CompareRow& r) {
        auto cell = Cell::words(r.front, r.front);
        if (!r.onFront) cell.colour = Theme::instance().colours().secondary;
        return cell;
    });
    m.setIdentity([](const CompareRow& r) { return QVariant(text(r.id)); });
}

std::vector<TurningRow> turningRows(const Advice& advice) {
    std::vector<TurningRow> out;
    for (const auto& point : advice.turningPoints) out.push_back({text(point.change), nameOf(advice, point.winner), point.likely ? QObject::tr("likely") : QObject::tr("far"), point.loss});
    return out;
}

void describeTurning(RowsModel<TurningRow>& m) {
    m.addColumn({QObject::tr("What would have to change"), {}, QObject::tr("In the load or the number of shards, for another design to win"), ColumnKind::text, 320}, [](const TurningRow& r) { return Cell::words(r.change, r.change); });
    m.addColumn({QObject::tr("Then wins"), {}, {}, ColumnKind::text, 180}, [](const TurningRow& r) { return Cell::words(r.winner, r.winner); });
    m.addColumn({QObject::tr("First loses"), {}, QObject::tr("What the first design is worse by then, in the objective; 0 where it only draws level"), ColumnKind::number, 84},
                [](const TurningRow& r) { return Cell::number(r.loss, decimals(r.loss, 3)); });
    m.addColumn({QObject::tr("How near"), {}, QObject::tr("Likely: a shift of the mix by a fifth, the forecast's P90, or two shards more or fewer do it"), ColumnKind::text, 76}, [](const TurningRow& r) { return Cell::words(r.likely); });
}

QString regretWords(const Advice& advice) {
    if (advice.designs.empty() || !advice.designs.front().regret) return {};
    const double regret = *advice.designs.front().regret;
    const bool likely = std::any_of(advice.turningPoints.begin(), advice.turningPoints.end(), [](const auto& point) { return point.likely; });
    if (regret <= 1e-9 && !likely) return QObject::tr("The first design stays the best one where the mix shifts by a fifth, volumes grow, or there are two shards more or fewer.");
    return QObject::tr("Where the mix shifts by a fifth, volumes grow, or there are two shards more or fewer, the first design loses at most %1 of the objective to another one.").arg(decimals(regret, 3));
}

ChartData paretoChart(const Advice& advice, Spread spread, const std::string& baseline, const std::string& chosen) {
    ChartData chart;
    const bool reads = spread == Spread::reads;
    chart.name = reads ? QObject::tr("Designs: multi-shard reads against the hottest shard") : QObject::tr("Designs: multi-shard writes against the hottest shard");
    chart.xTitle = (reads ? QObject::tr("multi-shard reads, %1 [%]") : QObject::tr("multi-shard writes, %1 [%]")).arg(partSearched(advice));
    chart.yTitle = QObject::tr("hottest shard / mean");
    chart.yFromZero = false;
    chart.xText = [](double v) { return QString::number(v, 'g', 3); };
    double most = 1;
    QList<QPointF> points;
    std::optional<ChartSeries> ring;
    for (const auto& d : advice.designs) {
        const auto x = spreadOf(d, spread);
        if (!x || !d.scores.loadMaxOverMean) continue;
        ChartSeries point{.name = designTitle(d), .shape = Shape::points, .colour = static_cast<int>(d.rank) - 1};
        point.x << *x * 100;
        point.y << *d.scores.loadMaxOverMean;
        points << QPointF(point.x.front(), point.y.front());
        most = std::max(most, point.x.front());
        point.labels << text(d.design.id);
        point.mark = d.design.id == baseline ? QObject::tr("%1 (baseline)").arg(d.rank) : QString::number(d.rank);
        point.dimmed = !d.onFront;
        if (point.dimmed) point.name += QObject::tr(" (not on the front)");
        chart.series << point;
        if (d.design.id != chosen) continue;
        point.name = QObject::tr("Chosen");
        point.mark.clear();
        point.filled = point.dimmed = false;
        ring = point;
    }
    if (ring) chart.series << *ring;
    if (points.size() > 1) chart.series << frontLine(points);
    // As many places as keep the ticks apart.
    const auto range = yRange(chart);
    const int places = range.high - range.low < 0.05 ? 3 : 2;
    chart.yText = [places](double v) { return QString::number(v, 'f', places); };
    chart.xLow = -0.03 * most;           // a point at 0 is whole
    chart.xHigh = most * 1.1;
    return chart;
}

}  // namespace foreshard::ui
