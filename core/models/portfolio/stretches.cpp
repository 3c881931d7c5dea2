#include "core/models/portfolio/stretches.h"

#include <algorithm>
#include <cmath>

namespace foreshard::models {

namespace {

constexpr double testShare = 0.2;
constexpr double stretchShare = 0.15;       // of the training part
constexpr size_t mostBacktested = 4;        // stretches: one regime alone misleads
constexpr double backtestedShare = 0.6;     // of the training part, all of them together
constexpr size_t mostTested = 8;
constexpr size_t mostAsked = 25'000;        // questions a stretch of the backtest
constexpr size_t leastTraining = 2;

size_t testLength(const PanelSeries& series, size_t testLast) {
    const size_t length = series.logs.size();
    const size_t wanted = testLast ? testLast : static_cast<size_t>(std::ceil(testShare * static_cast<double>(length)));
    return wanted + leastTraining <= length && wanted > 0 ? wanted : 0;
}

void addTestStretches(const Panel& panel, const StretchRules& rules, Stretches& stretches) {
    size_t longest = 0;
    for (size_t s = 0; s < panel.series.size(); ++s) longest = std::max(longest, panel.series[s].logs.size() - stretches.test[s]);
    const size_t least = std::max<size_t>(size_t{3} * rules.longestHorizon, panel.seasons.front());
    const size_t count = rules.last ? 1 : std::clamp<size_t>(longest / least, 1, mostTested);
    for (size_t k = 0; k < count; ++k) {
        Stretch stretch;
        for (size_t s = 0; s < panel.series.size(); ++s) {
            const size_t length = panel.series[s].logs.size() - stretches.test[s];
            stretch.first.push_back(stretches.test[s] + length * k / count);
            stretch.end.push_back(stretches.test[s] + length * (k + 1) / count);
        }
        stretches.all.push_back(std::move(stretch));
    }
}

// Every origin from `first` on while the target lies before `end`. None lies before the stretch that is asked about: what
// was fitted may have seen the values between.
void askFrom(std::vector<Question>& out, uint32_t series, size_t first, size_t firstEnd, size_t end, uint32_t lead, size_t stride) {
    for (size_t origin = std::max<size_t>(first, 1); origin < firstEnd && origin + lead <= end; origin += stride)
        out.push_back({series, static_cast<uint32_t>(origin), lead});
}

}  // namespace

Stretches cutStretches(const Panel& panel, const StretchRules& rules) {
    Stretches stretches;
    std::vector<size_t> lengths;
    size_t count = 1;
    for (const auto& series : panel.series) {
        const size_t asked = testLength(series, rules.testLast), test = series.logs.size() - asked;
        stretches.test.push_back(test);
        const size_t wanted = rules.last ? asked : std::max(size_t{3} * rules.longestHorizon, static_cast<size_t>(stretchShare * static_cast<double>(test)));
        const size_t length = std::max<size_t>(1, wanted);
        lengths.push_back(std::min(length, test / 2));
        if (asked > 0) count = std::max(count, static_cast<size_t>(backtestedShare * static_cast<double>(test)) / length);
    }
    count = std::min(count, mostBacktested);
    for (size_t f = 0; f < count; ++f) {
        Stretch stretch;
        for (size_t s = 0; s < panel.series.size(); ++s) {
            stretch.first.push_back(stretches.test[s] - std::min(stretches.test[s], lengths[s] * (count - f)));
            stretch.end.push_back(stretches.test[s] - std::min(stretches.test[s], lengths[s] * (count - f - 1)));
        }
        stretches.all.push_back(std::move(stretch));
    }
    stretches.firstTest = count;
    addTestStretches(panel, rules, stretches);
    return stretches;
}

Exam askEveryStep(const Panel& panel, const Stretches& stretches, uint32_t horizon) {
    Exam exam{horizon, {horizon}, std::vector<std::vector<Question>>(stretches.all.size())};
    for (size_t k = 0; k < stretches.all.size(); ++k) {
        const auto& stretch = stretches.all[k];
        size_t steps = 0;
        for (size_t s = 0; s < panel.series.size(); ++s) steps += stretch.end[s] - stretch.first[s];
        const bool test = k >= stretches.firstTest;
        const size_t stride = test ? 1 : std::max<size_t>(1, steps / mostAsked);
        for (uint32_t s = 0; s < panel.series.size(); ++s) {
            const size_t length = panel.series[s].logs.size();
            if (stretches.test[s] == length) continue;
            askFrom(exam.questions[k], s, stretch.first[s], stretch.end[s], test ? length : stretches.test[s], horizon, stride);
        }
    }
    return exam;
}

Exam askWholePart(const Panel& panel, const Stretches& stretches) {
    Exam exam;
    exam.questions.resize(stretches.all.size());
    for (size_t k = 0; k < stretches.all.size(); ++k)
        for (uint32_t s = 0; s < panel.series.size(); ++s) {
            if (stretches.test[s] == panel.series[s].logs.size()) continue;
            const size_t first = std::max<size_t>(1, stretches.all[k].first[s]);
            for (uint32_t lead = 1; first + lead <= stretches.all[k].end[s]; ++lead) {
                exam.questions[k].push_back({s, static_cast<uint32_t>(first), lead});
                exam.horizon = std::max(exam.horizon, lead);
            }
        }
    for (uint32_t lead = 1; lead <= exam.horizon; ++lead) exam.leads.push_back(lead);
    return exam;
}

}  // namespace foreshard::models
