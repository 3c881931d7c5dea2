// Volumes that add up: the total's own forecast shared out among the series, templates and transactions as shares of them, each with
// a band of its own; templates that come later join the series they go with.
#include <QtTest>

#include <cmath>
#include <numeric>

#include "core/models/clusters.h"
#include "core/models/reconcile.h"
#include "core/models/series.h"
#include "core/models/volume.h"
#include "synthetic.h"

using namespace foreshard;
using namespace foreshard::models;

namespace {

double night(size_t i) { return i % 24 < 6 ? 900.0 + static_cast<double>(i * 7 % 90) : 5.0; }
std::vector<synthetic::TemplateSpec> specs() {
    return {{"SELECT a", 0, false, synthetic::daily(600, 0.1, 1)}, {"SELECT b", 0, false, synthetic::daily(200, 0.2, 2)}, {"SELECT night", 0, false, night}};
}
struct Made {
    workload::Workload log;
    TrainedModels models;
    Forecast forecast;
};
Made made() {
    Job job;
    Made all{synthetic::workloadOf(specs(), 24 * 21), {}, {}};
    TrainOptions options;
    options.epochs = 40;
    auto trained = train(all.log, options, job);
    if (!trained.ok()) qFatal("%s", trained.error().message.c_str());
    all.models = std::move(*trained);
    auto ahead = forecast(all.models, all.log, 48 * microsPerHour, 1, job);
    if (!ahead.ok()) qFatal("%s", ahead.error().message.c_str());
    all.forecast = std::move(*ahead);
    return all;
}

}  // namespace

class TestShares : public QObject {
    Q_OBJECT
    Made made_;
private Q_SLOTS:
    void initTestCase() { made_ = made(); }
    void byHand() {
        // Gap 10; weights 100² * 0.01 = 100, 50² * 0.04 = 100, total 160² * 0.0078125 = 200: each gets a quarter of the gap.
        std::vector<double> parts = {100, 50};
        makeAddUp(parts, std::vector<double>{0.01, 0.04}, 160, 0.0078125);
        QVERIFY(std::abs(parts[0] - 102.5) < 1e-9 && std::abs(parts[1] - 52.5) < 1e-9);
        makeAddUp(parts, std::vector<double>{0.01, 0.04}, 200, 0);   // a total that never errs is believed
        QVERIFY(std::abs(parts[0] + parts[1] - 200) < 1e-9);
        std::vector<double> sure = {10, 0};
        makeAddUp(sure, std::vector<double>{0, 0}, 99, 0);           // nobody has ever erred: nothing to go by
        QCOMPARE(sure, std::vector<double>({10, 0}));
    }
    void theTotalIsJudgedAndNoWorse() {
        const auto& models = made_.models;
        QVERIFY(models.series.size() == 2 && models.total);
        QVERIFY(models.totalRow.origins > 0 && models.totalRow.skill && models.totalRow.coverage);
        QVERIFY(models.totalRow.logMse <= models.reconciliation.before);
        QCOMPARE(models.reconciliation.used, models.totalRow.logMse == models.reconciliation.after && models.reconciliation.after < models.reconciliation.before);
        QVERIFY(made_.forecast.total.skill && made_.forecast.total.coverage);
        const auto again = readModels(writeModels(models));
        QVERIFY(again.ok() && *again == models);
    }
    void everythingAddsUp() {
        const auto& forecast = made_.forecast;
        QCOMPARE(forecast.templates.size(), size_t(3));
        for (size_t step = 0; step < forecast.total.times.size(); ++step) {
            double total = 0;
            for (uint32_t s = 0; s < forecast.series.size(); ++s) {
                double own = 0;
                for (const auto& share : forecast.templates)
                    if (share.series == s) own += templateForecast(forecast, share).p50[step];
                QVERIFY(std::abs(own - forecast.series[s].p50[step]) < 1e-3 * (1 + own));
                total += own;
            }
            QVERIFY(std::abs(total - forecast.total.p50[step]) < 1e-3 * (1 + total));
        }
    }
    void templatesAndTransactionsHaveBands() {
        const auto& forecast = made_.forecast;
        for (const auto& share : forecast.templates) {
            const auto own = templateForecast(forecast, share);
            QVERIFY2(own.coverage && *own.coverage > 0.65 && *own.coverage <= 1, own.name.c_str());
            for (size_t step = 0; step < own.p50.size(); ++step) QVERIFY(own.p10[step] <= own.p50[step] + 1e-9 && own.p50[step] <= own.p90[step] + 1e-9);
        }
        QCOMPARE(forecast.classes.size(), size_t(3));
        for (const auto& share : forecast.classes) {
            const auto own = classForecast(forecast, share);
            QVERIFY(own.coverage && own.p50.size() == 48 && own.p90[30] > 0);
        }
    }
    void lateTemplatesJoinWhatTheyGoWith() {
        auto later = specs();
        later.push_back({"SELECT young", 0, false, [](size_t i) { return i < 24 * 21 ? 0.0 : synthetic::daily(100, 0.1, 5)(i); }});
        later.push_back({"SELECT odd", 0, false, [](size_t i) { return i < 24 * 21 ? 0.0 : i % 3 == 0 ? 500.0 : 0.0; }});
        const auto log = synthetic::workloadOf(later, 24 * 24);
        Job job;
        const auto volumes = predictVolumes(made_.models, log, {log.rates.firstInterval(), log.rates.endInterval()}, 24, {}, job);
        QVERIFY(volumes.ok());
        QCOMPARE(job.diagnostics().byReason().at("templates_joined"), uint64_t(1));
        QCOMPARE(job.diagnostics().byReason().at("new_templates"), uint64_t(1));
        QCOMPARE(volumes->series.size(), made_.models.series.size() + 1);
        const auto& day = *std::find_if(volumes->series.begin(), volumes->series.end(), [](const SeriesVolume& v) { return v.members.size() == 3; });
        QCOMPARE(day.members.back(), workload::TemplateId(3));
        QVERIFY(std::abs(std::accumulate(day.shares.begin(), day.shares.end(), 0.0) - 1) < 1e-9);
        QVERIFY2(day.shares.back() > 0.08 && day.shares.back() < 0.15, qPrintable(QString::number(day.shares.back())));   // 100 of 900
    }
    void clustersFollowDrift() {
        const auto both = [](size_t i) { return i < 24 * 24 ? synthetic::daily(100, 0.05, 7)(i) : night(i) / 4; };
        const auto log = synthetic::workloadOf({{"day", 0, false, synthetic::daily(900, 0.05, 6)}, {"night", 0, false, night}, {"drifted", 0, false, both}}, 24 * 28);
        Job job;
        const auto clusters = clusterTemplates(log, {log.rates.firstInterval(), log.rates.endInterval()}, clusterRho, 8, job);
        QVERIFY(clusters.ok());
        QCOMPARE(clusters->size(), size_t(2));
        for (const auto& cluster : *clusters)
            QCOMPARE(std::find(cluster.members.begin(), cluster.members.end(), workload::TemplateId(2)) != cluster.members.end(), cluster.members.front() == workload::TemplateId(1));
    }
};

QTEST_APPLESS_MAIN(TestShares)
#include "test_shares.moc"
