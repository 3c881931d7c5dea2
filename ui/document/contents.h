// Contents: all that one open project shows, as whole immutable values. The same type carries a change: a null pointer or
// empty optional then means "as it was". Copies are cheap. Plain values; safe to read from any thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/advisor/decisions.h"
#include "core/advisor/why_not.h"
#include "core/cost/projection.h"
#include "core/models/forecast.h"
#include "core/workload/workload.h"
#include "simulation/scenario.h"
#include "ui/document/migration_view.h"
#include "ui/document/models_view.h"
#include "ui/document/monitor_view.h"
#include "ui/document/page.h"

namespace foreshard::ui {

struct ProjectInfo {
    std::string name;                          // "shop"
    std::filesystem::path path;                // of the project file
    bool sample = false;                       // a copy of the sample: may be changed freely
};

// A hotspot that was found or is foreseen.
struct HotspotView {
    std::string table, column;
    std::string kind;                          // "single key", "range", "monotonic edge", "tenant", "scan"
    std::string keys;                          // "tenant 17", "4,112 – 4,351"
    std::string what;                          // "growing tenant: +38 % a week"
    std::optional<double> share;               // of the column's load, 0…1; an edge's: that met the newest keys of their time
    std::optional<double> predictedShare;
    std::vector<std::string> templates;
    std::string remedy;
    std::optional<TimeRange> time;
};

// One column of the Simulate page.
struct ProjectionView {
    std::string designId, designName;
    simulation::Scenario scenario;
    cost::Projection projection;
    std::map<std::string, double> error;       // measured by replay: "p95_ms" → 0.12; a missing name is not calibrated
};
struct ProjectionSet {
    std::vector<ProjectionView> columns;       // the first one is the baseline
    std::optional<TimeRange> time;             // the part of the workload that was projected; nothing: all
};

// Where the shards lie that the window has named: as the project keeps it, and with the absolute path.
struct ShardPlace {
    std::string uri, whole;
};
using ShardPlaces = std::vector<ShardPlace>;

struct ReportSection {
    std::string id, title;
    bool included = true;                      // wanted
    std::string whyEmpty;                      // wanted, but there is nothing to say: "no forecast has been made"
    bool inFile() const { return included && whyEmpty.empty(); }
};
struct ReportView {
    std::vector<ReportSection> sections;
    std::string html;                          // preview of the included ones
};

using CalendarEvents = std::vector<models::CalendarEvent>;

struct Contents {
    std::optional<ProjectInfo> project;
    std::shared_ptr<const workload::Workload> workload;
    std::optional<double> readShare;                        // of the logs' bytes that the workload tells of, 0…1, while they are read; 1: all
    std::shared_ptr<const models::TrainedModels> models;
    std::shared_ptr<const KeptModelsSet> keptModels;
    std::shared_ptr<const models::Forecast> forecast;
    std::shared_ptr<const CalendarEvents> events;           // marked on the calendar, as the project keeps them; null: none
    std::shared_ptr<const std::vector<HotspotView>> hotspots;
    std::shared_ptr<const advisor::Advice> advice;
    std::shared_ptr<const advisor::BestSoFar> bestSoFar;    // while designs are looked for
    std::shared_ptr<const advisor::Decisions> decisions;    // about the designs, as the project keeps them; null: none
    std::shared_ptr<const advisor::WhyNot> whyNot;          // the last answer about these designs; saved nowhere
    std::shared_ptr<const sharding::Design> today;          // the layout in force; projections compare with it
    std::shared_ptr<const ProjectionSet> projections;
    std::shared_ptr<const ShardPlaces> shards;
    std::shared_ptr<const MigrationView> migration;
    std::shared_ptr<const MonitorView> monitor;
    std::shared_ptr<const ReportView> report;
    std::optional<std::set<PageId>> stale;                  // pages whose inputs have changed since they were made
};

}  // namespace foreshard::ui
