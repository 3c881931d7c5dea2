#include "ui/charts/small_multiples.h"

#include <QGridLayout>

#include "ui/charts/chart_panel.h"
#include "ui/theme/metrics.h"

namespace foreshard::ui {

SmallMultiples::SmallMultiples(QWidget* parent) : QWidget(parent), grid_(new QGridLayout(this)) {
    grid_->setContentsMargins(0, 0, 0, 0);
    grid_->setSpacing(metrics::inner);
}

void SmallMultiples::setCharts(const QList<ChartData>& charts, int columns) {
    double top = 0;
    for (const auto& chart : charts) {
        if (!chart.series.isEmpty()) top = std::max(top, yRange(chart).high);
    }
    while (panels_.size() > static_cast<size_t>(charts.size())) {
        delete panels_.back();
        panels_.pop_back();
    }
    while (panels_.size() < static_cast<size_t>(charts.size())) {
        auto* panel = new ChartPanel;
        panel->setCompact(true);
        const int index = static_cast<int>(panels_.size());
        connect(panel, &ChartPanel::clicked, this, [this, index] { Q_EMIT clicked(index); });
        panels_.push_back(panel);
    }
    for (int i = 0; i < charts.size(); ++i) {
        auto data = charts[i];
        data.yMax = top;
        auto* panel = panels_[static_cast<size_t>(i)];
        const bool some = !data.series.isEmpty();
        panel->setCaption(data.name);
        panel->setData(std::move(data));
        grid_->addWidget(panel, i / std::max(1, columns), i % std::max(1, columns));
        panel->setVisible(some);
    }
}

}  // namespace foreshard::ui
