// Which questions `evaluate volume` asks, and from when on candidates may not look. Time is cut into stretches that follow
// each other: a few of the training part, which are the backtest, then those of the test part. Before each stretch every
// candidate is fitted anew on all that came before it. Pure; any thread.
#pragma once

#include <cstdint>
#include <vector>

#include "core/models/portfolio/candidate.h"

namespace foreshard::models {

struct Stretch {
    std::vector<size_t> first, end;      // by series, half open
};

struct Stretches {
    std::vector<Stretch> all;
    size_t firstTest = 0;                // index of the first stretch of the test part
    std::vector<size_t> test;            // by series: where its test part begins; its length: not judged
};

struct StretchRules {
    size_t testLast = 0;                 // steps of each series; 0: a fifth of it
    bool last = false;                   // one forecast of the whole test part
    uint32_t longestHorizon = 1;
};
Stretches cutStretches(const Panel& panel, const StretchRules& rules);

// The questions of one horizon, or of the whole test part, by stretch. Backtest questions may be a sample.
struct Exam {
    uint32_t horizon = 0;
    std::vector<uint32_t> leads;
    std::vector<std::vector<Question>> questions;
    bool asks(size_t firstStretch) const {
        for (size_t k = firstStretch; k < questions.size(); ++k)
            if (!questions[k].empty()) return true;
        return false;
    }
};
// Every step of each stretch is an origin.
Exam askEveryStep(const Panel& panel, const Stretches& stretches, uint32_t horizon);
// The first step of each stretch is an origin, for every step of the stretch.
Exam askWholePart(const Panel& panel, const Stretches& stretches);

}  // namespace foreshard::models
