// HeatViewport: which part of a heat map is shown: columns (time) and rows (keys), zoomed and panned apart, never outside
// the grid. Pure geometry; plain value.
#pragma once

#include <QRectF>

#include <algorithm>

namespace foreshard::ui {

class HeatViewport {
public:
    HeatViewport() = default;
    HeatViewport(double columns, double rows) : columns_(columns), rows_(rows), shown_(0, 0, columns, rows) {}

    const QRectF& shown() const { return shown_; }        // x: columns, y: rows
    bool whole() const { return shown_ == QRectF(0, 0, columns_, rows_); }
    void showAll() { shown_ = QRectF(0, 0, columns_, rows_); }
    void show(const QRectF& wanted) { shown_ = fit(wanted); }
    // `factor` below 1 zooms in; the point at `anchor` (0…1 of the shown width or height) stays where it is.
    void zoomTime(double factor, double anchor) { show(zoomed(shown_, factor, anchor, 1, 0)); }
    void zoomKeys(double factor, double anchor) { show(zoomed(shown_, 1, 0, factor, anchor)); }
    void pan(double columns, double rows) { show(shown_.translated(columns, rows)); }
    // Moves as little as possible so that the cell is inside.
    void reveal(int row, int column);

private:
    static QRectF zoomed(QRectF r, double fx, double ax, double fy, double ay) {
        const double width = r.width() * fx, height = r.height() * fy;
        return {r.left() + (r.width() - width) * ax, r.top() + (r.height() - height) * ay, width, height};
    }
    QRectF fit(QRectF r) const {
        const double width = std::clamp(r.width(), std::min(4.0, columns_), columns_);
        const double height = std::clamp(r.height(), std::min(2.0, rows_), rows_);
        return {std::clamp(r.left(), 0.0, columns_ - width), std::clamp(r.top(), 0.0, rows_ - height), width, height};
    }
    double columns_ = 0, rows_ = 0;
    QRectF shown_;
};

inline void HeatViewport::reveal(int row, int column) {
    auto r = shown_;
    if (column < r.left()) r.moveLeft(column);
    if (column + 1 > r.right()) r.moveRight(column + 1);
    if (row < r.top()) r.moveTop(row);
    if (row + 1 > r.bottom()) r.moveBottom(row + 1);
    show(r);
}

}  // namespace foreshard::ui
