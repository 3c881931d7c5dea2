// Models of all series at once in train and forecast: that their backtest sees no future, that what was saved foresees what was
// fitted, that averages are judged on what they have not seen, and that damaged or foreign checkpoints are said.
#include <QtTest>

#include <cmath>
#include <map>

#include "core/models/averaging.h"
#include "core/models/choice.h"
#include "core/models/portfolio/lag_features.h"
#include "core/models/registry.h"
#include "core/models/shared.h"
#include "core/models/tune.h"
#include "tests/models/synthetic.h"

using namespace foreshard;
using namespace foreshard::models;
using synthetic::daily;

namespace {

constexpr size_t hours = 24 * 12;

std::vector<double> callsOf(const std::function<double(size_t)>& fn, size_t length = hours) {
    std::vector<double> calls;
    for (size_t i = 0; i < length; ++i) calls.push_back(std::round(fn(i)));
    return calls;
}

Panel panelFor(const std::vector<std::vector<double>>& calls) {
    std::vector<std::string> names;
    for (size_t i = 0; i < calls.size(); ++i) names.push_back(std::to_string(i));
    return panelOf(names, calls, {0, static_cast<int64_t>(calls.front().size())}, microsPerHour, {24});
}

std::vector<SharedRun> runsOf(const Panel& panel, const BacktestPlan& plan) {
    Job job;
    auto runs = backtestShared(panel, plan, sharedModels(panel), {}, job);
    if (!runs.ok()) qFatal("%s", runs.error().message.c_str());
    return std::move(*runs);
}

}  // namespace

