// Logs that real servers wrote (tests/data/recorded): each is profiled as a person would, and what `show` says is held against
// the expected file and against what the server or the driver itself counted.
// FORESHARD_WRITE_EXPECTED=1 writes the expected files anew.
#include <QtTest>

#include <QTemporaryDir>

#include "tests/app/recorded_counts.h"

using namespace foreshard::testapp;
using nlohmann::json;

class TestRecordedSamples : public QObject {
    Q_OBJECT
    static QString home() { return QStringLiteral(FORESHARD_SOURCE_DIR "/tests/data/recorded"); }

    // What may differ from one run, machine or release to the next.
    static json lasting(json shown) {
        for (const char* field : {"seconds", "peak_rss_bytes", "version"}) shown.erase(field);
        return shown;
    }

    static void compareWithExpected(const QString& folder, const json& shown) {
        const QString expected = folder + "/expected.json";
        if (qEnvironmentVariableIsSet("FORESHARD_WRITE_EXPECTED")) {
            QFile file(expected);
            QVERIFY(file.open(QIODevice::WriteOnly) && file.write(QByteArray::fromStdString(shown.dump(2) + "\n")) > 0);
        }
        const auto difference = json::diff(readJson(expected), shown);
        QVERIFY2(difference.empty(), difference.dump(2).c_str());
    }

    // Exports of pg_stat_statements: what they counted when it was looked last, and between the snapshots.
    static void compareMetrics(const QString& folder, const QString& project, const json& counted) {
        const auto shown = lasting(runProgram(folder, {"show", project, "metrics", "--json"}).json());
        std::map<std::string, double> calls, between;
        for (const auto& each : shown["statements"]) {
            const auto text = each["text"].get<std::string>();
            const auto kind = QString::fromStdString(text.substr(0, text.find(' '))).toLower().toStdString();
            calls[kind] += each["calls"].get<double>();
            for (const auto& step : each["steps"]) between[kind] += step["calls"].get<double>();
        }
        compareCounts(counted["calls"], calls);
        compareCounts(counted["between"], between);
        compareWithExpected(folder, shown);
    }

private Q_SLOTS:
    void sample_data() {
        QTest::addColumn<QString>("folder");
        for (const auto& name : QDir(home()).entryList(QDir::Dirs | QDir::NoDotAndDotDot)) QTest::newRow(qPrintable(name)) << home() + '/' + name;
    }

    void sample() {
        QFETCH(QString, folder);
        QTemporaryDir temporary;
        QVERIFY(temporary.isValid());
        const QString project = temporary.filePath("p.foreshard");
        const auto counts = readJson(folder + "/counts.json");
        if (counts.contains("metrics")) {
            readSample(folder, project, counts);
            if (!QTest::currentTestFailed()) compareMetrics(folder, project, counts["metrics"]);
            return;
        }
        json workload;
        profileSample(folder, project, workload);
        if (QTest::currentTestFailed()) return;
        compareWithExpected(folder, lasting(workload));
    }
};

QTEST_GUILESS_MAIN(TestRecordedSamples)
#include "test_recorded_samples.moc"
