#include "core/models/portfolio/bands.h"

#include <algorithm>
#include <cmath>
#include <deque>

namespace foreshard::models {

namespace {

constexpr size_t enough = 40;         // errors of one series (and lead) that speak for themselves
constexpr double mostErrors = 1500;   // the newest ones; more by the root of the lead, for errors that overlap say the same thing so often
constexpr size_t renewals = 60;       // how often a full set of errors is sorted anew while it passes by
constexpr double outside = 0.1;       // of all errors, on each side
constexpr double stride = 0.02;       // of the quantiles, an error; less by the lead, for the same reason
constexpr double leastLevel = 0.6, mostLevel = 0.999;

// Leads of similar length share their errors.
uint32_t groupOf(uint32_t lead) {
    uint32_t group = 0;
    while (lead > 1) {
        lead -= std::max(1u, lead / 3);
        ++group;
    }
    return group;
}

class Errors {
public:
    void add(float error, uint32_t lead) {
        newest_.push_back(error);
        if (newest_.size() > static_cast<size_t>(mostErrors * std::sqrt(std::max(1u, lead)))) newest_.pop_front();
        ++stale_;
    }
    size_t size() const { return newest_.size(); }
    // `low` and `high`: the share of errors above and below, 0.9 each where nothing has been learned.
    Band band(double low, double high) {
        if (stale_ > newest_.size() / renewals || (stale_ > 0 && sorted_.empty())) {
            sorted_.assign(newest_.begin(), newest_.end());
            std::sort(sorted_.begin(), sorted_.end());
            stale_ = 0;
        }
        return bandOf(sorted_, low, high);
    }

private:
    std::deque<float> newest_;
    std::vector<double> sorted_;
    size_t stale_ = 0;
};

struct Levels {
    double low = 1 - outside, high = 1 - outside;
    void learn(double error, const Band& band, uint32_t lead) {
        const double step = stride / std::max(1u, lead);
        low = std::clamp(low + step * ((error < band.low ? 1.0 : 0.0) - outside), leastLevel, mostLevel);
        high = std::clamp(high + step * ((error > band.high ? 1.0 : 0.0) - outside), leastLevel, mostLevel);
    }
};

struct Books {
    std::vector<std::vector<Errors>> bySeries;   // [series][group]
    std::vector<Errors> pooled;                  // [group]
    std::vector<std::vector<Levels>> levels;     // [series][group]

    Books(size_t series, uint32_t groups) : bySeries(series), pooled(groups), levels(series) {}
    void add(const Question& question, float error, bool forAll) {
        const uint32_t group = groupOf(question.lead);
        auto& own = bySeries[question.series];
        if (own.empty()) own.resize(pooled.size());
        own[group].add(error, question.lead);
        if (forAll) pooled[group].add(error, question.lead);
    }
    Band band(const Question& question) {
        const uint32_t group = groupOf(question.lead);
        auto& own = bySeries[question.series];
        const Levels level = levels[question.series].empty() ? Levels{} : levels[question.series][group];
        if (!own.empty() && own[group].size() >= enough) return own[group].band(level.low, level.high);
        return pooled[group].band(level.low, level.high);
    }
    void learnLevel(const Question& question, float error, const Band& band) {
        auto& own = levels[question.series];
        if (own.empty()) own.resize(pooled.size());
        own[groupOf(question.lead)].learn(error, band, question.lead);
    }
};

}  // namespace

std::vector<Band> bandsOf(const Panel& panel, std::span<const Question> pastQuestions, std::span<const float> pastAnswers,
                          std::span<const Question> questions, std::span<const float> answers, bool rolling) {
    uint32_t longest = 1;
    for (const auto& q : questions) longest = std::max(longest, q.lead);
    for (const auto& q : pastQuestions) longest = std::max(longest, q.lead);
    Books books(panel.series.size(), groupOf(longest) + 1);
    const auto learn = [&](const Question& q, float answer, bool forAll) {
        const auto& series = panel.series[q.series];
        if (series.isKnown(q.target())) books.add(q, series.logs[q.target()] - answer, forAll);
    };
    for (size_t i = 0; i < pastQuestions.size(); ++i) learn(pastQuestions[i], pastAnswers[i], true);
    std::vector<Band> bands;
    bands.reserve(questions.size());
    size_t next = 0;   // the oldest question whose error has not joined
    for (size_t i = 0; i < questions.size(); ++i) {
        while (rolling && next < i && (questions[next].series != questions[i].series || questions[next].target() < questions[i].origin)) {
            learn(questions[next], answers[next], false);   // of its own series alone: others may lie in the future
            const auto& q = questions[next];
            const auto& series = panel.series[q.series];
            if (series.isKnown(q.target())) books.learnLevel(q, series.logs[q.target()] - answers[next], bands[next]);
            ++next;
        }
        bands.push_back(books.band(questions[i]));
    }
    return bands;
}

std::optional<double> coverageOf(const Panel& panel, std::span<const Question> questions, std::span<const float> answers, std::span<const Band> bands) {
    size_t inside = 0, all = 0;
    for (size_t i = 0; i < questions.size(); ++i) {
        const auto& series = panel.series[questions[i].series];
        if (!series.isKnown(questions[i].target())) continue;
        inside += bands[i].contains(static_cast<double>(series.logs[questions[i].target()]) - answers[i]) ? 1 : 0;
        ++all;
    }
    if (all == 0) return std::nullopt;
    return static_cast<double>(inside) / static_cast<double>(all);
}

}  // namespace foreshard::models
