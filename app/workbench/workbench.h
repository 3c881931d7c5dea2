// The window: binds the verbs to the pages and runs the event loop.
#pragma once

#include <string>

namespace foreshard::workbench {

// Opens the workbench, on `project` where one is named. With `screenshots` the pages of the project are rendered to PNG
// files in that folder, light and dark, and the program ends. Returns the exit code.
int run(int argc, char** argv, const std::string& project, const std::string& screenshots);

}  // namespace foreshard::workbench
