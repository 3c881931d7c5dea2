// Plans: rounds, lint, the serialised form, approvals.
#include <QtTest>

#include "tests/migration/migration_fixture.h"
#include "core/migration/schedule.h"

using namespace shop;

namespace {

Step move(uint32_t from, uint32_t to, std::vector<uint32_t> needs = {}) {
    Step step;
    step.kind = StepKind::moveChunk;
    step.from = from;
    step.to = to;
    step.needs = std::move(needs);
    return step;
}

bool has(const MigrationPlan& plan, const char* what, Severity severity) {
    return std::any_of(plan.lint.begin(), plan.lint.end(), [&](const auto& finding) { return finding.what == what && finding.severity == severity; });
}

}  // namespace

class TestPlan : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aShardTakesPartInOneMoveARound() {
        Random random(3);
        for (int round = 0; round < 50; ++round) {
            std::vector<Step> steps;
            const auto count = 1 + random.below(30);
            for (uint64_t i = 0; i < count; ++i) {
                const auto from = static_cast<uint32_t>(random.below(6));
                const auto to = static_cast<uint32_t>((from + 1 + random.below(5)) % 6);
                std::vector<uint32_t> needs;
                if (i > 0 && random.below(4) == 0) needs.push_back(static_cast<uint32_t>(random.below(i)));
                steps.push_back(move(from, to, needs));
            }
            QVERIFY(schedule(steps).ok());
            std::map<uint32_t, std::set<uint32_t>> busy;
            for (const auto& step : steps) {
                QVERIFY(busy[step.round].insert(step.from).second);
                QVERIFY(busy[step.round].insert(step.to).second);
                for (const uint32_t need : step.needs) QVERIFY(steps[need].round < step.round);
            }
            QCOMPARE(uint32_t(busy.size()), steps.back().round);   // no empty rounds
        }
        // A ring of four shards needs two rounds, not four.
        std::vector<Step> ring{move(0, 1), move(1, 2), move(2, 3), move(3, 0)};
        QVERIFY(schedule(ring).ok());
        QVERIFY(ring.back().round <= 3);
        std::vector<Step> circle{move(0, 1, {1}), move(1, 0, {0})};
        QCOMPARE(schedule(circle).error().category, ErrorCategory::internal);
    }

    void planSaysWhatMoves() {
        Shop shop(2);
        const auto plan = shop.plan(oneDatabase(), byCustomer(2), 200);
        uint64_t rows = 0;
        int moves = 0, copies = 0;
        for (const auto& step : plan.steps) {
            if (step.kind == StepKind::moveChunk) {
                ++moves;
                rows += *step.rows;
                QVERIFY(*step.bytes > 0);
            }
            copies += step.kind == StepKind::copyReference;
        }
        QVERIFY(moves > 2);
        QCOMPARE(copies, 1);
        QVERIFY(rows > 600 && rows < 2'000);   // about half of 2267
        QVERIFY(!plan.reverse.empty());
        QCOMPARE(plan.steps.back().kind, StepKind::cleanUp);
        QVERIFY(!plan.steps.back().reversible);
        QVERIFY(!shop.cluster.exists(1));       // planning writes nothing
        QCOMPARE(shop.count(0, "SELECT count(*) FROM sqlite_master WHERE name LIKE 'foreshard%'"), 0);
    }

    void lintNamesWhatBites() {
        Shop shop(2);
        const auto shard = shop.open(0);
        Shop::must(shard->execute("CREATE TABLE extra(id INTEGER PRIMARY KEY AUTOINCREMENT, customer_id TEXT, mail TEXT UNIQUE, FOREIGN KEY (mail) REFERENCES setting(name))"));
        Shop::must(shard->execute("CREATE TRIGGER beep AFTER INSERT ON note BEGIN UPDATE setting SET value = value + 1; END"));
        Shop::must(shard->execute("CREATE VIEW v AS SELECT * FROM customer"));
        Shop::must(shard->execute("INSERT INTO note VALUES (NULL, 'whose?')"));
        auto design = byCustomer(2);
        design.tables.push_back(keyed("extra", "customer_id"));
        std::sort(design.tables.begin(), design.tables.end(), [](const auto& a, const auto& b) { return a.table < b.table; });
        const auto plan = shop.plan(oneDatabase(), design);
        QVERIFY(has(plan, "no_primary_key", Severity::warning));
        QVERIFY(has(plan, "unique_without_key", Severity::warning));
        QVERIFY(has(plan, "foreign_key_across_shards", Severity::warning));
        QVERIFY(has(plan, "ids_made_by_shard", Severity::warning));
        QVERIFY(has(plan, "trigger", Severity::warning));
        QVERIFY(has(plan, "view", Severity::warning));
        QVERIFY(has(plan, "null_keys", Severity::warning));
        QVERIFY(has(plan, "key_types_differ", Severity::warning));
        QVERIFY(has(plan, "without_row_id", Severity::note));
        QVERIFY(has(plan, "shard_will_be_made", Severity::note));
        QVERIFY(has(plan, "table_not_in_design", Severity::note));
        QVERIFY(!plan.blocked());
    }

    // A stored lookup is no step of the plan: it is said, with what it means. One that is computed needs nothing.
    void lookupsAreNotMade() {
        Shop shop(2);
        auto design = byCustomer(2);
        const sharding::KeyPart nr{"nr", "nr", ValueType::integer}, customer{"customer_id", "customer_id", ValueType::integer};
        design.lookups = {{"main.line", {nr}, {customer}, true, "nr"}};
        QVERIFY(!has(shop.plan(oneDatabase(), design), "lookup_not_made", Severity::warning));
        design.lookups.push_back({"main.orders", {nr}, {customer}, true, {}});
        const auto plan = shop.plan(oneDatabase(), design);
        QVERIFY(has(plan, "lookup_not_made", Severity::warning) && !plan.blocked());
        const auto found = std::find_if(plan.lint.begin(), plan.lint.end(), [](const auto& finding) { return finding.what == "lookup_not_made"; });
        QVERIFY2(found->evidence.find("main.orders") != std::string::npos && found->evidence.find("(nr) alone go to every shard") != std::string::npos, found->evidence.c_str());
    }

    void misplacedRowsForbidExecution() {
        Shop shop(2);
        const auto second = shop.open(1, true);
        Shop::must(second->execute(ddl[4]));
        Shop::must(second->execute("INSERT INTO note VALUES (1, 'not mine')"));
        auto plan = shop.plan(oneDatabase(), byCustomer(2));
        QVERIFY(has(plan, "misplaced_rows", Severity::error));
        Shop::approveAll(plan);
        Job job;
        QVERIFY(!execute(plan, shop.cluster, shop.options(), job).ok());
        QCOMPARE(shop.count(0, "SELECT count(*) FROM sqlite_master WHERE name LIKE 'foreshard%'"), 0);
    }

    void serialisedFormSurvivesDamage() {
        Shop shop(3);
        auto plan = shop.plan(oneDatabase(), byCustomer(3), 300);
        Shop::approveAll(plan);
        const std::string bytes = writePlan(plan);
        const auto same = readPlan(bytes);
        QVERIFY(same.ok());
        QVERIFY(*same == plan);
        Random random(5);
        for (size_t cut = 0; cut < bytes.size(); cut += 1 + random.below(20)) QVERIFY(!readPlan(std::string_view(bytes).substr(0, cut)).ok());
        for (int i = 0; i < 2'000; ++i) {
            std::string broken = bytes;
            broken[random.below(broken.size())] ^= static_cast<char>(1 << random.below(8));
            (void)readPlan(broken);
        }
        ByteWriter newer;
        newer.text("FSPLAN");
        newer.varint(99);
        QCOMPARE(readPlan(newer.bytes()).error().category, ErrorCategory::version);
    }

    void badClustersAreRefused() {
        Shop shop(2);
        Job job;
        QVERIFY(!makePlan(shop.cluster, oneDatabase(), byCustomer(3), {}, job).ok());   // too few shards
        QCOMPARE(makePlan(shop.cluster, byCustomer(2), oneDatabase(), {}, job).error().category, ErrorCategory::notFound);   // s1 should have rows
        auto wrong = byCustomer(2);
        wrong.tables[1].key[0] = {"nothing", "nothing", ValueType::integer};
        QCOMPARE(makePlan(shop.cluster, oneDatabase(), wrong, {}, job).error().category, ErrorCategory::usage);
        QVERIFY(writeFileWhole(shop.file(1), std::string(8192, 'z')).ok());
        QCOMPARE(makePlan(shop.cluster, oneDatabase(), byCustomer(2), {}, job).error().category, ErrorCategory::format);
    }
};

QTEST_APPLESS_MAIN(TestPlan)
#include "test_plan.moc"
