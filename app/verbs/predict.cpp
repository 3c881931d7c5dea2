#include "app/verbs/predict.h"

#include <algorithm>

#include "app/verbs/workload.h"
#include "core/base/units.h"

namespace foreshard::verbs {

Result<std::shared_ptr<const models::Predictor>> makePredictor(const project::Project& project, uint64_t seed, Job& job) {
    job.beginPass("reading the project");
    models::PredictorInputs inputs;
    FS_ASSIGN(inputs.observed, requireWorkload(project));
    FS_ASSIGN(inputs.models, project.models());
    // A forecast that cannot be read, or is of other models, is made anew.
    FS_ASSIGN(const auto states, project.staleness());
    const auto state = states.find(project::Stage::forecast);
    if (state != states.end() && state->second.freshness == project::Freshness::ready)
        if (auto forecast = project.forecast(); forecast.ok()) inputs.forecast = std::move(*forecast);
    FS_ASSIGN(inputs.space, project.templateSpace());
    inputs.seed = seed;
    return models::Predictor::make(std::move(inputs), job);
}

Result<models::Prediction> predict(const PredictOptions& options, Job& job) {
    FS_ASSIGN(const auto project, project::Project::open(options.project));
    FS_ASSIGN(const auto predictor, makePredictor(project, options.seed, job));
    return predictor->predict(options.sql);
}

Result<CardinalityReport> cardinality(const CardinalityOptions& options, Job& job) {
    FS_ASSIGN(const auto project, project::Project::open(options.project));
    FS_ASSIGN(const auto workload, requireWorkload(project));
    FS_ASSIGN(const auto models, project.models());
    CardinalityReport report;
    if (models && !models->cardinality.empty()) {
        FS_ASSIGN(report.trained, models::TrainedCardinality::read(models->cardinality));
        report.ofThisWorkload = report.trained->workloadFingerprint == workload->fingerprint();
    }
    job.beginPass("estimating rows");
    FS_ASSIGN(const auto rows, models::expectedRows(*workload, report.trained ? &report.trained->portfolio : nullptr));
    const auto& facts = *workload->facts;
    for (workload::TemplateId id = 0; id < facts.templates.size(); ++id) {
        const auto& own = facts.templates[id];
        if (own.accesses.empty()) continue;
        TemplateRows out{own.fingerprint, own.text, {}, 0, rows[id]};
        for (const auto& access : own.accesses) {
            const auto name = facts.schema.tables[access.table].qualifiedName();
            if (std::find(out.tables.begin(), out.tables.end(), name) == out.tables.end()) out.tables.push_back(name);
        }
        for (const auto& point : workload->rates.templates[id].points) out.calls += fromWeight(point.calls);
        report.templates.push_back(std::move(out));
    }
    std::stable_sort(report.templates.begin(), report.templates.end(), [](const auto& a, const auto& b) { return a.calls > b.calls; });
    return report;
}

}  // namespace foreshard::verbs
