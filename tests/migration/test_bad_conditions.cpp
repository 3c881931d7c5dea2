// Migrations under bad conditions: each stops with a sentence that names what is wrong and what to do, status can explain
// where things stand, no row is lost, and once it is put right, resume or rollback goes on.
#include <signal.h>
#include <sys/resource.h>

#include <QtTest>

#include "core/cluster/catalogue.h"
#include "tests/migration/migration_fixture.h"
#include "tests/support/child.h"
#include "tests/support/memory_folder.h"
#include "tests/support/must.h"

using namespace shop;
using foreshard::testing::killedAt;

namespace {

// Cut off in the middle of moving.
struct CutOff : Shop {
    MigrationPlan plan_;
    std::map<std::string, int> before_;

    explicit CutOff(int batches = 2) : Shop(2, 60, 2), plan_(plan(oneDatabase(), byCustomer(2))), before_(contents()) {
        approveAll(plan_);
        if (!killedAt("batch.target-applied", batches, [&] { return go().ok() ? 0 : 1; })) qFatal("it was not cut off");
    }
    Result<MigrationStatus> go() const {
        Job job;
        auto how = options();
        how.busyMilliseconds = 200;
        return execute(plan_, cluster, how, job);
    }
    MigrationStatus now() const { return status(plan_, cluster).value(); }
    bool may(const char* verb) const {
        const auto state = now();
        return std::find(state.legal.begin(), state.legal.end(), verb) != state.legal.end();
    }
    bool ends() const {
        const auto done = go();
        Job job;
        const auto checked = verify(cluster, std::nullopt, job);
        return done.ok() && done->state == MigrationState::done && contents() == before_ && checked.ok() && checked->ok;
    }
};

bool says(const Error& error, const char* what) { return error.message.find(what) != std::string::npos && !error.next.empty(); }

}  // namespace

