// What a session was told by SET decides which rows its calls touch: search_path, and settings that stand in conditions.
#include <QtTest>

#include "core/schema/ddl_reader.h"
#include "tests/workload/small_log.h"

using namespace small;

namespace {

std::shared_ptr<const schema::Schema> tenants() {
    const std::vector<schema::Column> columns = {column("id", ValueType::integer), column("tenant_id", ValueType::integer), column("total", ValueType::integer)};
    const std::vector<schema::Column> customer = {column("id", ValueType::integer), column("tenant_id", ValueType::integer)};
    return schemaOf({table("orders", columns, {"tenant_id", "id"}), table("customer", customer, {"tenant_id", "id"}), table("a.doc", {column("id", ValueType::integer)}),
                     table("b.doc", {column("id", ValueType::integer)})});
}

const std::string mine = "SELECT * FROM orders WHERE tenant_id = current_setting('app.tenant')::int";
const std::string doc = "SELECT * FROM doc WHERE id = 1";

// Which tenants the calls were found to be of, by counts: "7*2 8".
QString tenantsOf(const Workload& w, const std::string& name = "public.orders") {
    const auto id = columnOf(w, name, "tenant_id");
    QStringList found;
    for (int64_t tenant = 0; tenant < 20; ++tenant) {
        const auto [reads, writes] = slotLoad(w, id, Value::integer(tenant));
        if (reads + writes > 0) found << QString("%1%2").arg(tenant).arg(reads + writes > 1 ? QString("*%1").arg(reads + writes) : QString());
    }
    return found.join(' ');
}

// orders under a policy; customer has one that is not enabled.
std::shared_ptr<const schema::Schema> secured() {
    const schema::DdlText text{"test.sql", "CREATE TABLE orders (id bigint, tenant_id bigint, total int, PRIMARY KEY (tenant_id, id));"
                                           "CREATE TABLE item (order_id bigint, tenant_id bigint, sku text);"
                                           "CREATE TABLE customer (id bigint, tenant_id bigint, PRIMARY KEY (tenant_id, id));"
                                           "CREATE TABLE visit (id bigint, tenant_id bigint) PARTITION BY RANGE (id); CREATE TABLE visit_1 PARTITION OF visit DEFAULT;"
                                           "CREATE POLICY p ON orders USING ((tenant_id = (current_setting('app.tenant'::text))::bigint));"
                                           "CREATE POLICY p ON visit USING ((tenant_id = (current_setting('app.tenant'::text))::bigint));"
                                           "CREATE POLICY p ON customer USING ((tenant_id = (current_setting('app.tenant'::text))::bigint));"
                                           "ALTER TABLE orders ENABLE ROW LEVEL SECURITY; ALTER TABLE visit ENABLE ROW LEVEL SECURITY;"};
    return std::make_shared<const schema::Schema>(schema::readDdl({&text, 1}).schema);
}

// Calls of "doc" by the schema they went to.
QString docs(const Workload& w) {
    QStringList found;
    for (const auto& each : w.facts->schema.tables) {
        const auto column = each.name == "doc" ? columnOf(w, each.qualifiedName(), "id") : UINT32_MAX;
        if (column == UINT32_MAX) continue;
        const double calls = slotLoad(w, column, Value::integer(1)).first;
        if (calls > 0) found << QString("%1*%2").arg(QString::fromStdString(each.schema)).arg(calls);
    }
    return found.join(' ');
}

}  // namespace

