// The advisor on known loads: does it find the published design, what share of the later transactions crosses shards beside
// the published design's (with the advice's own slots, and with all slots alike) and the closed form, is the advice the same
// without names, what does METIS make of the same rows, and how much processor time does it take. Later shares are of every
// later transaction of the log, not of the sample. Prints; fails where a number does not hold.
//   bench_advisor [--transactions N] [--only PART OF A NAME]… [--done FILE] [--list]
// --done: a row that holds is written to the file, and what stands there already is shown from it instead of run again.
#include "tests/bench/bench_advisor.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "core/advisor/objective.h"
#include "core/cost/projection.h"
#include "core/base/file.h"
#include "tests/advisor/planted.h"
#include "tests/bench/printed.h"
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
        auto loader = loaderOf(bench_, transactions_);
        if (!loader.ok()) {
            print("%-38s NOT RUN: %s\n", bench_.name.c_str(), loader.error().message.c_str());
            return false;
        }
        load_ = std::move(*loader);
        auto began = processorSeconds();
        const auto workload = load_(nullptr, false);
        const double reading = processorSeconds() - began;
        began = processorSeconds();
        Job job;
        auto advice = advisor::advise(*workload, {.shards = bench_.shards}, job);
        const double advising = processorSeconds() - began;
        if (!advice.ok() || advice->designs.empty()) {
            print("%-38s no advice\n", bench_.name.c_str());
            return false;
        }
        advice_ = std::move(*advice);
        const auto whole = load_(nullptr, true);
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
        if (!bench_.agree && bench_.hotShare == 0) expect(ours.objective < even.objective - 0.05, "no better than the textbook design with all slots alike");
        const std::string closed = closedForm(ours);
        if (bench_.hotShare > 0) expect(ours.load <= std::max(1.10, bench_.hotShare * bench_.shards) || saysUnsplittable(best), "a hot key, and no word of it");
        std::string warehouses = "–";
        if (bench_.keys > 0) {
            const int64_t most = mostKeysOnAShard(bench_, best.design), allowed = (bench_.keys + bench_.shards - 1) / bench_.shards;
            warehouses = fmt::format("{}/{}", most, allowed);
            expect(most <= allowed || !bench_.agree, "too many keys on a shard");
        }
        std::string scrambled = scrambledDiffers(bench_, load_, advice_);
        expect(scrambled.empty(), "scrambled: " + scrambled);
        print("%-38s %3u %7llu  %8s %8s  %-16s %5s %5s %5s  %6.3f %6.3f %6.3f %6s  %5.2f s %6.2f s  %-4s %s\n", bench_.name.c_str(), bench_.shards, static_cast<unsigned long long>(ours.transactions),
                    percent(ours.share).c_str(), percent(published.share).c_str(), closed.c_str(), ratio(ours.load).c_str(), ratio(published.load).c_str(), ratio(even.load).c_str(),
                    ours.objective, published.objective, even.objective, warehouses.c_str(), advising, reading, scrambled.empty() ? "same" : "diff", keys.c_str());
        for (const auto& lookup : best.design.lookups) print("%-38s     found: %s = %s\n", "", lookup.to[0].expression.c_str(), lookup.derivedBy.c_str());
        for (const auto& what : wrong_) print("%-38s     DOES NOT HOLD: %s\n", "", what.c_str());
    }

    // Every design of the advice, with what it does to the later transactions.
    void showDesigns() {
        for (const auto& ranked : advice_.designs) {
            const Done early = done(earlier_, ranked.design), late = done(later_, ranked.design);
            print("%-38s     %s “%s”: load %s earlier, %s later (worst interval %s), %s across, objective %.3f%s\n", "", ranked.design.id.c_str(), ranked.design.name.c_str(), ratio(early.load).c_str(),
                        ratio(late.load).c_str(), ratio(late.worst).c_str(), percent(late.share).c_str(), late.objective, ranked.beatenBy.empty() ? "" : ", a runner-up");
            for (const auto& risk : ranked.risks)
                if (risk.find("carries") != std::string::npos) print("%-38s         %s\n", "", risk.substr(0, risk.find(':')).c_str());
        }
    }

    void metis() {
#ifdef FORESHARD_METIS
        const auto& best = advice_.designs.front().design;
        const Done early = done(earlier_, best), late = done(later_, best);
        const auto cut = partitionByMetis(earlier_, later_, bench_.shards, std::max(1.01, early.load.value_or(1.05)));
        print("%-38s     METIS: %.0f %% of the accesses name whole rows; %zu rows, %zu edges, built in %.2f s, cut in %.2f s; load %.2f (ours %s); across: %.2f %% of what it was built of (ours %s), %.2f %% of the later (ours %s)\n", "", cut.known * 100, cut.rows, cut.edges,
                    cut.buildSeconds, cut.cutSeconds, cut.loadMaxOverMean, ratio(early.load).c_str(), cut.share * 100, percent(early.share).c_str(), cut.laterShare * 100, percent(late.share).c_str());
        if (bench_.noWorseThanMetis && late.share && *late.share > cut.laterShare + 0.0005) print("%-38s     DOES NOT HOLD: worse than METIS on the later transactions\n", ""), wrong_.emplace_back("METIS");
#else
        print("%-38s     METIS: libmetis-dev is not installed\n", "");
#endif
    }

    const Bench& bench_;
    uint64_t transactions_;
    Loader load_;
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
    print("%-38s %3u  %llu calls in the log, %zu transactions sampled: %.2f s of processor time (at most %.0f), %llu evaluations%s\n", name, shards,
                static_cast<unsigned long long>(workload->facts->totals.callsLogged), workload->facts->transactions.size(), took, most, static_cast<unsigned long long>(advice.ok() ? advice->evaluations : 0),
                took <= most ? "" : "  DOES NOT HOLD");
    for (const auto& pass : job.passTimes()) print("%-38s      %s: %.2f s by the clock\n", "", pass.name.c_str(), pass.seconds);
    return advice.ok() && took <= most;
}

