// Footprints: what whole calls and transactions visit, by the keys a workload knows of them.
#include "core/sharding/router.h"

namespace foreshard::sharding {

ShardSet Footprint::all() const {
    ShardSet shards = reads;
    shards.unite(writes);
    return shards.empty() && readsReference ? ShardSet::one(0) : shards;
}

uint32_t Footprint::fanOut() const { return all().count(); }

void Footprint::unite(const Footprint& other) {
    reads.unite(other.reads);
    writes.unite(other.writes);
    readsReference = readsReference || other.readsReference;
}

Footprint Router::footprint(const workload::SampledCall& call) const {
    Footprint footprint;
    const workload::Facts& facts = *this->facts();
    if (call.templateId >= facts.templates.size()) return footprint;
    for (const auto& access : facts.templates[call.templateId].accesses) {
        const Route route = this->route(access, workload::boundKeys(facts, call, access), call.slots);
        if (access.kind != workload::AccessKind::read) footprint.writes.unite(route.shards);
        else if (route.anyOne) footprint.readsReference = true;
        else footprint.reads.unite(route.shards);
    }
    return footprint;
}

Footprint Router::footprint(const workload::SampledTransaction& transaction) const {
    Footprint footprint;
    for (const auto& call : transaction.calls) footprint.unite(this->footprint(call));
    return footprint;
}

}  // namespace foreshard::sharding
