// The decision log: what it says is so for ever, whatever the coordinator was doing when it died.
#include <QtTest>

#include <fstream>

#include "core/base/file.h"
#include "core/cluster/decision_log.h"
#include "tests/support/child.h"

using namespace foreshard;
using namespace foreshard::cluster;
using foreshard::testing::Child;
using foreshard::testing::killedAt;

class TestDecisionLog : public QObject {
    Q_OBJECT
    TemporaryFolder folder_;
    std::filesystem::path path(const char* name) const { return folder_.path() / name; }

private Q_SLOTS:
    void decisionsOutliveTheCoordinator() {
        const auto file = path("a.log");
        std::string id;
        uint64_t committed = 0, open = 0;
        {
            const auto log = DecisionLog::open(file, false);
            QVERIFY(log.ok());
            id = (*log)->id();
            QCOMPARE(id.size(), size_t(16));
            committed = (*log)->nextTransaction();
            open = (*log)->nextTransaction();
            QVERIFY((*log)->commit(committed).ok());
            QVERIFY((*log)->committed(committed) && !(*log)->committed(open));
            // What is decided is final at once; what is not may still be.
            QCOMPARE(*askDecision(file, id, committed), Decision::commit);
            QCOMPARE(*askDecision(file, id, open), Decision::pending);
            QVERIFY(coordinatorAlive(file));
            QCOMPARE(DecisionLog::open(file, true).error().category, ErrorCategory::conflict);
        }
        QVERIFY(!coordinatorAlive(file));
        QCOMPARE(*askDecision(file, id, open), Decision::abort);
        const auto again = DecisionLog::open(file, true);
        QCOMPARE((*again)->id(), id);
        QVERIFY((*again)->committed(committed));
        QVERIFY((*again)->nextTransaction() > open);       // numbers are never given out twice
        QCOMPARE(askDecision(file, "0123456789abcdef", open).error().category, ErrorCategory::conflict);
    }

    void anotherProcessHoldsIt() {
        const auto file = path("b.log");
        Child other("log.half-written", 2, [&] {
            const auto log = DecisionLog::open(file, false);
            return log.ok() && (*log)->commit((*log)->nextTransaction()).ok() ? 0 : 1;
        });
        QVERIFY(other.reached());      // in the middle of writing its decision
        QVERIFY(coordinatorAlive(file));
        QCOMPARE(DecisionLog::open(file, true).error().category, ErrorCategory::conflict);
        const std::string id = readFile(file).value().substr(16, 16);
        QCOMPARE(*askDecision(file, id, (uint64_t{1} << 32) | 1), Decision::pending);
        other.goOn();
        QCOMPARE(other.wait(), 0);
        QCOMPARE(*askDecision(file, id, (uint64_t{1} << 32) | 1), Decision::commit);
    }

    // Cut off at every byte of its last record: aborted, and nothing later completes it.
    void aTornTailIsNoDecision() {
        const auto file = path("c.log");
        QVERIFY(killedAt("log.half-written", 2, [&] {
            const auto log = DecisionLog::open(file, false);
            return (*log)->commit((*log)->nextTransaction()).ok() ? 0 : 1;
        }));
        const std::string id = readFile(file).value().substr(16, 16);
        const uint64_t torn = (uint64_t{1} << 32) | 1;
        QCOMPARE(*askDecision(file, id, torn), Decision::abort);
        std::string whole;
        {
            const auto log = DecisionLog::open(file, true);
            QVERIFY(!(*log)->committed(torn));
            const uint64_t next = (*log)->nextTransaction();
            QVERIFY(next != torn && (*log)->commit(next).ok());
            QCOMPARE(*askDecision(file, id, torn), Decision::pending);
            QCOMPARE(*askDecision(file, id, next), Decision::commit);
            whole = readFile(file).value();
        }
        const uint64_t last = (uint64_t{2} << 32) | 1;
        for (size_t cut = 1; cut < 24; ++cut) {
            std::ofstream(file, std::ios::binary | std::ios::trunc) << whole.substr(0, whole.size() - cut);
            QCOMPARE(*askDecision(file, id, last), Decision::abort);
        }
        for (size_t flip = whole.size() - 24; flip < whole.size(); ++flip) {
            std::string damaged = whole;
            damaged[flip] = static_cast<char>(damaged[flip] ^ 1);
            std::ofstream(file, std::ios::binary | std::ios::trunc) << damaged;
            QCOMPARE(*askDecision(file, id, last), Decision::abort);
        }
        // A record copied to another place does not check either.
        std::ofstream(file, std::ios::binary | std::ios::trunc) << whole + whole.substr(whole.size() - 24);
        QCOMPARE(*askDecision(file, id, last), Decision::commit);
        QCOMPARE((*DecisionLog::open(file, true))->committed(last), true);
    }

    void foreignFiles() {
        const auto text = path("text");
        std::ofstream(text) << "this is some other file, and it must stay as it is";
        QCOMPARE(DecisionLog::open(text, false).error().category, ErrorCategory::format);
        QCOMPARE(readFile(text).value(), std::string("this is some other file, and it must stay as it is"));
        QCOMPARE(askDecision(text, "x", 1).error().category, ErrorCategory::format);
        const auto newer = path("newer");
        QVERIFY(DecisionLog::open(newer, false).ok());
        std::string bytes = readFile(newer).value();
        bytes[8] = 2;
        std::ofstream(newer, std::ios::binary | std::ios::trunc) << bytes;
        QCOMPARE(DecisionLog::open(newer, true).error().category, ErrorCategory::version);
        const auto missing = DecisionLog::open(path("missing"), true);
        QVERIFY(!missing.ok() && missing.error().next.find("Put the file back") != std::string::npos);
        QVERIFY(!std::filesystem::exists(path("missing")));
        QVERIFY(!askDecision(path("missing"), "x", 1).ok());
    }

    // Removed or replaced while it is in use: nothing more is decided.
    void replacedUnderTheCoordinator() {
        const auto file = path("d.log");
        const auto log = DecisionLog::open(file, false);
        std::filesystem::rename(file, path("elsewhere"));
        QCOMPARE((*log)->commit((*log)->nextTransaction()).error().category, ErrorCategory::notFound);
        std::ofstream(file) << "another";
        QCOMPARE((*log)->commit((*log)->nextTransaction()).error().category, ErrorCategory::notFound);
        std::filesystem::rename(path("elsewhere"), file);
        QVERIFY((*log)->commit((*log)->nextTransaction()).ok());
    }
};

QTEST_APPLESS_MAIN(TestDecisionLog)
#include "test_decision_log.moc"
