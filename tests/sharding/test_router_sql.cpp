// The router behind real SQL: random statements go through scanner, facts and bound keys; then SQLite runs each of them twice,
// on all rows and on the rows of the routed shards alone. Both must do the same.
#include <QtTest>

#include <sqlite3.h>

#include <memory>

#include "core/schema/ddl_reader.h"
#include "core/sharding/router.h"
#include "core/workload/partial.h"
#include "tests/sharding/random_sql.h"
#include "tests/support/oracle.h"

using namespace foreshard;
using namespace foreshard::sharding;
using foreshard::testing::OracleRow;
using foreshard::testing::RandomStatement;
using foreshard::testing::SqlKind;
using workload::Workload;

namespace {

constexpr int worlds = 40, statements = 60;
const std::string ddl = "CREATE TABLE public.t (id bigint, a bigint, b bigint, s text);\nCREATE TABLE public.u (id bigint, a bigint, b bigint, s text);\n";

using Row = std::vector<Value>;   // id, a, b, s
using Rows = std::vector<std::vector<std::string>>;

class Sqlite {
public:
    Sqlite() {
        sqlite3_open(":memory:", &db_);
        run("CREATE TABLE t (id INTEGER, a INTEGER, b INTEGER, s TEXT); CREATE TABLE u (id INTEGER, a INTEGER, b INTEGER, s TEXT)");
    }
    ~Sqlite() { sqlite3_close(db_); }
    bool run(const std::string& sql) { return sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK; }
    void insert(const char* table, const Row& row) {
        std::string text = std::string("INSERT INTO ") + table + " VALUES (";
        for (size_t i = 0; i < row.size(); ++i) text += (i ? "," : "") + (row[i].kind == ValueKind::text ? sqlQuoted(row[i].text) : toText(row[i]));
        run(text + ")");
    }
    // Sorted; nothing where SQLite refuses the statement.
    std::optional<Rows> query(const std::string& sql) {
        sqlite3_stmt* statement = nullptr;
        if (sqlite3_prepare_v2(db_, sql.c_str(), -1, &statement, nullptr) != SQLITE_OK) return std::nullopt;
        Rows rows;
        int code = 0;
        while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
            auto& row = rows.emplace_back();
            for (int i = 0; i < sqlite3_column_count(statement); ++i) {
                const auto* text = sqlite3_column_text(statement, i);
                row.push_back(text ? "=" + std::string(reinterpret_cast<const char*>(text)) : "NULL");
            }
        }
        sqlite3_finalize(statement);
        std::sort(rows.begin(), rows.end());
        return code == SQLITE_DONE ? std::optional(rows) : std::nullopt;
    }

private:
    static std::string sqlQuoted(const std::string& text) {
        std::string out = "'";
        for (const char c : text) out += c == '\'' ? "''" : std::string(1, c);
        return out + "'";
    }
    sqlite3* db_ = nullptr;
};

Row randomRow(Random& random, int64_t id) {
    static const char* texts[] = {"x", "X", "yy", "Zed", "", "o'k"};
    const auto number = [&] { return random.below(10) == 0 ? Value::null() : Value::integer(random.between(-2, 9)); };
    return {Value::integer(id), number(), number(), random.below(10) == 0 ? Value::null() : Value::ofText(texts[random.below(6)])};
}

OracleRow asOracleRow(const Row& row) {
    OracleRow out;
    const char* names[] = {"id", "a", "b", "s"};
    for (size_t i = 0; i < 4; ++i) out.values[names[i]] = row[i];
    return out;
}

