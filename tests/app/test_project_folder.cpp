// A project's folder that is moved or copied in the middle of a migration, with its shards and its decision log; and the way
// back, which outlives other plans.
#include <QtTest>

#include <fstream>

#include "app/verbs/cluster.h"
#include "app/verbs/designs.h"
#include "core/advisor/advisor.h"
#include "core/cluster/decision_log.h"
#include "core/cluster/two_phase.h"
#include "tests/migration/migration_fixture.h"
#include "tests/support/child.h"
#include "tests/support/memory_folder.h"
#include "tests/support/must.h"

using namespace shop;
namespace fs = std::filesystem;
using foreshard::testing::killedAt;

namespace {

// The shop with a project beside it; some shards may lie elsewhere.
struct ShopProject {
    TemporaryFolder root;
    fs::path folder = root.path() / "first";
    std::map<std::string, int> before;

    explicit ShopProject(bool secondElsewhere = false) {
        const Shop made(1, 60, 2);
        before = made.contents();
        fs::create_directory(folder);
        fs::create_directory(folder / "shards");
        fs::create_directory(root.path() / "elsewhere");
        { Shop::must(made.open(0)->one("PRAGMA wal_checkpoint(TRUNCATE)").status()); }
        fs::copy_file(made.file(0), folder / "shop.db");
        auto project = std::move(project::Project::create(file())).value();
        Shop::must(project.saveDesignInForce(oneDatabase()));
        advisor::Advice advice;
        advice.designs = {{.design = byCustomer(2)}, {.design = byCustomer(2, "other")}};
        advice.designs[1].design.slotMaps[1].shardOfSlot[0] = 1;
        Shop::must(project.saveAdvice(advice));
        const auto second = secondElsewhere ? root.path() / "elsewhere" / "s1.db" : folder / "shards" / "s1.db";
        Job job;
        Shop::must(verbs::addCluster({file(), "c", {"sqlite:" + (folder / "shop.db").string(), "sqlite:" + second.string()}, false}, job).status());
    }
    fs::path file() const { return file(folder); }
    static fs::path file(const fs::path& folder) { return folder / "p.foreshard"; }

    static void plan(const fs::path& file, const std::string& to) {
        Job job;
        Shop::must(verbs::plan({.project = file, .to = to}, job).status());
        Shop::must(verbs::approve({file, {"all"}, false}, job).status());
    }
    // Stopped after a batch, with rows on both sides.
    void pausedInTheMiddle() const {
        plan(file(), "by-customer");
        struct StopAfter : JobObserver {
            Job* job = nullptr;
            void progressed(const JobProgress& progress) override {
                if (progress.pass == "moving rows" && progress.done > 0) job->requestStop();
            }
        } observer;
        Job job(&observer);
        observer.job = &job;
        const auto paused = verbs::execute({file(), {}, true}, job);
        Shop::must(paused.status());
        if (paused->state != MigrationState::paused) qFatal("it is %s", toString(paused->state));
    }
    // Cut off where one shard has been told of the decision and the other not.
    void cutOff() const {
        plan(file(), "by-customer");
        if (!killedAt("batch.source-applied", 1, [&] {
                Job job;
                return verbs::execute({file(), {}, true}, job).ok() ? 0 : 1;
            }))
            qFatal("it was not cut off");
    }
    // Every row of both shards, wherever the folder lies now.
    static std::map<std::string, int> contents(const fs::path& folder, const fs::path& second = {}) {
        std::map<std::string, int> all;
        const auto cluster = Cluster::make({{"a", "sqlite:" + (folder / "shop.db").string()}, {"b", "sqlite:" + (second.empty() ? folder / "shards" / "s1.db" : second).string()}}).value();
        for (uint32_t i = 0; i < 2; ++i) {
            const auto shard = cluster.open(i).value();
            const auto tables = shard->tables().value();
            for (const auto& table : tables) {
                if (table.name == "country") continue;
                Shop::must(shard->query("SELECT * FROM " + shard->quote(table.name), {}, [&](const Cells& row) {
                    std::string text = table.name;
                    for (const auto& cell : row) text += "|" + std::to_string(cell.index()) + toText(cell) + std::to_string(textOf(cell).size());
                    return ++all[text], true;
                }));
            }
        }
        return all;
    }
};

void endsWell(const fs::path& file) {
    Job job;
    const auto done = verbs::resume({file, {}, true}, job);
    MUST(done);
    QCOMPARE(done->state, MigrationState::done);
    const auto checked = verbs::verify({file, {}, false}, job);
    MUST(checked);
    QCOMPARE(problems(*checked), std::string());
    QVERIFY(checked->ok);
}

// Names, sizes and bytes of all files below a folder.
std::map<std::string, std::string> bytesBelow(const fs::path& folder) {
    std::map<std::string, std::string> out;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
        if (entry.is_regular_file()) out[entry.path().lexically_relative(folder).string()] = readFile(entry.path()).value();
    return out;
}

}  // namespace

