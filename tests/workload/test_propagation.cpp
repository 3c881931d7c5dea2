// Keys that travel inside a transaction, and those that must not.
#include <QtTest>

#include "tests/workload/small_log.h"

using namespace small;

namespace {

std::shared_ptr<const schema::Schema> shop(bool constraints = true) {
    auto orders = table("orders", {column("id", ValueType::integer), column("customer_id", ValueType::integer), column("state", ValueType::text)});
    auto line = table("line", {column("order_id", ValueType::integer), column("tenant", ValueType::integer), column("sku", ValueType::text)});
    auto tenantOrder = table("tenant_order", {column("id", ValueType::integer), column("tenant", ValueType::integer)});
    if (constraints) {
        orders.keys.push_back({schema::KeyKind::primary, "", {"id"}, "", {}});
        tenantOrder.keys.push_back({schema::KeyKind::primary, "", {"id"}, "", {}});
        line.keys.push_back({schema::KeyKind::foreign, "", {"order_id", "tenant"}, "public.tenant_order", {"id", "tenant"}});
    }
    return schemaOf({orders, line, tenantOrder});
}

// The propagated keys of the one transaction that these statements make: "call column values".
QStringList propagated(std::vector<std::string> statements, std::shared_ptr<const schema::Schema> schema, int failed = -1, int empty = -1) {
    std::vector<Line> log = {{"a", "BEGIN"}};
    for (size_t i = 0; i < statements.size(); ++i) {
        log.push_back({"a", statements[i]});
        if (static_cast<int>(i) == empty) log.back().rows = 0;
        if (static_cast<int>(i) == failed) log.back().failed = true;
    }
    log.push_back({"a", "COMMIT"});
    const auto w = workloadOf(log, std::move(schema));
    QStringList result;
    const auto& calls = w->facts->transactions[0].calls;
    for (size_t i = 0; i < calls.size(); ++i)
        for (const auto& key : calls[i].propagated) {
            const auto& column = w->facts->columns[key.column];
            QStringList values;
            for (const auto& value : key.values) values << QString::fromStdString(toText(value));
            result << QString("%1 %2.%3 %4").arg(i).arg(QString::fromStdString(w->facts->schema.tables[column.table].name), QString::fromStdString(column.expression), values.join(','));
        }
    return result;
}

}  // namespace

class TestPropagation : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void rowsOfAUniqueKey() {
        QCOMPARE(propagated({"SELECT state FROM orders WHERE id = 5 AND customer_id = 7", "UPDATE orders SET state = 'x' WHERE id = 5"}, shop()), QStringList{"1 orders.customer_id 7"});
        QCOMPARE(propagated({"UPDATE orders SET state = 'x' WHERE id = 5", "INSERT INTO orders (id, customer_id) VALUES (5, 7)"}, shop()), QStringList{"0 orders.customer_id 7"});
        // Another row.
        QCOMPARE(propagated({"SELECT state FROM orders WHERE id = 6 AND customer_id = 7", "UPDATE orders SET state = 'x' WHERE id = 5"}, shop()), QStringList{});
        // Several rows, inserted at once and looked up by a list.
        QCOMPARE(propagated({"INSERT INTO orders (id, customer_id) VALUES (5, 7), (6, 8), (9, 9)", "DELETE FROM orders WHERE id IN (5, 6)"}, shop()), QStringList{"1 orders.customer_id 7,8"});
        QCOMPARE(propagated({"INSERT INTO orders (id, customer_id) VALUES (5, 7), (6, 8)", "DELETE FROM orders WHERE id IN (5, 11)"}, shop()), QStringList{});
    }
    void nothingWithoutProof() {
        const std::vector<std::string> pair = {"SELECT state FROM orders WHERE id = 5 AND customer_id = 7", "UPDATE orders SET state = 'x' WHERE id = 5"};
        QCOMPARE(propagated(pair, shop(false)), QStringList{});
        QCOMPARE(propagated(pair, shop(), 0), QStringList{});
        QCOMPARE(propagated(pair, shop(), -1, 0), QStringList{});
        // The column changes its value inside the transaction.
        QCOMPARE(propagated({pair[0], "UPDATE orders SET customer_id = 8 WHERE id = 5", pair[1]}, shop()), QStringList{});
        // Two calls disagree.
        QCOMPARE(propagated({pair[0], "SELECT state FROM orders WHERE id = 5 AND customer_id = 8", pair[1]}, shop()), QStringList{});
        // Not the key alone, but a range of it.
        QCOMPARE(propagated({"SELECT state FROM orders WHERE id > 5 AND customer_id = 7", pair[1]}, shop()), QStringList{});
    }
    void foreignKeys() {
        QCOMPARE(propagated({"SELECT 1 FROM tenant_order WHERE id = 5 AND tenant = 3", "SELECT sku FROM line WHERE order_id = 5"}, shop()), QStringList{"1 line.tenant 3"});
        QCOMPARE(propagated({"INSERT INTO line (order_id, tenant, sku) VALUES (5, 3, 'x')", "UPDATE tenant_order SET id = 5 WHERE id = 5"}, shop()), QStringList{"1 tenant_order.tenant 3"});
        QCOMPARE(propagated({"INSERT INTO line (order_id, tenant, sku) VALUES (5, 3, 'x')", "DELETE FROM line WHERE order_id = 5"}, shop()), QStringList{"1 line.tenant 3"});
        QCOMPARE(propagated({"SELECT 1 FROM tenant_order WHERE tenant = 3", "SELECT sku FROM line WHERE order_id = 5"}, shop()), QStringList{});
    }
    void propagatedKeysCount() {
        const auto w = workloadOf({{"a", "BEGIN"}, {"a", "SELECT state FROM orders WHERE id = 5 AND customer_id = 7"}, {"a", "UPDATE orders SET state = 'x' WHERE id = 5"}, {"a", "COMMIT"},
                                   {"a", "UPDATE orders SET state = 'x' WHERE id = 5"}}, shop());
        const auto id = columnOf(*w, "public.orders", "customer_id");
        QCOMPARE(slotLoad(*w, id, Value::integer(7)), (std::pair{1.0, 1.0}));
        QCOMPARE(w->rates.columns[id].totals[0].boundWrites, weightOne);
        QCOMPARE(w->rates.columns[id].totals[0].writes, 2 * weightOne);
    }
};

QTEST_APPLESS_MAIN(TestPropagation)
#include "test_propagation.moc"
