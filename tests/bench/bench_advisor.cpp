// The advisor on known loads: does it find the published design, what share of the later transactions crosses shards beside
// the published design's (with the advice's own slots, and with all slots alike) and the closed form, is the advice the same
// without names, what does METIS make of the same rows, and how much processor time does it take. Later shares are of every
// later transaction of the log, not of the sample. Prints; fails where a number does not hold.
//   bench_advisor [TRANSACTIONS [PART OF A NAME]]
#include "tests/bench/bench_advisor.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "core/advisor/objective.h"
#include "core/cost/projection.h"
#include "core/base/file.h"
#include "tests/support/mix_workload.h"

using namespace foreshard;
using namespace foreshard::bench;

namespace {

std::string percent(const std::optional<double>& share) { return share ? fmt::format("{:.2f} %", *share * 100) : "–"; }
std::string ratio(const std::optional<double>& value) { return value ? fmt::format("{:.2f}", *value) : "–"; }

// What a design does to a part of the log.
struct Done {
    std::optional<double> share, load, worst, storage;
    uint64_t transactions = 0;
    double objective = 0;
};

Done done(const workload::Workload& part, const sharding::Design& design) {
    Job job;
    const auto basis = cost::Basis::make(part, job);
    if (!basis.ok()) return {};
    cost::Evaluator evaluator(**basis, design.shards);
    evaluator.set(design);
    Done out{{}, {}, {}, {}, 0, advisor::costOf(evaluator, **basis, {}).total};
    if (const auto projection = cost::project(part, **basis, design, job); projection.ok()) {
        out.share = projection->multiShardShare;
        out.load = projection->loadMaxOverMean;
        out.worst = projection->loadMaxOverMeanWorst;
        out.storage = projection->storageMaxOverMean;
        out.transactions = projection->transactions;
    }
    return out;
}

class Run {
public:
    Run(const Bench& bench, uint64_t transactions) : bench_(bench), transactions_(transactions) {}

    bool run() {
        auto began = processorSeconds();
        const auto mix = bench_.make();
        const auto workload = testing::workloadOf(*mix, {.transactions = transactions_});
        const double reading = processorSeconds() - began;
        began = processorSeconds();
        Job job;
        auto advice = advisor::advise(*workload, {.shards = bench_.shards}, job);
        const double advising = processorSeconds() - began;
        if (!advice.ok() || advice->designs.empty()) {
            std::printf("%-38s no advice\n", bench_.name.c_str());
            return false;
        }
        advice_ = std::move(*advice);
        const auto whole = testing::workloadOf(*bench_.make(), {.transactions = transactions_, .keepAll = true});
        later_ = workload::slice(*whole, advice_.heldOut);
        earlier_ = workload::slice(*whole, advice_.searched);
        compare(advising, reading);
        if (bench_.skewed) showDesigns();
        if (bench_.metis) metis();
        return wrong_.empty();
    }

private:
    void expect(bool holds, std::string what) {
        if (!holds) wrong_.push_back(std::move(what));
    }

    static bool saysUnsplittable(const advisor::RankedDesign& ranked) {
        return std::any_of(ranked.risks.begin(), ranked.risks.end(), [](const auto& risk) { return risk.find("unsplittable key") != std::string::npos; });
    }

    std::string closedForm(const Done& ours) {
        if (!bench_.closedForm || !ours.share) return "–";
        const double p = *bench_.closedForm, error = std::sqrt(p * (1 - p) / static_cast<double>(std::max<uint64_t>(1, ours.transactions)));
        expect(std::abs(*ours.share - p) <= 3 * error + 1e-9, "closed form missed");
        return fmt::format("{:.2f} % ± {:.2f}", p * 100, 300 * error);
    }

    void compare(double advising, double reading) {
        const auto& best = advice_.designs.front();
        const Done ours = done(later_, best.design);
        const auto textbook = publishedDesign(bench_, best.design, false);
        const Done published = done(later_, textbook), even = done(later_, publishedDesign(bench_, best.design, true));
        const std::string keys = agreement(bench_, best.design);
        // Which shard gets a hot key of the future is chance.
        const double noise = bench_.hotShare > 0 ? 0.05 : 1e-3;
        expect(ours.share <= *published.share + 0.0005 && ours.objective <= published.objective + noise, "worse than the published design");
        expect(!bench_.agree || keys == "agrees" || (ours.share < published.share && ours.load <= *published.load + 0.02), "other keys than published, and no better");
        const std::string closed = closedForm(ours);
        if (bench_.hotShare > 0) expect(ours.load <= std::max(1.10, bench_.hotShare * bench_.shards) || saysUnsplittable(best), "a hot key, and no word of it");
        std::string warehouses = "–";
        if (bench_.keys > 0) {
            const int64_t most = mostKeysOnAShard(bench_, best.design), allowed = (bench_.keys + bench_.shards - 1) / bench_.shards;
            warehouses = fmt::format("{}/{}", most, allowed);
            expect(most <= allowed || !bench_.agree, "too many keys on a shard");
        }
        std::string scrambled = scrambledDiffers(bench_, transactions_, advice_);
        expect(scrambled.empty(), "scrambled: " + scrambled);
        std::printf("%-38s %3u %7llu  %8s %8s  %-16s %5s %5s %5s  %6.3f %6.3f %6.3f %6s  %5.2f s %6.2f s  %-4s %s\n", bench_.name.c_str(), bench_.shards, static_cast<unsigned long long>(ours.transactions),
                    percent(ours.share).c_str(), percent(published.share).c_str(), closed.c_str(), ratio(ours.load).c_str(), ratio(published.load).c_str(), ratio(even.load).c_str(),
                    ours.objective, published.objective, even.objective, warehouses.c_str(), advising, reading, scrambled.empty() ? "same" : "diff", keys.c_str());
        for (const auto& lookup : best.design.lookups) std::printf("%-38s     found: %s = %s\n", "", lookup.to[0].expression.c_str(), lookup.derivedBy.c_str());
        for (const auto& what : wrong_) std::printf("%-38s     DOES NOT HOLD: %s\n", "", what.c_str());
        std::fflush(stdout);
    }

