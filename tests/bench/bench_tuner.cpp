// The tuner on functions whose least value is known, beside the numbers to beat: bench_tuner [--seeds N]. Eight Sobol points
// first, then one trial at a time; the median over the seeds of the simple regret: the best loss so far less the least one.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <string>

#include "core/models/tuner/tuner.h"
#include "tests/bench/functions.h"
#include "tests/bench/measure.h"

using namespace foreshard;
using namespace foreshard::models;

namespace {

struct Goal {
    size_t trials;
    double regret;
};

struct Function {
    const char* name;
    Space space;
    double (*value)(const Setting&);
    double least;
    std::vector<Goal> goals;
};

double regretAfter(const Study& study, size_t trials, double least) {
    double best = study.trials.front().loss;
    for (size_t i = 0; i < trials; ++i) best = std::min(best, study.trials[i].loss);
    return best - least;
}

int run(const Function& function, uint64_t seeds) {
    std::vector<std::vector<double>> regrets(function.goals.size());
    const auto start = std::chrono::steady_clock::now();
    for (uint64_t seed = 1; seed <= seeds; ++seed) {
        Job job;
        Study study;
        study.name = function.name;
        study.space = function.space;
        study.seed = seed;
        TuneOptions options;
        options.trials = static_cast<uint32_t>(function.goals.back().trials);
        const Objective objective = [&](const Setting& setting, const KeepOn&, Job&) -> Result<double> { return function.value(setting); };
        const auto done = tune(study, options, objective, job);
        if (!done.ok()) {
            std::fprintf(stderr, "%s\n", done.error().message.c_str());
            return 1;
        }
        for (size_t g = 0; g < regrets.size(); ++g) regrets[g].push_back(regretAfter(*done, function.goals[g].trials, function.least));
    }
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    for (size_t g = 0; g < regrets.size(); ++g) {
        const auto [low, high] = std::minmax_element(regrets[g].begin(), regrets[g].end());
        std::printf("%-10s %2zu trials: median regret %.2e (least %.1e, most %.1e); to beat %.1e\n", function.name, function.goals[g].trials, bench::median(regrets[g]), *low, *high,
                    function.goals[g].regret);
    }
    std::printf("%-10s %.1f s for %llu seeds\n", function.name, seconds, static_cast<unsigned long long>(seeds));
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    uint64_t seeds = 10;
    for (int i = 1; i + 1 < argc; ++i)
        if (!std::strcmp(argv[i], "--seeds")) seeds = std::max(1ul, std::strtoul(argv[i + 1], nullptr, 10));
    Space cube;
    for (int i = 1; i <= 6; ++i) cube.parameters.push_back(realParameter("x" + std::to_string(i), 0, 1));
    const Function functions[] = {
        {"Branin", {{realParameter("x", -5, 10), realParameter("y", 0, 15)}}, [](const Setting& s) { return bench::branin(s[0], s[1]); }, bench::braninLeast, {{30, 2.8e-3}, {50, 4.2e-5}}},
        {"Hartmann6", cube, [](const Setting& s) { return bench::hartmann(s); }, bench::hartmannLeast, {{75, 0.12}}}};
    int result = 0;
    for (const auto& function : functions) result |= run(function, seeds);
    return result;
}
