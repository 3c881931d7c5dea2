// Real servers of other dialects than PostgreSQL's: a load runs on a private MariaDB, or through the sqlite3 shell, and what Foreshard
// makes of their logs is held against what the driver and the server counted. The scripts are those that record the samples.
#include <QtTest>

#include <QStandardPaths>
#include <QTemporaryDir>

#include "tests/app/recorded_counts.h"

using namespace foreshard::testapp;

class TestOtherServers : public QObject {
    Q_OBJECT

    static void compare(const QString& script, const QStringList& samples) {
        QTemporaryDir folder;
        QVERIFY(folder.isValid());
        QProcess process;
        process.setProcessChannelMode(QProcess::MergedChannels);
        process.start("python3", {QStringLiteral(FORESHARD_SOURCE_DIR "/tests/data/recorded/") + script, "--into", folder.path()});
        QVERIFY(process.waitForFinished(240'000));
        QVERIFY2(process.exitCode() == 0, process.readAll().constData());
        for (const auto& sample : samples) {
            nlohmann::json shown;
            profileSample(folder.filePath(sample), folder.filePath(sample + ".foreshard"), shown);
            if (QTest::currentTestFailed()) return;
        }
    }

    static bool missing(const char* program) { return QStandardPaths::findExecutable(program).isEmpty() && QStandardPaths::findExecutable(program, {"/usr/sbin"}).isEmpty(); }

private Q_SLOTS:
    void mariadb() {
        if (missing("mariadbd") || missing("mariadb-install-db")) QSKIP("There is no MariaDB; run: apt-get install --no-install-recommends mariadb-server");
        compare("record_mariadb.py", {"mariadb-general", "mariadb-slow"});
    }

    void sqlite() {
        if (missing("sqlite3")) QSKIP("There is no sqlite3 shell; run: apt-get install sqlite3");
        compare("record_sqlite.py", {"sqlite-trace"});
    }
};

QTEST_GUILESS_MAIN(TestOtherServers)
#include "test_other_servers.moc"
