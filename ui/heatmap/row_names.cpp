#include "ui/heatmap/row_names.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace foreshard::ui {

namespace {

constexpr double gap = 1;                // between two names

bool isFree(const std::vector<RowName>& names, double top, const NameRoom& room) {
    if (top < room.top || top + room.line > room.bottom) return false;
    return std::none_of(names.begin(), names.end(), [&](const RowName& name) { return std::fabs(name.top - top) < room.line + gap; });
}

// The free place nearest to `wanted`: there, at an end of the room, or just beside a name.
std::optional<double> nearestFree(const std::vector<RowName>& names, double wanted, const NameRoom& room) {
    std::vector<double> places{std::clamp(wanted, room.top, std::max(room.top, room.bottom - room.line))};
    for (const auto& name : names) {
        places.push_back(name.top - room.line - gap);
        places.push_back(name.top + room.line + gap);
    }
    std::optional<double> best;
    for (const double place : places) {
        if (isFree(names, place, room) && std::fabs(place - wanted) <= 2 * room.line && (!best || std::fabs(place - wanted) < std::fabs(*best - wanted))) best = place;
    }
    return best;
}

}  // namespace

std::vector<RowName> placeRowNames(int from, int to, const std::vector<int>& marked, const std::function<double(int)>& middle, const NameRoom& room) {
    std::vector<RowName> names;
    for (const int row : marked) {
        if (row < from || row >= to || std::any_of(names.begin(), names.end(), [&](const RowName& name) { return name.row == row; })) continue;
        if (const auto top = nearestFree(names, middle(row) - room.line / 2, room)) names.push_back({row, *top, true});
    }
    const auto named = names.size();
    for (int row = from; row < to; ++row) {
        const bool done = std::any_of(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(named), [&](const RowName& name) { return name.row == row; });
        const double top = middle(row) - room.line / 2;
        if (!done && isFree(names, top, room)) names.push_back({row, top, false});
    }
    std::sort(names.begin(), names.end(), [](const RowName& a, const RowName& b) { return a.top < b.top; });
    return names;
}

}  // namespace foreshard::ui