class TestBadConditions : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aTargetIsAway() {
        CutOff shop;
        std::filesystem::create_directory(shop.folder.path() / "away");
        const auto move = [&](const std::filesystem::path& from, const std::filesystem::path& to) {
            for (const char* name : {"shard1.db", "shard1.db-wal", "shard1.db-shm"})
                if (std::filesystem::exists(from / name)) std::filesystem::rename(from / name, to / name);
        };
        move(shop.folder.path(), shop.folder.path() / "away");
        const auto failed = shop.go();
        QVERIFY(!failed.ok());
        QCOMPARE(failed.error().category, ErrorCategory::notFound);
        QVERIFY(says(failed.error(), "s1"));
        QVERIFY(!shop.cluster.exists(1));       // and nobody makes an empty one in its place
        QCOMPARE(shop.now().state, MigrationState::failed);
        QVERIFY(shop.now().note.find("s1") != std::string::npos && shop.may("resume") && shop.may("rollback"));
        Job job;
        const auto blind = verify(shop.cluster, std::nullopt, job);
        QVERIFY(!blind.ok() && says(blind.error(), "s1"));
        move(shop.folder.path() / "away", shop.folder.path());
        QVERIFY(shop.ends());
    }

    void theDecisionLogIsAway() {
        CutOff shop;
        std::filesystem::rename(shop.log(), shop.folder.path() / "away.log");
        const auto failed = shop.go();
        QVERIFY(!failed.ok());
        QVERIFY(failed.error().next.find("Put the file back") != std::string::npos);
        QVERIFY(!std::filesystem::exists(shop.log()));
        std::filesystem::rename(shop.folder.path() / "away.log", shop.log());
        QVERIFY(shop.ends());
    }

    void aShardIsLocked() {
        CutOff shop;
        {
            const auto other = shop.open(1);
            Shop::must(other->begin(Shard::Lock::write));
            const auto failed = shop.go();
            QVERIFY(!failed.ok() && says(failed.error(), "another connection"));
            QCOMPARE(failed.error().category, ErrorCategory::conflict);
            other->rollback();
        }
        QVERIFY(shop.may("resume"));
        QVERIFY(shop.ends());
    }

    // No more room for any file to grow.
    void theDiskIsFull() {
        CutOff shop;
        testing::Child child("never", 1, [&] {
            ::signal(SIGXFSZ, SIG_IGN);
            const rlimit limit{4'096, 4'096};
            ::setrlimit(RLIMIT_FSIZE, &limit);
            const auto failed = shop.go();
            return !failed.ok() && failed.error().category == ErrorCategory::io && !failed.error().next.empty() ? 0 : 1;
        });
        QCOMPARE(child.wait(), 0);
        QVERIFY(shop.may("resume"));
        QVERIFY(shop.ends());
    }

    void aRowIsRefused() {
        CutOff shop;
        // A writer that does not ask the router has put a row where another is about to arrive.
        int64_t taken = 0;
        Shop::must(shop.open(0)->query("SELECT k1 FROM foreshard_rows_2 WHERE chunk = 1 LIMIT 1", {}, [&](const Cells& row) { return taken = integerOf(row[0]), true; }));
        QVERIFY(taken > 0);
        Shop::must(shop.open(1)->execute("INSERT INTO customer VALUES (?, 'squatter', 'DE', 0)", Cells{taken}));
        const auto failed = shop.go();
        QVERIFY(!failed.ok());
        QCOMPARE(failed.error().category, ErrorCategory::conflict);
        QVERIFY(says(failed.error(), "customer") && says(failed.error(), std::to_string(taken).c_str()));
        QCOMPARE(shop.now().state, MigrationState::failed);
        QCOMPARE(shop.now().inDoubt, 0u);        // taken back at once
        Shop::must(shop.open(1)->execute("DELETE FROM customer WHERE name = 'squatter'"));
        QVERIFY(shop.ends());
    }

    void usedPlansAndCopies() {
        CutOff shop;
        // A copy of the project brings another decision log.
        Job job;
        auto elsewhere = shop.options();
        elsewhere.decisionLog = shop.folder.path() / "copy.log";
        const auto refused = execute(shop.plan_, shop.cluster, elsewhere, job);
        QVERIFY(!refused.ok() && says(refused.error(), "decisions.log"));
        QVERIFY(!std::filesystem::exists(elsewhere.decisionLog));
        QVERIFY(shop.ends());
        QCOMPARE(shop.go().error().category, ErrorCategory::conflict);
        QCOMPARE(resume(shop.plan_, shop.cluster, shop.options(), job).error().category, ErrorCategory::conflict);
    }

    void rollbackFromEveryState() {
        for (const char* point : {"begin.lead", "schema.created", "capture.slice", "copy.decided", "batch.source-prepared", "batch.decided", "step.ran", "switch.shard"}) {
            Shop shop(3, 40, 2);
            const auto before = shop.contents(true);
            auto plan = shop.plan(oneDatabase(), byCustomer(3));
            Shop::approveAll(plan);
            QVERIFY2(killedAt(point, 1, [&] { Job job; return execute(plan, shop.cluster, shop.options(), job).ok() ? 0 : 1; }), point);
            Job job;
            const auto back = rollback(plan, shop.cluster, shop.options(), job);
            MUST(back);
            QCOMPARE(back->state, MigrationState::rolledBack);
            QCOMPARE(shop.contents(true), before);
            const auto checked = verify(shop.cluster, std::nullopt, job);
            MUST(checked);
            QCOMPARE(problems(*checked), std::string());
        }
    }

    // Tables as people make them.
    void strangeTables() {
        TemporaryFolder folder;
        std::vector<ShardSpec> specs;
        for (int i = 0; i < 3; ++i) specs.push_back({fmt::format("s{}", i), fmt::format("sqlite:{}/shard{}.db", folder.path().string(), i)});
        const auto cluster = Cluster::make(specs).value();
        const char* names[] = {"generated", "we\"ird, name", "byText", "hides", "parent", "child", "fired"};
        {
            const auto shard = cluster.open(0, {.create = true}).value();
            for (const char* ddl : {"CREATE TABLE generated(id INTEGER PRIMARY KEY, tenant INTEGER, a TEXT, b TEXT GENERATED ALWAYS AS (upper(a)) STORED, c AS (length(a)) VIRTUAL)",
                                    "CREATE TABLE \"we\"\"ird, name\"(\"sel ect\" BLOB, tenant INTEGER, PRIMARY KEY (\"sel ect\", tenant))",
                                    "CREATE TABLE byText(tenant INTEGER, code TEXT COLLATE NOCASE, n NUMERIC, PRIMARY KEY (code, tenant)) WITHOUT ROWID",
                                    "CREATE TABLE hides(rowid TEXT, oid INTEGER, tenant INTEGER)", "CREATE TABLE parent(tenant INTEGER PRIMARY KEY)",
                                    "CREATE TABLE child(tenant INTEGER REFERENCES parent(tenant), x REAL DEFAULT 1.5)", "CREATE TABLE fired(n INTEGER)",
                                    "CREATE TRIGGER fires AFTER INSERT ON child BEGIN INSERT INTO fired VALUES (1); END", "CREATE TRIGGER guards BEFORE DELETE ON parent BEGIN SELECT RAISE(ABORT, 'no'); END",
                                    "CREATE INDEX generated_b ON generated(b)"})
                Shop::must(shard->execute(ddl));
            for (int64_t i = 1; i <= 60; ++i) {
                const int64_t tenant = i % 12;
                Shop::must(shard->execute("INSERT INTO generated(id, tenant, a) VALUES (?, ?, ?)", Cells{i, tenant, fmt::format("text {}", i)}));
                Shop::must(shard->execute("INSERT INTO \"we\"\"ird, name\" VALUES (?, ?)", Cells{i % 5 == 0 ? Cell(Blob{std::string("\0\xff", 2) + std::to_string(i)}) : Cell(fmt::format("it's {}", i)), tenant}));
                Shop::must(shard->execute("INSERT INTO byText VALUES (?, ?, ?)", Cells{tenant, fmt::format("Ä{}", i), i % 2 ? Cell(0.1 * static_cast<double>(i)) : Cell(i)}));
                Shop::must(shard->execute("INSERT INTO hides VALUES (?, ?, ?)", Cells{std::string("same"), Cell{}, tenant}));
                Shop::must(shard->execute("INSERT OR IGNORE INTO parent VALUES (?)", Cells{tenant}));
                Shop::must(shard->execute("INSERT INTO child(tenant) VALUES (?)", Cells{tenant}));
            }
        }
        const auto contents = [&] {
            std::map<std::string, int> all;
            for (uint32_t i = 0; i < 3; ++i) {
                if (!cluster.exists(i)) continue;
                const auto shard = cluster.open(i).value();
                for (const char* name : names)
                    Shop::must(shard->query("SELECT * FROM " + shard->quote(name), {}, [&](const Cells& row) {
                        std::string text = name;
                        for (const auto& cell : row) text += "|" + std::to_string(cell.index()) + toText(cell) + textOf(cell);
                        return ++all[text], true;
                    }));
            }
            return all;
        };
        const auto by = [&](uint32_t shards) {
            sharding::Design design;
            design.id = fmt::format("on{}", shards);
            design.shards = shards;
            for (const char* name : {"byText", "child", "generated", "hides", "parent", "we\"ird, name"}) {
                auto table = keyed(name, "tenant");
                if (shards == 1) table = keyless(name, sharding::Strategy::unsharded);
                table.group = 1;
                design.tables.push_back(table);
            }
            std::sort(design.tables.begin(), design.tables.end(), [](const auto& a, const auto& b) { return a.table < b.table; });
            design.slotMaps[1] = sharding::evenSlotMap(shards);
            return design;
        };
        const auto before = contents();
        for (const auto& [from, to] : {std::pair{1u, 3u}, {3u, 2u}, {2u, 1u}}) {
            Job job;
            auto plan = makePlan(cluster, by(from), by(to), {}, job);
            MUST(plan);
            for (const auto& finding : plan->lint) QVERIFY2(finding.severity != Severity::error, finding.evidence.c_str());
            Shop::approveAll(*plan);
            ExecuteOptions options;
            options.decisionLog = folder.path() / (plan->id + ".log");
            options.firstBatchRows = options.maxBatchRows = 7;
            const auto done = execute(*plan, cluster, options, job);
            MUST(done);
            QCOMPARE(done->state, MigrationState::done);
            QVERIFY(contents() == before);       // no trigger has fired, none has kept a row back
            const auto checked = verify(cluster, std::nullopt, job);
            MUST(checked);
            QCOMPARE(problems(*checked), std::string());
        }
    }

    void oneNameInTwoSchemas() {
        Shop shop(2);
        auto design = byCustomer(2);
        auto twice = design.tables[1];
        twice.table = "other.customer";
        design.tables.push_back(twice);
        const auto plan = shop.plan(oneDatabase(), design);
        QVERIFY(plan.blocked());
        QVERIFY(std::any_of(plan.lint.begin(), plan.lint.end(), [](const auto& finding) { return finding.what == "table_name_twice"; }));
    }
};

int main(int argc, char** argv) {
    foreshard::testing::useMemoryFolder();
    TestBadConditions test;
    return QTest::qExec(&test, argc, argv);
}

#include "test_bad_conditions.moc"