TableDesign randomTable(Random& random, const char* name, uint32_t group, uint32_t shards) {
    TableDesign table;
    table.table = name;
    table.strategy = static_cast<Strategy>(random.below(6));
    table.group = group;
    table.home = static_cast<ShardId>(random.below(shards));
    if (!table.keyed()) return table;
    const std::vector<KeyPart> parts{{"a", "a", ValueType::integer}, {"b", "b", ValueType::integer}, {"s", "s", ValueType::text}, {"lower(s)", "s", ValueType::text}};
    const size_t first = random.below(parts.size());
    table.key.push_back(parts[first]);
    if (random.below(3) == 0) table.key.push_back(parts[(first + 1) % parts.size()]);
    table.ranges = {{{}, 0}};
    const Value low = first < 2 ? Value::integer(2) : Value::ofText("X"), high = first < 2 ? Value::integer(5) : Value::ofText("x");
    table.ranges.push_back({{low}, static_cast<ShardId>(random.below(shards))});
    table.ranges.push_back({{high}, static_cast<ShardId>(random.below(shards))});
    table.ring.weights.assign(shards, 1.0);
    if (table.strategy == Strategy::directory) {
        table.directory.push_back({{first < 2 ? Value::integer(3) : Value::ofText("x")}, static_cast<ShardId>(random.below(shards))});
        if (table.key.size() == 2) table.directory[0].key.push_back(Value::null());
    }
    return table;
}

std::shared_ptr<const Workload> workloadOf(const std::vector<RandomStatement>& all) {
    const schema::DdlText text{"schema.sql", ddl};
    auto schema = std::make_shared<const schema::Schema>(schema::readDdl(std::span(&text, 1)).schema);
    workload::PartialBuilder builder(schema);
    builder.beginRange("test", 0);
    for (size_t i = 0; i < all.size(); ++i) {
        workload::CallEvent event;
        event.offset = i + 1;
        event.time = static_cast<Instant>(i + 1) * microsPerSecond;
        event.session = "s";
        event.statement = all[i].text;
        builder.add(event);
    }
    return finish(builder.finishRange(all.size() + 1, workload::RangeNotes()));
}

// The world of one design: rows with their shards.
struct World {
    Design design;
    std::vector<Row> rows[2];
    std::vector<ShardSet> owners[2];
};

World randomWorld(Random& random, const std::shared_ptr<const workload::Facts>& facts) {
    World world;
    world.design.shards = 2 + static_cast<uint32_t>(random.below(6));
    for (uint32_t i = 0; i < 2; ++i) {
        world.design.tables.push_back(randomTable(random, i == 0 ? "public.t" : "public.u", i, world.design.shards));
        world.design.slotMaps[i] = evenSlotMap(world.design.shards);
    }
    const Router router(facts, world.design);
    for (int i = 0; i < 2; ++i)
        for (int64_t id = 1; id <= 30; ++id) {
            world.rows[i].push_back(randomRow(random, id));
            world.owners[i].push_back(router.owners(world.design.tables[static_cast<size_t>(i)].table, asOracleRow(world.rows[i].back())));
        }
    return world;
}

// Shards routed for each table, all its accesses together, and for writes to t alone.
struct Routed {
    ShardSet tables[2];
    ShardSet writes;
    bool everything = true;
};

Routed routeAll(const Router& router, const workload::SampledCall& call) {
    const workload::Facts& facts = *router.facts();
    Routed routed;
    for (const auto& access : facts.templates[call.templateId].accesses) {
        const std::string& name = facts.schema.tables[access.table].name;
        const int table = name == "u";
        const Route route = router.route(access, boundKeys(facts, call, access), call.slots);
        routed.tables[table].unite(route.shards);
        routed.everything = routed.everything && route.shards.count() == router.design().shards;
        if (access.kind != workload::AccessKind::read) routed.writes.unite(route.shards);
    }
    return routed;
}

}  // namespace

class TestRouterSql : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void routedRowsAreEnough() {
        Random random(qEnvironmentVariableIsSet("FORESHARD_SEED") ? qEnvironmentVariableIntValue("FORESHARD_SEED") : 11);
        uint64_t checked = 0, narrowed = 0;
        for (int w = 0; w < worlds; ++w) {
            std::vector<RandomStatement> all;
            testing::SqlMaker maker(random);
            for (int i = 0; i < statements; ++i) all.push_back(maker.statement());
            const auto workload = workloadOf(all);
            QCOMPARE(workload->facts->transactions.size(), all.size());
            const World world = randomWorld(random, workload->facts);
            const Router router(workload->facts, world.design);
            for (size_t i = 0; i < all.size(); ++i) {
                const auto& transaction = workload->facts->transactions[i];
                QCOMPARE(transaction.calls.size(), size_t(1));
                const Routed routed = routeAll(router, transaction.calls[0]);
                narrowed += !routed.everything;
                checked += check(all[i], world, router, routed);
                if (QTest::currentTestFailed()) return;
            }
        }
        QVERIFY2(checked > worlds * statements * 9 / 10, QByteArray::number(qulonglong(checked)));
        QVERIFY2(narrowed > worlds * statements / 4, QByteArray::number(qulonglong(narrowed)));
    }

