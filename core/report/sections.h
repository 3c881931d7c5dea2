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

// "1 template", "12 templates", "1.23 M calls".
std::string counted(double number, const std::string& word);

// Loads read well as 0.1 a second or as 300 an hour, never as 0.0x: the factor for values in accesses per second, and the unit.
struct LoadUnit {
    double factor = 1;
    const char* name = "accesses per second";
};
LoadUnit loadUnit(double highestPerSecond);
std::vector<std::optional<double>> scaled(std::vector<std::optional<double>> values, double factor);

// "tenant_id, lower(email)"
std::string keyText(const std::vector<sharding::KeyPart>& key);

}  // namespace foreshard::report
