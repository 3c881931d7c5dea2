// Placement against a slow oracle: the shard of a row counted out from the slot map, the order of movement sorted in memory,
// and what SQL makes of the same ranges.
#include "core/base/hash.h"
#include "core/sharding/key_placement.h"
#include "tests/cluster/small_cluster.h"

using namespace small;

namespace {

std::vector<TableInfo> tables(const TemporaryFolder& folder) {
    const auto cluster = Cluster::make({{"s", "sqlite:" + (folder.path() / "t.db").string()}}).value();
    const auto shard = cluster.open(0, {.create = true}).value();
    (void)shard->execute("CREATE TABLE IF NOT EXISTS item(id INTEGER PRIMARY KEY, name TEXT UNIQUE)");
    (void)shard->execute("CREATE TABLE IF NOT EXISTS part(item INTEGER, nr INTEGER, PRIMARY KEY (item, nr))");
    (void)shard->execute("CREATE TABLE IF NOT EXISTS loose(item INTEGER, text TEXT)");
    (void)shard->execute("CREATE TABLE IF NOT EXISTS country(code TEXT PRIMARY KEY, name TEXT)");
    return shard->tables().value();
}

sharding::Design wide(Random& random, uint32_t shards) {
    auto out = design(shards);
    for (const char* name : {"main.loose", "main.part"}) {
        sharding::TableDesign table = out.tables[1];
        table.table = name;
        table.key = {{"item", "item", ValueType::integer}};
        out.tables.push_back(table);
    }
    std::sort(out.tables.begin(), out.tables.end(), [](const auto& a, const auto& b) { return a.table < b.table; });
    for (auto& shard : out.slotMaps[1].shardOfSlot) shard = static_cast<uint32_t>(random.below(shards));
    return out;
}

// Slot by slot, without any code of the router but the hash itself.
uint32_t countedOut(const Layout& layout, int64_t key) {
    const auto& map = layout.design.slotMaps.at(1).shardOfSlot;
    const std::vector<Value> parts{Value::integer(key)};
    uint64_t hash = sharding::keyHash(parts);
    size_t slot = 0;
    for (size_t n = map.size(); n > 1; n /= 2, hash <<= 1) slot = slot * 2 + (hash >> 63);
    return layout.shards[map[slot]];
}

Position randomPosition(Random& random) {
    const uint64_t keys[] = {0, 1, uint64_t{1} << 63, (uint64_t{1} << 63) - 1, UINT64_MAX, random.next()};
    const uint64_t subs[] = {0, 1, uint64_t{1} << 63, UINT64_MAX, random.next()};
    const uint32_t ordinals[] = {0, 1, 2, 3, UINT32_MAX};
    return {keys[random.below(6)], ordinals[random.below(5)], subs[random.below(5)]};
}

}  // namespace

