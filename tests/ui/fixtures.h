// A believable shop, built by hand: what the pages show in tests and pictures. Forty tenants of one database over two weeks
// with a daily rhythm, tenant 17 growing, product 512 sold in a flash sale on Friday evening.
#pragma once

#include "ui/document/actions.h"
#include "ui/document/contents.h"

namespace foreshard::ui::fixtures {

// Sunday 1 November 2026, 00:00 UTC.
constexpr Instant shopBegin = 1'793'491'200LL * microsPerSecond;

std::shared_ptr<const workload::Workload> workload();
std::shared_ptr<const models::TrainedModels> models();
std::shared_ptr<const KeptModelsSet> keptModels();      // three sets, the second one in force; a study of 24 trials
std::shared_ptr<const models::Forecast> forecast();
std::shared_ptr<const CalendarEvents> events();         // a sale in the past, one to come that the forecast knows of
std::shared_ptr<const std::vector<HotspotView>> hotspots();
std::shared_ptr<const advisor::Advice> advice();
std::shared_ptr<const advisor::WhyNot> whyNot();
std::shared_ptr<const sharding::Design> today();
std::shared_ptr<const ProjectionSet> projections();
// `done`: steps already done, the next one under way.
std::shared_ptr<const MigrationView> migration(size_t approved = 0, size_t done = 0);
std::shared_ptr<const MonitorView> monitor();
std::shared_ptr<const ReportView> report();

Contents onlyWorkload();
Contents all();

// Verbs that answer with the values above; `calls` collects their names.
DocumentActions actions(std::vector<std::string>* calls = nullptr);

}  // namespace foreshard::ui::fixtures
