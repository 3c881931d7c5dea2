// ActionSearch: Ctrl+K: every action of the window by what it is called; Enter does it. A disabled one is shown with the
// reason and cannot be chosen. GUI thread only.
#pragma once

#include <QFrame>
#include <QPointer>

#include "ui/widgets/rows_model.h"

class QLineEdit;
class QListView;

namespace foreshard::ui {

struct FoundAction {
    QPointer<QAction> action;
    QString words, keys;
    bool enabled = true;
};
// All actions under `root` that have words, each once, in alphabetical order.
std::vector<FoundAction> actionsUnder(QObject* root);
// Those that hold every word of `typed`, those that begin with it first.
std::vector<FoundAction> matching(const std::vector<FoundAction>& all, const QString& typed);

class ActionSearch : public QFrame {
    Q_OBJECT
public:
    explicit ActionSearch(QWidget* window);
    void open();
    QLineEdit* box() const { return box_; }
    int matches() const { return model_.rowCount(); }

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void search(const QString& typed);
    void choose();
    QWidget* window_;
    QLineEdit* box_;
    QListView* list_;
    RowsModel<FoundAction> model_;
    std::vector<FoundAction> all_;
};

}  // namespace foreshard::ui
