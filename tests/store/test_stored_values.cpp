// Named values: revisions, compression, and damage that SQLite itself does not see.
#include <QtTest>

#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/store/compress.h"
#include "core/store/values.h"

using namespace foreshard;
using namespace foreshard::store;

namespace {

const Database::Kind kind{"Foreshard test file", 0x46534854, {ValueStore::createTables}};

std::string noise(size_t size) {
    Random random(11);
    std::string out(size, '\0');
    for (char& c : out) c = static_cast<char>(random.next());
    return out;
}

}  // namespace

class TestStoredValues : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void putAndGet() {
        const TemporaryFolder folder;
        auto db = Database::create(folder.path() / "a", kind, {});
        ValueStore values(*db);
        QVERIFY(!values.get("workload", "").value());
        for (const std::string& bytes :
             {std::string(), std::string("short\0text", 10), std::string(100'000, 'r'), noise(17 << 20)}) {
            QVERIFY(values.put({"workload", "main", bytes, 3, 0xffffffffffffffffULL, 42}).ok());
            const auto back = values.get("workload", "main");
            QVERIFY(back.ok() && *back);
            QVERIFY((*back)->bytes == bytes);
            QCOMPARE((*back)->info.fingerprint, uint64_t(0xffffffffffffffffULL));
            QCOMPARE((*back)->info.inputs, uint64_t(42));
            QCOMPARE((*back)->info.version, uint32_t(3));
        }
        QCOMPARE(values.info("workload", "main").value()->revision, 4);
        QCOMPARE(values.history("workload", "main").value().size(), size_t(1));
        QVERIFY(values.remove("workload", "main").ok());
        QVERIFY(!values.get("workload", "main").value());
        auto parts = db->prepare("SELECT COUNT(*) FROM stored_part");
        QVERIFY(*parts->step() && parts->integer(0) == 0);
    }
    void historyAndLists() {
        const TemporaryFolder folder;
        auto db = Database::create(folder.path() / "a", kind, {});
        ValueStore values(*db);
        for (int i = 1; i <= 5; ++i) QVERIFY(values.put({"design", "d1", std::to_string(i), 1, 0, 0, 2}).ok());
        QVERIFY(values.put({"design", "a'b\"; --", "x"}).ok());
        const auto history = values.history("design", "d1").value();
        QCOMPARE(history.size(), size_t(3));
        QCOMPARE(history[0].revision, 5);
        QCOMPARE(values.getRevision("design", "d1", 4).value()->bytes, std::string("4"));
        QVERIFY(!values.getRevision("design", "d1", 1).value());
        const auto list = values.list("design").value();
        QCOMPARE(list.size(), size_t(2));
        QCOMPARE(list[0].name, std::string("a'b\"; --"));
        QCOMPARE(list[1].revision, 5);
    }
    void damageIsAnError() {
        const TemporaryFolder folder;
        auto db = Database::create(folder.path() / "a", kind, {});
        ValueStore values(*db);
        QVERIFY(values.put({"workload", "", std::string(50'000, 'a') + noise(2'000)}).ok());
        QVERIFY(values.put({"plan", "", "short"}).ok());
        const auto damagedBy = [&](const char* sql, const char* what) {
            if (!db->run("SAVEPOINT s").ok() || !db->run(sql).ok()) qFatal("cannot damage");
            const auto back = values.get(what, "");
            (void)db->run("ROLLBACK TO s; RELEASE s");
            return !back.ok() && back.error().category == ErrorCategory::format;
        };
        QVERIFY(damagedBy("UPDATE stored_part SET bytes = substr(bytes, 1, length(bytes) - 1)", "workload"));
        QVERIFY(damagedBy("UPDATE stored_part SET bytes = zeroblob(length(bytes))", "workload"));
        QVERIFY(damagedBy("DELETE FROM stored_part", "workload"));
        QVERIFY(damagedBy("UPDATE stored_value SET size = 9223372036854775807", "workload"));  // takes no memory
        QVERIFY(damagedBy("UPDATE stored_value SET size = -1", "plan"));
        QVERIFY(damagedBy("UPDATE stored_value SET compressed = 1", "plan"));
        QVERIFY(damagedBy("UPDATE stored_part SET bytes = 'shorT'", "plan"));
        QVERIFY(values.get("workload", "").value() && values.get("plan", "").value());
    }
    void compression() {
        for (const std::string& bytes : {std::string("a"), std::string(3'000'000, 'b'), noise(600'000)}) {
            const std::string small = deflateBytes(bytes);
            QVERIFY(inflateBytes(small, bytes.size()).value() == bytes);
            QVERIFY(!inflateBytes(small, bytes.size() + 1) && !inflateBytes(small, bytes.size() - 1));
            QVERIFY(!inflateBytes(std::string_view(small).substr(0, small.size() - 1), bytes.size()));
        }
        QVERIFY(!inflateBytes("", 1) && !inflateBytes("junk", 100) && !inflateBytes("junk", UINT64_MAX));
        Random random(5);
        const std::string small = deflateBytes(std::string(10'000, 'c'));
        for (int round = 0; round < 200; ++round) {
            std::string flipped = small;
            flipped[random.below(flipped.size())] ^= static_cast<char>(1 << random.below(8));
            const auto back = inflateBytes(flipped, 10'000);
            QVERIFY(!back.ok() || back->size() == 10'000);
        }
    }
};

QTEST_APPLESS_MAIN(TestStoredValues)
#include "test_stored_values.moc"
