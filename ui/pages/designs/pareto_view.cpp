#include "ui/pages/designs/pareto_view.h"

#include <QBoxLayout>

#include "ui/charts/chart_panel.h"
#include "ui/format/format.h"
#include "ui/pages/designs/compare.h"
#include "ui/theme/metrics.h"

namespace foreshard::ui {

ParetoView::ParetoView(QWidget* parent) : QWidget(parent) {
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(metrics::gap);
    reads_ = made();
    writes_ = made();
    row->addWidget(reads_);
    row->addWidget(writes_);
    setMinimumHeight(170);
}

ChartPanel* ParetoView::made() {
    auto* panel = new ChartPanel;
    panel->setLegendVisible(false);      // points carry the rank of their card
    connect(panel, &ChartPanel::clicked, this, [this, panel](int series, double) {
        const auto id = panel->data().series[series].labels.value(0);
        if (!id.isEmpty()) Q_EMIT chosen(id);
    });
    connect(panel, &ChartPanel::stepped, this, &ParetoView::step);
    return panel;
}

void ParetoView::show(const advisor::Advice& advice, const std::string& baseline, const std::string& chosen) {
    chosen_ = chosen;
    reads_->setData(paretoChart(advice, Spread::reads, baseline, chosen));
    writes_->setData(paretoChart(advice, Spread::writes, baseline, chosen));
    setVisible(!reads_->data().series.isEmpty());
}

// In the order of the ranks; it stops at either end.
void ParetoView::step(int by) {
    QStringList ids;
    for (const auto& series : reads_->data().series)
        if (series.filled && !series.labels.isEmpty()) ids << series.labels.front();
    const auto at = ids.indexOf(text(chosen_));
    const auto next = at < 0 ? 0 : at + by;
    if (next >= 0 && next < ids.size()) Q_EMIT chosen(ids[next]);
}

}  // namespace foreshard::ui
