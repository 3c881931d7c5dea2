// Printing that is kept too, so that a benchmark can store what a row said.
#pragma once

#include <string>

namespace foreshard::bench {

[[gnu::format(printf, 1, 2)]] void print(const char* format, ...);
// What was printed since this was last called.
std::string takePrinted();

}  // namespace foreshard::bench
