#include "tests/bench/printed.h"

#include <cstdarg>
#include <cstdio>
#include <utility>

namespace foreshard::bench {

namespace {
std::string kept;
}

void print(const char* format, ...) {
    std::va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    std::string text(static_cast<size_t>(std::vsnprintf(nullptr, 0, format, arguments)) + 1, '\0');
    std::vsnprintf(text.data(), text.size(), format, again);
    va_end(again);
    va_end(arguments);
    text.pop_back();
    std::fputs(text.c_str(), stdout);
    std::fflush(stdout);
    kept += text;
}

std::string takePrinted() { return std::exchange(kept, {}); }

}  // namespace foreshard::bench
