#include "core/models/portfolio/evaluate.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <numeric>
#include <thread>

#include "core/models/portfolio/bands.h"
#include "core/models/portfolio/blend.h"
#include "core/models/portfolio/marks.h"
#include "core/models/portfolio/metrics.h"
#include "core/models/portfolio/stretches.h"

namespace foreshard::models {

namespace {

using Clock = std::chrono::steady_clock;

constexpr size_t choosingStretches = 8;   // the newest ones, by which the portfolio chooses; few of them choose by luck

double secondsSince(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

using Answers = std::vector<std::vector<float>>;   // by stretch; empty where the candidate had none

// Questions and answers of several stretches, ordered by series and origin.
struct Sheet {
    std::vector<Question> questions;
    std::vector<float> answers;
};

Sheet sheetOf(const Exam& exam, const Answers& answers, size_t first, size_t end) {
    Sheet loose;
    for (size_t k = first; k < end; ++k) {
        if (answers[k].empty()) continue;
        loose.questions.insert(loose.questions.end(), exam.questions[k].begin(), exam.questions[k].end());
        loose.answers.insert(loose.answers.end(), answers[k].begin(), answers[k].end());
    }
    std::vector<size_t> order(loose.questions.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return loose.questions[a].series < loose.questions[b].series; });
    Sheet sheet;
    for (const size_t i : order) {
        sheet.questions.push_back(loose.questions[i]);
        sheet.answers.push_back(loose.answers[i]);
    }
    return sheet;
}

class Evaluator {
public:
    // `seen`: what candidates see of `panel`; `marks`: where events are marked, whoever sees them; null: nowhere.
    Evaluator(const Panel& panel, const Panel& seen, const Panel* marks, const VolumeProtocol& protocol, Stretches stretches, Job& job)
        : panel_(panel), seen_(seen), marks_(marks), protocol_(protocol), job_(job), stretches_(std::move(stretches)),
          scales_(seasonalScales(panel, stretches_.test, panel.seasons.front())) {
        if (protocol.budgetSeconds > 0)
            deadline_ = Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(std::min(protocol.budgetSeconds, 1e8)));
    }

    Result<std::vector<VolumeRow>> run(const Exam& exam) {
        auto candidates = volumePortfolio(seen_, protocol_.portfolio);
        job_.beginPass("candidates, " + std::to_string(exam.horizon) + " ahead", exam.questions.size() * candidates.size(), "fits");
        std::vector<Result<Asked>> asked(candidates.size(), Asked{});
        // Each candidate on a thread of its own: small models gain nothing from several. The longest stand last, so begin there.
        std::atomic<size_t> next{candidates.size()}, fits{0};
        const auto work = [&] {
            for (size_t left = next.load(); left > 0;)
                if (next.compare_exchange_weak(left, left - 1)) asked[left - 1] = askOne(*candidates[left - 1], exam, fits), left = next.load();
        };
        std::vector<std::jthread> others;
        for (size_t i = 1; i < std::min(threads(), candidates.size()); ++i) others.emplace_back(work);
        work();
        others.clear();
        std::vector<Answers> all;
        std::vector<VolumeRow> rows;
        for (size_t c = 0; c < candidates.size(); ++c) {
            FS_ASSIGN(auto own, std::move(asked[c]));
            if (!own.why.empty())
                job_.diagnose({Severity::note, "candidate_left_out", {}, 0, 0, "At " + std::to_string(exam.horizon) + " ahead the candidate \"" + candidates[c]->name() + "\" is judged in part: it was left out where " + own.why + "."});
            rows.push_back(rowOf(candidates[c]->name(), exam, own.answers));
            rows.back().seconds = own.seconds;
            all.push_back(std::move(own.answers));
        }
        FS_TRY(addPortfolio(exam, all, rows));
        std::erase_if(rows, [](const VolumeRow& row) { return row.values == 0; });
        return rows;
    }

private:
    struct Asked {
        Answers answers;
        std::string why;   // it was left out somewhere; empty: nowhere
        double seconds = 0;
    };
    size_t threads() const { return protocol_.threads ? protocol_.threads : std::max(1u, std::thread::hardware_concurrency()); }

