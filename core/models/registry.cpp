#include "core/models/registry.h"

#include <algorithm>

#include "core/models/choice.h"
#include "core/models/nlinear.h"

namespace foreshard::models {

namespace {

class Mean {
public:
    void add(const std::optional<double>& value) {
        if (!value) return;
        sum_ += *value;
        ++count_;
    }
    std::optional<double> value() const { return count_ ? std::optional(sum_ / static_cast<double>(count_)) : std::nullopt; }

private:
    double sum_ = 0;
    size_t count_ = 0;
};

const SeriesModel* seriesNamed(const TrainedModels& models, const std::string& name) {
    const auto found = std::find_if(models.series.begin(), models.series.end(), [&](const SeriesModel& series) { return series.name == name; });
    return found == models.series.end() ? nullptr : &*found;
}

std::optional<BacktestRow> rowOf(const SeriesModel* series) {
    const BacktestRow* row = series ? series->chosenRow() : nullptr;
    return row ? std::optional(*row) : std::nullopt;
}

}  // namespace

ModelsSummary summaryOf(const TrainedModels& models) {
    ModelsSummary summary;
    Mean logMse, skill, coverage;
    for (const auto& series : models.series) {
        ++summary.chosen[series.model];
        const BacktestRow* row = series.chosenRow();
        if (!row) continue;
        ++summary.judged;
        logMse.add(row->logMse);
        skill.add(row->skill);
        coverage.add(row->coverage);
    }
    summary.logMse = logMse.value();
    summary.skill = skill.value();
    summary.coverage = coverage.value();
    return summary;
}

std::vector<SeriesComparison> compareModels(const TrainedModels& first, const TrainedModels& second) {
    std::vector<SeriesComparison> all;
    for (const auto& series : first.series) all.push_back({series.name, rowOf(&series), rowOf(seriesNamed(second, series.name))});
    for (const auto& series : second.series)
        if (!seriesNamed(first, series.name)) all.push_back({series.name, std::nullopt, rowOf(&series)});
    return all;
}

Status checkCheckpoints(const TrainedModels& models) {
    std::vector<SeriesModel> all = models.series;
    if (models.total) all.push_back(*models.total);
    for (const auto& series : all)
        if (uses(series, VolumeModel::nlinear)) FS_TRY(NLinear::read(series.checkpoint).status());
    std::vector<std::string> names;
    for (const auto& series : all) names.push_back(series.name);
    const Panel panel = panelOf(names, std::vector<std::vector<double>>(names.size(), {0.0}), {0, 1}, models.interval, models.seasons);
    SharedPaths paths;
    Job job;
    for (const auto& shared : models.shared) {
        FS_ASSIGN(paths[shared.model], predictShared(shared, panel, 1, job));
    }
    for (size_t s = 0; s < all.size(); ++s) FS_TRY(predictLogs(all[s], std::vector<double>{0.0}, 1, paths, s).status());
    return {};
}

std::string describeFeatures(const TrainedModels& models) {
    std::string seasons;
    for (size_t i = 0; i < models.seasons.size(); ++i)
        seasons += (i == 0 ? "" : i + 1 == models.seasons.size() ? " and " : ", ") + std::to_string(models.seasons[i]);
    if (models.features == 0) return "calls before, of one series at a time";
    return "calls before, same phase of seasons of " + seasons + " intervals, calendar; lag features version " + std::to_string(models.features);
}

}  // namespace foreshard::models
