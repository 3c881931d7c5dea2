// What is stale after which change, in words for the navigation marks.
#include <QtTest>

#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/project/forecast_bytes.h"
#include "core/project/project.h"
#include "core/schema/changes.h"
#include "tests/project/sample_values.h"

using namespace foreshard;
using namespace foreshard::project;
using namespace foreshard::project::samples;

namespace {

// One letter for each stage in pipeline order: r ready, s stale, - absent.
std::string marks(const Project& project) {
    std::string out;
    const auto stages = project.staleness();
    if (!stages) return stages.error().message;
    for (const auto& [stage, state] : *stages) {
        out += state.freshness == Freshness::ready ? 'r' : state.freshness == Freshness::stale ? 's' : '-';
        if ((state.freshness == Freshness::stale) == state.why.empty()) return "why?";
    }
    return out;
}

}  // namespace

class TestStaleness : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void followsThePipeline() {
        const TemporaryFolder folder;
        auto project = std::move(Project::create(folder.path() / "p")).value();
        const schema::Schema schema = schemaOf("CREATE TABLE customer (id int PRIMARY KEY, name text)");
        QVERIFY(project.saveSchema(schema, {}).ok());
        workload::Partial partial = partialOf(schema, "log", 50);
        const auto observed = workload::finish(partial);
        QVERIFY(project.saveWorkload(partial, *observed, {{"a", 1, 1, 1}}).ok());
        QCOMPARE(marks(project), std::string("r-----"));
        QVERIFY(project.saveModels(modelsOf(*observed)).ok() && project.saveForecast(forecastOf(*observed)).ok());
        QVERIFY(project.saveAdvice(adviceOf(observed->fingerprint())).ok());
        Project::PlanRecord plan{"p",
                                 "",
                                 sharding::writeDesign(designOf(1)),
                                 sharding::writeDesign(designOf(2)),
                                 "c",
                                 project.adviceFingerprint().value()};
        QVERIFY(project.savePlan(plan).ok() && project.saveMonitorState("m").ok());
        QCOMPARE(marks(project), std::string("rrrrrr"));

        QVERIFY(project.saveSchema(schema, {"renamed.sql"}).ok());  // the same schema from another file changes nothing
        QCOMPARE(marks(project), std::string("rrrrrr"));
        QVERIFY(partial.merge(partialOf(schema, "log2", 20)).ok());
        const auto grown = workload::finish(partial);
        QVERIFY(project.saveWorkload(partial, *grown, {{"b", 2, 1, 1}}).ok());
        QCOMPARE(marks(project), std::string("rsssss"));
        QVERIFY(project.saveModels(modelsOf(*grown)).ok());
        QCOMPARE(marks(project), std::string("rrssss"));
        const models::Forecast forecast = forecastOf(*grown);
        QVERIFY(project.saveForecast(forecast).ok() && project.saveMonitorState("m2").ok());
        QCOMPARE(marks(project), std::string("rrrssr"));
        QVERIFY(project.saveAdvice(adviceOf(forecast.workload->fingerprint(), 3)).ok());  // advice from the forecast
        QCOMPARE(marks(project), std::string("rrrrsr"));
        plan.adviceFingerprint = project.adviceFingerprint().value();
        QVERIFY(project.savePlan(plan).ok());
        QCOMPARE(marks(project), std::string("rrrrrr"));

        QVERIFY(project.saveDesignInForce(designOf(4)).ok());  // neither where the plan starts nor where it leads
        QCOMPARE(marks(project), std::string("rrrrss"));
        QVERIFY(project.saveDesignInForce(designOf(2)).ok());  // carried out
        QVERIFY(project.saveMonitorState("m3").ok());
        QVERIFY(project.saveSchema(schemaOf("CREATE TABLE customer (id bigint PRIMARY KEY)"), {}).ok());
        QCOMPARE(marks(project), std::string("ssssrs"));
    }
    // Sizes lie over the workload: what was learned of it stays, and advice goes by what has moved.
    void followsSizes() {
        const TemporaryFolder folder;
        auto project = std::move(Project::create(folder.path() / "p")).value();
        const schema::Schema schema = schemaOf("CREATE TABLE customer (id int PRIMARY KEY, name text)");
        QVERIFY(project.saveSchema(schema, {}).ok());
        const workload::Partial partial = partialOf(schema, "log", 50);
        const auto observed = workload::finish(partial);
        QVERIFY(project.saveWorkload(partial, *observed, {{"a", 1, 1, 1}}).ok() && project.saveModels(modelsOf(*observed)).ok());
        QVERIFY(project.saveAdvice(adviceOf(observed->fingerprint())).ok());
        QCOMPARE(marks(project), std::string("rr-r--"));
        QVERIFY(!(*project.workload())->facts->schema.tables[0].rows);

        const auto sized = [](uint64_t rows) {
            schema::Statistics out;
            out.tables.push_back({"public.customer", {rows, 8 * rows}, {}, {}, {}, {}, {{"id", 0, 4, rows, {}, {}}}});
            return out;
        };
        auto first = sized(1'000);
        schema::keepBasis(first, nullptr);
        QVERIFY(project.saveStatistics(first, {}, false).ok());
        QCOMPARE(*(*project.workload())->facts->schema.tables[0].rows, 1'000u);
        QCOMPARE(*(*project.workload())->facts->schema.tables[0].columns[0].distinct, 1'000u);
        QCOMPARE((*project.workload())->fingerprint(), observed->fingerprint());
        QCOMPARE(marks(project), std::string("rr-s--"));
        QVERIFY(project.saveAdvice(adviceOf(observed->fingerprint(), 2)).ok());
        QCOMPARE(marks(project), std::string("rr-r--"));
        auto second = sized(1'080), third = sized(1'150);
        schema::keepBasis(second, &first);
        QVERIFY(project.saveStatistics(second, {}, false).ok());
        QCOMPARE(*(*project.workload())->facts->schema.tables[0].rows, 1'080u);
        QCOMPARE(marks(project), std::string("rr-r--"));
        schema::keepBasis(third, &second);
        QVERIFY(project.saveStatistics(third, {{schema::ChangeKind::grown, "public.customer", "rows", "1,080", "1,150", false}}, false).ok());
        QCOMPARE(marks(project), std::string("rr-s--"));
        QCOMPARE(project.schemaChanges()->size(), size_t(1));
        QVERIFY(project.saveStatistics(third, {}, true).ok());   // another schema by now
        QCOMPARE(marks(project), std::string("ss-s--"));
    }
    void forecastBytes() {
        const schema::Schema schema = schemaOf("CREATE TABLE customer (id int PRIMARY KEY, name text)");
        const std::string bytes = writeForecast(forecastOf(*workload::finish(partialOf(schema, "log", 30))));
        QCOMPARE(writeForecast(*readForecast(bytes)), bytes);
        for (size_t size = 0; size < bytes.size(); size += 11)
            QVERIFY(!readForecast(std::string_view(bytes).substr(0, size)));
        Random random(2);
        for (int round = 0; round < 300; ++round) {
            std::string flipped = bytes;
            flipped[random.below(flipped.size())] ^= static_cast<char>(1 << random.below(8));
            (void)readForecast(flipped);
        }
        std::string newer = bytes;
        newer[8] = 9;
        QVERIFY(readForecast(newer).error().category == ErrorCategory::version);
    }
};

QTEST_APPLESS_MAIN(TestStaleness)
#include "test_staleness.moc"
