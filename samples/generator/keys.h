// Which key a transaction of a generated load takes: uniform, by Zipf's law, or with a share of the load on one hot key that
// moves on as virtual time passes; and the daily rhythm of arrivals. Deterministic.
#pragma once

#include "core/base/hash.h"
#include "core/base/time.h"

namespace foreshard::samplegen {

struct KeyShape {
    double hotShare = 0;                 // of the load, on one key
    Instant hotKeyMoves = 0;             // the hot key is another one after this long; 0: it stays
    double zipf = 0;                     // exponent (0…1) of the other keys' popularity; 0: uniform
};

class Keys {
public:
    explicit Keys(int64_t keys, KeyShape shape = {});
    // One of 1…size().
    int64_t next(Random& random, Instant t) const;
    // Another than `taken`, where there is one.
    int64_t other(Random& random, Instant t, int64_t taken) const;
    int64_t hotKey(Instant t) const;
    int64_t size() const { return keys_; }

private:
    int64_t byZipf(Random& random) const;

    int64_t keys_;
    KeyShape shape_;
    double zeta_ = 0, eta_ = 0, alpha_ = 0;
};

// Factor on the mean rate: quiet at night, a peak in the evening; 1 over a whole day.
double dailyRhythm(Instant t);

// Arrivals of a mix that has no rhythm of its own.
struct LoadShape {
    double transactionsPerSecond = 20;
    bool rhythm = false;
    double rate(Instant t) const { return transactionsPerSecond * (rhythm ? dailyRhythm(t) : 1.0); }
};

}  // namespace foreshard::samplegen
