#include "ui/frame/action_search.h"

#include <QAction>
#include <QBoxLayout>
#include <QKeyEvent>
#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <QSet>

#include "ui/theme/metrics.h"
#include "ui/theme/theme.h"
#include "ui/widgets/view_actions.h"

namespace foreshard::ui {

std::vector<FoundAction> actionsUnder(QObject* root) {
    std::vector<FoundAction> out;
    QSet<QString> seen;
    for (auto* action : root->findChildren<QAction*>()) {
        auto words = action->text().remove(QLatin1Char('&'));
        if (const auto* view = viewOf(action)) {
            if (!view->isVisible()) continue;
            words += QStringLiteral(": ") + view->accessibleName();
        }
        if (words.isEmpty() || action->isSeparator() || action->menu() || !action->isVisible() || seen.contains(words)) continue;
        seen.insert(words);
        out.push_back({action, words, action->shortcut().toString(QKeySequence::NativeText), action->isEnabled()});
    }
    std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.words.compare(b.words, Qt::CaseInsensitive) < 0; });
    return out;
}

std::vector<FoundAction> matching(const std::vector<FoundAction>& all, const QString& typed) {
    const auto words = typed.simplified().split(QLatin1Char(' '), Qt::SkipEmptyParts);
    std::vector<FoundAction> out;
    for (const auto& found : all) {
        const bool fits = std::all_of(words.begin(), words.end(), [&](const QString& w) { return found.words.contains(w, Qt::CaseInsensitive); });
        if (fits) out.push_back(found);
    }
    std::stable_partition(out.begin(), out.end(), [&](const auto& f) { return f.words.startsWith(typed, Qt::CaseInsensitive); });
    return out;
}

ActionSearch::ActionSearch(QWidget* window) : QFrame(window, Qt::Popup), window_(window), box_(new QLineEdit), list_(new QListView) {
    setFrameShape(QFrame::StyledPanel);
    setAccessibleName(tr("Search actions"));
    model_.addColumn({tr("Action")}, [](const FoundAction& f) {
        auto cell = Cell::words(f.keys.isEmpty() ? f.words : f.words + QStringLiteral("   ") + f.keys);
        if (!f.enabled) {
            cell.text += QObject::tr("   (not now)");
            cell.colour = Theme::instance().colours().secondary;
        }
        return cell;
    });
    box_->setPlaceholderText(tr("What do you want to do?"));
    box_->setAccessibleName(tr("Search actions"));
    box_->installEventFilter(this);
    list_->setModel(&model_);
    list_->setAccessibleName(tr("Matching actions"));
    list_->setUniformItemSizes(true);
    list_->setEditTriggers(QAbstractItemView::NoEditTriggers);
    connect(box_, &QLineEdit::textChanged, this, &ActionSearch::search);
    connect(box_, &QLineEdit::returnPressed, this, &ActionSearch::choose);
    connect(list_, &QListView::activated, this, &ActionSearch::choose);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(metrics::gap, metrics::gap, metrics::gap, metrics::gap);
    column->addWidget(box_);
    column->addWidget(list_);
    resize(520, 360);
}

void ActionSearch::open() {
    all_ = actionsUnder(window_);
    box_->clear();
    search({});
    const auto top = window_->mapToGlobal(QPoint((window_->width() - width()) / 2, 72));
    move(top);
    show();
    box_->setFocus();
}

void ActionSearch::search(const QString& typed) {
    model_.setRows(matching(all_, typed));
    list_->setCurrentIndex(model_.index(0, 0));
}

void ActionSearch::choose() {
    const auto at = list_->currentIndex();
    if (!at.isValid()) return;
    const auto found = model_.row(at.row());
    if (!found.action || !found.action->isEnabled()) return;
    hide();
    found.action->trigger();
}

bool ActionSearch::eventFilter(QObject* watched, QEvent* event) {
    if (watched == box_ && event->type() == QEvent::KeyPress) {
        const auto key = static_cast<QKeyEvent*>(event)->key();
        const int by = key == Qt::Key_Down ? 1 : key == Qt::Key_Up ? -1 : 0;
        if (by) {
            const int row = std::clamp(list_->currentIndex().row() + by, 0, std::max(0, model_.rowCount() - 1));
            list_->setCurrentIndex(model_.index(row, 0));
            return true;
        }
    }
    return QFrame::eventFilter(watched, event);
}

}  // namespace foreshard::ui
