// ContextBar: the three choices that pages obey (which workload, compare with what, which time range), each one click and one
// undo step; the project's menu at the left, search, theme and help at the right. A choice that the page at hand does not
// obey is disabled and says why. GUI thread only.
#pragma once

#include <QWidget>

#include "ui/document/view_context.h"

class QAction;
class QComboBox;
class QToolButton;

namespace foreshard::ui {

class Document;

class ContextBar : public QWidget {
    Q_OBJECT
public:
    ContextBar(Document& document, const QList<QAction*>& projectActions, const QList<QAction*>& rightActions, QWidget* parent = nullptr);
    void setUse(const ContextUse& use);          // of the page at hand
    QComboBox* workloadBox() const { return workload_; }
    QComboBox* compareBox() const { return compare_; }
    QComboBox* timeBox() const { return time_; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void fill();
    void fillTimes();
    static void offer(QComboBox* box, bool some, const QString& tip, const QString& whyNot);
    void chooseWorkload(int index);
    void chooseCompare(int index);
    void chooseTime(int index);
    Document& document_;
    ContextUse use_;
    QToolButton* project_;
    QComboBox *workload_, *compare_, *time_;
};

}  // namespace foreshard::ui
