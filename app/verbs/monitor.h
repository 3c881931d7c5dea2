// The verbs monitor and report. Qt-free; one Project object a call.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>

#include "app/verbs/options.h"
#include "core/base/job.h"
#include "core/monitor/status.h"
#include "core/report/report_data.h"

namespace foreshard::verbs {

struct Monitoring {
    monitor::Snapshot snapshot;
    std::string listening;                 // URL of the endpoint; empty: none
    std::string retrained;                 // what came of --retrain; empty: it was not needed
    uint64_t newIntervals = 0;             // closed in this run
    std::optional<double> limitBefore;     // what is remembered has been judged again, under another skew limit than this
    std::optional<Instant> judgedUntil;    // what is older was judged before, or is past
};

// Reads the logs against the design in force and the forecast (made where there is none), until their end, or with `follow`
// until the job is stopped, which is then no error. `told` hears of every new snapshot, and before anything is read where
// the run goes on or serves metrics. The state is kept in the project, so
// that the next call goes on.
Result<Monitoring> monitorLogs(const MonitorOptions& options, Job& job, const std::function<void(const Monitoring&)>& told = {});

// The report's data, from everything the project holds. `sections`: ids; empty: all.
Result<report::ReportData> reportData(const ReportOptions& options, const std::set<std::string>& sections, Job& job);
// Writes it to options.output, whole or not at all.
Status writeReport(const ReportOptions& options, const std::set<std::string>& sections, Job& job);

}  // namespace foreshard::verbs
