#include "core/models/ridge.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>

namespace foreshard::models {

namespace {

constexpr float inputClip = 8;   // standard deviations: one broken row must not tilt the plane

struct Moments {
    std::vector<double> mean, deviation;
};

Moments momentsOf(const Table& rows) {
    const size_t columns = rows.columns;
    std::vector<double> sum(columns), squares(columns), known(columns);
    for (size_t i = 0; i < rows.rows(); ++i) {
        const auto row = rows.row(i);
        for (size_t c = 0; c < columns; ++c) {
            if (std::isnan(row[c])) continue;
            sum[c] += row[c];
            squares[c] += static_cast<double>(row[c]) * row[c];
            ++known[c];
        }
    }
    Moments moments;
    for (size_t c = 0; c < columns; ++c) {
        const double n = std::max(1.0, known[c]), mean = sum[c] / n;
        moments.mean.push_back(mean);
        moments.deviation.push_back(std::sqrt(std::max(0.0, squares[c] / n - mean * mean)));
    }
    return moments;
}

// Projection onto the simplex (Duchi et al., ICML 2008).
void projectToSimplex(std::vector<double>& w) {
    auto sorted = w;
    std::sort(sorted.rbegin(), sorted.rend());
    double sum = 0, threshold = 0;
    for (size_t i = 0; i < sorted.size(); ++i) {
        sum += sorted[i];
        const double candidate = (sum - 1) / static_cast<double>(i + 1);
        if (sorted[i] > candidate) threshold = candidate;
    }
    for (auto& v : w) v = std::max(0.0, v - threshold);
}

}  // namespace

float Ridge::predict(std::span<const float> row) const {
    double sum = bias;
    for (size_t c = 0; c < weights.size(); ++c) sum += weights[c] * (std::isnan(row[c]) ? fill[c] : static_cast<double>(row[c]));
    return static_cast<float>(sum);
}

std::vector<float> Ridge::predict(const Table& rows) const {
    std::vector<float> out(rows.rows());
    for (size_t i = 0; i < out.size(); ++i) out[i] = predict(rows.row(i));
    return out;
}

Ridge fitRidge(const Table& rows, std::span<const float> targets, double penalty) {
    const auto columns = static_cast<Eigen::Index>(rows.columns);
    const Moments moments = momentsOf(rows);
    Ridge ridge;
    ridge.weights.assign(rows.columns, 0.0);
    ridge.fill = moments.mean;
    if (rows.rows() == 0) return ridge;
    double targetMean = 0;
    for (const float t : targets) targetMean += t;
    targetMean /= static_cast<double>(targets.size());
    Eigen::MatrixXd gram = Eigen::MatrixXd::Zero(columns, columns);
    Eigen::VectorXd moment = Eigen::VectorXd::Zero(columns);
    constexpr size_t block = 512;
    Eigen::MatrixXd part(static_cast<Eigen::Index>(block), columns);
    for (size_t first = 0; first < rows.rows(); first += block) {
        const size_t end = std::min(rows.rows(), first + block);
        Eigen::VectorXd wanted(static_cast<Eigen::Index>(end - first));
        for (size_t i = first; i < end; ++i) {
            const auto row = rows.row(i);
            for (size_t c = 0; c < rows.columns; ++c) {
                const double z = moments.deviation[c] > 1e-9 && !std::isnan(row[c]) ? (row[c] - moments.mean[c]) / moments.deviation[c] : 0.0;
                part(static_cast<Eigen::Index>(i - first), static_cast<Eigen::Index>(c)) = std::clamp(z, -double{inputClip}, double{inputClip});
            }
            wanted(static_cast<Eigen::Index>(i - first)) = targets[i] - targetMean;
        }
        const auto used = part.topRows(static_cast<Eigen::Index>(end - first));
        gram.selfadjointView<Eigen::Lower>().rankUpdate(used.transpose());
        moment.noalias() += used.transpose() * wanted;
    }
    gram.diagonal().array() += std::max(penalty, 1e-6);
    const Eigen::VectorXd solution = gram.selfadjointView<Eigen::Lower>().ldlt().solve(moment);
    ridge.bias = targetMean;
    for (size_t c = 0; c < rows.columns; ++c) {
        const double raw = solution(static_cast<Eigen::Index>(c));
        if (moments.deviation[c] <= 1e-9 || !std::isfinite(raw)) continue;
        ridge.weights[c] = raw / moments.deviation[c];
        ridge.bias -= ridge.weights[c] * moments.mean[c];
    }
    return ridge;
}

std::vector<double> nonNegativeWeights(const std::vector<std::vector<float>>& columns, std::span<const float> targets, bool simplex) {
    const size_t k = columns.size();
    std::vector<double> w(k, k == 0 ? 0.0 : 1.0 / static_cast<double>(k));
    if (k == 0 || targets.empty()) return w;
    std::vector<double> gram(k * k), moment(k);
    for (size_t a = 0; a < k; ++a) {
        for (size_t b = 0; b <= a; ++b) {
            double sum = 0;
            for (size_t i = 0; i < targets.size(); ++i) sum += static_cast<double>(columns[a][i]) * columns[b][i];
            gram[a * k + b] = gram[b * k + a] = sum;
        }
        for (size_t i = 0; i < targets.size(); ++i) moment[a] += static_cast<double>(columns[a][i]) * targets[i];
    }
    double trace = 0;
    for (size_t a = 0; a < k; ++a) trace += gram[a * k + a];
    if (!(trace > 0) || !std::isfinite(trace)) return w;
    // Accelerated projected gradient (Nesterov, 1983); the trace bounds the largest eigenvalue.
    std::vector<double> ahead = w;
    double momentum = 1;
    for (int iteration = 0; iteration < 4000; ++iteration) {
        std::vector<double> next(k);
        for (size_t a = 0; a < k; ++a) {
            double gradient = -moment[a];
            for (size_t b = 0; b < k; ++b) gradient += gram[a * k + b] * ahead[b];
            next[a] = ahead[a] - gradient / trace;
        }
        if (simplex) projectToSimplex(next);
        else for (auto& v : next) v = std::max(0.0, v);
        const double after = (1 + std::sqrt(1 + 4 * momentum * momentum)) / 2;
        for (size_t a = 0; a < k; ++a) ahead[a] = next[a] + (momentum - 1) / after * (next[a] - w[a]);
        momentum = after;
        w = next;
    }
    return w;
}

}  // namespace foreshard::models
