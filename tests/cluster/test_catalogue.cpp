// The catalogue: round trips, and refusals of what this build does not know.
#include "tests/cluster/small_cluster.h"

#include "core/cluster/two_phase.h"
#include "core/schema/sqlite_introspection.h"

using namespace small;

class TestCatalogue : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void stateGoesThere() {
        SmallCluster small(2, false);
        const auto shard = small.cluster.open(0).value();
        QVERIFY(!readState(*shard).value());
        QCOMPARE(readGeneration(*shard).value(), uint64_t(0));
        QVERIFY(readCopy(*shard, "country").value() == CopyState{});
        MUST(createCatalogue(*shard));
        MUST(createCatalogue(*shard));
        ClusterState state{"c", 1, 2, 7, "p1", Layout::plain(design(2)), Layout::plain(design(1)), {{1, 1, 1, 0, 0, UINT64_MAX}, {2, 1, 1, 0, uint64_t{1} << 63, UINT64_MAX}}, {"item", "country"}};
        MUST(writeState(*shard, state));
        const auto back = readState(*shard);
        MUST(back);
        QVERIFY((*back)->from == state.from && (*back)->to == state.to && (*back)->chunks == state.chunks && (*back)->tables == state.tables);
        QCOMPARE((*back)->generation, uint64_t(7));
        QCOMPARE((*back)->plan, std::string("p1"));
        // Marks stay when the state is written again, and are compared as unsigned numbers.
        const ChunkMark mark{{UINT64_MAX - 5, 2, UINT64_MAX}, 9};
        MUST(writeMark(*shard, 2, mark));
        MUST(writeState(*shard, state));
        QVERIFY(readMark(*shard, state.chunks[1]).value() == mark);
        QVERIFY(!writeMark(*shard, 3, mark).ok());
        MUST(clearMigration(*shard));
        QVERIFY(readMarks(*shard).value().empty());
    }
    // What a migration keeps beside the user's tables is not the user's; without a catalogue a table of any name is.
    void schemaIsTheUsersAlone() {
        SmallCluster small(2, false);
        Job job;
        const auto names = [&] {
            const auto schema = schema::introspectSqlite(small.folder.path() / "shard0.db", job);
            std::string out;
            if (schema.ok())
                for (const auto& table : schema->tables) out += table.name + " ";
            return out;
        };
        const auto shard = small.cluster.open(0).value();
        MUST(shard->execute("CREATE TABLE foreshard_step(x)"));
        QCOMPARE(names(), std::string("country foreshard_step item "));
        MUST(shard->execute("DROP TABLE foreshard_step"));
        MUST(createCatalogue(*shard));
        for (const auto& list : {manifestTable(1), dirtyTable(1), manifestTable(12), std::string("foreshard_rows")}) MUST(shard->execute(fmt::format("CREATE TABLE {}(x)", list)));
        QCOMPARE(names(), std::string("country foreshard_rows item "));
        const auto notes = schema::introspectSqlite(small.folder.path() / "shard0.db", job)->notes;
        QVERIFY(std::any_of(notes.begin(), notes.end(), [](const std::string& note) { return note.starts_with("12 tables of a migration by Foreshard left out: foreshard_chunk"); }));
    }
    void copiesKeepTheirCount() {
        SmallCluster small(2);
        const auto shard = small.cluster.open(1).value();
        QVERIFY((readCopy(*shard, "country").value() == CopyState{true, 0}));
        MUST(countCopyWrite(*shard, "country"));
        MUST(countCopyWrite(*shard, "country"));
        MUST(setCopyComplete(*shard, "country", false));
        QVERIFY((readCopy(*shard, "country").value() == CopyState{false, 2}));
        MUST(setCopyEpoch(*shard, "country", 40));
        QVERIFY((readCopy(*shard, "country").value() == CopyState{false, 40}));
        MUST(setCopyHeld(*shard, "country", 3, true));
        MUST(setCopyHeld(*shard, "country", 3, true));
        QVERIFY(copyHeld(*shard, "country", 3).value() && !copyHeld(*shard, "country", 2).value());
        MUST(setCopyHeld(*shard, "country", 3, false));
        QVERIFY(!copyHeld(*shard, "country", 3).value());
    }
    void newerAndDamaged() {
        SmallCluster small(2);
        const auto shard = small.cluster.open(1).value();
        QCOMPARE(adoptLayout(small.cluster, Layout::plain(design(2))).error().category, ErrorCategory::conflict);
        MUST(shard->execute("UPDATE foreshard_state SET version = 3"));
        QCOMPARE(readState(*shard).error().category, ErrorCategory::version);
        QCOMPARE(createCatalogue(*shard).error().category, ErrorCategory::version);
        const auto refused = small.session();
        QVERIFY(!refused.ok());
        QCOMPARE(refused.error().category, ErrorCategory::version);
        MUST(shard->execute("UPDATE foreshard_state SET version = 2"));
        const auto whole = textOf(shard->one("SELECT layouts FROM foreshard_state").value()->front());
        for (size_t size = 0; size < whole.size(); size += 7) {
            MUST(shard->execute("UPDATE foreshard_state SET layouts = ?", Cells{Blob{whole.substr(0, size)}}));
            QCOMPARE(readState(*shard).error().category, ErrorCategory::format);
        }
        MUST(shard->execute("UPDATE foreshard_state SET layouts = ?", Cells{Blob{whole}}));
        MUST(readState(*shard));
        MUST(shard->execute("INSERT INTO foreshard_intent VALUES ('log', 1, '/nowhere', x'02ff')"));
        QCOMPARE(readIntents(*shard).error().category, ErrorCategory::format);
    }
};

int main(int argc, char** argv) {
    foreshard::testing::useMemoryFolder();
    TestCatalogue test;
    return QTest::qExec(&test, argc, argv);
}

#include "test_catalogue.moc"
