// What learned candidates see of a question: values before its origin, less the last one, so that one model serves series of
// every size; the same phase of earlier seasons, as values, smoothed, and as the rise that followed then; the calendar; the
// lead. NaN where the series is too young. Any thread, but for extend().
#pragma once

#include <span>
#include <vector>

#include "core/models/portfolio/candidate.h"
#include "core/models/table.h"

namespace foreshard::models {

class LagFeatures {
public:
    // Of what the columns mean; part of every checkpoint that was learned on them. Raise it with any change of fill().
    static constexpr uint32_t version = 1;

    // Keeps a reference to `panel`. `longest`: no lag looks further back than this many steps, seasons apart; without
    // `seasons` nothing of earlier seasons is looked at but the phase.
    // `marks`: two more columns, the mark of an event at the target and its effect as far as it was measured before the origin.
    LagFeatures(const Panel& panel, size_t longest, uint32_t longestLead, bool seasons, bool marks);

    uint32_t columns() const;
    // Takes up what the panel's series have gained at their ends.
    void extend();
    // question.origin > 0.
    void fill(const Question& question, std::span<float> row) const;
    // What answers are relative to: the last known value.
    float level(const Question& question) const { return panel_.series[question.series].logs[question.origin - 1]; }
    Table tableOf(std::span<const Question> questions) const;

private:
    double mean(size_t series, size_t first, size_t end) const { return (sums_[series][end] - sums_[series][first]) / static_cast<double>(end - first); }
    float around(size_t series, size_t middle, size_t reach, size_t end) const;
    void fillMarks(const Question& question, std::span<float> row, size_t& at) const;
    void fillSeasons(const Question& question, float base, std::span<float> row, size_t& at) const;

    const Panel& panel_;
    std::vector<uint32_t> lags_, windows_, changes_;
    uint32_t longestLead_;
    bool seasons_, marks_;
    std::vector<std::vector<double>> sums_, roughness_;   // prefix sums of values and of absolute steps
};

}  // namespace foreshard::models
