// ParetoView: the first three objectives as two charts that share their upright axis: multi-shard reads and multi-shard writes,
// each against the hottest shard. A click or the arrow keys choose a design. The same as a table: the tab "All designs". GUI
// thread only.
#pragma once

#include <QWidget>

#include "core/advisor/advisor.h"

namespace foreshard::ui {

class ChartPanel;

class ParetoView : public QWidget {
    Q_OBJECT
public:
    explicit ParetoView(QWidget* parent = nullptr);
    // Hides itself where no design has figures.
    void show(const advisor::Advice& advice, const std::string& baseline, const std::string& chosen);
    ChartPanel* reads() const { return reads_; }
    ChartPanel* writes() const { return writes_; }

Q_SIGNALS:
    void chosen(const QString& designId);

private:
    ChartPanel* made();
    void step(int by);
    ChartPanel *reads_ = nullptr, *writes_ = nullptr;
    std::string chosen_;
};

}  // namespace foreshard::ui
