// The monitor over hand-made logs: load beside its forecast, rolling error, skew and drift from begin to end, stored state.
#include <QtTest>

#include <fmt/format.h>

#include <array>
#include <cmath>

#include "core/monitor/monitor.h"
#include "core/sharding/key_placement.h"
#include "core/workload/ranges.h"
#include "tests/monitor/watched.h"

using namespace foreshard;
using namespace foreshard::monitor;
using synthetic::daily;
using watched::at;
using watched::flat;

namespace {

struct Trained {
    models::TrainedModels models;
    models::Forecast forecast;
};

Trained trainOn(const workload::Workload& history, Instant horizon = 2 * microsPerDay) {
    Job job;
    Trained made;
    auto models = models::train(history, {}, job);
    if (!models) qFatal("%s", models.error().message.c_str());
    made.models = *models;
    auto forecast = models::forecast(made.models, history, horizon, 1, job);
    if (!forecast) qFatal("%s", forecast.error().message.c_str());
    made.forecast = *forecast;
    return made;
}

void mustWork(const foreshard::Status& status) {
    if (!status.ok()) qFatal("%s", status.error().message.c_str());
}

}  // namespace

class TestMonitor : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void measuredLoadStandsBesideTheForecast() {
        const size_t past = 24 * 10;
        const auto left = daily(3000, 0.03, 1), right = daily(1000, 0.03, 2);
        const auto trained = trainOn(watched::log(left, right, 0, past));
        Job job;
        Monitor monitor(watched::byKey());
        mustWork(monitor.setForecast(trained.models, trained.forecast, job));
        mustWork(monitor.observe(watched::log(left, right, past, past + 24), false, job));
        const auto status = monitor.status();
        // The last interval is still open.
        QCOMPARE(status.intervalsClosed, uint64_t(23));
        QCOMPARE(status.times.front(), at(past));
        QCOMPARE(status.loads.size(), size_t(2));
        for (size_t i = 0; i < 23; ++i) {
            QVERIFY(std::abs(*status.loads[0].measured[i] - std::round(left(past + i)) / 3600) < 1e-9);
            QVERIFY(std::abs(*status.loads[0].predicted[i] / *status.loads[0].measured[i] - 1) < 0.4);
            QVERIFY(*status.loads[0].p10[i] <= *status.loads[0].predicted[i] && *status.loads[0].predicted[i] <= *status.loads[0].p90[i]);
        }
        // What is forecast and to come follows.
        QCOMPARE(status.times.size(), size_t(48));
        QVERIFY(!status.loads[0].measured[30] && status.loads[0].predicted[30]);
        QVERIFY(std::abs(*status.loadMaxOverMean - 1.5) < 0.05);
        QVERIFY(std::abs(*status.loadMaxOverMeanPredicted - 1.5) < 0.05);
        QVERIFY(*status.total.nd < 0.2 && *status.total.logMse < 0.05);
        QCOMPARE(status.total.intervals, 23u);
        QCOMPARE(status.series.size(), trained.forecast.series.size());
        QVERIFY(!status.retrainingOffered);
        QVERIFY(!status.multiShardShare);   // no transaction was sampled: unknown, not 0
    }
    void skewBeginsAndEndsWithEvidence() {
        const auto burst = [](size_t i) { return i >= 10 && i < 20 ? 9000.0 : 1000.0; };
        Monitor monitor(watched::byKey());
        Job job;
        mustWork(monitor.observe(watched::log(flat(1000), burst, 0, 15), false, job));
        auto status = monitor.status();
        QCOMPARE(status.findings.size(), size_t(1));
        const Finding begun = status.findings.front();
        QCOMPARE(begun.rule, std::string("skew"));
        QVERIFY(begun.active());
        QCOMPARE(begun.since, at(10));
        QVERIFY2(begun.evidence.find("It took 90 % of all accesses, 100 % of that through hash slot 900 of public.t0.k") == 0, begun.evidence.c_str());
        // What one sentence says the other does not repeat.
        QVERIFY(begun.what.find("Shard 1 carries 1.80 times") == 0 && begun.evidence.find("times") == std::string::npos && begun.evidence.find("1.80") == std::string::npos);
        mustWork(monitor.observe(watched::log(flat(1000), burst, 14, 30), false, job));
        status = monitor.status();
        QCOMPARE(status.findings.size(), size_t(1));
        QCOMPARE(*status.findings.front().until, at(20));
        QCOMPARE(status.findings.front().since, at(10));
    }
    // A limit given later judges what is remembered again; looking at it without one keeps the limit.
    void anotherLimitJudgesWhatIsRemembered() {
        const auto burst = [](size_t i) { return i >= 10 && i < 12 ? 9000.0 : i >= 20 && i < 25 ? 2500.0 : 1000.0; };
        Monitor monitor(watched::byKey());
        Job job;
        mustWork(monitor.observe(watched::log(flat(1000), burst, 0, 40), false, job));
        auto status = monitor.status();
        QVERIFY(status.findings.empty());
        QCOMPARE(status.telling, 39u);
        QCOMPARE(status.aboveLimit, 2u);      // too few in a row, and said
        QVERIFY(status.highestAbove > 1.79 && status.highestAbove < 1.81);
        QVERIFY(status.skewRule.find("1.50 times") != std::string::npos && status.skewRule.find("3 intervals in a row") != std::string::npos);
        QVERIFY(!monitor.setSkewLimit(1.5));
        QVERIFY(monitor.setSkewLimit(1.4));
        auto again = Monitor::read(monitor.write(), watched::byKey());
        QVERIFY(again.ok());
        status = again->status();
        QCOMPARE(status.skewLimit, 1.4);
        QCOMPARE(status.findings.size(), size_t(1));
        QCOMPARE(status.findings.front().since, at(20));
        QCOMPARE(*status.findings.front().until, at(25));
        const auto& evidence = status.findings.front().evidence;
        QVERIFY2(evidence.starts_with("It took 71") && evidence.ends_with(" % of all accesses."), evidence.c_str());
        QVERIFY(again->setSkewLimit(1.5));
        QVERIFY(again->status().findings.empty());
    }
    // Where keys are counted one by one the hot one is named, and only one that lies on that shard.
    void hotKeyIsNamed() {
        const auto design = watched::byKey();
        const auto placement = sharding::makePlacement(design.tables[0], design);
        std::array<int64_t, 2> keyOn{-1, -1};
        for (int64_t key = 1; key < 100; ++key) {
            const Value value = Value::integer(key);
            keyOn[placement->shardOf(std::span(&value, 1))] = key;
        }
        auto log = watched::log(flat(1000), flat(9000), 0, 6);
        for (auto& column : log.rates.columns)
            for (int64_t i = 0; i < 6; ++i)
                for (size_t shard = 0; shard < 2; ++shard)
                    column.ranges.push_back({log.rates.firstInterval() + i, workload::dyadicRangeOf(keyOn[shard]), static_cast<Weight>(shard ? 4500 : 9999) * weightOne, 0});
        Monitor monitor(design);
        Job job;
        mustWork(monitor.observe(log, true, job));
        const auto status = monitor.status();
        QCOMPARE(status.findings.size(), size_t(1));
        const auto expected = fmt::format("It took 90 % of all accesses, 50 % of that through key {} of public.t0.k", keyOn[1]);
        QVERIFY2(status.findings.front().evidence.find(expected) == 0, status.findings.front().evidence.c_str());
    }
    void readingTheSameLogAgainChangesNothing() {
        const auto log = watched::log(flat(1000), flat(3000), 0, 30);
        Job job;
        Monitor once(watched::byKey()), twice(watched::byKey()), slowly(watched::byKey());
        mustWork(once.observe(log, true, job));
        mustWork(twice.observe(log, true, job));
        mustWork(twice.observe(log, true, job));
        for (size_t end = 1; end <= 30; ++end) mustWork(slowly.observe(watched::log(flat(1000), flat(3000), 0, end), end == 30, job));
        QCOMPARE(once.write(), twice.write());
        QCOMPARE(once.write(), slowly.write());
        QCOMPARE(once.status().intervalsClosed, uint64_t(30));
        QCOMPARE(once.status().calls, 30 * 4000.0);
    }
    void quietHoursCountAndUnseenOnesDoNot() {
        Job job;
        Monitor monitor(watched::byKey());
        mustWork(monitor.observe(watched::log([](size_t i) { return i == 3 ? 0.0 : 500.0; }, [](size_t i) { return i == 3 ? 0.0 : 500.0; }, 0, 6), true, job));
        auto status = monitor.status();
        QCOMPARE(status.intervalsClosed, uint64_t(6));
        QCOMPARE(*status.loads[0].measured[3], 0.0);
        mustWork(monitor.observe(watched::log(flat(500), flat(500), 100, 103), true, job));
        status = monitor.status();
        QCOMPARE(status.intervalsClosed, uint64_t(9));
        QCOMPARE(status.times.back(), at(102));
        QCOMPARE(*monitor.openFrom(), at(103));
    }
    void driftOffersRetraining() {
        const size_t past = 24 * 10;
        const auto left = daily(3000, 0.03, 1), right = daily(1000, 0.03, 2);
        const auto trained = trainOn(watched::log(left, right, 0, past));
        const auto doubled = [&](size_t i) { return 2.5 * left(i); };
        Job job;
        Monitor monitor(watched::byKey());
        mustWork(monitor.setForecast(trained.models, trained.forecast, job));
        mustWork(monitor.observe(watched::log(doubled, right, past, past + 12), true, job));
        const auto status = monitor.status();
        QVERIFY(status.retrainingOffered);
        const auto drift = std::find_if(status.findings.begin(), status.findings.end(), [](const Finding& f) { return f.rule == "drift"; });
        QVERIFY(drift != status.findings.end() && drift->active());
        QVERIFY(drift->act == Act::retrain);
        QCOMPARE(drift->since, at(past));
        // New models start with a clean slate.
        auto fresh = trained.models;
        fresh.seed = 2;
        mustWork(monitor.setForecast(fresh, trained.forecast, job));
        QVERIFY(!monitor.status().retrainingOffered);
        QVERIFY(!monitor.status().findings.front().active() || monitor.status().findings.front().rule != "drift");
    }
    void anotherDesignForgetsLoads() {
        Job job;
        Monitor monitor(watched::byKey());
        mustWork(monitor.observe(watched::log(flat(1000), flat(9000), 0, 10), true, job));
        QVERIFY(monitor.status().findings.front().active());
        auto same = watched::byKey();
        same.id = "d9";
        monitor.setDesign(same);
        QCOMPARE(monitor.status().times.size(), size_t(10));
        monitor.setDesign(watched::byKey(4));
        const auto status = monitor.status();
        QVERIFY(status.times.empty());
        QCOMPARE(status.loads.size(), size_t(4));
        QCOMPARE(*status.findings.front().until, at(10));
    }
    void otherIntervalIsRefused() {
        Job job;
        Monitor monitor(watched::byKey());
        mustWork(monitor.observe(watched::log(flat(1000), flat(1000), 0, 10), true, job));
        const auto before = monitor.write();
        const auto status = monitor.observe(watched::log(flat(1), flat(1), 0, 10, microsPerHour / 4), true, job);
        QCOMPARE(status.error().category, ErrorCategory::conflict);
        Job stopped;
        stopped.requestStop();
        QCOMPARE(monitor.observe(watched::log(flat(1), flat(1), 10, 20), true, stopped).error().category, ErrorCategory::cancelled);
        QVERIFY(!monitor.observe(workload::Workload{}, true, job).ok());
        QCOMPARE(monitor.write(), before);
    }
    void storedState() {
        const size_t past = 24 * 10;
        const auto left = daily(3000, 0.03, 1), right = daily(1000, 0.03, 2);
        const auto trained = trainOn(watched::log(left, right, 0, past));
        Job job;
        Monitor monitor(watched::byKey());
        mustWork(monitor.setForecast(trained.models, trained.forecast, job));
        mustWork(monitor.observe(watched::log(left, right, past, past + 9), false, job));
        const auto bytes = monitor.write();
        auto again = Monitor::read(bytes, watched::byKey());
        QVERIFY(again.ok());
        QCOMPARE(again->write(), bytes);
        // Both go on alike.
        const auto next = watched::log(left, right, past + 8, past + 30);
        mustWork(monitor.observe(next, true, job));
        mustWork(again->observe(next, true, job));
        QCOMPARE(again->write(), monitor.write());

        QVERIFY(Monitor::read(bytes, watched::byKey(3))->status().times.empty());
        // To look at, it is shown under the design it was measured under, whatever is in force now.
        const auto looked = Monitor::readAsMeasured(bytes);
        QVERIFY(looked.ok() && looked->design() == watched::byKey() && !looked->status().times.empty());
        for (size_t cut = 0; cut < bytes.size(); cut += cut < 100 ? 1 : 53) QVERIFY(!Monitor::read(std::string_view(bytes).substr(0, cut), watched::byKey()).ok());
        Random random(5);
        for (int i = 0; i < 500; ++i) {
            auto flipped = bytes;
            const auto bit = random.below(flipped.size() * 8);
            flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
            const auto damaged = Monitor::read(flipped, watched::byKey());
            if (damaged.ok()) damaged->status();
        }
        auto newer = bytes;
        newer[8] = 99;
        QCOMPARE(Monitor::read(newer, watched::byKey()).error().category, ErrorCategory::version);
    }
};

QTEST_APPLESS_MAIN(TestMonitor)
#include "test_monitor.moc"