    // Runs on any thread.
    Result<Asked> askOne(VolumeCandidate& candidate, const Exam& exam, std::atomic<size_t>& fits) {
        const auto start = Clock::now();
        Asked asked{Answers(exam.questions.size()), {}, 0};
        for (size_t k = 0; k < exam.questions.size(); ++k) {
            if (exam.questions[k].empty()) continue;
            FS_TRY(job_.checkpoint());
            FS_ASSIGN(const auto outcome, candidate.fit(seen_, {stretches_.all[k].first, exam.leads, deadline_}, job_));
            if (outcome.usable) {
                FS_ASSIGN(asked.answers[k], candidate.answer(seen_, exam.questions[k], job_));
                addKnownEffects(seen_, exam.questions[k], asked.answers[k]);
                if (!std::all_of(asked.answers[k].begin(), asked.answers[k].end(), [](float v) { return std::isfinite(v); })) {
                    asked.answers[k].clear();
                    asked.why = "its answers are not finite";
                }
            } else {
                asked.why = outcome.why;
            }
            job_.progress(++fits);
        }
        asked.seconds = secondsSince(start);
        return asked;
    }
    VolumeRow rowOf(const std::string& name, const Exam& exam, const Answers& answers) const {
        VolumeRow row;
        row.model = name;
        row.horizon = exam.horizon;
        for (size_t k = stretches_.firstTest; k < answers.size(); ++k)
            if (answers[k].empty() && !exam.questions[k].empty()) return row;   // a part of the test would flatter it
        const Sheet test = sheetOf(exam, answers, stretches_.firstTest, answers.size()), past = sheetOf(exam, answers, 0, stretches_.firstTest);
        const VolumeErrors errors = errorsOf(panel_, test.questions, test.answers, scales_);
        row.logMse = errors.logMse;
        row.nd = errors.nd;
        row.mase = errors.mase;
        row.smape = errors.smape;
        row.values = errors.values;
        addMarked(test, row);
        if (!past.questions.empty()) row.backtestLogMse = errorsOf(panel_, past.questions, past.answers, scales_).logMse;
        if (past.questions.empty() && protocol_.last) return row;
        const auto bands = bandsOf(panel_, past.questions, past.answers, test.questions, test.answers, !protocol_.last);
        row.coverage = coverageOf(panel_, test.questions, test.answers, bands);
        return row;
    }
    void addMarked(const Sheet& test, VolumeRow& row) const {
        if (!marks_) return;
        Sheet within;
        for (size_t i = 0; i < test.questions.size(); ++i) {
            if (!isMarked(*marks_, test.questions[i])) continue;
            within.questions.push_back(test.questions[i]);
            within.answers.push_back(test.answers[i]);
        }
        const VolumeErrors errors = errorsOf(panel_, within.questions, within.answers, scales_);
        row.markedValues = errors.values;
        if (errors.values) row.markedLogMse = errors.logMse;
    }
    // What could be known when stretch k began: the questions of the newest stretches before it whose targets lie before it.
    std::vector<Fold> foldsBefore(const Exam& exam, const std::vector<Answers>& all, size_t k, std::optional<size_t> without) const {
        std::vector<Fold> folds;
        for (size_t f = k - std::min(k, choosingStretches); f < k; ++f) {
            if (f == without) continue;
            Fold fold;
            fold.answers.resize(all.size());
            for (size_t i = 0; i < exam.questions[f].size(); ++i) {
                const auto& q = exam.questions[f][i];
                if (q.target() >= stretches_.all[k].first[q.series]) continue;
                fold.questions.push_back(q);
                for (size_t c = 0; c < all.size(); ++c)
                    if (!all[c][f].empty()) fold.answers[c].push_back(all[c][f][i]);
            }
            if (!fold.questions.empty()) folds.push_back(std::move(fold));
        }
        // Who was not there lately cannot be compared; what others were too young for compares nobody.
        for (size_t c = 0; c < all.size(); ++c) {
            bool there = !all[c][k].empty();
            for (size_t f = folds.size() / 2; f < folds.size(); ++f) there = there && !folds[f].answers[c].empty();
            if (!there)
                for (auto& fold : folds) fold.answers[c].clear();
        }
        const auto answered = [](const Fold& fold) { return std::count_if(fold.answers.begin(), fold.answers.end(), [](const auto& own) { return !own.empty(); }); };
        const auto wanted = folds.empty() ? 0 : answered(folds.back());
        std::erase_if(folds, [&](const Fold& fold) { return answered(fold) < wanted; });
        return folds;
    }
    Choice choiceAt(const Exam& exam, const std::vector<Answers>& all, size_t k, std::optional<size_t> without = {}) const {
        const auto folds = foldsBefore(exam, all, k, without);
        if (!folds.empty() && std::any_of(folds[0].answers.begin(), folds[0].answers.end(), [](const auto& own) { return !own.empty(); })) return chooseAmong(panel_, folds);
        Choice simplest;   // nothing to choose by
        simplest.weights.assign(all.size(), 0.0);
        for (size_t c = 0; c < all.size(); ++c) {
            if (all[c][k].empty()) continue;
            simplest.single = c;
            simplest.weights[c] = 1;
            break;
        }
        return simplest;
    }
    Status addPortfolio(const Exam& exam, const std::vector<Answers>& all, std::vector<VolumeRow>& rows) {
        Answers answers(exam.questions.size());
        size_t tested = 0;
        for (size_t k = stretches_.firstTest; k < exam.questions.size(); ++k) {
            FS_TRY(job_.checkpoint());
            if (exam.questions[k].empty()) continue;
            const Choice choice = choiceAt(exam, all, k);
            // The backtest's answers only say how wide the bands must be at first: by weights that have not seen them.
            for (size_t own = tested == 0 ? 0 : k; own <= k; ++own) {
                if (own != k && own >= stretches_.firstTest) continue;
                std::vector<std::vector<float>> parts;
                for (const auto& candidate : all) parts.push_back(candidate[own]);
                answers[own] = averageOf(parts, own == k || choice.single ? choice.weights : choiceAt(exam, all, k, own).weights);
                if (answers[own].size() != exam.questions[own].size()) answers[own].clear();
            }
            for (size_t c = 0; c < all.size(); ++c) rows[c].weight += choice.weights[c];
            ++tested;
        }
        for (auto& row : rows) row.weight /= static_cast<double>(std::max<size_t>(1, tested));
        rows.push_back(rowOf("portfolio", exam, answers));
        rows.back().chosen = true;
        if (rows.back().values == 0) return Error{ErrorCategory::format, "No value of the test part is known.", "Give a file with fewer gaps, or a larger --test-last.", {}};
        return {};
    }

