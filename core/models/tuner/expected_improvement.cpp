#include "core/models/tuner/expected_improvement.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "core/base/hash.h"
#include "core/models/tuner/minimize.h"
#include "core/models/tuner/sobol.h"

namespace foreshard::models {

namespace {

constexpr double lnRoot2Pi = 0.9189385332046727;
constexpr double farBelow = -25;        // from here on by the series
constexpr size_t spread = 1024;         // Sobol points looked at
constexpr size_t near = 48;             // points around each leading setting, at each distance
constexpr double distances[] = {0.1, 0.01, 0.001};
constexpr size_t refined = 6;
constexpr int iterations = 40;
constexpr int mostMoves = 12;           // along integers and categories

// exp(x²) erfc(x) for 0 <= x < 25, where erfc does not underflow.
double scaledErfc(double x) { return std::exp(x * x) * std::erfc(x); }

double density(double z) { return std::exp(-z * z / 2 - lnRoot2Pi); }
double below(double z) { return 0.5 * std::erfc(-z * M_SQRT1_2); }
// h(z) / φ(z) for z < 0.
double tail(double z) {
    if (z > farBelow) return 1 + z * std::sqrt(M_PI / 2) * scaledErfc(-z * M_SQRT1_2);
    const double q = 1 / (z * z);
    return q * (1 - q * (3 - q * (15 - 105 * q)));
}

struct Candidate {
    std::vector<double> unit;
    double value = 0;
};

class Search {
public:
    Search(const GaussianProcess& process, const Space& space, double best, const std::vector<Setting>& tried)
        : process_(process), space_(space), best_(best), tried_(tried.begin(), tried.end()) {
        for (const auto& p : space.parameters) whole_.push_back(p.kind != ParameterKind::real);
    }

    double valueAt(std::span<const double> unit) const {
        const Belief belief = process_.at(unit);
        return logImprovement((best_ - belief.mean) / belief.deviation) + std::log(belief.deviation);
    }
    // In the middle of its integers and categories.
    Candidate candidateAt(std::span<const double> unit) const {
        Candidate candidate{space_.unitOf(space_.at(unit)), 0};
        candidate.value = valueAt(candidate.unit);
        return candidate;
    }
    bool fresh(const Candidate& candidate) const { return !tried_.contains(space_.at(candidate.unit)); }

    Candidate refine(Candidate candidate) const {
        climb(candidate);
        for (int move = 0; move < mostMoves; ++move) {
            const auto better = bestNeighbour(candidate);
            if (!better) break;
            candidate = *better;
            climb(candidate);
        }
        return candidate;
    }

private:
    // Along the real numbers.
    void climb(Candidate& candidate) const {
        std::vector<double> low = candidate.unit, high = candidate.unit;
        bool any = false;
        for (size_t d = 0; d < whole_.size(); ++d)
            if (!whole_[d]) low[d] = 0, high[d] = 1, any = true;
        if (!any) return;
        std::vector<double> meanSlope(whole_.size()), deviationSlope(whole_.size());
        const Smooth function = [&](std::span<const double> unit, std::span<double> gradient) {
            const Belief belief = process_.at(unit, meanSlope, deviationSlope);
            const double z = (best_ - belief.mean) / belief.deviation, slope = logImprovementSlope(z);
            for (size_t d = 0; d < gradient.size(); ++d)
                gradient[d] = whole_[d] ? 0 : slope * (meanSlope[d] + z * deviationSlope[d]) / belief.deviation - deviationSlope[d] / belief.deviation;
            return -(logImprovement(z) + std::log(belief.deviation));
        };
        const auto found = minimizeInBox(function, candidate.unit, low, high, iterations);
        Candidate climbed = candidateAt(found.x);
        if (climbed.value > candidate.value) candidate = std::move(climbed);
    }
    std::optional<Candidate> bestNeighbour(const Candidate& candidate) const {
        std::optional<Candidate> best;
        const Setting setting = space_.at(candidate.unit);
        const auto look = [&](size_t d, double value) {
            Setting other = setting;
            other[d] = value;
            if (!space_.holds(other)) return;
            Candidate one{space_.unitOf(other), 0};
            one.value = valueAt(one.unit);
            if (one.value > (best ? best->value : candidate.value) && fresh(one)) best = std::move(one);
        };
        for (size_t d = 0; d < whole_.size(); ++d) {
            const auto& p = space_.parameters[d];
            if (p.kind == ParameterKind::integer) look(d, setting[d] - 1), look(d, setting[d] + 1);
            if (p.kind == ParameterKind::category)
                for (size_t c = 0; c < p.categories.size(); ++c)
                    if (static_cast<double>(c) != setting[d]) look(d, static_cast<double>(c));
        }
        return best;
    }

    const GaussianProcess& process_;
    const Space& space_;
    double best_;
    std::set<Setting> tried_;
    std::vector<bool> whole_;
};

std::vector<std::vector<double>> placesToLook(const Space& space, const std::vector<Setting>& leading, uint64_t seed) {
    auto places = sobolPoints(space.size(), spread, combineHash(seed, 1));
    Random random(combineHash(seed, 2));
    for (const auto& setting : leading) {
        const auto centre = space.unitOf(setting);
        for (const double distance : distances)
            for (size_t i = 0; i < near; ++i) {
                auto place = centre;
                for (auto& v : place) v = std::clamp(v + distance * random.normal(), 0.0, 1.0);
                places.push_back(std::move(place));
            }
    }
    return places;
}

}  // namespace

double logImprovement(double z) {
    if (z > -1) return std::log(density(z) + z * below(z));
    return -z * z / 2 - lnRoot2Pi + std::log(tail(z));
}

double logImprovementSlope(double z) {
    if (z > -1) return below(z) / (density(z) + z * below(z));
    const double ratio = z > farBelow ? std::sqrt(M_PI / 2) * scaledErfc(-z * M_SQRT1_2) : (tail(z) - 1) / z;   // Φ / φ
    return ratio / tail(z);
}

std::optional<Setting> mostPromising(const GaussianProcess& process, const Space& space, double best, const std::vector<Setting>& leading,
                                     const std::vector<Setting>& tried, uint64_t seed) {
    const Search search(process, space, best, tried);
    std::vector<Candidate> candidates;
    for (const auto& place : placesToLook(space, leading, seed)) candidates.push_back(search.candidateAt(place));
    std::stable_sort(candidates.begin(), candidates.end(), [](const Candidate& a, const Candidate& b) { return a.value > b.value; });
    for (size_t i = 0, end = std::min(refined, candidates.size()); i < end; ++i) candidates.push_back(search.refine(candidates[i]));
    const Candidate* chosen = nullptr;
    for (const auto& candidate : candidates)
        if ((!chosen || candidate.value > chosen->value) && search.fresh(candidate)) chosen = &candidate;
    if (!chosen) return std::nullopt;
    return space.at(chosen->unit);
}

}  // namespace foreshard::models
