// Logs that real servers wrote (tests/data/recorded): each is profiled as a person would, and what `show` says is held against
// the expected file and against what the server or the driver itself counted.
// FORESHARD_WRITE_EXPECTED=1 writes the expected files anew.
#include <QtTest>

#include <QTemporaryDir>

#include "tests/app/program.h"

using namespace foreshard::testapp;
using nlohmann::json;

class TestRecordedSamples : public QObject {
    Q_OBJECT
    static QString home() { return QStringLiteral(FORESHARD_SOURCE_DIR "/tests/data/recorded"); }

    static json read(const QString& path) {
        QFile file(path);
        return file.open(QIODevice::ReadOnly) ? json::parse(file.readAll().toStdString(), nullptr, false) : json();
    }

    // What may differ from one run, machine or release to the next.
    static json lasting(json shown) {
        for (const char* field : {"seconds", "peak_rss_bytes", "version"}) shown.erase(field);
        return shown;
    }

    // Sums over the templates by kind of statement: calls, and rows where they are known.
    static std::map<std::string, double> sumsOf(const json& templates, bool rows) {
        std::map<std::string, double> sums;
        for (const auto& each : templates)
            if (!rows) sums[each["kind"]] += each["calls"].get<double>();
            else if (!each["rows"].is_null()) sums[each["kind"]] += each["rows"].get<double>() * each["calls"].get<double>();
        return sums;
    }

    // The counted kinds, and no others.
    static void compareCounts(const json& counted, const std::map<std::string, double>& found) {
        for (const auto& [kind, sum] : found)
            QVERIFY2(counted.contains(kind) || sum == 0, (kind + " were not counted by the server").c_str());
        for (const auto& [kind, sum] : counted.items()) {
            const auto mine = found.find(kind);
            const double shown = mine == found.end() ? 0 : std::round(mine->second);
            QVERIFY2(shown == sum.get<double>(), (kind + ": " + std::to_string(shown) + " instead of " + sum.dump()).c_str());
        }
    }

    static void compareWithExpected(const QString& folder, const json& shown) {
        const QString expected = folder + "/expected.json";
        if (qEnvironmentVariableIsSet("FORESHARD_WRITE_EXPECTED")) {
            QFile file(expected);
            QVERIFY(file.open(QIODevice::WriteOnly) && file.write(QByteArray::fromStdString(shown.dump(2) + "\n")) > 0);
        }
        const auto difference = json::diff(read(expected), shown);
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
        const auto counts = read(folder + "/counts.json");
        QVERIFY2(counts.is_object() && !counts["recorded"].get<std::string>().empty(), "counts.json says how the sample was recorded");
        QStringList arguments{"profile", project, "--schema", "schema.sql", "--quiet"};
        for (const auto& argument : counts["arguments"]) arguments << QString::fromStdString(argument.get<std::string>());
        const auto made = runProgram(folder, arguments);
        QVERIFY2(made.exitCode == 0, made.errors.c_str());

        if (counts.contains("metrics")) return compareMetrics(folder, project, counts["metrics"]);
        const auto shown = lasting(runProgram(folder, {"show", project, "workload", "--json"}).json());
        const auto templates = runProgram(folder, {"show", project, "templates", "--json"}).json()["templates"];
        compareCounts(counts["calls"], sumsOf(templates, false));
        if (counts.contains("rows")) compareCounts(counts["rows"], sumsOf(templates, true));
        for (const char* field : {"transactions", "aborted"})
            if (counts.contains(field)) QCOMPARE(shown[field].get<double>(), counts[field].get<double>());

        compareWithExpected(folder, shown);
    }
};

QTEST_GUILESS_MAIN(TestRecordedSamples)
#include "test_recorded_samples.moc"
