// SteeringMenu: what can be decided for one table: pin and forbid keys and strategies, keep today's layout, keep it together with
// another one, take back. Its items are made when it opens. GUI thread only.
#pragma once

#include <QMenu>

#include <functional>

#include "core/advisor/decisions.h"
#include "core/workload/workload.h"

namespace foreshard::ui {

// The table at hand, and what there is to choose from; `table` is null where none is.
struct SteeredTable {
    const schema::Table* table = nullptr;
    const schema::Schema* schema = nullptr;
    std::shared_ptr<const advisor::Decisions> decisions;
};

class SteeringMenu : public QMenu {
    Q_OBJECT
public:
    SteeringMenu(std::function<SteeredTable()> at, QWidget* parent = nullptr);

Q_SIGNALS:
    void decided(const foreshard::advisor::Decision& decision);
    void takenBack(const QString& table);      // all that is decided for it

private:
    void fill();
    void addKeys(QMenu* menu, const SteeredTable& at, advisor::Decision::Kind kind);
    std::function<SteeredTable()> at_;
};

}  // namespace foreshard::ui