private:
    // False where SQLite does not take the statement.
    bool check(const RandomStatement& statement, const World& world, const Router& router, const Routed& routed) {
        Sqlite full, part;
        for (int table = 0; table < 2; ++table)
            for (size_t i = 0; i < world.rows[table].size(); ++i) {
                full.insert(table == 0 ? "t" : "u", world.rows[table][i]);
                ShardSet here = world.owners[table][i];
                here.intersect(routed.tables[table]);
                if (!here.empty()) part.insert(table == 0 ? "t" : "u", world.rows[table][i]);
            }
        const char* state = "SELECT * FROM t";
        const Rows before = *part.query(state);
        const auto onAll = full.query(statement.text), onPart = part.query(statement.text);
        if (!onAll || !onPart) return false;
        if (statement.kind == SqlKind::select) {
            if (*onAll != *onPart) complain(statement, routed, world);
            return true;
        }
        const Rows allAfter = *full.query(state), partAfter = *part.query(state);
        if (statement.kind == SqlKind::insert) {
            if (allAfter.size() - world.rows[0].size() != partAfter.size() - before.size()) complain(statement, routed, world);
        } else {
            // Rows that the router left out must be as they were.
            Rows expected = partAfter;
            for (size_t i = 0; i < world.rows[0].size(); ++i) {
                ShardSet here = world.owners[0][i];
                here.intersect(routed.tables[0]);
                if (here.empty()) expected.push_back(asText(world.rows[0][i]));
            }
            std::sort(expected.begin(), expected.end());
            if (expected != allAfter) complain(statement, routed, world);
        }
        checkNewPlaces(statement, world, router, routed, allAfter);
        return true;
    }

    // Rows that are new or changed lie on shards that the statement writes to.
    void checkNewPlaces(const RandomStatement& statement, const World& world, const Router& router, const Routed& routed, const Rows& after) {
        Rows old;
        for (const Row& row : world.rows[0]) old.push_back(asText(row));
        std::sort(old.begin(), old.end());
        for (const auto& row : after) {
            if (std::binary_search(old.begin(), old.end(), row)) continue;
            const auto cell = [&](size_t i, bool text) {
                if (row[i] == "NULL") return Value::null();
                return text ? Value::ofText(row[i].substr(1)) : Value::integer(std::stoll(row[i].substr(1)));
            };
            const Row values{cell(0, false), cell(1, false), cell(2, false), cell(3, true)};
            if (!routed.writes.containsAll(router.owners("public.t", asOracleRow(values)))) complain(statement, routed, world);
        }
    }

    static std::vector<std::string> asText(const Row& row) {
        std::vector<std::string> out;
        for (const Value& value : row) out.push_back(value.kind == ValueKind::null ? "NULL" : "=" + toText(value));
        return out;
    }

    void complain(const RandomStatement& statement, const Routed& routed, const World& world) {
        QByteArray text = statement.text.c_str();
        for (int table = 0; table < 2; ++table) {
            const TableDesign& design = world.design.tables[static_cast<size_t>(table)];
            text += QByteArray("\n") + design.table.c_str() + ": " + toString(design.strategy);
            for (const auto& part : design.key) text += QByteArray(" ") + part.expression.c_str();
            text += "; routed to";
            for (const auto shard : routed.tables[table].shards()) text += " " + QByteArray::number(shard);
        }
        QFAIL(text);
    }
};

QTEST_APPLESS_MAIN(TestRouterSql)
#include "test_router_sql.moc"
