#include "core/migration/diff.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <set>
#include <tuple>

#include "core/cluster/row_sql.h"
#include "core/sharding/key_placement.h"

namespace foreshard::migration {

using namespace cluster;
using sharding::Strategy;
using sharding::TableDesign;

namespace {

using Route = std::tuple<uint32_t, uint32_t, uint32_t>;   // group, from, to

struct RouteAmount {
    std::array<uint64_t, countingSlots> rows{};
    std::array<uint64_t, countingSlots> bytes{};
};

const TableDesign* designOf(const Layout& layout, const PlacedTable& table) {
    for (const auto& each : layout.design.tables)
        if (sameName(bareTable(each.table), table.info.name)) return &each;
    return nullptr;
}

// Shards that may hold rows of the table; the authority alone for reference tables.
std::set<uint32_t> homesOf(const Layout& layout, const TableDesign* table) {
    if (!table || table->strategy == Strategy::reference) return {layout.home()};
    if (table->strategy == Strategy::unsharded) return {layout.shards.at(std::min<size_t>(table->home, layout.shards.size() - 1))};
    return {layout.shards.begin(), layout.shards.end()};
}

// Two plain slot maps over one key: rows of a slot go from one known shard to another.
bool slotBySlot(const TableDesign* before, const TableDesign* after) {
    return before && after && before->strategy == Strategy::hash && after->strategy == Strategy::hash && before->key == after->key &&
           before->prefix == 0 && after->prefix == 0 && before->directory.empty() && after->directory.empty();
}

void addSlotRoutes(const Placement& placement, const PlacedTable& table, const TableDesign& before, const TableDesign& after, std::set<Route>& routes) {
    const auto mapOf = [](const Layout& layout, uint32_t group) {
        const auto found = layout.design.slotMaps.find(group);
        return found == layout.design.slotMaps.end() ? sharding::evenSlotMap(layout.design.shards) : found->second;
    };
    const auto from = mapOf(placement.from(), before.group), to = mapOf(*placement.to(), after.group);
    const size_t slots = std::max(from.shardOfSlot.size(), to.shardOfSlot.size());
    for (size_t slot = 0; slot < slots; ++slot) {
        const uint32_t a = placement.from().shards.at(from.shardOfSlot[slot * from.shardOfSlot.size() / slots]);
        const uint32_t b = placement.to()->shards.at(to.shardOfSlot[slot * to.shardOfSlot.size() / slots]);
        if (a != b) routes.emplace(table.group, a, b);
    }
}

std::set<Route> possibleRoutes(const Placement& placement) {
    std::set<Route> routes;
    for (const auto& table : placement.tables()) {
        if (table.group == 0) continue;
        const auto* before = designOf(placement.from(), table);
        const auto* after = designOf(*placement.to(), table);
        if (slotBySlot(before, after)) {
            addSlotRoutes(placement, table, *before, *after, routes);
            continue;
        }
        for (const uint32_t from : homesOf(placement.from(), before))
            for (const uint32_t to : homesOf(*placement.to(), after))
                if (from != to) routes.emplace(table.group, from, to);
    }
    return routes;
}

uint64_t sizeOf(const Cells& row) {
    uint64_t bytes = 0;
    for (const auto& cell : row) bytes += cell.index() >= 3 ? textOf(cell).size() : cell.index() ? 8 : 0;
    return bytes;
}

class Measurement {
public:
    Measurement(const Cluster& cluster, Diff& diff, Job& job) : cluster_(cluster), diff_(diff), placement_(*diff.placement), job_(job) {}

    Status run() {
        std::set<uint32_t> shards(placement_.from().shards.begin(), placement_.from().shards.end());
        const std::set<uint32_t> owners = shards;
        if (placement_.to()) shards.insert(placement_.to()->shards.begin(), placement_.to()->shards.end());
        job_.beginPass("measuring rows", 0, "rows");
        for (const uint32_t index : shards) {
            if (!owners.contains(index) && !cluster_.exists(index)) continue;   // will be made
            OpenOptions options;
            options.readOnly = true;
            FS_ASSIGN(const auto shard, cluster_.open(index, options));
            FS_TRY(measureShard(*shard, index));
        }
        return {};
    }
    const std::map<Route, RouteAmount>& routes() const { return routes_; }

private:
    Status measureShard(Shard& shard, uint32_t index) {
        FS_ASSIGN(const auto tables, shard.tables());
        for (const auto& table : placement_.tables()) {
            const auto* there = findTable(tables, table.info.name);
            if (!there) continue;
            if (there->columnNames() != table.info.columnNames()) continue;   // lint says so
            FS_TRY(measureTable(shard, index, table));
        }
        return {};
    }

