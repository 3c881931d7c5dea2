// SplitEditor: ranges of one key, drawn by hand over the heat map. Keeps the split points, shows them as lines on the map and
// as numbers to type, and what they would do; each change is an undo step. It projects nothing itself: it asks. GUI thread
// only.
#pragma once

#include <QPointer>
#include <QWidget>

#include <optional>

#include "core/cost/projection.h"
#include "core/sharding/design.h"
#include "core/workload/workload.h"
#include "ui/heatmap/heat_view.h"

class QAction;
class QLabel;
class QLineEdit;
class QUndoStack;

namespace foreshard::ui {

class ChartPanel;
class QuietLabel;

class SplitEditor : public QWidget {
    Q_OBJECT
public:
    SplitEditor(HeatMapView& map, QUndoStack& undo, QWidget* parent = nullptr);
    // Begins on what `base` has for the column, or on ranges of equal load. The map must show the column's keys.
    void begin(std::shared_ptr<const workload::Facts> facts, sharding::Design base, workload::ColumnId column);
    void end();
    bool active() const { return facts_ != nullptr; }
    void placeLines();                             // after the map has got other rows
    const std::vector<int64_t>& points() const { return points_; }
    sharding::Design design() const;               // what is drawn
    const sharding::Design& base() const { return base_; }
    workload::ColumnId column() const { return column_; }
    // What the drawn design does, and what the one does that it came from.
    void showProjection(const cost::Projection& drawn, const cost::Projection& base);
    void showError(const QString& words);
    QLineEdit* pointsBox() const { return typed_; }
    QString words() const;
    ChartPanel* loads() const { return loads_; }
    QAction* keepAction() const { return keep_; }

Q_SIGNALS:
    void projectionAsked();
    void keepAsked();
    void endAsked();

private:
    class Change;
    void change(std::vector<int64_t> points, const QString& words, const QString& joined = {});
    void take(std::vector<int64_t> points);
    void moved(int split, int row, bool done);
    void added(int row);
    void removed(int split);
    void typed();
    std::vector<int64_t> evenPoints() const;
    int64_t lowOf(int row) const;
    QString keyText(int64_t number) const;
    void buildRows();
    HeatMapView& map_;
    QUndoStack& undo_;
    std::shared_ptr<const workload::Facts> facts_;
    sharding::Design base_;
    workload::ColumnId column_ = 0;
    std::vector<int64_t> points_, before_;         // before_: while a line is dragged, where it came from
    bool dragging_ = false;
    uint64_t session_ = 0;                         // steps of an earlier one undo nothing any more
    QLineEdit* typed_;
    QLabel* title_;
    QuietLabel* words_;
    ChartPanel* loads_;
    QAction *even_, *keep_, *end_;
};

}  // namespace foreshard::ui
