#include "core/models/tuner/tuner.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <numeric>
#include <thread>

#include "core/base/hash.h"
#include "core/models/tuner/expected_improvement.h"
#include "core/models/tuner/sobol.h"

namespace foreshard::models {

namespace {

using Clock = std::chrono::steady_clock;

constexpr size_t leading = 5;          // settings whose neighbourhood is looked at
constexpr size_t mostModelled = 250;   // trials the model is made of: the best half, and the newest

double valueOf(const Trial& trial, double worst) { return trial.state == TrialState::failed ? worst : trial.loss; }

// What the model sees. A failed trial counts as the worst one known, so that its neighbourhood is avoided.
struct Known {
    std::vector<size_t> trials;            // by number, ascending
    std::vector<double> values;            // warped
};

std::vector<size_t> byLoss(const Study& study) {
    std::vector<size_t> order;
    for (size_t i = 0; i < study.trials.size(); ++i)
        if (study.trials[i].state != TrialState::failed) order.push_back(i);
    std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return study.trials[a].loss < study.trials[b].loss; });
    return order;
}

std::vector<double> warped(std::vector<double> values) {
    auto sorted = values;
    std::sort(sorted.begin(), sorted.end());
    const double least = sorted.front(), scale = sorted[sorted.size() / 2] - least;
    for (auto& v : values) v = scale > 0 ? std::log1p((v - least) / scale) : v - least;
    return values;
}

Known knownOf(const Study& study, const std::vector<size_t>& ranked) {
    Known known;
    for (size_t i = 0; i < study.trials.size(); ++i) known.trials.push_back(i);
    if (known.trials.size() > mostModelled) {
        std::vector<size_t> kept(ranked.begin(), ranked.begin() + static_cast<std::ptrdiff_t>(std::min(ranked.size(), mostModelled / 2)));
        for (size_t i = study.trials.size(); i-- > 0 && kept.size() < mostModelled;)
            if (std::find(kept.begin(), kept.end(), i) == kept.end()) kept.push_back(i);
        std::sort(kept.begin(), kept.end());
        known.trials = std::move(kept);
    }
    const double worst = study.trials[ranked.back()].loss;
    for (const size_t i : known.trials) known.values.push_back(valueOf(study.trials[i], worst));
    known.values = warped(std::move(known.values));
    return known;
}

class Tuner {
public:
    Tuner(Study study, const TuneOptions& options, const Objective& objective, Job& job)
        : study_(std::move(study)), options_(options), objective_(objective), job_(job) {
        for (const auto& setting : options.first)
            if (study_.space.holds(setting) && std::find(first_.begin(), first_.end(), setting) == first_.end()) first_.push_back(setting);
    }

    Result<Study> run() {
        job_.beginPass("tuning " + study_.name, options_.trials, "trials");
        while (study_.trials.size() < options_.trials) {
            FS_TRY(job_.checkpoint());
            if (options_.deadline && Clock::now() > *options_.deadline) {
                note("budget_spent", "The time budget ended after " + std::to_string(study_.trials.size()) + " trials of " + study_.name + ".");
                break;
            }
            const auto settings = nextBatch();
            if (settings.empty()) {
                note("space_exhausted", "Every setting of " + study_.name + " was tried.");
                break;
            }
            FS_TRY(runBatch(settings));
            if (options_.saved) FS_TRY(options_.saved(study_));
            job_.progress(study_.trials.size());
        }
        return std::move(study_);
    }

private:
    void note(const char* reason, std::string message) { job_.diagnose({Severity::note, reason, {}, 0, 0, std::move(message)}); }

