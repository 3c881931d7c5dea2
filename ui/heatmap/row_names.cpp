#include "ui/heatmap/row_names.h"

#include <algorithm>
#include <cmath>

namespace foreshard::ui {

namespace {

constexpr double gap = 1;                // between two names

// As many as there are lines, the weightiest, in the order of the rows.
std::vector<int> weightiest(int from, int to, const std::vector<int>& marked, const NameRoom& room) {
    const auto lines = static_cast<size_t>(std::max(0.0, std::floor((room.bottom - room.top + gap) / (room.line + gap))));
    std::vector<int> rows;
    for (const int row : marked) {
        if (rows.size() < lines && row >= from && row < to && std::find(rows.begin(), rows.end(), row) == rows.end()) rows.push_back(row);
    }
    std::sort(rows.begin(), rows.end());
    return rows;
}

std::vector<RowName> placeMarked(const std::vector<int>& rows, const std::function<double(int)>& middle, const NameRoom& room) {
    std::vector<RowName> names;
    double least = room.top;
    for (const int row : rows) {
        names.push_back({row, std::max(least, middle(row) - room.line / 2), true});
        least = names.back().top + room.line + gap;
    }
    double most = room.bottom - room.line;
    for (auto name = names.rbegin(); name != names.rend(); ++name) {
        name->top = std::min(name->top, most);
        most = name->top - room.line - gap;
    }
    return names;
}

}  // namespace

std::vector<RowName> placeRowNames(int from, int to, const std::vector<int>& marked, const std::function<double(int)>& middle, const NameRoom& room) {
    const auto first = placeMarked(weightiest(from, to, marked, room), middle, room);
    auto names = first;
    double least = std::max(room.top, room.othersTop);
    for (int row = from; row < to; ++row) {
        const double top = middle(row) - room.line / 2;
        if (top < least || top + room.line > room.bottom) continue;
        const bool clear = std::all_of(first.begin(), first.end(), [&](const RowName& name) { return name.row < row ? name.top + room.line + gap <= top : name.row > row && top + room.line + gap <= name.top; });
        if (!clear) continue;
        names.push_back({row, top, false});
        least = top + room.line + gap;
    }
    std::sort(names.begin(), names.end(), [](const RowName& a, const RowName& b) { return a.row < b.row; });
    return names;
}

}  // namespace foreshard::ui
