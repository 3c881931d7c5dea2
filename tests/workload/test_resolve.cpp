// From names as written to logical tables and key columns.
#include <QtTest>

#include "core/workload/resolve.h"
#include "tests/workload/small_log.h"

using namespace small;

namespace {

std::shared_ptr<const schema::Schema> shop() {
    auto measure = table("measure", {column("at", ValueType::timestamp), column("device", ValueType::integer)});
    measure.partitions = {"public.measure_2024", "public.measure_2025"};
    auto user = table("users", {column("id", ValueType::uuid), column("email", ValueType::text), column("data", ValueType::json), column("score", ValueType::real)}, {"id"});
    return schemaOf({table("customer", {column("id", ValueType::integer), column("region", ValueType::text)}, {"id"}),
                     table("orders", {column("id", ValueType::integer), column("customer_id", ValueType::integer), column("placed", ValueType::timestamp)}, {"id"}),
                     table("item", {column("order_id", ValueType::integer), column("sku", ValueType::text), column("customer_id", ValueType::integer)}),
                     measure, user, table("a.doc", {column("id", ValueType::integer)}), table("b.doc", {column("id", ValueType::integer)})});
}

// "table.column op provenance slots" of every binding, sorted, to compare as text.
QStringList bindings(const std::string& statement, std::vector<std::string> path = {}) {
    const auto schema = shop();
    const auto facts = sql::statementFacts(statement);
    NameTable names(schema.get());
    const auto resolution = resolveAccesses(facts, resolveTables(facts, *schema, path), names);
    QStringList result;
    for (const auto& access : resolution.accesses) {
        if (access.bindings.empty()) result << QString::fromStdString(names.tables()[access.table]);
        for (const auto& binding : access.bindings) {
            QStringList slots_;
            for (const auto slot : binding.slots) slots_ << QString::number(slot);
            result << QString("%1.%2 %3 %4%5").arg(QString::fromStdString(names.tables()[access.table]), QString::fromStdString(names.columns()[binding.column].expression),
                                                   sql::toString(binding.op), slots_.join(','), binding.provenance == Provenance::joinEqual ? " join" : "");
        }
    }
    result.sort();
    return result;
}

}  // namespace

