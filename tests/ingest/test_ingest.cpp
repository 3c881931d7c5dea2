#include <QtTest/QTest>

#include <filesystem>
#include <fstream>

#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/ingest/ingest.h"
#include "core/ingest/tail.h"
#include "tests/ingest/collect.h"
#include "tests/ingest/summary.h"

using namespace foreshard;
using namespace foreshard::ingest;
using namespace foreshard::ingest::testing;
namespace fs = std::filesystem;

namespace {

std::string dataPath(const std::string& name) { return std::string(FORESHARD_SOURCE_DIR) + "/tests/ingest/data/" + name; }

IngestOptions optionsOf(unsigned threads, uint64_t rangeBytes) {
    IngestOptions options;
    options.threads = threads;
    options.rangeBytes = rangeBytes;
    options.source = "test";
    return options;
}

std::string ingested(const std::vector<std::string>& paths, const IngestOptions& options, bool bytes) {
    Job job;
    const auto result = ingestFiles(paths, options, job);
    if (!result.ok()) return result.error().message;
    return bytes ? workload::writePartial(result->partial) : summaryOf(*workload::finish(result->partial));
}

}  // namespace

class TestIngest : public QObject {
    Q_OBJECT
    TemporaryFolder folder_;

    std::string fileOf(const std::string& name, const std::string& bytes) {
        const auto path = (folder_.path() / name).string();
        if (!writeFileWhole(path, bytes).ok()) return {};
        return path;
    }

private Q_SLOTS:
    // The same bytes of Partial for any number of threads and any cut into ranges.
    void threadsAndRangesDoNotMatter() {
        for (const char* name : {"all.csv", "all.json", "all.log", "statements.csv"}) {
            const std::string whole = ingested({dataPath(name)}, optionsOf(1, 1 << 20), true);
            QVERIFY(whole.size() > 1'000);
            for (const uint64_t rangeBytes : {300, 1'700, 9'000})
                for (const unsigned threads : {1u, 3u}) QVERIFY(ingested({dataPath(name)}, optionsOf(threads, rangeBytes), true) == whole);
        }
    }

    // Each stage tells what the log holds up to some place, and leaves the result as it is.
    void stagesAreBeginnings() {
        const auto path = dataPath("all.csv");
        const std::string whole = ingested({path}, optionsOf(1, 1 << 20), true);
        for (const unsigned threads : {1u, 3u}) {
            auto options = optionsOf(threads, 1'700);
            std::vector<std::pair<uint64_t, uint64_t>> stages;   // bytes, calls
            uint64_t all = 0;
            options.firstStage = 0;
            options.stage = [&](workload::Partial soFar, uint64_t bytes, uint64_t total) {
                all = total;
                stages.emplace_back(bytes, workload::finish(std::move(soFar))->facts->totals.callsLogged);
            };
            QVERIFY(ingested({path}, options, true) == whole);
            QVERIFY(!stages.empty());
            QCOMPARE(all, uint64_t(fs::file_size(path)));
            std::sort(stages.begin(), stages.end());
            for (size_t i = 0; i < stages.size(); ++i) {
                QVERIFY(stages[i].first > 0 && stages[i].first < all);
                QVERIFY(i == 0 || stages[i].second >= stages[i - 1].second);
            }
            QVERIFY(stages.front().second > 0);
        }
    }

    void formatsAgree() {
        const std::string csv = ingested({dataPath("all.csv")}, {}, false);
        QVERIFY(csv.find("class") != std::string::npos);
        for (const char* name : {"all.json", "all.log"}) QCOMPARE(QByteArray::fromStdString(ingested({dataPath(name)}, {}, false)), QByteArray::fromStdString(csv));
        const std::string statements = ingested({dataPath("statements.csv")}, {}, false);
        for (const char* name : {"statements.json", "statements.log"}) QCOMPARE(QByteArray::fromStdString(ingested({dataPath(name)}, {}, false)), QByteArray::fromStdString(statements));
    }

    // Rotated logs are one source: a call that begins in one file and ends in the next is one call.
    void rotatedFilesAreOneSource() {
        const std::string bytes = testData("all.csv");
        const size_t border = bytes.find("\n2026", bytes.size() / 2) + 1;
        const auto first = fileOf("a.csv", bytes.substr(0, border)), second = fileOf("b.csv", bytes.substr(border));
        const auto whole = ingested({dataPath("all.csv")}, optionsOf(1, 1 << 20), false);
        QCOMPARE(ingested({second, first}, optionsOf(2, 4'000), false), whole);
        Job job;
        const auto result = ingestFiles({second, first}, optionsOf(2, 4'000), job);
        QCOMPARE(result->files.size(), size_t(2));
        QCOMPARE(result->files[0].path, first);
        QCOMPARE(result->coverage.size(), size_t(1));
        // Two servers' logs of the same time are two sources.
        const auto other = ingestFiles({dataPath("all.csv"), dataPath("all.json")}, {}, job);
        QCOMPARE(other->coverage.size(), size_t(2));
        QCOMPARE(job.diagnostics().byReason().at("same_log_twice"), uint64_t(1));
    }

    // A restart ends every session: what a session of before had open is aborted, wherever the log is cut.
    void aRestartEndsEverySession() {
        const auto line = [](int second, const char* session, const char* severity, const std::string& message) {
            return fmt::format("2026-11-01 10:00:{:02}.000 UTC,\"u\",\"d\",1,\"[local]\",{},1,\"X\",2026-11-01 09:00:00 UTC,,0,{},00000,\"{}\",,,,,,,,,\"\",\"client backend\",,0\n",
                               second, session, severity, message);
        };
        std::string bytes;
        for (int i = 0; i < 8; ++i) {
            const std::string session = fmt::format("a.{}", i);
            bytes += line(i, session.c_str(), "LOG", "duration: 1.0 ms  statement: BEGIN");
            bytes += line(i, session.c_str(), "LOG", fmt::format("duration: 1.0 ms  statement: UPDATE t SET x = 1 WHERE id = {}", i));
        }
        bytes += line(1, "a.3", "LOG", "duration: 1.0 ms  statement: COMMIT");
        bytes += line(20, "b.1", "LOG", "database system was interrupted; last known up at 2026-11-01 10:00:19 UTC");
        bytes += line(21, "c.1", "LOG", "duration: 1.0 ms  statement: SELECT * FROM t WHERE id = 1");
        const auto path = fileOf("restart.csv", bytes);
        const auto whole = ingested({path}, optionsOf(1, 1 << 20), true);
        for (const uint64_t rangeBytes : {200, 700, 1'500}) QVERIFY(ingested({path}, optionsOf(2, rangeBytes), true) == whole);
        Job job;
        const auto workload = workload::finish(ingestFiles({path}, {}, job)->partial);
        QCOMPARE(fromWeight(workload->facts->totals.aborted), 7.0);
        QCOMPARE(fromWeight(workload->facts->totals.transactions), 2.0);
        QCOMPARE(workload->facts->diagnostics.byReason().count("open_at_end"), size_t(0));
    }

    void coverageReachesTheWorkload() {
        Job job;
        IngestOptions options = optionsOf(2, 2'000);
        options.given.sampleRate = 0.25;
        const auto result = ingestFiles({dataPath("min_duration.csv")}, options, job);
        const auto workload = workload::finish(result->partial);
        QCOMPARE(workload->facts->coverage.size(), size_t(1));
        const auto& coverage = workload->facts->coverage[0];
        QCOMPARE(coverage.source, std::string("test"));
        QCOMPARE(coverage.format, std::string("csvlog"));
        QCOMPARE(coverage.sampleRate, std::optional<double>(0.25));
        QVERIFY(coverage.sampleRateGiven && coverage.durations && coverage.literals && coverage.selects && coverage.writes);
        // A sampled call stands for four.
        const auto plain = ingestFiles({dataPath("min_duration.csv")}, optionsOf(1, 1 << 20), job);
        QCOMPARE(fromWeight(workload->facts->totals.calls), 4 * fromWeight(workload::finish(plain->partial)->facts->totals.calls));
    }

    void diagnosticsNameTheirLine() {
        std::string bytes = testData("all.csv");
        const auto lines = static_cast<uint64_t>(std::count(bytes.begin(), bytes.end(), '\n'));
        bytes += "nonsense\n" + bytes.substr(0, 50);
        Job job;
        const auto path = fileOf("broken.csv", bytes);
        const auto result = ingestFiles({path}, optionsOf(2, 3'000), job);
        QVERIFY(result.ok());
        const auto shown = job.diagnostics().shown();
        QVERIFY(shown.size() >= 2);
        for (const auto& each : shown) {
            QCOMPARE(each.file, path);
            if (each.reason == "foreign_line") QCOMPARE(each.line, lines + 1);
        }
        QCOMPARE(workload::finish(result->partial)->facts->totals.lines, lines + 2);
        QCOMPARE(workload::finish(result->partial)->facts->totals.bytes, bytes.size());
    }

    void whatIsNoLogIsAnError() {
        Job job;
        const auto error = [&](const std::string& path) { return ingestFiles({path}, {}, job).error(); };
        QVERIFY(error((folder_.path() / "missing").string()).category == ErrorCategory::notFound);
        QVERIFY(error(folder_.path().string()).category == ErrorCategory::unreadable);
        for (const auto& bytes : {std::string(), std::string("\x1f\x8b\x08 zipped"), std::string("id,name\n1,a\n"), std::string(3'000, '\0'),
                                  std::string("{\"a\": 1}\n{\"b\": 2}\n"), std::string("LOG:  no prefix\n")}) {
            const auto path = fileOf("wrong", bytes);
            const auto wrong = error(path);
            QVERIFY(wrong.category == ErrorCategory::format);
            QVERIFY(wrong.message.find(path) != std::string::npos);
            QVERIFY(!wrong.next.empty());
        }
        QVERIFY(ingestFiles({}, {}, job).error().category == ErrorCategory::usage);
        IngestOptions rate;
        rate.given.sampleRate = 1.5;
        QVERIFY(ingestFiles({dataPath("all.csv")}, rate, job).error().category == ErrorCategory::usage);
        // A prefix given for the text logs of a folder does not hurt its csvlogs.
        IngestOptions mixed;
        mixed.prefix = "%m [%p] ";
        QVERIFY(ingestFiles({dataPath("all.csv")}, mixed, job).ok());
        IngestOptions prefix;
        prefix.prefix = "%t nothing like it ";
        QVERIFY(ingestFiles({dataPath("all.log")}, prefix, job).error().category == ErrorCategory::format);
    }

    void canBeStopped() {
        Job job;
        job.requestStop();
        std::string bytes;
        while (bytes.size() < 2'000'000) bytes += testData("all.csv");
        QVERIFY(ingestFiles({fileOf("long.csv", bytes)}, {}, job).error().category == ErrorCategory::cancelled);
    }

    // Read as it grows, piece by piece, cut anywhere: the same calls as in one go.
    void aGrowingFile() {
        Random random(5);
        for (const char* name : {"all.csv", "all.json", "all.log"}) {
            const std::string bytes = testData(name);
            const std::string whole = ingested({dataPath(name)}, optionsOf(1, 1 << 20), false);
            for (int round = 0; round < 3; ++round) {
                const auto path = (folder_.path() / "growing").string();
                fs::remove(path);
                LogTail tail(path, optionsOf(1, 3'000));
                workload::Partial all;
                Job job;
                QVERIFY(tail.poll(job).ok());   // not there yet
                for (size_t at = 0; at < bytes.size();) {
                    const size_t piece = std::min<size_t>(bytes.size() - at, at == 0 ? 2'000 : 1 + random.below(4'000));
                    std::ofstream(path, std::ios::app | std::ios::binary) << bytes.substr(at, piece);
                    at += piece;
                    auto step = tail.poll(job, at == bytes.size());
                    QVERIFY2(step.ok(), step.ok() ? "" : step.error().message.c_str());
                    QVERIFY(all.merge(std::move(step->partial)).ok());
                }
                QCOMPARE(tail.offset(), bytes.size());
                QCOMPARE(QByteArray::fromStdString(summaryOf(*workload::finish(all))), QByteArray::fromStdString(whole));
            }
        }
    }

    void aTailNoticesANewFile() {
        const std::string bytes = testData("all.csv");
        const auto path = fileOf("rotated", bytes);
        LogTail tail(path, optionsOf(1, 1 << 20));
        Job job;
        auto all = tail.poll(job)->partial;
        QVERIFY(all.callsLogged() > 0);
        QCOMPARE(tail.poll(job)->partial.callsLogged(), uint64_t(0));
        // A shorter file, then a longer one under the same name.
        for (const std::string& content : {bytes.substr(0, bytes.size() / 2), bytes + bytes}) {
            fileOf("rotated", content);
            const auto step = tail.poll(job);
            QVERIFY(step->restarted);
            QVERIFY(step->partial.callsLogged() > 0);
            QVERIFY(all.merge(step->partial).ok());
        }
    }

    // Cut short by somebody else between looking and reading: no crash, and it is said.
    void aFileThatShrinks() {
        const std::string bytes = testData("all.csv");
        const auto path = fileOf("shrinking", bytes);
        const auto file = LogFile::open(path);
        fs::resize_file(path, bytes.size() / 2);
        RangeReader reader({LogFormat::csvlog, {}, false, 1});
        Job job;
        for (const uint64_t begin : {uint64_t(0), uint64_t(bytes.size() - 5'000)}) {
            const auto outcome = reader.read(*file, 0, begin, bytes.size(), std::nullopt, {}, job);
            QVERIFY(outcome.ok());
            QVERIFY(outcome->end < bytes.size());
        }
    }

    void digestsTellContent() {
        Job job;
        const std::string bytes = testData("all.csv");
        const auto digest = [&](const std::string& content, const char* name) { return contentsOf(fileOf(name, content), job)->front().digest; };
        QCOMPARE(digest(bytes, "x"), digest(bytes, "y"));
        std::string changed = bytes;
        changed[changed.size() / 2] ^= 1;
        QVERIFY(digest(changed, "x") != digest(bytes, "y"));
        QVERIFY(digest(bytes + "\n", "x") != digest(bytes, "y"));
    }
};

QTEST_APPLESS_MAIN(TestIngest)
#include "test_ingest.moc"
