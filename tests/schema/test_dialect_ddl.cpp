// DDL of MySQL, MariaDB and SQLite: what mysqldump, phpMyAdmin, the sqlite3 shell and people write.
#include <QtTest>

#include "core/base/file.h"
#include "core/schema/ddl_reader.h"

using namespace foreshard;
using namespace foreshard::schema;

namespace {

std::string joined(const std::vector<std::string>& names) {
    std::string out;
    for (const auto& name : names) out += (out.empty() ? "" : ",") + name;
    return out;
}

// A line for each table, column, key and index.
std::string described(const Schema& schema) {
    std::string out;
    for (const Table& table : schema.tables) {
        out += table.qualifiedName() + (table.partitionKey.empty() ? "" : " by " + joined(table.partitionKey)) + "\n";
        for (const Column& column : table.columns) out += "  " + column.name + " " + column.declaredType + (column.notNull ? " not null" : "") + (column.identity ? " identity" : "") + "\n";
        for (const Key& key : table.keys)
            out += std::string("  ") + (key.kind == KeyKind::primary ? "primary " : key.kind == KeyKind::unique ? "unique " : "foreign ") + joined(key.columns) +
                   (key.referencedTable.empty() ? "" : " to " + key.referencedTable + "." + joined(key.referencedColumns)) + "\n";
        for (const Index& index : table.indexes) out += "  index " + joined(index.columns) + (index.unique ? " unique" : "") + "\n";
    }
    return out;
}

// tests/schema/data: what mysqldump writes, and a script for the sqlite3 shell.
std::string fixture(const char* name) {
    const auto text = readFile(std::string(FORESHARD_SOURCE_DIR) + "/tests/schema/data/" + name);
    return text ? *text : std::string();
}

}  // namespace

class TestDialectDdl : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void mysqldump() {
        const std::string dump = fixture("mysqldump.sql");
        const DdlText text{"dump.sql", dump};
        const auto reading = readDdl({&text, 1});
        QVERIFY2(reading.diagnostics.shown().empty(), reading.diagnostics.shown().empty() ? "" : reading.diagnostics.shown()[0].message.c_str());
        const std::string expected = R"(shop.copied
  id bigint not null identity
  customer_id integer not null
  total numeric(10,2) not null
  placed date not null
  note text
  primary id,placed
  index total
shop.customers
  id integer not null identity
  name character varying(60) not null
  kind text
  since timestamp without time zone not null
  flags smallint
  full character varying(80)
  raw bytea
  primary id
  unique name,since
  index kind,lower(name)
  index name
shop.orders by year(placed)
  id bigint not null identity
  customer_id integer not null
  total numeric(10,2) not null
  placed date not null
  note text
  primary id,placed
  foreign customer_id to shop.customers.id
  index total
shop.tallies by id
  id integer not null
  n bigint not null
  primary id
)";
        QVERIFY2(described(reading.schema) == expected, (described(reading.schema) + "instead of\n" + expected).c_str());
    }

    void brokenStatementsAreLeftOut() {
        const DdlText text{"dump.sql", "CREATE TABLE `a` (`id` int);\nCREATE TABLE `b` (;\n\nCREATE TABLE `c` (`id` int,);\nCREATE TABLE `d` (`id` int);\nALTER TABLE `d` ADD `x\n"};
        const auto reading = readDdl({&text, 1});
        QVERIFY(reading.schema.find("", "a") && reading.schema.find("", "d"));
        QVERIFY(!reading.diagnostics.shown().empty());
        QVERIFY(reading.diagnostics.shown()[0].line >= 2);
    }

    void sqliteScript() {
        const std::filesystem::path path = std::string(FORESHARD_SOURCE_DIR) + "/tests/schema/data/sqlite.sql";
        Job job;
        const auto schema = readSchemaFiles({path}, job);
        QVERIFY2(schema.ok(), schema.ok() ? "" : schema.error().message.c_str());
        const std::string expected = R"(main.customer
  id INTEGER not null identity
  name VARCHAR(60) not null
  region 
  note TEXT
  primary id
  index lower(name)
main.order line
  order INT not null
  line INT not null
  customer 
  primary order,line
  foreign customer to main.customer.id
)";
        QVERIFY2(described(*schema) == expected, (described(*schema) + "instead of\n" + expected).c_str());
        const auto said = job.diagnostics().shown();
        QCOMPARE(said.size(), size_t{2});
        QCOMPARE(said[0].line, uint64_t{9});
        QCOMPARE(said[1].line, uint64_t{11});
        QVERIFY(!std::filesystem::exists("elsewhere.db"));
    }

    // What a log of MySQL says of the schema.
    void logsChangeTheSchema() {
        const std::string dump = fixture("mysqldump.sql");
        const DdlText text{"dump.sql", dump};
        Schema schema = readDdl({&text, 1}).schema;
        const auto effect = applyDdl(schema, "ALTER TABLE \"orders\" ADD COLUMN \"region\" varchar(20) CHARACTER SET utf8 DEFAULT 'x' AFTER \"id\"", {"shop"});
        QVERIFY2(effect.ok() && effect->changed, effect.ok() ? "" : effect.error().message.c_str());
        QVERIFY(schema.tables[*schema.find("shop", "orders")].column("region"));
    }
};

QTEST_APPLESS_MAIN(TestDialectDdl)
#include "test_dialect_ddl.moc"
