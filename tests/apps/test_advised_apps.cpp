// The recorded applications under the design that is advised for them, directly and through a pooler: the later part of each log, run
// on shards that hold the rows, needs as many of them as was predicted, in 99 of 100 transactions.
#include <QtTest>

#include "core/advisor/advisor.h"
#include "tests/apps/recorded.h"
#include "tests/apps/row_oracle.h"

using namespace foreshard;
using namespace foreshard::testapps;

class TestAdvisedApps : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void fanOutIsAsPredicted_data() {
        QTest::addColumn<QString>("application");
        QTest::addColumn<QString>("log");
        for (const char* application : {"shop", "wiki"})
            for (const char* log : {"direct", "pooled"}) QTest::addRow("%s %s", application, log) << application << log;
    }
    void fanOutIsAsPredicted() {
        QFETCH(QString, application);
        QFETCH(QString, log);
        // A log of minutes: a later half of it needs intervals of seconds.
        const auto recorded = readRecorded(QStringLiteral(FORESHARD_SOURCE_DIR "/tests/apps/data/") + application, log, microsPerSecond);
        QVERIFY2(recorded.workload, recorded.problem.c_str());
        Job job;
        const auto advice = advisor::advise(*recorded.workload, {.shards = 4}, job);
        QVERIFY2(advice.ok(), advice.ok() ? "" : advice.error().message.c_str());
        QVERIFY(!advice->heldOut.empty());
        size_t keyed = 0;
        for (const auto& table : advice->designs.front().design.tables) keyed += table.keyed();
        const auto run = runOnShards(*recorded.workload, advice->heldOut, advice->designs.front().design);
        qInfo("%s %s: %s; %zu tables with keys; %llu later transactions, %.2f %% across; as predicted %.2f %%; %llu accesses inferred, the rows of %llu known, %llu on another shard", qPrintable(application),
              qPrintable(log), advice->designs.front().design.name.c_str(), keyed, static_cast<unsigned long long>(run.transactions),
              100.0 * static_cast<double>(run.multiShard) / static_cast<double>(run.transactions), 100 * run.share(), static_cast<unsigned long long>(run.inferred),
              static_cast<unsigned long long>(run.witnessed), static_cast<unsigned long long>(run.wrongShard));
        QVERIFY(run.transactions > 100);
        QVERIFY2(run.share() >= 0.99, run.firstDifference.c_str());
        QVERIFY(static_cast<double>(run.wrongShard) <= 0.01 * static_cast<double>(std::max<uint64_t>(run.witnessed, 1)));
    }
};

QTEST_GUILESS_MAIN(TestAdvisedApps)
#include "test_advised_apps.moc"
