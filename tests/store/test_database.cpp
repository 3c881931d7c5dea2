// The SQLite layer: whole or not at all, two holders at once, and files that are foreign, newer, damaged or on a full
// disk.
#include <QtTest>

#include <sys/mount.h>
#include <unistd.h>

#include <thread>

#include "core/base/file.h"
#include "core/store/database.h"

using namespace foreshard;
using namespace foreshard::store;

namespace {

Database::Kind kind(size_t version) {
    Database::Kind out{"Foreshard test file", 0x46534854, {}};
    for (size_t i = 0; i < version; ++i)
        out.steps.push_back([i](Database& db) {
            return db.run(("CREATE TABLE t" + std::to_string(i) + " (x INTEGER PRIMARY KEY, y TEXT)").c_str());
        });
    return out;
}
Status addRows(Database& db, int count, const std::string& text) {
    return db.transaction([&]() -> Status {
        FS_ASSIGN(Statement insert, db.prepare("INSERT INTO t0 (y) VALUES (?)"));
        for (int i = 0; i < count; ++i) FS_TRY(insert.bind(std::string_view(text)).run());
        return {};
    });
}
int64_t rows(Database& db) {
    auto count = db.prepare("SELECT COUNT(*) FROM t0");
    if (!count || !count->step()) return -1;
    return count->integer(0);
}

// A tiny disk, where the machine lets us mount one.
struct TinyDisk {
    const std::filesystem::path& path;
    bool mounted = ::mount("none", path.c_str(), "tmpfs", 0, "size=400k") == 0;
    ~TinyDisk() {
        if (mounted) ::umount2(path.c_str(), MNT_DETACH);
    }
};

}  // namespace

