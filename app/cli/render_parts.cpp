#include "app/cli/render_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/base/units.h"
#include "core/report/gather.h"

namespace foreshard::cli {

std::string shareText(const std::optional<double>& share) { return share ? formatShare(*share) : "–"; }
std::string numberText(double value) { return std::isfinite(value) ? fmt::format("{:.3g}", value) : "–"; }
std::string numberText(const std::optional<double>& value) { return value ? numberText(*value) : "–"; }
Json finiteOrNull(double value) { return std::isfinite(value) ? Json(value) : Json(); }
Json finiteOrNull(const std::optional<double>& value) { return value ? finiteOrNull(*value) : Json(); }
std::string oneLine(std::string statement) {
    if (statement.size() > 110) {
        size_t end = 107;
        while (end > 0 && (static_cast<unsigned char>(statement[end]) & 0xC0) == 0x80) --end;   // no half character
        statement.resize(end);
        statement += "…";
    }
    std::replace(statement.begin(), statement.end(), '\n', ' ');
    return statement;
}

std::string ratioText(const std::optional<double>& ratio) { return ratio ? fmt::format("{:.2f}", *ratio) : "–"; }

namespace {

// The verb that makes a stage anew.
const char* verbOf(project::Stage stage) {
    switch (stage) {
        case project::Stage::workload: return "profile";
        case project::Stage::models: return "train";
        case project::Stage::forecast: return "forecast";
        case project::Stage::advice: return "advise";
        case project::Stage::plan: return "plan";
        case project::Stage::monitor: return "monitor";
    }
    return "profile";
}

}  // namespace

Status warnOfStale(Outcome& outcome, const project::Project& project, std::initializer_list<project::Stage> stages) {
    FS_ASSIGN(const auto states, project.staleness());
    for (const auto stage : stages)
        if (const auto found = states.find(stage); found != states.end() && found->second.freshness == project::Freshness::stale)
            outcome.warnings.push_back(fmt::format("{} Run {} again.", found->second.why, verbOf(stage)));
    return {};
}

void warnOfCoverage(Outcome& outcome, const workload::Workload& workload) {
    for (const auto& coverage : workload.facts->coverage)
        for (auto& sentence : report::coverageSentences(coverage)) outcome.warnings.push_back(std::move(sentence));
}

}  // namespace foreshard::cli
