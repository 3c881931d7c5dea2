// Where training runs, what happens where a GPU's memory is too small, and, with a GPU (the test test_device_gpu, label gpu), that both
// devices train the same model.
#include <QtTest>

#include "core/models/checkpoints.h"
#include "core/models/device.h"
#include "core/models/forecast.h"
#include "core/models/nlinear.h"
#include "core/models/training/on_device.h"
#include "tests/models/device_data.h"

using namespace foreshard;
using namespace foreshard::models;
using namespace device_data;

namespace {

MlpOptions wide(const char* device) {
    MlpOptions options;
    options.hidden = {128, 64};
    options.epochs = 12;
    options.dropout = 0.1;
    options.device = device;
    return options;
}

std::vector<float> trained(const Rows& data, const MlpOptions& options, std::string device = "cpu") {
    Job job;
    const auto fit = fitMlp({data.rows, data.targets}, nullptr, options, job);
    if (!fit.ok()) qFatal("%s", fit.error().cause.c_str());
    if (fit->device != device) qFatal("trained on %s", fit->device.c_str());
    return fit->model.predict(data.rows);
}

}  // namespace

class TestDevice : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void smallModelsStayOnTheCpu() {
        QCOMPARE(deviceFor("auto", {20'000, 512, 6'000, 30}, true), std::string("cpu"));            // the volume network as it is: done before a GPU has started
        QCOMPARE(deviceFor("auto", {1'000'000, 64, 1'000, 50}, true), std::string("cpu"));          // many steps, each of which is nothing
        QCOMPARE(deviceFor("auto", {1'000'000, 4'096, 300'000, 50}, true), std::string("cuda"));
        QCOMPARE(deviceFor("auto", {1'000'000, 4'096, 300'000, 50}, false), std::string("cpu"));
        QCOMPARE(deviceFor("cuda", {10, 10, 10, 1}, true), std::string("cuda"));
        QCOMPARE(deviceFor("cpu", {1'000'000, 4'096, 300'000, 50}, true), std::string("cpu"));
        QVERIFY(!paysInBfloat16(512, 64, 32) && paysInBfloat16(4'096, 512, 512) && !paysInBfloat16(1'000'000, 512, 1));
    }
    void devicesThatAreNotThere() {
        QVERIFY(checkDevice("auto", false).ok() && checkDevice("cpu", false).ok() && checkDevice("cuda", true).ok());
        QCOMPARE(checkDevice("cuda", false).error().category, ErrorCategory::unsupported);
        QCOMPARE(checkDevice("tpu", true).error().category, ErrorCategory::usage);
        if (cudaAvailable()) return;
        const auto data = curved(50, 4);
        Job job;
        QCOMPARE(fitMlp({data.rows, data.targets}, nullptr, wide("cuda"), job).error().category, ErrorCategory::unsupported);
    }
    void aFullGpuFallsBack() {
        Job job;
        std::vector<std::string> tried;
        const auto done = training::onDevice("cuda", "a network", job, [&](const std::string& on) -> Result<int> {
            tried.push_back(on);
            if (on == "cuda") throw std::runtime_error("CUDA out of memory. Tried to allocate 2.00 GiB");
            return 7;
        });
        QVERIFY(done.ok() && *done == 7);
        QCOMPARE(tried, (std::vector<std::string>{"cuda", "cpu"}));
        QCOMPARE(job.diagnostics().byReason().count("device_memory"), size_t(1));
        const auto broken = training::onDevice("cuda", "a network", job, [&](const std::string&) -> Result<int> { throw std::runtime_error("CUDA error: launch failure"); });
        QCOMPARE(broken.error().category, ErrorCategory::internal);
        const auto full = training::onDevice("cpu", "a network", job, [&](const std::string&) -> Result<int> { throw std::runtime_error("out of memory"); });
        QCOMPARE(full.error().category, ErrorCategory::internal);
    }
    // Products in bfloat16 have eight bits; the model is as good, and a few hundredths of the targets' spread away.
    void bfloat16IsClose() {
        const auto data = curved(3'000, 8);
        auto options = wide("cpu");
        const auto exact = trained(data, options);
        options.bfloat16 = true;
        const auto rounded = trained(data, options);
        const double apart = difference(exact, rounded, data.targets), error = difference(exact, data.targets, data.targets), roundedError = difference(rounded, data.targets, data.targets);
        QVERIFY2(apart > 0 && apart < 0.1, qPrintable(QString::number(apart)));
        QVERIFY2(roundedError < error + 0.02, qPrintable(QString("%1 against %2").arg(roundedError).arg(error)));
    }
    // Draws are the same on both devices; sums run in another order. Tolerance: 2 % of the targets' spread.
    void bothDevicesTrainTheSame() {
        if (!cudaAvailable()) QSKIP("no CUDA device");
        const auto data = curved(20'000, 16);
        const double network = difference(trained(data, wide("cpu")), trained(data, wide("cuda"), "cuda"), data.targets);
        qInfo("network: %.2g of the spread apart", network);
        QVERIFY2(network < 0.02, qPrintable(QString::number(network)));

        std::vector<double> history;
        for (int i = 0; i < 24 * 60; ++i) history.push_back(5 + std::sin(i * 2 * M_PI / 24) + 0.1 * std::sin(i * 0.7));
        const auto linear = [&](const char* device) {
            auto options = *nlinearOptionsFor(history.size(), 24, 24);
            options.device = device;
            Job job;
            const auto fit = fitNLinear(history, options, job);
            if (!fit.ok() || fit->device != device) qFatal("no linear model on %s", device);
            return fit->model.predict(history, 24);
        };
        const auto here = linear("cpu"), there = linear("cuda");
        for (size_t i = 0; i < here.size(); ++i) QVERIFY2(std::abs(here[i] - there[i]) < 0.02, qPrintable(QString::number(here[i] - there[i])));

        Bags bags(8);
        std::vector<float> rows;
        Random random(3);
        for (int q = 0; q < 2'000; ++q) {
            bags.start.push_back(8.0f);
            float sum = 8;
            for (uint64_t e = 1 + random.below(4); e > 0; --e) {
                auto element = bags.elements.addRow();
                for (auto& value : element) value = static_cast<float>(random.normal());
                sum -= std::abs(element[0]);
            }
            bags.begin.push_back(static_cast<uint32_t>(bags.elements.rows()));
            rows.push_back(std::max(0.0f, sum));
        }
        const auto mixture = [&](const char* device) {
            MixtureOptions options;
            options.epochs = 10;
            options.device = device;
            Job job;
            const auto fit = fitMixture({bags, rows}, options, job);
            if (!fit.ok() || fit->device != device) qFatal("no mixture on %s", device);
            return fit->model.predict(bags);
        };
        QVERIFY(difference(mixture("cpu"), mixture("cuda"), rows) < 0.02);
    }
    // Begun on one device, ended on the other.
    void aCheckpointChangesDevice() {
        if (!cudaAvailable()) QSKIP("no CUDA device");
        const auto data = curved(2'000, 8);
        struct Kept : FitCheckpoint {
            std::string bytes;
            bool wanted() const override { return bytes.empty(); }
            void save(std::string_view state) override { bytes = state; }
            std::optional<std::string> last() const override { return bytes.empty() ? std::nullopt : std::optional(bytes); }
        };
        for (const auto& [first, second] : {std::pair{"cuda", "cpu"}, std::pair{"cpu", "cuda"}}) {
            Kept kept;
            auto options = wide(first);
            options.checkpoint = &kept;
            (void)trained(data, options, first);
            options.device = second;
            Job job;
            const auto rest = fitMlp({data.rows, data.targets}, nullptr, options, job);
            QVERIFY(rest.ok() && rest->device == second);
            QCOMPARE(rest->epochsRun, options.epochs - 1);
        }
    }
};

QTEST_APPLESS_MAIN(TestDevice)
#include "test_device.moc"
