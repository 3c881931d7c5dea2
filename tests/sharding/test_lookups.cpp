// Lookups and the expressions that derived keys are made of: what they say is where the rows lie, and where they cannot tell,
// they say nothing.
#include <QtTest>

#include <fmt/format.h>

#include "core/sharding/key_expression.h"
#include "core/sharding/lookup.h"
#include "core/sharding/router.h"
#include "tests/support/oracle.h"

using namespace foreshard;
using namespace foreshard::sharding;
using foreshard::testing::Condition;
using foreshard::testing::OracleRow;
using workload::BoundKey;
using workload::TableAccess;

namespace {

// main.t: k integer, n text ("k padded with zeros"), e text (an e-mail address).
std::shared_ptr<workload::Facts> facts() {
    auto made = std::make_shared<workload::Facts>();
    schema::Table table{.schema = "main", .name = "t"};
    table.columns = {{.name = "e", .type = ValueType::text}, {.name = "k", .type = ValueType::integer}, {.name = "n", .type = ValueType::text}};
    made->schema.tables.push_back(table);
    made->columns = {{0, "e", "e", ValueType::text}, {0, "k", "k", ValueType::integer}, {0, "n", "n", ValueType::text}};
    return made;
}

const KeyPart k{"k", "k", ValueType::integer}, n{"n", "n", ValueType::text}, e{"e", "e", ValueType::text};

OracleRow row(int64_t key) {
    OracleRow made;
    made.values = {{"k", Value::integer(key)}, {"n", Value::ofText(fmt::format("{:08}", key))}, {"e", Value::ofText(fmt::format("user{}@example.org", key % 50))}};
    return made;
}

Design design(Strategy strategy, uint32_t shards) {
    Design made;
    made.shards = shards;
    TableDesign table{.table = "main.t", .strategy = strategy, .key = {k}};
    table.ranges = {{{}, 0}, {{Value::integer(100)}, 1 % shards}, {{Value::integer(200)}, 2 % shards}};
    table.ring.weights.assign(shards, 1.0);
    if (strategy == Strategy::directory) table.directory = {{{Value::integer(7)}, shards - 1}};
    made.tables = {table};
    made.slotMaps[0] = evenSlotMap(shards);
    return made;
}

BoundKey bound(workload::ColumnId column, std::vector<Value> values) {
    BoundKey key;
    key.column = column;
    std::sort(values.begin(), values.end());
    key.values = std::move(values);
    return key;
}

// Who has which address.
class Addresses : public LookupSource {
public:
    explicit Addresses(const std::vector<OracleRow>& rows) {
        for (const auto& r : rows) keys_[r.value("e").text].push_back({r.value("k")});
    }
    std::optional<std::vector<std::vector<Value>>> find(const Lookup&, std::span<const Value> from) const override {
        if (from[0].text == "secret") return std::nullopt;
        const auto found = keys_.find(from[0].text);
        return found == keys_.end() ? std::vector<std::vector<Value>>() : found->second;
    }

private:
    std::map<std::string, std::vector<std::vector<Value>>> keys_;
};

Value derived(const char* expression, const Value& value, ValueType type) { return keyPartValue({expression, "x", type}, value); }

}  // namespace

