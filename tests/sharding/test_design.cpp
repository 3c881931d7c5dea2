// Designs: the serialised form, its refusal of damage, and what validate() finds.
#include <QtTest>

#include "core/base/hash.h"
#include "core/sharding/key_placement.h"

using namespace foreshard;
using namespace foreshard::sharding;

namespace {

Design everything() {
    Design design;
    design.id = "d1";
    design.name = "everything";
    design.shards = 4;
    const std::vector<KeyPart> key{{"lower(email)", "email", ValueType::text}, {"n", "n", ValueType::integer}};
    design.tables = {{.table = "a.directory", .strategy = Strategy::directory, .key = key, .group = 1},
                     {.table = "a.hash", .strategy = Strategy::hash, .key = key, .prefix = 1, .prefixSpread = 2},
                     {.table = "a.range", .strategy = Strategy::range, .key = key, .group = 2},
                     {.table = "a.reference", .strategy = Strategy::reference},
                     {.table = "a.ring", .strategy = Strategy::consistentHash, .key = key, .placement = Placement::enginesHash, .group = 3},
                     {.table = "a.single", .strategy = Strategy::unsharded, .home = 3}};
    design.tables[0].directory = {{{Value::ofText("x"), Value::integer(-1)}, 3}};
    design.tables[2].ranges = {{{}, 1}, {{Value::ofText("m")}, 2}, {{Value::ofText("m"), Value::null()}, 0}};
    design.tables[4].ring = {{1, 0.5, 2, 1}, 32};
    design.slotMaps[0] = evenSlotMap(4);
    design.slotMaps[1] = evenSlotMap(4, 2048);
    design.lookups = {{"a.hash", {{"id", "id", ValueType::uuid}}, key, true, {}}};
    return design;
}

bool mentions(const std::vector<std::string>& sentences, const char* word) {
    return std::any_of(sentences.begin(), sentences.end(), [&](const std::string& s) { return s.find(word) != std::string::npos; });
}

}  // namespace

