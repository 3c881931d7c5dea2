// The project file: everything comes back as it was saved; a failed save leaves the old state; no secret goes in.
#include <QtTest>

#include <sqlite3.h>

#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/migration/plan.h"
#include "core/models/features/space.h"
#include "core/project/project.h"
#include "core/project/secrets.h"
#include "tests/project/sample_values.h"

using namespace foreshard;
using namespace foreshard::project;
using namespace foreshard::project::samples;

namespace {

constexpr std::string_view ddl = "CREATE TABLE customer (id int PRIMARY KEY, name text)";

void sqlInside(const std::filesystem::path& file, const char* sql) {
    sqlite3* db = nullptr;
    if (sqlite3_open(file.c_str(), &db) != SQLITE_OK || sqlite3_exec(db, sql, nullptr, nullptr, nullptr) != SQLITE_OK)
        qFatal("%s: %s", sql, sqlite3_errmsg(db));
    sqlite3_close(db);
}
struct Filled {
    TemporaryFolder folder;
    std::filesystem::path file = folder.path() / "shop.foreshard";
    schema::Schema schema = schemaOf(ddl);
    workload::Partial partial = partialOf(schema, "log", 50);
    std::shared_ptr<const workload::Workload> workload = workload::finish(partial);
    Project project;

    Filled() : project(std::move(Project::create(file)).value()) {
        if (!project.saveSchema(schema, {"shop.sql"}) ||
            !project.saveWorkload(partial, *workload, {{"a.log", 1, 10, 5}}))
            qFatal("cannot save");
    }
};

}  // namespace

