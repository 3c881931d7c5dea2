// What every candidate of the volume portfolio is: something that learns from the past of a panel, then answers questions.
// The contract that makes a backtest honest: fit reads no value at or after a series' end, and an answer reads no value at or
// after its question's origin. tests/models/test_portfolio.cpp shuffles the future to check both. One thread at a time for each candidate;
// several candidates may work at once.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/models/checkpoints.h"
#include "core/models/portfolio/panel.h"

namespace foreshard::models {

// "What is the value `lead` steps ahead (1: the next one), standing before step `origin`?" Answered in ln(1+count).
struct Question {
    uint32_t series = 0;
    uint32_t origin = 0;
    uint32_t lead = 1;
    size_t target() const { return size_t{origin} + lead - 1; }
    bool operator==(const Question&) const = default;
};

// Epochs of training, their time, and how many of them a GPU did, of all fits together. Any thread.
struct EpochTally {
    std::atomic<uint64_t> epochs{0}, nanoseconds{0}, onCuda{0};
    void add(uint64_t count, std::chrono::nanoseconds time, const std::string& device) {
        epochs += count, nanoseconds += static_cast<uint64_t>(time.count());
        if (device == "cuda") onCuda += count;
    }
    std::string device() const { return onCuda == 0 ? "cpu" : onCuda == epochs ? "cuda" : "cuda and cpu"; }
};

struct FitPlan {
    std::vector<size_t> ends;        // by series: values before it may be learned from
    std::vector<uint32_t> leads;     // that will be asked for, ascending
    std::optional<std::chrono::steady_clock::time_point> deadline;
    Checkpoints* checkpoints = nullptr;   // where there are some, a fit goes on from the epoch that is saved there under `key`
    std::string key;
    EpochTally* tally = nullptr;     // where there is one, told of every epoch
};

class VolumeCandidate {
public:
    virtual ~VolumeCandidate() = default;
    virtual std::string name() const = 0;
    // What fit said last: fitted, or why the candidate drops out, as a sentence's end ("its training diverged").
    struct Outcome {
        bool usable = true;
        std::string why;
    };
    // Fits anew.
    virtual Result<Outcome> fit(const Panel& panel, const FitPlan& plan, Job& job) = 0;
    // One answer a question, in its order.
    virtual Result<std::vector<float>> answer(const Panel& panel, std::span<const Question> questions, Job& job) = 0;

    // The longest lead that can be asked for; 0: any.
    virtual uint32_t longestLead() const { return 0; }
    // What fit learned, to be taken up by another process instead of fitting; empty where fitting takes no time.
    virtual Result<std::string> save() const { return std::string(); }
    // `panel`: the series it was fitted on, in their order, with what came since; may grow at its end while questions are
    // answered, and must outlive the candidate. Errors: format (damaged, or of other series), version (of other features).
    virtual Status restore(const Panel&, std::string_view) { return {}; }
};

using Candidates = std::vector<std::unique_ptr<VolumeCandidate>>;

struct PortfolioOptions {
    uint64_t seed = 1;
    std::vector<std::string> only;   // names; empty: all
};

// The whole portfolio, simplest first: naive, seasonal naive for each season, mean of the same phase, Theta, NLinear, linear
// on lag features, networks and boosted trees on lag features with and without earlier seasons.
Candidates volumePortfolio(const Panel& panel, const PortfolioOptions& options);

}  // namespace foreshard::models
