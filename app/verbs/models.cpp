#include "app/verbs/models.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/verbs/workload.h"
#include "core/models/cardinality/train.h"
#include "core/models/tune.h"
#include "core/project/project.h"
#include "core/workload/untimed.h"

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

Result<std::optional<models::Labels>> labelsOf(const TrainOptions& options, const workload::Workload& workload, Job& job) {
    constexpr std::string_view scheme = "sqlite:";
    if (options.labelOn.empty()) return std::optional<models::Labels>();
    if (!options.labelOn.starts_with(scheme) || options.labelOn.size() == scheme.size())
        return Error{ErrorCategory::unsupported, fmt::format("\"{}\" is no copy that this version can count on.", options.labelOn), "Write --label-on sqlite:FILE.", {}};
    FS_TRY(requireValues(workload, "Rows are counted for the values of calls"));
    models::LabelOptions labelling;
    labelling.limitSeconds = options.labelSeconds;
    FS_ASSIGN(auto labels, models::labelCalls(workload, options.labelOn.substr(scheme.size()), labelling, job));
    std::string left;
    if (labels.slow) left += fmt::format("; {} took too long", labels.slow);
    if (labels.untold) left += fmt::format("; of {} the copy lacks a table or column, or the log the whole condition", labels.untold);
    if (labels.ended) left += "; then the time was up";
    job.diagnose({Severity::note, "rows_counted_on_copy", {}, 0, 0, fmt::format("Of {} calls the rows of {} were counted on the copy{}.", labels.asked, labels.queries.size(), left)});
    return std::optional(std::move(labels));
}

// Where there is nothing new to learn from, what was learned before stays in force.
Status trainCardinality(const TrainOptions& options, const std::optional<models::Labels>& labels, const workload::Workload& workload, const models::TrainedModels* before,
                        models::TrainedModels& trained, Job& job) {
    models::CardinalityTrainOptions wanted;
    wanted.portfolio.seed = options.seed;
    wanted.portfolio.threads = options.threads;
    wanted.portfolio.device = options.device;
    std::string why;
    std::optional<models::TrainedCardinality> cardinality;
    // What the volume models have left of the budget buys queries, of which one takes about 5 ms of a core.
    constexpr double queriesASecond = 200;
    const double left = options.budgetSeconds - trained.seconds;
    if (options.budgetSeconds > 0) wanted.most = std::min(wanted.most, static_cast<size_t>(std::max(0.0, left * queriesASecond)));
    if (wanted.most == 0) {
        why = "the budget is spent";
    } else {
        FS_ASSIGN(cardinality, models::trainCardinality(workload, labels ? &*labels : nullptr, wanted, why, job));
    }
    if (cardinality) {
        FS_ASSIGN(trained.cardinality, cardinality->write());
        return {};
    }
    const bool kept = before && !before->cardinality.empty();
    if (kept) trained.cardinality = before->cardinality;
    job.diagnose({Severity::note, "no_cardinality", {}, 0, 0, fmt::format("{}: {}.", kept ? "The cardinality model of an earlier training is kept" : "No cardinality model was trained", why)});
    return {};
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
    if (withoutTimes(workload->rates))
        return Error{ErrorCategory::notFound, "The logs that were read have no times: nothing can be learned of volume over time.", "Read a log that has them, such as one of the server.", {}};
    models::TrainOptions wanted;
    FS_ASSIGN(wanted.events, project.events());
    wanted.checkpoints = checkpointsOf(project);
    wanted.seed = options.seed;
    wanted.device = options.device;
    wanted.budgetSeconds = options.budgetSeconds;
    // Tuned once, tuned until they are tuned again. Models that cannot be read are no reason not to train new ones.
    const auto before = project.models();
    if (before.ok() && *before) wanted.hyper = (*before)->hyper;
    FS_ASSIGN(const auto labels, labelsOf(options, *workload, job));
    if (options.tuneTrials > 0) {
        FS_ASSIGN(wanted.hyper, tunedHyper(project, *workload, wanted, options.tuneTrials, job));
    }
    FS_ASSIGN(auto trained, models::train(*workload, wanted, job));
    FS_TRY(trainCardinality(options, labels, *workload, before.ok() ? before->get() : nullptr, trained, job));
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
        job.diagnose({Severity::note, "trained_first", {}, 0, 0, trained ? "The models were of other logs or events, so new ones were trained first." : "There were no models, so they were trained first."});
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
