#!/usr/bin/env python3
"""Records the samples of PostgreSQL in this folder: starts a private server, drives a known load with pgbench and psql, and
keeps the logs beside what the server (pg_stat_statements) and the driver counted.

usage: record_postgresql.py [SAMPLE...]      needs: postgresql; for the syslog samples rsyslog, run as root, and no /dev/log
"""
import gzip
import json
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
BIN = max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name))

SCHEMA = """\
CREATE TABLE customers (id int PRIMARY KEY, name text NOT NULL, "limit" numeric(10,2) NOT NULL DEFAULT 100);
CREATE TABLE products (id int PRIMARY KEY, name text NOT NULL UNIQUE, stock int NOT NULL);
CREATE TABLE orders (id bigserial PRIMARY KEY, customer_id int NOT NULL REFERENCES customers (id), note text, placed timestamptz NOT NULL DEFAULT now());
CREATE TABLE order_lines (order_id bigint REFERENCES orders (id), line int, product_id int NOT NULL REFERENCES products (id), amount int NOT NULL, PRIMARY KEY (order_id, line));
"""
FILL = """
INSERT INTO customers SELECT i, 'customer ' || i FROM generate_series(1, 40) i;
INSERT INTO products SELECT i, 'product ' || i, 100000 FROM generate_series(1, 30) i;
"""

# One transaction each; several lines, tabs, quotes and letters beyond ASCII, as applications write them.
ORDER = """\
\\set customer random(1, 40)
\\set product random(1, 30)
BEGIN;
SELECT name, "limit" FROM customers WHERE id = :customer;
INSERT INTO orders (customer_id, note) VALUES (:customer, 'as ''agreed''; für Café "Zürich"') RETURNING id \\gset
INSERT INTO order_lines (order_id, line, product_id, amount)
\tVALUES (:id, 1, :product, 2),
\t       (:id, 2, :product, 1);
UPDATE products SET stock = stock - 3 WHERE id = :product;
END;
"""
BROWSE = """\
\\set low random(1, 30)
SELECT o.id, sum(l.amount)
  FROM orders AS o JOIN order_lines AS l ON l.order_id = o.id
 WHERE o.customer_id BETWEEN :low AND :low + 3
 GROUP BY o.id;
"""
CLEAN = """\
\\set id random(1, 60)
DELETE FROM order_lines WHERE order_id = :id AND line = 2;
"""
# Longer than one line of syslog, cut in the middle of words of two bytes each.
LONG = "SELECT id, name FROM products WHERE name IN (" + ", ".join(f"'{'äöü' * 9} {i}'" for i in range(40)) + ");\n"
FAILING = "BEGIN;\nSELECT count(*) FROM orders WHERE customer_id = 1;\nINSERT INTO customers (id, name) VALUES (1, 'twice');\nROLLBACK;\n"

PREFIX = "%m [%p] %q%u@%d %c v%v "


