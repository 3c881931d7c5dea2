// Inside of ChartPanel: the Qt Charts objects. Included by ui/charts alone.
#pragma once

#include <QAbstractSeries>
#include <QChart>
#include <QChartView>
#include <QList>

#include <algorithm>

#include "ui/charts/chart_panel.h"

namespace foreshard::ui {

struct ChartPanel::Drawing {
    QChartView* view = nullptr;
    QAbstractSeries* anchor = nullptr;   // a series that maps pixels to values
};

// Index of the value nearest to x in an ascending list; -1 where there is none.
inline int nearestIndex(const QList<double>& xs, double x) {
    if (xs.isEmpty()) return -1;
    if (!std::is_sorted(xs.begin(), xs.end())) {
        const auto best = std::min_element(xs.begin(), xs.end(), [x](double a, double b) { return std::abs(a - x) < std::abs(b - x); });
        return static_cast<int>(best - xs.begin());
    }
    const auto after = static_cast<int>(std::lower_bound(xs.begin(), xs.end(), x) - xs.begin());
    if (after == 0) return 0;
    if (after == xs.size()) return after - 1;
    return x - xs[after - 1] <= xs[after] - x ? after - 1 : after;
}

}  // namespace foreshard::ui
