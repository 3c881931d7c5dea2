#include "ui/pages/simulate/projection_rows.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "ui/format/format.h"
#include "ui/theme/theme.h"

namespace foreshard::ui {

namespace {

using Value = std::optional<double>;
enum class Better : uint8_t { lower, none };

struct Metric {
    QString name, tip;
    std::function<Value(const ProjectionView&)> value;
    std::function<QString(Value)> words;
    Better better = Better::lower;
    std::string errorName;               // in ProjectionView::error; empty: exact by construction, or nobody measures it
    bool points = false;                 // a share: deltas in percentage points
    bool load = false;                   // made of the load per shard
    bool leftOut = false;                // where no column has it: it is no figure of theirs
};

QString unknown() { return QObject::tr("unknown"); }

Value peak(const ProjectionView& v) {
    double most = -1;
    for (const auto& shard : v.projection.load) {
        for (const double x : shard.values) most = std::max(most, x);
    }
    return most < 0 ? std::nullopt : Value(most);
}

Value storage(const ProjectionView& v) {
    Value most;
    for (const auto& bytes : v.projection.storageBytes) {
        if (!bytes) return std::nullopt;
        most = std::max(most.value_or(0), *bytes);
    }
    return most;
}

Value meanFanOut(const ProjectionView& v) {
    double sum = 0, all = 0;
    for (size_t k = 0; k < v.projection.fanOutMix.size(); ++k) {
        sum += static_cast<double>(k) * v.projection.fanOutMix[k];
        all += v.projection.fanOutMix[k];
    }
    return all > 0 ? Value(sum / all) : std::nullopt;
}

Value most(const std::vector<double>& values) { return values.empty() ? std::nullopt : Value(*std::max_element(values.begin(), values.end())); }

std::vector<Metric> metrics(const ProjectionSet& set) {
    // In the unit of the charts below.
    const bool perHour = busiestInterval(set) < 1;
    const auto rate = [perHour](Value v) {
        constexpr double secondsPerHour = 3600;
        return count(v && perHour ? Value(*v * secondsPerHour) : v);
    };
    const auto unit = perHour ? QStringLiteral("accesses/h") : QStringLiteral("accesses/s");
    const auto plain = [](Value v) { return v ? QString::number(*v, 'f', 2) : dash(); };
    const auto part = partProjected(set);
    return {
        {QObject::tr("Multi-shard transactions, %1").arg(part), QObject::tr("Transactions that touch more than one shard / all committed ones"),
         [](const auto& v) { return v.projection.multiShardShare; }, share, Better::lower, "multi_shard_share", true},
        {QObject::tr("  multi-shard writes"), QObject::tr("Those that write; they alone pay for two-phase commit"),
         [](const auto& v) { return v.projection.multiShardWriteShare; }, share, Better::lower, "multi_shard_write_share", true},
        {QObject::tr("  multi-shard reads"), QObject::tr("Those that only read"),
         [](const auto& v) { return v.projection.multiShardReadShare; }, share, Better::lower, {}, true},
        {QObject::tr("Shards per transaction"), QObject::tr("Mean over the fan-out mix"), meanFanOut, plain, Better::lower, {}},
        {QObject::tr("Hottest shard / mean"), QObject::tr("Load of the hottest shard over the whole time / mean of all shards"),
         [](const auto& v) { return v.projection.loadMaxOverMean; }, ratio, Better::lower, "load_max_over_mean", false, true},
        {QObject::tr("  in its worst interval"), QObject::tr("The same in the worst interval that carries at least 1 % of the accesses"),
         [](const auto& v) { return v.projection.loadMaxOverMeanWorst; }, ratio, Better::lower, {}, false, true},
        {QObject::tr("Busiest interval [%1]").arg(unit), QObject::tr("Load of the busiest shard in its busiest interval: the highest point of the charts below"), peak, rate, Better::lower, "load", false, true},
        {QObject::tr("  P90 over sampled futures"), QObject::tr("Forecasts only: quantile of the projection over sampled paths"),
         [](const auto& v) { return most(v.projection.peakP90); }, rate, Better::lower, {}, false, true, true},
        {QObject::tr("Largest shard"), QObject::tr("Bytes on the fullest shard; not known where a table's size is not"), storage, bytes, Better::lower, "storage_bytes"},
        {QObject::tr("Largest shard / mean"), QObject::tr("Bytes on the fullest shard / mean of all; rows where sizes are not known"), [](const auto& v) { return v.projection.storageMaxOverMean; }, ratio, Better::lower, {}},
        {QObject::tr("Bytes to move"), QObject::tr("What a move from the baseline brings to another shard, copies included; not known where a table's size is not, or where the baseline is spread already"),
         [](const auto& v) { return v.projection.bytesMoved; }, bytes, Better::none, {}},
        {QObject::tr("Transactions behind it"), QObject::tr("Sampled transactions that the shares are made from"),
         [](const auto& v) { return Value(static_cast<double>(v.projection.transactions)); }, number, Better::none, {}},
    };
}

Cell cellOf(const Metric& metric, const ProjectionView& column, const ProjectionView& baseline, bool isBaseline) {
    const auto value = metric.value(column), base = metric.value(baseline);
    Cell cell = Cell::number(value, value ? metric.words(value) : unknown(), metric.tip);
    if (!value && metric.load && column.projection.load.empty()) cell.tip += QLatin1Char('\n') + text(column.projection.loadOrigin);
    if (value && !metric.errorName.empty()) {
        const auto error = column.error.find(metric.errorName);
        cell.tip += error == column.error.end() ? QObject::tr("\nnot calibrated: no replay has measured its error") : QObject::tr("\nerror measured by replay: %1").arg(share(error->second));
    }
    if (isBaseline || !value || !base || metric.better == Better::none) return cell;
    const double delta = *value - *base;
    const bool same = std::fabs(delta) < 1e-9 * std::max(1.0, std::fabs(*base));
    if (same) return cell;
    const bool matters = std::fabs(delta) >= 0.1 * std::fabs(*base);
    const auto arrow = delta > 0 ? QStringLiteral("▲") : QStringLiteral("▼");
    const auto by = metric.points ? QString::number(std::fabs(delta) * 100, 'f', std::fabs(delta) < 0.1 ? 1 : 0) + QObject::tr(" pt")
                    : *base != 0 ? share(std::fabs(delta / *base)) : metric.words(std::fabs(delta));
    cell.text += QStringLiteral("   %1 %2").arg(arrow, by);
    if (matters) cell.colour = delta > 0 ? Theme::instance().colours().warning : Theme::instance().colours().accent;
    return cell;
}

}  // namespace

double busiestInterval(const ProjectionSet& set) {
    double out = 0;
    for (const auto& column : set.columns) {
        out = std::max({out, peak(column).value_or(0), most(column.projection.peakP90).value_or(0)});
    }
    return out;
}

QString columnTitle(const ProjectionView& column) {
    QStringList parts{text(column.designName.empty() ? column.designId : column.designName)};
    if (column.scenario.forecast) parts << QObject::tr("forecast");
    if (column.scenario.growth != 1.0) parts << QObject::tr("growth %1").arg(ratio(column.scenario.growth));
    parts << plural(column.projection.shards, QObject::tr("shard"), QObject::tr("shards"));
    return parts.join(QStringLiteral(" · "));
}

std::vector<ProjectionRow> projectionRows(const ProjectionSet& set) {
    std::vector<ProjectionRow> out;
    if (set.columns.empty()) return out;
    for (const auto& metric : metrics(set)) {
        ProjectionRow row{metric.name, metric.tip, {}};
        bool any = false;
        for (size_t i = 0; i < set.columns.size(); ++i) {
            row.cells.push_back(cellOf(metric, set.columns[i], set.columns.front(), i == 0));
            any |= row.cells.back().sort.isValid();
        }
        if (any || !metric.leftOut) out.push_back(std::move(row));
    }
    return out;
}

void describeProjections(RowsModel<ProjectionRow>& m, const ProjectionSet& set) {
    m.clearColumns();
    m.addColumn({QObject::tr("Figure"), {}, {}, ColumnKind::text, 210}, [](const ProjectionRow& r) { return Cell::words(r.name, r.tip); });
    for (size_t i = 0; i < set.columns.size(); ++i) {
        const auto title = i == 0 ? QObject::tr("%1 (baseline)").arg(columnTitle(set.columns[i])) : columnTitle(set.columns[i]);
        m.addColumn({title, {}, text(set.columns[i].projection.loadOrigin), ColumnKind::number, 210},
                    [i](const ProjectionRow& r) { return i < r.cells.size() ? r.cells[i] : Cell::words({}); });
    }
}

QList<ChartData> loadCharts(const ProjectionView& column) {
    QList<ChartData> out;
    for (const auto& shard : column.projection.load) {
        ChartData chart;
        chart.name = QObject::tr("shard %1").arg(shard.shard);
        chart.yTitle = QObject::tr("accesses/s");
        chart.timeAxis = true;
        ChartSeries line{.name = QObject::tr("load"), .colour = static_cast<int>(shard.shard)};
        for (size_t i = 0; i < shard.values.size() && i < column.projection.times.size(); ++i) {
            line.x << static_cast<double>(column.projection.times[i] / 1000);
            line.y << shard.values[i];
        }
        chart.series << line;
        out << chart;
    }
    return out;
}

QString projectionAnswer(const ProjectionSet& set) {
    if (set.columns.size() < 2) return set.columns.empty() ? QString() : columnTitle(set.columns.front());
    const auto& base = set.columns.front();
    const auto best = std::min_element(set.columns.begin() + 1, set.columns.end(), [](const auto& a, const auto& b) {
        return a.projection.multiShardShare.value_or(2) < b.projection.multiShardShare.value_or(2);
    });
    QStringList parts;
    if (best->projection.multiShardShare) {
        parts << QObject::tr("%1 of transactions touch several shards (%2)").arg(share(best->projection.multiShardShare), partProjected(set));
    }
    const auto from = peak(base), to = peak(*best);
    if (from && to && *from > 0) {
        parts << (*to <= *from ? QObject::tr("at the peak its busiest shard carries %1 of what the busiest carries with %2").arg(roughShare(*to / *from), text(base.designName))
                               : QObject::tr("at the peak its busiest shard carries %1 as much as with %2").arg(ratio(*to / *from), text(base.designName)));
    }
    if (parts.isEmpty() && best->projection.load.empty()) return QObject::tr("“%1” cannot be judged: its load per shard is %2.").arg(text(best->designName), text(best->projection.loadOrigin));
    if (parts.isEmpty()) return columnTitle(*best);
    return QObject::tr("With “%1”, %2.").arg(text(best->designName), parts.join(QObject::tr(" and ")));
}

QString partProjected(const ProjectionSet& set) {
    return set.time ? timeRange(*set.time) : QObject::tr("whole log");
}

QString unknownLoads(const ProjectionSet& set) {
    QStringList lines;
    for (const auto& column : set.columns) {
        if (column.projection.load.empty()) lines << QObject::tr("“%1”: load per shard %2.").arg(text(column.designName), text(column.projection.loadOrigin));
    }
    return lines.join(QLatin1Char('\n'));
}

}  // namespace foreshard::ui
