// The router against the slow oracle: whatever a statement touches lies on a shard of its route; and a key that is bound
// whole gives one shard.
#include <QtTest>

#include "core/sharding/key_placement.h"
#include "core/sharding/lookup.h"
#include "tests/sharding/random_world.h"

using namespace foreshard;
using namespace foreshard::sharding;
using foreshard::testing::Condition;
using foreshard::testing::OracleRow;
using foreshard::testing::World;
using workload::AccessKind;
using workload::BoundKey;
using workload::TableAccess;

namespace {

constexpr int worlds = 500, statements = 24;

struct Statement {
    TableAccess access;
    std::vector<Condition> conditions;
    std::vector<BoundKey> keys;
    std::vector<std::vector<Value>> slots;
};

Statement randomStatement(Random& random, const World& world, const std::vector<KeyPart>& key) {
    Statement s;
    s.access.kind = random.below(2) ? AccessKind::read : AccessKind::write;
    s.access.locked = random.below(4) == 0;
    // Conditions on the key's own parts more often than not, or most routes would be scatters.
    for (const auto& part : key)
        if (random.below(4) != 0) s.conditions.push_back(randomCondition(random, world.domain(part.expression)));
    for (uint64_t n = random.below(3); n > 0; --n) s.conditions.push_back(randomCondition(random, world.domains[random.below(world.domains.size())]));
    for (const auto& condition : s.conditions) s.keys.push_back(boundKey(condition, world.column(0, condition.expression)));
    return s;
}

// The lookup's column instead of the key part that it finds.
Statement byLookup(Random& random, const World& world, const std::vector<KeyPart>& key, const Lookup& lookup) {
    Statement s;
    s.access.kind = random.below(2) ? AccessKind::read : AccessKind::write;
    const testing::Domain& from = world.domain(lookup.from[0].expression);
    s.conditions.push_back({from.expression, sql::Operator::in, {testing::pick(random, from.values)}});
    if (random.below(3) == 0) s.conditions[0].operands.push_back(testing::pick(random, from.values));
    for (const auto& part : key)
        if (part.expression != lookup.to[0].expression) s.conditions.push_back(randomCondition(random, world.domain(part.expression)));
    for (const auto& condition : s.conditions) s.keys.push_back(boundKey(condition, world.column(0, condition.expression)));
    return s;
}

// SET column = literal, NULL or an expression, for one or two columns. Returns the rows as the statement leaves them.
std::vector<OracleRow> randomUpdate(Random& random, const World& world, Statement& s, const std::vector<KeyPart>& key) {
    std::map<std::string, Value> set;
    for (uint64_t n = 1 + random.below(2); n > 0; --n) {
        const std::string column = random.below(3) ? key[random.below(key.size())].column : world.domains[random.below(world.domains.size())].column;
        if (column == "e" || column == "j" || set.contains(column)) continue;   // their expressions would change with them
        const bool literal = random.below(4) != 0;
        const Value value = random.below(10) == 0 ? Value::null() : testing::pick(random, world.domain(column).values);
        set[column] = value;
        s.access.assigned.push_back(world.column(0, column));
        s.access.assignedSlots.push_back(literal ? static_cast<uint32_t>(s.slots.size()) : sql::noSlot);
        if (literal) s.slots.push_back({value});
    }
    std::vector<OracleRow> after;
    for (const auto& row : world.rows) {
        if (!holdAll(s.conditions, row)) continue;
        after.push_back(row);
        for (const auto& [column, value] : set) after.back().values[column] = value;
    }
    return after;
}

bool boundWhole(const Statement& s, const World& world, const TableDesign& table) {
    return std::all_of(table.key.begin(), table.key.end(), [&](const KeyPart& part) {
        return std::any_of(s.keys.begin(), s.keys.end(), [&](const BoundKey& key) {
            const auto& column = world.facts->columns[key.column];
            return column.expression == part.expression && part.type == ValueType::integer && !key.range && key.values.size() == 1;
        });
    });
}

QByteArray describe(const Route& route, const ShardSet& touched, const TableDesign& table) {
    QByteArray text = QByteArray(toString(table.strategy)) + " of " + (table.keyed() ? table.key.front().expression.c_str() : "no key") + ": route";
    for (const auto shard : route.shards.shards()) text += ' ' + QByteArray::number(shard);
    for (const auto& part : table.key) text += QByteArray(", ") + part.expression.c_str();
    text += QByteArray("; ") + toString(route.reason) + "; touched";
    for (const auto shard : touched.shards()) text += ' ' + QByteArray::number(shard);
    return text;
}

// What a stored lookup from b holds, by the rows that are there.
class StoredKeys : public LookupSource {
public:
    explicit StoredKeys(const World& world) : world_(world) {}
    std::optional<std::vector<std::vector<Value>>> find(const Lookup& lookup, std::span<const Value> from) const override {
        std::vector<std::vector<Value>> keys;
        for (const auto& row : world_.rows) {
            if (!(row.value("b") == from[0])) continue;
            keys.push_back({keyPartValue(lookup.to[0], row.value(lookup.to[0].column))});
            if (!keys.back()[0].known()) return std::nullopt;
        }
        return keys;
    }

private:
    const World& world_;
};

}  // namespace

