#include "core/models/hot/odds.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <utility>

namespace foreshard::models {

namespace {

constexpr uint32_t firstHalfLife = 1, lastHalfLife = 9;     // of halfLives; the last one not included
constexpr Eigen::Index inputs = lastHalfLife - firstHalfLife;
constexpr double leastRate = 0.1;        // accesses a window: below it nothing is told apart
constexpr double equalWeight = 0.3;      // what weights are pulled to
constexpr size_t leastRows = 50;
constexpr int mostSteps = 40, sweeps = 50;
constexpr double leastDamping = 1e-3;
constexpr double enough = 1e-6;          // of the loss: a step that gains less is the last

using Inputs = Eigen::Matrix<double, inputs, 1>;
using Parameters = Eigen::Matrix<double, inputs + 1, 1>;      // the bias last
using Curvature = Eigen::Matrix<double, inputs + 1, inputs + 1>;

Inputs inputsOf(std::span<const float> row) {
    Inputs x;
    for (Eigen::Index i = 0; i < inputs; ++i) x[i] = std::log(std::expm1(static_cast<double>(row[firstFading + firstHalfLife + i])) / leastRate + 1);
    return x;
}

struct Examples {
    std::vector<Inputs> rows;
    std::vector<float> hot;         // 1: it was among the hottest
    std::vector<float> weights;
};

Examples examplesOf(std::span<const Snapshot* const> past) {
    Examples examples;
    for (const auto* snapshot : past) {
        if (snapshot->hotNext <= 0) continue;
        const auto hot = std::count_if(snapshot->next.begin(), snapshot->next.end(), [&](float n) { return n >= snapshot->hotNext; });
        for (size_t i = 0; i < snapshot->items.size(); ++i) {
            examples.rows.push_back(inputsOf(snapshot->features.row(i)));
            examples.hot.push_back(snapshot->next[i] >= snapshot->hotNext ? 1.0f : 0.0f);
            examples.weights.push_back(1.0f / static_cast<float>(std::max<std::ptrdiff_t>(1, hot)));
        }
    }
    return examples;
}

class Loss {
public:
    Loss(const Examples& examples, double pull) : examples_(examples), pull_(pull) {}
    double operator()(const Parameters& p) const {
        double sum = pull_ * (p.head<inputs>().array() - equalWeight).square().sum();
        for (size_t i = 0; i < examples_.rows.size(); ++i) {
            const double z = examples_.rows[i].dot(p.head<inputs>()) + p[inputs];
            sum += examples_.weights[i] * (std::max(z, 0.0) + std::log1p(std::exp(-std::abs(z))) - examples_.hot[i] * z);
        }
        return sum;
    }
    void slopes(const Parameters& p, Parameters& gradient, Curvature& curvature) const {
        gradient.setZero();
        curvature.setZero();
        Parameters x;
        x[inputs] = 1;
        for (size_t i = 0; i < examples_.rows.size(); ++i) {
            x.head<inputs>() = examples_.rows[i];
            const double odds = 1 / (1 + std::exp(-x.dot(p)));
            gradient += examples_.weights[i] * (odds - examples_.hot[i]) * x;
            curvature.noalias() += examples_.weights[i] * std::max(odds * (1 - odds), 1e-9) * x * x.transpose();
        }
        gradient.head<inputs>().array() += 2 * pull_ * (p.head<inputs>().array() - equalWeight);
        curvature.diagonal().head<inputs>().array() += 2 * pull_;
        curvature(inputs, inputs) += 1e-9;
    }

private:
    const Examples& examples_;
    double pull_;
};

// The least of the quadratic around `at` whose weights are not negative, one coordinate after the other.
Parameters leastOf(const Parameters& at, const Parameters& gradient, const Curvature& curvature) {
    Parameters p = at;
    for (int sweep = 0; sweep < sweeps; ++sweep)
        for (Eigen::Index i = 0; i <= inputs; ++i) {
            const double slope = gradient[i] + curvature.row(i).dot(p - at);
            p[i] -= slope / curvature(i, i);
            if (i < inputs) p[i] = std::max(0.0, p[i]);
        }
    return p;
}

// Equal weights, and the bias that puts as many items above even odds as were hot.
Parameters startFor(const Examples& examples) {
    Parameters p;
    p.head<inputs>().setConstant(equalWeight);
    std::vector<double> scores;
    for (const auto& row : examples.rows) scores.push_back(row.dot(p.head<inputs>()));
    const auto hot = std::count(examples.hot.begin(), examples.hot.end(), 1.0f);
    const auto border = scores.begin() + std::min(hot, static_cast<std::ptrdiff_t>(scores.size()) - 1);
    std::nth_element(scores.begin(), border, scores.end(), std::greater<>());
    p[inputs] = -*border;
    return p;
}

// Newton's method, damped while a step does not gain (Levenberg and Marquardt).
Result<Parameters> leastLoss(const Loss& loss, Parameters p, Job& job) {
    double now = loss(p), damping = 0;
    Parameters gradient;
    Curvature curvature;
    loss.slopes(p, gradient, curvature);
    for (int step = 0; step < mostSteps; ++step) {
        FS_TRY(job.checkpoint());
        Curvature damped = curvature;
        damped.diagonal() *= 1 + damping;
        const Parameters aim = leastOf(p, gradient, damped);
        const double then = loss(aim);
        if (!(then < now)) {
            damping = std::max(leastDamping, 10 * damping);
            continue;
        }
        damping = damping > leastDamping ? damping / 10 : 0;
        p = aim;
        if (std::exchange(now, then) - then < enough * std::abs(then)) break;
        loss.slopes(p, gradient, curvature);
    }
    return p;
}

class Odds : public HotspotPredictor {
public:
    explicit Odds(const OddsOptions& options) : options_(options) { weights_.setConstant(equalWeight); }
    std::string name() const override { return options_.name; }
    bool steady() const override { return true; }
    Result<bool> fit(std::span<const Snapshot* const> past, Job& job) override {
        const Examples examples = examplesOf(past.last(std::min(past.size(), options_.newest)));
        if (examples.rows.size() < leastRows) return false;
        FS_ASSIGN(const Parameters p, leastLoss(Loss(examples, options_.pull), startFor(examples), job));
        weights_ = p.head<inputs>();
        return weights_.allFinite();
    }
    Result<std::vector<float>> score(const Snapshot& now) override {
        std::vector<float> scores(now.items.size());
        for (size_t i = 0; i < scores.size(); ++i) scores[i] = static_cast<float>(inputsOf(now.features.row(i)).dot(weights_));
        return scores;
    }

private:
    OddsOptions options_;
    Inputs weights_;
};

}  // namespace

std::unique_ptr<HotspotPredictor> oddsPredictor(const OddsOptions& options) { return std::make_unique<Odds>(options); }

}  // namespace foreshard::models
