// New models are taken only where they forecast the newest data better.
#include <QtTest>

#include "core/monitor/retrain.h"
#include "tests/monitor/watched.h"

using namespace foreshard;
using namespace foreshard::monitor;
using synthetic::daily;

class TestRetrain : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aNewRhythmIsLearned() {
        // Steady for ten days, then a strong daily rhythm: the old models repeat the last value.
        const auto calls = [](size_t i) { return i < 240 ? 1000.0 : daily(1000, 0.03, 4)(i); };
        Job job;
        const auto old = models::train(watched::log(calls, calls, 0, 240), {}, job);
        QVERIFY(old.ok());
        const auto result = retrainIfBetter(watched::log(calls, calls, 0, 240 + 24 * 8), *old, {}, job);
        QVERIFY2(result.ok(), result.ok() ? "" : result.error().message.c_str());
        QVERIFY2(result->better, result->reason.c_str());
        QVERIFY(*result->fresh.nd < *result->current.nd / 2);
        QCOMPARE(result->models.trainedOn.end, watched::at(240 + 24 * 8));
        QCOMPARE(result->tail.length(), microsPerDay);
    }
    void noBetterNoChange() {
        const auto calls = daily(1000, 0.03, 4);
        Job job;
        const auto history = watched::log(calls, calls, 0, 24 * 12);
        const auto old = models::train(watched::log(calls, calls, 0, 24 * 11), {}, job);
        const auto result = retrainIfBetter(history, *old, {}, job);
        QVERIFY(result.ok());
        QVERIFY2(!result->better, result->reason.c_str());
        QVERIFY(result->models == *old);
    }
    void tooLittleToCompareOn() {
        Job job;
        const auto little = watched::log(watched::flat(5), watched::flat(5), 0, 5);
        const auto models = models::train(little, {}, job);
        QCOMPARE(retrainIfBetter(little, *models, {}, job).error().category, ErrorCategory::usage);
    }
};

QTEST_APPLESS_MAIN(TestRetrain)
#include "test_retrain.moc"
