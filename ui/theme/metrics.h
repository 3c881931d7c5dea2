// Sizes of the workbench in device-independent pixels, all on a grid of 4.
#pragma once

namespace foreshard::ui::metrics {

constexpr int grid = 4;
constexpr int inner = 4;               // inside groups
constexpr int gap = 8;                 // between controls
constexpr int block = 16;              // between blocks
constexpr int rowHeight = 24;          // of tables
constexpr int railWidth = 148;
constexpr int railFoldedWidth = 44;
constexpr int railFoldsBelow = 1100;   // width of the window
constexpr int selectionPanelWidth = 228;
constexpr int selectionHidesBelow = 1240;   // width of the window; the page needs the room
constexpr int icon = 20;
constexpr int smallIcon = 16;          // over charts and tables

// Text sizes as factors of the body's.
constexpr double secondaryText = 0.9;
constexpr double answerText = 1.25;
constexpr double titleText = 1.6;

}  // namespace foreshard::ui::metrics
