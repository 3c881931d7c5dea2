// Pieces that several renderers share.
#pragma once

#include <nlohmann/json.hpp>

#include <initializer_list>
#include <optional>
#include <string>

#include "app/cli/output.h"
#include "core/project/project.h"
#include "core/workload/metrics.h"
#include "core/workload/workload.h"

namespace foreshard::cli {

template <typename T>
Json orNull(const std::optional<T>& value) {
    return value ? Json(*value) : Json();
}
// "12.3 %", or "–" where it is not known.
std::string shareText(const std::optional<double>& share);
// A number for people; "–" for what is not known or not finite.
std::string numberText(double value);
std::string numberText(const std::optional<double>& value);
Json finiteOrNull(double value);
Json finiteOrNull(const std::optional<double>& value);
std::string ratioText(const std::optional<double>& ratio);

// Warns of what no longer follows from its inputs, of the stages that the outcome rests on.
Status warnOfStale(Outcome& outcome, const project::Project& project, std::initializer_list<project::Stage> stages);
// Warns of what the sources of a workload do not say.
void warnOfCoverage(Outcome& outcome, const workload::Workload& workload);

// The beginning of a statement, in one line.
std::string oneLine(std::string statement);

// What a server counted by itself; `workload` may be null. And a mention of it beside a workload.
Outcome metricsOutcome(const workload::Metrics& metrics, const workload::Workload* workload);
void mentionMetrics(Outcome& outcome, const workload::Metrics& metrics);

Result<Outcome> showDesigns(const project::Project& project);

}  // namespace foreshard::cli
