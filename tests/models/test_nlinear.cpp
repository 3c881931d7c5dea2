// NLinear: what it learns, when it stops, and its stored form.
#include <QtTest>

#include <cmath>

#include "core/base/hash.h"
#include "core/models/nlinear.h"

using namespace foreshard;
using namespace foreshard::models;

namespace {
std::vector<double> trendAndSeason(size_t length) {
    std::vector<double> values;
    Random random(3);
    for (size_t i = 0; i < length; ++i)
        values.push_back(5 + 0.01 * static_cast<double>(i) + std::sin(2 * M_PI * static_cast<double>(i) / 24) + 0.02 * random.normal());
    return values;
}

struct LossCounter : JobObserver {
    Job* stopAt = nullptr;
    std::vector<JobSample> samples;
    void sampled(const JobSample& sample) override {
        samples.push_back(sample);
        if (stopAt && samples.size() == 3) stopAt->requestStop();
    }
};
}  // namespace

class TestNLinear : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void untrainedItIsSeasonalNaive() {
        const auto values = trendAndSeason(240);
        auto options = *nlinearOptionsFor(values.size(), 24, 24);
        options.epochs = 0;
        Job job;
        const auto fit = fitNLinear(values, options, job);
        QVERIFY(fit.ok() && fit->outcome == FitOutcome::fitted);
        const auto predicted = fit->model.predict(values, 24);
        for (size_t step = 0; step < 24; ++step) QVERIFY(std::abs(predicted[step] - values[values.size() - 24 + step]) < 1e-5);
    }
    void learnsATrend() {
        const auto values = trendAndSeason(400);
        const auto past = std::span(values).first(376);
        Job job;
        const auto fit = fitNLinear(past, *nlinearOptionsFor(past.size(), 24, 24), job);
        QVERIFY(fit.ok() && fit->outcome == FitOutcome::fitted && fit->bestEpoch > 0);
        const auto predicted = fit->model.predict(past, 24);
        double naive = 0, learned = 0;
        for (size_t step = 0; step < 24; ++step) {
            naive += std::pow(values[376 + step] - values[352 + step], 2);
            learned += std::pow(values[376 + step] - predicted[step], 2);
        }
        QVERIFY2(learned < naive / 4, qPrintable(QString("%1 against %2").arg(learned).arg(naive)));
    }
    void beyondItsHorizonItGoesOn() {
        const auto values = trendAndSeason(400);
        Job job;
        const auto fit = fitNLinear(values, *nlinearOptionsFor(values.size(), 24, 24), job);
        const auto longer = fit->model.predict(values, 60), shorter = fit->model.predict(values, 24);
        QCOMPARE(longer.size(), size_t(60));
        QVERIFY(std::equal(shorter.begin(), shorter.end(), longer.begin()));
        for (const double value : longer) QVERIFY(std::isfinite(value) && value >= 0 && value <= static_cast<double>(fit->model.ceiling));
    }
    void sameInputSameWeights() {
        const auto values = trendAndSeason(300);
        Job job;
        const auto a = fitNLinear(values, *nlinearOptionsFor(values.size(), 24, 24), job);
        const auto b = fitNLinear(values, *nlinearOptionsFor(values.size(), 24, 24), job);
        QCOMPARE(a->model.write(), b->model.write());
    }
    void stopsWithinAnEpoch() {
        const auto values = trendAndSeason(400);
        LossCounter counter;
        Job job(&counter);
        counter.stopAt = &job;
        auto options = *nlinearOptionsFor(values.size(), 24, 24);
        options.lossSeries = "loss of x";
        const auto fit = fitNLinear(values, options, job);
        QVERIFY(!fit.ok());
        QCOMPARE(fit.error().category, ErrorCategory::cancelled);
        QCOMPARE(counter.samples.size(), size_t(3));
        QCOMPARE(counter.samples.front().series, std::string("loss of x"));
    }
    void divergenceAndDeadlineAreOutcomes() {
        const auto values = trendAndSeason(400);
        Job job;
        auto options = *nlinearOptionsFor(values.size(), 24, 24);
        options.learningRate = 1e30;
        QCOMPARE(fitNLinear(values, options, job)->outcome, FitOutcome::diverged);
        options.learningRate = 0.003;
        options.deadline = std::chrono::steady_clock::now() - std::chrono::seconds(1);
        QCOMPARE(fitNLinear(values, options, job)->outcome, FitOutcome::outOfTime);
        QVERIFY(!nlinearOptionsFor(40, 24, 24));
        QCOMPARE(fitNLinear(std::span(values).first(30), *nlinearOptionsFor(400, 24, 24), job)->outcome, FitOutcome::tooShort);
        std::vector<double> poisoned = values;
        poisoned[200] = std::nan("");
        options.deadline.reset();
        QCOMPARE(fitNLinear(poisoned, options, job)->outcome, FitOutcome::diverged);
    }
    void checkpointGivesTheSamePredictions() {
        const auto values = trendAndSeason(300);
        Job job;
        const auto fit = fitNLinear(values, *nlinearOptionsFor(values.size(), 24, 24), job);
        const auto bytes = fit->model.write();
        const auto read = NLinear::read(bytes);
        QVERIFY(read.ok());
        QCOMPARE(read->predict(values, 40), fit->model.predict(values, 40));
        for (size_t cut = 0; cut < bytes.size(); cut += cut < 64 ? 1 : 97) QVERIFY(!NLinear::read(std::string_view(bytes).substr(0, cut)).ok());
        for (size_t bit = 0; bit < 8 * 40; ++bit) {
            auto flipped = bytes;
            flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
            const auto damaged = NLinear::read(flipped);
            if (damaged.ok()) QCOMPARE(damaged->predict(values, 3).size(), size_t(3));
        }
    }
};

QTEST_APPLESS_MAIN(TestNLinear)
#include "test_nlinear.moc"
