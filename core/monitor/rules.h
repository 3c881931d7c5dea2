// The monitor's two rules, as small state machines fed with one closed interval after the other. Plain values.
//
// Skew: the hottest shard's load over the mean stays above a limit for `intervals` intervals in a row; it is over when it
// stays below a lower limit (hysteresis) for as many. Intervals that carry too few accesses to tell skew from chance neither
// count nor break a row.
//
// Drift: the total leaves its P10…P90 band more often than bands do. A right band holds four values of five, so of the last
// n values the number outside is binomial with p = 0.2; drift begins when that many or more would come by chance with a
// probability below 0.001 (8 of 12, or the first 6 of 6), and ends when it is above 0.05 again.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "core/base/bytes.h"

namespace foreshard::monitor {

enum class Change : uint8_t { none, began, ended };

struct SkewOptions {
    double limit = 1.5;                  // max/mean load of an interval
    uint32_t intervals = 3;              // in a row, to begin and to end
    double hysteresis = 0.2;             // ends below limit - hysteresis × (limit - 1)
    double accessesPerShard = 100;       // fewer in the mean: the interval tells nothing
    double clearLimit() const { return limit - hysteresis * (limit - 1); }
};
// When it speaks, a sentence.
std::string toWords(const SkewOptions& options);

class SkewRule {
public:
    // `since` is the index of the interval at which the row began that raised or ended it.
    Change feed(int64_t interval, double maxOverMean, double meanAccesses, const SkewOptions& options);
    bool active() const { return active_; }
    int64_t since() const { return since_; }
    bool operator==(const SkewRule&) const = default;
    void write(ByteWriter& out) const;
    static SkewRule read(ByteReader& in);

private:
    bool active_ = false;
    uint32_t row_ = 0;                   // intervals in a row that speak for a change
    int64_t rowBegan_ = 0;
    int64_t since_ = 0;
};

struct DriftOptions {
    uint32_t window = 12;                // values
    uint32_t least = 6;                  // values before anything is said
    double outside = 0.2;                // share that a right band leaves out
    double begins = 0.001, ends = 0.05;  // probabilities
};

class DriftRule {
public:
    Change feed(int64_t interval, bool inside, const DriftOptions& options);
    bool active() const { return active_; }
    int64_t since() const { return since_; }
    uint32_t outside() const;            // in the window
    uint32_t values() const { return static_cast<uint32_t>(recent_.size()); }
    // A new model starts with a clean slate.
    void reset() { *this = {}; }
    bool operator==(const DriftRule&) const = default;
    void write(ByteWriter& out) const;
    static DriftRule read(ByteReader& in);

private:
    bool active_ = false;
    int64_t since_ = 0;
    std::deque<std::pair<int64_t, bool>> recent_;   // interval, outside
};

// P(X >= k) for X binomial with n trials of probability p.
double binomialTail(uint32_t n, uint32_t k, double p);

}  // namespace foreshard::monitor
