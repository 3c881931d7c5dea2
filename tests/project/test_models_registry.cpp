// Trained models are kept under their numbers: which are in force, pinned, rolled back to, deleted; and that what cannot be read
// never takes the place of what can.
#include <QtTest>

#include <sqlite3.h>

#include "core/base/file.h"
#include "core/models/events.h"
#include "core/models/tuner/tuner.h"
#include "core/project/project.h"
#include "tests/project/sample_values.h"

using namespace foreshard;
using namespace foreshard::project;
using namespace foreshard::project::samples;

namespace {

models::TrainedModels seeded(uint64_t seed) {
    models::TrainedModels out;
    out.series.push_back({.name = "SELECT 1", .templates = {1}, .shares = {1.0}});
    out.seed = seed;
    return out;
}

std::string listed(const Project& project) {
    std::string out;
    const auto records = project.modelsRecords();
    if (!records) return records.error().message;
    for (const auto& record : *records) out += (out.empty() ? "" : " ") + std::to_string(record.number) + (record.inForce ? "!" : "") + (record.pinned ? "p" : "");
    return out;
}

void execute(const std::filesystem::path& file, const char* sql) {
    sqlite3* database = nullptr;
    if (sqlite3_open(file.c_str(), &database) != SQLITE_OK || sqlite3_exec(database, sql, nullptr, nullptr, nullptr) != SQLITE_OK) qFatal("%s", sqlite3_errmsg(database));
    sqlite3_close(database);
}

}  // namespace

