// Compressed logs and pipes give what the plain log gives; damaged ones give what can be had and say so.
#include <QtTest/QTest>

#include <unistd.h>

#include <fstream>
#include <thread>

#include "core/ingest/ingest.h"
#include "core/ingest/tail.h"
#include "tests/ingest/collect.h"
#include "tests/ingest/summary.h"
#include "tests/support/packed.h"

using namespace foreshard;
using namespace foreshard::ingest;
using namespace foreshard::ingest::testing;

using foreshard::testsupport::gzipped;
using foreshard::testsupport::zstandard;

class TestUnpack : public QObject {
    Q_OBJECT
    TemporaryFolder folder_;
    std::string plain_ = testData("all.csv");

    std::string path(const char* name) { return (folder_.path() / name).string(); }
    std::string fileOf(const char* name, const std::string& bytes) {
        std::ofstream(path(name), std::ios::binary) << bytes;
        return path(name);
    }
    std::string partialOf(const std::string& file, Job& job) {
        IngestOptions options;
        options.source = "test";
        options.rangeBytes = 5'000;
        const auto result = ingestFiles({file}, options, job);
        if (!result.ok()) return result.error().message;
        return summaryOf(*workload::finish(result->partial));
    }

private Q_SLOTS:
    void compressedIsTheSameLog() {
        Job job;
        const std::string whole = partialOf(fileOf("plain.csv", plain_), job);
        const size_t half = plain_.size() / 2;
        const std::pair<const char*, std::string> packed[]{
            {"one.gz", gzipped(plain_)},
            {"members.gz", gzipped(plain_.substr(0, half)) + gzipped(plain_.substr(half))},
            {"padded.gz", gzipped(plain_) + std::string(512, '\0')},
            {"one.zst", zstandard(plain_)},
            {"frames.zst", zstandard(plain_.substr(0, half)) + zstandard(plain_.substr(half))},
            {"misnamed.csv", zstandard(plain_)}};
        const auto content = contentsOf(path("plain.csv"), job)->front();
        for (const auto& [name, bytes] : packed) {
            const auto file = fileOf(name, bytes);
            QCOMPARE(QByteArray::fromStdString(partialOf(file, job)), QByteArray::fromStdString(whole));
            QVERIFY(contentsOf(file, job)->front() == content);
        }
        QCOMPARE(job.diagnostics().byReason().count("packed_cut_short"), size_t(0));
    }

    // A packed log that goes on begins with the text it had, however it is packed now; what is new is read by itself.
    void grown() {
        const size_t half = plain_.rfind('\n', plain_.size() / 2) + 1;
        const std::string before = plain_.substr(0, half), more = plain_.substr(half);
        Job job;
        const auto was = contentsOf(fileOf("was.gz", gzipped(before)), job)->front();
        QCOMPARE(was.bytes, uint64_t(half));
        for (const auto& [name, bytes] : {std::pair{"again.gz", gzipped(plain_)}, {"member.gz", gzipped(before) + gzipped(more)}, {"again.zst", zstandard(plain_)},
                                          {"frame.zst", zstandard(before) + zstandard(more)}}) {
            const auto now = contentsOf(fileOf(name, bytes), job, {3, was.bytes, plain_.size()});
            QCOMPARE(now->size(), size_t(3));   // the last is no earlier state
            QCOMPARE(now->front().bytes, uint64_t(plain_.size()));
            QVERIFY(now->back() == was);
            IngestOptions options;
            options.source = "test";
            auto all = ingestFiles({path("was.gz")}, options, job)->partial;
            const uint64_t first = all.callsLogged();
            LogTail tail(path(name), options, was.bytes);
            const auto step = tail.poll(job, true);
            QVERIFY(step.ok() && all.merge(step->partial).ok());
            QCOMPARE(all.callsLogged(), ingestFiles({path("plain.csv")}, options, job)->partial.callsLogged());
            QVERIFY(first > 0 && first < all.callsLogged());
        }
        std::string changed = plain_;
        changed[half / 2] ^= 1;
        const auto other = contentsOf(fileOf("changed.gz", gzipped(changed)), job, {was.bytes});
        QVERIFY(!(other->back() == was));
    }

    void cutShort() {
        for (const std::string& bytes : {gzipped(plain_), zstandard(plain_ + plain_)}) {
            Job job;
            const auto file = fileOf("cut", bytes.substr(0, bytes.size() * 9 / 10));
            IngestOptions options;
            const auto result = ingestFiles({file}, options, job);
            if (result.ok()) {
                QVERIFY(result->partial.callsLogged() > 0);
                QCOMPARE(job.diagnostics().byReason().at("packed_cut_short"), uint64_t(1));
            } else {
                // A block that is not whole gives nothing at all.
                QVERIFY(result.error().category == ErrorCategory::format);
                QVERIFY(!result.error().next.empty());
            }
        }
        Job job;
        const auto header = ingestFiles({fileOf("header.gz", gzipped(plain_).substr(0, 10))}, {}, job);
        QVERIFY(header.error().message.find("cut short") != std::string::npos);
        // What tells of no log for it is cut, and what is whole and holds nothing.
        const auto little = ingestFiles({fileOf("little.gz", gzipped(plain_.substr(0, 300)).substr(0, 60))}, {}, job);
        QVERIFY2(little.error().message.find("is compressed and cut short") != std::string::npos, little.error().message.c_str());
        for (const std::string& bytes : {gzipped({}), zstandard({})}) {
            const auto empty = ingestFiles({fileOf("empty", bytes)}, {}, job);
            QVERIFY2(empty.error().message.ends_with("is empty."), empty.error().message.c_str());
        }
    }

    // A thousand times its size, of nothing but NUL bytes: read through at flat memory, and no log.
    void expanding() {
        Job job;
        const auto bomb = fileOf("bomb.gz", gzipped(std::string(64 << 20, '\0')));
        QVERIFY(std::filesystem::file_size(bomb) < 100'000);
        QVERIFY(ingestFiles({bomb}, {}, job).error().category == ErrorCategory::format);
    }

    void canBeStopped() {
        Job job;
        job.requestStop();
        QVERIFY(ingestFiles({fileOf("stopped.gz", gzipped(plain_))}, {}, job).error().category == ErrorCategory::cancelled);
    }

    // The standard input is read once in the life of a process, and may be looked at often.
    void standardInput() {
        int ends[2];
        QCOMPARE(::pipe(ends), 0);
        const int before = ::dup(STDIN_FILENO);
        ::dup2(ends[0], STDIN_FILENO);
        ::close(ends[0]);
        const std::string packed = gzipped(plain_);
        std::thread writer([&] {
            for (size_t at = 0; at < packed.size();) at += static_cast<size_t>(std::max<ssize_t>(0, ::write(ends[1], packed.data() + at, packed.size() - at)));
            ::close(ends[1]);
        });
        Job job;
        const auto content = contentsOf("-", job);
        writer.join();
        QVERIFY(content.ok());
        QVERIFY(*content == *contentsOf(fileOf("plain.csv", plain_), job));
        QCOMPARE(QByteArray::fromStdString(partialOf("-", job)), QByteArray::fromStdString(partialOf(path("plain.csv"), job)));
        ::dup2(before, STDIN_FILENO);
        ::close(before);
    }
};

QTEST_APPLESS_MAIN(TestUnpack)
#include "test_unpack.moc"
