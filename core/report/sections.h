// One function for each section; an empty id says that there is nothing to say.
#pragma once

#include "core/report/gather.h"

namespace foreshard::report {

Section workloadSection(const ReportInput& input);
Section hotspotSection(const ReportInput& input);
Section forecastSection(const ReportInput& input);
Section designSection(const ReportInput& input);
Section simulationSection(const ReportInput& input);
Section migrationSection(const ReportInput& input);
Section monitorSection(const ReportInput& input);

// Calls per interval of the templates `wanted` (indexes), parallel to the whole intervals of `rates`.
std::vector<double> callsPerInterval(const workload::Rates& rates, const std::vector<uint32_t>& wanted);
std::vector<Instant> intervalTimes(const workload::Rates& rates);
std::string perInterval(const workload::Rates& rates);  // "calls per hour"

// Shares of calls may be said only where no source leaves statements out.
bool sharesKnown(const workload::Facts& facts);

// "tenant_id, lower(email)"
std::string keyText(const std::vector<sharding::KeyPart>& key);

}  // namespace foreshard::report
