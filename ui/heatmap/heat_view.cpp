#include "ui/heatmap/heat_view.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QScrollBar>
#include <QWheelEvent>

#include "ui/format/format.h"
#include "ui/heatmap/heat_accessible.h"
#include "ui/heatmap/heat_layout.h"
#include "ui/theme/colour_math.h"

namespace foreshard::ui {

HeatMapView::HeatMapView(QWidget* parent) : QAbstractScrollArea(parent) {
    installHeatAccessibility();
    setAccessibleName(tr("Heat map"));
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    viewport()->setMouseTracking(true);
    viewport()->setBackgroundRole(QPalette::Base);
    viewport()->setAutoFillBackground(true);
    setVerticalScrollBarPolicy(Qt::ScrollBarAsNeeded);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAsNeeded);
    refreshColours();
}

void HeatMapView::setPicture(std::shared_ptr<const HeatPicture> picture) {
    if (picture && picture->grid.empty()) picture = nullptr;
    const bool sameShape = grid_ && picture && grid_->rows.size() == picture->grid.rows.size() && grid_->columns == picture->grid.columns;
    picture_ = std::move(picture);
    grid_ = picture_ ? &picture_->grid : nullptr;
    if (!sameShape) {
        viewport_ = grid_ ? HeatViewport(static_cast<double>(grid_->columns), static_cast<double>(grid_->rows.size())) : HeatViewport();
        cursor_.reset();
        selected_.reset();
        spots_.clear();
    }
    hover_.reset();
    pinned_.reset();
    moved();
}

void HeatMapView::setWaiting(const QString& words) {
    waiting_ = words;
    viewport()->update();
}

const HeatScale& HeatMapView::scale() const {
    static const HeatScale none;
    return picture_ ? picture_->scale(logarithmic_) : none;
}

void HeatMapView::setSpots(std::vector<HeatMarkerSpot> spots) {
    spots_ = std::move(spots);
    viewport()->update();
}

void HeatMapView::refreshColours() {
    const auto& theme = Theme::instance();
    colours_ = heatColourTable(rampColours(ramp_, theme.mode(), brightness_), theme.colours().raised.rgb());
    if (!image_.isNull()) image_.setColorTable(colours_);
    viewport()->update();
}

void HeatMapView::setRamp(Ramp ramp) {
    ramp_ = ramp;
    refreshColours();
}

void HeatMapView::setBrightness(double brightness) {
    brightness_ = std::clamp(brightness, 0.25, 4.0);
    refreshColours();
}

void HeatMapView::setLogarithmic(bool logarithmic) {
    logarithmic_ = logarithmic;
    image_ = {};
    viewport()->update();
}

void HeatMapView::showAll() {
    viewport_.showAll();
    moved();
}

void HeatMapView::showCells(const QRect& cells) {
    // With some air around, so that the neighbourhood can be compared.
    const double air = 0.6;
    viewport_.show(QRectF(cells).adjusted(-cells.width() * air, -cells.height() * air, cells.width() * air, cells.height() * air));
    moved();
}

void HeatMapView::moved() {
    image_ = {};
    syncScrollBars();
    viewport()->update();
    Q_EMIT shownChanged();
}

void HeatMapView::syncScrollBars() {
    syncing_ = true;
    const auto& r = viewport_.shown();
    const auto set = [](QScrollBar* bar, double from, double length, double all) {
        bar->setRange(0, static_cast<int>(std::ceil(all - length)));
        bar->setPageStep(std::max(1, static_cast<int>(length)));
        bar->setSingleStep(std::max(1, static_cast<int>(length / 20)));
        bar->setValue(static_cast<int>(std::lround(from)));
    };
    set(horizontalScrollBar(), r.left(), r.width(), grid_ ? static_cast<double>(grid_->columns) : 0);
    set(verticalScrollBar(), r.top(), r.height(), grid_ ? static_cast<double>(grid_->rows.size()) : 0);
    syncing_ = false;
}

void HeatMapView::scrollContentsBy(int, int) {
    if (syncing_ || !grid_) return;
    auto r = viewport_.shown();
    r.moveTo(horizontalScrollBar()->value(), verticalScrollBar()->value());
    viewport_.show(r);
    image_ = {};
    viewport()->update();
    Q_EMIT shownChanged();
}

void HeatMapView::setCursorCell(HeatCell cell) {
    if (!grid_) return;
    cell.row = std::clamp(cell.row, 0, static_cast<int>(grid_->rows.size()) - 1);
    cell.column = std::clamp(cell.column, 0, static_cast<int>(grid_->columns) - 1);
    if (cursor_ == cell) return;
    cursor_ = cell;
    const auto before = viewport_.shown();
    viewport_.reveal(cell.row, cell.column);
    if (before != viewport_.shown()) moved();
    viewport()->update();
    tellHeatFocus(this);
    Q_EMIT cursorMoved(cell);
}

void HeatMapView::setSelected(std::optional<QRect> cells) {
    if (cells == selected_) return;
    selected_ = cells;
    viewport()->update();
    Q_EMIT selectionChanged(selected_);
}