    std::vector<Setting> triedSettings() const {
        std::vector<Setting> tried;
        for (const auto& trial : study_.trials) tried.push_back(trial.setting);
        return tried;
    }
    // Ends of batches lie at multiples of the batch, wherever a study was taken up again.
    std::vector<Setting> nextBatch() const {
        const size_t begin = study_.trials.size(), batch = std::max(1u, options_.batch);
        const size_t end = std::min<size_t>((begin / batch + 1) * batch, options_.trials);
        auto tried = triedSettings();
        std::vector<Setting> chosen;
        const auto take = [&](const Setting& setting) {
            chosen.push_back(setting);
            tried.push_back(setting);
        };
        const auto ranked = byLoss(study_);
        std::optional<GaussianProcess> process;
        double best = 0;
        for (size_t number = begin; number < end; ++number) {
            auto setting = number < leadingTrials() || ranked.size() < 2 ? drawn(number, tried) : std::optional<Setting>{};
            if (!setting) {
                if (ranked.size() < 2) break;
                if (!process) process = processOf(ranked, best);
                setting = mostPromising(*process, study_.space, best, leadingSettings(ranked), tried, combineHash(study_.seed, number));
                if (!setting) break;
                const auto unit = study_.space.unitOf(*setting);
                process = process->with(unit, process->at(unit).mean);
            }
            take(*setting);
        }
        return chosen;
    }
    size_t leadingTrials() const { return std::max<size_t>(options_.sobol, first_.size()); }
    // One of the given settings, else a Sobol point; nothing where all that it tries were tried before.
    std::optional<Setting> drawn(size_t number, const std::vector<Setting>& tried) const {
        const auto fresh = [&](const Setting& setting) { return std::find(tried.begin(), tried.end(), setting) == tried.end(); };
        if (number < first_.size() && fresh(first_[number])) return first_[number];
        constexpr size_t more = 64;   // in a small space points fall on each other
        for (const auto& point : sobolPoints(study_.space.size(), more, study_.seed, number - std::min(number, first_.size()))) {
            auto setting = study_.space.at(point);
            if (fresh(setting)) return setting;
        }
        return std::nullopt;
    }
    GaussianProcess processOf(const std::vector<size_t>& ranked, double& best) const {
        const Known known = knownOf(study_, ranked);
        std::vector<std::vector<double>> points;
        for (const size_t i : known.trials) points.push_back(study_.space.unitOf(study_.trials[i].setting));
        std::vector<bool> categorical;
        for (const auto& p : study_.space.parameters) categorical.push_back(p.kind == ParameterKind::category);
        best = *std::min_element(known.values.begin(), known.values.end());
        return GaussianProcess::fit(points, known.values, categorical, combineHash(study_.seed, study_.trials.size()));
    }
    std::vector<Setting> leadingSettings(const std::vector<size_t>& ranked) const {
        std::vector<Setting> settings;
        for (size_t i = 0; i < std::min(leading, ranked.size()); ++i) settings.push_back(study_.trials[ranked[i]].setting);
        return settings;
    }

    Status runBatch(const std::vector<Setting>& settings) {
        std::vector<Result<Trial>> ran(settings.size(), Trial{});
        std::atomic<size_t> next{0};
        const auto work = [&] {
            for (size_t i; (i = next++) < settings.size();) ran[i] = runOne(settings[i]);
        };
        const size_t threads = options_.threads ? options_.threads : std::max(1u, std::thread::hardware_concurrency());
        std::vector<std::jthread> others;
        for (size_t i = 1; i < std::min(threads, settings.size()); ++i) others.emplace_back(work);
        work();
        others.clear();
        for (auto& trial : ran) {
            FS_ASSIGN(Trial done, std::move(trial));
            study_.trials.push_back(std::move(done));
            tell();
        }
        return {};
    }
    // Runs on any thread.
    Result<Trial> runOne(const Setting& setting) const {
        const auto start = Clock::now();
        Trial trial;
        trial.setting = setting;
        bool stopped = false;
        const KeepOn keepOn = [&](uint32_t epochs, double loss) {
            if (!std::isfinite(loss)) return false;   // it comes back as the trial's loss
            trial.rungs.push_back({epochs, loss});
            stopped = stopped || !worthKeeping(epochs, loss);
            return !stopped;
        };
        const auto loss = objective_(setting, keepOn, job_);
        trial.seconds = std::chrono::duration<double>(Clock::now() - start).count();
        if (!loss.ok()) {
            if (loss.error().category == ErrorCategory::cancelled) return loss.error();
            trial.why = loss.error().message;
        } else if (!std::isfinite(*loss)) {
            trial.why = "Its loss is not finite.";
        } else {
            trial.loss = *loss;
            trial.state = stopped ? TrialState::stopped : TrialState::finished;
        }
        return trial;
    }
    // Compared with what earlier batches had at the same rung: the same whichever trial of a batch comes first.
    bool worthKeeping(uint32_t epochs, double loss) const {
        if (std::find(options_.rungs.begin(), options_.rungs.end(), epochs) == options_.rungs.end()) return true;
        size_t all = 1, better = 0;
        for (const auto& trial : study_.trials)
            for (const auto& rung : trial.rungs)
                if (rung.epochs == epochs) ++all, better += rung.loss < loss ? 1 : 0;
        return all < options_.keepOneIn || better < std::max<size_t>(1, all / options_.keepOneIn);
    }
    void tell() {
        const auto number = static_cast<double>(study_.trials.size());
        const Trial& last = study_.trials.back();
        if (last.state != TrialState::failed) job_.sample("loss of trials", number, last.loss);
        if (const Trial* best = study_.best()) job_.sample("least loss", number, best->loss);
    }

