// Placement: which shard owns a row, now and after a migration, and the row's place in the order in which rows move. Built
// from one layout (nothing moves) or two. Both sides are asked of the one Router. Immutable once made; any thread.
//
// Order of movement. Rows that travel together (a group) are ordered by the hash of the key that brings them together, then
// by table, then by the hash of the primary key. A chunk is a range of key hashes of one group from one shard to another; its
// watermark is the position up to which it already lives on the target. Rows of a table without primary key cannot be told
// apart, so those of one key move in one batch.
//
// Reference tables count as unsharded on the layout's first shard here: that copy is the authority. Whether other shards
// hold complete copies is a matter of the catalogue.
#pragma once

#include <compare>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/cluster/shard.h"
#include "core/sharding/router.h"

namespace foreshard::cluster {

// A design, and where its shards stand in the cluster.
struct Layout {
    sharding::Design design;
    std::vector<uint32_t> shards;      // cluster index of each shard of the design

    static Layout plain(sharding::Design design);      // shard n of the design is number n of the cluster
    uint32_t home() const { return shards.front(); }   // where reference tables have their authority
    bool operator==(const Layout&) const = default;
};
void writeLayout(ByteWriter& out, const Layout& layout);
Layout readLayout(ByteReader& in);                     // fails the reader where the design or the list is no good

struct Position {
    uint64_t key = 0;      // hash of the moving key
    uint32_t table = 0;    // ordinal, from 1: a position with table 0 lies before every row of its key
    uint64_t sub = 0;      // hash of the primary key; 0 without one
    auto operator<=>(const Position&) const = default;

    static Position before(uint64_t key) { return {key, 0, 0}; }
    static Position after(uint64_t key) { return {key, UINT32_MAX, UINT64_MAX}; }
};
void writePosition(ByteWriter& out, const Position& position);
Position readPosition(ByteReader& in);

struct Chunk {
    uint32_t id = 0;       // from 1
    uint32_t group = 0;
    uint32_t from = 0, to = 0;         // cluster indexes
    uint64_t low = 0, high = UINT64_MAX;   // key hashes, both included
    bool operator==(const Chunk&) const = default;
};

struct PlacedTable {
    TableInfo info;
    uint32_t ordinal = 0;              // from 1, in the order of the tables given
    uint32_t group = 0;                // 0: never moves
    bool referenceBefore = false, referenceAfter = false;
    std::string designName;            // as the designs call it; the table's own name where neither does
    std::vector<sharding::KeyPart> moving;     // parts of the moving key; empty: the table moves as a whole
    std::vector<std::string> placing;          // columns that decide both owners
};

class Placement {
public:
    // Gives the cell of a column, or null where it is not known.
    using RowView = std::function<const Cell*(std::string_view column)>;
    struct Spot {
        uint32_t from = 0, to = 0;     // owners before and after; equal: the row stays
        Position low, high;            // equal where the row's position is fully known
    };

    // Without `to` nothing moves. Tables that a design does not name are unsharded on its first shard. `order`: names that
    // come first, in this order, whatever tables were made since; conflict where one of them is gone.
    static Result<std::shared_ptr<const Placement>> make(Layout from, std::optional<Layout> to, std::vector<TableInfo> tables,
                                                         const std::vector<std::string>& order = {});

    const Layout& from() const { return from_; }
    const std::optional<Layout>& to() const { return to_; }
    const std::vector<PlacedTable>& tables() const { return tables_; }
    const PlacedTable* find(std::string_view name) const;
    const PlacedTable& byOrdinal(uint32_t ordinal) const { return tables_.at(ordinal - 1); }
    uint32_t groups() const { return groups_; }
    std::vector<const PlacedTable*> tablesOf(uint32_t group) const;

    // Nothing where a column that decides the owner is not known.
    std::optional<Spot> locate(const PlacedTable& table, const RowView& row) const;
    // A whole stored row, cells in the order of info.columns.
    Spot locateRow(const PlacedTable& table, const Cells& row) const;

private:
    Placement(Layout from, std::optional<Layout> to);
    Status place(PlacedTable& table, std::map<std::string, uint32_t>& groupIds);
    uint32_t ownerUnder(const sharding::Router& router, const Layout& layout, const PlacedTable& table, const RowView& row) const;

    Layout from_;
    std::optional<Layout> to_;
    sharding::Router before_;
    std::optional<sharding::Router> after_;
    std::vector<PlacedTable> tables_;
    uint32_t groups_ = 0;
};

// The chunk that a spot falls into; null for rows that stay.
class ChunkMap {
public:
    explicit ChunkMap(std::vector<Chunk> chunks = {});
    const Chunk* find(uint32_t group, const Placement::Spot& spot) const;
    const Chunk* byId(uint32_t id) const;
    const std::vector<Chunk>& chunks() const { return chunks_; }

private:
    std::vector<Chunk> chunks_;        // sorted by (group, from, to, low)
};

}  // namespace foreshard::cluster
