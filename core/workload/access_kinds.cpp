#include "core/workload/access_kinds.h"

#include <algorithm>

namespace foreshard::workload {

Reach reachOf(const TableAccess& access) {
    if (access.kind == AccessKind::insert) return Reach::point;
    Reach reach = Reach::scan;
    for (const auto& binding : access.bindings) {
        if (binding.op == sql::Operator::equal || binding.op == sql::Operator::in) return Reach::point;
        reach = Reach::range;   // bindings have no other operators (access.h)
    }
    return reach;
}

std::vector<TableReach> tableReach(const Workload& workload) {
    std::vector<TableReach> tables;
    if (!workload.facts) return tables;
    tables.resize(workload.facts->schema.tables.size());
    for (TemplateId id = 0; id < workload.facts->templates.size(); ++id) {
        Weight calls = 0;
        for (const auto& point : workload.rates.templates[id].points) calls += point.calls;
        for (const auto& access : workload.facts->templates[id].accesses) {
            auto& table = tables[access.table];
            auto& counts = access.kind == AccessKind::read ? table.reads : table.writes;
            switch (reachOf(access)) {
                case Reach::point: counts.point += calls; break;
                case Reach::range: counts.range += calls; break;
                case Reach::scan: counts.scan += calls; break;
            }
        }
    }
    return tables;
}

}  // namespace foreshard::workload