    Study study_;
    const TuneOptions& options_;
    const Objective& objective_;
    Job& job_;
    std::vector<Setting> first_;
};

bool sameKind(const Space& a, const Space& b) {
    if (a.size() != b.size()) return false;
    for (size_t i = 0; i < a.size(); ++i)
        if (a.parameters[i].name != b.parameters[i].name || a.parameters[i].kind != b.parameters[i].kind || a.parameters[i].categories != b.parameters[i].categories) return false;
    return true;
}

}  // namespace

const char* toString(TrialState state) {
    switch (state) {
        case TrialState::finished: return "finished";
        case TrialState::stopped: return "stopped early";
        case TrialState::failed: return "failed";
    }
    return "?";
}

const Trial* Study::best() const {
    const Trial* least = nullptr;
    for (const auto& trial : trials)
        if (trial.state == TrialState::finished && (!least || trial.loss < least->loss)) least = &trial;
    return least;
}

std::vector<uint32_t> halvingRungs(uint32_t least, uint32_t most, uint32_t factor) {
    std::vector<uint32_t> rungs;
    for (uint64_t epochs = std::max(1u, least); epochs < most; epochs *= std::max(2u, factor)) rungs.push_back(static_cast<uint32_t>(epochs));
    return rungs;
}

Result<Study> tune(Study study, const TuneOptions& options, const Objective& objective, Job& job) {
    FS_TRY(study.space.check());
    if (options.keepOneIn < 2 || !std::is_sorted(options.rungs.begin(), options.rungs.end()))
        return Error{ErrorCategory::usage, "Rungs of successive halving ascend, and one trial in two or more goes on.", "Correct the options of the tuner.", {}};
    for (const auto& trial : study.trials)
        if (!study.space.holds(trial.setting))
            return Error{ErrorCategory::usage, "The study of " + study.name + " holds a trial outside of its space.", "Begin a new study.", {}};
    return Tuner(std::move(study), options, objective, job).run();
}

std::vector<Setting> warmStart(const Space& space, const std::vector<Study>& earlier, size_t most) {
    std::vector<Setting> first;
    for (size_t rank = 0; rank < most; ++rank)
        for (size_t s = earlier.size(); s-- > 0 && first.size() < most;) {
            const auto& study = earlier[s];
            if (!sameKind(space, study.space)) continue;
            auto order = byLoss(study);
            std::erase_if(order, [&](size_t i) { return study.trials[i].state != TrialState::finished; });
            if (rank >= order.size()) continue;
            const auto setting = space.at(space.unitOf(study.trials[order[rank]].setting));   // inside this space's limits
            if (std::find(first.begin(), first.end(), setting) == first.end()) first.push_back(setting);
        }
    return first;
}

}  // namespace foreshard::models
