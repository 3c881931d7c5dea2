// Merging of PartialData, and what keeps its form canonical: limits, waiting templates. Used by Partial, the builder and
// finish. Not thread-safe.
#pragma once

#include <functional>

#include "core/workload/partial_data.h"

namespace foreshard::workload {

// Why `from` cannot be merged into `into`; ok where it can.
Status mergeable(const PartialData& into, const PartialData& from);
// Precondition: mergeable.
void mergeData(PartialData& into, PartialData&& from);

// Takes every session as if its span began the source, and ends the log behind each span; the number of blocks that are
// still open. For finish().
uint64_t settleAll(PartialData& data);

// Coarsens the counts to `interval`, a multiple of the one before.
void coarsen(PartialData& data, Instant interval);
// Brings templates, classes, counts, samples and events within PartialOptions.
void applyLimits(PartialData& data);
void addSchemaEvent(PartialData& data, SchemaEvent event);
// Keeps the texts of just those unresolved calls that wait.
void collectWaitingTemplates(PartialData& data, const std::function<const TextTemplate*(uint64_t)>& find);
void mergeCoverage(Coverage& into, const Coverage& from);

}  // namespace foreshard::workload
