#include "core/models/cardinality/portfolio.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <set>
#include <thread>

#include "core/base/hash.h"
#include "core/models/cardinality/order.h"

namespace foreshard::models {

namespace {

constexpr float huber = 0.5f;          // of ln q-error: squared up to here, absolute beyond
constexpr double blendGain = 0.01;     // of the error by which a blend must win over the best candidate
constexpr size_t leastHeldOut = 30;    // queries over unseen sets of tables, to choose by
constexpr uint64_t heldOutOneIn = 3;   // of the largest sets of tables
constexpr float rounding = 1e-4f;      // of ln rows: what counts as equal
constexpr size_t batch = 1'000;        // pairs encoded at once

uint64_t tableSetOf(const CountedQuery& query) {
    std::vector<std::string> names;
    for (const auto& use : query.uses) names.push_back(use.table);
    std::sort(names.begin(), names.end());
    uint64_t hash = names.size();
    for (const auto& name : names) hash = combineHash(hash, hashText(name));
    return hash;
}

double lossOf(float error) {
    const float size = std::abs(error);
    return size < huber ? size * size / 2 : huber * (size - huber / 2);
}

// Predictions and truth of judged queries, and the part each was in.
struct Judged {
    CandidateLogs logs;
    std::vector<float> truth;
    std::vector<uint32_t> part;