class TestModelsRegistry : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void pinRollBackDelete() {
        const TemporaryFolder folder;
        auto project = std::move(Project::create(folder.path() / "p")).value();
        QCOMPARE(listed(project), std::string());
        for (uint64_t seed = 1; seed <= 3; ++seed) QVERIFY(project.saveModels(seeded(seed)).ok());
        QCOMPARE(listed(project), std::string("1 2 3!"));
        QVERIFY(project.takeModels(2, false).ok());
        QCOMPARE(listed(project), std::string("1 2! 3"));
        QCOMPARE(project.models().value()->seed, uint64_t(2));
        QVERIFY(project.saveModels(seeded(4)).ok());   // rolled back is not pinned
        QCOMPARE(listed(project), std::string("1 2 3 4!"));
        QVERIFY(project.takeModels(1, true).ok());
        QVERIFY(project.saveModels(seeded(5)).ok());
        QCOMPARE(listed(project), std::string("1!p 2 3 4 5"));
        QCOMPARE(project.models().value()->seed, uint64_t(1));
        QCOMPARE(project.modelsNumbered(5).value()->seed, uint64_t(5));
        QVERIFY(project.unpinModels().ok());
        QCOMPARE(project.deleteModels(1).error().category, ErrorCategory::conflict);
        QVERIFY(project.deleteModels(5).ok());
        QCOMPARE(project.deleteModels(5).error().category, ErrorCategory::notFound);
        QCOMPARE(project.takeModels(9, false).error().category, ErrorCategory::notFound);
        QVERIFY(project.saveModels(seeded(6)).ok());   // a number is never used twice
        QCOMPARE(listed(project), std::string("1 2 3 4 6!"));
    }
    // Models rest on the events that are marked: a mark more or less makes them stale.
    void markedEventsMakeModelsStale() {
        const TemporaryFolder folder;
        auto project = std::move(Project::create(folder.path() / "p")).value();
        const auto schema = schemaOf("CREATE TABLE customer (id bigint PRIMARY KEY, name text);");
        const auto partial = partialOf(schema, "log", 10);
        const auto workload = workload::finish(partial);
        QVERIFY(project.saveSchema(schema, {}).ok() && project.saveWorkload(partial, *workload, {}).ok());
        auto models = seeded(1);
        models.workloadFingerprint = workload->fingerprint();
        QVERIFY(project.saveModels(models).ok());
        const auto modelsAre = [&] { return project.staleness().value().at(Stage::models).freshness; };
        QCOMPARE(modelsAre(), Freshness::ready);
        std::vector<models::CalendarEvent> events;
        QVERIFY(models::addEvent(events, {"sale", 100, 200, {}}).ok());
        QVERIFY(project.saveEvents(events).ok());
        QCOMPARE(*project.events(), events);
        QCOMPARE(modelsAre(), Freshness::stale);
        models.workloadFingerprint = models::dataFingerprint(workload->fingerprint(), models::fingerprintOf(events));
        QVERIFY(project.saveModels(models).ok());
        QCOMPARE(modelsAre(), Freshness::ready);
        QVERIFY(project.saveEvents({}).ok());
        QVERIFY(project.events()->empty());
        QCOMPARE(modelsAre(), Freshness::stale);
    }
    void oldOnesGo() {
        const TemporaryFolder folder;
        auto project = std::move(Project::create(folder.path() / "p")).value();
        QVERIFY(project.saveModels(seeded(1)).ok() && project.takeModels(1, true).ok());
        for (uint64_t seed = 2; seed <= 25; ++seed) QVERIFY(project.saveModels(seeded(seed)).ok());
        const auto records = *project.modelsRecords();
        QCOMPARE(records.size(), size_t(20));
        QVERIFY(records.front().number == 1 && records.front().inForce);
        QCOMPARE(records.back().number, 25u);
    }
    void aProjectFromBeforeKeepsWhatItHad() {
        const TemporaryFolder folder;
        const auto file = folder.path() / "p";
        {
            auto project = std::move(Project::create(file)).value();
            QVERIFY(project.saveModels(seeded(7)).ok());
        }
        execute(file, "DELETE FROM stored_value WHERE kind = 'kept_models'; DELETE FROM setting");
        auto project = std::move(Project::open(file)).value();
        QCOMPARE(listed(project), std::string("1!"));
        QCOMPARE(project.modelsNumbered(1).value()->seed, uint64_t(7));
        QVERIFY(project.saveModels(seeded(8)).ok());
        QCOMPARE(listed(project), std::string("1 2!"));
        QVERIFY(project.takeModels(1, false).ok());
        QCOMPARE(project.models().value()->seed, uint64_t(7));
    }
    void whatIsDamagedStaysOutOfForce() {
        const TemporaryFolder folder;
        const auto file = folder.path() / "p";
        {
            auto project = std::move(Project::create(file)).value();
            QVERIFY(project.saveModels(seeded(1)).ok() && project.saveModels(seeded(2)).ok());
        }
        execute(file, "UPDATE stored_part SET bytes = substr(bytes, 1, 20) WHERE value IN (SELECT id FROM stored_value WHERE kind = 'kept_models' AND name = '1')");
        auto project = std::move(Project::open(file)).value();
        const auto failed = project.takeModels(1, false);
        QVERIFY(!failed.ok() && !failed.error().message.empty());
        QCOMPARE(project.models().value()->seed, uint64_t(2));
        QCOMPARE(listed(project), std::string("1 2!"));
        QVERIFY(project.deleteModels(1).ok());
    }
    void studiesAreKeptByName() {
        const TemporaryFolder folder;
        auto project = std::move(Project::create(folder.path() / "p")).value();
        models::Study study;
        study.name = "trees";
        study.space.parameters = {models::realParameter("rate", 0, 1)};
        study.trials.push_back({.setting = {0.5}, .state = models::TrialState::finished, .loss = 2});
        QVERIFY(project.saveStudy(study).ok());
        study.trials.push_back({.setting = {0.25}, .state = models::TrialState::finished, .loss = 1});
        QVERIFY(project.saveStudy(study).ok());
        const auto kept = *project.studies();
        QCOMPARE(kept.size(), size_t(1));
        QVERIFY(kept[0] == study);
    }
};

QTEST_APPLESS_MAIN(TestModelsRegistry)
#include "test_models_registry.moc"
