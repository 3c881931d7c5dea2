#include "ui/pages/workload/template_rows.h"

#include <algorithm>
#include <map>
#include <set>

#include "core/workload/untimed.h"
#include "ui/format/format.h"

namespace foreshard::ui {

namespace {

using workload::Facts;
using workload::Workload;

bool lowerBounds(const Workload& w) {
    return std::any_of(w.facts->coverage.begin(), w.facts->coverage.end(), [](const auto& c) { return c.lowerBounds(); });
}

QString tablesOf(const Facts& facts, const workload::Template& t) {
    std::set<workload::TableId> tables;
    for (const auto& access : t.accesses) tables.insert(access.table);
    QStringList names;
    for (const auto id : tables) names << bareTable(facts.schema.tables[id].qualifiedName());
    return names.join(QStringLiteral(", "));
}

QString kindOf(const workload::Template& t) { return QString::fromLatin1(sql::toString(t.facts.kind)).toUpper(); }

// At most 60 points for a spark line.
QList<double> sparkOf(const std::vector<workload::SeriesPoint>& points, int64_t first, int64_t end) {
    const int64_t length = std::max<int64_t>(1, end - first), buckets = std::min<int64_t>(60, length);
    QList<double> out(static_cast<int>(buckets), 0.0);
    for (const auto& p : points) {
        if (p.interval >= first && p.interval < end) out[static_cast<int>((p.interval - first) * buckets / length)] += fromWeight(p.calls);
    }
    return out;
}

struct IntervalSpan {
    int64_t first = 0, end = 0;
};
IntervalSpan spanOf(const Workload& w, std::optional<TimeRange> time) {
    if (w.rates.range.empty()) return {};
    IntervalSpan out{w.rates.firstInterval(), w.rates.endInterval()};
    if (time && !time->empty()) {
        out.first = std::max(out.first, intervalIndex(time->begin, w.rates.interval));
        out.end = std::min(out.end, intervalIndex(time->end - 1, w.rates.interval) + 1);
    }
    return out;
}

}  // namespace

std::vector<TemplateRow> templateRows(const Workload& w, std::optional<TimeRange> time) {
    const auto span = spanOf(w, time);
    std::vector<TemplateRow> out;
    double all = 0;
    for (size_t i = 0; i < w.facts->templates.size() && i < w.rates.templates.size(); ++i) {
        const auto& t = w.facts->templates[i];
        TemplateRow row{.fingerprint = t.fingerprint, .sql = text(t.text), .kind = kindOf(t), .tables = tablesOf(*w.facts, t), .parsed = t.facts.parsed};
        double timed = 0, counted = 0, ns = 0, rows = 0;
        for (const auto& p : w.rates.templates[i].points) {
            if (p.interval < span.first || p.interval >= span.end) continue;
            row.calls += fromWeight(p.calls);
            timed += fromWeight(p.timedCalls);
            counted += fromWeight(p.countedCalls);
            ns += static_cast<double>(p.durationNs);
            rows += static_cast<double>(p.rows);
        }
        if (row.calls <= 0) continue;
        if (timed > 0) row.meanMs = ns / timed / 1e6;
        if (counted > 0) row.rowsPerCall = rows / counted;
        row.overTime = sparkOf(w.rates.templates[i].points, span.first, span.end);
        all += row.calls;
        out.push_back(std::move(row));
    }
    if (all > 0 && !lowerBounds(w)) {
        for (auto& row : out) row.share = row.calls / all;
    }
    std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.calls > b.calls; });
    return out;
}

