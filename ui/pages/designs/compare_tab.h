// CompareTab: all designs as rows, which is the Pareto charts as a table, and what would have to change for another one to win.
// GUI thread only.
#pragma once

#include <QWidget>

#include "ui/pages/designs/compare.h"

namespace foreshard::ui {

class QuietLabel;
class TablePanel;

class CompareTab : public QWidget {
    Q_OBJECT
public:
    explicit CompareTab(QWidget* parent = nullptr);
    void show(const advisor::Advice& advice, const std::string& chosen);
    TablePanel* designs() const { return designs_; }
    TablePanel* turning() const { return turning_; }

Q_SIGNALS:
    void chosen(const QString& designId);

private:
    RowsModel<CompareRow> designModel_;
    RowsModel<TurningRow> turningModel_;
    TablePanel *designs_, *turning_;
    QuietLabel* regret_;
    bool filling_ = false;
};

}  // namespace foreshard::ui
