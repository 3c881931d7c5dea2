#!/usr/bin/env python3
"""Records the samples of MariaDB in this folder: starts a private server, drives a known load with its client, and keeps the
general log and the slow log beside what the driver and the server counted.

usage: record_mariadb.py [--into FOLDER]      needs: mariadb-server
"""
import argparse
import gzip
import json
import os
import pwd
import random
import re
import shutil
import subprocess
import tempfile
import time
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve().parent

SCHEMA = """\
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
"""
FILL = "".join(f"INSERT INTO customers VALUES ({i}, 'customer {i}', 'north');\n" for i in range(1, 41))


class Server:
    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="foreshard-mariadb-"))
        self.user = pwd.getpwnam("mysql") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
        os.chown(self.folder, self.user.pw_uid, self.user.pw_gid)
        os.chmod(self.folder, 0o755)
        common = [f"--datadir={self.folder}/data", f"--user={self.user.pw_name}"]
        subprocess.run(["mariadb-install-db", "--no-defaults", *common, "--auth-root-authentication-method=normal", "--skip-test-db"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        program = shutil.which("mariadbd") or "/usr/sbin/mariadbd"
        self.process = subprocess.Popen([program, "--no-defaults", *common, f"--socket={self.folder}/socket", "--skip-networking", f"--general-log-file={self.folder}/general.log",
                                         f"--slow-query-log-file={self.folder}/slow.log", "--log-output=FILE", "--long-query-time=0", "--innodb-flush-log-at-trx-commit=0", "--default-time-zone=+00:00"],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=os.environ | {"TZ": "UTC"})
        for _ in range(300):
            if subprocess.run(self.client("-e", "SELECT 1"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0:
                break
            time.sleep(0.1)

    def client(self, *arguments):
        return ["mariadb", "--no-defaults", f"--socket={self.folder}/socket", "-u", "root", "-B", "-N", *arguments]

    def run(self, text, database="shop"):
        return subprocess.run(self.client(*([database] if database else [])), input=text, text=True, check=True, capture_output=True).stdout

    def outcomes(self, text):
        """How many rows each statement gave or changed, as the client says."""
        said = subprocess.run(self.client("-vv", "shop"), input=text, text=True, check=True, capture_output=True).stdout
        found = re.findall(r"^(?:Query OK, (\d+) rows? affected|(\d+) rows? in set|(Empty set))", said, re.MULTILINE)
        return [int(changed or given or 0) for changed, given, _ in found]

    def close(self):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.folder)


class Load:
    """Statements with what each of them is: the driver's own books."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.text, self.kinds, self.calls, self.tables = [], [], Counter(), Counter()
        self.transactions = self.aborted = 0

    def add(self, kind, tables, statement):
        self.text.append(statement + ";\n")
        self.kinds.append(kind)
        if kind:
            self.calls[kind] += 1
            for table in tables.split():
                self.tables[kind + " " + table] += 1

    def order(self, i):
        customer, fails = self.random.randint(1, 40), i % 9 == 0
        self.add(None, "", "START TRANSACTION" if i % 2 else "BEGIN")
        self.add("select", "customers", f"SELECT `name`, `region` FROM `customers` WHERE `id` = {customer} FOR UPDATE")
        self.add("insert", "orders", f"INSERT INTO `orders` (`customer_id`, `note`) VALUES ({customer}, 'it\\'s \\\"urgent\\\"; # {i}\\nCafé')")
        self.add("insert", "order_lines", "INSERT INTO order_lines (order_id, number, sku, quantity)\n\tVALUES (LAST_INSERT_ID(), 1, \"sku-1\", 2),\n\t       (LAST_INSERT_ID(), 2, \"sku-2\", 1)")
        self.add("update", "orders", f"UPDATE orders AS o SET o.total = o.total + {i}.50 WHERE o.id = {1001 + i}")
        self.add(None, "", "ROLLBACK" if fails else "COMMIT")
        self.transactions += not fails
        self.aborted += fails

    def alone(self, kind, tables, statement):
        self.add(kind, tables, statement)
        self.transactions += 1

    def browse(self, i):
        customer = self.random.randint(1, 40)
        self.alone("select", "orders order_lines", f"SELECT /* page {i} */ o.id, SUM(l.quantity) FROM orders o FORCE INDEX (by_customer) JOIN order_lines l ON l.order_id = o.id WHERE o.customer_id = {customer} GROUP BY o.id ORDER BY o.placed DESC LIMIT 0, 5")
        self.alone("insert", "customers", f"INSERT INTO customers (id, name) VALUES ({customer}, _utf8mb4'again') ON DUPLICATE KEY UPDATE name = VALUES(name)")
        self.alone("insert", "customers", f"REPLACE INTO customers (id, name, region) VALUES ({100 + i}, 'new', 'south')")
        self.alone("update", "orders customers", f"UPDATE orders JOIN customers ON customers.id = orders.customer_id SET orders.note = NULL WHERE customers.id = {customer} AND orders.total < 1")
        self.alone("delete", "order_lines", f"DELETE FROM order_lines WHERE order_id = {self.random.randint(1, 2000)} LIMIT 2")
        self.alone("select", "customers", f"SELECT COUNT(*) FROM customers WHERE region IN ('north', \"south\") AND id BETWEEN {i} AND {i + 5}")


def prepared(count):
    """Calls of statements that the client has prepared: the server logs them with their values."""
    text = "PREPARE s FROM 'SELECT id, name FROM customers WHERE id = ?';\n"
    for i in range(count):
        text += f"SET @id = {i + 1};\nEXECUTE s USING @id;\n"
    return text + "DEALLOCATE PREPARE s;\n"


def record(into):
    server = Server()
    try:
        server.run("CREATE DATABASE shop", "")
        server.run(SCHEMA + FILL)
        server.run("SET GLOBAL general_log = 1; SET GLOBAL slow_query_log = 1;", "")
        calls, tables, rows, transactions, aborted = Counter(), Counter(), Counter(), 0, 0
        for session in range(4):
            load = Load(session)
            for i in range(40):
                (load.order if i % 2 else load.browse)(i)
            outcomes = server.outcomes("".join(load.text))
            assert len(outcomes) == len(load.kinds), "one outcome for each statement"
            for kind, count in zip(load.kinds, outcomes):
                if kind:
                    rows[kind] += count
            calls, tables = calls + load.calls, tables + load.tables
            transactions, aborted = transactions + load.transactions, aborted + load.aborted
        executed = 25
        rows["select"] += len(server.run(prepared(executed)).splitlines())
        calls["select"] += executed
        tables["select customers"] += executed
        transactions += executed
        counted = dict(line.split("\t") for line in server.run("SHOW GLOBAL STATUS WHERE Variable_name IN ('Com_select', 'Com_insert', 'Com_replace', 'Com_update', 'Com_update_multi', 'Com_delete', 'Com_stmt_execute')").splitlines())
        version = server.run("SELECT VERSION()").strip().split("-")[0]
        calls["select"] += 1   # VERSION()
        transactions += 1
        rows["select"] += 1
        server.run("SET GLOBAL general_log = 0; SET GLOBAL slow_query_log = 0", "")
        general, slow = (server.folder / "general.log").read_bytes(), (server.folder / "slow.log").read_bytes()
    finally:
        server.close()
    books = {"transactions": transactions, "aborted": aborted}
    for name, log, file in (("mariadb-general", general, "general.log.gz"), ("mariadb-slow", slow, "slow.log.gz")):
        folder = into / name
        folder.mkdir(parents=True, exist_ok=True)
        with open(folder / file, "wb") as out:
            out.write(gzip.compress(log, mtime=0))
        (folder / "schema.sql").write_text(SCHEMA)
        counts = {"recorded": f"MariaDB {version}, its client in five sessions: four of a mixed load, one that prepares statements; counted by the driver, calls also by the server (SHOW GLOBAL STATUS)",
                  "arguments": ["--log", file], "calls": dict(sorted(calls.items()))}
        if name == "mariadb-slow":
            counts["rows"] = dict(sorted(rows.items()))
        counts |= books | {"tables": dict(sorted(tables.items())), "server": counted}
        (folder / "counts.json").write_text(json.dumps(counts, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--into", type=Path, default=HERE)
    record(parser.parse_args().into)
