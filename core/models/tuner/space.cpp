#include "core/models/tuner/space.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <set>

namespace foreshard::models {

namespace {

// Where the axis begins and ends, in the unit in which it is straight. A whole number reaches half way to its neighbours.
struct Axis {
    double low = 0, high = 1;
};

double straight(const Parameter& p, double value) { return p.logarithmic ? std::log(value) : value; }

Axis axisOf(const Parameter& p) {
    if (p.kind == ParameterKind::category) return {0, static_cast<double>(p.categories.size())};
    const double reach = p.kind == ParameterKind::integer ? 0.5 : 0;
    return {straight(p, p.low - reach), straight(p, p.high + reach)};
}

double valueAt(const Parameter& p, double unit) {
    const Axis axis = axisOf(p);
    const double place = axis.low + std::clamp(unit, 0.0, 1.0) * (axis.high - axis.low);
    if (p.kind == ParameterKind::category) return std::min(std::floor(place), axis.high - 1);
    const double value = p.logarithmic ? std::exp(place) : place;
    return std::clamp(p.kind == ParameterKind::integer ? std::round(value) : value, p.low, p.high);
}

double unitAt(const Parameter& p, double value) {
    const Axis axis = axisOf(p);
    const double place = p.kind == ParameterKind::category ? value + 0.5 : straight(p, value);
    return axis.high > axis.low ? std::clamp((place - axis.low) / (axis.high - axis.low), 0.0, 1.0) : 0.5;
}

bool sound(const Parameter& p) {
    if (p.name.empty()) return false;
    if (p.kind == ParameterKind::category) return !p.categories.empty() && !p.logarithmic;
    const bool ordered = std::isfinite(p.low) && std::isfinite(p.high) && p.low <= p.high;
    const bool whole = p.kind != ParameterKind::integer || (p.low == std::round(p.low) && p.high == std::round(p.high));
    return ordered && whole && (!p.logarithmic || p.low > 0);
}

bool allowed(const Parameter& p, double value) {
    if (!std::isfinite(value)) return false;
    if (p.kind != ParameterKind::real && value != std::round(value)) return false;
    if (p.kind == ParameterKind::category) return value >= 0 && value < static_cast<double>(p.categories.size());
    return value >= p.low && value <= p.high;
}

}  // namespace

Parameter realParameter(std::string name, double low, double high, bool logarithmic) {
    return {std::move(name), ParameterKind::real, low, high, logarithmic, {}};
}
Parameter integerParameter(std::string name, int64_t low, int64_t high, bool logarithmic) {
    return {std::move(name), ParameterKind::integer, static_cast<double>(low), static_cast<double>(high), logarithmic, {}};
}
Parameter categoryParameter(std::string name, std::vector<std::string> categories) {
    return {std::move(name), ParameterKind::category, 0, 0, false, std::move(categories)};
}

Status Space::check() const {
    const auto usage = [](std::string message) { return Error{ErrorCategory::usage, std::move(message), "Correct the space of parameters.", {}}; };
    if (parameters.empty()) return usage("There is no parameter to tune.");
    if (parameters.size() > mostParameters)
        return usage("There are " + std::to_string(parameters.size()) + " parameters to tune, more than " + std::to_string(mostParameters) + ".");
    std::set<std::string> names;
    for (const auto& p : parameters) {
        if (!sound(p)) return usage("The parameter \"" + p.name + "\" has limits that make no sense.");
        if (!names.insert(p.name).second) return usage("Two parameters are called \"" + p.name + "\".");
    }
    return {};
}

bool Space::holds(const Setting& setting) const {
    if (setting.size() != parameters.size()) return false;
    for (size_t i = 0; i < setting.size(); ++i)
        if (!allowed(parameters[i], setting[i])) return false;
    return true;
}

Setting Space::at(std::span<const double> unit) const {
    Setting setting;
    for (size_t i = 0; i < parameters.size(); ++i) setting.push_back(valueAt(parameters[i], unit[i]));
    return setting;
}

std::vector<double> Space::unitOf(const Setting& setting) const {
    std::vector<double> unit;
    for (size_t i = 0; i < parameters.size(); ++i) unit.push_back(unitAt(parameters[i], setting[i]));
    return unit;
}

std::string Space::describe(const Setting& setting) const {
    std::string text;
    for (size_t i = 0; i < parameters.size() && i < setting.size(); ++i) {
        const auto& p = parameters[i];
        char number[32];
        std::snprintf(number, sizeof number, "%.4g", setting[i]);
        const bool named = p.kind == ParameterKind::category && allowed(p, setting[i]);
        text += (i ? ", " : "") + p.name + " " + (named ? p.categories[static_cast<size_t>(setting[i])] : std::string(number));
    }
    return text;
}

}  // namespace foreshard::models
