// ContextBar: the three choices that every page obeys (which workload, compare with what, which time range), each one click
// and one undo step; the project's menu at the left, search, theme and help at the right. GUI thread only.
#pragma once

#include <QWidget>

class QAction;
class QComboBox;
class QToolButton;

namespace foreshard::ui {

class Document;

class ContextBar : public QWidget {
    Q_OBJECT
public:
    ContextBar(Document& document, const QList<QAction*>& projectActions, const QList<QAction*>& rightActions, QWidget* parent = nullptr);
    QComboBox* workloadBox() const { return workload_; }
    QComboBox* compareBox() const { return compare_; }
    QComboBox* timeBox() const { return time_; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void fill();
    void fillTimes();
    void chooseWorkload(int index);
    void chooseCompare(int index);
    void chooseTime(int index);
    Document& document_;
    QToolButton* project_;
    QComboBox *workload_, *compare_, *time_;
};

}  // namespace foreshard::ui
