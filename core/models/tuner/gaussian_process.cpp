#include "core/models/tuner/gaussian_process.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <limits>

#include "core/models/tuner/minimize.h"
#include "core/models/tuner/sobol.h"

namespace foreshard::models {

namespace {

using Matrix = Eigen::MatrixXd;
using Vector = Eigen::VectorXd;
using Index = Eigen::Index;

constexpr double root5 = 2.23606797749979;
constexpr size_t starts = 4;
constexpr int fitIterations = 60;
// Logarithms of what is looked for: length scales, variance of the signal, variance of the noise.
constexpr double leastLength = -4.6, mostLength = 5.0;
constexpr double leastSignal = -3.0, mostSignal = 5.0;
constexpr double leastNoise = -21.0, mostNoise = 0.0;
constexpr double noiseMiddle = -12.0, noiseSpread = 4.0;    // what is tuned here is nearly free of noise
constexpr double signalSpread = 1.5;
constexpr double lengthMiddle = -1.0, lengthSpread = 0.7;    // of the logarithm, of one dimension: 0.37 of the cube's edge

// Squared distances, by dimension.
std::vector<Matrix> distancesOf(const Matrix& points, const std::vector<bool>& categorical) {
    std::vector<Matrix> all;
    for (Index d = 0; d < points.cols(); ++d) {
        Matrix one(points.rows(), points.rows());
        for (Index i = 0; i < points.rows(); ++i)
            for (Index j = 0; j < points.rows(); ++j) {
                const double apart = points(i, d) - points(j, d);
                one(i, j) = categorical[static_cast<size_t>(d)] ? (apart == 0 ? 0.0 : 1.0) : apart * apart;
            }
        all.push_back(std::move(one));
    }
    return all;
}

// Minus the logarithm of the posterior, and its gradient, over (log lengths, log signal, log noise).
class Evidence {
public:
    Evidence(const Matrix& points, const Vector& values, const std::vector<bool>& categorical)
        : distances_(distancesOf(points, categorical)), values_(values), dimensions_(static_cast<size_t>(points.cols())) {}

    double operator()(std::span<const double> theta, std::span<double> gradient) const {
        const Index n = values_.size();
        const double signal = std::exp(theta[dimensions_]), noise = std::exp(theta[dimensions_ + 1]);
        Matrix squared = Matrix::Zero(n, n);
        for (size_t d = 0; d < dimensions_; ++d) squared += distances_[d] * std::exp(-2 * theta[d]);
        const Matrix root = (5 * squared).cwiseSqrt(), decay = (-root.array()).exp().matrix() * signal;
        const Matrix kernel = ((1 + root.array() + root.array().square() / 3) * decay.array()).matrix();
        Eigen::LLT<Matrix> factor(kernel + noise * Matrix::Identity(n, n));
        if (factor.info() != Eigen::Success) return std::numeric_limits<double>::infinity();
        const Vector ones = Vector::Ones(n), weighted = factor.solve(ones);
        const double mean = weighted.dot(values_) / weighted.dot(ones);
        const Vector rest = values_ - mean * ones, alpha = factor.solve(rest);
        const Matrix inner = factor.solve(Matrix::Identity(n, n)) - alpha * alpha.transpose();   // twice the gradient by the matrix
        double value = rest.dot(alpha) / 2;
        for (Index i = 0; i < n; ++i) value += std::log(factor.matrixLLT()(i, i));
        const Matrix slope = (inner.array() * (1 + root.array()) * decay.array()).matrix() * (5.0 / 3);
        for (size_t d = 0; d < dimensions_; ++d)
            gradient[d] = 0.5 * std::exp(-2 * theta[d]) * (slope.array() * distances_[d].array()).sum();
        gradient[dimensions_] = 0.5 * (inner.array() * kernel.array()).sum();
        gradient[dimensions_ + 1] = 0.5 * noise * inner.trace();
        return value + prior(theta, gradient);
    }

private:
    // Lengths grow with the root of the number of dimensions, as distances do.
    double prior(std::span<const double> theta, std::span<double> gradient) const {
        const double middle = lengthMiddle + std::log(static_cast<double>(dimensions_)) / 2;
        double value = 0;
        const auto normal = [&](size_t i, double mean, double spread) {
            const double z = (theta[i] - mean) / spread;
            value += z * z / 2;
            gradient[i] += z / spread;
        };
        for (size_t d = 0; d < dimensions_; ++d) normal(d, middle, lengthSpread);
        normal(dimensions_, 0, signalSpread);
        normal(dimensions_ + 1, noiseMiddle, noiseSpread);
        return value;
    }