void describeTemplates(RowsModel<TemplateRow>& m) {
    m.addColumn({QObject::tr("Template"), {}, QObject::tr("The statement with its literals taken out; grey slots stand for them"), ColumnKind::sql, 420},
                [](const TemplateRow& r) { return Cell{r.sql, r.sql, r.parsed ? r.sql : r.sql + QObject::tr("\nread by its tokens only: the parser refused it")}; });
    m.addColumn({QObject::tr("Calls"), {}, QObject::tr("Weighted by the sample rate"), ColumnKind::number},
                [](const TemplateRow& r) { return Cell::number(r.calls, number(r.calls)); });
    m.addColumn({QObject::tr("Share"), {}, QObject::tr("Calls of this template / calls of all"), ColumnKind::bar},
                [](const TemplateRow& r) { return Cell::share(r.share, shareInTable(r.share)); });
    m.addColumn({QObject::tr("Mean"), QStringLiteral("ms"), QObject::tr("Sum of durations / calls with a duration"), ColumnKind::number},
                [](const TemplateRow& r) { return Cell::number(r.meanMs, decimals(r.meanMs, 2)); });
    m.addColumn({QObject::tr("Rows/call"), {}, QObject::tr("Rows returned or changed / calls whose rows the log tells"), ColumnKind::number},
                [](const TemplateRow& r) { return Cell::number(r.rowsPerCall, decimals(r.rowsPerCall, 1)); });
    m.addColumn({QObject::tr("Tables"), {}, {}, ColumnKind::text, 110}, [](const TemplateRow& r) { return Cell::words(r.tables, r.tables); });
    m.addColumn({QObject::tr("Over time"), {}, QObject::tr("Calls over the shown time, from nothing to its own peak"), ColumnKind::spark},
                [](const TemplateRow& r) {
                    Cell cell = Cell::words({});
                    cell.spark = r.overTime;
                    return cell;
                });
    m.setIdentity([](const TemplateRow& r) { return QVariant::fromValue<quint64>(r.fingerprint); });
}

QString columnName(const Facts& facts, workload::ColumnId column) {
    if (column >= facts.columns.size()) return {};
    const auto& key = facts.columns[column];
    return bareTable(facts.schema.tables[key.table].qualifiedName()) + QLatin1Char('.') + text(key.expression);
}

QString seriesTitle(const Facts& facts, const std::vector<uint64_t>& templates, const std::string& name) {
    // A series is named after its busiest template.
    std::optional<workload::TemplateId> busiest;
    for (const auto fingerprint : templates) {
        const auto id = facts.findTemplate(fingerprint);
        if (id && (!busiest || text(facts.templates[*id].text).startsWith(text(name)))) busiest = id;
    }
    if (!busiest) return text(name);
    const auto chip = templateChip(facts, facts.templates[*busiest]);
    return templates.size() > 1 ? QObject::tr("%1 + %2 more").arg(chip).arg(templates.size() - 1) : chip;
}

QString templateChip(const Facts& facts, const workload::Template& t) { return kindOf(t) + QLatin1Char(' ') + tablesOf(facts, t); }

std::vector<ClassRow> classRows(const Workload& w, std::optional<TimeRange> time) {
    const auto span = spanOf(w, time);
    std::vector<ClassRow> out;
    double all = 0;
    for (size_t i = 0; i < w.facts->classes.size(); ++i) {
        const auto& c = w.facts->classes[i];
        ClassRow row{.fingerprint = c.fingerprint, .size = static_cast<int>(c.templates.size()), .aborted = fromWeight(c.aborted)};
        if (time && i < w.rates.classes.size()) {
            for (const auto& [interval, weight] : w.rates.classes[i]) {
                if (interval >= span.first && interval < span.end) row.count += fromWeight(weight);
            }
        } else {
            row.count = fromWeight(c.count);
        }
        QStringList chips, tips;
        for (const auto id : c.templates) {
            if (id >= w.facts->templates.size()) continue;
            chips << templateChip(*w.facts, w.facts->templates[id]);
            tips << text(w.facts->templates[id].text);
        }
        row.templates = c.fingerprint == 0 ? QObject::tr("all other classes together") : chips.join(QStringLiteral("  ·  "));
        row.tip = tips.join(QLatin1Char('\n'));
        QStringList tied;
        for (const auto& a : c.agreements) {
            if (a.share < 0.5 || a.share <= a.chance) continue;
            tied << QObject::tr("%1 = %2 in %3").arg(columnName(*w.facts, a.columns.left), columnName(*w.facts, a.columns.right), share(a.share));
        }
        row.tied = tied.mid(0, 2).join(QStringLiteral("; ")) + (tied.size() > 2 ? QObject::tr("; %1 more").arg(tied.size() - 2) : QString());
        all += row.count;
        if (row.count > 0 || row.aborted > 0) out.push_back(std::move(row));
    }
    if (all > 0 && !lowerBounds(w)) {
        for (auto& row : out) row.share = row.count / all;
    }
    std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.count > b.count; });
    return out;
}

