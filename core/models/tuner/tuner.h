// Tuner: finds the setting of a space with the least loss in few trials. Bayesian optimisation: Sobol points first, then each
// time the setting with the largest expected improvement under a Gaussian process of ln(1 + (loss - least) / (median - least)),
// which looks closer where losses are small (the idea of output warping: Snelson, Rasmussen and Ghahramani, NIPS 2003).
// Trials that learn by epochs may be stopped early by successive halving, in the asynchronous form of Li et al. ("A System for
// Massively Parallel Hyperparameter Tuning", MLSys 2020). Trials of one batch are chosen together, each in the belief that the
// others meet their expectation (Ginsbourger, Le Riche and Carraro, 2010), and may run side by side.
//
// Same space, seed, objective and number of trials: same study, on any number of threads, and in one go or in several that end
// at whole batches. A time limit only truncates, between batches. One thread calls; the objective is called on several.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/job.h"
#include "core/models/tuner/space.h"

namespace foreshard::models {

enum class TrialState : uint8_t { finished, stopped, failed };   // stopped: early, by successive halving
const char* toString(TrialState state);

struct Rung {                        // what a trial had reached when it was compared with others
    uint32_t epochs = 0;
    double loss = 0;
    bool operator==(const Rung&) const = default;
};

struct Trial {
    Setting setting;
    TrialState state = TrialState::failed;
    double loss = 0;                 // the last one known; 0 for a failed trial
    std::vector<Rung> rungs;
    double seconds = 0;
    std::string why;                 // of a failed one: a sentence
    bool operator==(const Trial&) const = default;
};

struct Study {
    static constexpr uint32_t formatVersion = 1;
    std::string name;                // what is tuned
    Space space;
    uint64_t seed = 1;
    uint64_t data = 0;               // fingerprint of what losses were measured on
    std::vector<Trial> trials;       // in the order in which they were chosen
    bool operator==(const Study&) const = default;

    const Trial* best() const;       // finished, with the least loss; the earliest of several; null without one
};

struct TuneOptions {
    uint32_t trials = 50;            // that the study has in the end, at most
    uint32_t sobol = 8;              // before the first one that a model chooses
    std::vector<Setting> first;      // tried before all others, in place of Sobol points; what the space does not hold is left out
    uint32_t batch = 1;              // trials chosen together; part of what makes a study reproducible
    unsigned threads = 1;            // trials that run at once, at most a batch; 0: all cores
    std::vector<uint32_t> rungs;     // epochs at which trials are compared, ascending; empty: none is stopped early
    uint32_t keepOneIn = 3;          // of the trials that reached a rung
    std::optional<std::chrono::steady_clock::time_point> deadline;
    std::function<Status(const Study&)> saved;   // called after each batch; its error ends the tuning
};

// Rungs from `least` on, each `factor` times the one before, all below `most`.
std::vector<uint32_t> halvingRungs(uint32_t least, uint32_t most, uint32_t factor);

// To be called at each rung; false: stop, and give back the loss at once.
using KeepOn = std::function<bool(uint32_t epochs, double loss)>;
// The loss of a setting. An error other than cancelled, and a loss that is not finite, make a failed trial.
using Objective = std::function<Result<double>(const Setting& setting, const KeepOn& keepOn, Job& job)>;

// Goes on with `study` (name, space, seed and data must be set) until it has `options.trials` trials, the deadline has passed,
// or no setting is left. Samples "loss of trials" and "least loss" over the number of the trial as they end.
// Errors: usage (a space or options that make no sense), cancelled, what `saved` said.
Result<Study> tune(Study study, const TuneOptions& options, const Objective& objective, Job& job);

// The best settings of earlier studies, of other data, that fit `space` (same names and kinds; values are clamped), best ones of
// the newest study first, none twice: what to try first (after Feurer, Springenberg and Hutter, AAAI 2015).
std::vector<Setting> warmStart(const Space& space, const std::vector<Study>& earlier, size_t most);

std::string writeStudy(const Study& study);
Result<Study> readStudy(std::string_view bytes);

}  // namespace foreshard::models
