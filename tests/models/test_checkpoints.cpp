// A training that was cut short goes on where it was, to the same models to the bit; what is damaged or of something else is left out.
#include <QProcess>
#include <QtTest>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>

#include "core/base/file.h"
#include "core/models/checkpoints.h"
#include "core/models/forecast.h"
#include "core/models/mlp.h"
#include "synthetic.h"

using namespace foreshard;
using namespace foreshard::models;

namespace {

workload::Workload shop() {
    return synthetic::workloadOf({{"SELECT a", 0, false, synthetic::daily(700, 0.1, 1)}, {"SELECT b", 0, false, [](size_t i) { return i % 2 ? 300.0 : 20.0 + static_cast<double>(i % 5); }}}, 24 * 10);
}

Result<TrainedModels> trained(const std::filesystem::path& checkpoints, Job& job, uint64_t seed = 1) {
    TrainOptions options;
    options.epochs = 30;
    options.seed = seed;
    options.checkpoints = checkpoints;
    auto models = train(shop(), options, job);
    if (models.ok()) models->seconds = models->epochSeconds = 0, models->epochs = 0;   // how long it took is no outcome
    return models;
}

// Trains, and dies by SIGKILL as soon as the file is that large.
int trainAndDie(const std::string& file, uint64_t bytes) {
    std::thread([=] {
        while (true) {
            std::error_code missing;
            if (const auto size = std::filesystem::file_size(file, missing); !missing && size >= bytes) std::raise(SIGKILL);
            std::this_thread::sleep_for(std::chrono::microseconds(200));
        }
    }).detach();
    Job job;
    (void)trained(file, job);
    return 0;
}

uint64_t said(const Job& job, const char* reason) {
    const auto all = job.diagnostics();
    const auto it = all.byReason().find(reason);
    return it == all.byReason().end() ? 0 : it->second;
}

class Memory : public FitCheckpoint {
public:
    std::optional<std::string> last() const override { return state; }
    bool wanted() const override { return true; }
    void save(std::string_view bytes) override { state = bytes; ++saves; if (saves == stopAfter && job) job->requestStop(); }
    std::optional<std::string> state;
    int saves = 0, stopAfter = -1;
    Job* job = nullptr;
};

struct Rows {
    Table rows{3};
    std::vector<float> targets;
    explicit Rows(uint64_t seed) {
        Random random(seed);
        for (int i = 0; i < 600; ++i) {
            const auto row = rows.addRow();
            for (auto& v : row) v = static_cast<float>(random.normal());
            targets.push_back(std::sin(row[0]) + row[1] * row[2]);
        }
    }
};

}  // namespace

class TestCheckpoints : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void recordsAreWholeOrNotThere() {
        const TemporaryFolder folder;
        const auto file = folder.path() / "t";
        {
            const auto open = Checkpoints::open(file, 7);
            QVERIFY(open.ok());
            QCOMPARE(Checkpoints::open(file, 7).error().category, ErrorCategory::conflict);
            (*open)->save("a", "one");
            (*open)->save("b", "two");
            (*open)->save("a", "three");
        }
        const auto whole = std::filesystem::file_size(file);
        {
            const auto again = Checkpoints::open(file, 7);
            QCOMPARE((*again)->found().records, size_t(2));
            QCOMPARE((*again)->find("a"), std::optional<std::string>("three"));
        }
        std::filesystem::resize_file(file, whole - 1);
        {
            const auto cut = Checkpoints::open(file, 7);
            QVERIFY((*cut)->found().cutShort);
            QCOMPARE((*cut)->find("a"), std::optional<std::string>("one"));
            (*cut)->save("c", "four");   // what follows can be read
        }
        QCOMPARE((*Checkpoints::open(file, 7))->find("c"), std::optional<std::string>("four"));
        const auto other = Checkpoints::open(file, 8);   // of another training
        QVERIFY((*other)->found().ofOther && (*other)->found().records == 0 && !(*other)->find("c"));
    }
    void everyEpochCanBeGoneOnFrom() {
        const Rows training(1), judging(2);
        const MlpData data{training.rows, training.targets}, judge{judging.rows, judging.targets};
        for (const double dropout : {0.0, 0.2}) {
            MlpOptions options;
            options.hidden = {8, 4};
            options.epochs = 12;
            options.batch = 64;
            options.dropout = dropout;
            Job job;
            const auto whole = fitMlp(data, &judge, options, job);
            QVERIFY(whole.ok());
            for (const int stop : {1, 3, 8}) {
                Memory memory;
                Job cut;
                memory.job = &cut;
                memory.stopAfter = stop;
                options.checkpoint = &memory;
                QCOMPARE(fitMlp(data, &judge, options, cut).error().category, ErrorCategory::cancelled);
                const auto resumed = fitMlp(data, &judge, options, job);
                QVERIFY(resumed.ok());
                QVERIFY(resumed->epochsRun <= 12u - static_cast<uint32_t>(stop));
                QVERIFY(resumed->model == whole->model && resumed->loss == whole->loss && resumed->epochs == whole->epochs);
                memory.state = memory.state->substr(0, memory.state->size() / 2);   // damaged: begun anew
                QVERIFY(fitMlp(data, &judge, options, job)->model == whole->model);
                options.checkpoint = nullptr;
            }
        }
    }
    void killedAndResumed() {
        const TemporaryFolder folder;
        Job job;
        const auto reference = folder.path() / "reference";
        const auto whole = trained(reference, job), plain = trained({}, job);
        QVERIFY(whole.ok() && plain.ok());
        QCOMPARE(writeModels(*whole), writeModels(*plain));
        const auto size = std::filesystem::file_size(reference);
        for (const double share : {0.4}) {
            const auto file = folder.path() / ("killed " + std::to_string(share));
            QProcess child;
            child.start(QCoreApplication::applicationFilePath(), {"--train", QString::fromStdString(file.string()), QString::number(static_cast<qulonglong>(share * static_cast<double>(size)))});
            QVERIFY(child.waitForFinished(120'000));
            QCOMPARE(child.exitStatus(), QProcess::CrashExit);
            Job resumed;
            const auto models = trained(file, resumed);
            QVERIFY(models.ok());
            QCOMPARE(said(resumed, "training_resumed"), uint64_t(1));
            QCOMPARE(writeModels(*models), writeModels(*whole));
        }
        Job other;   // the file of a training with other settings is of no use
        QVERIFY(trained(reference, other, 2).ok());
        QCOMPARE(said(other, "checkpoints_of_other"), uint64_t(1));
        QCOMPARE(said(other, "training_resumed"), uint64_t(0));
    }
    void trainingGoesOnWithoutThem() {
        Job job;
        QVERIFY(trained("/nowhere/at/all", job).ok());
        QCOMPARE(said(job, "no_checkpoints"), uint64_t(1));
    }
};

int main(int argc, char** argv) {
    if (argc == 4 && std::string(argv[1]) == "--train") return trainAndDie(argv[2], std::stoull(argv[3]));
    QCoreApplication application(argc, argv);
    TestCheckpoints test;
    return QTest::qExec(&test, argc, argv);
}
#include "test_checkpoints.moc"
