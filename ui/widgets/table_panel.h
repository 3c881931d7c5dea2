// TablePanel: the table of a page: filter box, sorting, rows of 24 px, numbers to the right, and Copy as CSV (what is
// selected, or all rows shown). Takes any RowsModel. GUI thread only.
#pragma once

#include <QTableView>
#include <QWidget>

#include <functional>

class QLabel;
class QLineEdit;
class QSortFilterProxyModel;

namespace foreshard::ui {

class Notice;
class RowsModelBase;

class TablePanel : public QWidget {
    Q_OBJECT
public:
    // `name` is what a screen reader calls the table. The model must outlive the panel or be its child.
    TablePanel(const QString& name, RowsModelBase* model, QWidget* parent = nullptr);

    QTableView* view() const { return view_; }
    QLineEdit* filterBox() const { return filter_; }
    void setFilterVisible(bool visible);
    void setStretchColumn(int column);
    // Rows of the source model that stand in the view, in its order.
    QList<int> shownRows() const;
    int currentRow() const;                 // of the source model; -1: none
    void selectRow(int sourceRow);          // -1: none
    void selectById(const QVariant& id);    // by idRole of the rows
    QString csv(bool selectedOnly) const;
    void exportOrTell(const QString& path);   // all rows shown, as CSV; a failure is told above the table
    Notice* notice() const { return notice_; }
    // Rows for which `accept` is false are hidden besides the filter box. Empty: all are shown.
    void setRowFilter(std::function<bool(int)> accept);

Q_SIGNALS:
    void currentRowChanged(int sourceRow);
    void activatedRow(int sourceRow);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    class Proxy;
    void buildView(const QString& name);
    void setWidths();
    int headerWidth(int column) const;
    int cellsWidth(int column) const;
    int leastWidth(int column, int cells) const;
    void fitColumns();
    void hideUnknown();
    void addCopyActions();
    void askExport();
    void filterAnew(const std::function<void()>& change);
    void tellCount();
    RowsModelBase* model_;
    Proxy* proxy_;
    QTableView* view_;
    QLineEdit* filter_;
    QLabel* shown_;
    QWidget* bar_;
    Notice* notice_;
    bool filtering_ = false, fitting_ = false;
    bool sized_ = false;                    // somebody has set widths by hand: they stay
    int stretch_ = -1;
};

}  // namespace foreshard::ui
