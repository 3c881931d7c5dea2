// One function for each verb: runs it and renders what it found as JSON and as text.
#pragma once

#include "app/cli/output.h"
#include "app/verbs/models.h"
#include "app/verbs/options.h"
#include "core/base/job.h"

namespace foreshard::cli {

Result<Outcome> runProfile(const verbs::ProfileOptions& options, Job& job);
// The part of a log as bytes.
Result<Outcome> runProfilePart(const verbs::ProfileOptions& options, Job& job);
Result<Outcome> runMerge(const verbs::MergeOptions& options, Job& job);
Result<Outcome> runShow(const verbs::ShowOptions& options, Job& job);
Result<Outcome> runEvents(const verbs::EventsOptions& options, Job& job);
Result<Outcome> runTrain(const verbs::TrainOptions& options, Job& job);
// `by`: series, template or transaction.
Result<Outcome> runForecast(const verbs::ForecastOptions& options, const std::string& by, Job& job);
Result<Outcome> runHotspots(const verbs::HotspotsOptions& options, Job& job);
Result<Outcome> runAdvise(const verbs::AdviseOptions& options, Job& job);
Result<Outcome> runSimulate(const verbs::SimulateOptions& options, Job& job);
Result<Outcome> runRoute(const verbs::RouteOptions& options, Job& job);
Result<Outcome> runClusterAdd(const verbs::ClusterOptions& options, Job& job);
Result<Outcome> runClusterList(const verbs::ClusterOptions& options, Job& job);
Result<Outcome> runPlan(const verbs::PlanOptions& options, Job& job);
Result<Outcome> runApprove(const verbs::MigrationOptions& options, Job& job);
Result<Outcome> runMigrate(const verbs::MigrationOptions& options, Job& job);
Result<Outcome> runPause(const verbs::MigrationOptions& options, Job& job);
Result<Outcome> runResume(const verbs::MigrationOptions& options, Job& job);
Result<Outcome> runRollback(const verbs::MigrationOptions& options, Job& job);
Result<Outcome> runVerify(const verbs::MigrationOptions& options, Job& job);
Result<Outcome> runStatus(const verbs::MigrationOptions& options, Job& job);
// While it follows a log, or serves metrics, it says on standard error where and what it finds, unless `quiet`.
Result<Outcome> runMonitor(const verbs::MonitorOptions& options, Job& job, bool quiet = false);
Result<Outcome> runReport(const verbs::ReportOptions& options, Job& job);

}  // namespace foreshard::cli
