// ShortcutsView: all keys, made from the actions themselves, and those of the heat map, which are no actions.
#pragma once

#include <QWidget>

#include "ui/widgets/rows_model.h"

namespace foreshard::ui {

class TablePanel;

struct Shortcut {
    QString words, keys, where;
};

class ShortcutsView : public QWidget {
    Q_OBJECT
public:
    explicit ShortcutsView(QWidget* window);
    void refresh();
    const std::vector<Shortcut>& shortcuts() const { return model_.rows(); }

private:
    QWidget* window_;
    RowsModel<Shortcut> model_;
    TablePanel* table_;
};

}  // namespace foreshard::ui
