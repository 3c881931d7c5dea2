// What drawn designs are projected on: made by the first job that needs it. Included by ui/pages/hotspots alone.
#pragma once

#include "core/cost/evaluator.h"
#include "core/cost/projection.h"
#include "ui/pages/hotspots/hotspots_page.h"

namespace foreshard::ui {

struct HotspotsPage::Basis {
    std::shared_ptr<const workload::Workload> workload;
    std::unique_ptr<cost::Basis> basis;
    std::optional<cost::Projection> before;      // of the design that the drawn one came from

    Result<const cost::Basis*> made(Job& job) {
        if (!basis) {
            FS_ASSIGN(basis, cost::Basis::make(*workload, job));
        }
        return basis.get();
    }
};

}  // namespace foreshard::ui