class TestSessionSettings : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void settingsBindKeysAndSaySo() {
        const auto w = workloadOf({{"s", "SET app.tenant = '7'"}, {"s", mine}, {"t", "SET App.Tenant TO 8"}, {"t", mine}, {"t", mine}, {"u", mine}}, tenants());
        QCOMPARE(tenantsOf(*w), QString("7 8*2"));
        const auto* orders = templateLike(*w, "orders");
        QVERIFY(orders && orders->accesses.size() == 1 && orders->accesses[0].bindings.size() == 1);
        QVERIFY(orders->accesses[0].bindings[0].provenance == Provenance::session);
        // The session that was told nothing may read any row.
        const auto& total = w->rates.columns[columnOf(*w, "public.orders", "tenant_id")].totals[0];
        QCOMPARE(total.reads, 4 * weightOne);
        QCOMPARE(total.boundReads, 3 * weightOne);
        QCOMPARE(w->facts->diagnostics.shown().size(), size_t(1));
        QCOMPARE(w->facts->diagnostics.shown()[0].message, std::string("The log does not tell the session setting app.tenant for 25 % of the calls that read it; they may touch any row."));
        size_t known = 0;
        for (const auto& transaction : w->facts->transactions) {
            const auto keys = boundKeys(*w->facts, transaction.calls[0], orders->accesses[0]);
            if (keys.empty()) continue;
            ++known;
            QVERIFY(keys[0].provenance == Provenance::session);
            QVERIFY(keys[0].values[0] == Value::integer(7) || keys[0].values[0] == Value::integer(8));
        }
        QCOMPARE(known, 3u);
    }
    void settingsReachInsertsJoinsAndOtherCalls() {
        const auto w = workloadOf({{"s", "BEGIN"},
                                   {"s", "SELECT set_config('app.tenant', '9', true)"},
                                   {"s", "SELECT * FROM customer c JOIN orders o ON o.tenant_id = c.tenant_id WHERE c.tenant_id = (SELECT current_setting('app.tenant')::int) AND o.id = 3"},
                                   {"s", "INSERT INTO orders (id, tenant_id, total) VALUES (4, current_setting('app.tenant')::int, 1), (5, current_setting('app.tenant')::int, 2)"},
                                   {"s", "COMMIT"}, {"s", mine}}, tenants());
        QCOMPARE(tenantsOf(*w, "public.customer"), QString("9"));
        QCOMPARE(tenantsOf(*w), QString("9*2"));   // and not the one after the commit
        const auto* join = templateLike(*w, "JOIN");
        QVERIFY(join && join->accesses.size() == 2);
        QVERIFY(join->accesses[0].bindings[0].provenance == Provenance::session);
        QVERIFY(join->accesses[1].bindings.back().provenance == Provenance::joinEqual);
    }
    void parametersOfSetConfig() {
        Line set{"s", "SELECT set_config('app.tenant', $1, false)"};
        set.parameters = {"11"};
        Line unknown{"t", "SELECT set_config('app.tenant', $1, false)"};
        Line null{"u", "SELECT set_config('app.tenant', $1, false)"};
        null.parameters = {std::nullopt};
        const auto w = workloadOf({set, {"s", mine}, {"t", "SET app.tenant = 5"}, unknown, {"t", mine}, {"u", "SET app.tenant = 6"}, null, {"u", mine}}, tenants());
        QCOMPARE(tenantsOf(*w), QString("11"));
        // In a query it holds from the next statement on.
        const auto after = workloadOf({{"s", "SELECT set_config('app.tenant', '3', false), * FROM customer WHERE id = 1"}, {"s", mine}}, tenants());
        QCOMPARE(tenantsOf(*after), QString("3"));
    }
    void endOfTransaction_data() {
        QTest::addColumn<QStringList>("statements");
        QTest::addColumn<QString>("tenants");
        QTest::addColumn<QString>("schemas");
        const auto row = [](const char* name, QStringList statements, const char* tenants, const char* schemas) {
            QTest::newRow(name) << statements << QString(tenants) << QString(schemas);
        };
        // MINE and DOC stand for the two calls.
        row("kept by COMMIT", {"BEGIN", "SET app.tenant = 1", "SET search_path = a", "COMMIT", "MINE", "DOC"}, "1", "a*1");
        row("undone by ROLLBACK", {"SET app.tenant = 1", "SET search_path = a", "BEGIN", "SET app.tenant = 2", "SET search_path = b", "MINE", "DOC", "ROLLBACK", "MINE", "DOC"},
            "1 2", "a*1 b*1");
        row("undone by COMMIT after an error", {"SET search_path = a", "BEGIN", "SET search_path = b", "!MINE", "COMMIT", "DOC"}, "", "a*1");
        row("undone after a failed SAVEPOINT", {"SET search_path = a", "BEGIN", "SET search_path = b", "!SAVEPOINT x", "COMMIT", "DOC"}, "", "a*1");
        row("undone by the session's end", {"BEGIN", "SET app.tenant = 2", "#end", "MINE"}, "", "");
        row("SET LOCAL ends with COMMIT", {"SET app.tenant = 1", "BEGIN", "SET LOCAL app.tenant = 2", "MINE", "COMMIT", "MINE"}, "1 2", "");
        row("SET LOCAL outside", {"SET app.tenant = 1", "SET LOCAL app.tenant = 2", "MINE"}, "1", "");
        row("SET behind SET LOCAL", {"BEGIN", "SET LOCAL app.tenant = 2", "SET app.tenant = 3", "MINE", "COMMIT", "MINE"}, "3*2", "");
        row("SET LOCAL behind SET", {"BEGIN", "SET app.tenant = 3", "SET LOCAL app.tenant = 2", "MINE", "COMMIT", "MINE"}, "2 3", "");
        row("undone by ROLLBACK TO", {"BEGIN", "SET app.tenant = 3", "SAVEPOINT x", "SET app.tenant = 4", "SET LOCAL search_path = b", "ROLLBACK TO x", "MINE", "COMMIT", "MINE"}, "3*2", "");
        row("kept by RELEASE", {"BEGIN", "SAVEPOINT x", "SET app.tenant = 4", "RELEASE x", "COMMIT", "MINE"}, "4", "");
        row("RESET ALL undone", {"SET app.tenant = 1", "BEGIN", "RESET ALL", "MINE", "ROLLBACK", "MINE"}, "1", "");
        row("RESET ALL kept", {"SET app.tenant = 1", "SET search_path = a", "BEGIN", "RESET ALL", "COMMIT", "MINE", "DISCARD ALL"}, "", "");
        row("RESET of one", {"SET app.tenant = 1", "SET app.other = 2", "RESET app.other", "MINE", "RESET app.tenant", "MINE"}, "1", "");
        row("AND CHAIN", {"BEGIN", "SET LOCAL app.tenant = 2", "COMMIT AND CHAIN", "SET app.tenant = 3", "ROLLBACK AND CHAIN", "MINE", "COMMIT"}, "", "");
    }
    void endOfTransaction() {
        QFETCH(QStringList, statements);
        QFETCH(QString, tenants);
        QFETCH(QString, schemas);
        std::vector<Line> log;
        for (auto statement : statements) {
            const bool failed = statement.startsWith('!');
            if (failed) statement.remove(0, 1);
            const std::string text = statement == "MINE" ? mine : statement == "DOC" ? doc : statement.toStdString();
            auto& line = log.emplace_back(Line{"s", text});
            line.failed = failed;
        }
        const auto schema = ::tenants();
        const auto w = workloadOf(log, schema);
        QCOMPARE(tenantsOf(*w), tenants);
        QCOMPARE(docs(*w), schemas);
        // Wherever the log is cut.
        const auto whole = writePartial(partialOf(log, schema));
        for (size_t cut = 1; cut < log.size(); ++cut) {
            PartialBuilder builder(schema);
            auto left = partialOf(builder, log, 0, cut), right = partialOf(builder, log, cut, log.size());
            QVERIFY(right.merge(left).ok());
            QVERIFY2(writePartial(right) == whole, std::to_string(cut).c_str());
        }
    }
    void aListInOneSettingIsNoKey() {
        const auto w = workloadOf({{"s", "SET app.tenants = '{1,2}'"}, {"s", "SELECT * FROM orders WHERE tenant_id = ANY(current_setting('app.tenants')::int[])"}}, tenants());
        const auto& rates = w->rates.columns[columnOf(*w, "public.orders", "tenant_id")];
        QVERIFY(rates.slots.empty());
        QCOMPARE(rates.totals[0].reads, weightOne);
        QCOMPARE(rates.totals[0].boundReads, Weight(0));
    }
    void virtualTransactionIdsEndThemToo() {
        std::vector<Line> log = {{"s", "SET app.tenant = 1"}, {"s", "SET LOCAL app.tenant = 2"}, {"s", mine}, {"s", mine}};
        log[0].transactionId = "3/4";
        log[1].transactionId = log[2].transactionId = "3/5";   // their BEGIN was not logged
        log[3].transactionId = "3/6";
        QCOMPARE(tenantsOf(*workloadOf(log, tenants())), QString("1 2"));
    }
    void theRoleIsASettingToo() {
        const auto schema = schemaOf({table("orders", {column("id", ValueType::integer), column("owner", ValueType::text)}, {"id"})});
        const std::string own = "SELECT * FROM orders WHERE owner = current_user";
        const auto w = workloadOf({{"s", own}, {"s", "SET ROLE tenant_7"}, {"s", own}, {"s", "RESET ROLE"}, {"s", own}}, schema);
        const auto owner = columnOf(*w, "public.orders", "owner");
        QCOMPARE(slotLoad(*w, owner, Value::ofText("tenant_7")).first, 1.0);
        QCOMPARE(w->rates.columns[owner].totals[0].boundReads, weightOne);
    }
    // Row-level security: no statement names the tenant.
    void policiesBindWhatTheStatementsDoNotSay() {
        const std::vector<Line> log = {{"s", "SELECT * FROM orders WHERE id = 1"}, {"s", "SET app.tenant = '7'"}, {"s", "SELECT * FROM orders WHERE id = 1"},
                                       {"s", "UPDATE orders SET total = 2 WHERE id = 1"}, {"s", "DELETE FROM orders"}, {"s", "INSERT INTO orders (id, total) VALUES (3, 4)"},
                                       {"s", "SELECT * FROM customer WHERE id = 1"}, {"s", "SELECT * FROM visit"}, {"s", "SELECT * FROM visit_1"},
                                       {"s", "TRUNCATE orders"}, {"t", "SELECT * FROM orders WHERE id = 1"}};
        const auto w = workloadOf(log, secured());
        QCOMPARE(tenantsOf(*w), QString("7*4"));
        QCOMPARE(tenantsOf(*w, "public.customer"), QString());   // its policy is not enabled
        QCOMPARE(tenantsOf(*w, "public.visit"), QString("7"));   // a partition that is named itself is not under it
        const auto& total = w->rates.columns[columnOf(*w, "public.orders", "tenant_id")].totals[0];
        QCOMPARE(total.boundReads, weightOne);
        QCOMPARE(total.reads, 3 * weightOne);   // before the SET, and of a session without one, any row may be read
        QCOMPARE(total.boundWrites, 3 * weightOne);
        const auto* read = templateLike(*w, "FROM orders WHERE id");
        QVERIFY(read && read->accesses[0].bindings.size() == 2 && read->accesses[0].bindings[1].provenance == Provenance::session);
        // Wherever the log is cut.
        const auto whole = writePartial(partialOf(log, secured()));
        for (size_t cut = 1; cut < log.size(); ++cut) {
            PartialBuilder builder(secured());
            auto left = partialOf(builder, log, 0, cut), right = partialOf(builder, log, cut, log.size());
            QVERIFY(right.merge(left).ok());
            QVERIFY2(writePartial(right) == whole, std::to_string(cut).c_str());
        }
    }
    // What a statement says of the column itself counts: its session may be the owner's, whom no policy holds for. And what a
    // policy says goes through joins.
    void policiesBesideConditionsAndJoins() {
        const auto w = workloadOf({{"s", "SET app.tenant = 7"}, {"s", "SELECT * FROM orders WHERE tenant_id = 8 AND id = 1"},
                                   {"s", "SELECT * FROM item i JOIN orders o ON o.tenant_id = i.tenant_id AND o.id = i.order_id WHERE i.sku = 'x'"},
                                   {"s", "WITH gone AS (DELETE FROM orders WHERE id = 5 RETURNING id) SELECT * FROM gone"},
                                   {"s", "INSERT INTO orders (id, tenant_id, total) VALUES (3, 9, 4)"}}, secured());
        QCOMPARE(tenantsOf(*w), QString("7*2 8 9"));
        QCOMPARE(tenantsOf(*w, "public.item"), QString("7"));
    }
    void waitingForSettingsIsBounded() {
        std::vector<Line> log(400, Line{"a", mine});
        log[0] = {"a", "BEGIN"};   // where the right part begins, so that nothing waits in its head
        log[100] = {"a", "COMMIT"};
        PartialOptions options;
        options.waitingBytes = 2'000;
        PartialBuilder builder(tenants(), options);
        auto right = partialOf(builder, log, 100, 400);
        QVERIFY(right.overLimit());
        QVERIFY(right.waitingCalls() < 50);
        auto left = partialOf(builder, log, 0, 100);
        QVERIFY(left.merge(right).ok());
        QCOMPARE(fromWeight(finish(left)->facts->totals.calls), 398.0);
    }
    void namelessSessionsTellNothingOfEachOther() {
        const auto w = workloadOf({{"", "SET search_path = a"}, {"", "SELECT set_config('search_path', 'b', false)"}, {"", doc}, {"", mine}}, tenants());
        QCOMPARE(docs(*w), QString("public*1"));
        QCOMPARE(tenantsOf(*w), QString());
    }
};

QTEST_APPLESS_MAIN(TestSessionSettings)
#include "test_session_settings.moc"
