// The Spark job in local mode against one machine (label spark). Needs PySpark: FORESHARD_PYTHON names a Python that has it.
#include <QtTest>

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>

#include "tests/app/program.h"

using namespace foreshard::testapp;

class TestSpark : public QObject {
    Q_OBJECT

    struct Ended {
        int exitCode = -1;
        QByteArray errors;
    };

    static Ended run(const QString& folder, const QString& program, const QStringList& arguments) {
        QProcess process;
        process.setWorkingDirectory(folder);
        auto environment = QProcessEnvironment::systemEnvironment();
        environment.insert("PYSPARK_PYTHON", program);
        environment.insert("SPARK_LOCAL_IP", "127.0.0.1");
        environment.insert("PYSPARK_SUBMIT_ARGS", "--master local[2] --conf spark.ui.enabled=false pyspark-shell");
        process.setProcessEnvironment(environment);
        process.start(program, arguments);
        if (!process.waitForFinished(280'000)) return {};
        return {process.exitCode(), process.readAllStandardError()};
    }

    static QByteArray contentOf(const QString& path) {
        QFile file(path);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

private Q_SLOTS:
    void sparkGivesWhatOneMachineGives() {
        const QString python = qEnvironmentVariable("FORESHARD_PYTHON", "python3");
        QTemporaryDir folder;
        if (run(folder.path(), python, {"-c", "import pyspark"}).exitCode != 0)
            QSKIP("There is no PySpark; run: apt-get install openjdk-17-jre-headless python3-venv && python3 -m venv ~/pyspark && ~/pyspark/bin/pip install 'pyspark==4.*' && export FORESHARD_PYTHON=~/pyspark/bin/python3");
        QVERIFY(unpackSample(folder.path()));
        const auto job = [&](const QStringList& more) {
            return run(folder.path(), python, QStringList{FORESHARD_SOURCE_DIR "/resources/spark/foreshard_spark.py", "--foreshard", FORESHARD_BINARY_DIR "/foreshard", "--schema", "schema.sql", "--schema", "shop.db"} + more);
        };
        const auto spark = job({"--out", "spark.part", "--split-bytes", "1500k", "shop.csv"});
        QVERIFY2(spark.exitCode == 0, spark.errors.constData());
        QVERIFY2(spark.errors.contains("21 splits"), spark.errors.constData());
        const auto one = runProgram(folder.path(), {"profile", "--partial", "--schema", "schema.sql", "--schema", "shop.db", "--log", "shop.csv"});
        QCOMPARE(one.exitCode, 0);
        const auto part = contentOf(folder.filePath("spark.part"));
        QVERIFY(part.size() > 100'000);
        QVERIFY(part.toStdString() == one.output);

        // Two rotated logs of one server are one source; the project is that of one reading.
        const auto rotated = job({"--out", "rotated.part", "--split-bytes", "8m", "--one-server", "shop", "shop.csv", "shop-next.csv"});
        QVERIFY2(rotated.exitCode == 0, rotated.errors.constData());
        QCOMPARE(runProgram(folder.path(), {"profile", "spark.foreshard", "--log", "rotated.part"}).exitCode, 0);
        QCOMPARE(runProgram(folder.path(), {"profile", "one.foreshard", "--schema", "schema.sql", "--schema", "shop.db", "--log", "shop.csv", "shop-next.csv"}).exitCode, 0);
        auto many = runProgram(folder.path(), {"show", "spark.foreshard", "--json"}).json(), alone = runProgram(folder.path(), {"show", "one.foreshard", "--json"}).json();
        for (const char* field : {"calls", "calls_logged", "templates", "transactions", "aborted", "sessions", "bytes", "lines", "first", "last", "diagnostics"}) QVERIFY2(many[field] == alone[field], field);
        QCOMPARE(many["coverage"].size(), size_t(1));

        // What the program refuses is said.
        const auto wrong = job({"--out", "wrong.part", "schema.sql"});
        QVERIFY(wrong.exitCode != 0 && wrong.errors.contains("is not a log that Foreshard knows"));
    }
};

int main(int argc, char** argv) {
    qputenv("QTEST_FUNCTION_TIMEOUT", "3600000");   // ctest has the limit
    QCoreApplication application(argc, argv);
    TestSpark test;
    return QTest::qExec(&test, argc, argv);
}

#include "test_spark.moc"