    std::vector<Matrix> distances_;
    const Vector& values_;
    size_t dimensions_;
};

std::vector<double> bestTheta(const Evidence& evidence, size_t dimensions, uint64_t seed) {
    std::vector<double> low(dimensions, leastLength), high(dimensions, mostLength);
    low.insert(low.end(), {leastSignal, leastNoise});
    high.insert(high.end(), {mostSignal, mostNoise});
    const Smooth function = [&](std::span<const double> theta, std::span<double> gradient) { return evidence(theta, gradient); };
    Minimum best{{}, std::numeric_limits<double>::infinity()};
    for (const auto& draw : sobolPoints(std::min(dimensions, mostSobolDimensions), starts, seed)) {
        std::vector<double> start;
        for (size_t d = 0; d < dimensions; ++d) start.push_back(-1.6 + 2.4 * draw[d % draw.size()]);   // 0.2 to 2.2
        start.insert(start.end(), {0.0, noiseMiddle});
        auto found = minimizeInBox(function, start, low, high, fitIterations);
        if (found.value < best.value || best.x.empty()) best = std::move(found);
    }
    return best.x;
}

}  // namespace

struct GaussianProcess::Impl {
    Matrix points;
    Vector values;                        // standardised
    std::vector<bool> categorical;
    std::vector<double> theta, lengths;
    double middle = 0, scale = 1;         // of the values
    double mean = 0, signal = 1, noise = 0;
    Eigen::LLT<Matrix> factor;
    Vector alpha;

