// The portfolio on one series: the better model is taken, the simpler one on ties, and odd series give a sane answer.
#include <QtTest>

#include <cmath>

#include "core/base/hash.h"
#include "core/models/choice.h"
#include "core/models/series.h"

using namespace foreshard;
using namespace foreshard::models;

namespace {
SeriesModel choose(const std::vector<double>& counts, Job& job, ChoiceOptions options = {}) {
    auto model = chooseModel("x", toLog(counts), options, job);
    if (!model) qFatal("%s", model.error().message.c_str());
    return *model;
}
std::vector<double> generate(size_t length, const std::function<double(size_t)>& fn) {
    std::vector<double> values;
    for (size_t i = 0; i < length; ++i) values.push_back(fn(i));
    return values;
}
double wave(size_t i) { return std::sin(2 * M_PI * static_cast<double>(i % 24) / 24); }
}  // namespace

class TestChoice : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void trendAndSeasonIsLearned() {
        Job job;
        const auto model = choose(generate(336, [](size_t i) { return 500 * std::exp(0.004 * static_cast<double>(i) + 0.7 * wave(i)); }), job);
        QCOMPARE(model.model, VolumeModel::nlinear);
        QCOMPARE(model.season, 24u);
        QVERIFY(!model.checkpoint.empty());
        QVERIFY2(*model.chosenRow()->skill > 0.5, qPrintable(QString::number(*model.chosenRow()->skill)));
    }
    void seasonalRandomWalkStaysNaive() {
        // Each day repeats the last one with a fresh error: no linear map of lags beats repeating it.
        for (const uint64_t seed : {1, 2, 3}) {
            Random random(seed);
            std::vector<double> logs;
            for (size_t i = 0; i < 336; ++i) logs.push_back((i < 24 ? 6 + wave(i) : logs[i - 24]) + 0.2 * random.normal());
            Job job;
            const auto model = chooseModel("x", logs, {}, job);
            QCOMPARE(model->model, VolumeModel::seasonalNaive);
            QCOMPARE(model->season, 24u);
        }
    }
    void exactSeasonKeepsTheSimplerModel() {
        Job job;
        const auto model = choose(generate(336, [](size_t i) { return std::floor(100 + 50 * wave(i)); }), job);
        QCOMPARE(model.model, VolumeModel::seasonalNaive);
        QCOMPARE(model.season, 24u);
        QCOMPARE(model.chosenRow()->logMse, 0.0);
    }
    void weekIsFoundWhereThereIsOne() {
        Job job;
        Random random(5);
        const auto model = choose(generate(24 * 7 * 5, [&](size_t i) {
            const bool weekend = i / 24 % 7 >= 5;
            return (weekend ? 40 : 400) * std::exp(0.5 * wave(i) + 0.05 * random.normal());
        }), job);
        QCOMPARE(model.season, 168u);
    }
    void oddSeries() {
        Job job;
        for (const auto& counts : {std::vector<double>{}, std::vector<double>{7}, std::vector<double>{7, 8, 9}}) {
            const auto model = choose(counts, job);
            QVERIFY(model.backtest.empty() && !model.chosenRow());
            const auto next = predictLogs(model, toLog(counts), 3);
            QVERIFY(std::abs(fromLog(next->at(2)) - (counts.empty() ? 0.0 : counts.back())) < 1e-9);
        }
        QCOMPARE(job.diagnostics().byReason().at("short_history"), uint64_t(3));
        Job quiet;
        for (const double level : {0.0, 12.0}) {
            const auto model = choose(std::vector<double>(100, level), quiet);
            QCOMPARE(model.model, VolumeModel::seasonalNaive);
            QCOMPARE(model.season, 1u);
            QVERIFY(std::abs(fromLog(predictLogs(model, toLog(std::vector<double>(100, level)), 1)->at(0)) - level) < 1e-9);
        }
        QCOMPARE(quiet.diagnostics().total(), uint64_t(0));
    }
    void spentBudgetIsSaid() {
        Job job;
        ChoiceOptions options;
        options.deadline = std::chrono::steady_clock::now() - std::chrono::seconds(1);
        const auto model = choose(generate(336, [](size_t i) { return 500 * std::exp(0.004 * static_cast<double>(i) + 0.7 * wave(i)); }), job, options);
        QCOMPARE(model.model, VolumeModel::seasonalNaive);
        QCOMPARE(job.diagnostics().byReason().at("budget_spent"), uint64_t(1));
    }
    void theFutureChangesNoPastResidual() {
        auto counts = generate(336, [](size_t i) { return 500 * std::exp(0.002 * static_cast<double>(i) + 0.7 * wave(i)) + static_cast<double>(i * 37 % 11); });
        Job job;
        const auto before = choose(counts, job);
        for (size_t i = 312; i < counts.size(); ++i) counts[i] *= 1.1;   // the last origin's day
        const auto after = choose(counts, job);
        QCOMPARE(before.model, after.model);
        for (size_t i = 0; i < 6 * 24; ++i) QCOMPARE(before.residualPath[i], after.residualPath[i]);
    }
};

QTEST_APPLESS_MAIN(TestChoice)
#include "test_choice.moc"
