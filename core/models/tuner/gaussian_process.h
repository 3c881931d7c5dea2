// Gaussian process over the unit cube (Rasmussen and Williams, Gaussian Processes for Machine Learning, 2006): constant mean,
// Matérn 5/2 with one length scale a dimension (ARD), noise. Length scales, size and noise are those of the largest posterior,
// with a prior of length scales that grows with the root of the number of dimensions (Hvarfner, Hellsten and Nardi, ICML 2024;
// shorter here, so that it doubts more between its points), found from several starts by their exact gradient. Values may be in any unit: they are standardised inside. Immutable after construction; any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace foreshard::models {

struct Belief {
    double mean = 0, deviation = 0;
};

class GaussianProcess {
public:
    // One point a value, all as long as `categorical`, which says in which dimensions points are the same or different, and
    // nothing between. At least two points; same points and seed, same model.
    static GaussianProcess fit(const std::vector<std::vector<double>>& points, std::span<const double> values, const std::vector<bool>& categorical, uint64_t seed);
    // The same beliefs about lengths, size and noise, after one more value.
    GaussianProcess with(const std::vector<double>& point, double value) const;

    Belief at(std::span<const double> point) const;
    // Fills both gradients; those of categorical dimensions are zero.
    Belief at(std::span<const double> point, std::span<double> meanGradient, std::span<double> deviationGradient) const;

    const std::vector<double>& lengthScales() const;
    double noise() const;      // standard deviation, in the unit of the values

private:
    struct Impl;
    explicit GaussianProcess(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}
    std::shared_ptr<const Impl> impl_;
};

}  // namespace foreshard::models
