// Trees, network, ridge: what they learn, determinism, stored form, damage.
#include <QtTest>

#include <cmath>
#include <limits>

#include "core/base/hash.h"
#include "core/models/mlp.h"
#include "core/models/ridge.h"
#include "core/models/trees.h"

using namespace foreshard;
using namespace foreshard::models;

namespace {

struct Data {
    Table rows{3};
    std::vector<float> targets;
};

// y = 2 a + step(b); c is noise, and unknown in every tenth row.
Data example(size_t n, uint64_t seed) {
    Data data;
    Random random(seed);
    for (size_t i = 0; i < n; ++i) {
        auto row = data.rows.addRow();
        row[0] = static_cast<float>(random.normal());
        row[1] = static_cast<float>(random.normal());
        row[2] = i % 10 ? static_cast<float>(random.normal()) : std::numeric_limits<float>::quiet_NaN();
        data.targets.push_back(2 * row[0] + (row[1] > 0.3f ? 3.0f : 0.0f));
    }
    return data;
}

double errorOf(const std::vector<float>& predicted, const std::vector<float>& targets) {
    double sum = 0;
    for (size_t i = 0; i < targets.size(); ++i) sum += (predicted[i] - targets[i]) * (predicted[i] - targets[i]);
    return sum / static_cast<double>(targets.size());
}

template <typename Model>
void everyDamageIsSeen(const std::string& bytes, const Table& rows) {
    for (size_t cut = 0; cut < bytes.size(); cut += cut < 64 ? 1 : bytes.size() / 50 + 1) QVERIFY(!Model::read(std::string_view(bytes).substr(0, cut)).ok());
    QVERIFY(Model::read(bytes).ok());
    Q_UNUSED(rows);
}

}  // namespace

