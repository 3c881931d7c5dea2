// validate(): what a design must fulfil before anyone routes, plans or migrates by it.
#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <set>

#include "core/sharding/design.h"
#include "core/sharding/key_expression.h"

namespace foreshard::sharding {

namespace {

class Checker {
public:
    explicit Checker(const Design& design) : design_(design) {}

    std::vector<std::string> run() {
        if (design_.shards == 0) say("A design needs at least one shard.");
        if (design_.shards > maxShards) say(fmt::format("A design has at most {} shards.", maxShards));
        for (size_t i = 1; i < design_.tables.size(); ++i) {
            if (design_.tables[i - 1].table == design_.tables[i].table) say(fmt::format("Table {} is listed twice.", design_.tables[i].table));
            else if (design_.tables[i].table < design_.tables[i - 1].table) say(fmt::format("Table {} is out of order; tables are sorted by name.", design_.tables[i].table));
        }
        for (const auto& [group, map] : design_.slotMaps) slotMap(group, map);
        for (const auto& table : design_.tables) this->table(table);
        for (const auto& lookup : design_.lookups) this->lookup(lookup);
        groups();
        return std::move(found_);
    }

private:
    void say(std::string sentence) { found_.push_back(std::move(sentence)); }
    bool shardExists(ShardId shard) const { return shard < design_.shards; }

    void slotMap(uint32_t group, const SlotMap& map) {
        const size_t slots = map.shardOfSlot.size();
        if (!std::has_single_bit(slots) || slots < countingSlots || slots > maxSlots)
            say(fmt::format("Group {} has {} slots; the number must be a power of two from {} to {}.", group, slots, countingSlots, maxSlots));
        if (!std::all_of(map.shardOfSlot.begin(), map.shardOfSlot.end(), [&](ShardId s) { return shardExists(s); }))
            say(fmt::format("Group {} sends a slot to a shard that the design does not have.", group));
    }

    void table(const TableDesign& table) {
        if (!table.keyed()) {
            if (!table.key.empty()) say(fmt::format("Table {} is {} and cannot have a key.", table.table, toString(table.strategy)));
            if (!shardExists(table.home)) say(fmt::format("Table {} lives on shard {}, which the design does not have.", table.table, table.home));
            return;
        }
        if (table.key.empty()) say(fmt::format("Table {} is sharded by {} and needs a key.", table.table, toString(table.strategy)));
        for (const auto& part : table.key)
            if (!computable(part)) say(fmt::format("The router cannot compute {} of table {}.", part.expression, table.table));
        if (table.prefix > table.key.size()) say(fmt::format("Table {} has a prefix longer than its key.", table.table));
        if (table.prefixSpread == 0) say(fmt::format("Table {} spreads a prefix over no shard.", table.table));
        if (table.strategy == Strategy::range) ranges(table);
        if (table.strategy == Strategy::consistentHash) ring(table);
        if (table.strategy == Strategy::directory) directory(table);
        if ((table.strategy == Strategy::hash || table.strategy == Strategy::directory) && !design_.slotMaps.contains(table.group))
            say(fmt::format("Table {} is in group {}, which has no slots.", table.table, table.group));
    }

    void ranges(const TableDesign& table) {
        if (table.ranges.empty() || !table.ranges.front().low.empty())
            return say(fmt::format("The first range of table {} must be open downwards.", table.table));
        for (size_t i = 0; i < table.ranges.size(); ++i) {
            const RangePart& range = table.ranges[i];
            if (!shardExists(range.shard)) say(fmt::format("Range {} of table {} is on a shard that the design does not have.", i, table.table));
            if (range.low.size() > table.key.size()) say(fmt::format("Range {} of table {} has more parts than the key.", i, table.table));
            if (i > 0 && !(table.ranges[i - 1].low < range.low)) say(fmt::format("Ranges {} and {} of table {} are out of order.", i - 1, i, table.table));
        }
    }

    void ring(const TableDesign& table) {
        if (table.ring.weights.size() > design_.shards) say(fmt::format("The ring of table {} has more weights than there are shards.", table.table));
        double points = 0;
        for (const double weight : table.ring.weights)
            if (weight > 0) points += weight * table.ring.virtualNodes;
        if (!(points >= 1)) say(fmt::format("The ring of table {} has no point.", table.table));
        if (points > static_cast<double>(maxRingPoints)) say(fmt::format("The ring of table {} has more than {} points.", table.table, maxRingPoints));
    }

    void directory(const TableDesign& table) {
        std::set<std::vector<Value>> seen;
        for (const auto& entry : table.directory) {
            if (entry.key.size() != table.key.size()) say(fmt::format("A pinned key of table {} has {} parts instead of {}.", table.table, entry.key.size(), table.key.size()));
            if (!shardExists(entry.shard)) say(fmt::format("A pinned key of table {} is on a shard that the design does not have.", table.table));
            if (!seen.insert(entry.key).second) say(fmt::format("Table {} pins one key twice.", table.table));
        }
    }

    void lookup(const Lookup& lookup) {
        const TableDesign* table = design_.find(lookup.table);
        if (!table || !table->keyed()) return say(fmt::format("A lookup finds keys of table {}, which has none.", lookup.table));
        if (lookup.from.empty() || lookup.to.empty()) say(fmt::format("A lookup of table {} has no columns.", lookup.table));
        for (const auto& part : lookup.to)
            if (std::none_of(table->key.begin(), table->key.end(), [&](const KeyPart& k) { return k.expression == part.expression; }))
                say(fmt::format("A lookup of table {} finds {}, which is no part of its key.", lookup.table, part.expression));
        if (!lookup.derived() || lookup.from.empty() || lookup.to.empty()) return;
        const KeyPart derived{lookup.derivedBy, lookup.from[0].column, lookup.to[0].type};
        if (lookup.from.size() != 1 || lookup.to.size() != 1 || !lookup.from[0].bare() || !computable(derived))
            say(fmt::format("The router cannot compute {} of table {}.", lookup.derivedBy, lookup.table));
    }

    void groups() {
        std::map<uint32_t, const TableDesign*> first;
        for (const auto& table : design_.tables) {
            if (!table.keyed()) continue;
            const auto [place, fresh] = first.emplace(table.group, &table);
            if (!fresh) alike(*place->second, table);
        }
    }

    void alike(const TableDesign& a, const TableDesign& b) {
        const auto differ = [&](const char* what) { say(fmt::format("Tables {} and {} are in group {} but have different {}.", a.table, b.table, a.group, what)); };
        if (a.strategy != b.strategy) return differ("strategies");
        if (a.key.size() != b.key.size()) return differ("numbers of key parts");
        for (size_t i = 0; i < a.key.size(); ++i)
            if (!hashAlike(a.key[i].type, b.key[i].type)) differ("key types, so equal keys would not share a shard");
        if (a.prefix != b.prefix || a.prefixSpread != b.prefixSpread) differ("prefixes");
        if (a.placement != b.placement) differ("hash functions");
        if (a.ranges != b.ranges) differ("ranges");
        if (a.ring != b.ring) differ("rings");
        if (a.directory != b.directory) differ("pinned keys");
    }

    const Design& design_;
    std::vector<std::string> found_;
};

}  // namespace

std::vector<std::string> validate(const Design& design) { return Checker(design).run(); }

}  // namespace foreshard::sharding
