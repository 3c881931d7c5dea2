// TogetherTab: the co-access graph, what is said of the table at hand, and the same pairs of tables as rows. GUI thread only.
#pragma once

#include "ui/pages/designs/graph_view.h"
#include "ui/widgets/rows_model.h"

namespace foreshard::ui {

class QuietLabel;
class TablePanel;

struct PairRow {
    QString left, right, columns;
    double share = 0, agree = 0;
    std::optional<double> apart;
};
std::vector<PairRow> pairRows(const advisor::CoAccess& graph);   // most often together first
void describePairs(RowsModel<PairRow>& model);

class TogetherTab : public QWidget {
    Q_OBJECT
public:
    explicit TogetherTab(QWidget* parent = nullptr);
    void setGraph(const std::shared_ptr<const DesignGraph>& graph);
    GraphView* graph() const { return graph_; }
    TablePanel* pairs() const { return pairs_; }

Q_SIGNALS:
    void shown();

protected:
    void showEvent(QShowEvent* event) override;

private:
    RowsModel<PairRow> model_;
    GraphView* graph_;
    TablePanel* pairs_;
};

}  // namespace foreshard::ui