class TestPlacement : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void rowsLieWhereTheSlotSays() {
        TemporaryFolder folder;
        const auto infos = tables(folder);
        Random random(5);
        for (int round = 0; round < 40; ++round) {
            Layout from = Layout::plain(wide(random, 1 + static_cast<uint32_t>(random.below(5)))), to = Layout::plain(wide(random, 1 + static_cast<uint32_t>(random.below(5))));
            for (auto& shard : to.shards) shard += static_cast<uint32_t>(random.below(2));   // perhaps not those of before
            const auto placement = Placement::make(from, to, infos);
            MUST(placement);
            for (int n = 0; n < 200; ++n) {
                const int64_t key = static_cast<int64_t>(random.below(50)) - 10, nr = static_cast<int64_t>(random.below(4));
                std::vector<Placement::Spot> together;
                for (const auto& [name, row] : {std::pair<const char*, Cells>{"item", {key, std::string("x")}}, {"part", {key, nr}}, {"loose", {key, Cell{}}}}) {
                    const auto& table = *(*placement)->find(name);
                    const auto whole = (*placement)->locateRow(table, row);
                    QCOMPARE(whole.from, countedOut(from, key));
                    QCOMPARE(whole.to, countedOut(to, key));
                    QVERIFY(whole.low == whole.high);
                    QCOMPARE(whole.low.table, table.ordinal);
                    together.push_back(whole);
                    // Only the key is known: the same owners, and the row's position is among those it may have.
                    const Cell cell = key;
                    const std::string placing = table.placing.front();
                    const auto part = (*placement)->locate(table, [&](std::string_view column) { return sameName(column, placing) ? &cell : nullptr; });
                    QVERIFY(part && part->from == whole.from && part->to == whole.to && part->low <= whole.low && whole.high <= part->high);
                    QVERIFY(!(*placement)->locate(table, [](std::string_view) { return nullptr; }));
                }
                // What belongs together lies beside one another in the order of movement.
                QVERIFY(together[0].low.key == together[1].low.key && together[1].low.key == together[2].low.key);
            }
        }
    }

    // A manifest holds (key, sub) of one table: SQL must take just the positions that lie in (low, high].
    void sqlKnowsTheSameRanges() {
        TemporaryFolder folder;
        const auto shard = openSqlite("s", (folder.path() / "m.db").string(), {.create = true}).value();
        MUST(shard->execute("CREATE TABLE m(n INTEGER PRIMARY KEY, key INTEGER, sub INTEGER)"));
        Random random(6);
        std::vector<std::pair<uint64_t, uint64_t>> rows;
        for (int64_t n = 0; n < 300; ++n) {
            const auto position = randomPosition(random);
            rows.emplace_back(position.key, position.sub);
            MUST(shard->execute("INSERT INTO m VALUES (?, ?, ?)", Cells{n, storedHash(position.key), storedHash(position.sub)}));
        }
        for (int round = 0; round < 2'000; ++round) {
            const uint32_t ordinal = 1 + static_cast<uint32_t>(random.below(3));
            const Position low = randomPosition(random), high = randomPosition(random);
            const auto condition = rangeCondition(ordinal, low, high);
            std::set<int64_t> found, wanted;
            MUST(shard->query("SELECT n FROM m WHERE " + condition.sql, condition.values, [&](const Cells& row) { return found.insert(integerOf(row[0])), true; }));
            for (size_t n = 0; n < rows.size(); ++n) {
                const Position position{rows[n].first, ordinal, rows[n].second};
                if (low < position && position <= high) wanted.insert(static_cast<int64_t>(n));
            }
            QVERIFY(found == wanted);
        }
    }

    void everyMovingRowHasItsChunk() {
        std::vector<Chunk> chunks{{1, 1, 0, 1, 0, 99}, {2, 1, 0, 1, 100, UINT64_MAX}, {3, 1, 0, 2, 0, UINT64_MAX}, {4, 2, 0, 1, 50, 60}};
        const ChunkMap map(chunks);
        const auto at = [&](uint32_t group, uint32_t from, uint32_t to, uint64_t key) -> uint32_t {
            const Placement::Spot spot{from, to, {key, 1, 0}, {key, 1, 0}};
            const Chunk* found = map.find(group, spot);
            return found ? found->id : 0;
        };
        QCOMPARE(at(1, 0, 1, 0), 1u);
        QCOMPARE(at(1, 0, 1, 99), 1u);
        QCOMPARE(at(1, 0, 1, 100), 2u);
        QCOMPARE(at(1, 0, 1, UINT64_MAX), 2u);
        QCOMPARE(at(1, 0, 2, 7), 3u);
        QCOMPARE(at(2, 0, 1, 55), 4u);
        QCOMPARE(at(2, 0, 1, 49), 0u);
        QCOMPARE(at(2, 0, 1, 61), 0u);
        QCOMPARE(at(1, 1, 0, 7), 0u);
        QCOMPARE(at(1, 0, 0, 7), 0u);
    }

    void ordinalsOfTheMigrationStay() {
        TemporaryFolder folder;
        auto infos = tables(folder);
        Random random(7);
        const Layout layout = Layout::plain(wide(random, 2));
        const std::vector<std::string> order{"part", "item"};
        const auto placement = Placement::make(layout, std::nullopt, infos, order);
        MUST(placement);
        QCOMPARE((*placement)->find("part")->ordinal, 1u);
        QCOMPARE((*placement)->find("main.item")->ordinal, 2u);
        QCOMPARE((*placement)->tables().size(), size_t(4));
        std::erase_if(infos, [](const TableInfo& info) { return info.name == "item"; });
        QCOMPARE(Placement::make(layout, std::nullopt, infos, order).error().category, ErrorCategory::conflict);
    }
};

int main(int argc, char** argv) {
    foreshard::testing::useMemoryFolder();
    TestPlacement test;
    return QTest::qExec(&test, argc, argv);
}

#include "test_placement.moc"
