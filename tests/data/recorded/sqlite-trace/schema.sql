CREATE TABLE customer (id INTEGER PRIMARY KEY, name TEXT NOT NULL, region TEXT);
CREATE TABLE [order line] (id INTEGER PRIMARY KEY AUTOINCREMENT, customer_id INTEGER REFERENCES customer(id), quantity INT);
CREATE INDEX by_customer ON [order line] (customer_id);
CREATE TRIGGER touched AFTER INSERT ON [order line] BEGIN UPDATE customer SET region = 'busy' WHERE id = new.customer_id; END;
