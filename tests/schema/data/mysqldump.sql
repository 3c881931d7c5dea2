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