class TestResolve : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void statements_data() {
        QTest::addColumn<QString>("statement");
        QTest::addColumn<QStringList>("expected");
        const auto row = [](const char* statement, QStringList expected) {
            expected.sort();
            QTest::newRow(statement) << QString(statement) << expected;
        };
        row("SELECT * FROM customer WHERE id = 7", {"public.customer.id = 0"});
        row("SELECT * FROM public.customer c WHERE c.id = 7 AND region IN ('x', 'y')", {"public.customer.id = 0", "public.customer.region in 1"});
        row("SELECT * FROM orders WHERE placed BETWEEN '2024-01-01' AND '2024-02-01'", {"public.orders.placed between 0,1"});
        // Equality is closed over joins, both ways and over three tables.
        row("SELECT 1 FROM customer c JOIN orders o ON o.customer_id = c.id JOIN item i ON i.customer_id = c.id WHERE o.customer_id = 5",
            {"public.customer.id = 1 join", "public.orders.customer_id = 1", "public.item.customer_id = 1 join"});
        // A column that one table alone has needs no qualifier; one that two have is not decided.
        row("SELECT 1 FROM customer, orders WHERE region = 'x' AND id = 3", {"public.customer.region = 1", "public.orders"});
        row("UPDATE orders SET placed = now() WHERE id = 3", {"public.orders.id = 0"});
        row("DELETE FROM item WHERE order_id = 3 AND sku = 'a'", {"public.item.order_id = 0", "public.item.sku = 1"});
        // A payload timestamp is not counted.
        row("INSERT INTO orders (id, customer_id, placed) VALUES (1, 2, '2024-01-01')", {"public.orders.id = 0", "public.orders.customer_id = 1"});
        row("INSERT INTO customer VALUES (1, 'north')", {"public.customer.id = 0", "public.customer.region = 1"});
        row("SELECT * FROM measure_2025 WHERE device = 4", {"public.measure.device = 0"});
        row("SELECT * FROM users WHERE lower(email) = 'x' AND data->>'tenant' = '7' AND score = 1.5",
            {"public.users.lower(email) = 0", "public.users.data->>'tenant' = 1"});
        row("SELECT * FROM nowhere n WHERE n.k = 3", {"public.nowhere.k = 0"});
        row("SELECT * FROM far.away WHERE k = 3", {"far.away.k = 0"});
        row("WITH o AS (SELECT * FROM orders WHERE customer_id = 3) SELECT * FROM o", {"public.orders.customer_id = 0"});
        row("SELECT * FROM customer WHERE id = 1 OR region = 'x'", {"public.customer"});
        row("SELECT * FROM customer WHERE id = 1 OR id = 2", {"public.customer.id in 0,1"});
        // Rows of orders are not limited by a condition on the other side of an outer join.
        row("SELECT * FROM orders o LEFT JOIN item i ON i.customer_id = o.customer_id AND i.customer_id = 4", {"public.orders", "public.item.customer_id = 0"});
        row("SELECT * FROM orders o LEFT JOIN item i ON i.customer_id = o.customer_id WHERE o.customer_id = 4",
            {"public.orders.customer_id = 0", "public.item.customer_id = 0 join"});
        row("INSERT INTO item (order_id, customer_id) SELECT id, customer_id FROM orders WHERE customer_id = 4",
            {"public.item.customer_id = 0 join", "public.orders.customer_id = 0"});
        row("SELECT * FROM customer c WHERE id = 3 AND EXISTS (SELECT * FROM orders WHERE region = 'x' AND customer_id = c.id)",
            {"public.customer.id = 0", "public.customer.region = 1", "public.orders.customer_id = 0 join"});
        // MERGE touches what its condition finds and what it inserts: what one of them alone says binds nothing.
        row("MERGE INTO item i USING (VALUES (1, 7)) v(o, c) ON i.order_id = v.o AND i.customer_id = v.c WHEN NOT MATCHED THEN INSERT (order_id, customer_id) VALUES (v.o, v.c)",
            {"public.item.order_id = 0", "public.item.customer_id = 1"});
        row("MERGE INTO item i USING (VALUES (1)) v(o) ON i.order_id = v.o WHEN NOT MATCHED THEN INSERT (order_id, customer_id) VALUES (5, 6)", {"public.item.order_id in 0,1"});
        row("MERGE INTO item i USING (VALUES (1)) v(o) ON i.order_id = v.o AND i.sku = 'x' WHEN NOT MATCHED THEN INSERT (order_id, sku) VALUES (v.o, lower('Y'))", {"public.item.order_id = 0"});
        row("MERGE INTO item i USING (VALUES (1)) v(o) ON i.order_id = v.o AND i.sku = 'x' WHEN MATCHED THEN DELETE", {"public.item.order_id = 0", "public.item.sku = 1"});
    }
    // What a CTE deletes is not inserted, whatever the statement is.
    void kindsOfAccess() {
        const auto schema = shop();
        const auto facts = sql::statementFacts("WITH gone AS (DELETE FROM item WHERE sku = 'x' RETURNING *) INSERT INTO orders SELECT order_id, customer_id FROM gone");
        NameTable names(schema.get());
        const auto accesses = resolveAccesses(facts, resolveTables(facts, *schema, {}), names).accesses;
        QCOMPARE(accesses.size(), 2u);
        QCOMPARE(names.tables()[accesses[0].table], std::string("public.item"));
        QVERIFY(accesses[0].kind == AccessKind::write && accesses[1].kind == AccessKind::insert);
    }
    // A temporary table is one session's own: neither a table of the workload nor an access.
    void temporaryTables() {
        const auto w = workloadOf({{"s", "SELECT * FROM third WHERE id = 1"}, {"s", "CREATE TEMP TABLE scratch (id int, customer_id int)"},
                                   {"s", "INSERT INTO scratch SELECT id, customer_id FROM orders WHERE customer_id = 4"}, {"s", "CREATE LOCAL TEMPORARY TABLE IF NOT EXISTS more AS SELECT * FROM item"},
                                   {"s", "SELECT * INTO TEMP third FROM customer"}, {"s", "SELECT * FROM orders o JOIN scratch s ON s.customer_id = o.customer_id WHERE o.customer_id = 4"},
                                   {"s", "UPDATE more SET sku = 'x' WHERE order_id = 2"}, {"s", "SELECT * FROM pg_temp.other"}, {"s", "CREATE TABLE kept (id int)"}, {"s", "SELECT id AS temp INTO kept2 FROM customer"}}, shop());
        QStringList logged;
        for (const auto& each : w->facts->schema.tables)
            if (each.fromLog) logged << QString::fromStdString(each.name);
        QCOMPARE(logged, (QStringList{"kept", "kept2"}));
        for (const auto& each : w->facts->columns) QVERIFY(each.table < w->facts->schema.tables.size() && !w->facts->schema.tables[each.table].fromLog);
        const auto* join = templateLike(*w, "JOIN scratch");
        QVERIFY(join && join->accesses.size() == 1 && join->joins.empty());
        QCOMPARE(w->facts->schema.tables[join->accesses[0].table].name, std::string("orders"));
        QVERIFY(templateLike(*w, "UPDATE more")->accesses.empty());
        QCOMPARE(fromWeight(w->facts->totals.calls), 10.0);
        QCOMPARE(slotLoad(*w, columnOf(*w, "public.orders", "customer_id"), Value::integer(4)).first, 2.0);
    }
    // Nor are the tables of the server itself, which tools and monitors read.
    void theServersOwnTables() {
        const auto w = workloadOf({{"s", "SELECT relname FROM pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = 16384"},
                                   {"s", "SELECT count(*) FROM information_schema.tables WHERE table_name = 'item'"}, {"s", "SELECT name FROM sqlite_master WHERE type = 'table'"},
                                   {"s", "SELECT o.id FROM orders o, pg_stat_activity a WHERE o.customer_id = 4"}}, shop());
        for (const auto& each : w->facts->schema.tables) QVERIFY2(!each.fromLog, each.qualifiedName().c_str());
        QVERIFY(templateLike(*w, "pg_class")->accesses.empty());
        QCOMPARE(templateLike(*w, "pg_stat_activity")->accesses.size(), size_t(1));
        QCOMPARE(w->facts->diagnostics.byReason().count("unknown_table"), size_t(0));
    }
    void statements() {
        QFETCH(QString, statement);
        QFETCH(QStringList, expected);
        QCOMPARE(bindings(statement.toStdString()), expected);
    }
    void searchPathDecidesBetweenSchemas() {
        const auto schema = shop();
        const auto doc = sql::statementFacts("SELECT * FROM doc WHERE id = 1");
        QVERIFY(dependsOnSearchPath(doc, *schema));
        QVERIFY(!dependsOnSearchPath(sql::statementFacts("SELECT * FROM customer, a.doc"), *schema));
        QCOMPARE(resolveTables(doc, *schema, {"b", "a"}), std::vector<std::string>{"b.doc"});
        QCOMPARE(resolveTables(doc, *schema, {"a"}), std::vector<std::string>{"a.doc"});
        QCOMPARE(resolveTables(doc, *schema, {"c"}), std::vector<std::string>{"c.doc"});
        QCOMPARE(resolveTables(doc, *schema, {}), std::vector<std::string>{"public.doc"});
    }
    void templatesByPathAndDatabase() {
        std::vector<Line> log = {{"s", "SET search_path = a"}, {"s", "SELECT * FROM doc WHERE id = 1"}, {"s", "SET search_path = b"}, {"s", "SELECT * FROM doc WHERE id = 1"},
                                 {"t", "SELECT * FROM customer WHERE id = 1"}, {"t", "SELECT * FROM customer WHERE id = 1"}};
        log[4].database = "x";
        log[5].database = "y";
        const auto w = workloadOf(log, shop());
        QCOMPARE(w->facts->templates.size(), 4u);
        for (const auto& name : {"a.doc", "b.doc"}) QCOMPARE(slotLoad(*w, columnOf(*w, name, "id"), Value::integer(1)).first, 1.0);
    }
    void pathByFunction() {
        const auto w = workloadOf({{"s", "SELECT pg_catalog.set_config('search_path', 'b, public', false)"}, {"s", "SELECT * FROM doc WHERE id = 1"}}, shop());
        QCOMPARE(fromWeight(w->facts->totals.calls), 1.0);
        QCOMPARE(slotLoad(*w, columnOf(*w, "b.doc", "id"), Value::integer(1)).first, 1.0);
    }
    void arrays() {
        Line prepared{"s", "SELECT * FROM customer WHERE id = ANY($1)"};
        prepared.parameters = {"{1,2,NULL}"};
        const auto w = workloadOf({prepared, {"s", "SELECT * FROM customer WHERE id = ANY('{2,3}'::int[])"}, {"s", "SELECT * FROM customer WHERE id = ANY('{oops')"}}, shop());
        const auto id = columnOf(*w, "public.customer", "id");
        QCOMPARE(slotLoad(*w, id, Value::integer(2)).first, 2.0);
        QCOMPARE(slotLoad(*w, id, Value::integer(3)).first, 1.0);
        QCOMPARE(w->rates.columns[id].totals[0].boundReads, 2 * weightOne);
    }
    void valuesAreTypedByTheirColumn() {
        const auto w = workloadOf({{"s", "SELECT * FROM users WHERE id = 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'"},
                                   {"s", "SELECT * FROM customer WHERE id = '42' AND region = '42'"}, {"s", "SELECT * FROM nowhere WHERE k = '42'"}}, shop());
        std::set<std::pair<ValueKind, std::string>> found;
        for (const auto& transaction : w->facts->transactions)
            for (const auto& slot : transaction.calls[0].slots) found.insert({slot[0].kind, toText(slot[0])});
        const std::set<std::pair<ValueKind, std::string>> expected = {
            {ValueKind::uuid, "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"}, {ValueKind::integer, "42"}, {ValueKind::text, "42"}};
        QVERIFY(found == expected);
    }
    void tablesWithoutDdl() {
        const auto w = workloadOf({{"s", "INSERT INTO visit (shop, day) VALUES (3, 'mon')"}, {"s", "SELECT day FROM visit WHERE shop = 3"},
                                   {"s", "UPDATE visit SET day = 'tue' WHERE shop = 3"}}, schemaOf({}));
        QCOMPARE(w->facts->schema.tables.size(), 1u);
        const auto& visit = w->facts->schema.tables[0];
        QVERIFY(visit.fromLog && visit.qualifiedName() == "public.visit");
        QVERIFY(visit.column("shop") && visit.column("day"));
        QCOMPARE(slotLoad(*w, columnOf(*w, "public.visit", "shop"), Value::integer(3)), (std::pair{1.0, 2.0}));
        const auto* update = templateLike(*w, "UPDATE");
        QVERIFY(update && update->accesses.size() == 1);
        QCOMPARE(update->accesses[0].assigned, std::vector<ColumnId>{columnOf(*w, "public.visit", "day")});
        QVERIFY(update->accesses[0].kind == AccessKind::write);
    }
    void keyColumnsStandWithoutTraffic() {
        const auto w = workloadOf({{"s", "SELECT 1 FROM customer WHERE region = 'x'"}}, shop());
        QVERIFY(columnOf(*w, "public.orders", "id") != UINT32_MAX);
        QVERIFY(columnOf(*w, "public.customer", "id") != UINT32_MAX);
        QCOMPARE(columnOf(*w, "public.orders", "placed"), UINT32_MAX);
        QVERIFY(std::is_sorted(w->facts->columns.begin(), w->facts->columns.end(), [](const auto& a, const auto& b) {
            return std::tie(a.table, a.expression) < std::tie(b.table, b.expression);
        }));
        QCOMPARE(w->rates.columns.size(), w->facts->columns.size());
    }
};

QTEST_APPLESS_MAIN(TestResolve)
#include "test_resolve.moc"
