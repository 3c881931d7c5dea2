// Row names of a heat map: which rows of a group are named where there is not room for all. Rows that carry a marked hotspot
// come first. Pure; any thread.
#pragma once

#include <functional>
#include <vector>

namespace foreshard::ui {

struct RowName {
    int row = 0;
    double top = 0;                      // of its line, in pixels
    bool marked = false;
};

// The room beside one group, in pixels.
struct NameRoom {
    double top = 0, bottom = 0;
    double othersTop = 0;                // below the group's own name, whose line marked rows alone may share
    double line = 1;                     // height of a name
};

// Names for the rows `from` to `to` (excluded), in the order of the rows, none over another. `middle` gives a row's place. The
// marked rows, weightiest first, are named as far as there are lines, pushed from their places no further than others of them
// need; then as many of the rest as have room beside their middle.
std::vector<RowName> placeRowNames(int from, int to, const std::vector<int>& marked, const std::function<double(int)>& middle, const NameRoom& room);

}  // namespace foreshard::ui
