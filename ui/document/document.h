// Document: the open project as the workbench sees it. Holds Contents, the shared Selection and ViewContext, the undo stack
// and the jobs; runs the verbs of DocumentActions as jobs and publishes what they changed by one signal for each part. Views
// follow the signals and read contents(); nothing else writes. Owned by the frame; GUI thread only.
#pragma once

#include <QObject>
#include <QUndoStack>

#include <map>
#include <optional>

#include "ui/document/actions.h"
#include "ui/document/contents.h"
#include "ui/document/selection.h"
#include "ui/document/view_context.h"
#include "ui/jobs/job_runner.h"

namespace foreshard::ui {

class Document : public QObject {
    Q_OBJECT
public:
    explicit Document(DocumentActions actions, QObject* parent = nullptr);

    const Contents& contents() const { return contents_; }
    // The workload is a stage of one that is still being read: it can be looked at, and nothing can be made of it.
    bool reading() const { return contents_.readShare && *contents_.readShare < 1; }
    const DocumentActions& actions() const { return actions_; }
    Selection& selection() { return selection_; }
    ViewContext& context() { return context_; }
    const ViewContext& context() const { return context_; }
    QUndoStack& undoStack() { return undo_; }
    JobRunner& jobs() { return jobs_; }

    // The workload that the context chose: the forecast's where there is one and it was asked for, else the observed one.
    std::shared_ptr<const workload::Workload> shownWorkload() const;
    // The time range of the context, or all of the shown workload's.
    std::optional<TimeRange> shownTime() const;
    // A design by id: ranked ones, then today's (empty id). Null where there is none.
    const sharding::Design* design(const std::string& id) const;
    QString designName(const std::string& id) const;
    // The design that the context compares with; empty: today's layout, also where the chosen one is gone.
    std::string baseline() const;

    PageState stateOf(PageId page) const;
    const Error* errorOf(PageId page) const;       // of the last verb that failed there; null: none
    void dismissError(PageId page);

    // Takes over what is set in `change` and emits the signals of those parts.
    void apply(const Contents& change);
    // Forgets everything first: another project. Jobs of the old one are stopped, but for the one that opens the new.
    void replace(const Contents& contents, uint64_t opener = 0);

    void openSample();
    void freshSample();
    void open(const std::filesystem::path& project);
    void newFromLogs(const NewProjectRequest& request);
    void train(const TrainRequest& request = {});
    void manageModels(const ModelsRequest& request);
    void forecast(const ForecastRequest& request = {});
    void advise(const AdviseRequest& request = {});
    // What people have decided about the designs; never null. Each change is one undo step named `words`, kept in the project;
    // steps in a row with the same `joined` words become one. The designs stay as they are until they are looked for again.
    std::shared_ptr<const advisor::Decisions> decisions() const;
    void decide(advisor::Decisions decisions, const QString& words, const QString& joined = {});
    void decide(advisor::Decision decision, const QString& joined = {});
    // Events that people have marked on the calendar; never null. Each change is one undo step named `words`, kept in the project.
    std::shared_ptr<const CalendarEvents> events() const;
    void markEvents(CalendarEvents events, const QString& words);
    void stopAdvising();               // what is best by then is kept
    void whyNot(const WhyNotRequest& request);
    void simulate(const SimulateRequest& request);
    void plan(const PlanRequest& request);
    void approve(const ApproveRequest& request);
    void dryRun();
    void execute();
    void pause();
    void resume();
    void rollback();
    void verify();
    void monitor(const MonitorRequest& request);
    void report(const ReportRequest& request);

Q_SIGNALS:
    void projectChanged();
    void workloadChanged();
    void modelsChanged();
    void forecastChanged();
    void eventsChanged();
    void hotspotsChanged();
    void adviceChanged();              // also today's layout
    void bestSoFarChanged();
    void decisionsChanged();
    void whyNotChanged();
    void projectionsChanged();
    void migrationChanged();
    void monitorChanged();
    void reportChanged();
    void pageStateChanged(foreshard::ui::PageId page);
    void errorChanged(foreshard::ui::PageId page);

private:
    using Work = std::function<Result<Contents>(ActionContext&)>;
    struct Run {
        QString key, title;
        PageId page = PageId::start;
        bool replaces = false;         // the result is a whole new document
        bool quiet = false;            // in no list
    };
    void run(const Run& run, Work work);
    template <typename Request>
    void runVerb(const Run& run, const Verb<Request>& verb, const Request& request);
    void runPlain(const Run& run, const PlainVerb& verb);
    void takeDecisions(const advisor::Decisions& decisions);
    void takeEvents(const CalendarEvents& events);
    void setError(PageId page, std::optional<Error> error);
    void tellStates();

    DocumentActions actions_;
    Contents contents_;
    QUndoStack undo_;
    Selection selection_{undo_};
    ViewContext context_{undo_};
    std::map<PageId, Error> errors_;
    std::map<PageId, PageState> told_;
    JobRunner jobs_;                   // last: stops its jobs before the rest goes
};

template <typename Request>
void Document::runVerb(const Run& what, const Verb<Request>& verb, const Request& request) {
    if (verb) run(what, [verb, request](ActionContext& context) { return verb(context, request); });
}

}  // namespace foreshard::ui
