// How long an answer about one statement takes once the project is open: bench_predict [PROJECT]. Without a project the sample shop is
// unpacked, profiled and trained first (rows counted on its copy). Statements: every template of the log with values that sampled
// calls bound, and the same with a further condition, which no log holds. Fails where the median is above 5 ms.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>

#include "app/verbs/models.h"
#include "app/verbs/predict.h"
#include "app/verbs/workload.h"

namespace fs = std::filesystem;
using namespace foreshard;

namespace {

constexpr double limitMs = 5;

double millisecondsSince(std::chrono::steady_clock::time_point start) { return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count(); }

Result<fs::path> trainedSample(Job& job) {
    const auto folder = fs::temp_directory_path() / fmt::format("bench_predict_{}", ::getpid());
    fs::create_directories(folder);
    const fs::path from = fs::path(FORESHARD_SOURCE_DIR) / "samples/shop";
    for (const char* name : {"shop.csv", "shop.db"})
        if (std::system(fmt::format("gzip -dc '{}.gz' > '{}'", (from / name).string(), (folder / name).string()).c_str()) != 0)
            return Error{ErrorCategory::io, "The sample cannot be unpacked.", {}, {}};
    verbs::ProfileOptions profile{.project = folder / "p.foreshard", .schemas = {from / "schema.sql"}, .logs = {folder / "shop.csv"}};
    FS_TRY(verbs::profile(profile, job).status());
    verbs::TrainOptions train{.project = profile.project};
    train.labelOn = "sqlite:" + (folder / "shop.db").string();
    FS_TRY(verbs::train(train, job).status());
    return profile.project;
}

// "$1" by what a call bound; lists by their first value.
std::string filled(const workload::Template& own, const workload::SampledCall& call) {
    std::string out;
    for (size_t i = 0; i < own.text.size(); ++i) {
        size_t end = i + 1;
        while (own.text[i] == '$' && end < own.text.size() && std::isdigit(static_cast<unsigned char>(own.text[end]))) ++end;
        if (own.text[i] != '$' || end == i + 1) {
            out += own.text[i];
            continue;
        }
        const auto slot = static_cast<size_t>(std::stoul(own.text.substr(i + 1, end - i - 1))) - 1;
        const bool known = slot < call.slots.size() && !call.slots[slot].empty() && call.slots[slot].front().known();
        out += known ? "'" + toText(call.slots[slot].front()) + "'" : "NULL";
        i = end - 1;
    }
    return out;
}

int measure(const std::string& what, const models::Predictor& predictor, const std::vector<std::string>& statements) {
    std::vector<double> times;
    size_t failed = 0;
    for (int round = 0; round < 3; ++round)
        for (const auto& sql : statements) {
            const auto start = std::chrono::steady_clock::now();
            const auto answer = predictor.predict(sql);
            times.push_back(millisecondsSince(start));
            failed += !answer.ok();
        }
    if (times.empty()) return 1;
    std::sort(times.begin(), times.end());
    const double median = times[times.size() / 2];
    fmt::print("{}: {} statements, median {:.2f} ms, 95 % within {:.2f} ms, slowest {:.2f} ms; {} refused\n", what, statements.size(), median, times[times.size() * 95 / 100], times.back(), failed);
    return median > limitMs;
}

}  // namespace

int main(int argc, char** argv) {
    Job job;
    const auto file = argc > 1 ? Result<fs::path>(fs::path(argv[1])) : trainedSample(job);
    if (!file) return fmt::print("{}\n", file.error().message), 1;
    auto start = std::chrono::steady_clock::now();
    const auto project = project::Project::open(*file);
    const auto predictor = project ? verbs::makePredictor(*project, 1, job) : Result<std::shared_ptr<const models::Predictor>>(project.error());
    if (!predictor) return fmt::print("{}\n", predictor.error().message), 1;
    fmt::print("made ready in {:.0f} ms\n", millisecondsSince(start));
    const auto& facts = *(*predictor)->observed().facts;
    std::vector<std::string> known, fresh;
    std::vector<size_t> taken(facts.templates.size());
    for (const auto& transaction : facts.transactions)
        for (const auto& call : transaction.calls) {
            const auto& own = facts.templates[call.templateId];
            if (own.accesses.empty() || taken[call.templateId]++ >= 20) continue;
            known.push_back(filled(own, call));
            if (own.facts.kind == sql::StatementKind::select && own.text.find(" WHERE ") != std::string::npos && own.facts.tables.size() == 1)
                fresh.push_back(fmt::format("SELECT 1 FROM {} WHERE {} IS NOT NULL AND {}", own.facts.tables[0].name, own.facts.predicates.empty() ? "1" : own.facts.predicates[0].column.column,
                                            filled(own, call).substr(own.text.find(" WHERE ") + 7)));
        }
    const int failed = measure("seen before", **predictor, known) + measure("never seen", **predictor, fresh);
    if (argc <= 1) fs::remove_all(file->parent_path());
    return failed;
}
