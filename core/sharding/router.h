// The one router: which shards a row lives on, and which shards a call must visit, under a design. Advisor, simulator,
// executor, monitor and `route` all ask here. Immutable once built; const calls from any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/sharding/design.h"
#include "core/sharding/shard_set.h"
#include "core/workload/workload.h"

namespace foreshard::sharding {

enum class RouteReason : uint8_t {
    equalUnique,   // every key part bound to one value
    inList,        // key parts bound to several values
    range,         // a range of keys
    prefix,        // composite: prefix bound only
    lookup,        // the key was found through a lookup
    reference,     // replicated: any shard for reads, every shard for writes
    unsharded,     // lives on one shard
    scatter,       // no usable binding: every shard
    nothing,       // contradiction: no row can match
};
const char* toString(RouteReason reason);

// An UPDATE that sets a part of the key: rows are found under their old keys and left under new ones.
struct KeyMove {
    ShardSet from, to;
    RouteReason foundBy = RouteReason::scatter;   // how WHERE tells the old keys
    RouteReason leftBy = RouteReason::scatter;    // how SET tells the new ones, with what WHERE says of the parts that stay
};

struct Route {
    ShardSet shards;
    bool anyOne = false;      // a read of replicated rows: one of `shards` is enough, whichever the rest needs
    RouteReason reason = RouteReason::scatter;
    workload::Provenance provenance = workload::Provenance::unknown;   // of the binding that decided
    std::optional<KeyMove> move;   // rows may have to go to another shard; `shards` has both sides, `reason` is that of the old keys
};

// What a call or transaction needs in all: shards it must visit, split by what it does there.
struct Footprint {
    ShardSet reads;           // must be read from
    ShardSet writes;          // must be written to
    bool readsReference = false;   // also reads replicated rows somewhere
    ShardSet all() const;     // reads ∪ writes, or one shard where only replicated rows are read
    uint32_t fanOut() const;  // number of shards of all()
    bool multiShard() const { return fanOut() > 1; }
    bool multiShardWrite() const { return writes.count() > 1 || (writes.count() == 1 && multiShard()); }
    void unite(const Footprint& other);
};

class LookupSource;

class Router {
public:
    // Compiles the design against the ids of `facts` (kept alive). Tables that the design does not name are unsharded on
    // shard 0.
    // `stored`: what the design's stored lookups hold (kept by the caller for the router's life); null: they find nothing,
    // so that accesses which need one go to every shard. Derived lookups need nothing.
    Router(std::shared_ptr<const workload::Facts> facts, Design design, const LookupSource* stored = nullptr);
    ~Router();
    Router(Router&&) noexcept;

    const Design& design() const;
    const std::shared_ptr<const workload::Facts>& facts() const;

    // The shards that may hold rows matching `keys` in `access.table`. Sound: where the keys hold, it contains the shard of
    // every row the access can touch or make. An UPDATE that assigns a key column also visits the shards of the new value,
    // taken from `slots` (the call's, by slot; all shards, where it is no literal or not given). An INSERT that does not
    // bind the whole key may go anywhere. Reads of replicated rows: anyOne; those that lock visit every shard.
    Route route(const workload::TableAccess& access, std::span<const workload::BoundKey> keys,
                std::span<const std::vector<Value>> slots = {}) const;
    // By the keys that workload::boundKeys() gives, propagated ones included.
    Footprint footprint(const workload::SampledCall& call) const;
    Footprint footprint(const workload::SampledTransaction& transaction) const;

    // The shards that own a row: one, or all for reference tables. `row` gives the value of a column by its name.
    struct Row {
        virtual ~Row() = default;
        virtual Value value(const std::string& column) const = 0;
    };
    ShardSet owners(const std::string& qualifiedTable, const Row& row) const;
    // The shard of a complete key (parts in the order of the table's key).
    ShardId shardOfKey(const TableDesign& table, std::span<const Value> key) const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

// Value of a key expression for a stored row or literal: bare column → its value; the expressions of key_expression.h are
// computed; others give a missing value. The router and the oracle of the tests share nothing but this.
Value keyPartValue(const KeyPart& part, const Value& columnValue);

}  // namespace foreshard::sharding
