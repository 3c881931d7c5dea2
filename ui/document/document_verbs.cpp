// The verbs of Document: each one a job on its page.
#include "ui/document/document.h"

namespace foreshard::ui {

void Document::run(const Run& run, Work work) {
    setError(run.page, std::nullopt);
    const auto id = jobs_.nextId();
    // The first result of a job that opens a project is the new document; what comes after adds to it.
    const auto fresh = std::make_shared<bool>(run.replaces);
    const auto before = std::make_shared<Contents>();
    const auto take = [this, id, fresh, before](const Contents& change) {
        if (!std::exchange(*fresh, false)) return apply(change);
        *before = contents_;
        replace(change, id);
    };
    auto perform = [this, now = contents_, id, take, work = std::move(work)](Job& job) {
        ActionContext context{now, job, [this, id, take](Contents change) { jobs_.post(id, [take, change = std::move(change)] { take(change); }); }};
        return work(context);
    };
    auto deliver = [this, id, run, take, before](Result<Contents> result) {
        if (result) take(*result);
        else if (run.replaces && reading()) replace(*before, id);      // nothing came of it: what was open is open again
        if (!result && result.error().category != ErrorCategory::cancelled) setError(run.page, result.error());
    };
    jobs_.start<Contents>({run.key, run.title, run.page, run.quiet}, std::move(perform), std::move(deliver));
}

void Document::runPlain(const Run& what, const PlainVerb& verb) {
    if (verb) run(what, [verb](ActionContext& context) { return verb(context); });
}

void Document::openSample() { runPlain({"open", tr("Opening the sample"), PageId::start, true}, actions_.openSample); }

void Document::freshSample() { runPlain({"open", tr("Making the sample anew"), PageId::start, true}, actions_.freshSample); }

void Document::open(const std::filesystem::path& project) {
    const auto name = QString::fromStdString(project.filename().string());
    runVerb({"open", tr("Opening %1").arg(name), PageId::start, true}, actions_.open, project);
}

void Document::newFromLogs(const NewProjectRequest& request) {
    runVerb({"open", tr("Reading logs"), PageId::start, true}, actions_.newFromLogs, request);
}

void Document::train(const TrainRequest& request) {
    runVerb({"train", request.tuneTrials ? tr("Tuning and training models") : tr("Training volume models"), PageId::forecast}, actions_.train, request);
}

void Document::manageModels(const ModelsRequest& request) {
    runVerb({"train", tr("Changing the models in force"), PageId::forecast}, actions_.manageModels, request);
}

void Document::forecast(const ForecastRequest& request) {
    runVerb({"forecast", tr("Forecasting"), PageId::forecast}, actions_.forecast, request);
}

void Document::advise(const AdviseRequest& request) {
    runVerb({"advise", tr("Searching designs"), PageId::designs}, actions_.advise, request);
}

void Document::stopAdvising() { jobs_.stopKey(QStringLiteral("advise")); }

void Document::whyNot(const WhyNotRequest& request) {
    runVerb({"whyNot", tr("Asking for another key"), PageId::designs}, actions_.whyNot, request);
}

void Document::simulate(const SimulateRequest& request) {
    runVerb({"simulate", tr("Projecting designs"), PageId::simulate}, actions_.simulate, request);
}

void Document::plan(const PlanRequest& request) { runVerb({"plan", tr("Planning the migration"), PageId::migrate}, actions_.plan, request); }

void Document::approve(const ApproveRequest& request) {
    runVerb({"approve", tr("Recording approval"), PageId::migrate}, actions_.approve, request);
}

// Execute and resume share a key: there is one migration. Pause has its own: it comes while that one runs.
void Document::dryRun() { runPlain({"migrate", tr("Dry run"), PageId::migrate}, actions_.dryRun); }
void Document::execute() { runPlain({"migrate", tr("Migrating"), PageId::migrate}, actions_.execute); }
void Document::resume() { runPlain({"migrate", tr("Resuming the migration"), PageId::migrate}, actions_.resume); }
void Document::rollback() { runPlain({"migrate", tr("Rolling back"), PageId::migrate}, actions_.rollback); }
void Document::pause() { runPlain({"pause", tr("Pausing the migration"), PageId::migrate}, actions_.pause); }
void Document::verify() { runPlain({"verify", tr("Verifying rows"), PageId::migrate}, actions_.verify); }

void Document::monitor(const MonitorRequest& request) {
    runVerb({"monitor", tr("Watching logs"), PageId::monitor}, actions_.monitor, request);
}

void Document::report(const ReportRequest& request) {
    const auto title = request.exportTo.empty() ? tr("Preparing the report") : tr("Writing the report");
    runVerb({"report", title, PageId::report}, actions_.report, request);
}

}  // namespace foreshard::ui
