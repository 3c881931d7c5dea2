// DecisionsTab: what people have decided, as one list, each of which can be taken back; and the weights of the objective. It
// changes nothing by itself: it asks. GUI thread only.
#pragma once

#include <QWidget>

#include <map>

#include "core/advisor/decisions.h"
#include "ui/widgets/rows_model.h"

class QAction;
class QDoubleSpinBox;

namespace foreshard::ui {

class TablePanel;

struct DecisionRow {
    QString words;
    bool operator==(const DecisionRow&) const = default;
};

class DecisionsTab : public QWidget {
    Q_OBJECT
public:
    explicit DecisionsTab(QWidget* parent = nullptr);
    void show(const advisor::Decisions& decisions, const advisor::ObjectiveWeights& weights);
    TablePanel* list() const { return list_; }
    QDoubleSpinBox* weightBox(const std::string& name) const { return boxes_.at(name); }

Q_SIGNALS:
    void weighed(const QString& name, double value);
    void removed(int index);             // of the list of decisions
    void removedAll();

private:
    QWidget* buildWeights();
    QWidget* buildList();
    RowsModel<DecisionRow> model_;
    TablePanel* list_ = nullptr;
    QAction *remove_ = nullptr, *removeAll_ = nullptr;
    std::map<std::string, QDoubleSpinBox*> boxes_;
};

}  // namespace foreshard::ui