QString HeatMapView::wordsOf(HeatCell cell) const {
    if (!grid_ || cell.row < 0 || cell.column < 0 || cell.row >= static_cast<int>(grid_->rows.size()) ||
        cell.column >= static_cast<int>(grid_->columns)) return {};
    const auto& row = grid_->rows[static_cast<size_t>(cell.row)];
    const auto column = static_cast<size_t>(cell.column);
    const float v = grid_->at(static_cast<size_t>(cell.row), column);
    auto words = QStringLiteral("%1 · %2 %3\n%4\n").arg(bareTable(row.table), text(row.column), text(row.label),
                                                       timeRange({grid_->timeOf(column), grid_->timeOf(column + 1)}));
    words += std::isnan(v) ? tr("not known") : QStringLiteral("%1 %2").arg(count(v), text(grid_->unit));
    const double total = picture_->columnTotals[column];
    if (v > 0 && total > 0) words += tr(" · %1 of all shown keys").arg(share(static_cast<double>(v) / total));
    if (column >= grid_->predictedFrom) words += tr("\npredicted") + (grid_->basis.empty() ? QString() : QStringLiteral(": ") + text(grid_->basis));
    return words;
}

QString HeatMapView::csv(const QRect& cells) const {
    if (!grid_) return {};
    QString out = QStringLiteral("table,column,keys");
    for (int c = cells.left(); c <= cells.right(); ++c) out += QLatin1Char(',') + text(formatRfc3339(grid_->timeOf(static_cast<size_t>(c))));
    out += QLatin1Char('\n');
    for (int r = cells.top(); r <= cells.bottom(); ++r) {
        const auto& row = grid_->rows[static_cast<size_t>(r)];
        out += csvCell(text(row.table)) + QLatin1Char(',') + csvCell(text(row.column)) + QLatin1Char(',') + csvCell(text(row.label));
        for (int c = cells.left(); c <= cells.right(); ++c) {
            const float v = grid_->at(static_cast<size_t>(r), static_cast<size_t>(c));
            out += QLatin1Char(',') + (std::isnan(v) ? QString() : QString::number(v, 'g', 7));
        }
        out += QLatin1Char('\n');
    }
    return out;
}

void HeatMapView::copyShown() const {
    if (!grid_) return;
    const auto shown = viewport_.shown().toAlignedRect().intersected(QRect(0, 0, static_cast<int>(grid_->columns), static_cast<int>(grid_->rows.size())));
    QGuiApplication::clipboard()->setText(csv(selected_.value_or(shown)));
}

// ---- geometry ---------------------------------------------------------------------------------------------------

QRect HeatMapView::plotArea() const {
    using namespace heat_layout;
    const auto all = viewport()->rect();
    return all.adjusted(namesWidth(font()), totalsHeight, -totalsWidth, -(axisHeight + legendHeight));
}

double HeatMapView::xOf(double column) const {
    const auto plot = plotArea();
    return plot.left() + (column - viewport_.shown().left()) / viewport_.shown().width() * plot.width();
}

double HeatMapView::yOf(double row) const {
    const auto plot = plotArea();
    return plot.top() + (row - viewport_.shown().top()) / viewport_.shown().height() * plot.height();
}

double HeatMapView::rowAt(int y) const {
    const auto plot = plotArea();
    return viewport_.shown().top() + (y - plot.top() + 0.5) / plot.height() * viewport_.shown().height();
}

HeatCell HeatMapView::cellAt(const QPoint& position) const {
    const auto plot = plotArea();
    const auto& r = viewport_.shown();
    const double column = r.left() + (position.x() - plot.left() + 0.5) / plot.width() * r.width();
    const double row = rowAt(position.y());
    const int columns = grid_ ? static_cast<int>(grid_->columns) : 1, rows = grid_ ? static_cast<int>(grid_->rows.size()) : 1;
    return {std::clamp(static_cast<int>(std::floor(row)), 0, rows - 1), std::clamp(static_cast<int>(std::floor(column)), 0, columns - 1)};
}

QRectF HeatMapView::rectOf(HeatCell cell) const {
    return QRectF(QPointF(xOf(cell.column), yOf(cell.row)), QPointF(xOf(cell.column + 1), yOf(cell.row + 1)));
}

bool HeatMapView::inPlot(const QPoint& position) const { return grid_ && plotArea().contains(position); }

// ---- mouse and keys ---------------------------------------------------------------------------------------------

void HeatMapView::resizeEvent(QResizeEvent* event) {
    QAbstractScrollArea::resizeEvent(event);
    image_ = {};
    syncScrollBars();
}

void HeatMapView::wheelEvent(QWheelEvent* event) {
    if (!grid_) return;
    const bool keys = event->modifiers() & Qt::ShiftModifier;
    // Shift turns a vertical wheel into a horizontal one on some systems.
    const int turn = event->angleDelta().y() ? event->angleDelta().y() : event->angleDelta().x();
    const double factor = std::pow(0.85, turn / 120.0);
    const auto plot = plotArea();
    const auto at = event->position();
    if (keys) viewport_.zoomKeys(factor, std::clamp((at.y() - plot.top()) / plot.height(), 0.0, 1.0));
    else viewport_.zoomTime(factor, std::clamp((at.x() - plot.left()) / plot.width(), 0.0, 1.0));
    event->accept();
    moved();
}

