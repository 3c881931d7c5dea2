"""Readers and writers of a MediaWiki as Debian packages it, over HTTP: pages, searches, histories, edits, watched pages.

    drive.py setup            installs the wiki into the database and writes its first pages
    drive.py run VISITS SEED  so many visits, by three people at a time; prints what they did as JSON
"""
import http.cookiejar
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

WIKI = "/usr/share/mediawiki"
FOLDER = os.environ["FORESHARD_APP_FOLDER"]
SETTINGS = os.path.join(FOLDER, "LocalSettings.php")
PASSWORD = "Tr0ub4dor-and-3"
PEOPLE = 40
PAGES = 80


def php(*words, **more):
    return subprocess.run(["php", *words], check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, cwd=WIKI, **more)


class Server:
    """PHP's own web server; three requests at a time."""

    def __enter__(self):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        environment = dict(os.environ, MW_CONFIG_FILE=SETTINGS, PHP_CLI_SERVER_WORKERS="3")
        with open(os.path.join(FOLDER, "wiki.log"), "ab") as log:
            self.child = subprocess.Popen(["php", "-S", f"127.0.0.1:{self.port}", "-t", WIKI], env=environment, stdin=subprocess.DEVNULL,
                                          stdout=log, stderr=log, start_new_session=True)
        for _ in range(100):
            try:
                urllib.request.build_opener(urllib.request.ProxyHandler({})).open(f"http://127.0.0.1:{self.port}/composer.json", None, 10).close()
                return self
            except urllib.error.URLError:
                time.sleep(0.1)
        raise RuntimeError("the wiki's web server did not start")

    def __exit__(self, *_):
        os.killpg(self.child.pid, signal.SIGTERM)
        self.child.wait(20)


class Visit:
    """One person with a session; `done` counts what was asked by name."""

    def __init__(self, port, draw, done):
        self.base, self.draw, self.done = f"http://127.0.0.1:{port}/", draw, done
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))

    def ask(self, name, path, query, data=None):
        body = urllib.parse.urlencode(data).encode() if data else None
        try:
            with self.opener.open(self.base + path + "?" + urllib.parse.urlencode(query), body, 120) as answer:
                text = answer.read()
        except urllib.error.HTTPError as error:
            if error.code != 404:  # of a page that nobody has written yet
                raise RuntimeError(f"{name} {query} answered {error.code}: {error.read()[:2000]!r}") from error
            text = b""
        self.done[name] = self.done.get(name, 0) + 1
        return text

    def api(self, name, data, query=None):
        answer = json.loads(self.ask(name, "api.php", dict(query or {}, format="json"), data))
        if answer.get("error", {}).get("code") == "editconflict":  # another was faster; who writes here leaves it at that
            self.done["conflict"] = self.done.get("conflict", 0) + 1
        elif "error" in answer:
            raise RuntimeError(f"{name} {data}: {answer['error']}")
        return answer

    def token(self, kind):
        return self.api("token", None, {"action": "query", "meta": "tokens", "type": kind})["query"]["tokens"][kind + "token"]

    def login(self, user):
        answer = self.api("login", {"action": "clientlogin", "username": user, "password": PASSWORD, "loginreturnurl": self.base, "logintoken": self.token("login")})
        if answer["clientlogin"]["status"] != "PASS":
            raise RuntimeError(f"login of {user}: {answer}")

    def page(self):
        # Few pages are read much.
        return f"Page {min(PAGES, int(self.draw.paretovariate(0.6))) - 1}"

    def edit(self, title):
        links = " ".join(f"[[{self.page()}]]" for _ in range(self.draw.randint(1, 4)))
        self.api("edit", {"action": "edit", "title": title, "appendtext": f"\n\nIt's said in {links}. [[Category:Shelf {self.draw.randint(0, 5)}]]",
                          "summary": "a 'word' more", "token": self.token("csrf")})

    def run(self):
        for _ in range(self.draw.randint(1, 3)):
            self.ask("page", "index.php", {"title": self.page()})
        kind = self.draw.random()
        if kind < 0.3:
            self.ask("search", "index.php", {"search": f"Page {self.draw.randint(0, PAGES)}", "fulltext": 1})
        if kind < 0.4:
            self.ask("history", "index.php", {"title": self.page(), "action": "history"})
        if kind < 0.1:
            self.ask("category", "index.php", {"title": f"Category:Shelf {self.draw.randint(0, 5)}"})
        if kind > 0.85:
            self.ask("recent changes", "index.php", {"title": "Special:RecentChanges"})
        if kind > 0.3:
            self.login(f"Person {self.draw.randint(0, PEOPLE - 1)}")
            title = self.page()
            self.edit(title)
            self.ask("page", "index.php", {"title": title})
            if kind > 0.6:
                self.api("watch", {"action": "watch", "titles": self.page(), "token": self.token("watch")})
                self.ask("watch list", "index.php", {"title": "Special:Watchlist"})
            self.api("logout", {"action": "logout", "token": self.token("csrf")})


def setup():
    env = os.environ
    php("maintenance/install.php", "--dbtype=postgres", "--dbserver=" + env["PGHOST"], "--dbport=5432", "--dbname=" + env["PGDATABASE"],
        "--dbuser=" + env["PGUSER"], "--dbpass=unused", "--confpath=" + FOLDER, "--pass=" + PASSWORD, "--scriptpath=", "Wiki", "Admin")
    with open(SETTINGS, "a", encoding="utf-8") as settings:
        settings.write('\n$wgDBport = getenv("PGPORT");\n$wgMainCacheType = CACHE_DB;\n$wgRateLimits = [];\n$wgPasswordAttemptThrottle = false;\n'
                       '$wgPasswordPolicy["policies"]["default"] = [];\n$wgEnableEmail = false;\n$wgUseInstantCommons = false;\n'
                       '$wgCacheDirectory = "' + FOLDER + '";\n$wgServer = "http://" . ($_SERVER["HTTP_HOST"] ?? "127.0.0.1");\n$wgCanonicalServer = $wgServer;\n')
    # The wiki sets its path once a connection, which behind a pooler is another server session's by the next statement.
    php("-r", 'pg_query(pg_connect("dbname=" . getenv("PGDATABASE")), "ALTER DATABASE wiki SET search_path = mediawiki, public") or exit(1);')
    environment = dict(os.environ, MW_CONFIG_FILE=SETTINGS)
    for n in range(PEOPLE):
        php("maintenance/createAndPromote.php", f"Person {n}", PASSWORD, env=environment)
    with Server() as server:
        first = Visit(server.port, random.Random(0), {})
        first.login("Admin")
        token = first.token("csrf")
        for n in range(PAGES):
            first.api("edit", {"action": "edit", "title": f"Page {n}", "text": f"Of [[Page {n * 7 % PAGES}]] and others.\n\n[[Category:Shelf {n % 6}]]", "token": token})


def run(visits, seed):
    done, errors = [{} for _ in range(3)], []

    def person(which, port):
        draw = random.Random(seed * 3 + which)
        try:
            for _ in range(which, visits, 3):
                Visit(port, draw, done[which]).run()
        except Exception as error:  # reported by the one who started us
            errors.append(repr(error))

    with Server() as server:
        threads = [threading.Thread(target=person, args=(which, server.port)) for which in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    if errors:
        sys.exit("\n".join(errors))
    total = {}
    for part in done:
        for name, count in part.items():
            total[name] = total.get(name, 0) + count
    print(json.dumps(total))


if __name__ == "__main__":
    if sys.argv[1:] == ["setup"]:
        setup()
    else:
        run(int(sys.argv[2]), int(sys.argv[3]))
