#include "core/models/cardinality/choice.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

namespace foreshard::models {

namespace {

constexpr float huber = 0.5f;          // of ln q-error: squared up to here, absolute beyond
constexpr double blendGain = 0.01;     // of the error by which a blend must win over the best candidate
constexpr size_t leastForBand = 20;    // queries of one family, for a band of its own
constexpr size_t leastForBlend = 200;  // judged queries; fewer must show surely that the blend is better
constexpr double newFactor = 10;       // by which families are off that nobody has seen, before any was judged
constexpr double newPrior = 10;        // families that this belief counts as
constexpr uint32_t none = UINT32_MAX;  // no part

double lossOf(float error) {
    const float size = std::abs(error);
    return size < huber ? size * size / 2 : huber * (size - huber / 2);
}

// Mean loss over the rows of all parts but `without` (or of that part alone).
double lossOf(const JudgedQueries& judged, const CardinalityWeights& weights, uint32_t part, bool without) {
    double sum = 0, count = 0;
    for (size_t i = 0; i < judged.truth.size(); ++i)
        if ((judged.part[i] == part) != without) sum += lossOf(blended(judged.logs, weights, i) - judged.truth[i]), ++count;
    return count > 0 ? sum / count : 0;
}

// CardinalityWeights with the least loss: weight is moved between two candidates at a time as long as that helps, in ever smaller steps.
CardinalityWeights bestWeights(const JudgedQueries& judged, const std::vector<uint32_t>& usable, uint32_t without) {
    CardinalityWeights weights{};
    for (const uint32_t c : usable) weights[c] = 1.0 / static_cast<double>(usable.size());
    double best = lossOf(judged, weights, without, true);
    for (double step = 0.2; step > 0.01;) {
        bool moved = false;
        for (const uint32_t from : usable)
            for (const uint32_t to : usable) {
                const double amount = std::min(step, weights[from]);
                if (from == to || amount <= 0) continue;
                auto trial = weights;
                trial[from] -= amount;
                trial[to] += amount;
                if (const double loss = lossOf(judged, trial, without, true); loss < best) best = loss, weights = trial, moved = true;
            }
        if (!moved) step /= 2;
    }
    return weights;
}

double meanError(const JudgedQueries& judged, const CardinalityWeights& weights) {
    double sum = 0;
    for (size_t i = 0; i < judged.truth.size(); ++i) sum += std::abs(blended(judged.logs, weights, i) - judged.truth[i]);
    return sum / static_cast<double>(judged.truth.size());
}

float quantile(const std::vector<float>& sorted, double share) {
    const double place = share * static_cast<double>(sorted.size() - 1);
    const auto below = static_cast<size_t>(place);
    const float above = sorted[std::min(below + 1, sorted.size() - 1)];
    return sorted[below] + (above - sorted[below]) * static_cast<float>(place - static_cast<double>(below));
}

struct Bands {
    ErrorBand all;
    std::map<uint64_t, ErrorBand> families;

