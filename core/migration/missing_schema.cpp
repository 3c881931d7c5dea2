#include "core/migration/missing_schema.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/migration/lint.h"

namespace foreshard::migration {

using namespace cluster;

Result<std::vector<std::string>> missingSchema(Shard& lead, Shard* shard) {
    std::vector<std::string> out;
    std::vector<TableInfo> there;
    std::vector<SchemaObject> present;
    if (shard) {
        FS_ASSIGN(there, shard->tables());
        FS_ASSIGN(present, shard->objects());
    }
    FS_ASSIGN(const auto wanted, lead.tables());
    for (const auto& table : wanted) {
        if (table.isVirtual) continue;
        const auto* same = findTable(there, table.name);
        if (!same) out.push_back(table.ddl);
        else if (normalDdl(same->ddl) != normalDdl(table.ddl))
            return Error{ErrorCategory::conflict, fmt::format("{} is declared differently on {} and {}.", table.name, lead.name(), shard->name()), "Make both declarations the same, then resume.", {}};
    }
    FS_ASSIGN(const auto objects, lead.objects());
    for (const auto& object : objects) {
        if (object.kind != "index") continue;
        if (std::any_of(present.begin(), present.end(), [&](const SchemaObject& each) { return sameName(each.name, object.name); })) continue;
        out.push_back(object.sql);
    }
    return out;
}

}  // namespace foreshard::migration
