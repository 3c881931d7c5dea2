// The verbs advise, simulate and route. Qt-free; any thread; one Project object a call.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "app/verbs/options.h"
#include "core/advisor/advisor.h"
#include "core/advisor/why_not.h"
#include "core/cost/projection.h"
#include "core/project/project.h"
#include "core/sharding/router.h"
#include "simulation/scenario.h"

namespace foreshard::verbs {

// How somebody follows a search: advisor::Options says what the two mean.
struct AdviseWatch {
    std::function<void(const advisor::BestSoFar&)> better;
    bool keepWhenStopped = false;
};
// Obeys what the project keeps as decided, and then the options: what they pin, lock or forbid a table takes the place of
// what is kept for it.
Result<std::shared_ptr<const advisor::Advice>> advise(const AdviseOptions& options, Job& job, const AdviseWatch& watch = {});
// Answers options.whyNot; saves nothing.
Result<advisor::WhyNot> whyNot(const AdviseOptions& options, Job& job);

// A design by what a person calls it: an id of the advice, "best", "today" (the layout in force; one database unless a
// migration switched to another), or "previous" (what was in force before the last finished migration).
Result<sharding::Design> findDesign(const project::Project& project, const std::string& id);

struct SimulatedColumn {
    sharding::Design design;
    simulation::Scenario scenario;
    cost::Projection projection;
};
// Every design under every scenario, designs first; the first column is the baseline.
Result<std::vector<SimulatedColumn>> simulate(const SimulateOptions& options, Job& job);
// "forecast,growth=2,shards=4"
Result<simulation::Scenario> parseScenario(const std::string& text);

struct RoutedAccess {
    std::string table;
    std::string access;                    // "read", "write", "insert"
    sharding::Route route;
};
struct RoutedStatement {
    std::vector<RoutedAccess> accesses;
    std::vector<sharding::ShardId> shards; // of the whole statement
    uint32_t of = 1;                       // shards of the design
    bool anyOne = false;                   // only copies are read: any other shard serves it as well
    std::string reason;                    // in words
    std::vector<std::string> notes;        // tables that the design does not know, and the like
};
Result<RoutedStatement> route(const RouteOptions& options, Job& job);

}  // namespace foreshard::verbs
