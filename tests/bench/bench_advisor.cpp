// The advisor on known loads: does it find the published design, what share of the later transactions crosses shards beside
// the published design's (with the advice's own slots) and the closed form, and how long does it take. Prints; fails only
// where there is no advice.   bench_advisor [TRANSACTIONS [PART OF A NAME]]
#include "tests/bench/bench_advisor.h"

#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "core/advisor/advisor.h"
#include "core/base/file.h"
#include "core/cost/projection.h"
#include "tests/support/mix_workload.h"

using namespace foreshard;
using namespace foreshard::bench;

namespace {

double seconds(std::chrono::steady_clock::time_point since) { return std::chrono::duration<double>(std::chrono::steady_clock::now() - since).count(); }

std::string keyOf(const sharding::TableDesign& table) {
    std::string key;
    for (const auto& part : table.key) key += (key.empty() ? "" : "+") + part.expression;
    return table.keyed() ? key : sharding::toString(table.strategy);
}

// "agrees", or the tables that differ.
std::string agreement(const Bench& bench, const sharding::Design& design) {
    std::string other;
    for (const auto& [table, keys] : bench.published) {
        const auto* found = design.find("public." + table);
        const std::string key = found ? keyOf(*found) : "none";
        if (std::find(keys.begin(), keys.end(), key) == keys.end()) other += fmt::format("{}{}: {}", other.empty() ? "" : ", ", table, key);
    }
    return other.empty() ? "agrees" : "differs (" + other + ")";
}

// The published design, dealt by the slots of the advice's largest group.
sharding::Design publishedDesign(const Bench& bench, const sharding::Design& advised) {
    sharding::Design design = advised;
    design.lookups.clear();
    std::map<uint32_t, size_t> tables;
    for (const auto& table : advised.tables)
        if (table.strategy == sharding::Strategy::hash) ++tables[table.group];
    const auto largest = std::max_element(tables.begin(), tables.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
    const auto slots = largest == tables.end() ? sharding::evenSlotMap(design.shards) : advised.slotMaps.at(largest->first);
    design.slotMaps.clear();
    std::map<std::string, uint32_t> groups;
    for (auto& table : design.tables) {
        const auto published = bench.published.find(table.table.substr(7));
        const std::string key = published == bench.published.end() ? "reference" : published->second.front();
        const std::string name = table.table;
        table = {};
        table.table = name;
        table.strategy = key == "reference" ? sharding::Strategy::reference : sharding::Strategy::hash;
        if (!table.keyed()) continue;
        table.key = {{key, key, ValueType::integer}};
        table.group = 0;
        design.slotMaps[0] = slots;
    }
    return design;
}

std::optional<cost::Projection> later(const workload::Workload& workload, const sharding::Design& design) {
    Job job;
    auto projection = cost::project(workload, design, job);
    if (!projection.ok()) return std::nullopt;
    return std::move(*projection);
}

std::string percent(const std::optional<double>& share) { return share ? fmt::format("{:.2f} %", *share * 100) : "–"; }
std::string ratio(const std::optional<double>& value) { return value ? fmt::format("{:.2f}", *value) : "–"; }

bool run(const Bench& bench, uint64_t transactions) {
    const auto mix = bench.make();
    auto began = std::chrono::steady_clock::now();
    const auto workload = testing::workloadOf(*mix, {.transactions = transactions});
    const double reading = seconds(began);
    began = std::chrono::steady_clock::now();
    Job job;
    const auto advice = advisor::advise(*workload, {.shards = bench.shards}, job);
    const double advising = seconds(began);
    if (!advice.ok() || advice->designs.empty()) {
        std::printf("%-40s no advice\n", bench.name.c_str());
        return false;
    }
    const auto& best = advice->designs.front();
    const auto half = workload::slice(*workload, advice->heldOut);
    const auto ours = later(half, best.design), published = later(half, publishedDesign(bench, best.design));
    std::string closed = "–";
    if (bench.closedForm && ours) {
        const double p = *bench.closedForm, error = std::sqrt(p * (1 - p) / static_cast<double>(std::max<uint64_t>(1, ours->transactions)));
        closed = fmt::format("{:.2f} % ± {:.2f}", p * 100, 300 * error);
    }
    std::printf("%-40s %3u  %8s  %8s  %-17s %5s %5s  %5.2f s  %6.2f s  %s\n", bench.name.c_str(), bench.shards, percent(ours ? ours->multiShardShare : std::nullopt).c_str(),
                percent(published ? published->multiShardShare : std::nullopt).c_str(), closed.c_str(), ratio(ours ? ours->loadMaxOverMean : std::nullopt).c_str(),
                ratio(published ? published->loadMaxOverMean : std::nullopt).c_str(), advising, reading, agreement(bench, best.design).c_str());
    for (const auto& lookup : best.design.lookups) std::printf("%-40s      found: %s = %s\n", "", lookup.to[0].expression.c_str(), lookup.derivedBy.c_str());
    std::fflush(stdout);
    return true;
}

bool timeOnly(const char* name, samplegen::Mix& mix, uint64_t transactions, uint32_t shards) {
    const auto workload = testing::workloadOf(mix, {.transactions = transactions});
    const auto began = std::chrono::steady_clock::now();
    Job job;
    const auto advice = advisor::advise(*workload, {.shards = shards}, job);
    std::printf("%-40s %3u  %llu calls in the log, %zu transactions sampled: %.2f s, %llu evaluations\n", name, shards, static_cast<unsigned long long>(workload->facts->totals.callsLogged),
                workload->facts->transactions.size(), seconds(began), static_cast<unsigned long long>(advice.ok() ? advice->evaluations : 0));
    for (const auto& pass : job.passTimes()) std::printf("%-40s      %s: %.2f s\n", "", pass.name.c_str(), pass.seconds);
    std::fflush(stdout);
    return advice.ok();
}

}  // namespace

int main(int argc, char** argv) {
    const uint64_t transactions = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 50'000;
    const std::string part = argc > 2 ? argv[2] : "";
    bool good = true;
    std::printf("%-40s %3s  %8s  %8s  %-17s %5s %5s  %7s  %8s  %s\n", "load", "N", "later", "publ.", "closed form", "load", "publ.", "advise", "reading", "keys");
    for (const auto& bench : benches())
        if (bench.name.find(part) != std::string::npos) good = run(bench, transactions) && good;
    if (part.empty() || part == "time") {
        const auto tpcc = benches()[1].make(), statements = benches()[1].make(), wide = wideMix(60, 40);
        good = timeOnly("20,000 transactions over 9 tables", *tpcc, 20'000, 10) && good;
        good = timeOnly("500,000 statements", *statements, 17'000, 10) && good;
        good = timeOnly("60 tables of 40 columns", *wide, 20'000, 8) && good;
    }
    std::printf("peak memory %.0f MB\n", static_cast<double>(peakRssBytes()) / 1e6);
    return good ? 0 : 1;
}
