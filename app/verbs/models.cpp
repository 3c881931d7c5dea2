#include "app/verbs/models.h"

#include <fmt/format.h>

#include "app/verbs/workload.h"
#include "core/models/tune.h"
#include "core/project/project.h"

namespace foreshard::verbs {

namespace {

// The studies are kept as they grow: what is cut short goes on where it was.
Result<models::HyperParameters> tunedHyper(project::Project& project, const workload::Workload& workload, const models::TrainOptions& wanted, uint32_t trials, Job& job) {
    models::TuneModelsOptions tuning;
    tuning.train = wanted;
    tuning.trials = trials;
    if (auto studies = project.studies(); studies.ok()) tuning.earlier = std::move(*studies);
    tuning.saved = [&](const models::Study& study) { return project.saveStudy(study); };
    FS_ASSIGN(const auto tuned, models::tuneModels(workload, tuning, job));
    return tuned.hyper;
}

Result<std::optional<uint32_t>> pinnedModels(const project::Project& project) {
    FS_ASSIGN(const auto records, project.modelsRecords());
    for (const auto& record : records)
        if (record.pinned) return std::optional(record.number);
    return std::optional<uint32_t>();
}

Status sayIfPinned(const project::Project& project, Job& job) {
    FS_ASSIGN(const auto pinned, pinnedModels(project));
    if (pinned)
        job.diagnose({Severity::note, "models_pinned", {}, 0, 0,
                      "The new models are kept, but number " + std::to_string(*pinned) + " are pinned and stay in force: foreshard models P unpin."});
    return {};
}

// Beside the project, for a training that is cut short.
Path checkpointsOf(const project::Project& project) {
    Path file = project.file();
    file += ".training";
    return file;
}

}  // namespace

Result<std::shared_ptr<const models::TrainedModels>> train(const TrainOptions& options, Job& job) {
    FS_ASSIGN(auto project, project::Project::open(options.project));
    FS_ASSIGN(const auto workload, requireWorkload(project));
    if (workload->rates.range.empty())
        return Error{ErrorCategory::notFound, "The logs that were read hold no statement: there is nothing to learn from.", fmt::format("See what was skipped: foreshard show {} workload", options.project.string()), {}};
    models::TrainOptions wanted;
    FS_ASSIGN(wanted.events, project.events());
    wanted.checkpoints = checkpointsOf(project);
    wanted.seed = options.seed;
    wanted.device = options.device;
    wanted.budgetSeconds = options.budgetSeconds;
    // Tuned once, tuned until they are tuned again. Models that cannot be read are no reason not to train new ones.
    if (const auto before = project.models(); before.ok() && *before) wanted.hyper = (*before)->hyper;
    if (options.tuneTrials > 0) {
        FS_ASSIGN(wanted.hyper, tunedHyper(project, *workload, wanted, options.tuneTrials, job));
    }
    FS_ASSIGN(auto trained, models::train(*workload, wanted, job));
    FS_TRY(project.saveModels(trained));
    std::error_code ignored;
    std::filesystem::remove(wanted.checkpoints, ignored);   // the models are safe
    FS_TRY(sayIfPinned(project, job));
    return std::make_shared<const models::TrainedModels>(std::move(trained));
}

Result<std::shared_ptr<const models::Forecast>> forecast(const ForecastOptions& options, Job& job) {
    FS_ASSIGN(auto project, project::Project::open(options.project));
    FS_ASSIGN(const auto workload, requireWorkload(project));
    FS_ASSIGN(auto trained, project.models());
    FS_ASSIGN(const auto pinned, pinnedModels(project));
    FS_ASSIGN(const auto events, project.events());
    if (!trained || (!pinned && trained->workloadFingerprint != models::dataFingerprint(workload->fingerprint(), models::fingerprintOf(events)))) {
        TrainOptions first;
        first.project = options.project;
        first.seed = options.seed;
        FS_ASSIGN(trained, train(first, job));
    }
    FS_ASSIGN(auto made, models::forecast(*trained, *workload, options.horizon, options.seed, job, events));
    FS_TRY(project.saveForecast(made));
    return std::make_shared<const models::Forecast>(std::move(made));
}

Result<MarkedEvents> manageEvents(const EventsOptions& options, Job& job) {
    FS_TRY(job.checkpoint());
    FS_ASSIGN(auto project, project::Project::open(options.project));
    MarkedEvents marked;
    FS_ASSIGN(marked.events, project.events());
    if (options.act == "add") {
        if (!options.from || !options.to) return Error{ErrorCategory::usage, "An event needs its time.", "Give --from and --to.", {}};
        FS_TRY(models::addEvent(marked.events, {options.name, *options.from, *options.to, options.like}));
        marked.done = fmt::format("\"{}\" is marked from {} to {}.", options.name, formatRfc3339(*options.from), formatRfc3339(*options.to));
    } else if (options.act == "remove") {
        FS_ASSIGN(const size_t gone, models::removeEvents(marked.events, options.name, options.from));
        marked.done = gone == 1 ? fmt::format("\"{}\" is no longer marked.", options.name) : fmt::format("{} events called \"{}\" are no longer marked.", gone, options.name);
    }
    if (options.act != "list") FS_TRY(project.saveEvents(marked.events));
    return marked;
}

}  // namespace foreshard::verbs
