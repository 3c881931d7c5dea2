// SmallMultiples: charts of one kind in a grid on one scale, such as the load of each shard. GUI thread only.
#pragma once

#include <QWidget>

#include <vector>

#include "ui/charts/chart_data.h"

class QGridLayout;

namespace foreshard::ui {

class ChartPanel;

class SmallMultiples : public QWidget {
    Q_OBJECT
public:
    explicit SmallMultiples(QWidget* parent = nullptr);
    // All share the highest y of all; each one's name is its caption. One without series leaves its place empty.
    void setCharts(const QList<ChartData>& charts, int columns);
    const std::vector<ChartPanel*>& panels() const { return panels_; }

Q_SIGNALS:
    void clicked(int chart);

private:
    QGridLayout* grid_;
    std::vector<ChartPanel*> panels_;
};

}  // namespace foreshard::ui