    void add(const CandidateLogs& own, QueryList queries, uint32_t from) {
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
    bool usable(uint32_t candidate) const {
        return std::none_of(logs[candidate].begin(), logs[candidate].end(), [](float v) { return std::isnan(v); });
    }
};

using Weights = std::array<double, cardinalityCandidates>;

float blended(const CandidateLogs& logs, const Weights& weights, size_t i) {
    double sum = 0;
    for (uint32_t c = 0; c < cardinalityCandidates; ++c)
        if (weights[c] > 0) sum += weights[c] * logs[c][i];
    return static_cast<float>(sum);
}

// Mean loss over the rows of all parts but `without` (or of that part alone).
double lossOf(const Judged& judged, const Weights& weights, uint32_t part, bool without) {
    double sum = 0, count = 0;
    for (size_t i = 0; i < judged.truth.size(); ++i)
        if ((judged.part[i] == part) != without) sum += lossOf(blended(judged.logs, weights, i) - judged.truth[i]), ++count;
    return count > 0 ? sum / count : 0;
}

// Weights with the least loss: weight is moved between two candidates at a time as long as that helps, in ever smaller steps.
Weights bestWeights(const Judged& judged, const std::vector<uint32_t>& usable, uint32_t without) {
    Weights weights{};
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

double meanError(const Judged& judged, const Weights& weights) {
    double sum = 0;
    for (size_t i = 0; i < judged.truth.size(); ++i) sum += std::abs(blended(judged.logs, weights, i) - judged.truth[i]);
    return sum / static_cast<double>(judged.truth.size());
}

CardinalityChoice chooseBy(const Judged& judged) {
    constexpr uint32_t none = UINT32_MAX;
    CardinalityChoice choice;
    std::vector<uint32_t> usable;
    Weights single{};
    double least = std::numeric_limits<double>::infinity();
    for (uint32_t c = 0; c < cardinalityCandidates; ++c) {
        choice.errors[c] = std::numeric_limits<double>::quiet_NaN();
        if (!judged.usable(c)) continue;
        usable.push_back(c);
        Weights own{};
        own[c] = 1;
        choice.errors[c] = meanError(judged, own);
        if (const double loss = lossOf(judged, own, none, true); loss < least) least = loss, single = own;
    }
    // The blend is judged on each part with weights learned on the others.
    double sum = 0, error = 0;
    const std::set<uint32_t> parts(judged.part.begin(), judged.part.end());
    for (const uint32_t part : parts) {
        const auto weights = bestWeights(judged, usable, parts.size() > 1 ? part : none);
        for (size_t i = 0; i < judged.truth.size(); ++i) {
            if (judged.part[i] != part) continue;
            const float own = blended(judged.logs, weights, i) - judged.truth[i];
            sum += lossOf(own);
            error += std::abs(own);
        }
    }
    const auto rows = static_cast<double>(judged.truth.size());
    const bool blend = sum / rows < least * (1 - blendGain);
    choice.weights = blend ? bestWeights(judged, usable, none) : single;
    choice.error = blend ? error / rows : meanError(judged, single);
    return choice;
}

}  // namespace

// The folds, and behind them, where there are enough such queries, a part that judges unseen sets of tables.
std::vector<CardinalityPortfolio::Part> CardinalityPortfolio::partsOf(QueryList queries, const CardinalityOptions& options) {
    std::vector<Part> parts(options.folds);
    size_t largest = 0;
    for (const auto* query : queries) {
        const auto own = combineHash(options.seed, query->group) % options.folds;
        for (uint32_t f = 0; f < options.folds; ++f) (f == own ? parts[f].judged : parts[f].training).push_back(query);
        largest = std::max(largest, query->uses.size());
    }
    Part unseen;
    std::set<uint64_t> sets;
    for (const auto* query : queries)
        if (query->uses.size() == largest) sets.insert(tableSetOf(*query));
    std::set<uint64_t> heldOut;
    for (const uint64_t set : sets)   // in the order of their hashes
        if (heldOut.size() < sets.size() / heldOutOneIn) heldOut.insert(set);
    for (const auto* query : queries) (heldOut.contains(tableSetOf(*query)) ? unseen.judged : unseen.training).push_back(query);
    if (unseen.judged.size() >= leastHeldOut && unseen.training.size() >= leastHeldOut) parts.push_back(std::move(unseen));
    return parts;
}

Result<CardinalityPortfolio> CardinalityPortfolio::fit(QueryList queries, const KnownColumns& known, const CardinalityOptions& options, Job& job) {
    std::set<uint64_t> groups;
    for (const auto* query : queries) groups.insert(query->group);
    if (options.folds < 2 || groups.size() < 2 * options.folds)
        return Error{ErrorCategory::usage, "There are " + std::to_string(groups.size()) + " groups of counted queries, too few to learn from and to judge by.", "Give more queries.", {}};
    const auto parts = partsOf(queries, options);
    std::vector<Result<CardinalityFold>> fitted(parts.size(), Error{ErrorCategory::cancelled, {}, {}, {}});
    job.beginPass("training", parts.size(), "parts");
    std::atomic<size_t> next{0}, done{0};
    const auto work = [&] {
        for (size_t p = next++; p < parts.size(); p = next++) {
            fitted[p] = parts[p].training.empty() ? fitted[p] : CardinalityFold::fit(parts[p].training, known, options.seed * 1009 + p, job);
            job.progress(++done);
        }
    };
    std::vector<std::jthread> others;
    const size_t threads = options.threads ? options.threads : std::max(1u, std::thread::hardware_concurrency());
    for (size_t i = 1; i < std::min(threads, parts.size()); ++i) others.emplace_back(work);
    work();
    others.clear();
    FS_TRY(job.checkpoint());

    CardinalityPortfolio portfolio;
    Judged judged, judgedUnseen;
    for (size_t p = 0; p < parts.size(); ++p) {
        FS_ASSIGN(auto fold, std::move(fitted[p]));
        FS_ASSIGN(const auto logs, fold.predict(parts[p].judged));
        (p < options.folds ? judged : judgedUnseen).add(logs, parts[p].judged, static_cast<uint32_t>(p));
        if (p < options.folds) portfolio.folds_.push_back(std::move(fold));
    }
    portfolio.known_ = chooseBy(judged);
    portfolio.unseen_ = judgedUnseen.truth.empty() ? portfolio.known_ : chooseBy(judgedUnseen);
    for (const auto* query : queries) {
        portfolio.tableSets_.insert(tableSetOf(*query));
        for (const auto& use : query->uses) portfolio.sampled_ = portfolio.sampled_ || use.sampleRows > 0;
    }
    if (portfolio.sampled_) portfolio.samples_ = SampleRows::learn(queries, portfolio.folds_[0].encoder().statistics());
    return portfolio;
}

Result<CardinalityPrediction> CardinalityPortfolio::predict(QueryList queries) const {
    CardinalityPrediction prediction;
    for (auto& column : prediction.candidates) column.assign(queries.size(), 0.0f);
    for (const auto& fold : folds_) {
        FS_ASSIGN(const auto logs, fold.predict(queries));
        for (uint32_t c = 0; c < cardinalityCandidates; ++c)
            for (size_t i = 0; i < queries.size(); ++i)
                prediction.candidates[c][i] += (i < logs[c].size() ? logs[c][i] : std::numeric_limits<float>::quiet_NaN()) / static_cast<float>(folds_.size());
    }
    for (size_t i = 0; i < queries.size(); ++i) {
        const bool known = tableSets_.contains(tableSetOf(*queries[i]));
        prediction.chosen.push_back(blended(prediction.candidates, known ? known_.weights : unseen_.weights, i));
    }
    return prediction;
}

Result<std::optional<double>> CardinalityPortfolio::disorder(QueryList queries, size_t pairs, uint64_t seed) const {
    if (queries.empty()) return std::optional<double>();
    Random random(seed * 77 + 5);
    const auto& statistics = folds_[0].encoder().statistics();
    size_t wrong = 0, made = 0;
    for (size_t tries = 0; made < pairs && tries < 20 * pairs;) {
        std::vector<CountedQuery> both;
        for (; both.size() < 2 * std::min(batch, pairs - made) && tries < 20 * pairs; ++tries)
            if (auto pair = randomPair(*queries[random.below(queries.size())], statistics, sampled_ ? &samples_ : nullptr, random)) {
                both.push_back(std::move(pair->narrow));
                both.push_back(std::move(pair->wide));
            }
        std::vector<const CountedQuery*> list;
        for (const auto& query : both) list.push_back(&query);
        FS_ASSIGN(const auto prediction, predict(list));
        for (size_t i = 0; i < both.size(); i += 2) wrong += prediction.chosen[i] > prediction.chosen[i + 1] + rounding;
        made += both.size() / 2;
    }
    if (made == 0) return std::optional<double>();
    return std::optional<double>(static_cast<double>(wrong) / static_cast<double>(made));
}

std::array<double, cardinalityCandidates> CardinalityPortfolio::seconds() const {
    std::array<double, cardinalityCandidates> sums{};
    for (const auto& fold : folds_)
        for (uint32_t c = 0; c < cardinalityCandidates; ++c) sums[c] += fold.seconds()[c];
    return sums;
}

}  // namespace foreshard::models
