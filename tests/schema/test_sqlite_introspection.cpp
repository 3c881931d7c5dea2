// Schema of a SQLite file: keys, identities, counts, and files that are none.
#include <QtTest>

#include <sqlite3.h>

#include "core/base/file.h"
#include "core/schema/sqlite_introspection.h"

using namespace foreshard;
using namespace foreshard::schema;

namespace {

std::filesystem::path makeDatabase(const TemporaryFolder& folder, const char* sql) {
    const auto path = folder.path() / "shop.db";
    sqlite3* db = nullptr;
    if (sqlite3_open(path.c_str(), &db) != SQLITE_OK) qFatal("cannot open");
    char* error = nullptr;
    if (sqlite3_exec(db, sql, nullptr, nullptr, &error) != SQLITE_OK) qFatal("%s", error);
    sqlite3_close(db);
    return path;
}
const Table& table(const Schema& schema, const char* name) { return schema.tables[*schema.find("main", name)]; }

constexpr const char* shop = R"(
CREATE TABLE Customer (id INTEGER PRIMARY KEY AUTOINCREMENT, Email VARCHAR(80) NOT NULL UNIQUE, since TIMESTAMP, vip BOOLEAN,
  lower_email TEXT GENERATED ALWAYS AS (lower(Email)) STORED);
CREATE TABLE `order line` ("order" INT, line INT, customer REFERENCES customer, price DECIMAL(9,2), PRIMARY KEY ("order", line)) WITHOUT ROWID;
CREATE TABLE plain (a, b BLOB, c DOUBLE, FOREIGN KEY (a, b) REFERENCES `order line` ("order", line));
CREATE INDEX by_email ON customer (lower(Email), since);
CREATE UNIQUE INDEX vips ON customer (since) WHERE vip;
CREATE VIEW v AS SELECT 1; CREATE TRIGGER t AFTER DELETE ON plain BEGIN DELETE FROM customer; END;
INSERT INTO customer (email, since) VALUES ('a', 1), ('b', 2), ('c', 3);
)";

}  // namespace

class TestSqliteIntrospection : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void tables() {
        const TemporaryFolder folder;
        const auto path = makeDatabase(folder, shop);
        const std::string before = readFile(path).value();
        Job job;
        const auto schema = introspectSqlite(path, job);
        QVERIFY2(schema.ok(), schema ? "" : schema.error().cause.c_str());
        QCOMPARE(schema->tables.size(), size_t(3));
        const Table& customer = table(*schema, "customer");
        QVERIFY(customer.column("id")->identity && customer.column("id")->type == ValueType::integer);
        QVERIFY(customer.column("email")->notNull && customer.column("email")->type == ValueType::text);
        QVERIFY(customer.column("since")->type == ValueType::timestamp &&
                customer.column("vip")->type == ValueType::boolean);
        QVERIFY(customer.column("lower_email")->generated);
        QCOMPARE(customer.primaryKey()->columns, std::vector<std::string>{"id"});
        QCOMPARE(customer.keys[1].columns, std::vector<std::string>{"email"});
        QCOMPARE(customer.indexes.size(), size_t(2));
        QCOMPARE(customer.indexes[0].columns, (std::vector<std::string>{"lower(Email)", "since"}));
        QVERIFY(!customer.indexes[1].unique);
        QCOMPARE(customer.rows.value(), uint64_t(3));
        const Table& line = table(*schema, "order line");
        QCOMPARE(line.primaryKey()->columns, (std::vector<std::string>{"order", "line"}));
        QVERIFY(!line.column("order")->identity);
        QCOMPARE(line.keys[1].referencedTable, std::string("main.customer"));
        QCOMPARE(line.keys[1].referencedColumns, std::vector<std::string>{"id"});
        QCOMPARE(line.rows.value(), uint64_t(0));
        QCOMPARE(table(*schema, "plain").keys[0].columns.size(), size_t(2));
        QVERIFY(table(*schema, "plain").column("a")->type == ValueType::unknown);
        QCOMPARE(schema->notes, (std::vector<std::string>{"1 trigger left out: t.", "1 view left out: v."}));
        if (sqlite3_compileoption_used("ENABLE_DBSTAT_VTAB")) QVERIFY(customer.bytes.value() >= 3 * 4096);
        QCOMPARE(readFile(path).value(), before);
    }
    void sizesAreNothingWhereNotAsked() {
        const TemporaryFolder folder;
        Job job;
        const auto schema = introspectSqlite(makeDatabase(folder, shop), job, {false, false});
        QVERIFY(!table(*schema, "customer").rows && !table(*schema, "customer").bytes);
    }
    void badFiles() {
        const TemporaryFolder folder;
        const auto path = makeDatabase(folder, shop);
        const std::string whole = readFile(path).value();
        Job job;
        const auto with = [&](std::string bytes) {
            if (!writeFileWhole(path, bytes)) qFatal("cannot write");
            return introspectSqlite(path, job);
        };
        QVERIFY(introspectSqlite(folder.path() / "none.db", job).error().category == ErrorCategory::notFound);
        QVERIFY(!std::filesystem::exists(folder.path() / "none.db"));
        QVERIFY(!introspectSqlite(folder.path(), job));
        QVERIFY(with("hello").error().category == ErrorCategory::format);
        QVERIFY(with(whole.substr(0, 5000)).error().category == ErrorCategory::format);
        std::string zeroed = whole;
        std::fill(zeroed.begin() + 100, zeroed.begin() + 4096, '\xff');
        QVERIFY(with(zeroed).error().category == ErrorCategory::format);
        QVERIFY(with("").ok());  // what SQLite calls an empty database
    }
    void cancelled() {
        const TemporaryFolder folder;
        Job job;
        job.requestStop();
        QVERIFY(introspectSqlite(makeDatabase(folder, shop), job).error().category == ErrorCategory::cancelled);
    }
};

QTEST_APPLESS_MAIN(TestSqliteIntrospection)
#include "test_sqlite_introspection.moc"
