// The style sheet of an HTML report: colours by system preference, print in light.
#pragma once

namespace foreshard::report {

extern const char* const htmlStyle;

}  // namespace foreshard::report
