// NavigationRail: the pages in pipeline order, each with a mark: ready ●, running ◐, stale, empty ○; in words for screen
// readers and tooltips. Folds to icons. GUI thread only.
#pragma once

#include <QAbstractButton>
#include <QWidget>

#include <map>

#include "ui/document/page.h"

class QButtonGroup;

namespace foreshard::ui {

class RailButton : public QAbstractButton {
    Q_OBJECT
public:
    RailButton(PageId page, QWidget* parent = nullptr);
    PageId page() const { return page_; }
    void setState(PageState state);
    PageState state() const { return state_; }
    void setFolded(bool folded);
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    void enterEvent(QEnterEvent* event) override;
    void leaveEvent(QEvent* event) override;

private:
    void paintMark(QPainter& painter, const QRectF& area);
    PageId page_;
    PageState state_ = PageState::empty;
    bool folded_ = false;
};

class NavigationRail : public QWidget {
    Q_OBJECT
public:
    explicit NavigationRail(QWidget* parent = nullptr);
    void setCurrent(PageId page);
    void setState(PageId page, PageState state);
    void setFolded(bool folded);
    bool folded() const { return folded_; }
    RailButton* button(PageId page) const { return buttons_.at(page); }

Q_SIGNALS:
    void chosen(foreshard::ui::PageId page);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QButtonGroup* group_;
    std::map<PageId, RailButton*> buttons_;
    bool folded_ = false;
};

}  // namespace foreshard::ui
