// Clustering by arrival rates: planted groups are found, order and limits hold.
#include <QtTest>

#include "core/models/clusters.h"
#include "tests/models/synthetic.h"

using namespace foreshard;
using namespace foreshard::models;
using synthetic::TemplateSpec;

namespace {
std::function<double(size_t)> burstsAt(size_t phase, double level) {
    return [=](size_t i) { return i % 24 / 6 == phase ? level : 0.0; };
}
IntervalSpan spanOf(const workload::Workload& w) { return {w.rates.firstInterval(), w.rates.endInterval()}; }
}  // namespace

class TestClusters : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void plantedGroups() {
        std::vector<TemplateSpec> specs;
        for (size_t i = 0; i < 12; ++i) specs.push_back({"q" + std::to_string(i), 0, false, burstsAt(i % 3, 100.0 + static_cast<double>(i))});
        const auto made = synthetic::workloadOf(specs, 96);
        Job job;
        const auto clusters = clusterTemplates(made, spanOf(made), 0.8, 48, job);
        QVERIFY(clusters.ok());
        QCOMPARE(clusters->size(), size_t(3));
        for (const auto& cluster : *clusters) {
            QCOMPARE(cluster.members.size(), size_t(4));
            for (const auto id : cluster.members) QCOMPARE(id % 3, cluster.members.front() % 3);
            double sum = 0;
            for (const double calls : cluster.calls) sum += calls;
            QCOMPARE(sum, cluster.total);
        }
        QVERIFY(clusters->at(0).total >= clusters->at(1).total && clusters->at(1).total >= clusters->at(2).total);
    }
    void belowRhoStaysApart() {
        // The cosine of these two is 1/sqrt(2): below 0.8.
        const auto half = [](size_t i) { return i < 24 ? 10.0 : 0.0; };
        const auto whole = [](size_t) { return 10.0; };
        const auto made = synthetic::workloadOf({{"whole", 0, false, whole}, {"half", 0, false, half}}, 48);
        Job job;
        QCOMPARE(clusterTemplates(made, spanOf(made), 0.8, 48, job)->size(), size_t(2));
        QCOMPARE(clusterTemplates(made, spanOf(made), 0.7, 48, job)->size(), size_t(1));
    }
    void equalTotalsGoByFingerprint() {
        const auto made = synthetic::workloadOf({{"b", 0, false, burstsAt(0, 5)}, {"a", 0, false, burstsAt(1, 5)}}, 48);
        Job job;
        const auto clusters = clusterTemplates(made, spanOf(made), 0.8, 48, job);
        QCOMPARE(clusters->at(0).members.front(), workload::TemplateId(0));
        QCOMPARE(*clusters, *clusterTemplates(made, spanOf(made), 0.8, 48, job));
    }
    void whatIsOverShareOneSeries() {
        std::vector<TemplateSpec> specs;
        for (size_t i = 0; i < 20; ++i)
            specs.push_back({"q", 0, false, [i](size_t at) { return at == i ? 100.0 - static_cast<double>(i) : 0.0; }});
        const auto made = synthetic::workloadOf(specs, 24);
        Job job;
        const auto clusters = clusterTemplates(made, spanOf(made), 0.8, 3, job);
        QCOMPARE(clusters->size(), size_t(3));
        QVERIFY(clusters->back().rest && !clusters->front().rest);
        QCOMPARE(clusters->back().members.size(), size_t(18));
        QCOMPARE(clusters->front().members, std::vector<workload::TemplateId>{0});
    }
    void quietTemplatesAreInNone() {
        const auto made = synthetic::workloadOf({{"busy", 0, false, burstsAt(0, 5)}, {"never", 0, false, [](size_t) { return 0.0; }}}, 48);
        Job job;
        const auto clusters = clusterTemplates(made, spanOf(made), 0.8, 48, job);
        QCOMPARE(clusters->size(), size_t(1));
        QCOMPARE(clusters->front().members.size(), size_t(1));
        Job stopped;
        stopped.requestStop();
        QCOMPARE(clusterTemplates(made, spanOf(made), 0.8, 48, stopped).error().category, ErrorCategory::cancelled);
    }
};

QTEST_APPLESS_MAIN(TestClusters)
#include "test_clusters.moc"
