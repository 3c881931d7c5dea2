// What to do next, in the words of the window: the verbs' own errors name commands. Pure; any thread.
#pragma once

#include "core/base/result.h"

namespace foreshard::workbench {

// The same error; where its next step is a command that a page has a button for, it names the page and the button.
Error inTheWindow(Error error);

}  // namespace foreshard::workbench
