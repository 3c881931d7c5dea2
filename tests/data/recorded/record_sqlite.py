#!/usr/bin/env python3
"""Records the sample of SQLite in this folder: the sqlite3 shell runs a known load and writes its own trace, beside what the driver
counted and what the database says has changed.

usage: record_sqlite.py [--into FOLDER]      needs: sqlite3
"""
import argparse
import json
import subprocess
import tempfile
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve().parent

SCHEMA = """\
CREATE TABLE customer (id INTEGER PRIMARY KEY, name TEXT NOT NULL, region TEXT);
CREATE TABLE [order line] (id INTEGER PRIMARY KEY AUTOINCREMENT, customer_id INTEGER REFERENCES customer(id), quantity INT);
CREATE INDEX by_customer ON [order line] (customer_id);
CREATE TRIGGER touched AFTER INSERT ON [order line] BEGIN UPDATE customer SET region = 'busy' WHERE id = new.customer_id; END;
"""


def load():
    text, calls, tables = [], Counter(), Counter()
    transactions = aborted = 0

    def add(kind, names, statement):
        text.append(statement + ";\n")
        calls[kind] += 1
        for name in names:
            tables[f"{kind} {name}"] += 1

    for i in range(1, 61):
        text.append("BEGIN IMMEDIATE;\n")
        add("insert", ["customer"], f"INSERT OR REPLACE INTO customer VALUES ({i}, 'it''s\nnumber {i};', 'north')")
        add("insert", ["order line"], f"INSERT INTO [order line] (customer_id, quantity) VALUES ({i}, 2), ({i}, 3)")
        add("select", ["customer", "order line"], f"SELECT c.name, sum(l.quantity)\n  FROM customer AS c JOIN `order line` AS l ON l.customer_id = c.id\n WHERE c.id == {i} GROUP BY c.id")
        text.append("ROLLBACK;\n" if i % 10 == 0 else "COMMIT;\n")
        add("select", ["customer"], f"SELECT * FROM customer WHERE region IS 'north' AND id < {i} LIMIT 2, 3")
        add("update", ["customer"], f"UPDATE customer SET name = 'y' WHERE id = {i}")
        add("delete", ["order line"], f"DELETE FROM [order line] WHERE customer_id = {i} AND quantity > 2")
        transactions += 3 + (i % 10 != 0)
        aborted += i % 10 == 0
    return "".join(text), {"calls": dict(sorted(calls.items())), "transactions": transactions, "aborted": aborted, "tables": dict(sorted(tables.items()))}


def record(into):
    text, counts = load()
    with tempfile.TemporaryDirectory() as folder:
        for script in (SCHEMA, f".trace {folder}/trace --profile --expanded\n{text}.trace off\n"):
            subprocess.run(["sqlite3", f"{folder}/db"], input=script, text=True, check=True, capture_output=True)
        version = subprocess.run(["sqlite3", "--version"], text=True, check=True, capture_output=True).stdout.split()[0]
        trace = Path(f"{folder}/trace").read_bytes()
    target = into / "sqlite-trace"
    target.mkdir(parents=True, exist_ok=True)
    (target / "trace.sql").write_bytes(trace)
    (target / "schema.sql").write_text(SCHEMA)
    counts = {"recorded": f"SQLite {version}, its shell's .trace --profile --expanded; counted by the driver", "arguments": ["--log", "trace.sql"]} | counts
    (target / "counts.json").write_text(json.dumps(counts, indent=2) + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--into", type=Path, default=HERE)
    record(parser.parse_args().into)
