// What two reads of the same load must agree in, whatever the format of the log: templates, counts over time,
// transactions. As text, so that a difference can be read.
#pragma once

#include <fmt/format.h>

#include <string>

#include "core/base/time.h"
#include "core/workload/workload.h"

namespace foreshard::ingest::testing {

inline std::string summaryOf(const workload::Workload& workload, bool durations = true) {
    const auto& facts = *workload.facts;
    const auto& totals = facts.totals;
    std::string out = fmt::format("calls {} logged {} transactions {} aborted {} sessions {}\n", fromWeight(totals.calls), totals.callsLogged,
                                  fromWeight(totals.transactions), fromWeight(totals.aborted), totals.sessions);
    for (size_t i = 0; i < facts.templates.size(); ++i) {
        out += facts.templates[i].text + "\n";
        for (const auto& point : workload.rates.templates[i].points)
            out += fmt::format("  {} {} {}\n", point.interval, fromWeight(point.calls), durations ? point.durationNs : 0);
    }
    for (const auto& each : facts.classes) {
        out += fmt::format("class {} {}:", fromWeight(each.count), fromWeight(each.aborted));
        for (const auto id : each.templates) out += fmt::format(" {:x}", facts.templates[id].textFingerprint);
        out += "\n";
    }
    return out;
}

// Committed executions of the templates that hold `part`.
inline double callsOf(const workload::Workload& workload, const std::string& part) {
    double sum = 0;
    for (size_t i = 0; i < workload.facts->templates.size(); ++i)
        if (workload.facts->templates[i].text.find(part) != std::string::npos)
            for (const auto& point : workload.rates.templates[i].points) sum += fromWeight(point.calls);
    return sum;
}

}  // namespace foreshard::ingest::testing
