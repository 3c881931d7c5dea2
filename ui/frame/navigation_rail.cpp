#include "ui/frame/navigation_rail.h"

#include <QBoxLayout>
#include <QButtonGroup>
#include <QEnterEvent>
#include <QPainter>

#include "ui/theme/colour_math.h"
#include "ui/theme/icons.h"
#include "ui/theme/metrics.h"
#include "ui/theme/theme.h"

namespace foreshard::ui {

RailButton::RailButton(PageId page, QWidget* parent) : QAbstractButton(parent), page_(page) {
    setText(titleOf(page));
    setIcon(ui::icon(iconOf(page)));
    setCheckable(true);
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setState(PageState::empty);
}

void RailButton::setState(PageState state) {
    state_ = state;
    const auto words = QStringLiteral("%1: %2").arg(titleOf(page_), describe(state));
    setToolTip(words + QStringLiteral(" (Ctrl+%1)").arg(static_cast<int>(page_) + 1));
    setAccessibleName(words);
    update();
}

void RailButton::setFolded(bool folded) {
    folded_ = folded;
    updateGeometry();
    update();
}

QSize RailButton::sizeHint() const { return {folded_ ? metrics::railFoldedWidth : metrics::railWidth, 36}; }
void RailButton::enterEvent(QEnterEvent*) { update(); }
void RailButton::leaveEvent(QEvent*) { update(); }

void RailButton::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const auto& c = Theme::instance().colours();
    if (isChecked()) {
        painter.fillRect(rect(), c.selection);
        painter.fillRect(QRect(0, 0, 3, height()), c.accent);
    } else if (underMouse()) {
        painter.fillRect(rect(), mix(c.background, c.text, 0.06));
    }
    const QRect picture(folded_ ? (width() - metrics::icon) / 2 : 12, (height() - metrics::icon) / 2, metrics::icon, metrics::icon);
    icon().paint(&painter, picture);
    if (folded_) {
        paintMark(painter, QRectF(width() - 13, 4, 9, 9));
    } else {
        painter.setPen(c.text);
        painter.setFont(scaledFont(1.0, isChecked()));
        painter.drawText(QRect(picture.right() + 10, 0, width() - picture.right() - 34, height()), Qt::AlignVCenter, text());
        paintMark(painter, QRectF(width() - 21, (height() - 10) / 2.0, 10, 10));
    }
    if (hasFocus()) {
        painter.setPen(QPen(c.accent, 1.5));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(QRectF(rect()).adjusted(1, 1, -1, -1));
    }
}

// The states differ in shape, not in colour alone.
void RailButton::paintMark(QPainter& painter, const QRectF& area) {
    const auto& c = Theme::instance().colours();
    painter.setPen(QPen(c.secondary, 1.3));
    painter.setBrush(Qt::NoBrush);
    const auto circle = area.adjusted(1, 1, -1, -1);
    switch (state_) {
        case PageState::ready:
            painter.setBrush(c.secondary);
            painter.drawEllipse(circle);
            break;
        case PageState::running:
            painter.drawEllipse(circle);
            painter.setBrush(c.accent);
            painter.setPen(Qt::NoPen);
            painter.drawPie(circle, 90 * 16, 180 * 16);
            break;
        case PageState::stale:
            painter.setPen(QPen(c.warning, 1.5));
            painter.drawArc(circle, 60 * 16, 260 * 16);
            painter.drawLine(circle.center(), circle.center() + QPointF(0, -3));
            painter.drawLine(circle.center(), circle.center() + QPointF(2, 0));
            break;
        case PageState::empty: painter.drawEllipse(circle); break;
    }
}

NavigationRail::NavigationRail(QWidget* parent) : QWidget(parent), group_(new QButtonGroup(this)) {
    setAccessibleName(tr("Pages"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, metrics::gap, 1, metrics::gap);
    column->setSpacing(2);
    for (const auto page : allPages) {
        auto* button = new RailButton(page);
        buttons_[page] = button;
        group_->addButton(button);
        column->addWidget(button);
        connect(button, &RailButton::clicked, this, [this, page] { Q_EMIT chosen(page); });
    }
    column->addStretch(1);
    setFolded(false);
}

void NavigationRail::setCurrent(PageId page) { buttons_.at(page)->setChecked(true); }
void NavigationRail::setState(PageId page, PageState state) { buttons_.at(page)->setState(state); }

void NavigationRail::setFolded(bool folded) {
    folded_ = folded;
    for (auto& [page, button] : buttons_) button->setFolded(folded);
    setFixedWidth(folded ? metrics::railFoldedWidth : metrics::railWidth);
}

void NavigationRail::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setPen(Theme::instance().colours().line);
    painter.drawLine(width() - 1, 0, width() - 1, height());
}

}  // namespace foreshard::ui