    // Every design of the advice, with what it does to the later transactions.
    void showDesigns() {
        for (const auto& ranked : advice_.designs) {
            const Done early = done(earlier_, ranked.design), late = done(later_, ranked.design);
            std::printf("%-38s     %s “%s”: load %s earlier, %s later (worst interval %s), %s across, objective %.3f%s\n", "", ranked.design.id.c_str(), ranked.design.name.c_str(), ratio(early.load).c_str(),
                        ratio(late.load).c_str(), ratio(late.worst).c_str(), percent(late.share).c_str(), late.objective, ranked.beatenBy.empty() ? "" : ", a runner-up");
            for (const auto& risk : ranked.risks)
                if (risk.find("carries") != std::string::npos) std::printf("%-38s         %s\n", "", risk.substr(0, risk.find(':')).c_str());
        }
        std::fflush(stdout);
    }

    void metis() {
#ifdef FORESHARD_METIS
        const auto& best = advice_.designs.front().design;
        const Done early = done(earlier_, best), late = done(later_, best);
        const auto cut = partitionByMetis(earlier_, later_, bench_.shards, std::max(1.01, early.load.value_or(1.05)));
        std::printf("%-38s     METIS: %zu rows, %zu edges, built in %.2f s, cut in %.2f s; load %.2f (ours %s); across: %.2f %% of what it was built of (ours %s), %.2f %% of the later (ours %s)\n", "", cut.rows, cut.edges,
                    cut.buildSeconds, cut.cutSeconds, cut.loadMaxOverMean, ratio(early.load).c_str(), cut.share * 100, percent(early.share).c_str(), cut.laterShare * 100, percent(late.share).c_str());
        if (late.share && *late.share > cut.laterShare + 0.0005) std::printf("%-38s     DOES NOT HOLD: worse than METIS on the later transactions\n", ""), wrong_.emplace_back("METIS");
#else
        std::printf("%-38s     METIS: libmetis-dev is not installed\n", "");
#endif
        std::fflush(stdout);
    }

    const Bench& bench_;
    uint64_t transactions_;
    advisor::Advice advice_;
    workload::Workload later_, earlier_;
    std::vector<std::string> wrong_;
};

bool timeOnly(const char* name, samplegen::Mix& mix, uint64_t transactions, uint32_t shards, double most) {
    const auto workload = testing::workloadOf(mix, {.transactions = transactions});
    const double began = processorSeconds();
    Job job;
    const auto advice = advisor::advise(*workload, {.shards = shards}, job);
    const double took = processorSeconds() - began;
    std::printf("%-38s %3u  %llu calls in the log, %zu transactions sampled: %.2f s of processor time (at most %.0f), %llu evaluations%s\n", name, shards,
                static_cast<unsigned long long>(workload->facts->totals.callsLogged), workload->facts->transactions.size(), took, most, static_cast<unsigned long long>(advice.ok() ? advice->evaluations : 0),
                took <= most ? "" : "  DOES NOT HOLD");
    for (const auto& pass : job.passTimes()) std::printf("%-38s      %s: %.2f s by the clock\n", "", pass.name.c_str(), pass.seconds);
    std::fflush(stdout);
    return advice.ok() && took <= most;
}

}  // namespace

int main(int argc, char** argv) {
    const uint64_t transactions = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 50'000;
    const std::string part = argc > 2 ? argv[2] : "";
    bool good = true;
    std::printf("%-38s %3s %7s  %8s %8s  %-16s %5s %5s %5s  %6s %6s %6s %6s  %7s %8s  %-4s %s\n", "load (later transactions)", "N", "trans.", "ours", "publ.", "closed form", "load", "publ.", "even", "obj.", "publ.", "even",
                "keys", "advise", "reading", "scr.", "design");
    for (const auto& bench : benches())
        if (bench.name.find(part) != std::string::npos) good = Run(bench, transactions).run() && good;
    if (part.empty() || part == "time") {
        const auto tpcc = benches()[1].make(), statements = benches()[1].make(), wide = wideMix(60, 40);
        good = timeOnly("20,000 transactions over 9 tables", *tpcc, 20'000, 10, 1) && good;
        good = timeOnly("500,000 statements", *statements, 19'000, 10, 5) && good;
        good = timeOnly("60 tables of 40 columns", *wide, 20'000, 8, 20) && good;
    }
    std::printf("peak memory %.0f MB\n", static_cast<double>(peakRssBytes()) / 1e6);
    return good ? 0 : 1;
}