class TestLookups : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void expressions() {
        const auto whole = ValueType::integer;
        QVERIFY(derived("x::bigint", Value::ofText("000042"), whole) == Value::integer(42));
        QVERIFY(derived("x::bigint", Value::ofText("-7"), whole) == Value::integer(-7));
        QVERIFY(derived("x::bigint", Value::ofText("4x"), whole) == Value());
        QVERIFY(derived("x::bigint", Value::ofText(""), whole) == Value());
        QVERIFY(derived("left(x, 3)", Value::ofText("Ärger"), ValueType::text) == Value::ofText("Ärg"));
        QVERIFY(derived("left(x, 9)", Value::ofText("ab"), ValueType::text) == Value::ofText("ab"));
        QVERIFY(derived("left(x, 4)::bigint", Value::ofText("0012-99"), whole) == Value::integer(12));
        QVERIFY(derived("split_part(x, '-', 2)", Value::ofText("a-b-c"), ValueType::text) == Value::ofText("b"));
        QVERIFY(derived("split_part(x, '-', 4)", Value::ofText("a-b-c"), ValueType::text) == Value::ofText(""));
        QVERIFY(derived("split_part(x, '-', 1)::bigint", Value::ofText("17-3"), whole) == Value::integer(17));
        QVERIFY(derived("x / 1000", Value::integer(41'999), whole) == Value::integer(41));
        QVERIFY(derived("x / 1000", Value::integer(-1'500), whole) == Value::integer(-1));
        QVERIFY(derived("x / 1000", Value::ofText("1"), whole) == Value());
        QVERIFY(derived("x::bigint", Value::null(), whole) == Value::null());
        for (const char* unknown : {"left(x)", "left(y, 3)", "left(x, 0)", "left(x, -1)", "split_part(x, '', 1)", "split_part(x, 1)", "x / 0", "x / y", "x / 2 / 3", "reverse(x)", "x::date"})
            QVERIFY2(!computable({unknown, "x", whole}), unknown);
    }

    // Every strategy: an access that binds n alone reaches the row, and one shard only.
    void derivedLookupsFindTheRow() {
        const std::vector<OracleRow> rows = [] {
            std::vector<OracleRow> made;
            for (int64_t key = 1; key <= 300; ++key) made.push_back(row(key));
            return made;
        }();
        for (const auto strategy : {Strategy::hash, Strategy::range, Strategy::consistentHash, Strategy::directory})
            for (const uint32_t shards : {1u, 3u, 70u}) {
                Design with = design(strategy, shards);
                with.lookups = {{"main.t", {n}, {k}, false, "n::bigint"}};
                QVERIFY2(validate(with).empty(), validate(with).empty() ? "" : validate(with)[0].c_str());
                const Router router(facts(), with), plain(facts(), design(strategy, shards));
                for (int64_t key = 1; key <= 300; key += 7) {
                    const std::vector<Condition> conditions{{"n", sql::Operator::equal, {row(key).value("n")}}};
                    const BoundKey one = bound(2, {row(key).value("n")});
                    const auto touched = testing::touched(router, "main.t", rows, conditions);
                    for (const auto kind : {workload::AccessKind::read, workload::AccessKind::write, workload::AccessKind::insert}) {
                        TableAccess access;
                        access.kind = kind;
                        const Route route = router.route(access, std::span(&one, 1));
                        QVERIFY(route.shards == touched && route.shards.count() == 1);
                        QCOMPARE(route.reason, RouteReason::lookup);
                        QCOMPARE(route.provenance, workload::Provenance::lookedUp);
                    }
                    QCOMPARE(plain.route(TableAccess(), std::span(&one, 1)).reason, RouteReason::scatter);
                    const BoundKey list = bound(2, {row(key).value("n"), row(key % 300 + 1).value("n")});
                    const Route both = router.route(TableAccess(), std::span(&list, 1));
                    QVERIFY(both.shards.containsAll(touched) && both.shards.count() <= 2);
                }
            }
    }

    void whatALookupCannotTell() {
        Design with = design(Strategy::hash, 4);
        with.lookups = {{"main.t", {n}, {k}, false, "n::bigint"}};
        const Router router(facts(), with);
        for (const Value& value : {Value::null(), Value::ofText("abc"), Value()}) {
            const BoundKey key = bound(2, {value});
            QCOMPARE(router.route(TableAccess(), std::span(&key, 1)).reason, RouteReason::scatter);
        }
        // The key itself goes before the lookup; both together must fit.
        const std::vector<BoundKey> keys{bound(1, {Value::integer(5)}), bound(2, {Value::ofText("00000006")})};
        const Value five = Value::integer(5);
        QCOMPARE(router.route(TableAccess(), keys).shards.shards(), std::vector<ShardId>{router.shardOfKey(with.tables[0], std::span(&five, 1))});
    }

    void storedLookups() {
        std::vector<OracleRow> rows;
        for (int64_t key = 1; key <= 300; ++key) rows.push_back(row(key));
        const Addresses addresses(rows);
        Design with = design(Strategy::hash, 16);
        with.lookups = {{"main.t", {e}, {k}, true, {}}};
        QVERIFY(validate(with).empty());
        const Router router(facts(), with, &addresses), blind(facts(), with);
        for (int user = 0; user < 50; ++user) {
            const Value address = Value::ofText(fmt::format("user{}@example.org", user));
            const std::vector<Condition> conditions{{"e", sql::Operator::equal, {address}}};
            const BoundKey key = bound(0, {address});
            QVERIFY(router.route(TableAccess(), std::span(&key, 1)).shards == testing::touched(router, "main.t", rows, conditions));
            QCOMPARE(blind.route(TableAccess(), std::span(&key, 1)).reason, RouteReason::scatter);
        }
        const BoundKey nobody = bound(0, {Value::ofText("nobody")}), secret = bound(0, {Value::ofText("secret")});
        QCOMPARE(router.route(TableAccess(), std::span(&nobody, 1)).reason, RouteReason::nothing);
        QCOMPARE(router.route(TableAccess(), std::span(&secret, 1)).reason, RouteReason::scatter);
    }

    void designsThatMakeNoSense() {
        const auto complains = [](const Lookup& lookup) {
            Design with = design(Strategy::hash, 4);
            with.lookups = {lookup};
            return !validate(with).empty();
        };
        QVERIFY(!complains({"main.t", {n}, {k}, false, "n::bigint"}));
        QVERIFY(complains({"main.u", {n}, {k}, false, "n::bigint"}));
        QVERIFY(complains({"main.t", {n}, {e}, false, "n::bigint"}));
        QVERIFY(complains({"main.t", {n}, {k}, false, "reverse(n)"}));
        QVERIFY(complains({"main.t", {}, {k}, true, {}}));
    }
};

QTEST_APPLESS_MAIN(TestLookups)
#include "test_lookups.moc"