class TestRouter : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void readsAndWritesReachEveryTouchedRow() {
        Random random(1);
        uint64_t routed = 0, whole = 0, lookedUp = 0;
        for (int w = 0; w < worlds; ++w) {
            World world = testing::randomWorld(random);
            const TableDesign& table = *world.design.find("main.t");
            if (table.keyed() && random.below(2) && table.key[0].column != "b")
                world.design.lookups.push_back({"main.t", {{"b", "b", ValueType::integer}}, {table.key[0]}, true, {}});
            const StoredKeys stored(world);
            const Router router(world.facts, world.design, &stored);
            for (int i = 0; i < statements; ++i) {
                const auto lookups = world.design.lookupsOf("main.t");
                const Statement s = lookups.empty() || random.below(3) ? randomStatement(random, world, table.key) : byLookup(random, world, table.key, lookups[random.below(lookups.size())]);
                const Route route = router.route(s.access, s.keys, s.slots);
                const ShardSet touched = testing::touched(router, "main.t", world.rows, s.conditions);
                if (route.anyOne) {
                    QCOMPARE(table.strategy, Strategy::reference);
                    continue;
                }
                if (!route.shards.containsAll(touched)) QFAIL(describe(route, touched, table));
                routed += route.reason != RouteReason::scatter;
                lookedUp += route.reason == RouteReason::lookup;
                if (!table.keyed() || !boundWhole(s, world, table)) continue;
                QVERIFY(route.reason == RouteReason::equalUnique || route.reason == RouteReason::nothing);
                QVERIFY(route.shards.count() <= 1);
                ++whole;
            }
        }
        // The test means nothing if most statements scatter.
        QVERIFY2(routed > worlds * statements / 3, QByteArray::number(qulonglong(routed)));
        QVERIFY2(whole > 60, QByteArray::number(qulonglong(whole)));
        QVERIFY2(lookedUp > 300, QByteArray::number(qulonglong(lookedUp)));
    }

    void updatesOfKeysReachOldAndNewShards() {
        Random random(2);
        uint64_t moved = 0;
        for (int w = 0; w < worlds; ++w) {
            const World world = testing::randomWorld(random);
            const Router router(world.facts, world.design);
            const TableDesign& table = *world.design.find("main.t");
            if (!table.keyed()) continue;
            for (int i = 0; i < statements; ++i) {
                Statement s = randomStatement(random, world, table.key);
                s.access.kind = AccessKind::write;
                const auto after = randomUpdate(random, world, s, table.key);
                const Route route = router.route(s.access, s.keys, s.slots);
                ShardSet touched = testing::touched(router, "main.t", world.rows, s.conditions);
                const ShardSet before = touched;
                ShardSet left;
                for (const auto& row : after) left.unite(router.owners("main.t", row));
                touched.unite(left);
                // Where a part of the key is set, both sides are told apart.
                if (route.move) QVERIFY(route.move->from.containsAll(before) && route.move->to.containsAll(left));
                else QVERIFY(route.shards.containsAll(left));
                if (route.move && route.move->leftBy != RouteReason::scatter) QCOMPARE(route.reason, route.move->foundBy);
                moved += !(before == touched);
                if (!route.shards.containsAll(touched)) QFAIL(describe(route, touched, table));
            }
        }
        QVERIFY(moved > 200);
    }

    void insertsReachTheShardOfTheirRows() {
        Random random(3);
        for (int w = 0; w < worlds; ++w) {
            const World world = testing::randomWorld(random);
            const Router router(world.facts, world.design);
            const TableDesign& table = *world.design.find("main.t");
            for (int i = 0; i < statements / 2; ++i) {
                std::vector<OracleRow> rows;
                for (uint64_t n = 1 + random.below(3); n > 0; --n) rows.push_back(testing::randomRow(random, world));
                TableAccess access;
                access.kind = AccessKind::insert;
                std::vector<BoundKey> keys;
                bool whole = rows.size() == 1;
                for (const auto& domain : world.domains) {
                    if (domain.expression != domain.column) continue;
                    const bool given = random.below(8) != 0;
                    whole = whole && given;
                    if (!given) continue;   // by default: unknown
                    BoundKey key;
                    key.column = world.column(0, domain.column);
                    for (const auto& row : rows) key.values.push_back(row.value(domain.column));
                    std::sort(key.values.begin(), key.values.end());
                    key.values.erase(std::unique(key.values.begin(), key.values.end()), key.values.end());
                    keys.push_back(std::move(key));
                }
                const Route route = router.route(access, keys);
                QVERIFY(!route.anyOne);
                ShardSet touched;
                for (const auto& row : rows) touched.unite(router.owners("main.t", row));
                if (!route.shards.containsAll(touched)) QFAIL(describe(route, touched, table));
                if (whole && table.keyed() && route.shards.count() != 1) QFAIL(describe(route, touched, table));
            }
        }
    }

    // t.x = u.y and t.x = value: both tables are bound; and in one group, equal keys share a shard.
    void joinsAndColocation() {
        Random random(4);
        for (int w = 0; w < worlds; ++w) {
            World world = testing::randomWorld(random);
            TableDesign& t = world.design.tables[0];
            if (!t.keyed() || t.key.size() != 1) continue;
            TableDesign& u = world.design.tables[1];
            u = t;
            u.table = "main.u";
            std::erase_if(world.design.lookups, [](const Lookup& lookup) { return lookup.table == "main.u"; });
            QVERIFY2(validate(world.design).empty(), validate(world.design).empty() ? "" : validate(world.design).front().c_str());
            const Router router(world.facts, world.design);
            for (const Value& value : world.domain(t.key[0].expression).values) {
                const std::vector<Condition> conditions{{t.key[0].expression, sql::Operator::equal, {value}}};
                TableAccess access;
                access.table = 1;
                const BoundKey key = boundKey(conditions[0], world.column(1, t.key[0].expression), workload::Provenance::joinEqual);
                const Route route = router.route(access, std::span(&key, 1));
                QVERIFY(route.shards.containsAll(testing::touched(router, "main.u", world.others, conditions)));
                const ShardId shard = router.shardOfKey(t, std::span(&value, 1));
                QCOMPARE(router.shardOfKey(u, std::span(&value, 1)), shard);
                QVERIFY(route.shards.contains(shard));
            }
        }
    }

    void placementIsWhatTheDesignSays() {
        const auto facts = std::make_shared<workload::Facts>();
        Design design;
        design.shards = 3;
        design.tables.resize(3);
        design.tables[2] = {.table = "a.z", .strategy = Strategy::reference};
        design.tables[0] = {.table = "a.h", .strategy = Strategy::hash, .key = {{"k", "k", ValueType::integer}}};
        design.tables[1] = {.table = "a.r", .strategy = Strategy::range, .key = {{"k", "k", ValueType::integer}}, .group = 1};
        design.tables[1].ranges = {{{}, 2}, {{Value::integer(10)}, 0}, {{Value::integer(20)}, 1}};
        design.slotMaps[0] = evenSlotMap(3, 4096);
        QVERIFY(validate(design).empty());
        const Router router(facts, design);
        for (int64_t k = -50; k < 50; ++k) {
            const Value key = Value::integer(k);
            const auto slot = static_cast<uint32_t>(hashValue(key) >> 52);
            QCOMPARE(router.shardOfKey(design.tables[0], std::span(&key, 1)), ShardId(uint64_t{slot} * 3 / 4096));
            QCOMPARE(router.shardOfKey(design.tables[1], std::span(&key, 1)), ShardId(k < 10 ? 2 : k < 20 ? 0 : 1));
        }
        OracleRow row;
        QCOMPARE(router.owners("a.z", row).count(), 3u);
        QCOMPARE(router.owners("not.named", row).shards(), std::vector<ShardId>{0});
    }

    // A slot map of more slots refines one of fewer: the same keys stay together.
    void growingASlotMapMovesNothing() {
        TableDesign table{.table = "a.h", .strategy = Strategy::hash, .key = {{"k", "k", ValueType::integer}}};
        Design small, large;
        small.shards = large.shards = 4;
        small.slotMaps[0] = evenSlotMap(4);
        large.slotMaps[0].shardOfSlot.resize(countingSlots * 8);
        for (uint32_t slot = 0; slot < countingSlots * 8; ++slot) large.slotMaps[0].shardOfSlot[slot] = small.slotMaps[0].shardOfSlot[slot / 8];
        const auto a = makePlacement(table, small), b = makePlacement(table, large);
        for (int64_t k = 0; k < 5'000; ++k) {
            const Value key = Value::integer(k * 7919);
            QCOMPARE(a->shardOf(std::span(&key, 1)), b->shardOf(std::span(&key, 1)));
            QCOMPARE(a->shardOfHash(hashValue(key)), a->shardOf(std::span(&key, 1)));
        }
    }

    // Conditions on leading parts of a range key reach only the ranges they can touch.
    void rangesAreCoveredTightly() {
        World world;
        world.facts = std::make_shared<workload::Facts>();
        world.facts->schema.tables.emplace_back();
        world.facts->schema.tables[0].schema = "main";
        world.facts->schema.tables[0].name = "t";
        world.facts->columns = {{0, "k", "k", ValueType::integer}};
        world.design.shards = 10;
        world.design.tables = {{.table = "main.t", .strategy = Strategy::range, .key = {{"k", "k", ValueType::integer}}}};
        world.design.tables[0].ranges = {{{}, 0}};
        for (uint32_t i = 1; i < 10; ++i) world.design.tables[0].ranges.push_back({{Value::integer(i * 100)}, i});
        const Router router(world.facts, world.design);
        const auto shards = [&](int64_t low, int64_t high) {
            BoundKey key;
            key.range = true;
            key.low = Value::integer(low);
            key.high = Value::integer(high);
            return router.route(TableAccess(), std::span(&key, 1)).shards.shards();
        };
        QCOMPARE(shards(150, 150 + 1'000), (std::vector<ShardId>{1, 2, 3, 4, 5, 6, 7, 8, 9}));
        QCOMPARE(shards(99, 199), (std::vector<ShardId>{0, 1}));
        QCOMPARE(shards(300, 399), (std::vector<ShardId>{3}));
        QCOMPARE(shards(399, 300), (std::vector<ShardId>{}));
    }
};

QTEST_APPLESS_MAIN(TestRouter)
#include "test_router.moc"