    double squaredDistance(Index i, std::span<const double> point) const {
        double sum = 0;
        for (size_t d = 0; d < lengths.size(); ++d) {
            const double apart = point[d] - points(i, static_cast<Index>(d));
            const double square = categorical[d] ? (apart == 0 ? 0.0 : 1.0) : apart * apart;
            sum += square / (lengths[d] * lengths[d]);
        }
        return sum;
    }
    double kernelOf(double squared) const {
        const double root = std::sqrt(5 * squared);
        return signal * (1 + root + root * root / 3) * std::exp(-root);
    }
    // More noise than was found, where the matrix is too close to singular.
    void factorise() {
        const Index n = points.rows();
        Matrix kernel(n, n);
        for (Index i = 0; i < n; ++i) {
            std::vector<double> own(lengths.size());
            for (size_t d = 0; d < own.size(); ++d) own[d] = points(i, static_cast<Index>(d));
            for (Index j = 0; j < n; ++j) kernel(i, j) = kernelOf(squaredDistance(j, own));
        }
        for (noise = std::max(noise, 1e-12 * signal);; noise *= 10) {
            factor.compute(kernel + noise * Matrix::Identity(n, n));
            if (factor.info() == Eigen::Success || noise > signal) break;
        }
        const Vector ones = Vector::Ones(n), weighted = factor.solve(ones);
        mean = weighted.dot(values) / weighted.dot(ones);
        alpha = factor.solve(values - mean * ones);
    }
};

GaussianProcess GaussianProcess::fit(const std::vector<std::vector<double>>& points, std::span<const double> values, const std::vector<bool>& categorical, uint64_t seed) {
    auto impl = std::make_shared<Impl>();
    const auto n = static_cast<Index>(points.size()), dimensions = static_cast<Index>(categorical.size());
    impl->points.resize(n, dimensions);
    for (Index i = 0; i < n; ++i)
        for (Index d = 0; d < dimensions; ++d) impl->points(i, d) = points[static_cast<size_t>(i)][static_cast<size_t>(d)];
    impl->values = Eigen::Map<const Vector>(values.data(), n);
    impl->middle = impl->values.mean();
    const double spread = std::sqrt((impl->values.array() - impl->middle).square().mean());
    impl->scale = spread > 1e-300 && std::isfinite(spread) ? spread : 1.0;
    impl->values = (impl->values.array() - impl->middle) / impl->scale;
    impl->categorical = categorical;
    const Evidence evidence(impl->points, impl->values, categorical);
    impl->theta = bestTheta(evidence, categorical.size(), seed);
    for (size_t d = 0; d < categorical.size(); ++d) impl->lengths.push_back(std::exp(impl->theta[d]));
    impl->signal = std::exp(impl->theta[categorical.size()]);
    impl->noise = std::exp(impl->theta[categorical.size() + 1]);
    impl->factorise();
    return GaussianProcess(impl);
}

GaussianProcess GaussianProcess::with(const std::vector<double>& point, double value) const {
    auto impl = std::make_shared<Impl>(*impl_);
    const Index n = impl->points.rows();
    impl->points.conservativeResize(n + 1, Eigen::NoChange);
    for (size_t d = 0; d < point.size(); ++d) impl->points(n, static_cast<Index>(d)) = point[d];
    impl->values.conservativeResize(n + 1);
    impl->values[n] = (value - impl->middle) / impl->scale;
    impl->factorise();
    return GaussianProcess(impl);
}

Belief GaussianProcess::at(std::span<const double> point) const {
    const Index n = impl_->points.rows();
    Vector shared(n);
    for (Index i = 0; i < n; ++i) shared[i] = impl_->kernelOf(impl_->squaredDistance(i, point));
    const Vector half = impl_->factor.matrixL().solve(shared);
    const double variance = std::max(1e-14 * impl_->signal, impl_->signal - half.squaredNorm());
    return {impl_->middle + impl_->scale * (impl_->mean + shared.dot(impl_->alpha)), impl_->scale * std::sqrt(variance)};
}

Belief GaussianProcess::at(std::span<const double> point, std::span<double> meanGradient, std::span<double> deviationGradient) const {
    const Index n = impl_->points.rows();
    Vector shared(n), slope(n);
    for (Index i = 0; i < n; ++i) {
        const double squared = impl_->squaredDistance(i, point), root = std::sqrt(5 * squared);
        shared[i] = impl_->kernelOf(squared);
        slope[i] = -impl_->signal * (5.0 / 3) * (1 + root) * std::exp(-root);   // times distance over length squared: the derivative
    }
    const Vector solved = impl_->factor.solve(shared);
    const double variance = std::max(1e-14 * impl_->signal, impl_->signal - shared.dot(solved)), deviation = std::sqrt(variance);
    for (size_t d = 0; d < point.size(); ++d) {
        meanGradient[d] = deviationGradient[d] = 0;
        if (impl_->categorical[d]) continue;
        const Vector derivative = (slope.array() * (point[d] - impl_->points.col(static_cast<Index>(d)).array())).matrix() / (impl_->lengths[d] * impl_->lengths[d]);
        meanGradient[d] = impl_->scale * derivative.dot(impl_->alpha);
        deviationGradient[d] = impl_->scale * -derivative.dot(solved) / deviation;
    }
    return {impl_->middle + impl_->scale * (impl_->mean + shared.dot(impl_->alpha)), impl_->scale * deviation};
}

const std::vector<double>& GaussianProcess::lengthScales() const { return impl_->lengths; }
double GaussianProcess::noise() const { return impl_->scale * std::sqrt(impl_->noise); }

}  // namespace foreshard::models
