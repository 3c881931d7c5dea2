// The stored form of trained models: round trip, cut short, damaged, of a newer version.
#include <QtTest>

#include <cmath>

#include "core/models/forecast.h"
#include "tests/models/synthetic.h"

using namespace foreshard;
using namespace foreshard::models;

class TestModelsIo : public QObject {
    Q_OBJECT
    TrainedModels trained_;

private Q_SLOTS:
    void initTestCase() {
        const auto made = synthetic::workloadOf({{"SELECT 1", 0, false, synthetic::daily(100, 0.05, 1, 0.1)},
                                                 {"SELECT 2", 0, false, [](size_t i) { return i % 50 == 0 ? 3.0 : 0.0; }}}, 200);
        Job job;
        auto trained = train(made, {}, job);
        QVERIFY(trained.ok());
        trained_ = *trained;
        QVERIFY(std::any_of(trained_.series.begin(), trained_.series.end(), [](const SeriesModel& m) { return !m.checkpoint.empty(); }));
    }
    void roundTrip() {
        const auto read = readModels(writeModels(trained_));
        QVERIFY(read.ok());
        QVERIFY(*read == trained_);
    }
    void cutShort() {
        const auto bytes = writeModels(trained_);
        for (size_t cut = 0; cut < bytes.size(); cut += cut < 200 ? 1 : 211) QVERIFY(!readModels(std::string_view(bytes).substr(0, cut)).ok());
        QVERIFY(!readModels(bytes + "x").ok());
    }
    void damaged() {
        const auto bytes = writeModels(trained_);
        Random random(11);
        for (int i = 0; i < 400; ++i) {
            auto flipped = bytes;
            const auto bit = random.below(flipped.size() * 8);
            flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
            const auto read = readModels(flipped);
            if (read.ok()) QVERIFY(read->series.size() <= flipped.size());
        }
        for (int i = 0; i < 100; ++i) {
            std::string noise(random.below(300), '\0');
            for (auto& c : noise) c = static_cast<char>(random.next());
            QVERIFY(!readModels(noise).ok());
        }
    }
    void notFiniteIsDamaged() {
        auto broken = trained_;
        broken.series[0].shares[0] = std::nan("");
        QCOMPARE(readModels(writeModels(broken)).error().category, ErrorCategory::format);
    }
    void newerVersion() {
        auto bytes = writeModels(trained_);
        bytes[8] = static_cast<char>(TrainedModels::formatVersion + 1);
        QCOMPARE(readModels(bytes).error().category, ErrorCategory::version);
    }
};

QTEST_APPLESS_MAIN(TestModelsIo)
#include "test_models_io.moc"