    const Panel& panel_;
    const Panel& seen_;
    const Panel* marks_;
    const VolumeProtocol& protocol_;
    Job& job_;
    const Stretches stretches_;
    const std::vector<double> scales_;
    std::optional<Clock::time_point> deadline_;
};

// Skills, all against the same seasonal naive.
void compare(std::vector<VolumeRow>& rows) {
    std::optional<double> base;
    for (const auto& row : rows)
        if (row.model.starts_with("seasonal naive")) base = std::min(base.value_or(row.logMse), row.logMse);
    for (auto& row : rows)
        if (base && *base > 0) row.skill = 1 - row.logMse / *base;
}

// Beside those who know of events, the portfolio of those who do not (`plain`; null: none are marked).
Result<std::vector<VolumeRow>> rowsOf(const Exam& exam, Evaluator& evaluator, Evaluator* plain) {
    FS_ASSIGN(auto rows, evaluator.run(exam));
    if (plain) {
        FS_ASSIGN(auto others, plain->run(exam));
        others.back().model += " without events";
        others.back().chosen = false;
        rows.insert(rows.end() - 1, std::move(others.back()));
    }
    compare(rows);
    return rows;
}

Status countSeries(const Panel& panel, const Stretches& stretches, VolumeEvaluation& evaluation, Job& job) {
    for (size_t s = 0; s < panel.series.size(); ++s) {
        const size_t length = panel.series[s].logs.size();
        evaluation.steps = std::max(evaluation.steps, length);
        (stretches.test[s] < length ? evaluation.series : evaluation.left) += 1;
    }
    if (evaluation.series == 0)
        return Error{ErrorCategory::format, "No series is long enough to train on and to test.", "Give longer series, or a smaller --test-last.", {}};
    if (evaluation.left)
        job.diagnose({Severity::warning, "short_series", {}, 0, 0, std::to_string(evaluation.left) + " series are too short to be judged."});
    return {};
}

}  // namespace

Result<VolumeEvaluation> evaluateVolume(const Panel& panel, const VolumeProtocol& protocol, Job& job) {
    const auto start = Clock::now();
    if (!protocol.last && (protocol.horizons.empty() || std::count(protocol.horizons.begin(), protocol.horizons.end(), 0u)))
        return Error{ErrorCategory::usage, "A horizon is at least one step.", "Write --horizons 1,24.", {}};
    const uint32_t longest = protocol.last ? 1 : *std::max_element(protocol.horizons.begin(), protocol.horizons.end());
    const auto stretches = cutStretches(panel, {protocol.testLast, protocol.last, longest});
    VolumeEvaluation evaluation;
    FS_TRY(countSeries(panel, stretches, evaluation, job));
    std::vector<Exam> exams;
    if (protocol.last) exams.push_back(askWholePart(panel, stretches));
    else for (const uint32_t horizon : protocol.horizons) exams.push_back(askEveryStep(panel, stretches, horizon));
    std::optional<Panel> marked;
    if (!protocol.events.empty()) {
        FS_ASSIGN(marked, withEvents(panel, protocol.events));
    }
    const Panel* marks = marked ? &*marked : nullptr;
    Evaluator evaluator(panel, marks ? *marks : panel, marks, protocol, stretches, job), plain(panel, panel, marks, protocol, stretches, job);
    for (const auto& exam : exams) {
        if (!exam.asks(stretches.firstTest)) {
            job.diagnose({Severity::warning, "long_horizon", {}, 0, 0, "No test part is " + std::to_string(exam.horizon) + " steps long; that horizon is not judged."});
            continue;
        }
        FS_ASSIGN(auto rows, rowsOf(exam, evaluator, marks ? &plain : nullptr));
        evaluation.rows.insert(evaluation.rows.end(), std::make_move_iterator(rows.begin()), std::make_move_iterator(rows.end()));
    }
    if (marks && std::all_of(evaluation.rows.begin(), evaluation.rows.end(), [](const VolumeRow& row) { return row.markedValues == 0; }))
        job.diagnose({Severity::warning, "events_elsewhere", {}, 0, 0, "No event lies in the test part, so that nothing is measured of what events bring."});
    if (evaluation.rows.empty()) return Error{ErrorCategory::usage, "No test part is as long as a horizon.", "Ask for a shorter --horizons, or a larger --test-last.", {}};
    evaluation.seconds = secondsSince(start);
    return evaluation;
}

}  // namespace foreshard::models
