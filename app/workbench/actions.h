// The verbs of the command line as the workbench calls them.
#pragma once

#include "ui/document/actions.h"

namespace foreshard::workbench {

ui::DocumentActions makeActions();

// What a dropped file is, told by its first kilobytes.
ui::DroppedFile identify(const std::filesystem::path& path);

// Where the sample's files are: beside the program's build tree, or installed. Empty: not found.
std::filesystem::path sampleFolder();
// The sample project of `folder`. Where there is none, or `afresh` (what was there is gone then): unpacks the sample's files
// and reads them; publishes in stages.
Result<ui::Contents> openSample(const std::filesystem::path& folder, bool afresh, ui::ActionContext& context);

}  // namespace foreshard::workbench