class TestDatabase : public QObject {
    Q_OBJECT
private Q_SLOTS:
    // Somebody who may read the file and not write it reads it, whether another one holds it or not, and leaves nothing behind.
    void withoutWriteAccess() {
        const TemporaryFolder folder;
        const auto file = folder.path() / "a 1%.foreshard";
        auto held = Database::create(file, kind(1), {});
        QVERIFY(held.ok() && addRows(*held, 3, "x"));
        std::filesystem::permissions(folder.path(), std::filesystem::perms(0755));
        const uid_t self = ::geteuid();
        const auto asReader = [&](const auto& look) {
            if (self == 0 && ::seteuid(65534) != 0) QSKIP("cannot become another user");
            if (self != 0) std::filesystem::permissions(file, std::filesystem::perms(0444)), std::filesystem::permissions(folder.path(), std::filesystem::perms(0555));
            look();
            if (self == 0) QCOMPARE(::seteuid(self), 0);
            else std::filesystem::permissions(folder.path(), std::filesystem::perms(0755)), std::filesystem::permissions(file, std::filesystem::perms(0644));
        };
        const auto look = [&] {
            auto db = Database::open(file, kind(1), {});
            QVERIFY2(db.ok(), db ? "" : (db.error().message + db.error().cause).c_str());
            QCOMPARE(rows(*db), int64_t(3));
            QVERIFY(addRows(*db, 1, "y").error().category == ErrorCategory::unreadable);
            QVERIFY(Database::open(file, kind(2), {}).error().category == ErrorCategory::unreadable);
        };
        asReader(look);
        held = Error{ErrorCategory::notFound, "closed", {}, {}};
        QVERIFY(!std::filesystem::exists(file.string() + "-wal"));
        asReader(look);
        QVERIFY(!std::filesystem::exists(file.string() + "-wal"));
        auto again = Database::open(file, kind(1), {});
        QVERIFY(again.ok() && addRows(*again, 1, "z"));
    }
    void createAndOpen() {
        const TemporaryFolder folder;
        const auto file = folder.path() / "a.foreshard";
        {
            auto db = Database::create(file, kind(1), {});
            QVERIFY2(db.ok(), db ? "" : db.error().cause.c_str());
            QVERIFY(addRows(*db, 3, "x'; DROP TABLE t0; --"));
        }
        QVERIFY(Database::create(file, kind(1), {}).error().category == ErrorCategory::conflict);
        auto db = Database::open(file, kind(1), {});
        QCOMPARE(rows(*db), 3);
        size_t files = 0;
        for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder.path())) ++files;
        QVERIFY(files <= 3);  // the file, -wal, -shm: no draft stays behind
    }
    void migratesStepByStep() {
        const TemporaryFolder folder;
        const auto file = folder.path() / "a.foreshard";
        QVERIFY(Database::create(file, kind(1), {}).ok());
        auto broken = kind(3);
        broken.steps[2] = [](Database& db) { return db.run("CREATE TABLE t0 (x)"); };
        QVERIFY(!Database::open(file, broken, {}));
        QVERIFY(Database::open(file, kind(1), {}).ok());  // the failed migration left nothing behind
        auto db = Database::open(file, kind(3), {});
        QVERIFY(db.ok() && db->run("INSERT INTO t2 (y) VALUES ('new')").ok());
        const auto refused = Database::open(file, kind(1), {});
        QVERIFY(refused.error().category == ErrorCategory::version);
    }
    void transactionsAndSavepoints() {
        const TemporaryFolder folder;
        auto db = Database::create(folder.path() / "a", kind(1), {});
        const Error stop{ErrorCategory::conflict, "stop", {}, {}};
        QVERIFY(db->transaction([&]() -> Status {
                      FS_TRY(addRows(*db, 1, "kept"));
                      (void)db->transaction([&]() -> Status {
                          FS_TRY(addRows(*db, 5, "undone"));
                          return stop;
                      });
                      return {};
                  }).ok());
        QCOMPARE(rows(*db), 1);
        QVERIFY(!db->transaction([&]() -> Status {
                       FS_TRY(addRows(*db, 5, "undone"));
                       return stop;
                   }).ok());
        try {
            (void)db->transaction([&]() -> Status {
                (void)addRows(*db, 5, "undone");
                throw 1;
            });
        } catch (int) {
        }
        QCOMPARE(rows(*db), 1);
    }
    void filesThatAreNotOurs() {
        const TemporaryFolder folder;
        const auto file = folder.path() / "a";
        const auto refused = [&](std::string_view bytes) {
            if (!writeFileWhole(file, bytes)) qFatal("cannot write");
            const auto db = Database::open(file, kind(1), {});
            if (readFile(file).value() != bytes) qFatal("the file was touched");
            return db ? std::string("opened") : std::string(toString(db.error().category));
        };
        QCOMPARE(refused(""), std::string("format"));
        QCOMPARE(refused("a text file"), std::string("format"));
        QCOMPARE(refused(std::string(5000, '\xff')), std::string("format"));
        const auto other = folder.path() / "other";
        auto foreign = kind(1);
        foreign.applicationId = 1;
        QVERIFY(Database::create(other, foreign, {}).ok());
        QCOMPARE(refused(readFile(other).value()), std::string("format"));
        QVERIFY(Database::open(folder.path() / "none", kind(1), {}).error().category == ErrorCategory::notFound);
        QVERIFY(!std::filesystem::exists(folder.path() / "none"));
        QVERIFY(!Database::open(folder.path(), kind(1), {}).ok());
        QVERIFY(!Database::create(folder.path() / "no" / "folder", kind(1), {}).ok());
    }
    void damagedPages() {
        const TemporaryFolder folder;
        const auto file = folder.path() / "a";
        {
            auto db = Database::create(file, kind(1), {});
            QVERIFY(addRows(*db, 2000, std::string(100, 'y')));
        }
        const std::string whole = readFile(file).value();
        std::string broken = whole;
        for (size_t page = 4; page < 10; ++page)
            std::fill_n(broken.begin() + static_cast<std::ptrdiff_t>(page * 4096), 64, '\x7f');
        for (const std::string& bytes : {broken, whole.substr(0, whole.size() / 2), whole.substr(0, 150)}) {
            QVERIFY(writeFileWhole(file, bytes));
            const auto db = Database::open(file, kind(1), {});
            QVERIFY(!db.ok());
            QVERIFY(db.error().category == ErrorCategory::format);
            QVERIFY(readFile(file).value() == bytes);
        }
    }
    void twoHoldersAtOnce() {
        const TemporaryFolder folder;
        const auto file = folder.path() / "a";
        auto one = Database::create(file, kind(1), {});
        auto two = Database::open(file, kind(1), {});
        const int64_t before = two->dataVersion().value();
        std::vector<std::thread> writers;
        std::atomic<int> failed{0};
        for (int writer = 0; writer < 2; ++writer)
            writers.emplace_back([&] {
                auto db = Database::open(file, kind(1), {});
                for (int i = 0; i < 30; ++i)
                    if (!db.ok() || !addRows(*db, 10, "x").ok()) ++failed;
            });
        while (rows(*two) < 300) std::this_thread::yield();  // readers are never locked out
        for (std::thread& writer : writers) writer.join();
        QCOMPARE(failed.load(), 0);
        QCOMPARE(rows(*one), 600);
        QVERIFY(two->dataVersion().value() != before);
        QVERIFY(one->run("BEGIN IMMEDIATE").ok());
        auto hasty = Database::open(file, kind(1), {std::chrono::milliseconds(10), false, 0});
        QVERIFY(hasty->transaction([] { return Status(); }).error().category == ErrorCategory::conflict);
    }
    void fullDisk() {
        const TemporaryFolder folder;
        const TinyDisk disk{folder.path()};
        auto db = Database::create(folder.path() / "a", kind(1), {});
        QVERIFY(db.ok());
        QVERIFY(addRows(*db, 10, "before"));
        if (!disk.mounted) QVERIFY(db->run("PRAGMA max_page_count=30").ok());
        const Status full = addRows(*db, 100, std::string(10'000, 'z'));
        QVERIFY(!full.ok());
        QVERIFY2(full.error().category == ErrorCategory::io, full.error().cause.c_str());
        QCOMPARE(rows(*db), 10);
        { const auto closed = std::move(db); }
        auto again = Database::open(folder.path() / "a", kind(1), {});
        QCOMPARE(rows(*again), 10);
    }
};

QTEST_APPLESS_MAIN(TestDatabase)
#include "test_database.moc"
