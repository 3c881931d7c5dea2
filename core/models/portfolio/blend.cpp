#include "core/models/portfolio/blend.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/models/averaging.h"
#include "core/models/ridge.h"

namespace foreshard::models {

namespace {

constexpr size_t leastToAverage = 30;    // questions a fold; fewer teach no weights
constexpr double leastWeight = 0.02;     // a smaller one is noise
constexpr double fading = 0.8;           // how much a stretch counts against the next newer one: regimes change
constexpr double infinity = std::numeric_limits<double>::infinity();

// Questions with known targets and an origin in [from, to).
Fold partOf(const Panel& panel, const Fold& fold, int64_t from, int64_t to) {
    Fold part;
    part.answers.resize(fold.answers.size());
    for (size_t i = 0; i < fold.questions.size(); ++i) {
        const auto& q = fold.questions[i];
        const auto& series = panel.series[q.series];
        const int64_t place = series.first + q.origin;
        if (place < from || place >= to || !series.isKnown(q.target())) continue;
        part.questions.push_back(q);
        for (size_t c = 0; c < fold.answers.size(); ++c)
            if (!fold.answers[c].empty()) part.answers[c].push_back(fold.answers[c][i]);
    }
    return part;
}

// Known targets only; two halves where there is one fold.
std::vector<Fold> judgedFolds(const Panel& panel, const std::vector<Fold>& folds) {
    constexpr int64_t ever = std::numeric_limits<int64_t>::max();
    std::vector<Fold> judged;
    for (const auto& fold : folds) judged.push_back(partOf(panel, fold, -ever, ever));
    std::erase_if(judged, [](const Fold& fold) { return fold.questions.empty(); });
    if (judged.size() != 1) return judged;
    std::vector<int64_t> places;
    for (const auto& q : judged[0].questions) places.push_back(panel.series[q.series].first + q.origin);
    std::nth_element(places.begin(), places.begin() + static_cast<std::ptrdiff_t>(places.size() / 2), places.end());
    const int64_t middle = places[places.size() / 2];
    std::vector<Fold> halves = {partOf(panel, judged[0], -ever, middle), partOf(panel, judged[0], middle, ever)};
    std::erase_if(halves, [](const Fold& fold) { return fold.questions.empty(); });
    return halves;
}

std::vector<std::optional<VolumeErrors>> errorsOn(const Panel& panel, const Fold& fold) {
    const std::vector<double> scales(panel.series.size());
    std::vector<std::optional<VolumeErrors>> errors;
    for (const auto& own : fold.answers) {
        if (own.empty()) errors.emplace_back();
        else errors.emplace_back(errorsOf(panel, fold.questions, own, scales));
    }
    return errors;
}

// Mean of both errors relative to the best; smaller is better.
std::vector<double> scoresOf(const std::vector<std::optional<VolumeErrors>>& errors) {
    double bestLog = infinity, bestNd = infinity;
    for (const auto& e : errors) {
        if (!e) continue;
        bestLog = std::min(bestLog, std::sqrt(e->logMse));
        if (e->nd) bestNd = std::min(bestNd, *e->nd);
    }
    const auto ratio = [](double value, double best) { return best > 1e-9 ? value / best : value <= 1e-9 ? 1.0 : 1e9; };
    std::vector<double> scores;
    for (const auto& e : errors) {
        if (!e) {
            scores.push_back(infinity);
            continue;
        }
        const double log = ratio(std::sqrt(e->logMse), bestLog);
        scores.push_back(e->nd ? (log + ratio(*e->nd, bestNd)) / 2 : log);
    }
    return scores;
}

// Adds a fold's rows, each divided by the fold's least error; columns of candidates that answer alone. `share`: how much the fold counts.
void addRows(const Panel& panel, const Fold& fold, const std::vector<size_t>& used, double share, std::vector<std::vector<float>>& columns, std::vector<float>& targets) {
    double best = infinity;
    for (const auto& e : errorsOn(panel, fold))
        if (e) best = std::min(best, e->logMse);
    const auto scale = static_cast<float>(std::sqrt(share) / std::sqrt(std::max(best, 1e-9) * static_cast<double>(fold.questions.size())));
    for (size_t i = 0; i < fold.questions.size(); ++i) {
        // Weights that sum to 1 do not care when columns and target move together; centred, they are found far faster.
        float centre = 0;
        for (const size_t c : used) centre += fold.answers[c][i];
        centre /= static_cast<float>(used.size());
        for (size_t u = 0; u < used.size(); ++u) columns[u].push_back((fold.answers[used[u]][i] - centre) * scale);
        const auto& q = fold.questions[i];
        targets.push_back((panel.series[q.series].logs[q.target()] - centre) * scale);
    }
}

// Learned on all folds but `without`.
std::vector<double> weightsOn(const Panel& panel, const std::vector<Fold>& folds, size_t without) {
    std::vector<size_t> used;
    for (size_t c = 0; c < folds.front().answers.size(); ++c)
        if (!folds.front().answers[c].empty()) used.push_back(c);
    std::vector<std::vector<float>> columns(used.size());
    std::vector<float> targets;
    std::vector<double> errors(used.size());
    for (size_t f = 0; f < folds.size(); ++f) {
        if (f == without) continue;
        const double share = std::pow(fading, static_cast<double>(folds.size() - 1 - f));
        addRows(panel, folds[f], used, share, columns, targets);
        const auto scores = scoresOf(errorsOn(panel, folds[f]));
        for (size_t i = 0; i < used.size(); ++i) errors[i] += share * scores[used[i]];
    }
    auto found = drawnTogether(nonNegativeWeights(columns, targets, true), errors);
    double sum = 0;
    for (auto& w : found) sum += w = w < leastWeight ? 0 : w;
    std::vector<double> weights(folds.front().answers.size());
    for (size_t i = 0; i < used.size(); ++i) weights[used[i]] = sum > 0 ? found[i] / sum : 1.0 / static_cast<double>(used.size());
    return weights;
}

}  // namespace

std::vector<float> averageOf(const std::vector<std::vector<float>>& answers, std::span<const double> weights) {
    double there = 0;   // weights of candidates that dropped out are shared among the rest
    for (size_t c = 0; c < answers.size(); ++c)
        if (!answers[c].empty()) there += weights[c];
    std::vector<float> average;
    if (there <= 0) return average;
    for (size_t c = 0; c < answers.size(); ++c) {
        if (answers[c].empty() || weights[c] == 0) continue;
        average.resize(answers[c].size(), 0.0f);
        for (size_t i = 0; i < average.size(); ++i) average[i] += static_cast<float>(weights[c] / there) * answers[c][i];
    }
    return average;
}

Choice chooseAmong(const Panel& panel, const std::vector<Fold>& given) {
    const size_t candidates = given.front().answers.size();
    const auto folds = judgedFolds(panel, given);
    bool enough = folds.size() > 1;
    for (const auto& fold : folds) enough = enough && fold.questions.size() >= leastToAverage;
    std::vector<double> sums(candidates + 1);
    for (size_t f = 0; f < folds.size(); ++f) {
        Fold with = folds[f];
        if (enough) with.answers.push_back(averageOf(with.answers, weightsOn(panel, folds, f)));
        const auto scores = scoresOf(errorsOn(panel, with));
        const double share = std::pow(fading, static_cast<double>(folds.size() - 1 - f));
        for (size_t c = 0; c < scores.size(); ++c) sums[c] += share * scores[c];
    }
    Choice choice;
    choice.single = static_cast<size_t>(std::min_element(sums.begin(), sums.begin() + static_cast<std::ptrdiff_t>(candidates)) - sums.begin());
    choice.weights.assign(candidates, 0.0);
    choice.weights[*choice.single] = 1;
    if (!enough) return choice;
    choice.weights = weightsOn(panel, folds, folds.size());
    if (sums.back() < sums[*choice.single]) choice.single.reset();
    return choice;
}

}  // namespace foreshard::models
