// Training and forecasting a whole workload: the forecast is a workload of the same facts whose heat sums to its volumes.
#include <QtTest>

#include <cmath>
#include <set>

#include "core/models/forecast.h"
#include "core/models/volume.h"
#include "tests/models/synthetic.h"

using namespace foreshard;
using namespace foreshard::models;
using synthetic::daily;

namespace {

workload::Workload shop(size_t hours = 24 * 10) {
    return synthetic::workloadOf({{"SELECT a FROM t0", 0, false, daily(200, 0.05, 1)},
                                  {"SELECT b FROM t0", 0, false, daily(100, 0.05, 2)},
                                  {"UPDATE t0", 0, true, daily(50, 0.05, 3)},
                                  {"SELECT c FROM t1", 1, false, [](size_t i) { return i % 24 < 6 ? 80.0 : 0.0; }}},
                                 hours, 2);
}

Weight callsOf(const workload::TemplateSeries& series) {
    Weight sum = 0;
    for (const auto& point : series.points) sum += point.calls;
    return sum;
}

bool near(double a, double b, double tolerance) { return std::abs(a - b) <= tolerance * std::max({1.0, std::abs(a), std::abs(b)}); }

}  // namespace

class TestForecast : public QObject {
    Q_OBJECT
    workload::Workload observed_;
    TrainedModels models_;
    Forecast forecast_;

private Q_SLOTS:
    void initTestCase() {
        observed_ = shop();
        Job job;
        auto models = train(observed_, {}, job);
        QVERIFY2(models.ok(), models.ok() ? "" : models.error().message.c_str());
        models_ = *models;
        auto made = forecast(models_, observed_, microsPerDay, 1, job);
        QVERIFY2(made.ok(), made.ok() ? "" : made.error().message.c_str());
        forecast_ = *made;
    }
    void seriesAreClustersLargestFirst() {
        QCOMPARE(models_.series.size(), size_t(2));
        QCOMPARE(models_.series[0].templates, (std::vector<uint64_t>{1000, 1001, 1002}));
        QVERIFY(near(models_.series[0].shares[0], 200.0 / 350, 0.05));
        QCOMPARE(models_.series[1].name, std::string("SELECT c FROM t1"));
        QCOMPARE(models_.trainedOn, observed_.rates.range);
        QVERIFY(models_.library.starts_with("LibTorch "));
    }
    void itIsAWorkloadOfTheSameFacts() {
        const auto& future = *forecast_.workload;
        QCOMPARE(future.facts.get(), observed_.facts.get());
        QVERIFY(future.rates.origin == workload::Origin::forecast);
        QCOMPARE(future.rates.range.begin, observed_.rates.range.end);
        QCOMPARE(future.rates.range.length(), microsPerDay);
        QCOMPARE(future.rates.templates.size(), size_t(4));
        QCOMPARE(future.rates.heatBasis, std::string("volume forecast × key shares of the last 24 h"));
        // Close to what the generator would go on with.
        double expected = 0;
        for (size_t i = 240; i < 264; ++i) expected += daily(200, 0, 1)(i);
        QVERIFY(near(fromWeight(callsOf(future.rates.templates[0])), expected, 0.15));
        QVERIFY(near(fromWeight(callsOf(future.rates.templates[3])), 480, 0.05));
    }
    void bandsAreInOrder() {
        for (const auto* series : {&forecast_.series[0], &forecast_.series[1], &forecast_.total}) {
            QCOMPARE(series->times.size(), size_t(24));
            for (size_t i = 0; i < 24; ++i) {
                QVERIFY(series->p10[i] >= 0 && series->p10[i] <= series->p50[i] && series->p50[i] <= series->p90[i]);
                QVERIFY(std::isfinite(series->p90[i]));
            }
        }
        double volume = 0, total = 0;
        for (const auto& series : forecast_.series) for (const double v : series.p50) volume += v;
        for (const double v : forecast_.total.p50) total += v;
        QVERIFY(near(volume, total, 1e-9));
        double calls = 0;
        for (const auto& series : forecast_.workload->rates.templates) calls += fromWeight(callsOf(series));
        QVERIFY(near(calls, total, 1e-6));
    }
    void heatSumsToTheVolumes() {
        const auto& rates = forecast_.workload->rates;
        for (int64_t interval = rates.firstInterval(); interval < rates.endInterval(); ++interval) {
            const auto callsAt = [&](size_t id) {
                for (const auto& point : rates.templates[id].points) if (point.interval == interval) return point.calls;
                return Weight(0);
            };
            for (uint32_t column = 0; column < 2; ++column) {
                Weight reads = 0, writes = 0, totalReads = 0, totalWrites = 0;
                for (const auto& slot : rates.columns[column].slots)
                    if (slot.interval == interval) reads += slot.reads, writes += slot.writes;
                for (const auto& total : rates.columns[column].totals)
                    if (total.interval == interval) totalReads += total.boundReads, totalWrites += total.boundWrites;
                const Weight wantReads = column == 0 ? callsAt(0) + callsAt(1) : callsAt(3), wantWrites = column == 0 ? callsAt(2) : 0;
                QCOMPARE(reads, totalReads);
                QCOMPARE(writes, totalWrites);
                QVERIFY(std::abs(reads - wantReads) <= 2 && std::abs(writes - wantWrites) <= 2);
            }
            for (size_t id = 0; id < 4; ++id) {
                Weight committed = 0;
                for (const auto& [at, count] : rates.classes[id]) if (at == interval) committed += count;
                QVERIFY(std::abs(committed - callsAt(id)) <= 1);
            }
        }
        const auto& point = rates.templates[0].points.front();
        QVERIFY(near(static_cast<double>(point.durationNs), 1000 * fromWeight(point.calls), 0.01));
        QVERIFY(near(static_cast<double>(point.rows), 2 * fromWeight(point.calls), 0.01));
    }
    void countsAreSorted() {
        const auto& column = forecast_.workload->rates.columns[0];
        QVERIFY(std::is_sorted(column.slots.begin(), column.slots.end(), [](const auto& a, const auto& b) {
            return std::pair(a.interval, a.slot) < std::pair(b.interval, b.slot);
        }));
        for (const auto& series : forecast_.workload->rates.templates)
            QVERIFY(std::is_sorted(series.points.begin(), series.points.end(), [](const auto& a, const auto& b) { return a.interval < b.interval; }));
    }
    void sampledFutures() {
        const auto& paths = forecast_.workload->rates.paths;
        QCOMPARE(paths.size(), size_t(64));
        std::set<float> seen;
        for (const auto& path : paths) {
            QCOMPARE(path.templateFactor.size(), size_t(4));
            // Templates of one cluster move together.
            QCOMPARE(path.templateFactor[0], path.templateFactor[2]);
            for (const float factor : path.templateFactor[0]) QVERIFY(factor >= 0 && factor < 10);
            seen.insert(path.templateFactor[0][5]);
        }
        QVERIFY(seen.size() > 16);
    }
    void sameSeedSameForecast() {
        Job job;
        const auto again = train(observed_, {}, job);
        QVERIFY(again->series == models_.series);
        const auto same = forecast(*again, observed_, microsPerDay, 1, job), other = forecast(*again, observed_, microsPerDay, 2, job);
        QVERIFY(same->workload->rates == forecast_.workload->rates);
        QVERIFY(same->series == forecast_.series);
        QVERIFY(other->workload->rates.templates == forecast_.workload->rates.templates);
        QVERIFY(!(other->workload->rates.paths == forecast_.workload->rates.paths));
    }
    void horizonIsRoundedUp() {
        Job job;
        QCOMPARE(forecast(models_, observed_, microsPerHour + 1, 1, job)->range.length(), 2 * microsPerHour);
        QCOMPARE(forecast(models_, observed_, 1, 1, job)->range.length(), microsPerHour);
        const auto week = forecast(models_, observed_, 7 * microsPerDay, 1, job);
        QCOMPARE(week->series[0].p50.size(), size_t(168));
        // Uncertainty grows with each horizon passed.
        const auto ratio = [&](size_t i) { return week->series[0].p90[i] / week->series[0].p50[i]; };
        QVERIFY(ratio(24 * 6 + 3) >= ratio(3));
        QCOMPARE(forecast(models_, observed_, 0, 1, job).error().category, ErrorCategory::usage);
        QCOMPARE(forecast(models_, observed_, microsPerHour * 10'000'000, 1, job).error().category, ErrorCategory::usage);
    }
    void otherIntervalIsRefused() {
        Job job;
        auto quarter = synthetic::workloadOf({{"q", 0, false, [](size_t) { return 1.0; }}}, 10, 1, microsPerHour / 4);
        QCOMPARE(forecast(models_, quarter, microsPerDay, 1, job).error().category, ErrorCategory::conflict);
    }
    void templatesBornAfterTrainingAreForecastToo() {
        const auto later = synthetic::workloadOf({{"SELECT a FROM t0", 0, false, daily(200, 0.05, 1)},
                                                  {"SELECT b FROM t0", 0, false, daily(100, 0.05, 2)},
                                                  {"UPDATE t0", 0, true, daily(50, 0.05, 3)},
                                                  {"SELECT c FROM t1", 1, false, [](size_t) { return 0.0; }},
                                                  {"DELETE FROM t1", 1, true, [](size_t i) { return i > 200 && i % 3 == 0 ? 90.0 : 0.0; }}},   // goes with no other
                                                 24 * 10, 2);
        Job job;
        const auto made = forecast(models_, later, microsPerDay, 1, job);
        QVERIFY(made.ok());
        QCOMPARE(made->series.back().name, std::string("new since training"));
        QCOMPARE(job.diagnostics().byReason().at("new_templates"), uint64_t(1));
        QVERIFY(callsOf(made->workload->rates.templates[4]) > 0);
    }
    void vanishedTemplatesHaveNoVolume() {
        const auto fewer = synthetic::workloadOf({{"SELECT a FROM t0", 0, false, daily(200, 0.05, 1)}}, 24 * 10);
        Job job;
        const auto made = forecast(models_, fewer, microsPerDay, 1, job);
        QVERIFY(made.ok());
        for (const double v : made->series[1].p90) QCOMPARE(v, 0.0);
        double total = 0;
        for (const double v : made->total.p50) total += v;
        QVERIFY(near(total, fromWeight(callsOf(made->workload->rates.templates[0])), 1e-6));
    }
    void futuresKeepTheRhythmOfErrors() {
        SeriesVolume volume;
        volume.logs.assign(48, 5.0);
        volume.model.backtestHorizon = 48;
        for (int i = 0; i < 96; ++i) volume.model.residualPath.push_back(i * 0.01);
        Random random(1);
        const auto factors = samplePath({volume, volume}, 48, random);
        QCOMPARE(factors[0], factors[1]);
        int follows = 0;
        for (size_t i = 1; i < 48; ++i) {
            const auto residual = [&](size_t step) { return std::log1p(static_cast<double>(factors[0][step]) * std::expm1(5.0)) - 5; };
            if (std::abs(residual(i) - residual(i - 1) - 0.01) < 1e-4) ++follows;
        }
        QVERIFY2(follows >= 40, qPrintable(QString::number(follows)));   // blocks of 12: three seams, and where the series wraps
    }
    void emptyAndTinyWorkloads() {
        Job job;
        for (const size_t intervals : {0, 1, 3, 30}) {
            const auto silent = synthetic::workloadOf({{"q", 0, false, [](size_t) { return 0.0; }}}, intervals);
            const auto models = train(silent, {}, job);
            QVERIFY(models.ok() && models->series.empty());
            const auto made = forecast(*models, silent, microsPerDay, 1, job);
            QCOMPARE(made.ok(), intervals > 0);
            if (made) QVERIFY(made->workload->rates.templates[0].points.empty());
        }
        QVERIFY(job.diagnostics().byReason().contains("nothing_to_train"));
        const auto one = synthetic::workloadOf({{"q", 0, false, [](size_t) { return 9.0; }}}, 1);
        const auto models = train(one, {}, job);
        const auto made = forecast(*models, one, 3 * microsPerHour, 1, job);
        QVERIFY(made.ok());
        for (const double v : made->series[0].p50) QVERIFY(near(v, 9, 1e-9));
        QVERIFY(!made->series[0].coverage && !made->series[0].skill);
    }
    void cancelledAndMisused() {
        Job stopped;
        stopped.requestStop();
        QCOMPARE(train(observed_, {}, stopped).error().category, ErrorCategory::cancelled);
        QCOMPARE(forecast(models_, observed_, microsPerDay, 1, stopped).error().category, ErrorCategory::cancelled);
        Job job;
        TrainOptions options;
        options.device = "abacus";
        QCOMPARE(train(observed_, options, job).error().category, ErrorCategory::usage);
        options.device = "cuda";
        if (!cudaAvailable()) QCOMPARE(train(observed_, options, job).error().category, ErrorCategory::unsupported);
    }
    void budgetOnlyTruncates() {
        Job job;
        TrainOptions options;
        options.budgetSeconds = 1e-9;
        const auto models = train(observed_, options, job);
        QVERIFY(models.ok());
        for (const auto& series : models->series) QCOMPARE(series.model, VolumeModel::seasonalNaive);
    }
    void theMachineIsNamed() {
        QVERIFY(!blasName().empty());
        QCOMPARE(blasIsSlow(), blasName() == "reference BLAS");
    }
};

QTEST_APPLESS_MAIN(TestForecast)
#include "test_forecast.moc"