void HeatMapView::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton || !inPlot(event->pos())) return;
    dragFrom_ = event->pos();
    if (pressSplit(*event)) return;
    dragShown_ = viewport_.shown();
    drag_ = event->modifiers() & Qt::ControlModifier ? Drag::select : Drag::pan;
    viewport()->setCursor(drag_ == Drag::select ? Qt::CrossCursor : Qt::ClosedHandCursor);
}

void HeatMapView::mouseMoveEvent(QMouseEvent* event) {
    if (drag_ == Drag::split) return moveSplit(rowAt(event->pos().y()), false);
    if (drag_ == Drag::pan) {
        const auto plot = plotArea();
        const auto by = event->pos() - dragFrom_;
        auto r = dragShown_;
        r.translate(-by.x() * r.width() / plot.width(), -by.y() * r.height() / plot.height());
        viewport_.show(r);
        moved();
        return;
    }
    if (drag_ == Drag::select) {
        const auto a = cellAt(dragFrom_), b = cellAt(event->pos());
        setSelected(QRect(QPoint(std::min(a.column, b.column), std::min(a.row, b.row)), QPoint(std::max(a.column, b.column), std::max(a.row, b.row))));
        return;
    }
    if (splits_) viewport()->setCursor(splitNear(event->pos()) >= 0 ? Qt::SizeVerCursor : Qt::ArrowCursor);
    const auto before = hover_;
    hover_ = inPlot(event->pos()) ? std::optional(cellAt(event->pos())) : std::nullopt;
    if (before != hover_) viewport()->update();
}

void HeatMapView::mouseReleaseEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) return;
    if (drag_ == Drag::split) {
        drag_ = Drag::none;
        viewport()->unsetCursor();
        return moveSplit(rowAt(event->pos().y()), true);
    }
    const bool click = drag_ != Drag::none && (event->pos() - dragFrom_).manhattanLength() < 4;
    const bool selecting = drag_ == Drag::select;
    drag_ = Drag::none;
    viewport()->unsetCursor();
    if (!click) return;
    const auto cell = cellAt(event->pos());
    if (selecting) setSelected(QRect(cell.column, cell.row, 1, 1));
    else setSelected(std::nullopt);
    setCursorCell(cell);
}

void HeatMapView::mouseDoubleClickEvent(QMouseEvent* event) {
    if (inPlot(event->pos())) showAll();
}

void HeatMapView::leaveEvent(QEvent*) {
    hover_.reset();
    viewport()->update();
}

void HeatMapView::clampCursor(int row, int column) { setCursorCell({row, column}); }

void HeatMapView::keyPressEvent(QKeyEvent* event) {
    if (!grid_) return QAbstractScrollArea::keyPressEvent(event);
    if (keySplit(*event)) return;
    const auto at = cursor_.value_or(HeatCell{static_cast<int>(viewport_.shown().top()), static_cast<int>(viewport_.shown().left())});
    const bool fresh = !cursor_;
    const auto go = [&](int rows, int columns) {
        const auto from = at;
        fresh ? clampCursor(from.row, from.column) : clampCursor(from.row + rows, from.column + columns);
        if (event->modifiers() & Qt::ShiftModifier && cursor_) {
            const auto cell = QRect(cursor_->column, cursor_->row, 1, 1);
            setSelected(selected_.value_or(QRect(from.column, from.row, 1, 1)).united(cell));
        }
    };
    switch (event->key()) {
        case Qt::Key_Left: return go(0, -1);
        case Qt::Key_Right: return go(0, 1);
        case Qt::Key_Up: return go(-1, 0);
        case Qt::Key_Down: return go(1, 0);
        case Qt::Key_PageUp: return go(-std::max(1, static_cast<int>(viewport_.shown().height() * 0.8)), 0);
        case Qt::Key_PageDown: return go(std::max(1, static_cast<int>(viewport_.shown().height() * 0.8)), 0);
        case Qt::Key_Home: return showAll();
        case Qt::Key_Space:
            pinned_ = pinned_ ? std::nullopt : cursor_ ? cursor_ : hover_;
            return viewport()->update();
        case Qt::Key_C: return copyShown();
        case Qt::Key_Escape:
            pinned_.reset();
            setSelected(std::nullopt);
            return viewport()->update();
        case Qt::Key_Plus:
        case Qt::Key_Equal:
        case Qt::Key_Minus: {
            const double factor = event->key() == Qt::Key_Minus ? 1 / 0.8 : 0.8;
            event->modifiers() & Qt::AltModifier ? viewport_.zoomKeys(factor, 0.5) : viewport_.zoomTime(factor, 0.5);
            return moved();
        }
        default: QAbstractScrollArea::keyPressEvent(event);
    }
}

void HeatMapView::changeEvent(QEvent* event) {
    if (event->type() == QEvent::PaletteChange) refreshColours();
    QAbstractScrollArea::changeEvent(event);
}

}  // namespace foreshard::ui