class TestShared : public QObject {
    Q_OBJECT
    workload::Workload observed_;
    TrainedModels trained_;

private Q_SLOTS:
    void initTestCase() {
        // Two series of one rhythm, one of which follows the other by an hour, and growth: more than seasonal naive knows.
        observed_ = synthetic::workloadOf({{"SELECT a", 0, false, daily(300, 0.1, 1, 0.06)}, {"SELECT b", 0, false, [](size_t i) { return i % 24 < 7 ? 90.0 + static_cast<double>(i) / 10 : 4.0; }}}, hours);
        Job job;
        auto trained = train(observed_, {}, job);
        QVERIFY2(trained.ok(), trained.ok() ? "" : trained.error().message.c_str());
        trained_ = std::move(*trained);
    }
    void theBacktestTableHasEveryCandidate() {
        const auto& rows = trained_.series[0].backtest;
        std::map<VolumeModel, size_t> count;
        size_t chosen = 0;
        for (const auto& row : rows) ++count[row.model], chosen += row.chosen ? 1 : 0;
        QCOMPARE(chosen, size_t(1));
        for (const auto model : {VolumeModel::seasonalNaive, VolumeModel::phaseMean, VolumeModel::theta, VolumeModel::linear, VolumeModel::nlinear, VolumeModel::network, VolumeModel::trees})
            QVERIFY2(count[model] >= 1, toString(model));
        const auto* row = trained_.series[0].chosenRow();
        QVERIFY(*row->skill > 0 && row->coverage && row->origins > 4);
        for (const auto& shared : trained_.shared)   // none is kept that no series needs
            QVERIFY(std::any_of(trained_.series.begin(), trained_.series.end(), [&](const SeriesModel& series) { return uses(series, shared.model); }));
        for (const auto& series : trained_.series) {
            double sum = 0;
            for (const auto& part : series.parts) sum += part.weight;
            QVERIFY(series.parts.empty() || std::abs(sum - 1) < 1e-9);
        }
        QVERIFY(checkCheckpoints(trained_).ok());
    }
    void theFutureChangesNoPastAnswer() {
        auto calls = std::vector{callsOf(daily(200, 0.2, 3)), callsOf(daily(50, 0.2, 4))};
        const BacktestPlan plan = planBacktest(hours, 24);
        const auto before = runsOf(panelFor(calls), plan);
        for (auto& own : calls)
            for (size_t i = plan.origins.back(); i < own.size(); ++i) own[i] = own[i] * 3 + 500;
        const auto after = runsOf(panelFor(calls), plan);
        QCOMPARE(after.size(), before.size());
        for (size_t m = 0; m < before.size(); ++m)
            for (size_t s = 0; s < calls.size(); ++s) {
                QCOMPARE(before[m].predicted[s].size(), plan.origins.size() * plan.horizon);
                QVERIFY2(before[m].predicted[s] == after[m].predicted[s], toString(before[m].model));
            }
    }
    void whatWasSavedForeseesTheSame() {
        const Panel panel = panelFor({callsOf(daily(200, 0.1, 3)), callsOf(daily(50, 0.1, 4))});
        Job job;
        std::map<VolumeModel, std::string> dropped;
        const auto models = fitShared(panel, 24, sharedModels(panel), {}, dropped, job);
        QVERIFY(models.ok() && dropped.empty());
        QCOMPARE(models->size(), size_t(5));
        for (const auto& model : *models) {
            const auto day = predictShared(model, panel, 24, job), week = predictShared(model, panel, 24 * 7, job);
            QVERIFY2(day.ok() && week.ok(), toString(model.model));
            for (size_t s = 0; s < 2; ++s) {
                QCOMPARE(week->at(s).size(), size_t(168));
                QVERIFY((std::vector<double>{week->at(s).begin(), week->at(s).begin() + 24}) == day->at(s));
                for (size_t step = 0; step < 168; ++step) {   // the rhythm goes on, also where the model is fed its own answers
                    const double actual = std::log1p(daily(s == 0 ? 200 : 50, 0, 1)(hours + step));
                    QVERIFY2(std::abs(week->at(s)[step] - actual) < 0.8, toString(model.model));
                }
            }
        }
    }
    void damagedAndForeignCheckpointsAreSaid() {
        const Panel panel = panelFor({callsOf(daily(200, 0.1, 3))}), wider = panelFor({callsOf(daily(200, 0.1, 3)), callsOf(daily(50, 0.1, 4))});
        Job job;
        std::map<VolumeModel, std::string> dropped;
        const auto models = fitShared(panel, 24, {VolumeModel::linear, VolumeModel::network, VolumeModel::trees}, {}, dropped, job);
        QCOMPARE(models->size(), size_t(3));
        for (const auto& model : *models) {
            QCOMPARE(predictShared(model, wider, 1, job).error().category, ErrorCategory::format);
            for (size_t cut = 0; cut < model.checkpoint.size(); cut += 1 + model.checkpoint.size() / 40)
                QVERIFY(!predictShared({model.model, model.checkpoint.substr(0, cut)}, panel, 1, job).ok());
            auto other = model;
            other.checkpoint[9] = static_cast<char>(LagFeatures::version + 1);   // behind eight bytes of magic and the format
            const auto failed = predictShared(other, panel, 1, job);
            QCOMPARE(failed.error().category, ErrorCategory::version);
            QVERIFY(failed.error().message.find("features") != std::string::npos);
        }
        auto without = trained_;
        without.shared.clear();
        without.series[0].model = VolumeModel::trees;
        without.series[0].parts.clear();
        QCOMPARE(checkCheckpoints(without).error().category, ErrorCategory::format);
        QCOMPARE(forecast(without, observed_, microsPerDay, 1, job).error().category, ErrorCategory::format);
    }
    void averagesAreJudgedOnWhatTheyHaveNotSeen() {
        // Candidate 0 is right in the first half, candidate 1 in the second: weights learned on the other half are wrong.
        const std::vector<double> actual{1, 2, 3, 4, 5, 6, 7, 8};
        std::vector<double> first = actual, second = actual;
        for (size_t i = 0; i < 4; ++i) first[i + 4] += 1 - 2.0 * static_cast<double>(i % 2), second[i] -= 1 - 2.0 * static_cast<double>(i % 2);
        const Average average = averageOf({first, second}, actual, 4);
        for (size_t i = 0; i < 4; ++i) QCOMPARE(average.predicted[i], second[i]);
        for (size_t i = 4; i < 8; ++i) QCOMPARE(average.predicted[i], first[i]);
        QVERIFY(std::abs(average.weights[0] - 0.5) < 1e-3);
        // One that is always right takes all.
        QVERIFY(averageOf({actual, first}, actual, 4).weights[0] > 0.99);
    }
    void tuningIsKeptOnlyWhereItHelps() {
        TuneModelsOptions options;
        options.trials = 4;
        size_t saves = 0;
        options.saved = [&](const Study&) -> Status {
            ++saves;
            return {};
        };
        Job job;
        const auto tuned = tuneModels(observed_, options, job);
        QVERIFY2(tuned.ok(), tuned.ok() ? "" : tuned.error().message.c_str());
        QCOMPARE(tuned->studies.size(), size_t(3));
        QCOMPARE(saves, size_t(6));   // two trials a batch
        const auto reasons = job.diagnostics().byReason();
        QCOMPARE((reasons.contains("tuned") ? reasons.at("tuned") : 0) + (reasons.contains("tuning_kept") ? reasons.at("tuning_kept") : 0), uint64_t(3));
        for (const auto& study : tuned->studies) {
            QCOMPARE(study.trials.size(), size_t(4));
            QVERIFY(study.best() && study.best()->loss > 0);
        }
        QCOMPARE(tuned->studies[0].trials[0].setting, (Setting{HyperParameters{}.nlinearRate, HyperParameters{}.nlinearDecay}));
        // Gone on with, nothing is tried twice.
        options.earlier = tuned->studies;
        const auto again = tuneModels(observed_, options, job);
        QCOMPARE(again->studies[2].trials, tuned->studies[2].trials);
        QVERIFY(again->hyper == tuned->hyper);
        Job stopped;
        stopped.requestStop();
        QCOMPARE(tuneModels(observed_, options, stopped).error().category, ErrorCategory::cancelled);
    }
    void modelsAreComparedSeriesBySeries() {
        auto other = trained_;
        other.series[1].name = "another";
        const auto all = compareModels(trained_, other);
        QCOMPARE(all.size(), size_t(3));
        QVERIFY(all[0].first && all[0].second && *all[0].first == *all[0].second);
        QVERIFY(all[1].first && !all[1].second);
        QVERIFY(!all[2].first && all[2].second && all[2].name == "another");
        const auto summary = summaryOf(trained_);
        QCOMPARE(summary.judged, size_t(2));
        QVERIFY(std::abs(*summary.logMse - (trained_.series[0].chosenRow()->logMse + trained_.series[1].chosenRow()->logMse) / 2) < 1e-12);
    }
};

QTEST_APPLESS_MAIN(TestShared)
#include "test_shared.moc"