void describeClasses(RowsModel<ClassRow>& m) {
    m.addColumn({QObject::tr("Templates of the class"), {}, QObject::tr("Transactions with the same set of templates are one class"), ColumnKind::chips, 460},
                [](const ClassRow& r) { return Cell{r.templates, r.templates, r.tip}; });
    m.addColumn({QObject::tr("Transactions"), {}, QObject::tr("Committed ones, weighted by the sample rate"), ColumnKind::number},
                [](const ClassRow& r) { return Cell::number(r.count, number(r.count)); });
    m.addColumn({QObject::tr("Share"), {}, QObject::tr("Of all committed transactions"), ColumnKind::bar},
                [](const ClassRow& r) { return Cell::share(r.share, shareInTable(r.share)); });
    m.addColumn({QObject::tr("Aborted"), {}, {}, ColumnKind::number}, [](const ClassRow& r) { return Cell::number(r.aborted, number(r.aborted)); });
    m.addColumn({QObject::tr("Keys that tie them"), {}, QObject::tr("Pairs of key columns whose values agree within a transaction more often than chance"), ColumnKind::text, 320},
                [](const ClassRow& r) { return Cell::words(r.tied, r.tied); });
    m.setIdentity([](const ClassRow& r) { return QVariant::fromValue<quint64>(r.fingerprint); });
}

std::vector<SourceRow> sourceRows(const Workload& w) {
    std::vector<SourceRow> out;
    for (const auto& c : w.facts->coverage) {
        QStringList says;
        if (c.minDurationMs) says << QObject::tr("only statements of %1 or longer").arg(seconds(*c.minDurationMs / 1000));
        if (c.sampleRate && *c.sampleRate < 1) says << QObject::tr("a sample of %1").arg(share(*c.sampleRate));
        if (!c.selects) says << QObject::tr("no reads");
        if (!c.writes) says << QObject::tr("no writes");
        if (!c.transactionControl) says << QObject::tr("no BEGIN or COMMIT");
        if (!c.literals) says << QObject::tr("no literals: keys are not known");
        if (!c.durations) says << QObject::tr("no durations");
        if (c.pooled) says << QObject::tr("behind a pooler");
        if (c.cutStatements) says << QObject::tr("%1 cut off").arg(plural(c.cutStatements, QObject::tr("statement"), QObject::tr("statements")));
        out.push_back({text(c.source), text(c.format), QString::fromLatin1(workload::toString(c.boundaries)),
                       says.isEmpty() ? QObject::tr("everything") : says.join(QStringLiteral(", "))});
    }
    return out;
}

void describeSources(RowsModel<SourceRow>& m) {
    m.addColumn({QObject::tr("Source"), {}, {}, ColumnKind::text, 240}, [](const SourceRow& r) { return Cell::words(r.source); });
    m.addColumn({QObject::tr("Format")}, [](const SourceRow& r) { return Cell::words(r.format); });
    m.addColumn({QObject::tr("Transactions by"), {}, QObject::tr("How transaction boundaries are told"), ColumnKind::text, 180},
                [](const SourceRow& r) { return Cell::words(r.boundaries); });
    m.addColumn({QObject::tr("What it logs"), {}, {}, ColumnKind::text, 400}, [](const SourceRow& r) { return Cell::words(r.says, r.says); });
}

QString coverageLimits(const Workload& w) {
    QStringList limits;
    for (const auto& row : sourceRows(w)) {
        if (row.says != QObject::tr("everything")) limits << row.source + QStringLiteral(": ") + row.says;
    }
    if (limits.isEmpty()) return {};
    return (lowerBounds(w) ? QObject::tr("Counts are lower bounds and shares are not known. ") : QString()) + limits.join(QStringLiteral("; ")) + QLatin1Char('.');
}

