// HeatMapView: the heat map with names at the left, time below, totals along both edges, the predicted part hatched right of
// a thin "now" line, a legend, a cell cursor and a tooltip that can be pinned. Wheel zooms time, Shift+wheel keys, drag pans,
// Ctrl+drag selects a rectangle, arrows move the cursor, Space pins, C copies, Home shows all. Reads as a table to a
// screen reader. GUI thread only; 1,536 × 10,000 cells stay smooth.
#pragma once

#include <QAbstractScrollArea>
#include <QImage>
#include <QRect>

#include <memory>
#include <optional>
#include <vector>

#include "ui/heatmap/heat_picture.h"
#include "ui/heatmap/heat_viewport.h"
#include "ui/theme/ramps.h"

namespace foreshard::ui {

struct HeatCell {
    int row = 0, column = 0;
    bool operator==(const HeatCell&) const = default;
};

// A pattern that somebody recognised, marked on the map by a ring and its number.
struct HeatMarkerSpot {
    int row = 0, column = 0;
    int number = 1;
    QString words;
};

// Where the keys are cut into ranges: lines between rows (a fraction: inside one), and of each range its shard and what is
// said of it.
struct HeatSplits {
    std::vector<double> rows;          // ascending
    std::vector<uint32_t> shards;      // one more than lines
    QStringList words;                 // parallel to shards
};

class HeatMapView : public QAbstractScrollArea {
    Q_OBJECT
public:
    explicit HeatMapView(QWidget* parent = nullptr);

    void setPicture(std::shared_ptr<const HeatPicture> picture);   // null: nothing to show
    const HeatGrid* grid() const { return grid_; }
    // Said in the middle while there is no picture: that one is being made.
    void setWaiting(const QString& words);
    void setSpots(std::vector<HeatMarkerSpot> spots);

    // Lines that can be moved; nothing: none. Who is told of a move sets them anew.
    void setSplits(std::optional<HeatSplits> splits);
    int activeSplit() const { return activeSplit_; }      // -1: none
    QPoint splitPosition(int split) const { return {plotArea().center().x(), static_cast<int>(std::lround(yOf(splits_->rows[static_cast<size_t>(split)])))}; }

    void setRamp(Ramp ramp);
    void setBrightness(double brightness);        // 0.25…4
    void setLogarithmic(bool logarithmic);
    Ramp ramp() const { return ramp_; }
    double brightness() const { return brightness_; }
    bool logarithmic() const { return logarithmic_; }
    const HeatScale& scale() const;

    const QRectF& shown() const { return viewport_.shown(); }
    void showAll();
    void showCells(const QRect& cells);           // x: columns, y: rows
    std::optional<HeatCell> cursor() const { return cursor_; }
    void setCursorCell(HeatCell cell);
    std::optional<QRect> selected() const { return selected_; }
    void setSelected(std::optional<QRect> cells);
    bool pinned() const { return pinned_.has_value(); }

    QString wordsOf(HeatCell cell) const;         // "orders · customer_id 0–999, Fri 14 Nov 20:00: 12.3 accesses/s"
    QString csv(const QRect& cells) const;
    QRect plotArea() const;                       // of the viewport: where the cells are
    HeatCell cellAt(const QPoint& position) const;
    double rowAt(int y) const;                    // with the part of it
    QRectF rectOf(HeatCell cell) const;
    QSize sizeHint() const override { return {720, 480}; }

Q_SIGNALS:
    void cursorMoved(foreshard::ui::HeatCell cell);
    void selectionChanged(std::optional<QRect> cells);
    void shownChanged();
    void splitMoved(int split, int row, bool done);       // to the upper edge of the row; done: the mouse has let go
    void splitAdded(int row);
    void splitRemoved(int split);

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void changeEvent(QEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void scrollContentsBy(int dx, int dy) override;

private:
    enum class Drag : uint8_t { none, pan, select, split };
    void refreshColours();
    void moved();                                 // the shown part has changed
    void syncScrollBars();
    void clampCursor(int row, int column);
    void copyShown() const;
    bool inPlot(const QPoint& position) const;
    double xOf(double column) const;
    double yOf(double row) const;

    void paintCells(QPainter& painter);
    void paintPrediction(QPainter& painter);
    void paintGroups(QPainter& painter);
    void paintRowNames(QPainter& painter);
    void paintGroupNames(QPainter& painter, int begin, int end);
    void paintTimeAxis(QPainter& painter);
    void paintTotals(QPainter& painter);
    void paintLegend(QPainter& painter);
    void paintSpots(QPainter& painter);
    void paintSplits(QPainter& painter);
    int splitNear(const QPoint& at) const;
    bool pressSplit(const QMouseEvent& event);
    void moveSplit(double row, bool done);
    bool keySplit(const QKeyEvent& event);
    void paintCursor(QPainter& painter);
    void paintTip(QPainter& painter);

    std::shared_ptr<const HeatPicture> picture_;
    const HeatGrid* grid_ = nullptr;                 // of the picture
    QString waiting_;
    HeatViewport viewport_;
    std::vector<HeatMarkerSpot> spots_;
    Ramp ramp_ = Ramp::ember;
    double brightness_ = 1;
    bool logarithmic_ = true;
    QList<QRgb> colours_;
    QImage image_;
    QRectF imageOf_;

    std::optional<HeatCell> cursor_, hover_, pinned_;
    std::optional<QRect> selected_;
    Drag drag_ = Drag::none;
    QPoint dragFrom_;
    QRectF dragShown_;
    bool syncing_ = false;
    std::optional<HeatSplits> splits_;
    int activeSplit_ = -1;
};

}  // namespace foreshard::ui
Q_DECLARE_METATYPE(foreshard::ui::HeatCell)
