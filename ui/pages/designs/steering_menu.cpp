#include "ui/pages/designs/steering_menu.h"

#include <algorithm>

#include "ui/format/format.h"

namespace foreshard::ui {

using Kind = advisor::Decision::Kind;

SteeringMenu::SteeringMenu(std::function<SteeredTable()> at, QWidget* parent) : QMenu(parent), at_(std::move(at)) {
    connect(this, &QMenu::aboutToShow, this, &SteeringMenu::fill);
}

void SteeringMenu::fill() {
    clear();
    const auto at = at_();
    if (!at.table) {
        addAction(tr("Choose a table first"))->setEnabled(false);
        return;
    }
    const auto table = at.table->qualifiedName();
    const auto about = [&](const advisor::Decision& decision) { return std::find(decision.tables.begin(), decision.tables.end(), table) != decision.tables.end(); };
    addSection(bareTable(table));
    addKeys(addMenu(tr("&Pin its key")), at, Kind::pin);
    addKeys(addMenu(tr("&Forbid")), at, Kind::forbid);
    auto* lock = addAction(tr("Keep &today's layout"));
    lock->setCheckable(true);
    lock->setChecked(std::any_of(at.decisions->begin(), at.decisions->end(), [&](const auto& each) { return each.kind == Kind::lock && about(each); }));
    connect(lock, &QAction::triggered, this, [this, table](bool on) {
        if (on) Q_EMIT decided({Kind::lock, {table}, {}, 0, {}});
        else Q_EMIT takenBack(text(table));
    });
    auto* together = addMenu(tr("&Keep it together with"));
    auto* apart = addMenu(tr("Keep it &apart from"));
    for (const auto& other : at.schema->tables) {
        if (&other == at.table) continue;
        advisor::Decision decision{Kind::together, {table, other.qualifiedName()}, {}, 0, {}};
        std::sort(decision.tables.begin(), decision.tables.end());
        connect(together->addAction(bareTable(other.qualifiedName())), &QAction::triggered, this, [this, decision] { Q_EMIT decided(decision); });
        decision.kind = Kind::apart;
        connect(apart->addAction(bareTable(other.qualifiedName())), &QAction::triggered, this, [this, decision] { Q_EMIT decided(decision); });
    }
    addSeparator();
    auto* back = addAction(tr("Take &back what is decided for it"));
    back->setEnabled(std::any_of(at.decisions->begin(), at.decisions->end(), about));
    connect(back, &QAction::triggered, this, [this, table] { Q_EMIT takenBack(text(table)); });
}

void SteeringMenu::addKeys(QMenu* menu, const SteeredTable& at, Kind kind) {
    const auto add = [&](const QString& title, const std::string& what) {
        const advisor::Decision decision{kind, {at.table->qualifiedName()}, what, 0, {}};
        auto* action = menu->addAction(title);
        action->setCheckable(true);
        action->setChecked(std::find(at.decisions->begin(), at.decisions->end(), decision) != at.decisions->end());
        connect(action, &QAction::triggered, this, [this, decision] { Q_EMIT decided(decision); });
    };
    for (const auto& column : at.table->columns) add(text(column.name), advisor::columnToSteer(column.name));
    menu->addSeparator();
    add(kind == Kind::pin ? tr("Copy it to every shard") : tr("copies on every shard"), "reference");
    add(kind == Kind::pin ? tr("Leave it on one shard") : tr("staying on one shard"), "unsharded");
    menu->addSeparator();
    add(tr("hash"), "hash");
    add(tr("ranges"), "range");
    add(tr("ring (consistent hash)"), "ring");
    add(tr("directory (heavy keys by name)"), "directory");
    if (kind == Kind::forbid) add(tr("a key of two columns"), "composite");
}

}  // namespace foreshard::ui
