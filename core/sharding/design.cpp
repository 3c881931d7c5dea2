#include "core/sharding/design.h"

#include <algorithm>

#include "core/base/hash.h"

namespace foreshard::sharding {

namespace {
constexpr const char* strategyNames[] = {"hash", "range", "consistent hash", "reference", "directory", "unsharded"};
}

const char* toString(Strategy strategy) { return strategyNames[static_cast<size_t>(strategy)]; }

std::optional<Strategy> strategyFromText(std::string_view text) {
    for (size_t i = 0; i < std::size(strategyNames); ++i)
        if (text == strategyNames[i]) return static_cast<Strategy>(i);
    return std::nullopt;
}

const TableDesign* Design::find(std::string_view table) const {
    const auto found = std::find_if(tables.begin(), tables.end(), [&](const TableDesign& t) { return t.table == table; });
    return found == tables.end() ? nullptr : &*found;
}

std::vector<Lookup> Design::lookupsOf(std::string_view table) const {
    std::vector<Lookup> out;
    std::copy_if(lookups.begin(), lookups.end(), std::back_inserter(out), [&](const Lookup& lookup) { return lookup.table == table; });
    return out;
}

uint64_t Design::fingerprint() const {
    Design nameless = *this;
    nameless.id.clear();
    nameless.name.clear();
    return hashText(writeDesign(nameless));
}

Design singleDatabase(const std::vector<std::string>& tables) {
    Design design;
    design.name = "one database";
    for (const auto& table : tables) {
        TableDesign t;
        t.table = table;
        design.tables.push_back(std::move(t));
    }
    std::sort(design.tables.begin(), design.tables.end(), [](const auto& a, const auto& b) { return a.table < b.table; });
    return design;
}

SlotMap evenSlotMap(uint32_t shards, uint32_t slots) {
    SlotMap map;
    map.shardOfSlot.resize(slots);
    for (uint32_t slot = 0; slot < slots; ++slot)
        map.shardOfSlot[slot] = static_cast<ShardId>(uint64_t{slot} * std::max(1u, shards) / slots);
    return map;
}

}  // namespace foreshard::sharding
