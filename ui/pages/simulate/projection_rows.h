// Projections side by side: numbers as rows, designs as columns, deltas to the first one. Pure; any thread.
#pragma once

#include <QString>

#include <vector>

#include "ui/charts/chart_data.h"
#include "ui/document/contents.h"
#include "ui/widgets/rows_model.h"

namespace foreshard::ui {

struct ProjectionRow {
    QString name, tip;
    std::vector<Cell> cells;             // one a column of the set
};

// Rows of the comparison. A delta is marked ▲ or ▼ and coloured where it is at least a tenth of the baseline.
std::vector<ProjectionRow> projectionRows(const ProjectionSet& set);
// The model's columns for this set.
void describeProjections(RowsModel<ProjectionRow>& model, const ProjectionSet& set);

QString columnTitle(const ProjectionView& column);   // "by tenant · growth 1.5 × · 4 shards"
// Load of each shard of one projection over time; all on the scale that the page gives them.
QList<ChartData> loadCharts(const ProjectionView& column);
// Accesses per second of the busiest shard of all columns, where it is busiest.
double busiestInterval(const ProjectionSet& set);
QString projectionAnswer(const ProjectionSet& set);
// What multi-shard shares are of: "whole log" (a forecast has the transactions of the log that it was made from), or the chosen
// time.
QString partProjected(const ProjectionSet& set);
// Whose load per shard nobody can tell, and why, a line each; empty: all are known.
QString unknownLoads(const ProjectionSet& set);

}  // namespace foreshard::ui
