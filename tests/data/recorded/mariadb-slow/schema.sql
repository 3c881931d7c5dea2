CREATE TABLE `customers` (
  `id` int(10) unsigned NOT NULL,
  `name` varchar(60) COLLATE utf8mb4_bin NOT NULL DEFAULT '',
  `region` enum('north','south','it''s') DEFAULT 'north',
  PRIMARY KEY (`id`),
  KEY `by_region` (`region`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COMMENT='who buys';
CREATE TABLE `orders` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `customer_id` int(10) unsigned NOT NULL,
  `total` decimal(10,2) NOT NULL DEFAULT 0.00,
  `note` text DEFAULT NULL,
  `placed` datetime(6) NOT NULL DEFAULT current_timestamp(6) ON UPDATE current_timestamp(6),
  PRIMARY KEY (`id`),
  KEY `by_customer` (`customer_id`,`placed`),
  CONSTRAINT `of_customer` FOREIGN KEY (`customer_id`) REFERENCES `customers` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB AUTO_INCREMENT=1001 DEFAULT CHARSET=utf8mb4;
CREATE TABLE `order_lines` (
  `order_id` bigint(20) NOT NULL,
  `number` smallint(5) unsigned NOT NULL,
  `sku` char(8) NOT NULL,
  `quantity` int(11) NOT NULL,
  PRIMARY KEY (`order_id`,`number`),
  UNIQUE KEY `once` (`order_id`,`sku`) USING BTREE
) ENGINE=InnoDB;