    const ErrorBand& of(uint64_t family) const {
        const auto own = families.find(family);
        return own == families.end() ? all : own->second;
    }
};

// Of the errors of all parts but `without`.
Bands bandsOf(const JudgedQueries& judged, const std::vector<float>& chosen, uint32_t without) {
    Bands bands;
    std::vector<float> all;
    std::map<uint64_t, std::vector<float>> families;
    for (size_t i = 0; i < chosen.size(); ++i) {
        if (judged.part[i] == without) continue;
        all.push_back(judged.truth[i] - chosen[i]);
        if (i < judged.family.size()) families[judged.family[i]].push_back(all.back());
    }
    const auto bandOf = [](std::vector<float>& errors) {
        std::sort(errors.begin(), errors.end());
        return ErrorBand{quantile(errors, 0.1), quantile(errors, 0.9)};
    };
    if (!all.empty()) bands.all = bandOf(all);
    for (auto& [family, errors] : families)
        if (errors.size() >= leastForBand) bands.families[family] = bandOf(errors);
    return bands;
}

std::optional<double> coverageOf(const JudgedQueries& judged, const std::vector<float>& chosen, const std::set<uint32_t>& parts) {
    constexpr float rounding = 1e-4f;
    if (parts.size() < 2) return std::nullopt;
    size_t inside = 0;
    for (const uint32_t part : parts) {
        const auto bands = bandsOf(judged, chosen, part);
        for (size_t i = 0; i < chosen.size(); ++i) {
            if (judged.part[i] != part) continue;
            const auto& band = bands.of(i < judged.family.size() ? judged.family[i] : 0);
            const float error = judged.truth[i] - chosen[i];
            inside += error >= std::min(0.0f, band.low) - rounding && error <= std::max(0.0f, band.high) + rounding;
        }
    }
    return static_cast<double>(inside) / static_cast<double>(chosen.size());
}

// Better by more than the standard error of the difference, and not worse at its worst.
bool surelyBetter(const JudgedQueries& judged, const std::vector<float>& blend, const std::vector<float>& single) {
    double sum = 0, squares = 0;
    float worstBlend = 0, worstSingle = 0;
    for (size_t i = 0; i < blend.size(); ++i) {
        const float ofBlend = blend[i] - judged.truth[i], ofSingle = single[i] - judged.truth[i];
        const double gain = lossOf(ofSingle) - lossOf(ofBlend);
        sum += gain, squares += gain * gain;
        worstBlend = std::max(worstBlend, std::abs(ofBlend)), worstSingle = std::max(worstSingle, std::abs(ofSingle));
    }
    const auto count = static_cast<double>(blend.size());
    const double mean = sum / count, error = std::sqrt(std::max(0.0, squares / count - mean * mean) / count);
    return mean > error && worstBlend <= worstSingle;
}

// Of new families, by the errors of all parts but `without`.
ErrorBand bandOfNew(const JudgedQueries& judged, const std::vector<float>& chosen, uint32_t without) {
    std::map<uint64_t, size_t> sizes;
    for (size_t i = 0; i < chosen.size(); ++i)
        if (judged.part[i] != without) ++sizes[judged.family[i]];
    const auto families = static_cast<double>(sizes.size());
    const auto least = static_cast<float>(std::log(newFactor) * std::sqrt(newPrior / std::max(newPrior, families)));
    std::vector<std::pair<float, double>> errors;   // and what each weighs
    for (size_t i = 0; i < chosen.size(); ++i)
        if (judged.part[i] != without) errors.emplace_back(judged.truth[i] - chosen[i], 1 / (static_cast<double>(sizes[judged.family[i]]) * (families + 1)));
    std::sort(errors.begin(), errors.end());
    // The family to come lies beyond the end, on either side; where it alone weighs a tenth, the last error is the end.
    const auto endOf = [&](auto from, auto to) {
        double sum = 1 / (families + 1);
        for (auto it = from; it != to; ++it)
            if (it == from || sum < 0.1) from = it, sum += it->second;
        return from->first;
    };
    if (errors.empty()) return {-least, least};
    return {std::min(-least, endOf(errors.begin(), errors.end())), std::max(least, endOf(errors.rbegin(), errors.rend()))};
}

// The blend on each part, with weights learned on the others.
std::vector<float> blendedApart(const JudgedQueries& judged, const std::vector<uint32_t>& usable, const std::set<uint32_t>& parts) {
    std::vector<float> out(judged.truth.size());
    for (const uint32_t part : parts) {
        const auto weights = bestWeights(judged, usable, parts.size() > 1 ? part : none);
        for (size_t i = 0; i < out.size(); ++i)
            if (judged.part[i] == part) out[i] = blended(judged.logs, weights, i);
    }
    return out;
}

}  // namespace

void JudgedQueries::add(const CandidateLogs& own, QueryList queries, uint32_t from) {
    for (uint32_t c = 0; c < cardinalityCandidates; ++c) {
        auto column = own[c];
        column.resize(queries.size(), std::numeric_limits<float>::quiet_NaN());
        logs[c].insert(logs[c].end(), column.begin(), column.end());
    }
    for (const auto* query : queries) {
        truth.push_back(static_cast<float>(std::log(std::max(1.0, query->rows))));
        part.push_back(from);
    }
}

bool JudgedQueries::usable(uint32_t candidate) const {
    return std::none_of(logs[candidate].begin(), logs[candidate].end(), [](float v) { return std::isnan(v); });
}

float blended(const CandidateLogs& logs, const CardinalityWeights& weights, size_t i) {
    double sum = 0;
    for (uint32_t c = 0; c < cardinalityCandidates; ++c)
        if (weights[c] > 0) sum += weights[c] * logs[c][i];
    return static_cast<float>(sum);
}

CardinalityChoice chooseBy(const JudgedQueries& judged) {
    CardinalityChoice choice;
    choice.queries = judged.truth.size();
    std::vector<uint32_t> usable;
    uint32_t best = byIndependence;
    double least = std::numeric_limits<double>::infinity();
    for (uint32_t c = 0; c < cardinalityCandidates; ++c) {
        choice.errors[c] = std::numeric_limits<double>::quiet_NaN();
        if (!judged.usable(c)) continue;
        usable.push_back(c);
        CardinalityWeights own{};
        own[c] = 1;
        choice.errors[c] = meanError(judged, own);
        choice.candidates[c] = qErrors(judged.logs[c], judged.truth);
        if (const double loss = lossOf(judged, own, none, true); loss < least) least = loss, best = c;
    }
    const std::set<uint32_t> parts(judged.part.begin(), judged.part.end());
    const auto apart = blendedApart(judged, usable, parts);
    double sum = 0;
    for (size_t i = 0; i < apart.size(); ++i) sum += lossOf(apart[i] - judged.truth[i]);
    const bool blend = sum / static_cast<double>(apart.size()) < least * (1 - blendGain) && (apart.size() >= leastForBlend || surelyBetter(judged, apart, judged.logs[best]));
    if (blend) choice.weights = bestWeights(judged, usable, none);
    else choice.weights[best] = 1;
    const auto& chosen = blend ? apart : judged.logs[best];
    for (size_t i = 0; i < chosen.size(); ++i) choice.error += std::abs(chosen[i] - judged.truth[i]) / static_cast<double>(chosen.size());
    choice.chosen = qErrors(chosen, judged.truth);
    auto bands = bandsOf(judged, chosen, none);
    choice.band = bands.all;
    choice.families = std::move(bands.families);
    choice.coverage = coverageOf(judged, chosen, parts);
    return choice;
}

void bandNewFamilies(CardinalityChoice& choice, const JudgedQueries& judged) {
    constexpr float rounding = 1e-4f;
    std::vector<float> chosen(judged.truth.size());
    for (size_t i = 0; i < chosen.size(); ++i) chosen[i] = blended(judged.logs, choice.weights, i);
    choice.band = bandOfNew(judged, chosen, none);
    choice.families.clear();
    choice.coverage.reset();
    const std::set<uint32_t> parts(judged.part.begin(), judged.part.end());
    if (parts.size() < 2) return;
    size_t inside = 0;
    for (const uint32_t part : parts) {
        const auto band = bandOfNew(judged, chosen, part);
        for (size_t i = 0; i < chosen.size(); ++i) {
            const float error = judged.truth[i] - chosen[i];
            inside += judged.part[i] == part && error >= std::min(0.0f, band.low) - rounding && error <= std::max(0.0f, band.high) + rounding;
        }
    }
    choice.coverage = static_cast<double>(inside) / static_cast<double>(chosen.size());
}

}  // namespace foreshard::models