class TestDesign : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void roundTrip() {
        const Design design = everything();
        QCOMPARE(validate(design), std::vector<std::string>{});
        const std::string bytes = writeDesign(design);
        const auto read = readDesign(bytes);
        QVERIFY(read.ok());
        QVERIFY(*read == design);
        QCOMPARE(writeDesign(*read), bytes);
        Design renamed = design;
        renamed.id = "d2";
        QCOMPARE(renamed.fingerprint(), design.fingerprint());
        renamed.slotMaps[0].shardOfSlot[7] = 3;
        QVERIFY(renamed.fingerprint() != design.fingerprint());
    }

    void damageIsRefusedOrHarmless() {
        const std::string bytes = writeDesign(everything());
        QCOMPARE(readDesign("").error().category, ErrorCategory::format);
        std::string newer = bytes;
        newer[8] = 99;
        QCOMPARE(readDesign(newer).error().category, ErrorCategory::version);
        for (size_t cut = 0; cut < bytes.size(); cut += 7) QVERIFY(!readDesign(std::string_view(bytes).substr(0, cut)).ok());
        Random random(5);
        const Value key[] = {Value::ofText("x"), Value::integer(1)};
        for (int i = 0; i < 3'000; ++i) {
            std::string bad = bytes;
            for (uint64_t flips = 1 + random.below(3); flips > 0; --flips) bad[random.below(bad.size())] ^= static_cast<char>(1 << random.below(8));
            const auto design = readDesign(bad);
            if (!design) continue;
            validate(*design);
            // Whatever was read routes without harm.
            for (const auto& table : design->tables)
                if (table.keyed()) QVERIFY(makePlacement(table, *design)->shardOf(key) < design->shards);
        }
    }

    void validateFindsWhatIsWrong() {
        Design d = everything();
        d.slotMaps[0].shardOfSlot.resize(1000);
        QVERIFY(mentions(validate(d), "power of two"));
        d = everything();
        d.slotMaps[1].shardOfSlot[0] = 4;
        QVERIFY(mentions(validate(d), "does not have"));
        d = everything();
        d.tables[1].group = 1;
        QVERIFY(mentions(validate(d), "different strategies"));
        d = everything();
        std::swap(d.tables[2].ranges[1], d.tables[2].ranges[2]);
        QVERIFY(mentions(validate(d), "out of order"));
        d = everything();
        d.slotMaps.erase(0);
        QVERIFY(mentions(validate(d), "no slots"));
        d = everything();
        d.tables[3].key = d.tables[1].key;
        QVERIFY(mentions(validate(d), "cannot have a key"));
        d = everything();
        d.tables[1].key[0] = {"md5(email)", "email", ValueType::text};
        QVERIFY(mentions(validate(d), "cannot compute"));
        d = everything();
        d.tables[0] = d.tables[1];
        d.tables[0].table = "a.b";
        d.tables[0].key[1].type = ValueType::text;
        QVERIFY(mentions(validate(d), "key types"));
    }

    void keyExpressions() {
        const auto value = [](const char* expression, const char* column, const Value& v) { return keyPartValue({expression, column, ValueType::unknown}, v); };
        QCOMPARE(toText(value("lower(e)", "e", Value::ofText("AbÄ"))), std::string("abÄ"));
        QCOMPARE(toText(value("upper(e)", "e", Value::ofText("stra\u00dfe"))), std::string("STRASSE"));
        const Value json = Value::ofText("{\"a\": {\"t\": 1}, \"t\": \"x\\n\\\"y\", \"n\": 4, \"t'\": 7}");
        QCOMPARE(toText(value("j->>'t'", "j", json)), std::string("x\n\"y"));
        QCOMPARE(toText(value("j->>'a'", "j", json)), std::string("{\"t\": 1}"));
        QCOMPARE(value("j->>'t'''", "j", Value::ofText("{\"t'\": 7}")), Value::integer(7));
        QVERIFY(value("j->>'none'", "j", json) == Value::null());
        for (const char* broken : {"", "[1]", "{", "{\"t\"", "nonsense", "{\"t\":}"}) QVERIFY(value("j->>'t'", "j", Value::ofText(broken)).kind == ValueKind::null);
        QVERIFY(value("md5(e)", "e", Value::ofText("x")).kind == ValueKind::missing);
        QVERIFY(value("lower(other)", "e", Value::ofText("x")).kind == ValueKind::missing);
    }

    void shardSets() {
        for (const uint32_t n : {1u, 63u, 64u, 65u, 128u, 200u}) {
            QCOMPARE(ShardSet::all(n).count(), n);
            ShardSet set = ShardSet::all(n);
            set.intersect(ShardSet::one(n - 1));
            QCOMPARE(set.shards(), std::vector<ShardId>{n - 1});
            QVERIFY(ShardSet::all(n).containsAll(set) && !set.contains(n) && (n == 1 || !set.containsAll(ShardSet::all(n))));
            ShardSet wide = ShardSet::one(0);
            wide.insert(300);
            wide.intersect(ShardSet::one(0));
            QVERIFY(wide == ShardSet::one(0));
        }
    }

    // A shard taken off a ring gives its keys to others and moves nothing else.
    void ringMovesLittle() {
        TableDesign table{.table = "t", .strategy = Strategy::consistentHash, .key = {{"k", "k", ValueType::integer}}};
        Design design;
        design.shards = 5;
        table.ring.weights = {1, 1, 1, 1, 2};
        const auto full = makePlacement(table, design);
        table.ring.weights[3] = 0;
        const auto less = makePlacement(table, design);
        std::vector<int> counts(5);
        for (int64_t k = 0; k < 20'000; ++k) {
            const Value key = Value::integer(k);
            const ShardId before = full->shardOf(std::span(&key, 1)), after = less->shardOf(std::span(&key, 1));
            ++counts[before];
            if (before != 3) QCOMPARE(after, before);
            else QVERIFY(after != 3);
        }
        QVERIFY2(counts[4] > counts[0] * 3 / 2 && counts[4] < counts[0] * 3, "weights decide the share");
    }
};

QTEST_APPLESS_MAIN(TestDesign)
#include "test_design.moc"
