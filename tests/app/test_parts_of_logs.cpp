// profile --partial and merge as a person or a cluster runs them: files, pipes, Hadoop Streaming's mapper and reducer.
#include <QtTest>

#include <QFile>
#include <QProcess>
#include <QTemporaryDir>

#include "tests/app/program.h"

using namespace foreshard::testapp;

namespace {

QByteArray contentOf(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("missing: " + path.toUtf8());
}

// A line of shell in `folder`; what it wrote to standard error where it failed.
QByteArray shell(const QString& folder, const QString& script) {
    QProcess process;
    process.setWorkingDirectory(folder);
    auto environment = QProcessEnvironment::systemEnvironment();
    environment.insert("PATH", QString(FORESHARD_BINARY_DIR ":") + environment.value("PATH"));
    environment.insert("RESOURCES", FORESHARD_SOURCE_DIR "/resources");
    process.setProcessEnvironment(environment);
    process.start("bash", {"-euo", "pipefail", "-c", script});
    if (!process.waitForFinished(240'000)) return "it did not end";
    return process.exitCode() == 0 ? QByteArray() : process.readAllStandardError() + " ";
}

// Feeds Hadoop's mapper what Hadoop feeds it: the lines that begin in (start, end] of a split, each behind its place.
const char* const streaming = R"(
import sys
log, splits = sys.argv[1], int(sys.argv[2])
data = open(log, 'rb').read()
step = len(data) // splits + 1
for number in range(splits):
    start, end = number * step, min((number + 1) * step, len(data))
    at = 0 if start == 0 else data.find(b'\n', start) + 1
    with open(f'split-{number}', 'wb') as out:
        while 0 <= at <= end and at < len(data):
            behind = data.find(b'\n', at) + 1
            out.write(str(at).encode() + b'\t' + data[at:behind])
            at = behind
)";

}  // namespace

class TestPartsOfLogs : public QObject {
    Q_OBJECT
    QTemporaryDir folder_;

private Q_SLOTS:
    void initTestCase() {
        QVERIFY(unpackSample(folder_.path()));
        // A third of the sample says as much.
        QCOMPARE(shell(folder_.path(), "head -n 30000 shop.csv > log.csv; head -c 262144 log.csv > head; foreshard profile --partial --schema schema.sql --log log.csv > whole.part"), QByteArray());
    }

    // Bytes cut anywhere, from files and from pipes, merged in another order; then a project of them.
    void partsMergeToTheWhole() {
        QCOMPARE(shell(folder_.path(), R"(
            foreshard profile --partial --schema schema.sql --log log.csv --length 3000001 > a.part
            foreshard profile --partial --schema schema.sql --log log.csv --offset 3000001 --length 1000 > b.part
            head -c 5223223 log.csv | tail -c 2222222 | foreshard profile --partial --schema schema.sql --log - --offset 3001001 --head head --name log.csv > c.part
            tail -c +5223224 log.csv | foreshard profile --partial --schema schema.sql --log - --offset 5223223 --head head --name log.csv --quiet > d.part
            foreshard merge cb.part c.part b.part --quiet
            foreshard merge - d.part cb.part a.part > merged.part)"), QByteArray());
        QVERIFY(contentOf(folder_.filePath("merged.part")) == contentOf(folder_.filePath("whole.part")));

        QCOMPARE(shell(folder_.path(), "foreshard profile parts.foreshard --log merged.part --quiet; foreshard profile log.foreshard --schema schema.sql --log log.csv --quiet"), QByteArray());
        for (const char* what : {"workload", "templates", "transactions", "columns", "access", "volume", "buckets"}) {
            auto parts = runProgram(folder_.path(), {"show", "parts.foreshard", what, "--json"}).json(), log = runProgram(folder_.path(), {"show", "log.foreshard", what, "--json"}).json();
            for (auto* json : {&parts, &log}) json->erase("seconds"), json->erase("peak_rss_bytes");
            QVERIFY2(parts == log, what);
        }
        // Twice is once too often.
        const auto again = runProgram(folder_.path(), {"profile", "parts.foreshard", "--log", "a.part", "--json"});
        QCOMPARE(again.exitCode, 1);
    }

    void wrongUsageIsSaid() {
        const auto error = [&](const QStringList& arguments) { return runProgram(folder_.path(), arguments); };
        QCOMPARE(error({"profile", "--partial", "--log", "log.csv", "--json"}).exitCode, 2);
        QCOMPARE(error({"profile", "p.foreshard", "--partial", "--log", "log.csv"}).exitCode, 2);
        QCOMPARE(error({"profile", "--log", "log.csv"}).exitCode, 2);
        QCOMPARE(error({"profile", "p.foreshard", "--offset", "5", "--log", "log.csv"}).exitCode, 2);
        QCOMPARE(error({"merge", "out.part", "log.csv", "--json"}).json()["error"]["category"], "format");
        QVERIFY(!QFile::exists(folder_.filePath("out.part")));
        QCOMPARE(error({"profile", "p.foreshard", "--log", "b.part", "--json"}).json()["error"]["category"], "conflict");
        QVERIFY(!QFile::exists(folder_.filePath("p.foreshard")));
    }

    void hadoopMapperAndReducer() {
        if (!shell(folder_.path(), "python3 --version").isEmpty()) QSKIP("There is no python3; run: apt-get install python3");
        QFile feeder(folder_.filePath("streaming.py"));
        QVERIFY(feeder.open(QIODevice::WriteOnly));
        feeder.write(streaming);
        feeder.close();
        QCOMPARE(shell(folder_.path(), R"(
            export FORESHARD=foreshard FORESHARD_HEAD=head FORESHARD_SCHEMA=schema.sql mapreduce_map_input_file=log.csv
            python3 streaming.py log.csv 7
            for split in split-*; do cat $split | $RESOURCES/hadoop/mapper.py; done | sort > mapped
            { head -n 3 mapped | $RESOURCES/hadoop/reducer.py; tail -n +4 mapped; } | $RESOURCES/hadoop/reducer.py | $RESOURCES/hadoop/reducer.py --binary > hadoop.part)"), QByteArray());
        QCOMPARE(contentOf(folder_.filePath("mapped")).count('\n'), 7);
        QVERIFY(contentOf(folder_.filePath("hadoop.part")) == contentOf(folder_.filePath("whole.part")));
    }
};

QTEST_GUILESS_MAIN(TestPartsOfLogs)
#include "test_parts_of_logs.moc"
