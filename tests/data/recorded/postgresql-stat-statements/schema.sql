CREATE TABLE customers (id int PRIMARY KEY, name text NOT NULL, "limit" numeric(10,2) NOT NULL DEFAULT 100);
CREATE TABLE products (id int PRIMARY KEY, name text NOT NULL UNIQUE, stock int NOT NULL);
CREATE TABLE orders (id bigserial PRIMARY KEY, customer_id int NOT NULL REFERENCES customers (id), note text, placed timestamptz NOT NULL DEFAULT now());
CREATE TABLE order_lines (order_id bigint REFERENCES orders (id), line int, product_id int NOT NULL REFERENCES products (id), amount int NOT NULL, PRIMARY KEY (order_id, line));
