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

constexpr const char* dump = R"(
-- MySQL dump 10.13  Distrib 8.0.36
/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;
# a comment; with a semicolon
USE `shop`;
DROP TABLE IF EXISTS `Customers`;
CREATE TABLE `Customers` (
  `id` int(10) unsigned NOT NULL AUTO_INCREMENT COMMENT 'the key; it''s "ours"',
  `name` varchar(60) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT 'o\'brien',
  `kind` enum('a','b)') DEFAULT 'a',
  `since` datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
  `flags` tinyint(1) unsigned zerofill DEFAULT NULL,
  `full` varchar(80) GENERATED ALWAYS AS (concat(`name`,'x')) VIRTUAL,
  `raw` varbinary(16) DEFAULT NULL CHECK (length(`raw`) > 1),
  PRIMARY KEY (`id`) USING BTREE,
  UNIQUE KEY `once` (`name`(20) DESC,`since`),
  KEY `by_kind` (`kind`,(lower(`name`))),
  FULLTEXT KEY `words` (`name`)
) ENGINE=InnoDB AUTO_INCREMENT=12 DEFAULT CHARSET=utf8mb4 COMMENT='who buys';
LOCK TABLES `Customers` WRITE;
INSERT INTO `Customers` VALUES (1,'CREATE TABLE x (a int);',NULL);
UNLOCK TABLES;
CREATE TABLE `orders` (
  `id` bigint NOT NULL,
  `customer_id` int unsigned NOT NULL,
  `total` decimal(10,2) NOT NULL,
  `placed` date NOT NULL,
  PRIMARY KEY (`id`,`placed`),
  CONSTRAINT `of_customer` FOREIGN KEY (`customer_id`) REFERENCES `Customers` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB
/*!50100 PARTITION BY RANGE (year(`placed`))
(PARTITION p0 VALUES LESS THAN (2020) ENGINE = InnoDB,
 PARTITION p1 VALUES LESS THAN MAXVALUE ENGINE = InnoDB) */;
ALTER TABLE `orders` MODIFY `id` bigint NOT NULL AUTO_INCREMENT, ADD KEY `by_total` (`total`), ADD COLUMN note text AFTER `total`, ENGINE=InnoDB;
CREATE TABLE copied LIKE orders;
CREATE TABLE counters (id int primary key, n bigint not null) PARTITION BY HASH(id) PARTITIONS 8;
RENAME TABLE counters TO tallies;
CREATE VIEW v AS SELECT 1;
)";

constexpr const char* script = R"(
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE [Customer] (id INTEGER PRIMARY KEY AUTOINCREMENT, `Name` VARCHAR(60) NOT NULL, region);
INSERT INTO Customer VALUES(1,'CREATE TABLE x (a int);',NULL);
CREATE TABLE "order line" ("order" INT, line INT, customer REFERENCES customer(id), PRIMARY KEY ("order", line)) WITHOUT ROWID;
CREATE TRIGGER t AFTER DELETE ON customer BEGIN DELETE FROM "order line"; END;
CREATE INDEX by_name ON customer (lower(name));
ALTER TABLE customer ADD COLUMN note TEXT;
CREATE TABLE broken (a int,, b);
ATTACH 'elsewhere.db' AS other;
COMMIT;
)";

}  // namespace

class TestDialectDdl : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void mysqldump() {
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
        TemporaryFolder folder;
        const auto path = folder.path() / "schema.sql";
        QVERIFY(writeFileWhole(path.string(), script).ok());
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
        QCOMPARE(said.size(), size_t{1});
        QCOMPARE(said[0].line, uint64_t{10});
        QVERIFY(!std::filesystem::exists("elsewhere.db"));
    }

    // What a log of MySQL says of the schema.
    void logsChangeTheSchema() {
        const DdlText text{"dump.sql", dump};
        Schema schema = readDdl({&text, 1}).schema;
        const auto effect = applyDdl(schema, "ALTER TABLE \"orders\" ADD COLUMN \"region\" varchar(20) CHARACTER SET utf8 DEFAULT 'x' AFTER \"id\"", {"shop"});
        QVERIFY2(effect.ok() && effect->changed, effect.ok() ? "" : effect.error().message.c_str());
        QVERIFY(schema.tables[*schema.find("shop", "orders")].column("region"));
    }
};

QTEST_APPLESS_MAIN(TestDialectDdl)
#include "test_dialect_ddl.moc"
