#include "ui/heatmap/heat_raster.h"

#include <algorithm>
#include <cmath>

namespace foreshard::ui {

namespace {

// Cells that a pixel covers: [from, to), at least one.
struct Span {
    size_t from = 0, to = 1;
};

std::vector<Span> spans(double begin, double length, int pixels, size_t limit) {
    std::vector<Span> out(static_cast<size_t>(pixels));
    for (int p = 0; p < pixels; ++p) {
        const double a = begin + length * p / pixels, b = begin + length * (p + 1) / pixels;
        const auto from = static_cast<size_t>(std::clamp(std::floor(a + 1e-9), 0.0, static_cast<double>(limit - 1)));
        const auto to = static_cast<size_t>(std::clamp(std::ceil(b - 1e-9), static_cast<double>(from) + 1, static_cast<double>(limit)));
        out[static_cast<size_t>(p)] = {from, to};
    }
    // Where cells are wider than pixels, a pixel belongs to the one cell that holds its middle.
    if (length <= pixels) {
        for (int p = 0; p < pixels; ++p) {
            const double middle = begin + length * (p + 0.5) / pixels;
            const auto cell = static_cast<size_t>(std::clamp(std::floor(middle), 0.0, static_cast<double>(limit - 1)));
            out[static_cast<size_t>(p)] = {cell, cell + 1};
        }
    }
    return out;
}

}  // namespace

HeatRaster::HeatRaster(const HeatGrid& grid, const HeatScale& scale) : rows_(grid.rows.size()), columns_(grid.columns) {
    if (grid.empty()) return;
    Level base{columns_, std::vector<uint8_t>(grid.cells.size())};
    for (size_t i = 0; i < grid.cells.size(); ++i) {
        const float share = shareOf(scale, grid.cells[i]);
        base.bytes[i] = share < 0 ? unknown : share == 0 ? nothing : static_cast<uint8_t>(first + std::lround(share * (last - first)));
    }
    levels_.push_back(std::move(base));
    while (levels_.back().columns > 64) {
        const auto& below = levels_.back();
        Level level{(below.columns + 1) / 2, {}};
        level.bytes.resize(level.columns * rows_);
        for (size_t r = 0; r < rows_; ++r) {
            const auto* from = &below.bytes[r * below.columns];
            auto* to = &level.bytes[r * level.columns];
            const size_t pairs = below.columns / 2;
            for (size_t c = 0; c < pairs; ++c) to[c] = std::max(from[2 * c], from[2 * c + 1]);
            if (below.columns % 2) to[pairs] = from[below.columns - 1];
        }
        levels_.push_back(std::move(level));
    }
}

QImage HeatRaster::render(const QRectF& shown, QSize size) const {
    if (levels_.empty() || size.isEmpty()) return {};
    QImage image(size, QImage::Format_Indexed8);
    // The coarsest level that still has a cell or more for each pixel.
    size_t level = 0;
    while (level + 1 < levels_.size() && shown.width() / std::pow(2.0, static_cast<double>(level) + 1) >= size.width()) ++level;
    const auto& source = levels_[level];
    const double factor = std::pow(2.0, static_cast<double>(level));
    const auto across = spans(shown.left() / factor, shown.width() / factor, size.width(), source.columns);
    const auto down = spans(shown.top(), shown.height(), size.height(), rows_);
    const size_t firstColumn = across.front().from, width = across.back().to - firstColumn;
    std::vector<uint8_t> strip(width);
    for (int y = 0; y < size.height(); ++y) {
        auto* line = image.scanLine(y);
        const auto rows = down[static_cast<size_t>(y)];
        const auto above = y > 0 ? down[static_cast<size_t>(y) - 1] : Span{0, 0};
        if (rows.from == above.from && rows.to == above.to) {
            std::copy_n(image.constScanLine(y - 1), size.width(), line);
            continue;
        }
        std::copy_n(&source.bytes[rows.from * source.columns + firstColumn], width, strip.data());
        for (size_t r = rows.from + 1; r < rows.to; ++r) {
            const auto* cells = &source.bytes[r * source.columns + firstColumn];
            for (size_t c = 0; c < width; ++c) strip[c] = std::max(strip[c], cells[c]);
        }
        for (int x = 0; x < size.width(); ++x) {
            const auto columns = across[static_cast<size_t>(x)];
            line[x] = *std::max_element(strip.begin() + static_cast<std::ptrdiff_t>(columns.from - firstColumn),
                                        strip.begin() + static_cast<std::ptrdiff_t>(columns.to - firstColumn));
        }
    }
    return image;
}

QList<QRgb> heatColourTable(const QList<QRgb>& ramp, QRgb unknownColour) {
    QList<QRgb> out(256);
    out[HeatRaster::unknown] = unknownColour;
    out[HeatRaster::nothing] = ramp.front();
    for (int i = HeatRaster::first; i <= HeatRaster::last; ++i) {
        out[i] = ramp[(i - HeatRaster::first) * (static_cast<int>(ramp.size()) - 1) / (HeatRaster::last - HeatRaster::first)];
    }
    return out;
}

}  // namespace foreshard::ui
