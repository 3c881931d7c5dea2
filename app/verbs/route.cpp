#include <fmt/format.h>

#include <algorithm>

#include "app/verbs/designs.h"
#include "app/verbs/workload.h"
#include "core/workload/statement.h"

namespace foreshard::verbs {

namespace {

const char* accessName(workload::AccessKind kind) {
    switch (kind) {
        case workload::AccessKind::read: return "read";
        case workload::AccessKind::write: return "write";
        case workload::AccessKind::insert: return "insert";
    }
    return "read";
}

// Where the keys that decided came from; nothing where none did.
std::string keysFrom(workload::Provenance provenance) {
    switch (provenance) {
        case workload::Provenance::literal: return ", from a literal";
        case workload::Provenance::joinEqual: return ", from a join with another table's key";
        case workload::Provenance::propagated: return ", known from another statement of the transaction";
        case workload::Provenance::lookedUp: return ", found through a lookup";
        case workload::Provenance::session: return ", from a session setting";
        case workload::Provenance::unknown: return "";
    }
    return "";
}

std::string reasonInWords(sharding::RouteReason reason, bool anyOne, workload::Provenance provenance) {
    const std::string from = keysFrom(provenance);
    switch (reason) {
        case sharding::RouteReason::equalUnique: return "by an equal key" + from;
        case sharding::RouteReason::inList: return "by a list of keys" + from;
        case sharding::RouteReason::range: return "by a range of keys" + from;
        case sharding::RouteReason::prefix: return "by the first part of the key" + from;
        case sharding::RouteReason::lookup: return "by a lookup of the key";
        case sharding::RouteReason::reference: return anyOne ? "a copy is on every shard: any one serves it" : "a copy is on every shard, and each is written";
        case sharding::RouteReason::unsharded: return "the table lives on one shard";
        case sharding::RouteReason::scatter: return "nothing says which key: every shard is asked";
        case sharding::RouteReason::nothing: return "no row can match";
    }
    return "";
}

// "shard 1", "shards 0, 2".
std::string shardsInWords(const sharding::ShardSet& shards) {
    std::string list;
    shards.forEach([&](sharding::ShardId shard) { list += (list.empty() ? "" : ", ") + std::to_string(shard); });
    return (shards.count() == 1 ? "shard " : "shards ") + list;
}

// An UPDATE of the key itself: its old value stands in WHERE, the new one in SET. Or an INSERT … ON CONFLICT DO UPDATE.
std::string moveInWords(const sharding::KeyMove& move, bool insert, workload::Provenance provenance) {
    using sharding::RouteReason;
    const std::string from = shardsInWords(move.from), to = shardsInWords(move.to);
    const std::string told = insert ? "VALUES tells the key" : "WHERE tells the old key", untold = insert ? "VALUES tells no key: every shard is asked" : "WHERE tells no old key: every shard is asked";
    const std::string old = move.foundBy == RouteReason::scatter ? untold : fmt::format("{} {}: {}", told, reasonInWords(move.foundBy, false, provenance), from);
    if (move.leftBy == RouteReason::scatter) return old + "; SET gives a new key that the statement does not tell: the row may move to any shard";
    const bool stays = move.from == move.to && move.from.count() == 1;
    return fmt::format("{}; SET tells the new key: {}, {}", old, to, stays ? "so that the row stays there" : fmt::format("so that the row may move from {} to {}", from, to));
}

std::string reasonInWords(const sharding::Route& route, workload::AccessKind kind) {
    return route.move ? moveInWords(*route.move, kind == workload::AccessKind::insert, route.provenance) : reasonInWords(route.reason, route.anyOne, route.provenance);
}

}  // namespace

Result<RoutedStatement> route(const RouteOptions& options, Job&) {
    FS_ASSIGN(const auto project, project::Project::open(options.project));
    FS_ASSIGN(const auto observed, requireWorkload(project));
    FS_ASSIGN(auto design, findDesign(project, options.design));
    FS_ASSIGN(const auto one, workload::statementWorkload(std::make_shared<const schema::Schema>(observed->facts->schema), options.sql));
    FS_TRY(workload::requireKnownTables(*one, observed->facts->schema));
    const auto& call = workload::onlyCall(*one);
    const auto& accesses = one->facts->templates[call.templateId].accesses;
    const sharding::Router router(one->facts, design);
    RoutedStatement routed;
    for (const auto& access : accesses) {
        const auto keys = workload::boundKeys(*one->facts, call, access);
        const auto table = one->facts->schema.tables[access.table].qualifiedName();
        routed.accesses.push_back({table, accessName(access.kind), router.route(access, keys, call.slots)});
        if (one->facts->schema.tables[access.table].fromLog) routed.notes.push_back(fmt::format("No DDL declares {}.", table));
        const auto& found = routed.accesses.back().route;
        if (found.move)
            routed.notes.push_back(fmt::format("The statement sets a part of the key of {}: a row whose shard changes must be moved, by a DELETE on the old shard and an INSERT on the new one in one two-phase commit.", table));
        routed.reason += fmt::format("{}{}: {}", routed.reason.empty() ? "" : "; ", table, reasonInWords(found, access.kind));
    }
    routed.shards = router.footprint(call).all().shards();
    routed.of = design.shards;
    routed.anyOne = !routed.accesses.empty() && std::all_of(routed.accesses.begin(), routed.accesses.end(), [](const auto& each) { return each.route.anyOne; });
    return routed;
}

}  // namespace foreshard::verbs
