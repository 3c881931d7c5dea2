// Design: for every table a strategy, a key and a placement; slots to shards; lookups; co-location groups; shard count.
// A Design stands alone: it names tables and columns, no ids of a Workload, so that it can be saved, diffed, exported and
// run against a cluster. Every strategy of the glossary has its place here from format version 1. Plain value.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/base/value.h"

namespace foreshard::sharding {

using ShardId = uint32_t;

// More shards than this are refused on reading; a ring has at most maxRingPoints points in all.
constexpr uint32_t maxShards = 65'536;
constexpr uint64_t maxRingPoints = 1'048'576;
constexpr uint32_t maxSlots = 1'048'576;

enum class Strategy : uint8_t { hash, range, consistentHash, reference, directory, unsharded };
const char* toString(Strategy strategy);
std::optional<Strategy> strategyFromText(std::string_view text);

// Who computes the shard of a key: our router, or a hash of the engine's own. Our hash stands in for the engine's wherever
// shards are counted; load per shard is then a sample estimate.
enum class Placement : uint8_t { ours, enginesHash };

struct KeyPart {
    std::string expression;        // bare column, or an expression over one column ("lower(email)")
    std::string column;            // the bare column
    ValueType type = ValueType::unknown;
    bool bare() const { return expression == column; }
    bool operator==(const KeyPart&) const = default;
};

// Hash slots to shards. `slots` is a power of two ≥ countingSlots; slot = hash >> (64 - log2(slots)), which refines the
// counting slots. Growing moves slots, not rows at random.
struct SlotMap {
    std::vector<ShardId> shardOfSlot;
    bool operator==(const SlotMap&) const = default;
};

// Range: ranges[i] covers keys in [ranges[i].low, ranges[i+1].low); the first one's low is missing (unbounded). Keys are
// ordered part by part as Values are; NULL comes first.
struct RangePart {
    std::vector<Value> low;        // a prefix of the key's parts; empty: unbounded
    ShardId shard = 0;
    bool operator==(const RangePart&) const = default;
};

// Ring with weighted virtual nodes: a shard has round(weight × virtualNodes) points on it.
struct HashRing {
    std::vector<double> weights;   // by shard
    uint32_t virtualNodes = 128;
    bool operator==(const HashRing&) const = default;
};

// Named keys pinned to a shard; everything else goes by `group`'s slots.
struct DirectoryEntry {
    std::vector<Value> key;
    ShardId shard = 0;
    bool operator==(const DirectoryEntry&) const = default;
};

// Finds the key of a table from other columns of it. Derived: `derivedBy`, an expression over the one column of `from` (see
// key_expression.h), computes the one part of `to`, and nothing is stored; every row must keep to it. Stored: a table of its
// own, replicated or sharded by `from`; the router follows it where it is given what is stored (LookupSource).
struct Lookup {
    std::string table;
    std::vector<KeyPart> from;
    std::vector<KeyPart> to;       // parts of the table's key
    bool replicated = false;
    std::string derivedBy;         // empty: stored
    bool derived() const { return !derivedBy.empty(); }
    bool operator==(const Lookup&) const = default;
};

struct TableDesign {
    std::string table;             // qualified name
    Strategy strategy = Strategy::unsharded;
    std::vector<KeyPart> key;      // empty for reference and unsharded
    // Composite hash keys: the first `prefix` parts alone decide the slot's neighbourhood, all parts the slot:
    // slot = (slot of the prefix + (hash of all parts mod prefixSpread) × slots / prefixSpread) mod slots.
    uint32_t prefix = 0;           // 0: all parts together
    uint32_t prefixSpread = 1;     // slots, and so at most shards, that one prefix value may reach
    Placement placement = Placement::ours;
    uint32_t group = 0;            // co-location group: tables of one group share the placement function, and equal keys a shard
    ShardId home = 0;              // unsharded: where it lives
    std::vector<RangePart> ranges;
    HashRing ring;
    std::vector<DirectoryEntry> directory;

    bool keyed() const { return strategy != Strategy::reference && strategy != Strategy::unsharded; }
    bool operator==(const TableDesign&) const = default;
};

struct Design {
    static constexpr uint32_t formatVersion = 1;
    std::string id;                // "d1"; unique inside a project
    std::string name;              // for people
    uint32_t shards = 1;
    std::vector<TableDesign> tables;      // sorted by table
    std::map<uint32_t, SlotMap> slotMaps; // by group; for hash and directory
    std::vector<Lookup> lookups;

    const TableDesign* find(std::string_view table) const;
    std::vector<Lookup> lookupsOf(std::string_view table) const;
    uint64_t fingerprint() const;  // of everything but id and name
    bool operator==(const Design&) const = default;
};

// Everything on shard 0: the layout of one database.
Design singleDatabase(const std::vector<std::string>& tables);
// Slots dealt out evenly: slot s of n to shard s × shards / n.
SlotMap evenSlotMap(uint32_t shards, uint32_t slots = countingSlots);

// What is wrong with a design, each a sentence; empty: nothing. (A group with two strategies, a shard out of range, ranges
// out of order, a slot count that is no power of two…)
std::vector<std::string> validate(const Design& design);

std::string writeDesign(const Design& design);
// A format or version error for what is no Design or breaks the limits above; a Design that is read may still fail
// validate().
Result<Design> readDesign(std::string_view bytes);

}  // namespace foreshard::sharding
