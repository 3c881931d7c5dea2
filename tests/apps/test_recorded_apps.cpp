// The recorded logs of real applications (record.py), directly and through a pooler in transaction mode: the calls are those
// that the driver caused, and they are resolved to logical tables and key columns.
#include <QtTest>

#include "tests/apps/recorded.h"
#include "tests/apps/resolution.h"

using namespace foreshard;
using namespace foreshard::testapps;

class TestRecordedApps : public QObject {
    Q_OBJECT

    static QString folderOf(const QString& application) { return QStringLiteral(FORESHARD_SOURCE_DIR "/tests/apps/data/") + application; }

private Q_SLOTS:
    void callsAreResolved_data() {
        QTest::addColumn<QString>("application");
        QTest::addColumn<QString>("log");
        for (const char* application : {"shop", "wiki"})
            for (const char* log : {"direct", "pooled"}) QTest::addRow("%s %s", application, log) << application << log;
    }
    void callsAreResolved() {
        QFETCH(QString, application);
        QFETCH(QString, log);
        const auto recorded = readRecorded(folderOf(application), log);
        QVERIFY2(recorded.workload, recorded.problem.c_str());
        const auto& facts = *recorded.workload->facts;
        QCOMPARE(facts.totals.unparsedCalls, 0u);
        QCOMPARE(facts.coverage.front().boundaries, workload::Boundaries::explicitStatements);
        const auto calls = resolvedCalls(*recorded.workload);
        QCOMPARE(calls.calls * static_cast<double>(weightOne), static_cast<double>(facts.totals.calls));   // the sample is all
        QVERIFY2(calls.share() >= 0.95, calls.text().c_str());
        QVERIFY2(calls.counted() >= 0.6 * calls.calls, calls.text().c_str());

        // One order a click on "place order", one revision an edit; and what was rolled back is counted apart.
        const QString folder = folderOf(application);
        if (application == "shop") QCOMPARE(inserted(*recorded.workload, "order_order"), asked(folder, log, "order"));
        if (application == "wiki") QCOMPARE(inserted(*recorded.workload, "revision"), asked(folder, log, "edit") - asked(folder, log, "conflict"));
        if (asked(folder, log, "failed") > 0) QVERIFY(facts.totals.aborted > 0);
    }
};

QTEST_GUILESS_MAIN(TestRecordedApps)
#include "test_recorded_apps.moc"
