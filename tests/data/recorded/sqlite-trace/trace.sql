BEGIN IMMEDIATE; -- 0 ns
INSERT OR REPLACE INTO customer VALUES (1, 'it''s
number 1;', 'north'); -- 0 ns
INSERT INTO [order line] (customer_id, quantity) VALUES (1, 2), (1, 3); -- 0 ns
SELECT c.name, sum(l.quantity)
  FROM customer AS c JOIN `order line` AS l ON l.customer_id = c.id
 WHERE c.id == 1 GROUP BY c.id; -- 0 ns
COMMIT; -- 52000000 ns
SELECT * FROM customer WHERE region IS 'north' AND id < 1 LIMIT 2, 3; -- 0 ns
UPDATE customer SET name = 'y' WHERE id = 1; -- 44000000 ns
DELETE FROM [order line] WHERE customer_id = 1 AND quantity > 2; -- 39000000 ns
BEGIN IMMEDIATE; -- 0 ns
INSERT OR REPLACE INTO customer VALUES (2, 'it''s
number 2;', 'north'); -- 1000000 ns
INSERT INTO [order line] (customer_id, quantity) VALUES (2, 2), (2, 3); -- 0 ns
SELECT c.name, sum(l.quantity)
  FROM customer AS c JOIN `order line` AS l ON l.customer_id = c.id
 WHERE c.id == 2 GROUP BY c.id; -- 0 ns
COMMIT; -- 19000000 ns
SELECT * FROM customer WHERE region IS 'north' AND id < 2 LIMIT 2, 3; -- 0 ns
UPDATE customer SET name = 'y' WHERE id = 2; -- 29000000 ns
DELETE FROM [order line] WHERE customer_id = 2 AND quantity > 2; -- 52000000 ns
BEGIN IMMEDIATE; -- 0 ns
INSERT OR REPLACE INTO customer VALUES (3, 'it''s
number 3;', 'north'); -- 0 ns
INSERT INTO [order line] (customer_id, quantity) VALUES (3, 2), (3, 3); -- 0 ns
SELECT c.name, sum(l.quantity)
  FROM customer AS c JOIN `order line` AS l ON l.customer_id = c.id
 WHERE c.id == 3 GROUP BY c.id; -- 0 ns
COMMIT; -- 38000000 ns
SELECT * FROM customer WHERE region IS 'north' AND id < 3 LIMIT 2, 3; -- 0 ns
UPDATE customer SET name = 'y' WHERE id = 3; -- 52000000 ns
DELETE FROM [order line] WHERE customer_id = 3 AND quantity > 2; -- 48000000 ns
BEGIN IMMEDIATE; -- 0 ns
INSERT OR REPLACE INTO customer VALUES (4, 'it''s
number 4;', 'north'); -- 0 ns
INSERT INTO [order line] (customer_id, quantity) VALUES (4, 2), (4, 3); -- 0 ns
SELECT c.name, sum(l.quantity)
  FROM customer AS c JOIN `order line` AS l ON l.customer_id = c.id
 WHERE c.id == 4 GROUP BY c.id; -- 0 ns
COMMIT; -- 40000000 ns
SELECT * FROM customer WHERE region IS 'north' AND id < 4 LIMIT 2, 3; -- 0 ns
UPDATE customer SET name = 'y' WHERE id = 4; -- 40000000 ns
DELETE FROM [order line] WHERE customer_id = 4 AND quantity > 2; -- 32000000 ns
BEGIN IMMEDIATE; -- 0 ns
INSERT OR REPLACE INTO customer VALUES (5, 'it''s
number 5;', 'north'); -- 0 ns
INSERT INTO [order line] (customer_id, quantity) VALUES (5, 2), (5, 3); -- 0 ns
SELECT c.name, sum(l.quantity)
  FROM customer AS c JOIN `order line` AS l ON l.customer_id = c.id
 WHERE c.id == 5 GROUP BY c.id; -- 0 ns
COMMIT; -- 44000000 ns
SELECT * FROM customer WHERE region IS 'north' AND id < 5 LIMIT 2, 3; -- 0 ns
UPDATE customer SET name = 'y' WHERE id = 5; -- 56000000 ns
DELETE FROM [order line] WHERE customer_id = 5 AND quantity > 2; -- 44000000 ns
BEGIN IMMEDIATE; -- 0 ns
INSERT OR REPLACE INTO customer VALUES (6, 'it''s
number 6;', 'north'); -- 0 ns
INSERT INTO [order line] (customer_id, quantity) VALUES (6, 2), (6, 3); -- 0 ns
SELECT c.name, sum(l.quantity)
  FROM customer AS c JOIN `order line` AS l ON l.customer_id = c.id
 WHERE c.id == 6 GROUP BY c.id; -- 0 ns
COMMIT; -- 36000000 ns
SELECT * FROM customer WHERE region IS 'north' AND id < 6 LIMIT 2, 3; -- 0 ns
UPDATE customer SET name = 'y' WHERE id = 6; -- 40000000 ns
DELETE FROM [order line] WHERE customer_id = 6 AND quantity > 2; -- 32000000 ns
BEGIN IMMEDIATE; -- 0 ns
INSERT OR REPLACE INTO customer VALUES (7, 'it''s
number 7;', 'north'); -- 0 ns
INSERT INTO [order line] (customer_id, quantity) VALUES (7, 2), (7, 3); -- 0 ns
SELECT c.name, sum(l.quantity)
  FROM customer AS c JOIN `order line` AS l ON l.customer_id = c.id
 WHERE c.id == 7 GROUP BY c.id; -- 0 ns
COMMIT; -- 69000000 ns
SELECT * FROM customer WHERE region IS 'north' AND id < 7 LIMIT 2, 3; -- 0 ns
UPDATE customer SET name = 'y' WHERE id = 7; -- 24000000 ns
DELETE FROM [order line] WHERE customer_id = 7 AND quantity > 2; -- 40000000 ns
BEGIN IMMEDIATE; -- 0 ns
INSERT OR REPLACE INTO customer VALUES (8, 'it''s
number 8;', 'north'); -- 0 ns
INSERT INTO [order line] (customer_id, quantity) VALUES (8, 2), (8, 3); -- 0 ns
SELECT c.name, sum(l.quantity)
  FROM customer AS c JOIN `order line` AS l ON l.customer_id = c.id
 WHERE c.id == 8 GROUP BY c.id; -- 0 ns
COMMIT; -- 29000000 ns
SELECT * FROM customer WHERE region IS 'north' AND id < 8 LIMIT 2, 3; -- 0 ns
UPDATE customer SET name = 'y' WHERE id = 8; -- 27000000 ns
DELETE FROM [order line] WHERE customer_id = 8 AND quantity > 2; -- 36000000 ns
BEGIN IMMEDIATE; -- 0 ns
INSERT OR REPLACE INTO customer VALUES (9, 'it''s
number 9;', 'north'); -- 0 ns
INSERT INTO [order line] (customer_id, quantity) VALUES (9, 2), (9, 3); -- 0 ns
SELECT c.name, sum(l.quantity)
  FROM customer AS c JOIN `order line` AS l ON l.customer_id = c.id
 WHERE c.id == 9 GROUP BY c.id; -- 0 ns
COMMIT; -- 44000000 ns
SELECT * FROM customer WHERE region IS 'north' AND id < 9 LIMIT 2, 3; -- 0 ns
UPDATE customer SET name = 'y' WHERE id = 9; -- 28000000 ns
DELETE FROM [order line] WHERE customer_id = 9 AND quantity > 2; -- 29000000 ns
BEGIN IMMEDIATE; -- 0 ns
INSERT OR REPLACE INTO customer VALUES (10, 'it''s
number 10;', 'north'); -- 0 ns
INSERT INTO [order line] (customer_id, quantity) VALUES (10, 2), (10, 3); -- 0 ns
SELECT c.name, sum(l.quantity)
  FROM customer AS c JOIN `order line` AS l ON l.customer_id = c.id
 WHERE c.id == 10 GROUP BY c.id; -- 0 ns
ROLLBACK; -- 0 ns
SELECT * FROM customer WHERE region IS 'north' AND id < 10 LIMIT 2, 3; -- 0 ns
UPDATE customer SET name = 'y' WHERE id = 10; -- 0 ns
DELETE FROM [order line] WHERE customer_id = 10 AND quantity > 2; -- 0 ns
BEGIN IMMEDIATE; -- 0 ns
INSERT OR REPLACE INTO customer VALUES (11, 'it''s
number 11;', 'north'); -- 0 ns
INSERT INTO [order line] (customer_id, quantity) VALUES (11, 2), (11, 3); -- 0 ns
SELECT c.name, sum(l.quantity)
  FROM customer AS c JOIN `order line` AS l ON l.customer_id = c.id
 WHERE c.id == 11 GROUP BY c.id; -- 0 ns
COMMIT; -- 43000000 ns
SELECT * FROM customer WHERE region IS 'north' AND id < 11 LIMIT 2, 3; -- 0 ns
UPDATE customer SET name = 'y' WHERE id = 11; -- 48000000 ns
DELETE FROM [order line] WHERE customer_id = 11 AND quantity > 2; -- 9000000 ns
BEGIN IMMEDIATE; -- 0 ns
INSERT OR REPLACE INTO customer VALUES (12, 'it''s
number 12;', 'north'); -- 0 ns
INSERT INTO [order line] (customer_id, quantity) VALUES (12, 2), (12, 3); -- 0 ns
SELECT c.name, sum(l.quantity)
  FROM customer AS c JOIN `order line` AS l ON l.customer_id = c.id
 WHERE c.id == 12 GROUP BY c.id; -- 0 ns
COMMIT; -- 17000000 ns
SELECT * FROM customer WHERE region IS 'north' AND id < 12 LIMIT 2, 3; -- 0 ns
UPDATE customer SET name = 'y' WHERE id = 12; -- 16000000 ns
DELETE FROM [order line] WHERE customer_id = 12 AND quantity > 2; -- 12000000 ns
BEGIN IMMEDIATE; -- 0 ns
INSERT OR REPLACE INTO customer VALUES (13, 'it''s
number 13;', 'north'); -- 0 ns
INSERT INTO [order line] (customer_id, quantity) VALUES (13, 2), (13, 3); -- 0 ns
SELECT c.name, sum(l.quantity)
  FROM customer AS c JOIN `order line` AS l ON l.customer_id = c.id
 WHERE c.id == 13 GROUP BY c.id; -- 0 ns
COMMIT; -- 40000000 ns
SELECT * FROM customer WHERE region IS 'north' AND id < 13 LIMIT 2, 3; -- 0 ns
UPDATE customer SET name = 'y' WHERE id = 13; -- 40000000 ns
DELETE FROM [order line] WHERE customer_id = 13 AND quantity > 2; -- 28000000 ns
BEGIN IMMEDIATE; -- 0 ns
INSERT OR REPLACE INTO customer VALUES (14, 'it''s
number 14;', 'north'); -- 0 ns
INSERT INTO [order line] (customer_id, quantity) VALUES (14, 2), (14, 3); -- 0 ns
SELECT c.name, sum(l.quantity)
  FROM customer AS c JOIN `order line` AS l ON l.customer_id = c.id
 WHERE c.id == 14 GROUP BY c.id; -- 0 ns
COMMIT; -- 18000000 ns
SELECT * FROM customer WHERE region IS 'north' AND id < 14 LIMIT 2, 3; -- 0 ns
UPDATE customer SET name = 'y' WHERE id = 14; -- 22000000 ns
DELETE FROM [order line] WHERE customer_id = 14 AND quantity > 2; -- 33000000 ns
BEGIN IMMEDIATE; -- 0 ns
INSERT OR REPLACE INTO customer VALUES (15, 'it''s
number 15;', 'north'); -- 0 ns
INSERT INTO [order line] (customer_id, quantity) VALUES (15, 2), (15, 3); -- 0 ns
SELECT c.name, sum(l.quantity)
  FROM customer AS c JOIN `order line` AS l ON l.customer_id = c.id
 WHERE c.id == 15 GROUP BY c.id; -- 0 ns
COMMIT; -- 34000000 ns
SELECT * FROM customer WHERE region IS 'north' AND id < 15 LIMIT 2, 3; -- 0 ns
UPDATE customer SET name = 'y' WHERE id = 15; -- 33000000 ns
DELETE FROM [order line] WHERE customer_id = 15 AND quantity > 2; -- 12000000 ns
BEGIN IMMEDIATE; -- 0 ns
INSERT OR REPLACE INTO customer VALUES (16, 'it''s
number 16;', 'north'); -- 0 ns
INSERT INTO [order line] (customer_id, quantity) VALUES (16, 2), (16, 3); -- 0 ns
SELECT c.name, sum(l.quantity)
  FROM customer AS c JOIN `order line` AS l ON l.customer_id = c.id
 WHERE c.id == 16 GROUP BY c.id; -- 0 ns
COMMIT; -- 41000000 ns
SELECT * FROM customer WHERE region IS 'north' AND id < 16 LIMIT 2, 3; -- 0 ns
UPDATE customer SET name = 'y' WHERE id = 16; -- 37000000 ns
DELETE FROM [order line] WHERE customer_id = 16 AND quantity > 2; -- 26000000 ns
BEGIN IMMEDIATE; -- 0 ns
INSERT OR REPLACE INTO customer VALUES (17, 'it''s
number 17;', 'north'); -- 0 ns
INSERT INTO [order line] (customer_id, quantity) VALUES (17, 2), (17, 3); -- 0 ns
SELECT c.name, sum(l.quantity)
  FROM customer AS c JOIN `order line` AS l ON l.customer_id = c.id
 WHERE c.id == 17 GROUP BY c.id; -- 0 ns
COMMIT; -- 28000000 ns
SELECT * FROM customer WHERE region IS 'north' AND id < 17 LIMIT 2, 3; -- 0 ns
UPDATE customer SET name = 'y' WHERE id = 17; -- 44000000 ns
DELETE FROM [order line] WHERE customer_id = 17 AND quantity > 2; -- 32000000 ns
BEGIN IMMEDIATE; -- 0 ns
INSERT OR REPLACE INTO customer VALUES (18, 'it''s
number 18;', 'north'); -- 0 ns
INSERT INTO [order line] (customer_id, quantity) VALUES (18, 2), (18, 3); -- 0 ns
SELECT c.name, sum(l.quantity)
  FROM customer AS c JOIN `order line` AS l ON l.customer_id = c.id
 WHERE c.id == 18 GROUP BY c.id; -- 0 ns
COMMIT; -- 20000000 ns
SELECT * FROM customer WHERE region IS 'north' AND id < 18 LIMIT 2, 3; -- 0 ns
UPDATE customer SET name = 'y' WHERE id = 18; -- 25000000 ns
DELETE FROM [order line] WHERE customer_id = 18 AND quantity > 2; -- 39000000 ns
BEGIN IMMEDIATE; -- 0 ns
INSERT OR REPLACE INTO customer VALUES (19, 'it''s
number 19;', 'north'); -- 0 ns
INSERT INTO [order line] (customer_id, quantity) VALUES (19, 2), (19, 3); -- 0 ns
SELECT c.name, sum(l.quantity)
  FROM customer AS c JOIN `order line` AS l ON l.customer_id = c.id
 WHERE c.id == 19 GROUP BY c.id; -- 0 ns
COMMIT; -- 24000000 ns
SELECT * FROM customer WHERE region IS 'north' AND id < 19 LIMIT 2, 3; -- 0 ns
UPDATE customer SET name = 'y' WHERE id = 19; -- 36000000 ns
DELETE FROM [order line] WHERE customer_id = 19 AND quantity > 2; -- 27000000 ns
BEGIN IMMEDIATE; -- 0 ns
INSERT OR REPLACE INTO customer VALUES (20, 'it''s
number 20;', 'north'); -- 0 ns
INSERT INTO [order line] (customer_id, quantity) VALUES (20, 2), (20, 3); -- 0 ns
SELECT c.name, sum(l.quantity)
  FROM customer AS c JOIN `order line` AS l ON l.customer_id = c.id
 WHERE c.id == 20 GROUP BY c.id; -- 0 ns
ROLLBACK; -- 1000000 ns
SELECT * FROM customer WHERE region IS 'north' AND id < 20 LIMIT 2, 3; -- 0 ns
UPDATE customer SET name = 'y' WHERE id = 20; -- 0 ns
DELETE FROM [order line] WHERE customer_id = 20 AND quantity > 2; -- 0 ns
BEGIN IMMEDIATE; -- 0 ns
INSERT OR REPLACE INTO customer VALUES (21, 'it''s
number 21;', 'north'); -- 0 ns
INSERT INTO [order line] (customer_id, quantity) VALUES (21, 2), (21, 3); -- 0 ns
SELECT c.name, sum(l.quantity)
  FROM customer AS c JOIN `order line` AS l ON l.customer_id = c.id
 WHERE c.id == 21 GROUP BY c.id; -- 0 ns
COMMIT; -- 32000000 ns
SELECT * FROM customer WHERE region IS 'north' AND id < 21 LIMIT 2, 3; -- 0 ns
UPDATE customer SET name = 'y' WHERE id = 21; -- 44000000 ns
DELETE FROM [order line] WHERE customer_id = 21 AND quantity > 2; -- 36000000 ns
BEGIN IMMEDIATE; -- 0 ns
INSERT OR REPLACE INTO customer VALUES (22, 'it''s
number 22;', 'north'); -- 0 ns
INSERT INTO [order line] (customer_id, quantity) VALUES (22, 2), (22, 3); -- 0 ns
SELECT c.name, sum(l.quantity)
  FROM customer AS c JOIN `order line` AS l ON l.customer_id = c.id
 WHERE c.id == 22 GROUP BY c.id; -- 0 ns
COMMIT; -- 52000000 ns
SELECT * FROM customer WHERE region IS 'north' AND id < 22 LIMIT 2, 3; -- 0 ns
UPDATE customer SET name = 'y' WHERE id = 22; -- 16000000 ns
DELETE FROM [order line] WHERE customer_id = 22 AND quantity > 2; -- 24000000 ns
BEGIN IMMEDIATE; -- 0 ns
INSERT OR REPLACE INTO customer VALUES (23, 'it''s
number 23;', 'north'); -- 0 ns
INSERT INTO [order line] (customer_id, quantity) VALUES (23, 2), (23, 3); -- 0 ns
SELECT c.name, sum(l.quantity)
  FROM customer AS c JOIN `order line` AS l ON l.customer_id = c.id
 WHERE c.id == 23 GROUP BY c.id; -- 0 ns
COMMIT; -- 52000000 ns
SELECT * FROM customer WHERE region IS 'north' AND id < 23 LIMIT 2, 3; -- 0 ns
UPDATE customer SET name = 'y' WHERE id = 23; -- 13000000 ns
DELETE FROM [order line] WHERE customer_id = 23 AND quantity > 2; -- 35000000 ns
BEGIN IMMEDIATE; -- 0 ns
INSERT OR REPLACE INTO customer VALUES (24, 'it''s
number 24;', 'north'); -- 0 ns
INSERT INTO [order line] (customer_id, quantity) VALUES (24, 2), (24, 3); -- 0 ns
SELECT c.name, sum(l.quantity)
  FROM customer AS c JOIN `order line` AS l ON l.customer_id = c.id
 WHERE c.id == 24 GROUP BY c.id; -- 0 ns
COMMIT; -- 24000000 ns
SELECT * FROM customer WHERE region IS 'north' AND id < 24 LIMIT 2, 3; -- 0 ns
UPDATE customer SET name = 'y' WHERE id = 24; -- 68000000 ns
DELETE FROM [order line] WHERE customer_id = 24 AND quantity > 2; -- 48000000 ns
BEGIN IMMEDIATE; -- 0 ns
INSERT OR REPLACE INTO customer VALUES (25, 'it''s
number 25;', 'north'); -- 0 ns
INSERT INTO [order line] (customer_id, quantity) VALUES (25, 2), (25, 3); -- 0 ns
SELECT c.name, sum(l.quantity)
  FROM customer AS c JOIN `order line` AS l ON l.customer_id = c.id
 WHERE c.id == 25 GROUP BY c.id; -- 0 ns
COMMIT; -- 28000000 ns
SELECT * FROM customer WHERE region IS 'north' AND id < 25 LIMIT 2, 3; -- 0 ns
UPDATE customer SET name = 'y' WHERE id = 25; -- 36000000 ns
DELETE FROM [order line] WHERE customer_id = 25 AND quantity > 2; -- 1000000 ns
BEGIN IMMEDIATE; -- 0 ns
INSERT OR REPLACE INTO customer VALUES (26, 'it''s
number 26;', 'north'); -- 0 ns
INSERT INTO [order line] (customer_id, quantity) VALUES (26, 2), (26, 3); -- 0 ns
SELECT c.name, sum(l.quantity)
  FROM customer AS c JOIN `order line` AS l ON l.customer_id = c.id
 WHERE c.id == 26 GROUP BY c.id; -- 0 ns
COMMIT; -- 4000000 ns
SELECT * FROM customer WHERE region IS 'north' AND id < 26 LIMIT 2, 3; -- 0 ns
UPDATE customer SET name = 'y' WHERE id = 26; -- 7000000 ns
DELETE FROM [order line] WHERE customer_id = 26 AND quantity > 2; -- 1000000 ns
BEGIN IMMEDIATE; -- 0 ns
INSERT OR REPLACE INTO customer VALUES (27, 'it''s
number 27;', 'north'); -- 0 ns
INSERT INTO [order line] (customer_id, quantity) VALUES (27, 2), (27, 3); -- 0 ns
SELECT c.name, sum(l.quantity)
  FROM customer AS c JOIN `order line` AS l ON l.customer_id = c.id
 WHERE c.id == 27 GROUP BY c.id; -- 0 ns
COMMIT; -- 3000000 ns
SELECT * FROM customer WHERE region IS 'north' AND id < 27 LIMIT 2, 3; -- 0 ns
UPDATE customer SET name = 'y' WHERE id = 27; -- 4000000 ns
DELETE FROM [order line] WHERE customer_id = 27 AND quantity > 2; -- 2000000 ns
BEGIN IMMEDIATE; -- 0 ns
INSERT OR REPLACE INTO customer VALUES (28, 'it''s
number 28;', 'north'); -- 0 ns
INSERT INTO [order line] (customer_id, quantity) VALUES (28, 2), (28, 3); -- 0 ns
SELECT c.name, sum(l.quantity)
  FROM customer AS c JOIN `order line` AS l ON l.customer_id = c.id
 WHERE c.id == 28 GROUP BY c.id; -- 0 ns
COMMIT; -- 4000000 ns
SELECT * FROM customer WHERE region IS 'north' AND id < 28 LIMIT 2, 3; -- 0 ns
UPDATE customer SET name = 'y' WHERE id = 28; -- 2000000 ns
DELETE FROM [order line] WHERE customer_id = 28 AND quantity > 2; -- 1000000 ns
BEGIN IMMEDIATE; -- 0 ns
INSERT OR REPLACE INTO customer VALUES (29, 'it''s
number 29;', 'north'); -- 0 ns
INSERT INTO [order line] (customer_id, quantity) VALUES (29, 2), (29, 3); -- 0 ns
SELECT c.name, sum(l.quantity)
  FROM customer AS c JOIN `order line` AS l ON l.customer_id = c.id
 WHERE c.id == 29 GROUP BY c.id; -- 0 ns
COMMIT; -- 3000000 ns
SELECT * FROM customer WHERE region IS 'north' AND id < 29 LIMIT 2, 3; -- 0 ns
UPDATE customer SET name = 'y' WHERE id = 29; -- 6000000 ns
DELETE FROM [order line] WHERE customer_id = 29 AND quantity > 2; -- 2000000 ns
BEGIN IMMEDIATE; -- 0 ns
INSERT OR REPLACE INTO customer VALUES (30, 'it''s
number 30;', 'north'); -- 0 ns
INSERT INTO [order line] (customer_id, quantity) VALUES (30, 2), (30, 3); -- 0 ns
SELECT c.name, sum(l.quantity)
  FROM customer AS c JOIN `order line` AS l ON l.customer_id = c.id
 WHERE c.id == 30 GROUP BY c.id; -- 0 ns
ROLLBACK; -- 0 ns
SELECT * FROM customer WHERE region IS 'north' AND id < 30 LIMIT 2, 3; -- 0 ns
UPDATE customer SET name = 'y' WHERE id = 30; -- 0 ns
DELETE FROM [order line] WHERE customer_id = 30 AND quantity > 2; -- 0 ns
BEGIN IMMEDIATE; -- 0 ns
INSERT OR REPLACE INTO customer VALUES (31, 'it''s
number 31;', 'north'); -- 0 ns
INSERT INTO [order line] (customer_id, quantity) VALUES (31, 2), (31, 3); -- 0 ns
SELECT c.name, sum(l.quantity)
  FROM customer AS c JOIN `order line` AS l ON l.customer_id = c.id
 WHERE c.id == 31 GROUP BY c.id; -- 0 ns
COMMIT; -- 5000000 ns
SELECT * FROM customer WHERE region IS 'north' AND id < 31 LIMIT 2, 3; -- 0 ns
UPDATE customer SET name = 'y' WHERE id = 31; -- 3000000 ns
DELETE FROM [order line] WHERE customer_id = 31 AND quantity > 2; -- 5000000 ns
BEGIN IMMEDIATE; -- 0 ns
INSERT OR REPLACE INTO customer VALUES (32, 'it''s
number 32;', 'north'); -- 0 ns
INSERT INTO [order line] (customer_id, quantity) VALUES (32, 2), (32, 3); -- 0 ns
SELECT c.name, sum(l.quantity)
  FROM customer AS c JOIN `order line` AS l ON l.customer_id = c.id
 WHERE c.id == 32 GROUP BY c.id; -- 0 ns
COMMIT; -- 3000000 ns
SELECT * FROM customer WHERE region IS 'north' AND id < 32 LIMIT 2, 3; -- 0 ns
UPDATE customer SET name = 'y' WHERE id = 32; -- 1000000 ns
DELETE FROM [order line] WHERE customer_id = 32 AND quantity > 2; -- 2000000 ns
BEGIN IMMEDIATE; -- 0 ns
INSERT OR REPLACE INTO customer VALUES (33, 'it''s
number 33;', 'north'); -- 0 ns
INSERT INTO [order line] (customer_id, quantity) VALUES (33, 2), (33, 3); -- 0 ns
SELECT c.name, sum(l.quantity)
  FROM customer AS c JOIN `order line` AS l ON l.customer_id = c.id
 WHERE c.id == 33 GROUP BY c.id; -- 0 ns
COMMIT; -- 5000000 ns
SELECT * FROM customer WHERE region IS 'north' AND id < 33 LIMIT 2, 3; -- 0 ns
UPDATE customer SET name = 'y' WHERE id = 33; -- 1000000 ns
DELETE FROM [order line] WHERE customer_id = 33 AND quantity > 2; -- 3000000 ns
BEGIN IMMEDIATE; -- 0 ns
INSERT OR REPLACE INTO customer VALUES (34, 'it''s
number 34;', 'north'); -- 0 ns
INSERT INTO [order line] (customer_id, quantity) VALUES (34, 2), (34, 3); -- 0 ns
SELECT c.name, sum(l.quantity)
  FROM customer AS c JOIN `order line` AS l ON l.customer_id = c.id
 WHERE c.id == 34 GROUP BY c.id; -- 0 ns
COMMIT; -- 1000000 ns
SELECT * FROM customer WHERE region IS 'north' AND id < 34 LIMIT 2, 3; -- 0 ns
UPDATE customer SET name = 'y' WHERE id = 34; -- 2000000 ns
DELETE FROM [order line] WHERE customer_id = 34 AND quantity > 2; -- 28000000 ns
BEGIN IMMEDIATE; -- 0 ns
INSERT OR REPLACE INTO customer VALUES (35, 'it''s
number 35;', 'north'); -- 0 ns
INSERT INTO [order line] (customer_id, quantity) VALUES (35, 2), (35, 3); -- 0 ns
SELECT c.name, sum(l.quantity)
  FROM customer AS c JOIN `order line` AS l ON l.customer_id = c.id
 WHERE c.id == 35 GROUP BY c.id; -- 0 ns
COMMIT; -- 34000000 ns
SELECT * FROM customer WHERE region IS 'north' AND id < 35 LIMIT 2, 3; -- 0 ns
UPDATE customer SET name = 'y' WHERE id = 35; -- 22000000 ns
DELETE FROM [order line] WHERE customer_id = 35 AND quantity > 2; -- 27000000 ns
BEGIN IMMEDIATE; -- 0 ns
INSERT OR REPLACE INTO customer VALUES (36, 'it''s
number 36;', 'north'); -- 0 ns
INSERT INTO [order line] (customer_id, quantity) VALUES (36, 2), (36, 3); -- 0 ns
SELECT c.name, sum(l.quantity)
  FROM customer AS c JOIN `order line` AS l ON l.customer_id = c.id
 WHERE c.id == 36 GROUP BY c.id; -- 0 ns
COMMIT; -- 18000000 ns
SELECT * FROM customer WHERE region IS 'north' AND id < 36 LIMIT 2, 3; -- 0 ns
UPDATE customer SET name = 'y' WHERE id = 36; -- 10000000 ns
DELETE FROM [order line] WHERE customer_id = 36 AND quantity > 2; -- 32000000 ns
BEGIN IMMEDIATE; -- 0 ns
INSERT OR REPLACE INTO customer VALUES (37, 'it''s
number 37;', 'north'); -- 0 ns
INSERT INTO [order line] (customer_id, quantity) VALUES (37, 2), (37, 3); -- 0 ns
SELECT c.name, sum(l.quantity)
  FROM customer AS c JOIN `order line` AS l ON l.customer_id = c.id
 WHERE c.id == 37 GROUP BY c.id; -- 0 ns
COMMIT; -- 24000000 ns
SELECT * FROM customer WHERE region IS 'north' AND id < 37 LIMIT 2, 3; -- 0 ns
UPDATE customer SET name = 'y' WHERE id = 37; -- 28000000 ns
DELETE FROM [order line] WHERE customer_id = 37 AND quantity > 2; -- 12000000 ns
BEGIN IMMEDIATE; -- 0 ns
INSERT OR REPLACE INTO customer VALUES (38, 'it''s
number 38;', 'north'); -- 0 ns
INSERT INTO [order line] (customer_id, quantity) VALUES (38, 2), (38, 3); -- 0 ns
SELECT c.name, sum(l.quantity)
  FROM customer AS c JOIN `order line` AS l ON l.customer_id = c.id
 WHERE c.id == 38 GROUP BY c.id; -- 0 ns
COMMIT; -- 20000000 ns
SELECT * FROM customer WHERE region IS 'north' AND id < 38 LIMIT 2, 3; -- 0 ns
UPDATE customer SET name = 'y' WHERE id = 38; -- 24000000 ns
DELETE FROM [order line] WHERE customer_id = 38 AND quantity > 2; -- 36000000 ns
BEGIN IMMEDIATE; -- 0 ns
INSERT OR REPLACE INTO customer VALUES (39, 'it''s
number 39;', 'north'); -- 0 ns
INSERT INTO [order line] (customer_id, quantity) VALUES (39, 2), (39, 3); -- 0 ns
SELECT c.name, sum(l.quantity)
  FROM customer AS c JOIN `order line` AS l ON l.customer_id = c.id
 WHERE c.id == 39 GROUP BY c.id; -- 0 ns
COMMIT; -- 52000000 ns
SELECT * FROM customer WHERE region IS 'north' AND id < 39 LIMIT 2, 3; -- 0 ns
UPDATE customer SET name = 'y' WHERE id = 39; -- 48000000 ns
DELETE FROM [order line] WHERE customer_id = 39 AND quantity > 2; -- 9000000 ns
BEGIN IMMEDIATE; -- 0 ns
INSERT OR REPLACE INTO customer VALUES (40, 'it''s
number 40;', 'north'); -- 0 ns
INSERT INTO [order line] (customer_id, quantity) VALUES (40, 2), (40, 3); -- 0 ns
SELECT c.name, sum(l.quantity)
  FROM customer AS c JOIN `order line` AS l ON l.customer_id = c.id
 WHERE c.id == 40 GROUP BY c.id; -- 0 ns
ROLLBACK; -- 0 ns
SELECT * FROM customer WHERE region IS 'north' AND id < 40 LIMIT 2, 3; -- 0 ns
UPDATE customer SET name = 'y' WHERE id = 40; -- 0 ns
DELETE FROM [order line] WHERE customer_id = 40 AND quantity > 2; -- 0 ns
BEGIN IMMEDIATE; -- 0 ns
INSERT OR REPLACE INTO customer VALUES (41, 'it''s
number 41;', 'north'); -- 0 ns
INSERT INTO [order line] (customer_id, quantity) VALUES (41, 2), (41, 3); -- 0 ns
SELECT c.name, sum(l.quantity)
  FROM customer AS c JOIN `order line` AS l ON l.customer_id = c.id
 WHERE c.id == 41 GROUP BY c.id; -- 0 ns
COMMIT; -- 35000000 ns
SELECT * FROM customer WHERE region IS 'north' AND id < 41 LIMIT 2, 3; -- 0 ns
UPDATE customer SET name = 'y' WHERE id = 41; -- 56000000 ns
DELETE FROM [order line] WHERE customer_id = 41 AND quantity > 2; -- 32000000 ns
BEGIN IMMEDIATE; -- 0 ns
INSERT OR REPLACE INTO customer VALUES (42, 'it''s
number 42;', 'north'); -- 0 ns
INSERT INTO [order line] (customer_id, quantity) VALUES (42, 2), (42, 3); -- 0 ns
SELECT c.name, sum(l.quantity)
  FROM customer AS c JOIN `order line` AS l ON l.customer_id = c.id
 WHERE c.id == 42 GROUP BY c.id; -- 0 ns
COMMIT; -- 31000000 ns
SELECT * FROM customer WHERE region IS 'north' AND id < 42 LIMIT 2, 3; -- 0 ns
UPDATE customer SET name = 'y' WHERE id = 42; -- 29000000 ns
DELETE FROM [order line] WHERE customer_id = 42 AND quantity > 2; -- 28000000 ns
BEGIN IMMEDIATE; -- 0 ns
INSERT OR REPLACE INTO customer VALUES (43, 'it''s
number 43;', 'north'); -- 0 ns
INSERT INTO [order line] (customer_id, quantity) VALUES (43, 2), (43, 3); -- 0 ns
SELECT c.name, sum(l.quantity)
  FROM customer AS c JOIN `order line` AS l ON l.customer_id = c.id
 WHERE c.id == 43 GROUP BY c.id; -- 0 ns
COMMIT; -- 56000000 ns
SELECT * FROM customer WHERE region IS 'north' AND id < 43 LIMIT 2, 3; -- 0 ns
UPDATE customer SET name = 'y' WHERE id = 43; -- 29000000 ns
DELETE FROM [order line] WHERE customer_id = 43 AND quantity > 2; -- 23000000 ns
BEGIN IMMEDIATE; -- 0 ns
INSERT OR REPLACE INTO customer VALUES (44, 'it''s
number 44;', 'north'); -- 0 ns
INSERT INTO [order line] (customer_id, quantity) VALUES (44, 2), (44, 3); -- 0 ns
SELECT c.name, sum(l.quantity)
  FROM customer AS c JOIN `order line` AS l ON l.customer_id = c.id
 WHERE c.id == 44 GROUP BY c.id; -- 0 ns
COMMIT; -- 33000000 ns
SELECT * FROM customer WHERE region IS 'north' AND id < 44 LIMIT 2, 3; -- 0 ns
UPDATE customer SET name = 'y' WHERE id = 44; -- 23000000 ns
DELETE FROM [order line] WHERE customer_id = 44 AND quantity > 2; -- 32000000 ns
BEGIN IMMEDIATE; -- 0 ns
INSERT OR REPLACE INTO customer VALUES (45, 'it''s
number 45;', 'north'); -- 0 ns
INSERT INTO [order line] (customer_id, quantity) VALUES (45, 2), (45, 3); -- 0 ns
SELECT c.name, sum(l.quantity)
  FROM customer AS c JOIN `order line` AS l ON l.customer_id = c.id
 WHERE c.id == 45 GROUP BY c.id; -- 0 ns
COMMIT; -- 44000000 ns
SELECT * FROM customer WHERE region IS 'north' AND id < 45 LIMIT 2, 3; -- 0 ns
UPDATE customer SET name = 'y' WHERE id = 45; -- 44000000 ns
DELETE FROM [order line] WHERE customer_id = 45 AND quantity > 2; -- 34000000 ns
BEGIN IMMEDIATE; -- 0 ns
INSERT OR REPLACE INTO customer VALUES (46, 'it''s
number 46;', 'north'); -- 0 ns
INSERT INTO [order line] (customer_id, quantity) VALUES (46, 2), (46, 3); -- 0 ns
SELECT c.name, sum(l.quantity)
  FROM customer AS c JOIN `order line` AS l ON l.customer_id = c.id
 WHERE c.id == 46 GROUP BY c.id; -- 0 ns
COMMIT; -- 30000000 ns
SELECT * FROM customer WHERE region IS 'north' AND id < 46 LIMIT 2, 3; -- 0 ns
UPDATE customer SET name = 'y' WHERE id = 46; -- 55000000 ns
DELETE FROM [order line] WHERE customer_id = 46 AND quantity > 2; -- 29000000 ns
BEGIN IMMEDIATE; -- 0 ns
INSERT OR REPLACE INTO customer VALUES (47, 'it''s
number 47;', 'north'); -- 0 ns
INSERT INTO [order line] (customer_id, quantity) VALUES (47, 2), (47, 3); -- 0 ns
SELECT c.name, sum(l.quantity)
  FROM customer AS c JOIN `order line` AS l ON l.customer_id = c.id
 WHERE c.id == 47 GROUP BY c.id; -- 0 ns
COMMIT; -- 32000000 ns
SELECT * FROM customer WHERE region IS 'north' AND id < 47 LIMIT 2, 3; -- 0 ns
UPDATE customer SET name = 'y' WHERE id = 47; -- 7000000 ns
DELETE FROM [order line] WHERE customer_id = 47 AND quantity > 2; -- 21000000 ns
BEGIN IMMEDIATE; -- 0 ns
INSERT OR REPLACE INTO customer VALUES (48, 'it''s
number 48;', 'north'); -- 0 ns
INSERT INTO [order line] (customer_id, quantity) VALUES (48, 2), (48, 3); -- 0 ns
SELECT c.name, sum(l.quantity)
  FROM customer AS c JOIN `order line` AS l ON l.customer_id = c.id
 WHERE c.id == 48 GROUP BY c.id; -- 0 ns
COMMIT; -- 12000000 ns
SELECT * FROM customer WHERE region IS 'north' AND id < 48 LIMIT 2, 3; -- 0 ns
UPDATE customer SET name = 'y' WHERE id = 48; -- 48000000 ns
DELETE FROM [order line] WHERE customer_id = 48 AND quantity > 2; -- 18000000 ns
BEGIN IMMEDIATE; -- 0 ns
INSERT OR REPLACE INTO customer VALUES (49, 'it''s
number 49;', 'north'); -- 0 ns
INSERT INTO [order line] (customer_id, quantity) VALUES (49, 2), (49, 3); -- 0 ns
SELECT c.name, sum(l.quantity)
  FROM customer AS c JOIN `order line` AS l ON l.customer_id = c.id
 WHERE c.id == 49 GROUP BY c.id; -- 0 ns
COMMIT; -- 18000000 ns
SELECT * FROM customer WHERE region IS 'north' AND id < 49 LIMIT 2, 3; -- 0 ns
UPDATE customer SET name = 'y' WHERE id = 49; -- 19000000 ns
DELETE FROM [order line] WHERE customer_id = 49 AND quantity > 2; -- 21000000 ns
BEGIN IMMEDIATE; -- 0 ns
INSERT OR REPLACE INTO customer VALUES (50, 'it''s
number 50;', 'north'); -- 0 ns
INSERT INTO [order line] (customer_id, quantity) VALUES (50, 2), (50, 3); -- 0 ns
SELECT c.name, sum(l.quantity)
  FROM customer AS c JOIN `order line` AS l ON l.customer_id = c.id
 WHERE c.id == 50 GROUP BY c.id; -- 0 ns
ROLLBACK; -- 0 ns
SELECT * FROM customer WHERE region IS 'north' AND id < 50 LIMIT 2, 3; -- 0 ns
UPDATE customer SET name = 'y' WHERE id = 50; -- 0 ns
DELETE FROM [order line] WHERE customer_id = 50 AND quantity > 2; -- 0 ns
BEGIN IMMEDIATE; -- 0 ns
INSERT OR REPLACE INTO customer VALUES (51, 'it''s
number 51;', 'north'); -- 0 ns
INSERT INTO [order line] (customer_id, quantity) VALUES (51, 2), (51, 3); -- 0 ns
SELECT c.name, sum(l.quantity)
  FROM customer AS c JOIN `order line` AS l ON l.customer_id = c.id
 WHERE c.id == 51 GROUP BY c.id; -- 0 ns
COMMIT; -- 21000000 ns
SELECT * FROM customer WHERE region IS 'north' AND id < 51 LIMIT 2, 3; -- 0 ns
UPDATE customer SET name = 'y' WHERE id = 51; -- 31000000 ns
DELETE FROM [order line] WHERE customer_id = 51 AND quantity > 2; -- 36000000 ns
BEGIN IMMEDIATE; -- 0 ns
INSERT OR REPLACE INTO customer VALUES (52, 'it''s
number 52;', 'north'); -- 0 ns
INSERT INTO [order line] (customer_id, quantity) VALUES (52, 2), (52, 3); -- 0 ns
SELECT c.name, sum(l.quantity)
  FROM customer AS c JOIN `order line` AS l ON l.customer_id = c.id
 WHERE c.id == 52 GROUP BY c.id; -- 0 ns
COMMIT; -- 36000000 ns
SELECT * FROM customer WHERE region IS 'north' AND id < 52 LIMIT 2, 3; -- 0 ns
UPDATE customer SET name = 'y' WHERE id = 52; -- 39000000 ns
DELETE FROM [order line] WHERE customer_id = 52 AND quantity > 2; -- 33000000 ns
BEGIN IMMEDIATE; -- 0 ns
INSERT OR REPLACE INTO customer VALUES (53, 'it''s
number 53;', 'north'); -- 0 ns
INSERT INTO [order line] (customer_id, quantity) VALUES (53, 2), (53, 3); -- 0 ns
SELECT c.name, sum(l.quantity)
  FROM customer AS c JOIN `order line` AS l ON l.customer_id = c.id
 WHERE c.id == 53 GROUP BY c.id; -- 0 ns
COMMIT; -- 32000000 ns
SELECT * FROM customer WHERE region IS 'north' AND id < 53 LIMIT 2, 3; -- 0 ns
UPDATE customer SET name = 'y' WHERE id = 53; -- 32000000 ns
DELETE FROM [order line] WHERE customer_id = 53 AND quantity > 2; -- 32000000 ns
BEGIN IMMEDIATE; -- 0 ns
INSERT OR REPLACE INTO customer VALUES (54, 'it''s
number 54;', 'north'); -- 0 ns
INSERT INTO [order line] (customer_id, quantity) VALUES (54, 2), (54, 3); -- 0 ns
SELECT c.name, sum(l.quantity)
  FROM customer AS c JOIN `order line` AS l ON l.customer_id = c.id
 WHERE c.id == 54 GROUP BY c.id; -- 0 ns
COMMIT; -- 44000000 ns
SELECT * FROM customer WHERE region IS 'north' AND id < 54 LIMIT 2, 3; -- 0 ns
UPDATE customer SET name = 'y' WHERE id = 54; -- 44000000 ns
DELETE FROM [order line] WHERE customer_id = 54 AND quantity > 2; -- 40000000 ns
BEGIN IMMEDIATE; -- 0 ns
INSERT OR REPLACE INTO customer VALUES (55, 'it''s
number 55;', 'north'); -- 0 ns
INSERT INTO [order line] (customer_id, quantity) VALUES (55, 2), (55, 3); -- 0 ns
SELECT c.name, sum(l.quantity)
  FROM customer AS c JOIN `order line` AS l ON l.customer_id = c.id
 WHERE c.id == 55 GROUP BY c.id; -- 0 ns
COMMIT; -- 32000000 ns
SELECT * FROM customer WHERE region IS 'north' AND id < 55 LIMIT 2, 3; -- 0 ns
UPDATE customer SET name = 'y' WHERE id = 55; -- 20000000 ns
DELETE FROM [order line] WHERE customer_id = 55 AND quantity > 2; -- 16000000 ns
BEGIN IMMEDIATE; -- 0 ns
INSERT OR REPLACE INTO customer VALUES (56, 'it''s
number 56;', 'north'); -- 0 ns
INSERT INTO [order line] (customer_id, quantity) VALUES (56, 2), (56, 3); -- 0 ns
SELECT c.name, sum(l.quantity)
  FROM customer AS c JOIN `order line` AS l ON l.customer_id = c.id
 WHERE c.id == 56 GROUP BY c.id; -- 0 ns
COMMIT; -- 28000000 ns
SELECT * FROM customer WHERE region IS 'north' AND id < 56 LIMIT 2, 3; -- 0 ns
UPDATE customer SET name = 'y' WHERE id = 56; -- 24000000 ns
DELETE FROM [order line] WHERE customer_id = 56 AND quantity > 2; -- 14000000 ns
BEGIN IMMEDIATE; -- 0 ns
INSERT OR REPLACE INTO customer VALUES (57, 'it''s
number 57;', 'north'); -- 0 ns
INSERT INTO [order line] (customer_id, quantity) VALUES (57, 2), (57, 3); -- 0 ns
SELECT c.name, sum(l.quantity)
  FROM customer AS c JOIN `order line` AS l ON l.customer_id = c.id
 WHERE c.id == 57 GROUP BY c.id; -- 0 ns
COMMIT; -- 25000000 ns
SELECT * FROM customer WHERE region IS 'north' AND id < 57 LIMIT 2, 3; -- 0 ns
UPDATE customer SET name = 'y' WHERE id = 57; -- 18000000 ns
DELETE FROM [order line] WHERE customer_id = 57 AND quantity > 2; -- 50000000 ns
BEGIN IMMEDIATE; -- 0 ns
INSERT OR REPLACE INTO customer VALUES (58, 'it''s
number 58;', 'north'); -- 0 ns
INSERT INTO [order line] (customer_id, quantity) VALUES (58, 2), (58, 3); -- 0 ns
SELECT c.name, sum(l.quantity)
  FROM customer AS c JOIN `order line` AS l ON l.customer_id = c.id
 WHERE c.id == 58 GROUP BY c.id; -- 0 ns
COMMIT; -- 46000000 ns
SELECT * FROM customer WHERE region IS 'north' AND id < 58 LIMIT 2, 3; -- 0 ns
UPDATE customer SET name = 'y' WHERE id = 58; -- 26000000 ns
DELETE FROM [order line] WHERE customer_id = 58 AND quantity > 2; -- 52000000 ns
BEGIN IMMEDIATE; -- 0 ns
INSERT OR REPLACE INTO customer VALUES (59, 'it''s
number 59;', 'north'); -- 0 ns
INSERT INTO [order line] (customer_id, quantity) VALUES (59, 2), (59, 3); -- 0 ns
SELECT c.name, sum(l.quantity)
  FROM customer AS c JOIN `order line` AS l ON l.customer_id = c.id
 WHERE c.id == 59 GROUP BY c.id; -- 0 ns
COMMIT; -- 44000000 ns
SELECT * FROM customer WHERE region IS 'north' AND id < 59 LIMIT 2, 3; -- 0 ns
UPDATE customer SET name = 'y' WHERE id = 59; -- 24000000 ns
DELETE FROM [order line] WHERE customer_id = 59 AND quantity > 2; -- 64000000 ns
BEGIN IMMEDIATE; -- 0 ns
INSERT OR REPLACE INTO customer VALUES (60, 'it''s
number 60;', 'north'); -- 0 ns
INSERT INTO [order line] (customer_id, quantity) VALUES (60, 2), (60, 3); -- 0 ns
SELECT c.name, sum(l.quantity)
  FROM customer AS c JOIN `order line` AS l ON l.customer_id = c.id
 WHERE c.id == 60 GROUP BY c.id; -- 0 ns
ROLLBACK; -- 0 ns
SELECT * FROM customer WHERE region IS 'north' AND id < 60 LIMIT 2, 3; -- 0 ns
UPDATE customer SET name = 'y' WHERE id = 60; -- 0 ns
DELETE FROM [order line] WHERE customer_id = 60 AND quantity > 2; -- 0 ns