class TestLearners : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void treesLearnAStep() {
        const auto train = example(3000, 1), judge = example(500, 2), test = example(500, 3);
        Job job;
        TreeOptions options;
        options.rounds = 80;
        options.learningRate = 0.2;
        const TreeData judging{judge.rows, judge.targets};
        const auto fit = fitTrees({train.rows, train.targets}, &judging, options, job);
        QVERIFY2(fit.ok(), fit.ok() ? "" : fit.error().cause.c_str());
        QVERIFY(fit->rounds > 10 && fit->rounds <= 80);
        const auto predicted = fit->model.predict(test.rows);
        QVERIFY(predicted.ok());
        QVERIFY2(errorOf(*predicted, test.targets) < 0.3, qPrintable(QString::number(errorOf(*predicted, test.targets))));
        auto oneThread = options;
        oneThread.threads = 1;
        const auto again = fitTrees({train.rows, train.targets}, &judging, oneThread, job);
        QCOMPARE(*again->model.predict(test.rows), *predicted);
    }
    void treesKeepTheirPromises() {
        const auto train = example(1500, 1);
        Job job;
        TreeOptions options;
        options.rounds = 40;
        options.monotone = {1, 0, 0};
        const auto fit = fitTrees({train.rows, train.targets}, nullptr, options, job);
        Table line(3);
        for (int i = -30; i <= 30; ++i) line.addRow()[0] = static_cast<float>(i) / 10;
        const auto values = fit->model.predict(line);
        QVERIFY(std::is_sorted(values->begin(), values->end()));
        std::vector<float> counts;
        Random random(9);
        for (size_t i = 0; i < train.rows.rows(); ++i) counts.push_back(static_cast<float>(random.poisson(train.rows.row(i)[1] > 0 ? 8 : 2)));
        options.loss = TreeLoss::poisson;
        options.learningRate = 0.3;
        options.monotone.clear();
        const auto rates = fitTrees({train.rows, counts}, nullptr, options, job);
        Table two(3);
        two.addRow()[1] = -1;
        two.addRow()[1] = 1;
        const auto logs = rates->model.predict(two);
        QVERIFY(std::abs((*logs)[0] - std::log(2.0)) < 0.4 && std::abs((*logs)[1] - std::log(8.0)) < 0.4);
        Table other(2);
        other.addRow();
        QCOMPARE(fit->model.predict(other).error().category, ErrorCategory::usage);
        job.requestStop();
        QCOMPARE(fitTrees({train.rows, counts}, nullptr, options, job).error().category, ErrorCategory::cancelled);
    }
    void treesAreStored() {
        const auto train = example(400, 1);
        Job job;
        TreeOptions options;
        options.rounds = 10;
        const auto fit = fitTrees({train.rows, train.targets}, nullptr, options, job);
        const auto bytes = fit->model.write();
        QVERIFY(bytes.ok());
        const auto read = Trees::read(*bytes);
        QVERIFY(read.ok());
        QCOMPARE(*read->predict(train.rows), *fit->model.predict(train.rows));
        everyDamageIsSeen<Trees>(*bytes, train.rows);
    }
    void networkLearnsWhatIsNotLinear() {
        const auto train = example(3000, 1), judge = example(500, 2), test = example(500, 3);
        Job job;
        MlpOptions options;
        options.epochs = 40;
        options.batch = 128;
        options.learningRate = 0.01;
        const MlpData judging{judge.rows, judge.targets};
        const auto fit = fitMlp({train.rows, train.targets}, &judging, options, job);
        QVERIFY2(fit.ok(), fit.ok() ? "" : fit.error().cause.c_str());
        QVERIFY(!fit->diverged && fit->epochs > 0);
        const double learned = errorOf(fit->model.predict(test.rows), test.targets);
        const double linear = errorOf(fitRidge(train.rows, train.targets, 1).predict(test.rows), test.targets);
        QVERIFY2(learned < linear / 2, qPrintable(QString("%1 against %2").arg(learned).arg(linear)));
        QCOMPARE(fitMlp({train.rows, train.targets}, &judging, options, job)->model.write(), fit->model.write());
        const auto bytes = fit->model.write();
        const auto read = Mlp::read(bytes);
        QVERIFY(read.ok());
        QCOMPARE(read->predict(test.rows), fit->model.predict(test.rows));
        everyDamageIsSeen<Mlp>(bytes, test.rows);
    }
    void networkSaysWhenItDiverges() {
        auto train = example(500, 1);
        Job job;
        MlpOptions options;
        options.learningRate = 1e30;
        options.epochs = 3;
        const auto fit = fitMlp({train.rows, train.targets}, nullptr, options, job);
        QVERIFY(fit.ok() && fit->diverged);
        options.learningRate = 0.001;
        train.targets[7] = std::numeric_limits<float>::quiet_NaN();
        QVERIFY(fitMlp({train.rows, train.targets}, nullptr, options, job)->diverged);
        QCOMPARE(fitMlp({Table(3), {}}, nullptr, options, job).error().category, ErrorCategory::usage);
    }
    void poissonNetworkFindsRates() {
        Data data;
        Random random(5);
        for (size_t i = 0; i < 4000; ++i) {
            auto row = data.rows.addRow();
            row[0] = i % 2 ? 1.0f : -1.0f;
            data.targets.push_back(static_cast<float>(random.poisson(i % 2 ? 6 : 1)));
        }
        Job job;
        MlpOptions options;
        options.loss = MlpLoss::poisson;
        options.epochs = 10;
        const auto fit = fitMlp({data.rows, data.targets}, nullptr, options, job);
        QVERIFY(fit.ok() && !fit->diverged);
        QVERIFY(std::abs(std::exp(fit->model.predict(data.rows.row(1))) - 6) < 0.5);
        QVERIFY(std::abs(std::exp(fit->model.predict(data.rows.row(0))) - 1) < 0.3);
    }
    void ridgeFindsTheLine() {
        Table rows(2);
        std::vector<float> targets;
        Random random(4);
        for (int i = 0; i < 500; ++i) {
            auto row = rows.addRow();
            row[0] = static_cast<float>(random.normal());
            row[1] = static_cast<float>(5 + 2 * random.normal());
            targets.push_back(1 + 3 * row[0] - 0.5f * row[1]);
        }
        const auto ridge = fitRidge(rows, targets, 1e-3);
        QVERIFY(std::abs(ridge.weights[0] - 3) < 1e-3 && std::abs(ridge.weights[1] + 0.5) < 1e-3 && std::abs(ridge.bias - 1) < 1e-2);
        QCOMPARE(fitRidge(Table(2), {}, 1).weights, std::vector<double>({0, 0}));
    }
    void weightsAreNonNegative() {
        // targets = 0.7 a + 0.3 b; c is opposed and gets nothing.
        std::vector<std::vector<float>> columns(3);
        std::vector<float> targets;
        Random random(6);
        for (int i = 0; i < 300; ++i) {
            const auto a = static_cast<float>(random.normal()), b = static_cast<float>(random.normal());
            columns[0].push_back(a);
            columns[1].push_back(b);
            columns[2].push_back(-a);
            targets.push_back(0.7f * a + 0.3f * b);
        }
        for (const bool simplex : {true, false}) {
            const auto w = nonNegativeWeights(columns, targets, simplex);
            QVERIFY(std::abs(w[0] - 0.7) < 0.02 && std::abs(w[1] - 0.3) < 0.02 && w[2] < 0.02);
        }
    }
};

QTEST_APPLESS_MAIN(TestLearners)
#include "test_learners.moc"
