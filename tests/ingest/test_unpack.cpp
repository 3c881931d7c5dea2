// Compressed logs and pipes give what the plain log gives; damaged ones give what can be had and say so.
#include <QtTest/QTest>

#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <fstream>
#include <thread>

#include "core/ingest/ingest.h"
#include "tests/ingest/collect.h"
#include "tests/ingest/summary.h"

using namespace foreshard;
using namespace foreshard::ingest;
using namespace foreshard::ingest::testing;

namespace {

std::string gzipped(const std::string& text) {
    z_stream stream{};
    deflateInit2(&stream, 6, Z_DEFLATED, 16 + 15, 8, Z_DEFAULT_STRATEGY);
    std::string out(deflateBound(&stream, text.size()) + 64, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

std::string zstandard(const std::string& text) {
    std::string out(ZSTD_compressBound(text.size()), '\0');
    out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3));
    return out;
}

}  // namespace

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
        const auto digest = contentDigest(path("plain.csv"), job);
        for (const auto& [name, bytes] : packed) {
            const auto file = fileOf(name, bytes);
            QCOMPARE(QByteArray::fromStdString(partialOf(file, job)), QByteArray::fromStdString(whole));
            QCOMPARE(*contentDigest(file, job), *digest);
        }
        QCOMPARE(job.diagnostics().byReason().count("packed_cut_short"), size_t(0));
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
        QVERIFY(header.error().category == ErrorCategory::format);
        const auto empty = ingestFiles({fileOf("empty.gz", gzipped({}))}, {}, job);
        QVERIFY(empty.error().category == ErrorCategory::format);
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
        const auto digest = contentDigest("-", job);
        writer.join();
        QVERIFY(digest.ok());
        QCOMPARE(*digest, *contentDigest(fileOf("plain.csv", plain_), job));
        QCOMPARE(QByteArray::fromStdString(partialOf("-", job)), QByteArray::fromStdString(partialOf(path("plain.csv"), job)));
        ::dup2(before, STDIN_FILENO);
        ::close(before);
    }
};

QTEST_APPLESS_MAIN(TestUnpack)
#include "test_unpack.moc"
