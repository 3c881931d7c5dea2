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

constexpr size_t leastHeldOut = 30;    // queries over unseen sets of tables, to choose by
constexpr size_t leastOfFamilies = 10; // queries of the families that one part holds out
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

bool haveFamilies(QueryList queries) {
    return std::any_of(queries.begin(), queries.end(), [](const CountedQuery* query) { return query->family != 0; });
}

uint64_t familyOf(const CountedQuery& query) { return query.family ? query.family : tableSetOf(query); }

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
    const bool families = haveFamilies(queries);
    std::set<uint64_t> sets;
    for (const auto* query : queries)
        if (families || query->uses.size() == largest) sets.insert(familyOf(*query));
    if (queries.size() < 2 * leastHeldOut) return parts;
    for (size_t turn = 0; turn < (families ? heldOutOneIn : 1); ++turn) {
        Part unseen;
        std::set<uint64_t> heldOut;
        size_t place = 0;
        for (const uint64_t set : sets) {   // in the order of their hashes
            if (families ? place % heldOutOneIn == turn : place < sets.size() / heldOutOneIn) heldOut.insert(set);
            ++place;
        }
        for (const auto* query : queries) (heldOut.contains(familyOf(*query)) ? unseen.judged : unseen.training).push_back(query);
        const size_t least = families ? leastOfFamilies : leastHeldOut;
        if (unseen.judged.size() >= least && unseen.training.size() >= leastHeldOut) parts.push_back(std::move(unseen));
    }
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
            fitted[p] = parts[p].training.empty() ? fitted[p] : CardinalityFold::fit(parts[p].training, known, {options.seed * 1009 + p, options.device}, job);
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
    FS_TRY(portfolio.judge(parts, std::move(fitted), options.folds));
    for (const auto* query : queries) {
        portfolio.families_.insert(familyOf(*query));
        for (const auto& use : query->uses) portfolio.sampled_ = portfolio.sampled_ || use.sampleRows > 0;
    }
    if (portfolio.sampled_) portfolio.samples_ = SampleRows::learn(queries, portfolio.statistics());
    return portfolio;
}

// Chooses by what each part says of the queries that it was not trained on.
Status CardinalityPortfolio::judge(const std::vector<Part>& parts, std::vector<Result<CardinalityFold>> fitted, uint32_t folds) {
    JudgedQueries judged, judgedUnseen;
    for (size_t p = 0; p < parts.size(); ++p) {
        FS_ASSIGN(auto fold, std::move(fitted[p]));
        FS_ASSIGN(const auto logs, fold.predict(parts[p].judged));
        auto& into = p < folds ? judged : judgedUnseen;
        into.add(logs, parts[p].judged, static_cast<uint32_t>(p));
        for (const auto* query : parts[p].judged) into.family.push_back(familyOf(*query));
        if (p < folds) folds_.push_back(std::move(fold));
    }
    for (uint32_t c = 0; c < cardinalityCandidates; ++c)   // what a fold cannot say is chosen for neither
        if (!judged.usable(c)) judgedUnseen.logs[c].assign(judgedUnseen.truth.size(), std::numeric_limits<float>::quiet_NaN());
    known_ = chooseBy(judged);
    if (judgedUnseen.truth.empty()) {
        unseen_ = known_;
        unseen_.queries = 0;
    } else {
        unseen_ = chooseBy(judgedUnseen);
    }
    if (haveFamilies(parts[0].judged)) bandNewFamilies(unseen_, judgedUnseen);
    // Few families are held out, and those may be easy ones: what is new is never surer than what is known.
    unseen_.band = {std::min(unseen_.band.low, known_.band.low), std::max(unseen_.band.high, known_.band.high)};
    unseen_.families.clear();
    return {};
}

const CardinalityChoice& CardinalityPortfolio::choiceFor(const CountedQuery& query) const { return families_.contains(familyOf(query)) ? known_ : unseen_; }

