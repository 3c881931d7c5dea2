#include "core/sharding/router.h"

#include <algorithm>
#include <map>

#include "core/sharding/compiled_table.h"

namespace foreshard::sharding {

namespace {

struct Compiled {
    const TableDesign* design = nullptr;                   // null: not named by the design, unsharded on shard 0
    std::unique_ptr<const KeyPlacement> placement;         // keyed strategies
    std::optional<KeyBinder> binder;                       // keyed, and known to the workload
};

}  // namespace

struct Router::Impl {
    std::shared_ptr<const workload::Facts> facts;
    Design design;
    uint32_t shards = 1;
    std::map<std::string, Compiled, std::less<>> byName;
    std::vector<const Compiled*> byId;                     // parallel to facts->schema.tables
    Compiled unnamed;

    const Compiled& named(std::string_view table) const {
        const auto found = byName.find(table);
        return found == byName.end() ? unnamed : found->second;
    }
};

const char* toString(RouteReason reason) {
    static constexpr const char* names[] = {"equal key", "list of keys", "range of keys", "prefix of the key", "lookup",
                                            "replicated", "unsharded",    "every shard",   "no row can match"};
    return names[static_cast<size_t>(reason)];
}

Router::Router(std::shared_ptr<const workload::Facts> facts, Design design, const LookupSource* stored) : impl_(std::make_unique<Impl>()) {
    impl_->facts = std::move(facts);
    impl_->design = std::move(design);
    impl_->shards = std::clamp(impl_->design.shards, 1u, maxShards);
    for (const auto& table : impl_->design.tables) {
        Compiled& compiled = impl_->byName[table.table];
        compiled.design = &table;
        if (table.keyed()) compiled.placement = makePlacement(table, impl_->design);
    }
    const auto& tables = impl_->facts->schema.tables;
    impl_->byId.assign(tables.size(), &impl_->unnamed);
    for (workload::TableId id = 0; id < tables.size(); ++id) {
        const auto found = impl_->byName.find(tables[id].qualifiedName());
        if (found == impl_->byName.end()) continue;
        impl_->byId[id] = &found->second;
        if (!found->second.design->keyed()) continue;
        const auto lookups = impl_->design.lookupsOf(found->first);
        found->second.binder.emplace(found->second.design->key, id, *impl_->facts, lookups, stored);
    }
}

Router::~Router() = default;
Router::Router(Router&&) noexcept = default;

const Design& Router::design() const { return impl_->design; }
const std::shared_ptr<const workload::Facts>& Router::facts() const { return impl_->facts; }

Route Router::route(const workload::TableAccess& access, std::span<const workload::BoundKey> keys,
                    std::span<const std::vector<Value>> slots) const {
    const Compiled& table = access.table < impl_->byId.size() ? *impl_->byId[access.table] : impl_->unnamed;
    if (table.binder) return routeByKeys(*table.placement, table.binder->keysOf(access, keys, slots));
    if (!table.design) return routeWithoutKey(Strategy::unsharded, 0, impl_->shards, access);
    return routeWithoutKey(table.design->strategy, table.design->home, impl_->shards, access);
}

ShardSet Router::owners(const std::string& qualifiedTable, const Row& row) const {
    const Compiled& table = impl_->named(qualifiedTable);
    if (!table.design) return ShardSet::one(0);
    if (table.design->strategy == Strategy::reference) return ShardSet::all(impl_->shards);
    if (!table.placement) return ShardSet::one(std::min(table.design->home, impl_->shards - 1));
    std::vector<Value> key;
    key.reserve(table.design->key.size());
    for (const auto& part : table.design->key) key.push_back(keyPartValue(part, row.value(part.column)));
    return ShardSet::one(table.placement->shardOf(key));
}

ShardId Router::shardOfKey(const TableDesign& table, std::span<const Value> key) const {
    const Compiled& compiled = impl_->named(table.table);
    if (!compiled.design) return 0;
    return compiled.placement ? compiled.placement->shardOf(key) : std::min(compiled.design->home, impl_->shards - 1);
}

}  // namespace foreshard::sharding
