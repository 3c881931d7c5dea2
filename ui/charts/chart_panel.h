// ChartPanel: the one adapter over Qt Charts. Give it ChartData; it draws in the theme's colours, names axes with units,
// shows values under the mouse, and exports PNG, SVG and CSV. No Qt Charts type leaves this folder. GUI thread only.
#pragma once

#include <QWidget>

#include <memory>

#include "core/base/result.h"
#include "ui/charts/chart_data.h"

class QMenu;
class QToolButton;

namespace foreshard::ui {

class Notice;

class ChartPanel : public QWidget {
    Q_OBJECT
public:
    explicit ChartPanel(QWidget* parent = nullptr);
    ~ChartPanel() override;

    void setData(ChartData data);
    const ChartData& data() const { return data_; }
    // Small multiples: no legend, few ticks, no export button.
    void setCompact(bool compact);
    void setCaption(const QString& words);     // small heading inside the chart; compact charts have their name there
    void setLegendVisible(bool visible);

    Status exportTo(const QString& path) const;   // by suffix: png, svg, csv
    void exportOrTell(const QString& path);       // a failure is told above the chart
    Notice* notice() const { return notice_; }
    QString csv() const { return chartCsv(data_); }
    // Where a value stands on canvas(), the widget that takes the mouse.
    QPoint positionOf(double x, double y) const;
    QWidget* canvas() const;
    // Values at x of all series, as the tooltip says them.
    QString wordsAt(double x) const;
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

Q_SIGNALS:
    // Series and x nearest to the click.
    void clicked(int series, double x);
    void seriesClicked(int series);            // in the legend
    // An arrow key on a chart of points: one on (+1: Right, Down) or back (-1: Left, Up).
    void stepped(int by);

protected:
    void changeEvent(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    struct Drawing;
    void rebuild();
    void addLine(int index);
    void addStack(int index, QList<double>& floor);
    void addBars();
    void addPoints(int index);
    void addBand(const ChartSeries& series, const QColor& colour);
    void addMarks();
    void addSpans();
    void addSpanLabel(const ChartSpan& span, Range xs, Range ys);
    void legendClicked(const QString& name);
    void addAxes();
    void addExport();
    void askExport();
    int seriesNear(double x, double y) const;
    int pointsNear(const QPoint& at) const;
    bool step(int key);

    ChartData data_;
    bool compact_ = false, legend_ = true;
    QString caption_;
    QSize ticksFor_;                       // that the ticks were chosen for
    std::unique_ptr<Drawing> drawing_;
    Notice* notice_;
    QToolButton* export_ = nullptr;        // over the upper right corner
};

}  // namespace foreshard::ui