class Server:
    def __init__(self, settings):
        self.folder = Path(tempfile.mkdtemp(prefix="foreshard-record-"))
        self.data = self.folder / "data"
        self.user = pwd.getpwnam("postgres") if os.geteuid() == 0 else None
        if self.user:
            os.chown(self.folder, self.user.pw_uid, self.user.pw_gid)
        os.chmod(self.folder, 0o755)
        self.server_program("initdb", "-D", self.data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C", "-N")
        base = {"listen_addresses": "", "unix_socket_directories": self.folder, "fsync": "off", "lc_messages": "C", "log_timezone": "UTC",
                "logging_collector": "on", "log_filename": "server.log", "log_file_mode": "0644", "log_connections": "on", "log_disconnections": "on",
                "autovacuum": "off", "shared_preload_libraries": "pg_stat_statements,auto_explain", "pg_stat_statements.track_utility": "off"}
        with open(self.data / "postgresql.conf", "a") as conf:
            for name, value in (base | settings).items():
                conf.write(f"{name} = '{value}'\n")
        self.process = subprocess.Popen(self.as_user([BIN / "postgres", "-D", self.data]), stderr=subprocess.DEVNULL, cwd=self.folder)
        for _ in range(200):
            if subprocess.run([BIN / "pg_isready", "-q", "-h", self.folder, "-U", "postgres", "-d", "postgres"]).returncode == 0:
                break
            time.sleep(0.1)
        self.sql(SCHEMA + FILL + "CREATE EXTENSION pg_stat_statements; CREATE ROLE shop LOGIN SUPERUSER;")

    def as_user(self, command):
        command = [str(part) for part in command]
        return ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--clear-groups", "--", *command] if self.user else command

    def server_program(self, program, *arguments):
        subprocess.run(self.as_user([BIN / program, *arguments]), check=True, stdout=subprocess.DEVNULL, cwd=self.folder)

    def sql(self, text, user="postgres", check=True, options=""):
        done = subprocess.run([BIN / "psql", "-X", "-q", "-A", "-t", "-h", self.folder, "-U", user, "-d", "postgres"], input=text, text=True, check=check,
                              capture_output=True, env=os.environ | {"PGOPTIONS": options})
        return done.stdout.strip()

    def pgbench(self, script, transactions, protocol, clients=3, options=""):
        path = self.folder / "script.sql"
        path.write_text(script)
        done = subprocess.run([BIN / "pgbench", "-n", "-h", self.folder, "-U", "shop", "-c", str(clients), "-t", str(transactions // clients), "-M", protocol,
                               "-f", path, "--random-seed=7", "postgres"], text=True, check=True, capture_output=True, env=os.environ | {"PGOPTIONS": options})
        return int(re.search(r"actually processed: (\d+)", done.stdout)[1])

    def counts(self):
        """Calls and rows by kind of statement, as the server counted them for the driver's role."""
        rows = self.sql("SELECT lower(substring(query from '^[A-Za-z]+')), sum(calls), sum(rows) FROM pg_stat_statements JOIN pg_roles r ON r.oid = userid "
                        "WHERE rolname = 'shop' GROUP BY 1 ORDER BY 1")
        parsed = [line.split("|") for line in rows.splitlines()]
        return {kind: int(calls) for kind, calls, _ in parsed}, {kind: int(rows) for kind, _, rows in parsed}

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        self.process.wait(30)

    def log(self, ending):
        return (self.data / "log" / f"server.{ending}").read_bytes()


def drive(server, options, transactions=48, reset=True):
    """The load; `options`: how its sessions log. Returns counts for counts.json."""
    if reset:
        server.sql("SELECT pg_stat_statements_reset()")
    before = server.counts()[0]
    done = 0
    for protocol in ("simple", "extended", "prepared"):
        for script, share in ((ORDER, 1), (BROWSE, 1), (CLEAN, 0.5)):
            done += server.pgbench(script, int(transactions * share), protocol, options=options)
    server.sql(LONG, "shop", options=options)
    server.sql(FAILING, "shop", check=False, options=options)
    calls, rows = server.counts()
    orders, browsed, cleaned = 3 * transactions, 3 * transactions, 3 * (transactions // 2)
    driven = {"select": orders + browsed + 2, "insert": 2 * orders, "update": orders, "delete": cleaned}
    assert driven == {kind: count - before.get(kind, 0) for kind, count in calls.items()}, "the driver and the server count the same"
    calls["insert"] += 1   # the one that failed: the server leaves it out
    return {"calls": calls, "rows": rows, "transactions": done + 1, "aborted": 1}


def save(sample, name, log, counts, recorded, arguments=(), with_rows=False):
    folder = HERE / sample
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    if len(log) > 20_000:
        name, log = name + ".gz", gzip.compress(log, 9, mtime=0)
    (folder / name).write_bytes(log)
    (folder / "schema.sql").write_text(SCHEMA)
    version = subprocess.run([BIN / "postgres", "--version"], text=True, capture_output=True).stdout.split()[2]
    kept = {key: value for key, value in counts.items() if key != "rows" or with_rows}
    (folder / "counts.json").write_text(json.dumps({"recorded": f"PostgreSQL {version}, {recorded}", "arguments": ["--log", name, *arguments], **kept}, indent=2) + "\n")
    print(f"{sample}: {len(log)} bytes")


def server_logs():
    """One load in the three formats of the logging collector at once: statements at their start with durations behind, and again at their end."""
    server = Server({"log_destination": "stderr,csvlog,jsonlog", "log_line_prefix": PREFIX})
    counts = drive(server, "-c log_statement=all -c log_duration=on")
    again = drive(server, "-c log_min_duration_statement=0")
    server.stop()
    both = {key: {kind: value[kind] + again[key][kind] for kind in value} if isinstance(value, dict) else value + again[key] for key, value in counts.items()}
    how = "pgbench by the simple, extended and prepared protocol and psql; half with log_statement = all and log_duration = on, half with log_min_duration_statement = 0; counted by pg_stat_statements and pgbench"
    for sample, ending in (("postgresql-csvlog", "csv"), ("postgresql-jsonlog", "json"), ("postgresql-stderr", "log")):
        save(sample, f"server.{ending}", server.log(ending), both, how)


class Syslog:
    """A private rsyslogd at /dev/log, where the C library's syslog() writes; removed again by stop()."""
    TEMPLATES = {"traditional": "RSYSLOG_TraditionalFileFormat", "file": "RSYSLOG_FileFormat", "protocol": "RSYSLOG_SyslogProtocol23Format"}

    def __init__(self):
        if os.path.lexists("/dev/log"):
            sys.exit("record_postgresql: there is a /dev/log already; record the syslog samples where no syslog daemon runs")
        self.folder = Path(tempfile.mkdtemp(prefix="foreshard-syslog-"))
        lines = ['module(load="imuxsock" SysSock.Use="on" SysSock.RateLimit.Interval="0")', "global(localHostname=\"db1\")"]
        lines += [f'action(type="omfile" file="{self.folder}/{name}" template="{template}")' for name, template in self.TEMPLATES.items()]
        (self.folder / "conf").write_text("\n".join(lines) + "\n")
        self.process = subprocess.Popen(["rsyslogd", "-n", "-f", self.folder / "conf", "-i", self.folder / "pid"], stderr=subprocess.DEVNULL)
        while not os.path.exists("/dev/log"):
            time.sleep(0.1)

    def stop(self):
        time.sleep(0.5)
        self.process.terminate()
        self.process.wait(10)
        if os.path.lexists("/dev/log"):
            os.unlink("/dev/log")
        return {name: (self.folder / name).read_bytes() for name in self.TEMPLATES}


def syslog(prefix, samples, settings=None):
    daemon = Syslog()
    try:
        server = Server({"log_destination": "syslog", "logging_collector": "off", "log_line_prefix": prefix, **(settings or {})})
        counts = drive(server, "-c log_statement=all -c log_duration=on", transactions=36)
        subprocess.run(["logger", "-t", "cron", "another program's line"], check=True)
        server.stop()
    finally:
        logs = daemon.stop()
    for sample, template in samples.items():
        save(sample, "syslog", logs[template], counts, f"log_destination = syslog, log_line_prefix = '{prefix}', written by rsyslog ({Syslog.TEMPLATES[template]}); "
             "pgbench by three protocols and psql with log_statement = all and log_duration = on; counted by pg_stat_statements and pgbench")


def syslog_with_times():
    syslog(PREFIX, {"postgresql-syslog": "traditional"})


def syslog_without_times():
    syslog("%q%u@%d ", {"postgresql-syslog-file-format": "file", "postgresql-syslog-rfc5424": "protocol"})


def plans():
    """auto_explain: alone, with statements at their start, and with statements at their end, in three formats and both forms."""
    explain = "-c auto_explain.log_min_duration=0 -c auto_explain.log_analyze=on "
    for sample, ending, options, what in (
            ("postgresql-auto-explain", "csv", "-c log_statement=none", "and nothing else"),
            ("postgresql-auto-explain-started", "log", "-c log_statement=all -c log_duration=on -c auto_explain.log_timing=off -c auto_explain.log_nested_statements=on -c auto_explain.log_format=json",
             "as JSON without times and with nested statements, log_statement = all and log_duration = on"),
            ("postgresql-auto-explain-ended", "json", "-c log_min_duration_statement=0", "and log_min_duration_statement = 0")):
        server = Server({"log_destination": "stderr,csvlog,jsonlog", "log_line_prefix": PREFIX})
        counts = drive(server, explain + options, transactions=36)
        server.stop()
        if sample == "postgresql-auto-explain":   # tells neither of transactions nor of the INSERT's end
            del counts["transactions"], counts["aborted"]
        save(sample, f"server.{ending}", server.log(ending), counts, f"auto_explain with log_analyze = on {what}; pgbench by three protocols and psql; counted by pg_stat_statements and pgbench", with_rows=True)


def stat_statements():
    """pg_stat_statements at three instants, with a reset between the second and the third."""
    columns = "SELECT now() AS captured_at, datname, rolname, s.* FROM pg_stat_statements s JOIN pg_database d ON d.oid = dbid JOIN pg_roles r ON r.oid = userid WHERE rolname = 'shop'"
    server = Server({"logging_collector": "off"})
    exports = {}
    for i, transactions in enumerate((48, 36, 24)):
        if i > 0:
            time.sleep(1)
        counts = drive(server, "", transactions, reset=i != 1)
        calls, _ = server.counts()
        if i == 1:
            exports["second.json"] = server.sql(f"SELECT json_agg(x) FROM ({columns}) x").encode()
            between = {kind: count - first[kind] for kind, count in calls.items()}
        else:
            exports[("first.csv", "", "third.csv")[i]] = subprocess.run([BIN / "psql", "-X", "--csv", "-h", server.folder, "-U", "postgres", "-c", columns], check=True, capture_output=True).stdout
            first = calls
    server.stop()
    folder = HERE / "postgresql-stat-statements"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, bytes in exports.items():
        (folder / name).write_bytes(bytes)
    (folder / "schema.sql").write_text(SCHEMA)
    version = subprocess.run([BIN / "postgres", "--version"], text=True, capture_output=True).stdout.split()[2]
    (folder / "counts.json").write_text(json.dumps({
        "recorded": f"PostgreSQL {version}, pg_stat_statements by psql --csv and as json_agg, with a reset before the third; counted by pgbench and psql",
        "arguments": [part for name in exports for part in ("--log", name)],
        "metrics": {"calls": calls, "between": {kind: count + calls[kind] for kind, count in between.items()}}}, indent=2) + "\n")


RECORDINGS = {"stat_statements": stat_statements, "plans": plans, "server_logs": server_logs, "syslog_with_times": syslog_with_times, "syslog_without_times": syslog_without_times}


def main():
    if sys.argv[1:] and sys.argv[1] in ("-h", "--help"):
        print(__doc__, "\nsamples:", ", ".join(RECORDINGS))
        return
    for name in sys.argv[1:] or RECORDINGS:
        RECORDINGS[name]()


if __name__ == "__main__":
    main()
