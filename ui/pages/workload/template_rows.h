// What the Workload page says of templates and transaction classes, computed from a Workload. Pure; any thread.
#pragma once

#include <QList>
#include <QString>

#include <optional>
#include <vector>

#include "core/models/forecast.h"
#include "core/workload/workload.h"
#include "ui/charts/chart_data.h"
#include "ui/widgets/rows_model.h"

namespace foreshard::ui {

struct TemplateRow {
    uint64_t fingerprint = 0;
    QString sql, kind, tables;
    double calls = 0;
    std::optional<double> share;         // of all calls; nothing where coverage forbids it
    std::optional<double> meanMs;        // nothing: no durations in the log
    std::optional<double> rowsPerCall;
    QList<double> overTime;              // calls per bucket of intervals
    bool parsed = true;
};
// Largest first. `time`: nothing for all.
std::vector<TemplateRow> templateRows(const workload::Workload& workload, std::optional<TimeRange> time);
void describeTemplates(RowsModel<TemplateRow>& model);

struct ClassRow {
    uint64_t fingerprint = 0;
    QString templates;                   // "SELECT customers → INSERT orders → …"
    int size = 0;
    double count = 0, aborted = 0;
    std::optional<double> share;
    QString tied;                        // "customer_id = orders.customer_id (98 %)"
    QString tip;
};
std::vector<ClassRow> classRows(const workload::Workload& workload, std::optional<TimeRange> time);
void describeClasses(RowsModel<ClassRow>& model);

struct SourceRow {
    QString source, format, boundaries, says;   // says: what limits it, in words
};
std::vector<SourceRow> sourceRows(const workload::Workload& workload);
void describeSources(RowsModel<SourceRow>& model);
// What the log does not say, as one sentence; empty: it says all.
QString coverageLimits(const workload::Workload& workload);

// Calls per interval, stacked by template cluster (by template without clusters), the largest seven and the rest.
struct VolumeStack {
    ChartData chart;
    std::vector<std::vector<uint64_t>> templates;   // of each layer; the rest's list is empty
};
VolumeStack volumeStack(const workload::Workload& workload, const models::TrainedModels* models, std::optional<TimeRange> time);

// "1.2 M calls of 34 templates in 14 days; 3 templates make 61 % of them."
QString workloadAnswer(const workload::Workload& workload, const std::vector<TemplateRow>& rows, std::optional<TimeRange> time = {});

// "orders.customer_id"
QString columnName(const workload::Facts& facts, workload::ColumnId column);
// "UPDATE stock + 12 more": templates that are one series, the busiest first; `name` where none of them is known.
QString seriesTitle(const workload::Facts& facts, const std::vector<uint64_t>& templates, const std::string& name);
// "SELECT orders, order_lines"
QString templateChip(const workload::Facts& facts, const workload::Template& t);

}  // namespace foreshard::ui
