// Series, seasons, the rolling-origin backtest and its metrics, by values computed by hand.
#include <QtTest>

#include <cmath>

#include "core/models/backtest.h"
#include "core/models/series.h"
#include "tests/models/synthetic.h"

using namespace foreshard;
using namespace foreshard::models;

namespace {
Predictor naive(uint32_t season) {
    return [season](std::span<const double> past, uint32_t steps, size_t) -> Result<std::optional<std::vector<double>>> {
        return std::optional<std::vector<double>>{seasonalNaive(past, season, steps)};
    };
}
}  // namespace

class TestBacktest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void seasonalNaiveByHand() {
        const std::vector<double> history{1, 2, 3, 4, 5};
        QCOMPARE(seasonalNaive(history, 2, 5), (std::vector<double>{4, 5, 4, 5, 4}));
        QCOMPARE(seasonalNaive(history, 9, 2), (std::vector<double>{5, 5}));
        QCOMPARE(seasonalNaive({}, 2, 2), (std::vector<double>{0, 0}));
        QCOMPARE(seasonalNaive(history, 0, 1), (std::vector<double>{5}));
    }
    void seasonsFollowTheInterval() {
        QCOMPARE(candidateSeasons(microsPerHour, 47), (std::vector<uint32_t>{1}));
        QCOMPARE(candidateSeasons(microsPerHour, 48), (std::vector<uint32_t>{1, 24}));
        QCOMPARE(candidateSeasons(microsPerHour, 503), (std::vector<uint32_t>{1, 24}));
        QCOMPARE(candidateSeasons(microsPerHour, 504), (std::vector<uint32_t>{1, 24, 168}));
        QCOMPARE(candidateSeasons(microsPerHour / 60, 2880), (std::vector<uint32_t>{1, 60, 1440}));
        QCOMPARE(candidateSeasons(microsPerDay, 21), (std::vector<uint32_t>{1, 7}));
        QCOMPARE(candidateSeasons(7 * microsPerHour, 1000), (std::vector<uint32_t>{1, 24}));   // 24 of 7 h: a week
    }
    void originsEndWithTheSeries() {
        QCOMPARE(planBacktest(336, 24), (BacktestPlan{24, {168, 192, 216, 240, 264, 288, 312}}));
        QCOMPARE(planBacktest(10, 24), (BacktestPlan{2, {6, 8}}));
        QVERIFY(planBacktest(3, 24).origins.empty());
        QVERIFY(planBacktest(100, 0).origins.empty());
    }
    void metricsByHand() {
        // Counts 3, 1, 7 | 3, 1 | 7, 3 with season 2: predictions at origin 3 are (1, 7), at origin 5 (3, 1).
        const std::vector<double> counts{3, 1, 7, 3, 1, 7, 3};
        const auto logs = toLog(counts);
        const BacktestPlan plan{2, {3, 5}};
        Job job;
        const auto predicted = runBacktest(logs, plan, naive(2), job);
        QCOMPARE(predicted->size(), size_t(4));
        const auto row = scoreBacktest(logs, plan, *predicted, VolumeModel::seasonalNaive, 2);
        const double ln2 = std::log(2.0);
        // Errors in ln: ln4-ln2, ln2-ln8, ln8-ln4, ln4-ln2 = ln2 × (1, -2, 1, 1).
        QVERIFY(std::abs(row.logMse - ln2 * ln2 * 7 / 4) < 1e-12);
        QVERIFY(std::abs(*row.nd - (2.0 + 6 + 4 + 2) / 14) < 1e-12);
        // Scales: |7-3| = 4 before origin 3; (4 + 2 + 6) / 3 = 4 before origin 5.
        QVERIFY(std::abs(*row.mase - ((8.0 / 2 / 4) + (6.0 / 2 / 4)) / 2) < 1e-12);
        QCOMPARE(row.origins, 2u);
        // Origin 1's residuals ln2 × (1, -2) give a band [-2 ln2, ln2] that holds both of origin 2; origin 2's (1, 1) one of
        // [0, ln2] that holds one of origin 1.
        QCOMPARE(*row.coverage, 0.75);
    }
    void whatCannotBeMeasuredIsNothing() {
        const std::vector<double> zeros(12, 0.0);
        const auto plan = planBacktest(zeros.size(), 3, 1);
        Job job;
        const auto row = scoreBacktest(zeros, plan, *runBacktest(zeros, plan, naive(1), job), VolumeModel::seasonalNaive, 1);
        QCOMPARE(row.logMse, 0.0);
        QVERIFY(!row.nd && !row.mase && !row.skill && !row.coverage);
    }
    void bandsCoverByRank() {
        QCOMPARE(bandOf({}).high, 0.0);
        std::vector<double> residuals;
        for (int i = -9; i <= 9; ++i) residuals.push_back(i);   // 19 values: the 18th of 20 · 0.9
        const auto band = bandOf(residuals);
        QCOMPARE(band.low, -8.0);
        QCOMPARE(band.high, 8.0);
        const std::vector<double> above{1, 2, 3};
        QCOMPARE(bandOf(above).low, 0.0);
        QCOMPARE(bandOf(above).high, 3.0);
    }
    void noPredictionSeesTheFuture() {
        std::vector<double> series;
        Random random(7);
        for (int i = 0; i < 120; ++i) series.push_back(random.uniform() * 5);
        const auto plan = planBacktest(series.size(), 10, 6);
        std::vector<size_t> seen;
        const Predictor spy = [&](std::span<const double> past, uint32_t steps, size_t origin) -> Result<std::optional<std::vector<double>>> {
            seen.push_back(past.size());
            if (past.size() != origin) qFatal("saw beyond the origin");
            return std::optional<std::vector<double>>{seasonalNaive(past, 1, steps)};
        };
        Job job;
        const auto before = runBacktest(series, plan, spy, job);
        QCOMPARE(seen, plan.origins);
        auto changed = series;
        for (size_t i = plan.origins[3]; i < changed.size(); ++i) changed[i] = 100;
        const auto after = runBacktest(changed, plan, spy, job);
        for (size_t i = 0; i < 4 * plan.horizon; ++i) QCOMPARE(before->at(i), after->at(i));
    }
    void gapsAreZeroAndPartIntervalsAreLeftOut() {
        auto made = synthetic::workloadOf({{"q", 0, false, [](size_t i) { return i == 2 ? 0.0 : 5.0; }}}, 5);
        IntervalSpan span{made.rates.firstInterval(), made.rates.endInterval()};
        QCOMPARE(denseCalls(made.rates.templates[0], span), (std::vector<double>{5, 5, 0, 5, 5}));
        QCOMPARE(completeIntervals(made), span);
        // Two hundred sampled transactions in the last hour, all in its first quarter: the log ended there.
        auto facts = std::make_shared<workload::Facts>(*made.facts);
        for (int i = 0; i < 200; ++i) {
            workload::SampledTransaction transaction;
            transaction.time = (span.end - 1) * microsPerHour + i * microsPerHour / 800;
            facts->transactions.push_back(transaction);
        }
        made.facts = facts;
        QCOMPARE(completeIntervals(made), (IntervalSpan{span.first, span.end - 1}));
        facts->transactions.back().time = span.end * microsPerHour - 1;
        QCOMPARE(completeIntervals(made), span);
    }
};

QTEST_APPLESS_MAIN(TestBacktest)
#include "test_backtest.moc"