    Status measureTable(Shard& shard, uint32_t index, const PlacedTable& table) {
        const bool copy = table.referenceBefore && index != placement_.from().home();
        std::set<std::string> keyColumns;
        if (placement_.to())
            if (const auto* after = designOf(*placement_.to(), table))
                for (const auto& part : after->key) keyColumns.insert(part.column);
        Status stopped;
        FS_TRY(shard.query(selectRowsSql(shard, table.info), {}, [&](const Cells& row) {
            if ((++rows_ & 0xfff) == 0) {
                job_.progress(rows_);
                if (stopped = job_.checkpoint(); !stopped.ok()) return false;
            }
            if (copy) return true;
            count(index, table, row, keyColumns);
            return true;
        }));
        return stopped;
    }

    void count(uint32_t index, const PlacedTable& table, const Cells& row, const std::set<std::string>& keyColumns) {
        const auto spot = placement_.locateRow(table, row);
        if (spot.from != index) {
            ++diff_.misplaced[table.info.name];
            return;
        }
        const uint64_t bytes = sizeOf(row);
        auto& total = diff_.tables[table.info.name];
        ++total.rows;
        total.bytes += bytes;
        for (size_t i = 0; i < row.size(); ++i)
            if (isNull(row[i]) && keyColumns.contains(table.info.columns[i].name)) {
                ++diff_.nullKeys[table.info.name];
                break;
            }
        if (table.group == 0 || spot.from == spot.to) return;
        auto& amount = routes_[{table.group, spot.from, spot.to}];
        const uint32_t slot = countingSlotOfHash(spot.low.key);
        ++amount.rows[slot];
        amount.bytes[slot] += bytes;
    }

    const Cluster& cluster_;
    Diff& diff_;
    const Placement& placement_;
    Job& job_;
    uint64_t rows_ = 0;
    std::map<Route, RouteAmount> routes_;
};

// Cuts one route at slots so that no chunk but one of a single slot has many more than `chunkRows` rows.
void split(const Route& route, const RouteAmount& amount, uint64_t chunkRows, std::vector<MeasuredChunk>& out) {
    constexpr uint64_t mostChunks = 64;
    const uint64_t total = std::accumulate(amount.rows.begin(), amount.rows.end(), uint64_t{0});
    const uint64_t wanted = std::max({chunkRows, total / mostChunks + 1, uint64_t{1}});
    const auto [group, from, to] = route;
    MeasuredChunk current{{0, group, from, to, 0, UINT64_MAX}, {}};
    for (uint32_t slot = 0; slot < countingSlots; ++slot) {
        if (current.amount.rows > 0 && current.amount.rows + amount.rows[slot] > wanted) {
            const uint64_t cut = static_cast<uint64_t>(slot) << 54;
            current.chunk.high = cut - 1;
            out.push_back(current);
            current = {{0, group, from, to, cut, UINT64_MAX}, {}};
        }
        current.amount.rows += amount.rows[slot];
        current.amount.bytes += amount.bytes[slot];
    }
    out.push_back(current);
}

}  // namespace

Result<Diff> measure(const Cluster& cluster, std::shared_ptr<const Placement> placement, uint64_t chunkRows, Job& job) {
    Diff diff;
    diff.placement = std::move(placement);
    Measurement measurement(cluster, diff, job);
    FS_TRY(measurement.run());
    if (!diff.placement->to()) return diff;
    auto routes = possibleRoutes(*diff.placement);
    for (const auto& [route, amount] : measurement.routes()) routes.insert(route);
    for (const auto& route : routes) {
        const auto found = measurement.routes().find(route);
        split(route, found == measurement.routes().end() ? RouteAmount{} : found->second, chunkRows, diff.chunks);
    }
    for (size_t i = 0; i < diff.chunks.size(); ++i) diff.chunks[i].chunk.id = static_cast<uint32_t>(i) + 1;
    return diff;
}

std::string describe(const Placement& placement, const Chunk& chunk) {
    std::string tables;
    for (const auto* table : placement.tablesOf(chunk.group)) tables += (tables.empty() ? "" : ", ") + table->info.name;
    if (chunk.low == 0 && chunk.high == UINT64_MAX) return tables;
    return fmt::format("slots {}–{} of {}", countingSlotOfHash(chunk.low), countingSlotOfHash(chunk.high), tables);
}

}  // namespace foreshard::migration
