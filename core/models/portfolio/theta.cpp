#include <algorithm>
#include <cmath>

#include "core/models/portfolio/classic.h"

namespace foreshard::models {

namespace {

struct Smoothed {
    std::vector<float> seasonal;   // by phase; empty: no season
    std::vector<float> levels;     // after each value
    double alpha = 1, drift = 0;
};

double meanOf(std::span<const float> values) {
    double sum = 0;
    for (const float v : values) sum += v;
    return values.empty() ? 0 : sum / static_cast<double>(values.size());
}

// Least squares slope against time.
double slopeOf(std::span<const float> values) {
    const auto n = static_cast<double>(values.size());
    if (values.size() < 3) return 0;
    const double middle = (n - 1) / 2, mean = meanOf(values);
    double moment = 0;
    for (size_t i = 0; i < values.size(); ++i) moment += (static_cast<double>(i) - middle) * (values[i] - mean);
    return moment / (n * (n * n - 1) / 12);
}

// The test of the M3 and M4 competitions: autocorrelation at the season beyond its 90 % limit.
bool isSeasonal(std::span<const float> values, uint32_t season) {
    if (season < 2 || values.size() < size_t{3} * season) return false;
    const double mean = meanOf(values);
    double variance = 0;
    for (const float v : values) variance += (v - mean) * (v - mean);
    if (variance <= 1e-12) return false;
    const auto correlation = [&](size_t lag) {
        double sum = 0;
        for (size_t i = lag; i < values.size(); ++i) sum += (values[i] - mean) * (values[i - lag] - mean);
        return sum / variance;
    };
    // Long seasons: a few lags bound the sum well enough, scaled to all of them.
    const size_t stride = std::max<size_t>(1, season / 48);
    double squares = 0;
    for (size_t lag = 1; lag < season; lag += stride) squares += correlation(lag) * correlation(lag) * static_cast<double>(stride);
    return std::abs(correlation(season)) > 1.645 * std::sqrt((1 + 2 * squares) / static_cast<double>(values.size()));
}

// Mean distance of each phase from the mean of the season around it.
std::vector<float> seasonalOf(std::span<const float> values, uint32_t season) {
    std::vector<double> sum(season), count(season);
    double window = 0;
    for (size_t i = 0; i < values.size(); ++i) {
        window += values[i];
        if (i < season) continue;
        window -= values[i - season];
        const size_t middle = i - season / 2;
        sum[middle % season] += values[middle] - window / season;
        ++count[middle % season];
    }
    std::vector<float> seasonal(season);
    for (size_t p = 0; p < season; ++p) seasonal[p] = static_cast<float>(sum[p] / std::max(1.0, count[p]));
    const auto mean = static_cast<float>(meanOf(seasonal));
    for (auto& v : seasonal) v -= mean;
    return seasonal;
}

double oneStepError(std::span<const float> values, double alpha) {
    double level = values[0], error = 0;
    for (size_t i = 1; i < values.size(); ++i) {
        error += (values[i] - level) * (values[i] - level);
        level += alpha * (values[i] - level);
    }
    return error;
}

class Theta : public VolumeCandidate {
public:
    explicit Theta(uint32_t season) : season_(season) {}
    std::string name() const override { return "Theta"; }

    Result<Outcome> fit(const Panel& panel, const FitPlan& plan, Job& job) override {
        fitted_.clear();
        for (size_t s = 0; s < panel.series.size(); ++s) {
            FS_TRY(job.checkpoint());
            fitted_.push_back(fitOne(panel.series[s].logs, plan.ends[s]));
        }
        return Outcome{};
    }
    Result<std::vector<float>> answer(const Panel&, std::span<const Question> questions, Job& job) override {
        FS_TRY(job.checkpoint());
        std::vector<float> answers;
        answers.reserve(questions.size());
        for (const auto& question : questions) {
            const auto& own = fitted_[question.series];
            if (question.origin == 0 || own.levels.empty()) {
                answers.push_back(0);
                continue;
            }
            const double seasonal = own.seasonal.empty() ? 0 : own.seasonal[question.target() % own.seasonal.size()];
            const double ahead = question.lead - 1 + 1 / std::max(own.alpha, 0.05);
            answers.push_back(static_cast<float>(std::max(0.0, own.levels[question.origin - 1] + own.drift * ahead + seasonal)));
        }
        return answers;
    }

private:
    Smoothed fitOne(const std::vector<float>& logs, size_t end) const {
        Smoothed own;
        if (logs.empty()) return own;
        const auto past = std::span(logs).first(std::min(end, logs.size()));
        if (past.size() >= 2 && isSeasonal(past, season_)) own.seasonal = seasonalOf(past, season_);
        std::vector<float> freed(logs);
        if (!own.seasonal.empty())
            for (size_t i = 0; i < freed.size(); ++i) freed[i] -= own.seasonal[i % own.seasonal.size()];
        const auto learned = std::span<const float>(freed).first(past.size());
        if (learned.size() >= 4) {
            double best = -1;
            for (double alpha = 0.05; alpha < 1.0; alpha += 0.05) {
                const double error = oneStepError(learned, alpha);
                if (best < 0 || error < best) best = error, own.alpha = alpha;
            }
            own.drift = slopeOf(learned) / 2;
        }
        double level = freed.front();
        for (const float v : freed) {   // causal: each level knows only what came before it
            level += own.alpha * (v - level);
            own.levels.push_back(static_cast<float>(level));
        }
        return own;
    }
    uint32_t season_;
    std::vector<Smoothed> fitted_;
};

}  // namespace

std::unique_ptr<VolumeCandidate> thetaCandidate(uint32_t season) { return std::make_unique<Theta>(season); }

}  // namespace foreshard::models