class TestProjectFolder : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void shardsInTheFolderAreKeptRelative() {
        const ShopProject shop(true);
        const auto shards = project::Project::open(shop.file())->clusters().value().at("c");
        QCOMPARE(shards[0].uri, std::string("sqlite:shop.db"));
        QCOMPARE(shards[1].uri, "sqlite:" + (shop.root.path() / "elsewhere" / "s1.db").string());
        // The same shards, said in another way, are no other cluster.
        Job job;
        QVERIFY(verbs::addCluster({shop.file(), "c", {"sqlite:./shop.db", shards[1].uri}, false}, job).ok());
        QCOMPARE(verbs::addCluster({shop.file(), "c", {"sqlite:shop.db"}, false}, job).error().category, ErrorCategory::conflict);
        // A file that is only linked into the folder keeps its own place: copies of the folder share it.
        fs::create_symlink(shop.root.path() / "elsewhere" / "s2.db", shop.folder / "linked.db");
        MUST(verbs::addCluster({shop.file(), "l", {"sqlite:" + (shop.folder / "linked.db").string()}, false}, job));
        QVERIFY(project::Project::open(shop.file())->clusters().value().at("l")[0].uri.find("/linked.db") != std::string::npos);
    }

    void aMovedFolderGoesOn() {
        const ShopProject shop;
        shop.pausedInTheMiddle();
        const auto there = shop.root.path() / "moved";
        fs::rename(shop.folder, there);
        endsWell(ShopProject::file(there));
        QVERIFY(ShopProject::contents(there) == shop.before);
        QVERIFY(!fs::exists(shop.folder));
    }

    // With an intent on a shard whose decision is in the log.
    void aMovedFolderFindsItsDecisions() {
        const ShopProject shop;
        shop.cutOff();
        const auto there = shop.root.path() / "moved";
        fs::rename(shop.folder, there);
        Job job;
        QCOMPARE(verbs::status({ShopProject::file(there), {}, false}, job)->inDoubt, 1u);
        endsWell(ShopProject::file(there));
        QVERIFY(ShopProject::contents(there) == shop.before);
    }

    // Two copies, each with its shards and its log: neither touches a file of the other, and both get to the end.
    void aCopyWorksOnItsOwn() {
        for (const bool doubt : {false, true}) {
            const ShopProject shop;
            doubt ? shop.cutOff() : shop.pausedInTheMiddle();
            const auto copy = shop.root.path() / "copy";
            fs::copy(shop.folder, copy, fs::copy_options::recursive);
            const auto before = bytesBelow(shop.folder);
            endsWell(ShopProject::file(copy));
            QVERIFY(ShopProject::contents(copy) == shop.before);
            QVERIFY(bytesBelow(shop.folder) == before);
            endsWell(ShopProject::file(shop.folder));
            QVERIFY(ShopProject::contents(shop.folder) == shop.before);
        }
    }

    // A writer that meets an intent in the copy asks the copy's log: what the first project decides later is none of its business.
    void intentsOfACopyAskTheCopysLog() {
        const ShopProject shop;
        shop.cutOff();
        const auto copy = shop.root.path() / "copy";
        fs::copy(shop.folder, copy, fs::copy_options::recursive);
        const auto cluster = Cluster::make({{"b", "sqlite:" + (copy / "shards" / "s1.db").string()}}).value();
        const auto intents = readIntents(*cluster.open(0).value()).value();
        QCOMPARE(intents.size(), size_t{1});
        QCOMPARE(fs::path(intents[0].path), fs::canonical(copy) / "p.decisions");
        fs::remove(copy / "p.decisions");
        QVERIFY(!askDecision(intents[0].path, intents[0].log, intents[0].transaction).ok());
    }

    // A shard outside belongs to the log at its old place: a copy, or a folder that was moved away from it, is refused before it
    // changes anything; put back, it goes on.
    void aShardElsewhereTakesOneLog() {
        const ShopProject shop(true);
        shop.pausedInTheMiddle();
        const auto copy = shop.root.path() / "copy";
        fs::copy(shop.folder, copy, fs::copy_options::recursive);
        const auto before = bytesBelow(shop.root.path());
        Job job;
        for (const auto verb : {verbs::resume, verbs::rollback}) {
            const auto refused = verb({ShopProject::file(copy), {}, true}, job);
            QVERIFY(!refused.ok());
            QCOMPARE(refused.error().category, ErrorCategory::conflict);
            QVERIFY2(refused.error().message.find("first/p.decisions") != std::string::npos && refused.error().message.find("shard1") != std::string::npos, refused.error().message.c_str());
        }
        const auto after = bytesBelow(shop.root.path());
        for (const auto* files : {&before, &after})
            for (const auto& [name, bytes] : *files)
                if (name.ends_with(".db") || name.ends_with(".decisions")) QVERIFY2(before.at(name) == after.at(name), name.c_str());
        const auto there = shop.root.path() / "moved";
        fs::rename(shop.folder, there);
        QVERIFY(!verbs::resume({ShopProject::file(there), {}, true}, job).ok());
        fs::rename(there, shop.folder);
        endsWell(shop.file());
        QVERIFY(ShopProject::contents(shop.folder, shop.root.path() / "elsewhere" / "s1.db") == shop.before);
    }

    // The way back is known after another plan was made and dropped, and after a rollback.
    void theWayBackOutlivesOtherPlans() {
        const ShopProject shop;
        Job job;
        const auto to = [&](const std::string& design) { return verbs::plan({.project = shop.file(), .to = design}, job); };
        QCOMPARE(to("previous").error().category, ErrorCategory::notFound);
        ShopProject::plan(shop.file(), "by-customer");
        MUST(verbs::execute({shop.file(), {}, true}, job));
        MUST(to("other"));
        MUST(to("other"));
        QCOMPARE(verbs::migrationNow(shop.file()).value()->previous, oneDatabase().name);
        const auto back = to("previous");
        MUST(back);
        QCOMPARE(back->to.design.id, std::string("one"));
        ShopProject::plan(shop.file(), "previous");
        MUST(verbs::execute({shop.file(), {}, true}, job));
        QVERIFY(ShopProject::contents(shop.folder) == shop.before);
        const auto again = to("previous");
        MUST(again);
        QCOMPARE(again->to.design.id, std::string("by-customer"));
    }
};

int main(int argc, char** argv) {
    foreshard::testing::useMemoryFolder();
    TestProjectFolder test;
    return QTest::qExec(&test, argc, argv);
}

#include "test_project_folder.moc"
