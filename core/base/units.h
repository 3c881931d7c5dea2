// Numbers for people: at most four significant digits, units as words of the field. Pure functions; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace foreshard {

// Weights are fixed-point so that sums merge exactly: one logged call at sample rate 1 weighs weightOne.
using Weight = int64_t;
constexpr Weight weightOne = 1 << 20;
constexpr Weight mostCallWeight = Weight{1} << 44;   // of one call: a sample of one in 16 million; so that sums of many stay sound
inline double fromWeight(Weight w) { return static_cast<double>(w) / static_cast<double>(weightOne); }
// The weight of one logged call at this sample rate (0 < rate <= 1).
Weight weightOfSampleRate(double rate);

std::string formatCount(double value);         // "1.2 M", "345", "0.12"
std::string formatBytes(double bytes);         // "3.4 MB" (powers of 1000)
std::string formatDuration(double seconds);    // "3 min 20 s", "12 ms"
std::string formatShare(double share);         // 0.1234 → "12.3 %"
std::string groupThousands(int64_t value);     // "1,234,567"
std::string counted(uint64_t count, std::string_view one, std::string_view many);   // "1 row", "1,234 rows"

}  // namespace foreshard
