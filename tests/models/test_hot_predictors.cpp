// Prediction of hot keys: reading traces, the protocol on counts that can be done by hand, and that nobody sees the future.
#include <QtTest>

#include <cmath>

#include "core/base/hash.h"
#include "core/models/hot/evaluate.h"
#include "core/models/hot/predictor.h"

using namespace foreshard;
using namespace foreshard::models;

namespace {

// Ten of 500 keys are hot at a time; every 1,000 accesses one of them is replaced.
Trace drifting(size_t accesses, uint64_t seed) {
    Random random(seed);
    Trace trace;
    for (int64_t i = 0; i < 500; ++i) trace.values.push_back(i);
    trace.keys = 500;
    for (size_t i = 0; i < accesses; ++i) {
        const auto base = static_cast<uint32_t>(i / 1000);
        trace.accesses.push_back(static_cast<uint32_t>(random.uniform() < 0.6 ? (base + random.below(10)) % 500 : random.below(500)));
    }
    return trace;
}

const HotspotRow& rowOf(const HotspotEvaluation& evaluation, const std::string& name) {
    for (const auto& row : evaluation.rows)
        if (row.model == name) return row;
    static const HotspotRow none;
    return none;
}

}  // namespace

class TestHotKeys : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void readsTraces() {
        Job job;
        const auto csv = readTrace("time,key\n3,7\n1,5\n2,7\n", "x.csv", 0, job);
        QVERIFY(csv.ok());
        QCOMPARE(csv->accesses, std::vector<uint32_t>({0, 1, 1}));   // by time: 5, 7, 7
        QCOMPARE(csv->values, std::vector<int64_t>({5, 7}));
        const auto words = readTrace("key\nred\nblue\nred\n", "x.csv", 2, job);
        QCOMPARE(words->accesses, std::vector<uint32_t>({0, 1}));
        QVERIFY(words->values.empty());
        const auto runs = readTrace("10 3 0 1\n11 1 0 2\nbroken\n", "x.lis", 0, job);
        QCOMPARE(runs->values, std::vector<int64_t>({10, 11, 12}));
        QCOMPARE(runs->accesses, std::vector<uint32_t>({0, 1, 2, 1}));
        QCOMPARE(job.diagnostics().byReason().at("broken_line"), uint64_t(1));
        const auto binary = readTrace(std::string_view("\1\0\0\0\0\1\0\0\1\0\0\0", 12), "x.trace", 0, job);
        QCOMPARE(binary->values, std::vector<int64_t>({1, 256}));
        for (const char* text : {"", "a,b\n1,2\n", "key\n", "time,key\nx,1\n"}) QCOMPARE(readTrace(text, "x.csv", 0, job).error().category, ErrorCategory::format);
        QCOMPARE(readTrace(std::string_view("\x28\xb5\x2f\xfd\0\0", 6), "x.zst", 0, job).error().category, ErrorCategory::format);
        QCOMPARE(readTrace(std::string_view("\xfd" "7zXZ\0\0\0", 8), "x.xz", 0, job).error().category, ErrorCategory::format);
    }
    // Four keys, each window "0 0 0 1 1 2": what is predicted is known from the second window on.
    void steadyTraceIsPredicted() {
        Trace trace;
        trace.keys = 4;
        trace.values = {10, 20, 30, 40};
        const uint32_t pattern[] = {0, 0, 0, 1, 1, 2};
        for (int i = 0; i < 60 * 20; ++i)
            for (const auto key : pattern) trace.accesses.push_back(i == 0 && key == 2 ? 3 : key);
        HotspotProtocol protocol;
        protocol.share = 0.5;
        Job job;
        const auto evaluation = evaluateHotspots(trace, protocol, job);
        QVERIFY(evaluation.ok());
        QCOMPARE(evaluation->items, size_t(4));
        QCOMPARE(evaluation->hot, size_t(2));
        for (const char* name : {"cumulative", "last window", "portfolio"}) {
            QCOMPARE(rowOf(*evaluation, name).precision, 1.0);
            QCOMPARE(rowOf(*evaluation, name).load, 1.0);
        }
    }
    void snapshotsKnowOnlyThePast() {
        const auto make = [](bool more) {
            const std::vector<int64_t> none;
            SnapshotMaker maker(3, 4, {}, none);
            for (const uint32_t item : {0u, 1u, 0u, 0u}) maker.access(item);
            maker.endWindow();
            auto snapshot = maker.take(10);
            if (more) maker.access(2);
            return snapshot;
        };
        const auto snapshot = make(false);
        QCOMPARE(snapshot.items, std::vector<uint32_t>({0, 1}));
        QCOMPARE(snapshot.ever, std::vector<float>({3, 1}));
        QCOMPARE(snapshot.features.row(0)[firstWindow], std::log1p(3.0f));
        QCOMPARE(snapshot.features.row(1)[sinceLast], std::log1p(0.75f));
        QCOMPARE(make(true).features, snapshot.features);
        QVERIFY(snapshot.next.empty());
    }
    // What the last windows hold changes nothing that is predicted before them.
    void nobodySeesTheFuture() {
        HotspotProtocol protocol;
        protocol.windows = 20;
        protocol.testFrom = 10;
        protocol.refitEvery = 5;
        auto honest = drifting(40'000, 1);
        auto cut = honest;
        protocol.share = 0.02;
        Job job;
        const auto whole = evaluateHotspots(honest, protocol, job);
        QVERIFY(whole.ok());
        const auto again = evaluateHotspots(honest, protocol, job);
        for (size_t i = 0; i < whole->rows.size(); ++i) QCOMPARE(again->rows[i].precision, whole->rows[i].precision);
        // Shuffling inside the last window leaves its counts, and so every prediction and score, as they were.
        Random random(5);
        for (size_t i = 39'999; i > 38'000; --i) std::swap(cut.accesses[i], cut.accesses[38'000 + random.below(i - 38'000 + 1)]);
        const auto shuffled = evaluateHotspots(cut, protocol, job);
        for (size_t i = 0; i < whole->rows.size(); ++i) {
            QCOMPARE(shuffled->rows[i].precision, whole->rows[i].precision);
            QCOMPARE(shuffled->rows[i].load, whole->rows[i].load);
        }
        QVERIFY(rowOf(*whole, "portfolio").precision > rowOf(*whole, "cumulative").precision + 0.2);
    }
    // One key is all there is; and times that are no times are left out, with a sentence.
    void oneKeyAndNoTimes() {
        Job job;
        std::string text = "time,key\n";
        for (int i = 0; i < 2'000; ++i) text += std::to_string(i) + ",7\n";
        const auto trace = readTrace(text + "nan,8\ninf,9\n", "x.csv", 0, job);
        QVERIFY(trace.ok());
        QCOMPARE(trace->keys, size_t(1));
        QCOMPARE(job.diagnostics().byReason().at("broken_line"), uint64_t(1));
        const auto evaluation = evaluateHotspots(*trace, {}, job);
        QVERIFY(evaluation.ok());
        QCOMPARE(rowOf(*evaluation, "portfolio").precision, 1.0);
        QCOMPARE(rowOf(*evaluation, "portfolio").load, 1.0);
    }
    // Serial numbers: each is touched ten times when it is new, and never again. Who is hot next has no count yet.
    void keysThatOnlyGrow() {
        Trace trace;
        for (int64_t key = 0; key < 60 * 20; ++key) {
            trace.values.push_back(1'000 + 5 * key);
            for (int i = 0; i < 10; ++i) trace.accesses.push_back(static_cast<uint32_t>(key));
        }
        trace.keys = trace.values.size();
        HotspotProtocol protocol;
        Job job;
        const auto evaluation = evaluateHotspots(trace, protocol, job);
        QVERIFY(evaluation.ok());
        QVERIFY(rowOf(*evaluation, "append-hot").precision > 0.95);
        QVERIFY(rowOf(*evaluation, "last window").precision < 0.1);
        QVERIFY(rowOf(*evaluation, "portfolio").precision > 0.9);
    }
    // The edge is named by what came before it alone, and only where keys grow.
    void edgeIsNamedByThePast() {
        const std::vector<int64_t> values = {10, 20, 30, 40, 50, 60, 7};
        GrowingEdge edge(values);
        for (uint32_t window = 0; window < 4; ++window) {
            QVERIFY(edge.coming(3).items.empty());
            edge.access(window, true);
            edge.access(window, false);
            edge.endWindow();
        }
        QCOMPARE(edge.coming(3).items, std::vector<uint32_t>({4}));   // one new key a window
        QCOMPARE(edge.coming(3).rates, std::vector<float>({2}));
        edge.access(6, true);                                          // 7: below what was there
        edge.endWindow();
        QVERIFY(edge.coming(3).items.empty());
    }
    void rangesAndWrongUse() {
        HotspotProtocol protocol;
        protocol.ranges = true;
        protocol.rangeCount = 64;
        auto trace = drifting(12'000, 2);
        Job job;
        const auto evaluation = evaluateHotspots(trace, protocol, job);
        QVERIFY(evaluation.ok());
        QCOMPARE(evaluation->hot, size_t(4));
        trace.values.clear();
        QCOMPARE(evaluateHotspots(trace, protocol, job).error().category, ErrorCategory::format);
        trace.accesses.resize(100);
        protocol.ranges = false;
        QCOMPARE(evaluateHotspots(trace, protocol, job).error().category, ErrorCategory::format);
        protocol.refitEvery = 0;
        QCOMPARE(evaluateHotspots(trace, protocol, job).error().category, ErrorCategory::usage);
        job.requestStop();
        QCOMPARE(evaluateHotspots(drifting(12'000, 2), {}, job).error().category, ErrorCategory::cancelled);
    }
};

QTEST_APPLESS_MAIN(TestHotKeys)
#include "test_hot_predictors.moc"
