// DocumentActions: the verbs of the workbench, bound by app/ to the same functions that the command line uses. Each runs on
// a worker thread, reports to its Job, and returns what it changed. A verb that is not bound is absent from the workbench.
// Functions must be callable from any thread, one call at a time per verb; pause() and stop requests come while execute() runs.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/job.h"
#include "core/base/result.h"
#include "core/ingest/table_preview.h"
#include "ui/document/contents.h"

namespace foreshard::ui {

struct ActionContext {
    Contents now;                                  // what is open, as it was when the job began
    Job& job;
    std::function<void(Contents)> publish;         // results in stages: what has changed so far; any number of times
};

struct NewProjectRequest {
    std::filesystem::path project;                 // file to create
    std::vector<std::filesystem::path> logs, schemas;   // DDL files, SQLite databases or a live server's URI
    std::string format = "auto";
    std::vector<std::string> columns;              // of a table or JSON lines: "statement=query"
    std::string linePrefix;                        // empty: found
    std::optional<double> sampleRate, minDurationMs;
    bool pooled = false;
};
// What a dropped file is, told by its first bytes.
enum class FileKind : uint8_t { project, csvlog, jsonlog, stderrLog, table, ddl, sqlite, partial, unknown };
struct DroppedFile {
    std::filesystem::path path;
    FileKind kind = FileKind::unknown;
    std::string what;                              // "PostgreSQL csvlog, 38 MB"
    std::optional<ingest::TablePreview> table;     // its first rows, where it is a table or JSON lines
};

struct TrainRequest {
    models::TrainOptions options;
    uint32_t tuneTrials = 0;                       // of each learned model, before training; 0: none
};
// pin, unpin, rollback, delete: of the sets of trained models that the project keeps.
struct ModelsRequest { std::string act; uint32_t number = 0; };
struct ForecastRequest { Instant horizon = 24 * microsPerHour; uint64_t seed = 1; };
struct AdviseRequest { advisor::Options options; bool fromForecast = false; };   // what is decided is in the project
// A question such as "public.orders.customer_id"; the designs stay as they are.
struct WhyNotRequest { std::string question; advisor::Options options; bool fromForecast = false; };
struct SimulateRequest {
    struct Column { std::string designId; simulation::Scenario scenario; };   // designId empty: today's layout
    std::vector<Column> columns;                   // the first one is the baseline
    std::optional<TimeRange> time;                 // of the workload; nothing: all of it
};
struct PlanRequest {
    std::string fromDesign, toDesign;              // ids; fromDesign empty: today's layout
    // Where the rows lie: URIs as `cluster add` takes them ("sqlite:FILE"), by shard; empty: the project's own cluster.
    std::vector<std::string> cluster;
    bool replaceCluster = false;                   // the person was told which shards these replace
};
struct ApproveRequest { std::vector<std::string> steps; };   // approvals are only ever added
struct MonitorRequest { std::vector<std::filesystem::path> logs; std::string listen; std::string designId; };
struct ReportRequest { std::vector<std::string> sections; std::filesystem::path exportTo; };   // exportTo empty: preview only

template <typename Request>
using Verb = std::function<Result<Contents>(ActionContext&, const Request&)>;
using PlainVerb = std::function<Result<Contents>(ActionContext&)>;

struct DocumentActions {
    std::function<DroppedFile(const std::filesystem::path&)> identify;   // reads a few kB; called on the GUI thread
    PlainVerb openSample;                          // as it was left; made where there is none
    PlainVerb freshSample;                         // made anew; what was there is gone
    Verb<std::filesystem::path> open;
    Verb<NewProjectRequest> newFromLogs;
    Verb<TrainRequest> train;                      // job samples: live loss
    Verb<ModelsRequest> manageModels;
    Verb<ForecastRequest> forecast;
    Verb<CalendarEvents> markEvents;               // keeps them in the project
    Verb<AdviseRequest> advise;
    Verb<advisor::Decisions> decide;               // keeps them in the project
    Verb<WhyNotRequest> whyNot;                    // changes nothing in the project
    Verb<SimulateRequest> simulate;
    Verb<PlanRequest> plan;
    Verb<ApproveRequest> approve;
    PlainVerb dryRun, execute, pause, resume, rollback, verify;   // execute and resume publish progress as they go
    Verb<MonitorRequest> monitor;                  // runs until stopped; publishes
    Verb<ReportRequest> report;
};

// Calls visit(name, verb) for each verb: for what is done to all of them alike.
template <typename Actions, typename Visit>
void visitVerbs(Actions& a, Visit visit) {
    visit("openSample", a.openSample);
    visit("freshSample", a.freshSample);
    visit("open", a.open);
    visit("newFromLogs", a.newFromLogs);
    visit("train", a.train);
    visit("manageModels", a.manageModels);
    visit("forecast", a.forecast);
    visit("markEvents", a.markEvents);
    visit("advise", a.advise);
    visit("decide", a.decide);
    visit("whyNot", a.whyNot);
    visit("simulate", a.simulate);
    visit("plan", a.plan);
    visit("approve", a.approve);
    visit("dryRun", a.dryRun);
    visit("execute", a.execute);
    visit("pause", a.pause);
    visit("resume", a.resume);
    visit("rollback", a.rollback);
    visit("verify", a.verify);
    visit("monitor", a.monitor);
    visit("report", a.report);
}

}  // namespace foreshard::ui
