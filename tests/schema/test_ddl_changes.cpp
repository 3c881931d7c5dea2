// DDL found in a log, applied to a schema as a dated event.
#include <QtTest>

#include "core/schema/ddl_reader.h"

using namespace foreshard;
using namespace foreshard::schema;

namespace {

Schema base() {
    const DdlText text{
        "base.sql",
        "CREATE TABLE a (id int PRIMARY KEY, b_id int, name text);"
        "CREATE TABLE b (id int PRIMARY KEY, c text);"
        "ALTER TABLE a ADD CONSTRAINT a_b FOREIGN KEY (b_id) REFERENCES b;"
        "CREATE INDEX a_name ON a (name);"
        "CREATE TABLE p (id int, at date) PARTITION BY RANGE (at); CREATE TABLE p1 PARTITION OF p DEFAULT;"};
    return readDdl({&text, 1}).schema;
}
const Table* find(const Schema& schema, const char* name) {
    const auto index = schema.find("", name);
    return index ? &schema.tables[*index] : nullptr;
}

}  // namespace

class TestDdlChanges : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void columns() {
        Schema schema = base();
        const auto effect = applyDdl(schema, "ALTER TABLE a ADD COLUMN tenant uuid NOT NULL, DROP COLUMN name");
        QVERIFY(effect && effect->changed);
        QCOMPARE(effect->table, std::string("public.a"));
        QVERIFY(find(schema, "a")->column("tenant")->type == ValueType::uuid);
        QVERIFY(!find(schema, "a")->column("name") && find(schema, "a")->indexes.empty());
        QVERIFY(applyDdl(schema, "alter table b rename column id to bid;"));
        QCOMPARE(find(schema, "b")->primaryKey()->columns, std::vector<std::string>{"bid"});
        QCOMPARE(find(schema, "a")->keys[1].referencedColumns, std::vector<std::string>{"bid"});
    }
    void tables() {
        Schema schema = base();
        QVERIFY(applyDdl(schema, "ALTER TABLE b RENAME TO bb"));
        QVERIFY(!find(schema, "b") && find(schema, "bb"));
        QCOMPARE(find(schema, "a")->keys[1].referencedTable, std::string("public.bb"));
        QVERIFY(applyDdl(schema, "ALTER TABLE bb SET SCHEMA other"));
        QCOMPARE(find(schema, "bb")->schema, std::string("other"));
        QVERIFY(applyDdl(schema, "DROP TABLE other.bb CASCADE"));
        QVERIFY(!find(schema, "bb"));
        QCOMPARE(find(schema, "a")->keys.size(), size_t(1));
        QVERIFY(applyDdl(schema, "CREATE TABLE fresh (id bigserial PRIMARY KEY)", {"s2", "public"}));
        QCOMPARE(find(schema, "fresh")->qualifiedName(), std::string("s2.fresh"));
        QVERIFY(std::is_sorted(schema.tables.begin(), schema.tables.end(),
                               [](const Table& x, const Table& y) { return x.qualifiedName() < y.qualifiedName(); }));
    }
    void partitions() {
        Schema schema = base();
        const auto effect =
            applyDdl(schema, "CREATE TABLE p2 PARTITION OF p FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')");
        QCOMPARE(effect->table, std::string("public.p"));
        QCOMPARE(find(schema, "p")->partitions.size(), size_t(2));
        QVERIFY(applyDdl(schema, "ALTER TABLE p DETACH PARTITION p1"));
        QVERIFY(find(schema, "p1")->partitions.empty() && find(schema, "p1")->columns.size() == 2);
        QVERIFY(applyDdl(schema, "DROP TABLE p2"));
        QVERIFY(find(schema, "p")->partitions.empty() && !find(schema, "p2"));
    }
    void whatChangesNothing() {
        Schema schema = base();
        const Schema before = schema;
        QVERIFY(!applyDdl(schema, "CREATE TEMP TABLE x (id int)")->changed);
        QVERIFY(!applyDdl(schema, "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1; DROP TABLE a'")->changed);
        QVERIFY(!applyDdl(schema, "VACUUM a")->changed);
        QVERIFY(!applyDdl(schema, "CREATE TABLE IF NOT EXISTS a (z int)")->changed);
        QVERIFY(!applyDdl(schema, "DROP TABLE IF EXISTS nope")->changed);
        QVERIFY(applyDdl(schema, "DROP TABLE nope").error().category == ErrorCategory::notFound);
        QVERIFY(applyDdl(schema, "ALTER TABLE a ADD COLUMN").error().category == ErrorCategory::format);
        QVERIFY(
            applyDdl(schema, "ALTER TABLE a ADD COLUMN ok int; ALTER TABLE nope ADD COLUMN x int").error().category ==
            ErrorCategory::notFound);
        QVERIFY(schema == before);
    }
};

QTEST_APPLESS_MAIN(TestDdlChanges)
#include "test_ddl_changes.moc"
