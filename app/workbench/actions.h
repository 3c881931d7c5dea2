// The verbs of the command line as the workbench calls them.
#pragma once

#include "ui/document/actions.h"

namespace foreshard::workbench {

ui::DocumentActions makeActions();

// What a dropped file is, told by its first kilobytes.
ui::DroppedFile identify(const std::filesystem::path& path);

// Where the sample's files are: beside the program's build tree, or installed. Empty: not found.
std::filesystem::path sampleFolder();
// Unpacks the sample into `folder` (made; an older project there is replaced) and reads it; publishes in stages.
Result<ui::Contents> openSample(const std::filesystem::path& folder, ui::ActionContext& context);

}  // namespace foreshard::workbench
