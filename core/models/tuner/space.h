// Space: what a tuner may turn, and the unit cube that it looks at instead. Real numbers, integers and categories; steps of a
// logarithmic parameter are ratios. An integer or a category takes an equal share of its axis, and stands in the middle of it
// (Garrido-Merchán and Hernández-Lobato, Neurocomputing 380, 2020: the model must see what is really tried, not what was
// rounded). Plain values; any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/base/result.h"

namespace foreshard::models {

enum class ParameterKind : uint8_t { real, integer, category };

struct Parameter {
    std::string name;                       // unique in its space
    ParameterKind kind = ParameterKind::real;
    double low = 0, high = 1;               // both included; unused for a category
    bool logarithmic = false;               // needs low > 0; not for a category
    std::vector<std::string> categories;    // of a category, at least one
    bool operator==(const Parameter&) const = default;
};

Parameter realParameter(std::string name, double low, double high, bool logarithmic = false);
Parameter integerParameter(std::string name, int64_t low, int64_t high, bool logarithmic = false);
Parameter categoryParameter(std::string name, std::vector<std::string> categories);

// One value a parameter, in the parameter's own unit; of a category its index.
using Setting = std::vector<double>;

struct Space {
    std::vector<Parameter> parameters;
    bool operator==(const Space&) const = default;

    size_t size() const { return parameters.size(); }
    // usage: no parameter or too many, a name twice, limits that are not finite or the wrong way round, no category.
    Status check() const;
    // A value for every parameter, finite and inside its limits, whole where it has to be.
    bool holds(const Setting& setting) const;
    Setting at(std::span<const double> unit) const;             // unit: 0…1 a parameter; clamped
    std::vector<double> unitOf(const Setting& setting) const;
    // "learning_rate 0.003, depth 6"
    std::string describe(const Setting& setting) const;
};

constexpr size_t mostParameters = 21;       // as many as there are dimensions of Sobol points

}  // namespace foreshard::models
