// GraphView: tables as nodes, lines between those that the same transactions touch. A node's shape and colour say its
// co-location group under the design; a dashed, marked line: transactions that stay on several shards. Arrow keys walk from
// node to node, the mouse shows details, a click or Enter chooses the table. The same as a table stands beside it
// (together_tab.h). GUI thread only.
#pragma once

#include <QWidget>

#include <memory>
#include <optional>

#include "core/advisor/co_access.h"

namespace foreshard::ui {

// A graph and the design that it is shown under.
struct DesignGraph {
    advisor::CoAccess graph;
    sharding::Design design;
};

class GraphView : public QWidget {
    Q_OBJECT
public:
    explicit GraphView(QWidget* parent = nullptr);
    void setGraph(std::shared_ptr<const DesignGraph> graph);      // null: nothing
    void setWaiting(const QString& words);
    int current() const { return current_; }                      // node; -1: none
    void setCurrent(const std::string& table);
    QPoint positionOf(int node) const;
    QString wordsOf(int node) const;                              // all that is known of a table, for people
    QStringList legend() const;
    QList<int> labelled() const;                                  // nodes whose names have room
    QSize sizeHint() const override { return {520, 300}; }
    QSize minimumSizeHint() const override { return {240, 160}; }

Q_SIGNALS:
    void tableChosen(const QString& table);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    bool event(QEvent* event) override;

private:
    struct Look {
        int group = -1;                // index into the legend's groups
        bool copied = false, keyed = false;
        QString key;
    };
    void lookAt(const sharding::Design& design);
    void setCurrentNode(int node, bool tell);
    int nodeAt(const QPoint& at) const;
    int neighbour(int key) const;
    QRectF plot() const;
    QRectF labelRect(int node, const QFontMetrics& metrics) const;
    QString nameOf(int node) const;
    void paintEdges(QPainter& p) const;
    void paintNodes(QPainter& p) const;
    void paintLegend(QPainter& p) const;
    void paintShape(QPainter& p, QPointF at, const Look& look, double radius, bool strong) const;
    std::shared_ptr<const DesignGraph> shown_;
    std::vector<Look> looks_;          // by node
    std::vector<QString> groups_;      // names of the groups, largest first
    std::vector<Look> groupLooks_;
    QString waiting_;
    int current_ = -1, hover_ = -1;
    double mostShare_ = 0;             // of an edge
};

}  // namespace foreshard::ui
