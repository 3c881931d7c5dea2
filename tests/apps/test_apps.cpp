// Records real applications anew (label apps): what the recorded logs say must hold of whatever version is installed.
// FORESHARD_PYTHON names a Python that has tests/apps/requirements.txt.
#include <QtTest>

#include <QProcess>
#include <QTemporaryDir>

#include "tests/apps/recorded.h"
#include "tests/apps/resolution.h"
#include "tests/support/private_postgres.h"

using namespace foreshard;
using namespace foreshard::testapps;

class TestApps : public QObject {
    Q_OBJECT

    struct Ended {
        int code = -1;
        QByteArray errors;
    };
    static Ended run(const QString& program, const QStringList& arguments) {
        QProcess process;
        process.start(program, arguments);
        if (!process.waitForFinished(800'000)) return {};
        return {process.exitCode(), process.readAllStandardError()};
    }
    static bool has(const QString& program) { return !QStandardPaths::findExecutable(program, {"/usr/bin", "/usr/sbin"}).isEmpty(); }

    static void recordAndResolve(const QString& python, const QString& application, const QString& visits) {
        QTemporaryDir folder;
        const auto ended = run(python, {"-W", "ignore", FORESHARD_SOURCE_DIR "/tests/apps/record.py", application, "--out", folder.path(), "--visits", visits, "--seed", "7"});
        QVERIFY2(ended.code == 0, ended.errors.constData());
        for (const char* log : {"direct", "pooled"}) {
            const auto recorded = readRecorded(folder.path(), log);
            QVERIFY2(recorded.workload, recorded.problem.c_str());
            const auto calls = resolvedCalls(*recorded.workload);
            qInfo("%s %s: %s", qPrintable(application), log, calls.text().c_str());
            QVERIFY(calls.counted() > 500);
            QVERIFY(calls.share() >= 0.95);
        }
    }

private Q_SLOTS:
    void initTestCase() {
        if (const auto why = testsupport::PrivatePostgres::whyNot(); !why.isEmpty()) QSKIP(qPrintable(why));
        if (!has("pgbouncer")) QSKIP("There is no pgbouncer; run: installer/bootstrap.sh --apps");
    }
    void shop() {
        const QString python = qEnvironmentVariable("FORESHARD_PYTHON", "python3");
        if (run(python, {"-c", "import oscar, psycopg, sorl"}).code != 0)
            QSKIP("There is no django-oscar; run: python3 -m venv ~/oscar && ~/oscar/bin/pip install -r tests/apps/requirements.txt && export FORESHARD_PYTHON=~/oscar/bin/python3");
        recordAndResolve(python, "shop", "20");
    }
    void wiki() {
        if (!has("php") || !QFile::exists("/usr/share/mediawiki/maintenance/install.php")) QSKIP("There is no MediaWiki; run: installer/bootstrap.sh --apps");
        recordAndResolve("python3", "wiki", "9");
    }
};

QTEST_GUILESS_MAIN(TestApps)
#include "test_apps.moc"
