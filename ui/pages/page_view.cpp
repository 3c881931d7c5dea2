#include "ui/pages/page_view.h"

#include <QAction>
#include <QBoxLayout>
#include <QStackedWidget>

#include "ui/theme/icons.h"
#include "ui/theme/metrics.h"
#include "ui/widgets/notice.h"
#include "ui/widgets/page_parts.h"

namespace foreshard::ui {

PageView::PageView(PageId id, Document& document, QWidget* parent)
    : QWidget(parent), id_(id), document_(document), answer_(new AnswerLine), top_(new QHBoxLayout), notice_(new Notice), error_(new Notice),
      stale_(new Notice), body_(new QStackedWidget) {
    setAccessibleName(titleOf(id));
    setObjectName(QStringLiteral("page-") + iconOf(id));
    error_->setDismissable(true);
    connect(error_, &Notice::dismissed, this, [this] { document_.dismissError(id_); });
    top_->setSpacing(metrics::gap);
    top_->addWidget(answer_, 1);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(metrics::block, metrics::block - 4, metrics::block, metrics::gap);
    column->setSpacing(metrics::gap);
    column->addLayout(top_);
    column->addWidget(error_);
    column->addWidget(stale_);
    column->addWidget(notice_);
    column->addWidget(body_, 1);
    connect(&document_, &Document::errorChanged, this, [this](PageId page) { if (page == id_) showError(); });
    connect(&document_, &Document::pageStateChanged, this, [this](PageId page) {
        if (page == id_) {
            showStale();
            invalidate();
        }
    });
}

void PageView::followSelection() { connect(&document_.selection(), &Selection::changed, this, &PageView::invalidate); }

void PageView::followContext() { connect(&document_.context(), &ViewContext::changed, this, &PageView::invalidate); }

// Later, in one go: a signal may come out of the middle of a model's own work, and several come for one change.
void PageView::invalidate() {
    if (std::exchange(dirty_, true)) return;
    QMetaObject::invokeMethod(this, [this] { if (isVisible()) refreshNow(); }, Qt::QueuedConnection);
}

void PageView::refreshNow() {
    if (!dirty_ || refreshing_) return;
    // What refresh() does to views may change the selection, which comes back here.
    refreshing_ = true;
    dirty_ = false;
    refresh();
    showStale();
    refreshing_ = false;
}

bool PageView::busy() const { return dirty_ || refreshing_ || waiting() || document_.jobs().workingFor(id_); }

void PageView::showEvent(QShowEvent* event) {
    refreshNow();
    QWidget::showEvent(event);
}

void PageView::showError() {
    if (const auto* error = document_.errorOf(id_)) error_->showError(*error);
    else error_->hide();
}

void PageView::tellError(const Error& error) { error_->showError(error); }

void PageView::showStale() {
    if (document_.stateOf(id_) != PageState::stale) return stale_->hide();
    const auto next = refreshAction_ ? tr("“%1” brings it up to date.").arg(refreshAction_->text()) : QString();
    stale_->show(NoticeKind::warning, tr("What this page shows was made before its inputs changed."), next);
}

QString PageView::answer() const { return answer_->text(); }

void PageView::setAnswer(const QString& words) {
    answer_->setText(words);
    answer_->setVisible(!words.isEmpty() || top_->count() > 1);     // it holds the buttons at the right
    answer_->setAccessibleName(words.isEmpty() ? tr("No answer yet") : words);
}

void PageView::setEmptyState(EmptyState* state) {
    empty_ = state;
    body_->addWidget(state);
}

void PageView::setContent(QWidget* content) {
    content_ = content;
    body_->addWidget(content);
}

void PageView::showContent(bool show) {
    if (auto* wanted = show ? content_ : empty_) body_->setCurrentWidget(wanted);
    if (!show) setAnswer({});
}

void PageView::addTopAction(QAction* action, bool primary) { top_->addWidget(actionButton(action, primary), 0, Qt::AlignTop); }
void PageView::addTopWidget(QWidget* widget) { top_->addWidget(widget, 0, Qt::AlignTop); }

QAction* PageView::makeAction(const QString& iconName, const QString& words, std::function<void()> act, const QKeySequence& keys) {
    auto* action = new QAction(iconName.isEmpty() ? QIcon() : icon(iconName), words, this);
    if (!keys.isEmpty()) action->setShortcut(keys);
    action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    connect(action, &QAction::triggered, this, [act = std::move(act)] { act(); });
    addAction(action);
    return action;
}

}  // namespace foreshard::ui
