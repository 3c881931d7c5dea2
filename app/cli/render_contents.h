// show columns, access, volume and buckets: what a workload holds of keys, tables and time.
#pragma once

#include <optional>
#include <utility>

#include "app/cli/output.h"
#include "core/workload/workload.h"

namespace foreshard::cli {

// Key columns with their accesses, number of keys and heaviest keys.
Outcome columnsOutcome(const workload::Workload& workload);
// How tables are reached, and which columns travel together.
Outcome accessOutcome(const workload::Workload& workload);
// Calls by interval, finer for recent time.
Outcome volumeOutcome(const workload::Workload& workload);
// The keys of all columns in buckets of about equal traffic.
Outcome bucketsOutcome(const workload::Workload& workload);

// The heaviest keys, at most `most`, with the bounds of their accesses; of numbers low…high alone where these are given.
Json heavyKeysJson(const workload::ColumnSketch& sketch, size_t most, std::optional<std::pair<int64_t, int64_t>> numbers = {});

// Adds quantiles of durations and rows to a template's fields; null where nothing is known.
void addQuantiles(Json& json, const workload::Workload& workload, workload::TemplateId id);

}  // namespace foreshard::cli
