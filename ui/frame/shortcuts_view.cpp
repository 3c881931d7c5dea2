#include "ui/frame/shortcuts_view.h"

#include <QBoxLayout>

#include "ui/frame/action_search.h"
#include "ui/theme/metrics.h"
#include "ui/widgets/page_parts.h"
#include "ui/widgets/table_panel.h"
#include "ui/widgets/view_actions.h"

namespace foreshard::ui {

ShortcutsView::ShortcutsView(QWidget* window) : window_(window) {
    setAccessibleName(tr("Keyboard shortcuts"));
    model_.addColumn({tr("Keys"), {}, {}, ColumnKind::text, 180}, [](const Shortcut& s) { return Cell::words(s.keys); });
    model_.addColumn({tr("What they do")}, [](const Shortcut& s) { return Cell::words(s.words); });
    model_.addColumn({tr("Where"), {}, {}, ColumnKind::text, 160}, [](const Shortcut& s) { return Cell::words(s.where); });
    table_ = new TablePanel(tr("Keyboard shortcuts"), &model_);
    table_->setStretchColumn(1);
    auto* title = new AnswerLine;
    title->setText(tr("Everything can be done by keyboard; Ctrl+K finds any action by name."));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(metrics::block, metrics::block, metrics::block, metrics::gap);
    column->setSpacing(metrics::gap);
    column->addWidget(title);
    column->addWidget(table_, 1);
}

void ShortcutsView::refresh() {
    std::vector<Shortcut> rows;
    for (const auto& found : actionsUnder(window_)) {
        if (!found.keys.isEmpty() && !viewOf(found.action)) rows.push_back({found.words, found.keys, tr("everywhere")});
    }
    std::stable_sort(rows.begin(), rows.end(), [](const Shortcut& a, const Shortcut& b) { return a.keys < b.keys; });
    rows.push_back({tr("Copy the selected rows as CSV"), QKeySequence(QKeySequence::Copy).toString(QKeySequence::NativeText), tr("tables")});
    const auto heat = tr("heat map");
    rows.push_back({tr("Move the cell cursor"), tr("arrow keys, Page up, Page down"), heat});
    rows.push_back({tr("Select a rectangle"), tr("Shift+arrow keys, or Ctrl+drag"), heat});
    rows.push_back({tr("Zoom in time"), tr("wheel, + and −"), heat});
    rows.push_back({tr("Zoom in keys"), tr("Shift+wheel, Alt with + and −"), heat});
    rows.push_back({tr("Show all"), tr("Home, or a double click"), heat});
    rows.push_back({tr("Pin the tooltip"), tr("Space"), heat});
    rows.push_back({tr("Copy the selected cells as CSV"), QStringLiteral("C"), heat});
    model_.setRows(std::move(rows));
}

}  // namespace foreshard::ui
