// PageView: the bones of every page: the answer in one line, what failed or is stale beside it, then either what is there or
// the empty state. A page follows the Document and repaints only while it is visible. Pages never call each other: they ask
// to go elsewhere by goTo(). GUI thread only.
#pragma once

#include <QPointer>
#include <QWidget>

#include "ui/document/document.h"

class QHBoxLayout;
class QStackedLayout;
class QStackedWidget;

namespace foreshard::ui {

class AnswerLine;
class EmptyState;
class Notice;

class PageView : public QWidget {
    Q_OBJECT
public:
    PageView(PageId id, Document& document, QWidget* parent = nullptr);
    PageId id() const { return id_; }
    // Which choices of the context bar this page obeys.
    virtual ContextUse contextUse() const = 0;
    QString answer() const;
    QStackedWidget* body() const { return body_; }
    // Brings the page up to date now, though it may be hidden: for pictures of the report.
    void refreshNow();
    // What the page shows is not all there yet: it has to be refreshed, or something that it shows is being made.
    bool busy() const;

Q_SIGNALS:
    void goTo(foreshard::ui::PageId page);

protected:
    Document& document() { return document_; }
    const Document& document() const { return document_; }
    const Contents& contents() const { return document_.contents(); }
    // Rebuilds what is shown from the document.
    virtual void refresh() = 0;
    // Call when something that the page shows has changed.
    void invalidate();
    template <typename... Signals>
    void follow(Signals... signals) {
        (connect(&document_, signals, this, &PageView::invalidate), ...);
    }
    void followSelection();
    void followContext();
    // Runs `work` off the GUI thread, in no list of jobs, and then `show` with what it made; a newer one of the same `what`
    // (or another project) drops what the older one makes.
    template <typename T>
    void prepare(const QString& what, std::function<T()> work, std::function<void(T)> show) {
        prepareJob<T>(what, [work = std::move(work)](Job&) -> Result<T> { return work(); }, std::move(show));
    }
    // Likewise, for work that can be stopped: a newer one stops it, and what fails shows nothing.
    template <typename T>
    void prepareJob(const QString& what, std::function<Result<T>(Job&)> work, std::function<void(T)> show) {
        const QPointer<PageView> alive(this);
        document_.jobs().start<T>({what, what, id_, true}, std::move(work),
                                  [alive, show = std::move(show)](Result<T> made) { if (alive && made.ok()) show(std::move(*made)); });
    }

    void setAnswer(const QString& words);
    void setEmptyState(EmptyState* state);
    void setContent(QWidget* content);
    // The content when true, else the empty state.
    void showContent(bool show);
    // A button at the right of the answer; the action also stands in the action search.
    void addTopAction(QAction* action, bool primary = false);
    void addTopWidget(QWidget* widget);
    QAction* makeAction(const QString& iconName, const QString& words, std::function<void()> act, const QKeySequence& keys = {});
    Notice* notice() const { return notice_; }
    // What went wrong here, outside the document's verbs; the reader dismisses it.
    void tellError(const Error& error);
    // What "Refresh" of a stale page does; without it a stale page says so but offers no button.
    void setRefreshAction(QAction* action) { refreshAction_ = action; }

    // A change is waiting for its moment: a timer runs until it is asked for.
    virtual bool waiting() const { return false; }

    void showEvent(QShowEvent* event) override;

private:
    void showError();
    void showStale();
    PageId id_;
    Document& document_;
    AnswerLine* answer_;
    QHBoxLayout* top_;
    Notice *notice_, *error_, *stale_;
    QStackedWidget* body_;
    QWidget *empty_ = nullptr, *content_ = nullptr;
    QAction* refreshAction_ = nullptr;
    bool dirty_ = true, refreshing_ = false;
};

}  // namespace foreshard::ui
