// Wrong input: a clear sentence with the next step, the right exit code, and nothing half-made left behind.
#include <QtTest>

#include <QTemporaryDir>

#include "tests/app/program.h"
#include "tests/support/packed.h"

using namespace foreshard::testapp;

class TestBadInput : public QObject {
    Q_OBJECT
    QTemporaryDir folder_;
    Run run(const QStringList& arguments) { return runProgram(folder_.path(), arguments); }
    void write(const char* name, const QByteArray& bytes) {
        QFile file(folder_.filePath(name));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(bytes);
    }
    void fails(const QStringList& arguments, int exitCode, const char* category) {
        const auto r = run(QStringList(arguments) << "--json");
        QCOMPARE(r.exitCode, exitCode);
        const auto j = r.json();
        QVERIFY(j.is_object());
        QCOMPARE(j["error"]["category"].get<std::string>(), std::string(category));
        QVERIFY(!j["error"]["message"].get<std::string>().empty());
        QVERIFY2(!j["error"]["next"].get<std::string>().empty(), j["error"]["message"].get<std::string>().c_str());
    }

    static QByteArray line(int i) {
        return QString("2026-11-01 10:%1:%2.000 UTC,\"u\",\"d\",1,\"[local]\",a.1,%3,\"SELECT\",2026-11-01 09:00:00 UTC,3/0,0,LOG,00000,"
                       "\"duration: 1.0 ms  statement: SELECT * FROM t WHERE id = %4\",,,,,,,,,\"\",\"client backend\",,0\n")
            .arg(i / 60, 2, 10, QChar('0')).arg(i % 60, 2, 10, QChar('0')).arg(i + 1).arg(i % 7).toUtf8();
    }

private Q_SLOTS:
    void init() {
        write("empty.csv", "");
        QByteArray binary(20'000, '\0');
        for (qsizetype i = 0; i < binary.size(); ++i) binary[i] = static_cast<char>((i * 2654435761u) >> 13);
        write("binary.csv", binary);
        write("words.csv", "this is no log\nat all\n");
        write("broken.sql", "CREATE TABLE (((;\n");
    }
    void wrongUsage() {
        QCOMPARE(run({"profile"}).exitCode, 2);
        QCOMPARE(run({"nonsense-verb", "x"}).exitCode, 2);
        QCOMPARE(run({"advise", "p.foreshard", "--shards", "0"}).exitCode, 2);
        fails({"show", "p.foreshard", "everything"}, 2, "usage");
        fails({"advise", "p.foreshard"}, 2, "usage");
        for (const auto& [typo, meant] : {std::pair{"advize", "advise"}, {"shwo", "show"}, {"migrat", "migrate"}}) {
            const auto r = run({typo, "p.foreshard", "--json"});
            QCOMPARE(r.exitCode, 2);
            QVERIFY(r.errors.find(std::string("There is no verb '") + typo + "'; did you mean " + meant + "?") != std::string::npos);
            QCOMPARE(r.json()["error"]["category"], "usage");
        }
        QVERIFY(run({"foo", "--json"}).errors.find("no verb 'foo'.") != std::string::npos);
        QCOMPARE(run({"--help"}).exitCode, 0);
        QVERIFY(run({"--version"}).output.starts_with("foreshard "));
    }
    // Neither opens a window nor aborts in Qt where there is no display.
    void noDisplay() {
        auto environment = QProcessEnvironment::systemEnvironment();
        for (const char* name : {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}) environment.remove(name);
        const auto bare = runProgram(folder_.path(), {}, environment);
        QCOMPARE(bare.exitCode, 1);
        QVERIFY(bare.errors.find("no display") != std::string::npos);
        const auto typo = runProgram(folder_.path(), {"profil"}, environment);
        QCOMPARE(typo.exitCode, 2);
        QVERIFY(typo.errors.find("There is no verb 'profil'; did you mean profile?") != std::string::npos);
    }
    void wrongLogs() {
        fails({"profile", "p.foreshard", "--log", "missing.csv"}, 1, "not_found");
        fails({"profile", "p.foreshard", "--log", "."}, 1, "not_found");
        fails({"profile", "p.foreshard", "--log", "empty.csv"}, 1, "format");
        fails({"profile", "p.foreshard", "--log", "binary.csv"}, 1, "format");
        fails({"profile", "p.foreshard", "--log", "words.csv"}, 1, "format");
        QVERIFY2(!QFile::exists(folder_.filePath("p.foreshard")), "a failed first profile leaves no project");
    }
    void wrongProjects() {
        fails({"show", "missing.foreshard"}, 1, "not_found");
        write("text.foreshard", "not a project");
        fails({"show", "text.foreshard"}, 1, "format");
        QCOMPARE(QFileInfo(folder_.filePath("text.foreshard")).size(), 13);
    }
    void wrongDataToEvaluate() {
        fails({"evaluate", "volume", "missing.csv"}, 1, "not_found");
        fails({"evaluate", "volume", "empty.csv"}, 1, "format");
        fails({"evaluate", "volume", "binary.csv"}, 1, "format");
        write("short.csv", "time,count\n2026-01-01 00:00,5\n");
        fails({"evaluate", "volume", "short.csv"}, 1, "format");
        QCOMPARE(run({"evaluate", "volume", "short.csv", "--horizons", "0"}).exitCode, 2);
        write("hours.csv", "time,count\n2026-01-01 00:00,5\n2026-01-01 01:00,7\n2026-01-01 02:00,6\n2026-01-01 03:00,5\n");
        fails({"evaluate", "volume", "hours.csv", "--events", "missing.csv"}, 1, "not_found");
        fails({"evaluate", "volume", "hours.csv", "--events", "hours.csv"}, 1, "format");
        fails({"evaluate", "hotspot", "missing.csv"}, 1, "not_found");
        fails({"evaluate", "hotspot", "empty.csv"}, 1, "format");
        fails({"evaluate", "hotspot", "binary.csv"}, 1, "format");
        write("keys.csv", "key\nblue\nred\n");
        fails({"evaluate", "hotspot", "keys.csv"}, 1, "format");
        for (const char* file : {"empty.csv", "binary.csv", "keys.csv"}) fails({"evaluate", "cardinality", file}, 1, "format");
        fails({"evaluate", "cardinality", "missing.csv"}, 1, "not_found");
        fails({"evaluate", "cardinality"}, 2, "usage");
        write("counted.csv", "sql,true_rows\nSELECT count(*) FROM t WHERE x < 5,7\n");
        fails({"evaluate", "cardinality", "counted.csv"}, 2, "usage");   // too few
        fails({"evaluate", "cardinality", "--train", "counted.csv", "--test", "empty.csv"}, 1, "format");
    }
    void verbsOutOfOrder() {
        write("one.csv",
              "2026-11-01 10:00:00.000 UTC,\"u\",\"d\",1,\"[local]\",a.1,1,\"SELECT\",2026-11-01 09:00:00 UTC,3/0,0,LOG,00000,"
              "\"duration: 1.0 ms  statement: SELECT * FROM t WHERE id = 1\",,,,,,,,,\"\",\"client backend\",,0\n");
        QCOMPARE(run({"profile", "q.foreshard", "--log", "one.csv"}).exitCode, 0);
        fails({"show", "q.foreshard", "designs"}, 1, "not_found");
        fails({"simulate", "q.foreshard", "--scenario", "forecast"}, 1, "not_found");
        fails({"simulate", "q.foreshard", "--scenario", "growth=much"}, 2, "usage");
        fails({"plan", "q.foreshard"}, 1, "not_found");
        // A word behind a verb is its own, also where it is spelled like a verb.
        fails({"show", "q.foreshard", "plan"}, 1, "not_found");
        fails({"status", "q.foreshard"}, 1, "not_found");
        fails({"cluster", "q.foreshard", "add", "c", "mongodb:x"}, 1, "unsupported");
        fails({"cluster", "q.foreshard", "add", "c", "sqlite:a.db", "sqlite:./a.db"}, 2, "usage");
        fails({"advise", "q.foreshard", "--shards", "2", "--from", "forecast"}, 1, "not_found");
        // Neither two shards for three by mistake, nor the same again a mistake.
        QCOMPARE(run({"cluster", "q.foreshard", "add", "c", "sqlite:a.db", "sqlite:b.db"}).exitCode, 0);
        QCOMPARE(run({"cluster", "q.foreshard", "add", "c", "sqlite:a.db", "sqlite:b.db"}).exitCode, 0);
        fails({"cluster", "q.foreshard", "add", "c", "sqlite:a.db"}, 1, "conflict");
        QVERIFY(run({"cluster", "q.foreshard", "list"}).output.find("b.db") != std::string::npos);
        QCOMPARE(run({"cluster", "q.foreshard", "add", "c", "sqlite:a.db", "--replace"}).exitCode, 0);
        QVERIFY(run({"cluster", "q.foreshard", "list"}).output.find("b.db") == std::string::npos);
    }
    // One line of 300 MB, through a pipe: the lines around it are read, in less memory than it has.
    void aLineLongerThanTheMemory() {
        write("around.csv", line(0));
        QProcess shell;
        shell.setWorkingDirectory(folder_.path());
        shell.start("sh", {"-c", "(cat around.csv; head -c 300000000 /dev/zero | tr '\\0' x; echo; cat around.csv) | \"$0\" profile long.foreshard --log - --json", FORESHARD_BINARY_DIR "/foreshard"});
        QVERIFY(shell.waitForFinished(100'000) && shell.exitCode() == 0);
        const auto j = nlohmann::json::parse(shell.readAllStandardOutput().toStdString(), nullptr, false);
        QCOMPARE(j["calls"], 2.0);
        QCOMPARE(j["diagnostics"]["total"], 1);
        QVERIFY2(j["peak_rss_bytes"].get<double>() < 250e6, j["peak_rss_bytes"].dump().c_str());
    }
    // An export of pg_stat_statements is kept beside the log, once, and is no part of one.
    void metricsAreNoLog() {
        write("stats.csv", "captured_at,query,calls,total_exec_time,rows\n2026-11-01 11:00:00+00,SELECT * FROM t WHERE id = $1,40,12.5,40\n");
        write("with.csv", line(1));
        QCOMPARE(run({"profile", "m.foreshard", "--log", "with.csv", "--log", "stats.csv"}).exitCode, 0);
        const auto shown = run({"show", "m.foreshard", "--json"}).json();
        QCOMPARE(shown["calls"], 1.0);
        QCOMPARE(shown["metrics"]["statements"], 1);
        const auto metrics = run({"show", "m.foreshard", "metrics", "--json"}).json()["statements"][0];
        QCOMPARE(metrics["calls"], 40);
        QCOMPARE(metrics["in_log"], true);
        QVERIFY(run({"show", "m.foreshard"}).output.find("beside the log") != std::string::npos);
        fails({"profile", "m.foreshard", "--log", "stats.csv"}, 1, "conflict");
        // Alone, too: a project of metrics has no workload.
        QCOMPARE(run({"profile", "alone.foreshard", "--log", "stats.csv"}).exitCode, 0);
        QCOMPARE(run({"show", "alone.foreshard", "metrics"}).exitCode, 0);
        fails({"show", "alone.foreshard", "workload"}, 1, "not_found");
        write("broken-stats.csv", "query,calls,total_exec_time\nSELECT 1,many,1\n");
        fails({"profile", "alone.foreshard", "--log", "broken-stats.csv"}, 1, "format");
        QCOMPARE(run({"profile", "--partial", "--log", "stats.csv"}).exitCode, 1);
    }
    // The same of a compressed log, packed anew or with a member more; one that does not begin as it did is refused.
    void grownPackedLog() {
        using namespace foreshard::testsupport;
        std::string first, more;
        for (int i = 0; i < 1'000; ++i) (i < 600 ? first : more) += line(i).toStdString();
        const auto put = [&](const std::string& name, const std::string& bytes) { write(name.c_str(), QByteArray::fromStdString(bytes)); };
        put("packed-whole.csv", first + more);
        QCOMPARE(run({"profile", "packed-whole.foreshard", "--log", "packed-whole.csv"}).exitCode, 0);
        const auto whole = run({"show", "packed-whole.foreshard", "--json"}).json();
        for (const auto& [name, before, after] : {std::tuple{"g.gz", gzipped(first), gzipped(first + more)}, {"m.gz", gzipped(first), gzipped(first) + gzipped(more)},
                                                  {"z.zst", zstandard(first), zstandard(first + more)}, {"f.zst", zstandard(first), zstandard(first) + zstandard(more)}}) {
            const QString project = QString(name) + ".foreshard";
            put(name, before);
            QCOMPARE(run({"profile", project, "--log", name}).exitCode, 0);
            put(name, after);
            const auto grown = run({"profile", project, "--log", name, "--json"});
            QVERIFY2(grown.exitCode == 0, grown.errors.c_str());
            for (const char* field : {"bytes", "lines", "calls", "calls_logged", "transactions", "sessions", "first", "last", "interval", "diagnostics"}) QCOMPARE(grown.json()[field], whole[field]);
            fails({"profile", project, "--log", name}, 1, "conflict");
            put(name, gzipped((line(0) + line(5)).toStdString() + more));   // it begins with the same line, and is another log
            const auto other = run({"profile", project, "--log", name});
            QCOMPARE(other.exitCode, 1);
            QVERIFY2(other.errors.find("begins with a line that a log read before begins with too, and the one is not the other grown longer") != std::string::npos, other.errors.c_str());
        }
    }
    // A log that goes on after it was read: what is new is added, and the whole is what one read of it says.
    void grownLog() {
        QByteArray first, all;
        for (int i = 0; i < 1'000; ++i) {
            all += line(i);
            if (i < 600) first = all;
        }
        write("grows.csv", first);
        QCOMPARE(run({"profile", "grown.foreshard", "--log", "grows.csv"}).exitCode, 0);
        write("grows.csv", all);
        const auto more = run({"profile", "grown.foreshard", "--log", "grows.csv", "--json"});
        QVERIFY2(more.exitCode == 0, more.errors.c_str());
        QCOMPARE(run({"profile", "whole.foreshard", "--log", "grows.csv"}).exitCode, 0);
        auto grown = more.json(), whole = run({"show", "whole.foreshard", "--json"}).json();
        for (const char* field : {"bytes", "lines", "calls", "calls_logged", "transactions", "sessions", "first", "last", "interval", "diagnostics"}) QCOMPARE(grown[field], whole[field]);
        QCOMPARE(run({"show", "grown.foreshard", "templates"}).output, run({"show", "whole.foreshard", "templates"}).output);
        fails({"profile", "grown.foreshard", "--log", "grows.csv"}, 1, "conflict");
        // What was said of its beginning holds for the rest, and is shown beside what it limits.
        write("sampled.csv", first);
        QCOMPARE(run({"profile", "sampled.foreshard", "--log", "sampled.csv", "--sample-rate", "0.1", "--pooled"}).exitCode, 0);
        write("sampled.csv", all);
        QCOMPARE(run({"profile", "sampled.foreshard", "--log", "sampled.csv"}).exitCode, 0);
        const auto shown = run({"show", "sampled.foreshard"});
        for (const char* words : {"10,000 (1,000 in the log)", "a sample of 10 %, pooled"}) QVERIFY2(shown.output.find(words) != std::string::npos, shown.output.c_str());
        QVERIFY(shown.errors.find("sample of 10 % of the calls") != std::string::npos && shown.errors.find("pooler") != std::string::npos);
        // Under another name it cannot be told from a log of its own, and two in one call neither: both name the file.
        write("copy.csv", all + line(1'000));
        const auto copy = run({"profile", "grown.foreshard", "--log", "copy.csv"});
        QCOMPARE(copy.exitCode, 1);
        QVERIFY2(copy.errors.find("copy.csv begins with a line that a log read before begins with") != std::string::npos, copy.errors.c_str());
        write("start.csv", first);
        const auto two = run({"profile", "two.foreshard", "--log", "start.csv", "--log", "copy.csv"});
        QCOMPARE(two.exitCode, 1);
        QVERIFY2(two.errors.find("start.csv") != std::string::npos && two.errors.find("Name the longer one alone.") != std::string::npos, two.errors.c_str());
        QVERIFY(!QFile::exists(folder_.filePath("two.foreshard")));
    }
    // A folder of rotated logs is read again after one of them has grown and another has come: what is new is read, and nothing twice.
    void aFolderAgain() {
        QDir(folder_.path()).mkdir("rotated");
        const auto lines = [](int from, int to) {
            QByteArray bytes;
            for (int i = from; i < to; ++i) bytes += line(i);
            return bytes;
        };
        write("rotated/a.csv", lines(0, 200));
        write("rotated/b.csv", lines(200, 300));
        QCOMPARE(run({"profile", "again.foreshard", "--log", "rotated"}).exitCode, 0);
        write("rotated/b.csv", lines(200, 400));
        write("rotated/c.csv", lines(400, 500));
        const auto again = run({"profile", "again.foreshard", "--log", "rotated", "--json"});
        QVERIFY2(again.exitCode == 0, again.errors.c_str());
        QCOMPARE(again.json()["file_notes"][0]["reason"], "read_before");
        QCOMPARE(run({"profile", "at-once.foreshard", "--log", "rotated"}).exitCode, 0);
        const auto once = run({"show", "at-once.foreshard", "--json"}).json();
        for (const char* field : {"bytes", "lines", "calls", "calls_logged", "transactions", "first", "last", "interval", "diagnostics"}) QCOMPARE(again.json()[field], once[field]);
        // A pattern of which nothing is new changes nothing; a file that is named is refused as ever.
        const auto same = run({"profile", "again.foreshard", "--log", "rotated/*.csv"});
        QVERIFY2(same.exitCode == 0, same.errors.c_str());
        QVERIFY2(same.output.find("3 logs were read before and are left out; nothing is new.") != std::string::npos, same.output.c_str());
        fails({"profile", "again.foreshard", "--log", "rotated/a.csv"}, 1, "conflict");
        QCOMPARE(run({"show", "again.foreshard", "--json"}).json()["calls"], once["calls"]);
    }
    // Zones are checked before anything is made, and kept in parts.
    void timezones() {
        write("zone.log", "2026-11-01 00:30:00.000 IST [7] LOG:  statement: SELECT 1\n2026-11-01 00:30:01.000 IST [7] LOG:  statement: SELECT 2\n");
        fails({"profile", "zone.foreshard", "--log", "zone.log", "--timezone", "Mars/Olympus"}, 2, "usage");
        QVERIFY(!QFile::exists(folder_.filePath("zone.foreshard")));
        QCOMPARE(run({"profile", "zone.foreshard", "--log", "zone.log", "--timezone", "Asia/Kolkata", "--json"}).json()["first"], "2026-10-31T19:00:00Z");
        QCOMPARE(run({"profile", "israel.foreshard", "--log", "zone.log", "--json"}).json()["first"], "2026-10-31T22:30:00Z");
        write("zone.part", QByteArray::fromStdString(run({"profile", "--partial", "--log", "zone.log", "--timezone", "Asia/Kolkata"}).output));
        QCOMPARE(run({"profile", "of-part.foreshard", "--log", "zone.part", "--json"}).json()["first"], "2026-10-31T19:00:00Z");
    }
};

QTEST_GUILESS_MAIN(TestBadInput)
#include "test_bad_input.moc"