class TestProject : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void emptyProject() {
        const TemporaryFolder folder;
        const auto project = Project::openOrCreate(folder.path() / "new.foreshard");
        QVERIFY(project.ok());
        QVERIFY(!project->schema().value() && !project->workload().value() && !project->partial().value() &&
                !project->models().value());
        QVERIFY(!project->forecast().value() && !project->advice().value() && !project->designInForce().value() &&
                !project->plan().value());
        QVERIFY(project->monitorState().value().empty() && project->clusters().value().empty() &&
                project->readSources().value().empty());
        const auto stages = project->staleness();
        QCOMPARE(stages->size(), size_t(6));
        for (const auto& [stage, state] : *stages) QVERIFY(state.freshness == Freshness::absent);
    }
    void everythingComesBack() {
        Filled filled;
        const models::TrainedModels models = modelsOf(*filled.workload);
        const models::Forecast forecast = forecastOf(*filled.workload);
        QVERIFY(filled.project.saveModels(models).ok() && filled.project.saveForecast(forecast).ok());
        QVERIFY(filled.project.saveAdvice(adviceOf(filled.workload->fingerprint())).ok());
        QVERIFY(filled.project.saveDesignInForce(designOf(4)).ok());
        QVERIFY(filled.project
                    .savePlan({"plan bytes", "approvals", sharding::writeDesign(designOf(1)),
                               sharding::writeDesign(designOf(2)), "c", 9})
                    .ok());
        QVERIFY(
            filled.project
                .saveCluster("c", {{"shard0", "sqlite:/tmp/0.db"}, {"shard1", "postgresql://me@host/db?passfile=/x"}})
                .ok());
        QVERIFY(filled.project.saveSetting("zone", "Europe/Berlin").ok() &&
                filled.project.saveMonitorState("state").ok());

        const auto project = Project::open(filled.file);
        QVERIFY(*project->schema().value() == filled.schema);
        QCOMPARE(project->schemaSources().value(), std::vector<std::string>{"shop.sql"});
        QVERIFY(project->workload().value()->fingerprint() == filled.workload->fingerprint());
        QCOMPARE(workload::writePartial(*project->partial().value()), workload::writePartial(filled.partial));
        QVERIFY(*project->models().value() == models);
        const auto read = project->forecast().value();
        QVERIFY(read->series == forecast.series && read->total == forecast.total && read->range == forecast.range);
        QVERIFY(read->workload->fingerprint() == forecast.workload->fingerprint());
        QVERIFY(read->workload->facts == project->workload().value()->facts);  // one copy in memory
        QVERIFY(project->advice().value()->designs[0].design == designOf(2));
        QVERIFY(*project->designInForce().value() == designOf(4));
        QCOMPARE(project->plan().value()->approvals, std::string("approvals"));
        QCOMPARE(project->clusters().value().at("c").size(), size_t(2));
        QCOMPARE(project->setting("zone").value(), std::string("Europe/Berlin"));
        QCOMPARE(project->monitorState().value(), std::string("state"));
        QVERIFY(project->workload().value() == project->workload().value());  // kept, not read again
    }
    // Learned once, kept in the file, and learned anew when the workload is another one or the stored bytes are damaged.
    void templateSpaceFollowsTheWorkload() {
        Filled filled;
        const auto learned = filled.project.templateSpace().value();
        QCOMPARE(learned->workloadFingerprint(), filled.workload->fingerprint());
        QVERIFY(filled.project.templateSpace().value() == learned);
        const auto other = Project::open(filled.file);
        const uint64_t before = other->changeCounter().value();
        QCOMPARE(models::writeTemplateSpace(*other->templateSpace().value()), models::writeTemplateSpace(*learned));
        QCOMPARE(other->changeCounter().value(), before);   // read, not learned and saved again
        workload::Partial merged = *filled.project.partial().value();
        QVERIFY(merged.merge(partialOf(filled.schema, "log2", 10)).ok());
        const auto more = workload::finish(merged);
        QVERIFY(filled.project.saveWorkload(merged, *more, {{"b.log", 2, 1, 1}}).ok());
        QCOMPARE(filled.project.templateSpace().value()->workloadFingerprint(), more->fingerprint());
        const TemporaryFolder folder;
        QVERIFY(!Project::create(folder.path() / "new.foreshard")->templateSpace().value());
    }
    void aLogIsReadOnce() {
        Filled filled;
        const workload::Partial more = partialOf(filled.schema, "log2", 10);
        const auto again = filled.project.saveWorkload(more, *workload::finish(more),
                                                       {{"b.log", 2, 1, 1}, {"copy of a.log", 1, 10, 9}});
        QVERIFY(again.error().category == ErrorCategory::conflict);
        QCOMPARE(again.error().message,
                 std::string("copy of a.log was read before: on 1970-01-01T00:00:00.000005Z, as a.log."));
        QVERIFY(filled.project.refuseReadBefore({{"x", 7, 1, 1}, {"y", 7, 1, 1}}).error().message ==
                "x and y hold the same log.");
        QCOMPARE(filled.project.readSources().value().size(), size_t(1));
        QCOMPARE(filled.project.workload().value()->fingerprint(), filled.workload->fingerprint());
        QVERIFY(filled.project.saveWorkload(more, *workload::finish(more), {{"b.log", 2, 1, 1}}).ok());
    }
    void digestIsOfTheContent() {
        const TemporaryFolder folder;
        Job job;
        QVERIFY(writeFileWhole(folder.path() / "a", "same") && writeFileWhole(folder.path() / "b", "same") &&
                writeFileWhole(folder.path() / "c", "sama"));
        const auto a = describeSource(folder.path() / "a", job), b = describeSource(folder.path() / "b", job),
                   c = describeSource(folder.path() / "c", job);
        QVERIFY(a->digest == b->digest && a->digest != c->digest && a->bytes == 4);
        QVERIFY(describeSource(folder.path() / "none", job).error().category == ErrorCategory::notFound);
    }
    void twoProgramsAtOnce() {
        Filled filled;
        auto other = Project::open(filled.file);
        const uint64_t counter = filled.project.changeCounter().value();
        workload::Partial merged = *other->partial().value();
        QVERIFY(merged.merge(partialOf(filled.schema, "log2", 10)).ok());
        QVERIFY(other->saveWorkload(merged, *workload::finish(merged), {{"b.log", 2, 1, 1}}).ok());
        QVERIFY(filled.project.changeCounter().value() != counter);
        // The first one has not seen the other's log: its save would lose it.
        const auto late = filled.project.saveWorkload(filled.partial, *filled.workload, {{"c.log", 3, 1, 1}});
        QVERIFY(late.error().category == ErrorCategory::conflict);
        QCOMPARE(filled.project.workload().value()->fingerprint(), workload::finish(merged)->fingerprint());
        workload::Partial both = *filled.project.partial().value();
        QVERIFY(both.merge(partialOf(filled.schema, "log3", 10)).ok());
        QVERIFY(filled.project.saveWorkload(both, *workload::finish(both), {{"c.log", 3, 1, 1}}).ok());
        QCOMPARE(other->readSources().value().size(), size_t(3));
    }
    void fullDiskLeavesTheOldState() {
        Filled filled;
        sqlInside(filled.file,
                  "CREATE TRIGGER full BEFORE INSERT ON stored_part BEGIN SELECT RAISE(ABORT, 'no room'); END");
        const workload::Partial more = partialOf(filled.schema, "log2", 10);
        QVERIFY(!filled.project.saveWorkload(more, *workload::finish(more), {{"b.log", 2, 1, 1}}).ok());
        QVERIFY(!filled.project.saveSchema(schemaOf("CREATE TABLE other (id int)"), {"other.sql"}).ok());
        QCOMPARE(filled.project.readSources().value().size(), size_t(1));
        const auto project = Project::open(filled.file);
        QVERIFY(*project->schema().value() == filled.schema);
        QCOMPARE(project->schemaSources().value(), std::vector<std::string>{"shop.sql"});
        QCOMPARE(project->workload().value()->fingerprint(), filled.workload->fingerprint());
    }
    void noSecretGoesIn() {
        Filled filled;
        for (const char* uri :
             {"postgresql://me:secret@host/db", "postgresql:host=h password=secret", "postgresql:host=h PassWord = 'x'",
              "postgresql://me@host/db?password=x", "postgresql://me@host/db?p%61ssword=x", "postgresql:sslpassword=x",
              "postgresql://a:b%40c@host,other:5432/db"})
            QVERIFY2(filled.project.saveCluster("c", {{"s", uri}}).error().category == ErrorCategory::usage, uri);
        for (const char* uri : {"sqlite:/data/password=1.db", "postgresql://me@host:5432/db", "postgresql:service=shop",
                                "postgresql://host/db?passfile=x", "postgresql:///db"})
            QVERIFY2(filled.project.saveCluster("c", {{"s", uri}}).ok(), uri);
        QVERIFY(!filled.project.saveCluster("c", {{"s", "sqlite:a"}, {"s", "sqlite:b"}}).ok() &&
                !filled.project.saveCluster("c", {}).ok());
        QCOMPARE(filled.project.clusters().value().at("c")[0].uri, std::string("postgresql:///db"));
    }
    // What was in force before is told for the layout that came after it, and for no other.
    void theLayoutBefore() {
        Filled filled;
        auto& project = filled.project;
        const auto one = designOf(1), two = designOf(2), three = designOf(3);
        QVERIFY(!project.designBefore().value());
        QVERIFY(project.saveDesignInForce(two, &one).ok());
        QVERIFY(*project.designBefore().value() == one);
        QVERIFY(project.savePlan({"another plan", {}, sharding::writeDesign(two), sharding::writeDesign(three), "c", 0}).ok());
        QVERIFY(*project.designBefore().value() == one);
        QVERIFY(project.saveDesignInForce(three).ok());
        QVERIFY(!project.designBefore().value());
        QVERIFY(project.saveDesignInForce(two, &three).ok());
        QVERIFY(*Project::open(filled.file)->designBefore().value() == three);
    }
    // A file of version 1: all of it is there, shards in its folder are kept relative to it, and its finished plan tells the way
    // back.
    void filesOfVersionOne() {
        for (const bool finished : {true, false}) {
            Filled filled;
            const auto absolute = "sqlite:" + (std::filesystem::canonical(filled.folder.path()) / "data" / "0.db").string();
            QVERIFY(filled.project.saveDesignInForce(designOf(finished ? 2 : 1)).ok());
            migration::MigrationPlan plan;
            plan.id = "p1";
            plan.from = cluster::Layout::plain(designOf(1)), plan.to = cluster::Layout::plain(designOf(2));
            plan.shards = {{"shard0", absolute}, {"shard1", "sqlite:/data/c.db"}};
            QVERIFY(filled.project.savePlan({migration::writePlan(plan), "approvals", sharding::writeDesign(designOf(1)), sharding::writeDesign(designOf(2)), "c", 9}).ok());
            QVERIFY(filled.project.saveCluster("c", {{"shard0", "sqlite:x"}, {"shard1", "sqlite:../b.db"}, {"shard2", "sqlite:/data/c.db"}}).ok());
            sqlInside(filled.file, ("UPDATE cluster_shard SET uri = '" + absolute + "' WHERE position = 0; PRAGMA user_version=1").c_str());
            const auto project = Project::open(filled.file);
            QVERIFY(project.ok());
            const auto shards = project->clusters().value().at("c");
            QVERIFY(shards == (std::vector<ClusterShard>{{"shard0", "sqlite:data/0.db"}, {"shard1", "sqlite:../b.db"}, {"shard2", "sqlite:/data/c.db"}}));
            QCOMPARE(project->designBefore().value() != nullptr, finished);
            if (finished) QVERIFY(*project->designBefore().value() == designOf(1));
            plan.shards[0].uri = "sqlite:data/0.db";
            QVERIFY(migration::readPlan(project->plan().value()->plan).value() == plan);
            QCOMPARE(project->plan().value()->approvals, std::string("approvals"));
            QVERIFY(*project->schema().value() == filled.schema);
            QCOMPARE(project->workload().value()->fingerprint(), filled.workload->fingerprint());
            QCOMPARE(project->readSources().value().size(), size_t(1));
        }
    }
    void newerAndDamagedFiles() {
        Filled filled;
        QVERIFY(filled.project.saveModels(modelsOf(*filled.workload)).ok());
        const auto other = filled.folder.path() / "other.foreshard";
        sqlInside(filled.file, ("VACUUM INTO '" + other.string() + "'").c_str());
        sqlInside(other,
                  "UPDATE stored_part SET bytes = zeroblob(length(bytes)) WHERE value = (SELECT id FROM stored_value "
                  "WHERE kind = 'workload')");
        {
            const auto damaged = Project::open(other);
            QVERIFY(damaged->workload().error().category == ErrorCategory::format);
            QVERIFY(damaged->schema().value() && damaged->models().value());  // the rest is still there
        }
        sqlInside(other, "UPDATE stored_part SET bytes = zeroblob(length(bytes)) WHERE value IN (SELECT id FROM stored_value WHERE kind = 'models')");
        {
            const auto models = Project::open(other)->models();
            QVERIFY(!models.ok() && models.error().category == ErrorCategory::format && models.error().next.find("rollback") != std::string::npos);
        }
        sqlInside(other, "PRAGMA user_version=99");
        QVERIFY(Project::open(other).error().category == ErrorCategory::version);
        QVERIFY(Project::open(filled.folder.path() / "none").error().category == ErrorCategory::notFound);
        QVERIFY(Project::create(filled.file).error().category == ErrorCategory::conflict);
    }
};

QTEST_APPLESS_MAIN(TestProject)
#include "test_project.moc"