Result<CardinalityPrediction> CardinalityPortfolio::predict(QueryList queries) const {
    CardinalityPrediction prediction;
    for (auto& column : prediction.candidates) column.assign(queries.size(), 0.0f);
    for (const auto& fold : folds_) {
        FS_ASSIGN(const auto logs, fold.predict(queries));
        for (uint32_t c = 0; c < cardinalityCandidates; ++c)
            for (size_t i = 0; i < queries.size(); ++i)
                prediction.candidates[c][i] += (i < logs[c].size() ? logs[c][i] : std::numeric_limits<float>::quiet_NaN()) / static_cast<float>(folds_.size());
    }
    for (size_t i = 0; i < queries.size(); ++i) prediction.chosen.push_back(blended(prediction.candidates, choiceFor(*queries[i]).weights, i));
    return prediction;
}

Result<std::vector<double>> CardinalityPortfolio::chosenLogs(QueryList queries) const {
    std::array<bool, cardinalityCandidates> wanted{};
    for (const auto* query : queries)
        for (uint32_t c = 0; c < cardinalityCandidates; ++c) wanted[c] = wanted[c] || choiceFor(*query).weights[c] > 0;
    std::vector<double> logs(queries.size(), 0.0);
    for (const auto& fold : folds_) {
        FS_ASSIGN(const auto own, fold.predict(queries, wanted));
        for (size_t i = 0; i < queries.size(); ++i) logs[i] += blended(own, choiceFor(*queries[i]).weights, i) / static_cast<double>(folds_.size());
    }
    return logs;
}

Result<std::vector<CardinalityEstimate>> CardinalityPortfolio::estimate(QueryList queries) const {
    FS_ASSIGN(const auto logs, chosenLogs(queries));
    std::vector<CardinalityEstimate> estimates;
    for (size_t i = 0; i < queries.size(); ++i) {
        const auto& choice = choiceFor(*queries[i]);
        const auto own = choice.families.find(familyOf(*queries[i]));
        const auto& band = own == choice.families.end() ? choice.band : own->second;
        const double limit = std::max(0.0, statistics().logLimit(*queries[i]));
        const auto rows = [&](double log) { return std::exp(std::clamp(log, 0.0, std::max(limit, logs[i]))); };
        CardinalityEstimate estimate{rows(logs[i] + std::min(0.0f, band.low)), rows(logs[i]), rows(logs[i] + std::max(0.0f, band.high)), &choice == &known_, true};
        const size_t open = estimate.known ? 0 : statistics().openBounds(*queries[i]);
        if (open > 0) estimate.sure = false, estimate.p10 = 0, estimate.p90 = rows(logs[i] + std::max(0.0f, band.high) + static_cast<double>(open) * std::log(10.0));
        else if (!estimate.known && logs[i] + band.low < 0) estimate.p10 = 0;
        if (contradicts(*queries[i])) estimate.p10 = estimate.p50 = estimate.p90 = 0;
        estimates.push_back(estimate);
    }
    return estimates;
}

Result<std::optional<double>> CardinalityPortfolio::disorder(QueryList queries, size_t pairs, uint64_t seed) const {
    if (queries.empty()) return std::optional<double>();
    Random random(seed * 77 + 5);
    size_t wrong = 0, made = 0;
    for (size_t tries = 0; made < pairs && tries < 20 * pairs;) {
        std::vector<CountedQuery> both;
        for (; both.size() < 2 * std::min(batch, pairs - made) && tries < 20 * pairs; ++tries)
            if (auto pair = randomPair(*queries[random.below(queries.size())], statistics(), sampled_ ? &samples_ : nullptr, random)) {
                both.push_back(std::move(pair->narrow));
                both.push_back(std::move(pair->wide));
            }
        std::vector<const CountedQuery*> list;
        for (const auto& query : both) list.push_back(&query);
        FS_ASSIGN(const auto logs, chosenLogs(list));
        for (size_t i = 0; i + 1 < both.size(); i += 2) wrong += logs[i] > logs[i + 1] + rounding;
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
