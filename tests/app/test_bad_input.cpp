// Wrong input: a clear sentence with the next step, the right exit code, and nothing half-made left behind.
#include <QtTest>

#include <QTemporaryDir>

#include "tests/app/program.h"

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
        QCOMPARE(run({"show", "p.foreshard", "everything"}).exitCode, 2);
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
        QVERIFY(typo.errors.find("neither a verb nor a project") != std::string::npos);
    }
    void wrongLogs() {
        fails({"profile", "p.foreshard", "--log", "missing.csv"}, 1, "not_found");
        fails({"profile", "p.foreshard", "--log", "."}, 1, "unreadable");
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
        fails({"evaluate", "hotspot", "missing.csv"}, 1, "not_found");
        fails({"evaluate", "hotspot", "empty.csv"}, 1, "format");
        fails({"evaluate", "hotspot", "binary.csv"}, 1, "format");
        write("keys.csv", "key\nblue\nred\n");
        fails({"evaluate", "hotspot", "keys.csv"}, 1, "format");
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
        fails({"status", "q.foreshard"}, 1, "not_found");
        fails({"cluster", "q.foreshard", "add", "c", "mongodb:x"}, 1, "unsupported");
        fails({"cluster", "q.foreshard", "add", "c", "sqlite:a.db", "sqlite:./a.db"}, 2, "usage");
        fails({"advise", "q.foreshard", "--shards", "2", "--from", "forecast"}, 1, "not_found");
    }
};

QTEST_GUILESS_MAIN(TestBadInput)
#include "test_bad_input.moc"
