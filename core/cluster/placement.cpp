#include "core/cluster/placement.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>

#include "core/sharding/key_placement.h"

namespace foreshard::cluster {

using sharding::Design;
using sharding::KeyPart;
using sharding::Router;
using sharding::TableDesign;

Layout Layout::plain(Design design) {
    Layout layout{std::move(design), {}};
    for (uint32_t i = 0; i < std::max(1u, layout.design.shards); ++i) layout.shards.push_back(i);
    return layout;
}

void writeLayout(ByteWriter& out, const Layout& layout) {
    out.text(writeDesign(layout.design));
    out.list(layout.shards, [](ByteWriter& to, uint32_t shard) { to.varint(shard); });
}

Layout readLayout(ByteReader& in) {
    Layout layout;
    auto design = sharding::readDesign(in.view());
    if (!design.ok()) {
        in.fail();
        return layout;
    }
    layout.design = std::move(*design);
    in.list([&](ByteReader& from) { layout.shards.push_back(static_cast<uint32_t>(from.varint())); });
    if (layout.shards.size() != std::max(1u, layout.design.shards)) in.fail();
    return layout;
}

void writePosition(ByteWriter& out, const Position& position) {
    out.fixed64(position.key);
    out.varint(position.table);
    out.fixed64(position.sub);
}

Position readPosition(ByteReader& in) {
    Position position;
    position.key = in.fixed64();
    position.table = static_cast<uint32_t>(in.varint());
    position.sub = in.fixed64();
    return position;
}

namespace {

// Reference tables as unsharded ones on the first shard.
Design withoutCopies(Design design) {
    for (auto& table : design.tables)
        if (table.strategy == sharding::Strategy::reference) {
            table.strategy = sharding::Strategy::unsharded;
            table.key.clear();
            table.home = 0;
        }
    return design;
}

const TableDesign* designOf(const Design& design, std::string_view table) {
    for (const auto& each : design.tables)
        if (sameName(bareTable(each.table), table) || sameName(each.table, table)) return &each;
    return nullptr;
}

// Cells as the router wants them: canonical values of the types that the key's parts state.
class RouterRow final : public Router::Row {
public:
    RouterRow(const TableDesign* design, const TableInfo& info, const Placement::RowView& row) : design_(design), info_(info), row_(row) {}
    Value value(const std::string& column) const override {
        const Cell* cell = row_(column);
        if (!cell) return {};
        ValueType type = ValueType::unknown;
        if (design_)
            for (const auto& part : design_->key)
                if (part.column == column) type = part.type;
        if (const auto* stored = info_.column(column); stored && type == ValueType::unknown) type = stored->type;
        return meaningOf(*cell, type);
    }

private:
    const TableDesign* design_;
    const TableInfo& info_;
    const Placement::RowView& row_;
};

std::shared_ptr<const workload::Facts> noFacts() {
    static const auto facts = std::make_shared<const workload::Facts>();
    return facts;
}

std::vector<KeyPart> movingParts(const TableDesign& design) {
    auto parts = design.key;
    if (design.prefix > 0 && design.prefix < parts.size()) parts.resize(design.prefix);
    return parts;
}

}  // namespace

Placement::Placement(Layout from, std::optional<Layout> to)
    : from_(std::move(from)), to_(std::move(to)), before_(noFacts(), withoutCopies(from_.design)) {
    if (to_) after_.emplace(noFacts(), withoutCopies(to_->design));
}

Status Placement::place(PlacedTable& table, std::map<std::string, uint32_t>& groupIds) {
    const TableDesign* before = designOf(before_.design(), table.info.name);
    const TableDesign* after = after_ ? designOf(after_->design(), table.info.name) : nullptr;
    const TableDesign* asGivenBefore = designOf(from_.design, table.info.name);
    const TableDesign* asGivenAfter = to_ ? designOf(to_->design, table.info.name) : nullptr;
    table.designName = after ? after->table : before ? before->table : table.info.name;
    table.referenceBefore = asGivenBefore && asGivenBefore->strategy == sharding::Strategy::reference;
    table.referenceAfter = to_ ? asGivenAfter && asGivenAfter->strategy == sharding::Strategy::reference : table.referenceBefore;
    std::set<std::string> placing;
    for (const auto* design : {before, after})
        if (design)
            for (const auto& part : design->key) {
                if (!table.info.column(part.column))
                    return Error{ErrorCategory::usage, fmt::format("The design shards {} by {}, but the table has no such column.", design->table, part.column),
                                 "Take a design made for this schema.", {}};
                placing.insert(part.column);
            }
    table.placing.assign(placing.begin(), placing.end());
    if (!to_) return {};
    std::string group;
    if (after && after->keyed()) {
        group = fmt::format("a{}", after->group);
        table.moving = movingParts(*after);
    } else if (before && before->keyed()) {
        group = fmt::format("b{}", before->group);
        table.moving = movingParts(*before);
    } else {
        const uint32_t homeBefore = from_.shards.at(before ? std::min<size_t>(before->home, from_.shards.size() - 1) : 0);
        const uint32_t homeAfter = to_->shards.at(after ? std::min<size_t>(after->home, to_->shards.size() - 1) : 0);
        if (homeBefore == homeAfter) return {};
        group = fmt::format("t{}", table.ordinal);
        for (const auto& column : table.info.primaryKey) table.moving.push_back({column, column, table.info.column(column)->type});
    }
    table.group = groupIds.emplace(group, static_cast<uint32_t>(groupIds.size()) + 1).first->second;
    return {};
}

namespace {

// Ordinals stand in watermarks and in the names of capture tables: they must not change while a migration is under way.
Status putFirst(std::vector<TableInfo>& tables, const std::vector<std::string>& order) {
    for (size_t i = 0; i < order.size(); ++i) {
        const auto found = std::find_if(tables.begin() + static_cast<ptrdiff_t>(i), tables.end(), [&](const TableInfo& table) { return table.name == order[i]; });
        if (found == tables.end())
            return Error{ErrorCategory::conflict, fmt::format("Table {} was dropped or renamed while a migration is under way.", order[i]), "Make it again as it was, then resume or roll back.", {}};
        std::rotate(tables.begin() + static_cast<ptrdiff_t>(i), found, found + 1);
    }
    return {};
}

}  // namespace

Result<std::shared_ptr<const Placement>> Placement::make(Layout from, std::optional<Layout> to, std::vector<TableInfo> tables, const std::vector<std::string>& order) {
    for (const Layout* layout : {&from, to ? &*to : nullptr}) {
        if (!layout) continue;
        const auto problems = sharding::validate(layout->design);
        if (!problems.empty()) return Error{ErrorCategory::usage, fmt::format("Design {} cannot be used: {}", layout->design.id, problems.front()), {}, {}};
        if (layout->shards.size() != std::max(1u, layout->design.shards))
            return Error{ErrorCategory::usage, fmt::format("Design {} wants {} shards; {} were named.", layout->design.id, layout->design.shards, layout->shards.size()),
                         "Add shards to the cluster, or take a design for fewer.", {}};
    }
    std::erase_if(tables, [](const TableInfo& info) { return info.isVirtual; });
    FS_TRY(putFirst(tables, order));
    std::shared_ptr<Placement> placement(new Placement(std::move(from), std::move(to)));
    std::map<std::string, uint32_t> groupIds;
    for (auto& info : tables) {
        PlacedTable table;
        table.info = std::move(info);
        table.ordinal = static_cast<uint32_t>(placement->tables_.size()) + 1;
        FS_TRY(placement->place(table, groupIds));
        placement->tables_.push_back(std::move(table));
    }
    placement->groups_ = static_cast<uint32_t>(groupIds.size());
    return std::shared_ptr<const Placement>(std::move(placement));
}

const PlacedTable* Placement::find(std::string_view name) const {
    for (const auto& table : tables_)
        if (sameName(table.info.name, name)) return &table;
    for (const auto& table : tables_)
        if (sameName(table.info.name, bareTable(name))) return &table;
    return nullptr;
}

std::vector<const PlacedTable*> Placement::tablesOf(uint32_t group) const {
    std::vector<const PlacedTable*> found;
    for (const auto& table : tables_)
        if (table.group == group) found.push_back(&table);
    return found;
}

uint32_t Placement::ownerUnder(const Router& router, const Layout& layout, const PlacedTable& table, const RowView& row) const {
    const TableDesign* design = designOf(router.design(), table.info.name);
    const RouterRow adapted(design, table.info, row);
    const auto owners = router.owners(design ? design->table : table.info.name, adapted).shards();
    return layout.shards.at(owners.empty() ? 0 : owners.front());
}

std::optional<Placement::Spot> Placement::locate(const PlacedTable& table, const RowView& row) const {
    for (const auto& column : table.placing)
        if (!row(column)) return std::nullopt;
    Spot spot;
    spot.from = ownerUnder(before_, from_, table, row);
    spot.to = after_ ? ownerUnder(*after_, *to_, table, row) : spot.from;
    if (table.group == 0) return spot;
    std::vector<Value> key;
    bool keyKnown = true;
    for (const auto& part : table.moving) {
        const Cell* cell = row(part.column);
        keyKnown = keyKnown && cell;
        if (!keyKnown) break;
        const ValueType type = part.type == ValueType::unknown ? table.info.column(part.column)->type : part.type;
        key.push_back(sharding::keyPartValue(part, meaningOf(*cell, type)));
    }
    if (!keyKnown) {
        spot.high = Position::after(UINT64_MAX);
        return spot;
    }
    spot.low.key = spot.high.key = table.moving.empty() ? 0 : sharding::keyHash(key);
    spot.low.table = spot.high.table = table.ordinal;
    std::vector<Value> identity;
    for (const auto& column : table.info.primaryKey) {
        const Cell* cell = row(column);
        if (!cell) {
            spot.high.sub = UINT64_MAX;
            return spot;
        }
        identity.push_back(meaningOf(*cell, table.info.column(column)->type));
    }
    if (!identity.empty()) spot.low.sub = spot.high.sub = sharding::keyHash(identity);
    return spot;
}

Placement::Spot Placement::locateRow(const PlacedTable& table, const Cells& row) const {
    static const Cell none;
    const auto view = [&](std::string_view column) -> const Cell* {
        for (size_t i = 0; i < table.info.columns.size(); ++i)
            if (sameName(table.info.columns[i].name, column)) return &row[i];
        return &none;   // a computed column: nothing stored to go by
    };
    return *locate(table, view);
}

namespace {
auto orderOf(const Chunk& chunk) { return std::tuple(chunk.group, chunk.from, chunk.to, chunk.low); }
}  // namespace

ChunkMap::ChunkMap(std::vector<Chunk> chunks) : chunks_(std::move(chunks)) {
    std::sort(chunks_.begin(), chunks_.end(), [](const Chunk& a, const Chunk& b) { return orderOf(a) < orderOf(b); });
}

const Chunk* ChunkMap::find(uint32_t group, const Placement::Spot& spot) const {
    if (spot.from == spot.to || group == 0) return nullptr;
    const std::tuple wanted(group, spot.from, spot.to, spot.low.key);
    auto after = std::upper_bound(chunks_.begin(), chunks_.end(), wanted, [](const auto& key, const Chunk& chunk) { return key < orderOf(chunk); });
    if (after == chunks_.begin()) return nullptr;
    const Chunk& chunk = *--after;
    const bool same = chunk.group == group && chunk.from == spot.from && chunk.to == spot.to && chunk.high >= spot.low.key;
    return same ? &chunk : nullptr;
}

const Chunk* ChunkMap::byId(uint32_t id) const {
    const auto found = std::find_if(chunks_.begin(), chunks_.end(), [&](const Chunk& chunk) { return chunk.id == id; });
    return found == chunks_.end() ? nullptr : &*found;
}

}  // namespace foreshard::cluster
