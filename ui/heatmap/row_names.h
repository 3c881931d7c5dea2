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
    double line = 1;                     // height of a name
};

// Names for the rows `from` to `to` (excluded), from top to bottom, none over another. `middle` gives a row's place. The marked
// rows, weightiest first, are named beside their middle or as near to it as two lines; then as many others as have room.
std::vector<RowName> placeRowNames(int from, int to, const std::vector<int>& marked, const std::function<double(int)>& middle, const NameRoom& room);

}  // namespace foreshard::ui
