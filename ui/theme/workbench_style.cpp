#include "ui/theme/workbench_style.h"

#include <QPainter>
#include <QStyleFactory>
#include <QStyleOption>
#include <QTime>

#include "ui/theme/theme.h"

namespace foreshard::ui {

WorkbenchStyle::WorkbenchStyle() : QProxyStyle(QStyleFactory::create("Fusion")) {}

int WorkbenchStyle::pixelMetric(PixelMetric metric, const QStyleOption* option, const QWidget* widget) const {
    switch (metric) {
        case PM_HeaderMargin: return 6;
        case PM_FocusFrameHMargin: return 5;     // left and right of the text of a cell
        default: return QProxyStyle::pixelMetric(metric, option, widget);
    }
}

// Room beside a button's words; its height stays that of the boxes beside it.
QSize WorkbenchStyle::sizeFromContents(ContentsType type, const QStyleOption* option, const QSize& contents, const QWidget* widget) const {
    auto size = QProxyStyle::sizeFromContents(type, option, contents, widget);
    if (type == CT_PushButton) size += QSize(10, 0);
    return size;
}

int WorkbenchStyle::styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget, QStyleHintReturn* data) const {
    if (hint == SH_ItemView_ActivateItemOnSingleClick) return 0;
    return QProxyStyle::styleHint(hint, option, widget, data);
}

// A progress bar is a flat track in the line's colour with the done part in the accent; a busy one has a part that wanders.
void WorkbenchStyle::drawControl(ControlElement element, const QStyleOption* option, QPainter* painter, const QWidget* widget) const {
    const auto* bar = qstyleoption_cast<const QStyleOptionProgressBar*>(option);
    if (!bar || (element != CE_ProgressBarContents && element != CE_ProgressBarGroove)) {
        QProxyStyle::drawControl(element, option, painter, widget);
        return;
    }
    const auto& c = Theme::instance().colours();
    auto area = QRectF(bar->rect);
    area = QRectF(area.left(), area.center().y() - 3, area.width(), 6);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(Qt::NoPen);
    if (element == CE_ProgressBarGroove) {
        painter->setBrush(c.line);
        painter->drawRoundedRect(area, 3, 3);
    } else {
        const double all = bar->maximum - bar->minimum;
        double from = 0, part = all > 0 ? (bar->progress - bar->minimum) / all : 0.25;
        if (all <= 0) from = 0.75 * (QTime::currentTime().msecsSinceStartOfDay() % 1600) / 1600.0;
        painter->setBrush(c.accent);
        if (part > 0) painter->drawRoundedRect(QRectF(area.left() + from * area.width(), area.top(), std::max(6.0, part * area.width()), 6), 3, 3);
    }
    painter->restore();
}

void WorkbenchStyle::drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter, const QWidget* widget) const {
    if (element != PE_IndicatorCheckBox && element != PE_IndicatorItemViewItemCheck) {
        QProxyStyle::drawPrimitive(element, option, painter, widget);
        return;
    }
    const auto& c = Theme::instance().colours();
    const bool enabled = option->state & State_Enabled;
    const auto box = QRectF(option->rect).adjusted(1.5, 1.5, -1.5, -1.5);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(QPen(option->state & State_HasFocus ? c.accent : c.secondary, 1.2));
    painter->setBrush(enabled ? c.surface : c.background);
    painter->drawRoundedRect(box, 2, 2);
    painter->setPen(QPen(enabled ? c.text : c.secondary, 1.8, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    const auto at = [&](double x, double y) { return QPointF(box.left() + x * box.width(), box.top() + y * box.height()); };
    if (option->state & State_On) painter->drawPolyline(QPolygonF{at(0.2, 0.52), at(0.42, 0.75), at(0.82, 0.24)});
    else if (option->state & State_NoChange) painter->drawLine(at(0.25, 0.5), at(0.75, 0.5));
    painter->restore();
}

}  // namespace foreshard::ui
