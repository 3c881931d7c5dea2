// The serialised form of a Design: magic, version, then the fields in the order of design.h.
#include <algorithm>
#include <bit>
#include <cmath>

#include "core/base/bytes.h"
#include "core/sharding/design.h"

namespace foreshard::sharding {

namespace {

constexpr uint64_t magic = 0x4e53454448535246;  // "FRSHDESN", little endian

void writePart(ByteWriter& out, const KeyPart& part) {
    out.text(part.expression);
    out.text(part.column);
    out.varint(static_cast<uint64_t>(part.type));
}

KeyPart readPart(ByteReader& in) {
    KeyPart part;
    part.expression = in.text();
    part.column = in.text();
    part.type = in.enumerator(ValueType::other);
    return part;
}

void writeParts(ByteWriter& out, const std::vector<KeyPart>& parts) { out.list(parts, writePart); }

std::vector<KeyPart> readParts(ByteReader& in) {
    std::vector<KeyPart> parts;
    in.list([&](ByteReader& r) { parts.push_back(readPart(r)); });
    return parts;
}

std::vector<Value> readValues(ByteReader& in) {
    std::vector<Value> values;
    in.list([&](ByteReader& r) { values.push_back(readValue(r)); });
    return values;
}

uint32_t readCount(ByteReader& in) {
    const uint64_t v = in.varint();
    if (v > UINT32_MAX) in.fail();
    return static_cast<uint32_t>(v);
}

void writeTable(ByteWriter& out, const TableDesign& table) {
    out.text(table.table);
    out.varint(static_cast<uint64_t>(table.strategy));
    writeParts(out, table.key);
    out.varint(table.prefix);
    out.varint(table.prefixSpread);
    out.varint(static_cast<uint64_t>(table.placement));
    out.varint(table.group);
    out.varint(table.home);
    out.list(table.ranges, [](ByteWriter& w, const RangePart& range) {
        w.list(range.low, writeValue);
        w.varint(range.shard);
    });
    out.list(table.ring.weights, [](ByteWriter& w, double weight) { w.real(weight); });
    out.varint(table.ring.virtualNodes);
    out.list(table.directory, [](ByteWriter& w, const DirectoryEntry& entry) {
        w.list(entry.key, writeValue);
        w.varint(entry.shard);
    });
}

TableDesign readTable(ByteReader& in) {
    TableDesign table;
    table.table = in.text();
    table.strategy = in.enumerator(Strategy::unsharded);
    table.key = readParts(in);
    table.prefix = readCount(in);
    table.prefixSpread = readCount(in);
    table.placement = in.enumerator(Placement::enginesHash);
    table.group = readCount(in);
    table.home = readCount(in);
    in.list([&](ByteReader& r) {
        RangePart range;
        range.low = readValues(r);
        range.shard = readCount(r);
        table.ranges.push_back(std::move(range));
    });
    in.list([&](ByteReader& r) { table.ring.weights.push_back(r.real()); });
    table.ring.virtualNodes = readCount(in);
    in.list([&](ByteReader& r) {
        DirectoryEntry entry;
        entry.key = readValues(r);
        entry.shard = readCount(r);
        table.directory.push_back(std::move(entry));
    });
    return table;
}

bool insideLimits(const TableDesign& table, uint32_t shards) {
    const auto inside = [&](const auto& entry) { return entry.shard < shards; };
    if (table.home >= shards || !std::all_of(table.ranges.begin(), table.ranges.end(), inside) ||
        !std::all_of(table.directory.begin(), table.directory.end(), inside) || table.ring.weights.size() > shards)
        return false;
    double points = 0;
    for (const double weight : table.ring.weights) {
        if (!std::isfinite(weight) || weight < 0) return false;
        points += weight * table.ring.virtualNodes + 1;
    }
    return points <= static_cast<double>(maxRingPoints);
}

bool insideLimits(const Design& design) {
    if (design.shards == 0 || design.shards > maxShards) return false;
    for (const auto& [group, map] : design.slotMaps) {
        if (map.shardOfSlot.size() > maxSlots || !std::has_single_bit(map.shardOfSlot.size())) return false;
        for (const ShardId shard : map.shardOfSlot)
            if (shard >= design.shards) return false;
    }
    return std::all_of(design.tables.begin(), design.tables.end(),
                       [&](const TableDesign& table) { return insideLimits(table, design.shards); });
}

void readLookup(ByteReader& in, Design& design) {
    Lookup lookup;
    lookup.table = in.text();
    lookup.from = readParts(in);
    lookup.to = readParts(in);
    lookup.replicated = in.boolean();
    lookup.derivedBy = in.text();
    design.lookups.push_back(std::move(lookup));
}

}  // namespace

std::string writeDesign(const Design& design) {
    ByteWriter out;
    out.fixed64(magic);
    out.varint(Design::formatVersion);
    out.text(design.id);
    out.text(design.name);
    out.varint(design.shards);
    out.list(design.tables, writeTable);
    out.list(design.slotMaps, [](ByteWriter& w, const auto& entry) {
        w.varint(entry.first);
        w.list(entry.second.shardOfSlot, [](ByteWriter& slots, ShardId shard) { slots.varint(shard); });
    });
    out.list(design.lookups, [](ByteWriter& w, const Lookup& lookup) {
        w.text(lookup.table);
        writeParts(w, lookup.from);
        writeParts(w, lookup.to);
        w.boolean(lookup.replicated);
        w.text(lookup.derivedBy);
    });
    return out.take();
}

Result<Design> readDesign(std::string_view bytes) {
    ByteReader in(bytes);
    if (in.fixed64() != magic)
        return Error{ErrorCategory::format, "These bytes are not a sharding design.", "Choose another file or design.", {}};
    if (in.varint() > Design::formatVersion)
        return Error{ErrorCategory::version, "This design was written by a newer Foreshard.", "Update Foreshard and try again.", {}};
    Design design;
    design.id = in.text();
    design.name = in.text();
    design.shards = readCount(in);
    in.list([&](ByteReader& r) { design.tables.push_back(readTable(r)); });
    in.list([&](ByteReader& r) {
        SlotMap& map = design.slotMaps[readCount(r)];
        r.list([&](ByteReader& slots) { map.shardOfSlot.push_back(readCount(slots)); });
    });
    in.list([&](ByteReader& r) { readLookup(r, design); });
    if (!in.ok() || !in.atEnd() || !insideLimits(design))
        return Error{ErrorCategory::format, "The sharding design is damaged or cut short.", "Restore it from a backup, or advise again.", {}};
    return design;
}

}  // namespace foreshard::sharding
