// All designs of an Advice side by side: as rows, as points of two Pareto charts, and what would have to change in the load for
// another one to win. Pure; any thread.
#pragma once

#include "ui/pages/designs/design_rows.h"

namespace foreshard::ui {

struct CompareRow {
    std::string id;
    uint32_t rank = 1;
    QString name, reason;
    std::optional<double> reads, writes, load, storage, moved, objective, regret;
    QString front;                       // "on the front", "runner-up of “…”"
    bool onFront = false;
};
std::vector<CompareRow> compareRows(const advisor::Advice& advice);
void describeCompare(RowsModel<CompareRow>& model);

struct TurningRow {
    QString change, winner, likely;
    double loss = 0;
};
std::vector<TurningRow> turningRows(const advisor::Advice& advice);
void describeTurning(RowsModel<TurningRow>& model);
// What holds the first design up, in a sentence: its regret.
QString regretWords(const advisor::Advice& advice);

// Multi-shard reads or writes against the hottest shard: a point for each scored design in the order of their ranks, those
// that are beaten in all three respects dimmed; a ring around the chosen one; a line along the front of these two respects.
enum class Spread : uint8_t { reads, writes };
ChartData paretoChart(const advisor::Advice& advice, Spread spread, const std::string& baseline, const std::string& chosen);

}  // namespace foreshard::ui
