#include "core/models/cardinality/evaluate.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <unordered_set>

#include "core/base/hash.h"

namespace foreshard::models {

namespace {

using Queries = std::vector<const CountedQuery*>;

// What a test said, in the order of its queries; folds of a cross-validation add up to one.
struct Verdict {
    std::string name;
    Queries queries;
    CardinalityPrediction prediction;
    std::vector<bool> seen;   // the training part holds the same sub-plan

    void add(QueryList own, const CardinalityPrediction& predicted, QueryList training) {
        std::unordered_set<uint64_t> plans;
        for (const auto* query : training) plans.insert(query->plan);
        for (const auto* query : own) seen.push_back(plans.contains(query->plan));
        queries.insert(queries.end(), own.begin(), own.end());
        for (uint32_t c = 0; c < cardinalityCandidates; ++c)
            prediction.candidates[c].insert(prediction.candidates[c].end(), predicted.candidates[c].begin(), predicted.candidates[c].end());
        prediction.chosen.insert(prediction.chosen.end(), predicted.chosen.begin(), predicted.chosen.end());
    }
};

Queries listOf(std::span<const CountedQuery> queries) {
    Queries list;
    for (const auto& query : queries) list.push_back(&query);
    return list;
}

class Evaluator {
public:
    Evaluator(const KnownColumns& known, const CardinalityProtocol& protocol, Job& job) : known_(known), protocol_(protocol), job_(job) {}

    // Trains on one part, and judges tests that are none of it.
    Status judge(QueryList training, std::span<const std::pair<std::string, Queries>> tests) {
        FS_ASSIGN(const auto portfolio, CardinalityPortfolio::fit(training, known_, protocol_.portfolio, job_));
        job_.beginPass("judging");
        ++trainings_;
        choice_ = portfolio.choice();
        choiceUnseen_ = portfolio.choiceForUnseenTables();
        const auto seconds = portfolio.seconds();
        for (uint32_t c = 0; c < cardinalityCandidates; ++c) seconds_[c] += seconds[c];
        Queries all;
        for (const auto& [name, queries] : tests) {
            FS_TRY(job_.checkpoint());
            FS_ASSIGN(const auto prediction, portfolio.predict(queries));
            auto it = std::find_if(verdicts_.begin(), verdicts_.end(), [&](const Verdict& v) { return v.name == name; });
            if (it == verdicts_.end()) it = verdicts_.insert(verdicts_.end(), {name, {}, {}, {}});
            it->add(queries, prediction, training);
            all.insert(all.end(), queries.begin(), queries.end());
        }
        FS_ASSIGN(const auto share, portfolio.disorder(all, protocol_.pairs, protocol_.portfolio.seed));
        if (share) disorder_ += *share, ++disorders_;
        return {};
    }
    CardinalityEvaluation take() const {
        CardinalityEvaluation evaluation;
        for (const auto& verdict : verdicts_)
            for (const char* split : {"all", "seen", "unseen"}) addRows(verdict, split, evaluation.rows);
        if (disorders_ > 0) evaluation.disorder = disorder_ / disorders_;
        evaluation.pairs = protocol_.pairs;
        return evaluation;
    }

private:
    void addRows(const Verdict& verdict, const std::string& split, std::vector<CardinalityRow>& rows) const {
        std::vector<size_t> taken;
        for (size_t i = 0; i < verdict.queries.size(); ++i)
            if (split == "all" || verdict.seen[i] == (split == "seen")) taken.push_back(i);
        if (taken.empty()) return;
        const auto row = [&](const std::string& model, const auto& logOf) {
            Queries queries;
            std::vector<float> logs;
            for (const size_t i : taken) {
                const std::optional<float> log = logOf(i);
                if (!log || std::isnan(*log)) return false;
                queries.push_back(verdict.queries[i]);
                logs.push_back(*log);
            }
            rows.push_back({model, false, verdict.name, split, taken.size(), qErrors(logs, queries), {}, 0, 0, 0});
            return true;
        };
        for (uint32_t c = 0; c < cardinalityCandidates; ++c) {
            if (!row(toString(static_cast<CardinalityCandidate>(c)), [&](size_t i) { return std::optional(verdict.prediction.candidates[c][i]); })) continue;
            rows.back().seconds = seconds_[c];
            if (trainings_ != 1) continue;
            rows.back().backtest = choice_.errors[c];
            rows.back().weight = choice_.weights[c];
            rows.back().weightUnseen = choiceUnseen_.weights[c];
        }
        row("given estimate", [&](size_t i) -> std::optional<float> {
            const auto& estimate = verdict.queries[i]->estimate;
            return estimate ? std::optional(static_cast<float>(std::log(std::max(1.0, *estimate)))) : std::nullopt;
        });
        row("portfolio", [&](size_t i) { return std::optional(verdict.prediction.chosen[i]); });
        rows.back().chosen = true;
        if (trainings_ == 1) rows.back().backtest = choice_.error;
        for (const double seconds : seconds_) rows.back().seconds += seconds;
    }

    const KnownColumns& known_;
    const CardinalityProtocol& protocol_;
    Job& job_;
    std::vector<Verdict> verdicts_;
    CardinalityChoice choice_, choiceUnseen_;
    std::array<double, cardinalityCandidates> seconds_{};
    double disorder_ = 0;
    size_t trainings_ = 0, disorders_ = 0;
};

}  // namespace

Result<CardinalityEvaluation> evaluateCardinality(const std::vector<CountedQuery>& training, const std::vector<CardinalityTest>& tests, const KnownColumns& known,
                                                  const CardinalityProtocol& protocol, Job& job) {
    const auto start = std::chrono::steady_clock::now();
    if (protocol.testLast >= training.size())
        return Error{ErrorCategory::usage, "The test part would take all " + std::to_string(training.size()) + " queries.", "Test on fewer of them.", {}};
    const auto trained = listOf(std::span(training).first(training.size() - protocol.testLast));
    std::vector<std::pair<std::string, Queries>> judged;
    if (protocol.testLast > 0) judged.emplace_back(protocol.testLastName, listOf(std::span(training).last(protocol.testLast)));
    for (const auto& test : tests) judged.emplace_back(test.name, listOf(test.queries));
    Evaluator evaluator(known, protocol, job);
    if (!judged.empty()) FS_TRY(evaluator.judge(trained, judged));
    for (uint32_t fold = 0; judged.empty() && fold < protocol.portfolio.folds; ++fold) {
        Queries others;
        std::pair<std::string, Queries> own{"cross-validation", {}};
        for (const auto* query : trained) (combineHash(protocol.portfolio.seed + 1, query->group) % protocol.portfolio.folds == fold ? own.second : others).push_back(query);
        if (!own.second.empty()) FS_TRY(evaluator.judge(others, std::span(&own, 1)));
    }
    auto evaluation = evaluator.take();
    evaluation.trained = trained.size();
    evaluation.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return evaluation;
}

}  // namespace foreshard::models
