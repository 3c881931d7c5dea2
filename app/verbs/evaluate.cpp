#include "app/verbs/evaluate.h"

#include <filesystem>

#include "core/base/file.h"
#include "core/models/portfolio/marks.h"

namespace foreshard::verbs {

namespace {

// Beside a file of counted queries, where it is there: nothing elsewhere.
std::optional<MappedFile> openBeside(const Path& path) {
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(path, ignored)) return std::nullopt;
    auto file = MappedFile::open(path);
    return file.ok() ? std::optional(std::move(*file)) : std::nullopt;
}

Result<std::vector<models::CountedQuery>> countedQueries(const Path& path, Job& job) {
    job.beginPass("reading " + path.filename().string());
    FS_ASSIGN(const auto file, MappedFile::open(path));
    const auto samples = openBeside(Path(path).replace_extension(".bitmaps"));
    return models::readCountedQueries(file.bytes(), samples ? samples->bytes() : std::string_view(), path.filename().string(), job);
}

Result<models::KnownColumns> knownColumns(const EvaluateCardinalityOptions& options) {
    if (!options.columns.empty()) {
        FS_ASSIGN(const auto file, MappedFile::open(options.columns));
        return models::readKnownColumns(file.bytes(), options.columns.filename().string());
    }
    const auto beside = openBeside(options.file.parent_path() / "column_min_max_vals.csv");
    return beside ? models::readKnownColumns(beside->bytes(), "column_min_max_vals.csv") : models::KnownColumns();
}

}  // namespace

Result<models::VolumeEvaluation> evaluateVolume(const EvaluateVolumeOptions& options, Job& job) {
    job.beginPass("reading " + options.file.filename().string());
    FS_ASSIGN(const auto file, MappedFile::open(options.file));
    FS_ASSIGN(const auto panel, models::readPanel(file.bytes(), options.file.filename().string(), options.season, job));
    models::VolumeProtocol protocol;
    protocol.horizons = options.horizons;
    protocol.testLast = options.testLast;
    protocol.last = options.origins == "last";
    protocol.budgetSeconds = options.budgetSeconds;
    protocol.portfolio.seed = options.seed;
    protocol.threads = options.threads;
    if (!options.events.empty()) {
        FS_ASSIGN(const auto table, MappedFile::open(options.events));
        FS_ASSIGN(protocol.events, models::readEventTable(table.bytes(), options.events.filename().string()));
    }
    return models::evaluateVolume(panel, protocol, job);
}

Result<models::HotspotEvaluation> evaluateHotspots(const EvaluateHotspotOptions& options, Job& job) {
    job.beginPass("reading " + options.file.filename().string());
    FS_ASSIGN(const auto file, MappedFile::open(options.file));
    FS_ASSIGN(const auto trace, models::readTrace(file.bytes(), options.file.filename().string(), options.first, job));
    models::HotspotProtocol protocol;
    protocol.ranges = options.ranges;
    protocol.share = options.share;
    protocol.seed = options.seed;
    protocol.threads = options.threads;
    return models::evaluateHotspots(trace, protocol, job);
}

Result<models::CardinalityEvaluation> evaluateCardinality(const EvaluateCardinalityOptions& options, Job& job) {
    FS_ASSIGN(const auto known, knownColumns(options));
    FS_ASSIGN(const auto training, countedQueries(options.file, job));
    std::vector<models::CardinalityTest> tests;
    for (const auto& path : options.tests) {
        FS_ASSIGN(auto queries, countedQueries(path, job));
        tests.push_back({path.filename().string(), std::move(queries)});
    }
    models::CardinalityProtocol protocol;
    protocol.testLast = options.testLast;
    protocol.testLastName = "last of " + options.file.filename().string();
    protocol.portfolio.folds = options.folds;
    protocol.portfolio.seed = options.seed;
    protocol.portfolio.threads = options.threads;
    return models::evaluateCardinality(training, tests, known, protocol, job);
}

}  // namespace foreshard::verbs
