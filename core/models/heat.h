// Heat of a forecast: key counts, table totals and classes of the last windows, scaled to the forecast volume of the templates
// behind them. A column's counts follow its table: forecast accesses of the table by all templates over those observed in the
// window, reads and writes apart; a class follows its templates. Counts are rounded cumulatively, so that they sum to the
// rounded total. Pure but for the Job; any thread.
#pragma once

#include <cstdint>

#include "core/base/job.h"
#include "core/models/series.h"
#include "core/workload/workload.h"

namespace foreshard::models {

struct HeatWindows {
    IntervalSpan recent;     // whose shares are carried on
    IntervalSpan all;        // taken instead where nothing was recent
};

// Fills columns, classes and heatBasis of `future`, whose interval, range and templates are set. Errors: cancelled; usage,
// where the horizon would need more counts than memory should hold.
Status scaleHeat(const workload::Workload& observed, HeatWindows windows, workload::Rates& future, Job& job);

// A template's expected point: `calls`, with the durations and rows that its calls had in the windows.
workload::SeriesPoint expectedPoint(const workload::TemplateSeries& observed, HeatWindows windows, int64_t interval, Weight calls);

}  // namespace foreshard::models
