// Exports of pg_stat_statements: CSV with a line of names (`psql --csv`, `\copy … csv header`), a JSON array of objects, or one object a
// line. Wanted are the columns query, calls, total_exec_time (total_time before PostgreSQL 13; milliseconds) and rows; taken too are queryid,
// datname or dbid, rolname, usename or userid, toplevel, and captured_at (or snapshot_at, snapshot_time, sample_time): when a row was
// counted, for several snapshots in one file. Without it the whole file was counted when it was last written. All functions: any thread.
#pragma once

#include <string>
#include <string_view>

#include "core/base/diagnostics.h"
#include "core/base/job.h"
#include "core/base/result.h"
#include "core/workload/metrics.h"

namespace foreshard::ingest {

// Whether the file that begins so is such an export.
bool looksLikeStatementMetrics(std::string_view head);
// The same of a file, which may be compressed; false for what cannot be read, or is the standard input.
bool isStatementMetrics(const std::string& path);

// `written`: of rows without a time. Rows that cannot be read become diagnostics that name `file`; statements inside of others
// (toplevel false) are left out, for their callers count.
Result<workload::Metrics> readStatementMetrics(std::string_view text, Instant written, const std::string& file, Diagnostics& diagnostics);
Result<workload::Metrics> readStatementMetricsFile(const std::string& path, Job& job);

}  // namespace foreshard::ingest
