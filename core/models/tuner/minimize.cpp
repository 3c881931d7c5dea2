#include "core/models/tuner/minimize.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>

namespace foreshard::models {

namespace {

using Vector = Eigen::VectorXd;

constexpr double sufficient = 1e-4;     // share of the promised decrease that a step must bring
constexpr int mostHalvings = 30;
constexpr double still = 1e-9;          // gradient at which nothing is left to do

class Descent {
public:
    Descent(const Smooth& function, Vector low, Vector high) : function_(function), low_(std::move(low)), high_(std::move(high)) {}

    Minimum run(Vector start, int iterations) {
        x_ = start.cwiseMax(low_).cwiseMin(high_);
        value_ = valueAt(x_, gradient_);
        const auto n = x_.size();
        inverse_ = Eigen::MatrixXd::Identity(n, n);
        for (int i = 0; i < iterations && std::isfinite(value_); ++i)
            if (!step(i == 0)) break;
        return {{x_.data(), x_.data() + n}, value_};
    }

private:
    double valueAt(const Vector& x, Vector& gradient) const {
        gradient = Vector::Zero(x.size());
        return function_({x.data(), static_cast<size_t>(x.size())}, {gradient.data(), static_cast<size_t>(gradient.size())});
    }
    bool held(Eigen::Index i) const { return (x_[i] <= low_[i] && gradient_[i] > 0) || (x_[i] >= high_[i] && gradient_[i] < 0); }

    Vector direction() {
        Vector free = gradient_;
        for (Eigen::Index i = 0; i < free.size(); ++i)
            if (held(i)) free[i] = 0;
        Vector d = -(inverse_ * free);
        for (Eigen::Index i = 0; i < d.size(); ++i)
            if (held(i)) d[i] = 0;
        if (d.dot(free) < 0) return d;
        inverse_.setIdentity();
        return -free;
    }
    // False: no step brings anything.
    bool step(bool first) {
        const Vector d = direction();
        const double steepness = d.cwiseAbs().maxCoeff();
        if (!(steepness > still)) return false;
        // The first direction is a bare gradient, whose length says nothing.
        double length = first ? std::min(1.0, 0.1 * (high_ - low_).maxCoeff() / steepness) : 1.0;
        for (int halving = 0; halving < mostHalvings; ++halving, length /= 2) {
            const Vector next = (x_ + length * d).cwiseMax(low_).cwiseMin(high_), moved = next - x_;
            Vector gradient;
            const double value = valueAt(next, gradient);
            if (!std::isfinite(value) || value > value_ + sufficient * gradient_.dot(moved)) continue;
            const bool more = value_ - value > 1e-12 * (1 + std::abs(value_));
            learn(moved, gradient - gradient_, first);
            x_ = next;
            gradient_ = gradient;
            value_ = value;
            return more;
        }
        return false;
    }
    void learn(const Vector& moved, const Vector& change, bool first) {
        const double curvature = moved.dot(change);
        if (curvature <= 1e-10 * moved.norm() * change.norm()) return;
        const auto n = moved.size();
        if (first) inverse_ *= curvature / change.squaredNorm();
        const Eigen::MatrixXd keep = Eigen::MatrixXd::Identity(n, n) - moved * change.transpose() / curvature;
        inverse_ = keep * inverse_ * keep.transpose() + moved * moved.transpose() / curvature;
    }

    const Smooth& function_;
    Vector low_, high_, x_, gradient_;
    Eigen::MatrixXd inverse_;   // of the Hessian
    double value_ = 0;
};

Vector vectorOf(std::span<const double> values) { return Eigen::Map<const Vector>(values.data(), static_cast<Eigen::Index>(values.size())); }

}  // namespace

Minimum minimizeInBox(const Smooth& function, std::vector<double> start, std::span<const double> low, std::span<const double> high, int iterations) {
    return Descent(function, vectorOf(low), vectorOf(high)).run(vectorOf(start), iterations);
}

}  // namespace foreshard::models