VolumeStack volumeStack(const Workload& w, const models::TrainedModels* models, std::optional<TimeRange> time) {
    const auto span = spanOf(w, time);
    struct Layer {
        QString name;
        std::vector<uint64_t> templates;
        double total = 0;
        std::vector<double> values;
    };
    const auto length = static_cast<size_t>(std::max<int64_t>(0, span.end - span.first));
    std::map<uint64_t, size_t> layerOf;
    std::vector<Layer> layers;
    if (models) {
        for (const auto& series : models->series) {
            for (const auto fingerprint : series.templates) layerOf[fingerprint] = layers.size();
            layers.push_back({seriesTitle(*w.facts, series.templates, series.name), series.templates, 0, {}});
        }
    }
    for (size_t i = 0; i < w.facts->templates.size() && i < w.rates.templates.size(); ++i) {
        const auto& t = w.facts->templates[i];
        const auto [found, fresh] = layerOf.try_emplace(t.fingerprint, layers.size());
        if (fresh) layers.push_back({templateChip(*w.facts, t), {t.fingerprint}, 0, {}});
        auto& layer = layers[found->second];
        layer.values.resize(length, 0.0);
        for (const auto& p : w.rates.templates[i].points) {
            if (p.interval < span.first || p.interval >= span.end) continue;
            layer.values[static_cast<size_t>(p.interval - span.first)] += fromWeight(p.calls);
            layer.total += fromWeight(p.calls);
        }
    }
    std::stable_sort(layers.begin(), layers.end(), [](const auto& a, const auto& b) { return a.total > b.total; });
    constexpr size_t named = 7;
    if (layers.size() > named + 1) {
        Layer rest{QObject::tr("%1 others").arg(layers.size() - named), {}, 0, std::vector<double>(length, 0.0)};
        for (size_t i = named; i < layers.size(); ++i) {
            for (size_t k = 0; k < layers[i].values.size(); ++k) rest.values[k] += layers[i].values[k];
        }
        layers.resize(named);
        layers.push_back(std::move(rest));
    }
    VolumeStack out;
    auto& chart = out.chart;
    chart.name = QObject::tr("Calls over time");
    chart.yTitle = QObject::tr("calls per %1").arg(perInterval(w.rates.interval));
    chart.timeAxis = true;
    int colour = 0;
    for (auto& layer : layers) {
        if (layer.values.empty()) continue;
        ChartSeries series{.name = shortened(layer.name, 34), .shape = Shape::stacked, .colour = layer.templates.empty() ? neutralColour : colour++};
        for (size_t k = 0; k < length; ++k) {
            series.x << static_cast<double>((span.first + static_cast<int64_t>(k)) * w.rates.interval / 1000);
            series.y << layer.values[k];
        }
        chart.series << series;
        out.templates.push_back(layer.templates);
    }
    return out;
}

QString workloadAnswer(const Workload& w, const std::vector<TemplateRow>& rows, std::optional<TimeRange> time) {
    double calls = 0;
    for (const auto& row : rows) calls += row.calls;
    if (w.rates.range.empty()) return QObject::tr("No statement was found in the logs; “Sources and diagnostics” says what was.");
    const auto length = static_cast<double>(time ? time->length() : w.rates.range.length()) / microsPerSecond;
    const auto templates = plural(rows.size(), QObject::tr("template"), QObject::tr("templates"));
    auto words = withoutTimes(w.rates) ? QObject::tr("%1 calls of %2; the log has no times").arg(count(calls), templates)
                                       : QObject::tr("%1 calls of %2 in %3").arg(count(calls), templates, seconds(length));
    const size_t top = std::min<size_t>(3, rows.size());
    double first = 0;
    for (size_t i = 0; i < top; ++i) first += rows[i].calls;
    if (rows.size() > 3 && calls > 0 && rows.front().share) words += QObject::tr("; three templates make %1 of them").arg(roughShare(first / calls));
    return (w.rates.origin == workload::Origin::forecast ? QObject::tr("Expected: ") : QString()) + words + QLatin1Char('.');
}

}  // namespace foreshard::ui