bool planted() {
    const auto run = testing::comparePlanted(200);
    const bool holds = run.failure.empty() && run.worst <= 0.01 && run.slowestSeconds <= 1;
    print("%-38s      %d schemas of 2 to 6 tables: the least cost of all plans in %d, at worst %.3f %% above it (at most 1); slowest search %.2f s by the clock (at most 1)%s\n", "planted schemas", run.compared, run.best,
          run.worst * 100, run.slowestSeconds, holds ? "" : "  DOES NOT HOLD");
    return holds;
}

struct Row {
    std::string name;
    std::function<bool()> run;
};

std::vector<Row> rowsOf(const std::vector<Bench>& all, uint64_t transactions) {
    std::vector<Row> rows;
    for (const auto& bench : all) rows.push_back({bench.name, [&bench, transactions] { return Run(bench, transactions).run(); }});
    rows.push_back({"planted schemas", planted});
    rows.push_back({"time: 20,000 transactions", [&all] { return timeOnly("time: 20,000 transactions, 9 tables", *all[1].make(), 20'000, 10, 1); }});
    rows.push_back({"time: 500,000 statements", [&all] { return timeOnly("time: 500,000 statements", *all[1].make(), 19'000, 10, 5); }});
    rows.push_back({"time: 60 tables of 40 columns", [] { return timeOnly("time: 60 tables of 40 columns", *wideMix(60, 40), 20'000, 8, 20); }});
    return rows;
}

struct Arguments {
    uint64_t transactions = 50'000;
    std::vector<std::string> only;
    std::string done;
    bool list = false;
};

Arguments argumentsOf(int argc, char** argv) {
    Arguments out;
    for (int i = 1; i < argc; ++i) {
        const std::string name = argv[i], value = i + 1 < argc ? argv[i + 1] : "";
        if (name == "--list") out.list = true;
        else if (++i; name == "--transactions") out.transactions = std::strtoull(value.c_str(), nullptr, 10);
        else if (name == "--only") out.only.push_back(value);
        else if (name == "--done") out.done = value;
        else std::fprintf(stderr, "unknown: %s\n", name.c_str()), std::exit(2);
    }
    return out;
}

// Rows of an earlier run, by name: "# NAME" and what was printed.
std::map<std::string, std::string> doneRows(const std::string& path) {
    std::map<std::string, std::string> rows;
    std::ifstream file(path);
    std::string line, name;
    while (!path.empty() && std::getline(file, line)) {
        if (line.starts_with("# ")) name = line.substr(2), rows[name];
        else rows[name] += line + "\n";
    }
    return rows;
}

}  // namespace

int main(int argc, char** argv) {
    const Arguments arguments = argumentsOf(argc, argv);
    const auto all = benches();
    const auto done = doneRows(arguments.done);
    bool good = true;
    std::printf("%-38s %3s %7s  %8s %8s  %-16s %5s %5s %5s  %6s %6s %6s %6s  %7s %8s  %-4s %s\n", "load (later transactions)", "N", "trans.", "ours", "publ.", "closed form", "load", "publ.", "even", "obj.", "publ.", "even",
                "keys", "advise", "reading", "scr.", "design");
    for (const Row& row : rowsOf(all, arguments.transactions)) {
        const auto wanted = [&](const std::string& part) { return row.name.find(part) != std::string::npos; };
        if (!arguments.only.empty() && std::none_of(arguments.only.begin(), arguments.only.end(), wanted)) continue;
        if (arguments.list) {
            std::puts(row.name.c_str());
        } else if (const auto before = done.find(row.name); before != done.end()) {
            std::fputs(before->second.c_str(), stdout);
        } else if (takePrinted(); row.run()) {
            if (!arguments.done.empty()) std::ofstream(arguments.done, std::ios::app) << "# " << row.name << "\n" << takePrinted();
        } else {
            good = false;
        }
    }
    std::printf("peak memory %.0f MB\n", static_cast<double>(peakRssBytes()) / 1e6);
    return good ? 0 : 1;
}
