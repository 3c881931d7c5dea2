#!/usr/bin/env python3
"""Drives a real application on a private PostgreSQL, directly and through pgbouncer in transaction mode, and records what the
server logged.

    record.py shop|wiki --out FOLDER [--visits N] [--seed N] [--pack]

shop is django-oscar and needs a Python that has it (tests/apps/requirements.txt); wiki is Debian's mediawiki. Writes into
FOLDER: schema.sql as pg_dump -s gives it, direct.csv and pooled.csv (csvlog; with --pack compressed by zstd), counts.json with
what was driven. Everything else lives in a temporary folder and ends with this program. PostgreSQL refuses to run as root:
there it runs as the user postgres.
"""
import argparse
import glob
import json
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ENDING = {"stdin": subprocess.DEVNULL}


def postgres_program(name):
    found = sorted(glob.glob(f"/usr/lib/postgresql/*/bin/{name}"), key=lambda path: int(path.split("/")[4]))
    if not found:
        sys.exit("PostgreSQL is not installed; run apt-get install postgresql.")
    return found[-1]


class Machine:
    """The server and the pooler, as children that end with this process."""

    def __init__(self, folder):
        self.folder, self.children = folder, []
        self.user = pwd.getpwnam("postgres") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
        os.chown(folder, self.user.pw_uid, self.user.pw_gid)
        os.chmod(folder, 0o755)

    def command(self, *words):
        own = ["--reuid", self.user.pw_name, "--regid", str(self.user.pw_gid), "--clear-groups"] if os.geteuid() == 0 else []
        return ["setpriv", *own, "--pdeathsig", "INT", "--", *words]

    def start(self, *words):
        with open(os.path.join(self.folder, "children.log"), "ab") as log:
            self.children.append(subprocess.Popen(self.command(*words), stdout=log, stderr=log, cwd=self.folder, **ENDING))

    def serve(self):
        data = os.path.join(self.folder, "data")
        subprocess.run(self.command(postgres_program("initdb"), "-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C", "-N"),
                       check=True, stdout=subprocess.DEVNULL, cwd=self.folder, **ENDING)
        settings = ["listen_addresses = ''", f"unix_socket_directories = '{self.folder}'", "fsync = off", "synchronous_commit = off",
                    "logging_collector = on", "log_destination = 'csvlog'", "log_filename = 'server.log'", "log_file_mode = 0644",
                    "log_rotation_age = 0", "log_rotation_size = 0", "log_statement = all", "log_duration = on", "log_timezone = 'UTC'",
                    "timezone = 'UTC'", "lc_messages = 'C'"]
        with open(os.path.join(data, "postgresql.conf"), "a", encoding="utf-8") as conf:
            conf.write("\n".join(settings) + "\n")
        self.start(postgres_program("postgres"), "-D", data)
        self.wait_for(5432)

    # Four server sessions: an application that holds a transaction on one connection while it asks on another waits for itself with fewer.
    def pool(self):
        path = os.path.join(self.folder, "pgbouncer.ini")
        with open(path, "w", encoding="utf-8") as ini:
            ini.write(f"[databases]\n* = host={self.folder} port=5432 user=postgres\n[pgbouncer]\nlisten_addr =\nlisten_port = 6432\n"
                      f"unix_socket_dir = {self.folder}\nauth_type = any\npool_mode = transaction\ndefault_pool_size = 4\n"
                      f"ignore_startup_parameters = extra_float_digits\n")
        self.start("pgbouncer", path)
        self.wait_for(6432)

    def wait_for(self, port):
        for _ in range(300):
            if os.path.exists(os.path.join(self.folder, f".s.PGSQL.{port}")) and \
                    subprocess.run([postgres_program("pg_isready"), "-q", "-h", self.folder, "-p", str(port), "-U", "postgres", "-d", "postgres"], **ENDING).returncode == 0:
                return
            time.sleep(0.1)
        with open(os.path.join(self.folder, "children.log"), encoding="utf-8", errors="replace") as log:
            sys.exit(log.read())

    def sql(self, text, database="postgres"):
        subprocess.run([postgres_program("psql"), "-X", "-q", "-h", self.folder, "-U", "postgres", "-d", database, "-c", text], check=True, stdout=subprocess.DEVNULL, **ENDING)

    def log(self):
        return os.path.join(self.folder, "data", "log", "server.csv")

    # The collector appends to its file, so that it can be cut while it runs.
    def empty_log(self):
        time.sleep(0.3)
        os.truncate(self.log(), 0)

    def keep_log(self, path):
        time.sleep(0.3)
        shutil.copyfile(self.log(), path)

    def stop(self):
        for child in reversed(self.children):
            child.send_signal(2)
        for child in reversed(self.children):
            try:
                child.wait(20)
            except subprocess.TimeoutExpired:
                child.kill()


def record(application, machine, out, arguments):
    drive = os.path.join(HERE, application, "drive.py")
    environment = dict(os.environ, PGHOST=machine.folder, PGUSER="postgres", PGDATABASE=application, FORESHARD_APP_FOLDER=machine.folder)

    def run(port, *words):
        done = subprocess.run([sys.executable, drive, *words], env=dict(environment, PGPORT=str(port), FORESHARD_APP_POOLED=str(int(port != 5432))),
                              stdout=subprocess.PIPE, cwd=machine.folder, check=False, **ENDING)
        if done.returncode != 0:
            sys.exit(f"{application} failed: {' '.join(words)}")
        return done.stdout.decode()

    machine.sql(f"CREATE DATABASE {application}")
    run(5432, "setup")
    machine.sql("ANALYZE", application)
    with open(os.path.join(out, "schema.sql"), "wb") as dump:
        subprocess.run([postgres_program("pg_dump"), "-s", "-h", machine.folder, "-U", "postgres", application], check=True, stdout=dump, **ENDING)
    counts = {}
    for name, port, seed in (("direct", 5432, arguments.seed), ("pooled", 6432, arguments.seed + 1)):
        machine.empty_log()
        counts[name] = json.loads(run(port, "run", str(arguments.visits), str(seed)))
        machine.keep_log(os.path.join(out, name + ".csv"))
        if arguments.pack:
            subprocess.run(["zstd", "-q", "-f", "--rm", "-19", "--long=27", os.path.join(out, name + ".csv")], check=True, **ENDING)
    with open(os.path.join(out, "counts.json"), "w", encoding="utf-8") as file:
        json.dump(counts, file, indent=1)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("application", choices=sorted(os.path.basename(os.path.dirname(path)) for path in glob.glob(os.path.join(HERE, "*", "drive.py"))))
    parser.add_argument("--out", required=True)
    parser.add_argument("--visits", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pack", action="store_true")
    arguments = parser.parse_args()
    out = os.path.abspath(arguments.out)
    if not shutil.which("pgbouncer"):
        sys.exit("pgbouncer is not installed; run apt-get install pgbouncer.")
    os.makedirs(out, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        machine = Machine(folder)
        try:
            machine.serve()
            machine.pool()
            record(arguments.application, machine, out, arguments)
        finally:
            machine.stop()


if __name__ == "__main__":
    main()
