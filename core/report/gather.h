// gather: from the values of a project to what the report says. The room is below project/, so the values are handed
// in; what is null or empty leaves its section out. Values of keys and literals are masked unless asked for. Pure; any
// thread.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/advisor/advisor.h"
#include "core/cost/projection.h"
#include "core/migration/migration.h"
#include "core/models/forecast.h"
#include "core/monitor/status.h"
#include "core/report/report_data.h"

namespace foreshard::report {

struct NamedProjection {
    std::string design;  // name for people, with what it is: "One database (before the migration)"
    cost::Projection projection;
};

struct ReportInput {
    std::string title;  // "shop"
    Instant made = 0;
    std::string zone = "UTC";
    bool showLiterals = false;
    std::set<std::string> sections;  // ids of those wanted; empty: all
    std::map<std::string, std::string> stale;  // section → what it no longer follows from, a sentence

    std::shared_ptr<const workload::Workload> workload;
    std::shared_ptr<const models::TrainedModels> models;
    std::shared_ptr<const models::Forecast> forecast;
    std::shared_ptr<const advisor::Advice> advice;
    std::vector<NamedProjection> projections;  // the first one is the baseline
    std::shared_ptr<const migration::MigrationPlan> plan;
    std::shared_ptr<const migration::MigrationStatus> status;  // of that plan; null: never run
    std::shared_ptr<const monitor::Snapshot> monitor;
};

struct SectionKind {
    std::string id, title;
    std::string whenEmpty;  // why it has nothing to say where it is left out: "no forecast has been made"
};
// All of them, in order.
std::vector<SectionKind> reportSections();

// What the figures of ranked designs are of, for people: "earlier half", or "whole log" where no later half was held back.
const char* partSearched(const advisor::Advice& advice);

ReportData gather(const ReportInput& input);

// What a source does not say and what follows from it, a sentence each.
std::vector<std::string> coverageSentences(const workload::Coverage& coverage);

}  // namespace foreshard::report
