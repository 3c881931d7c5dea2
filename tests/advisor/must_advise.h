// Advice for tests that cannot go on without: sound designs, or the end.
#pragma once

#include <QtGlobal>

#include "core/advisor/advisor.h"

namespace foreshard::testing {

inline advisor::Advice mustAdvise(const workload::Workload& workload, const advisor::Options& options) {
    Job job;
    auto advice = advisor::advise(workload, options, job);
    if (!advice.ok()) qFatal("%s", advice.error().message.c_str());
    for (const auto& ranked : advice->designs)
        if (const auto wrong = sharding::validate(ranked.design); !wrong.empty()) qFatal("%s", wrong.front().c_str());
    return std::move(*advice);
}

}  // namespace foreshard::testing
