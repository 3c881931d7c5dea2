// Parts of logs, cut anywhere and merged in any order, against the whole log read at once.
#include <QtTest/QTest>

#include <algorithm>
#include <fstream>
#include <random>

#include "core/base/file.h"
#include "core/ingest/part.h"
#include "tests/ingest/collect.h"

using namespace foreshard;
using namespace foreshard::ingest;
using namespace foreshard::ingest::testing;

namespace {

IngestOptions optionsOf(uint64_t rangeBytes = 16u << 20, unsigned threads = 1) {
    IngestOptions options;
    options.rangeBytes = rangeBytes;
    options.threads = threads;
    return options;
}

std::string workloadBytes(const Result<IngestResult>& result) {
    return result.ok() ? workload::writePartial(result->partial) : result.error().message;
}

// The first place where two texts differ, to be read.
QByteArray difference(const std::string& a, const std::string& b) {
    const auto at = static_cast<size_t>(std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first - a.begin());
    return QByteArray::fromStdString(fmt::format("sizes {} and {}, first difference at {}: \"{}\" and \"{}\"", a.size(), b.size(), at,
                                                 a.substr(at > 40 ? at - 40 : 0, 120), b.substr(at > 40 ? at - 40 : 0, 120)));
}

}  // namespace

class TestParts : public QObject {
    Q_OBJECT
    TemporaryFolder folder_;
    Job job_;

    std::string fileOf(const std::string& name, const std::string& bytes) {
        const auto path = (folder_.path() / name).string();
        if (!writeFileWhole(path, bytes).ok()) return {};
        return path;
    }

    Result<LogPart> part(const std::string& path, uint64_t from, uint64_t to, const IngestOptions& options = optionsOf()) {
        PartRequest request;
        request.path = path;
        request.offset = from;
        request.length = to - from;
        auto read = readLogPart(request, options, job_);
        if (!read.ok()) return read;
        return parseLogPart(writeLogPart(*read));   // as it would travel
    }

    // Cuts the file at `cuts`, merges the parts in random order and random pairs.
    Result<LogPart> shuffled(const std::string& path, std::vector<uint64_t> cuts, std::mt19937& random) {
        std::vector<LogPart> parts;
        for (size_t i = 0; i + 1 < cuts.size(); ++i) {
            FS_ASSIGN(auto read, part(path, cuts[i], cuts[i + 1]));
            parts.push_back(std::move(read));
        }
        while (parts.size() > 1) {
            std::shuffle(parts.begin(), parts.end(), random);
            auto last = std::move(parts.back());
            parts.pop_back();
            FS_TRY(parts.back().merge(std::move(last)));
            FS_ASSIGN(parts.back(), parseLogPart(writeLogPart(parts.back())));
        }
        return std::move(parts.front());
    }

    void compareCuts(const std::string& bytes, const std::string& name, unsigned rounds, unsigned mostParts, unsigned seed) {
        const auto path = fileOf(name, bytes);
        const std::string whole = workloadBytes(ingestFiles({path}, optionsOf(), job_));
        const auto wholePart = part(path, 0, bytes.size());
        QVERIFY2(wholePart.ok(), wholePart.ok() ? "" : wholePart.error().message.c_str());
        const std::string partBytes = writeLogPart(*wholePart);
        const auto completed = workloadBytes(complete(*wholePart, job_));
        QVERIFY2(completed == whole, difference(completed, whole));
        std::mt19937 random(seed);
        for (unsigned round = 0; round < rounds; ++round) {
            std::vector<uint64_t> cuts{0, bytes.size()};
            const unsigned count = 1 + static_cast<unsigned>(random() % mostParts);
            for (unsigned i = 0; i < count; ++i) cuts.push_back(random() % (bytes.size() + 1));
            std::sort(cuts.begin(), cuts.end());
            cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());
            auto merged = shuffled(path, cuts, random);
            QVERIFY2(merged.ok(), merged.ok() ? "" : merged.error().message.c_str());
            const auto mergedBytes = writeLogPart(*merged);
            const auto result = workloadBytes(complete(std::move(*merged), job_));
            QVERIFY2(result == whole, qPrintable(QString("%1 round %2: %3").arg(QString::fromStdString(name)).arg(round).arg(QString(difference(result, whole)))));
            QVERIFY2(mergedBytes == partBytes, qPrintable(QString("%1 round %2: parts, %3").arg(QString::fromStdString(name)).arg(round).arg(QString(difference(mergedBytes, partBytes)))));
        }
    }

private Q_SLOTS:
    void everyCutGivesTheSame() {
        unsigned seed = 1;
        for (const char* name : {"all.csv", "all.json", "all.log", "min_duration.csv"}) compareCuts(testData(name), name, 60, 12, seed++);
        for (const char* name : {"mysql_general_short.log", "mysql_general_iso.log", "mysql_slow_short.log", "mysql_slow_iso.log", "sqlite_plain.trace", "sqlite_profile.trace", "vtgate.txt", "vtgate.json"})
            compareCuts(testData(std::string("foreign/") + name), name, 12, 12, seed++);
    }

    // Whether a session's transactions need no BEGIN may be said in another part.
    void autocommitToo() {
        std::mt19937 random(17);
        std::string bytes;
        for (int i = 0; i < 400; ++i) {
            const auto session = random() % 4;
            const int key = static_cast<int>(random() % 9);
            const auto kind = random() % 24;
            const std::string command = kind == 0   ? "Query\tSET autocommit=0"
                                        : kind == 1 ? "Query\tSET autocommit=1"
                                        : kind < 6  ? "Query\tCOMMIT"
                                        : kind < 8  ? "Query\tROLLBACK"
                                        : kind == 8 ? "Query\tBEGIN"
                                        : kind == 9 ? "Connect\troot@localhost on shop using Socket"
                                        : kind == 10 ? "Quit\t"
                                                     : fmt::format("Query\tUPDATE t{} SET a = {} WHERE id = {}", key % 3, i, key);
            bytes += fmt::format("2026-12-01T01:{:02}:{:02}.000731Z\t    {} {}\n", i / 60, i % 60, session, command);
        }
        compareCuts(bytes, "autocommit.log", 40, 12, 33);
        const auto path = fileOf("autocommit.log", bytes);
        const std::string whole = workloadBytes(ingestFiles({path}, optionsOf(), job_));
        for (const uint64_t range : {1, 300, 2'000}) {
            const auto cut = workloadBytes(ingestFiles({path}, optionsOf(range, 2), job_));
            QVERIFY2(cut == whole, difference(cut, whole));
        }
    }

    // Plans of auto_explain, whose call may be in the part before, or behind.
    void plansToo() {
        unsigned seed = 20;
        for (const char* name : {"postgresql-auto-explain/server.csv.gz", "postgresql-auto-explain-started/server.log.gz", "postgresql-auto-explain-ended/server.json.gz"})
            compareCuts(recordedData(name), "plans.log", 25, 12, ++seed);
    }

    // What a log may hold beside records: junk, NUL bytes, records cut short, clocks that go back, no line break at the end.
    void brokenLogsToo() {
        for (const char* name : {"all.csv", "all.json", "all.log"}) {
            std::string bytes = testData(name);
            std::mt19937 random(7);
            for (int i = 0; i < 12; ++i) {
                const size_t at = random() % bytes.size();
                switch (i % 4) {
                    case 0: bytes.insert(bytes.find('\n', at) + 1, "foreign line\nand one more\n\n"); break;
                    case 1: bytes.insert(bytes.find('\n', at) + 1, std::string(40, '\0') + "\n"); break;
                    case 2: bytes.erase(at, random() % 300); break;
                    default: bytes += bytes.substr(bytes.find('\n') + 1, 700); break;
                }
            }
            compareCuts(bytes, std::string("broken-") + name, 60, 10, 11);
        }
    }

    // A restart ends what was open in other parts; a call that begins in one file of rotated logs ends in the next.
    void sessionsGoOn() {
        std::string bytes;
        const auto line = [&](int second, int session, const std::string& message, const char* severity = "LOG") {
            bytes += fmt::format("2026-11-01 10:{:02}:{:02}.000 UTC,\"u\",\"d\",1,\"[local]\",a.{},1,\"X\",2026-11-01 09:00:00 UTC,,0,{},00000,\"{}\",,,,,,\"UPDATE t SET x = 2 WHERE id = 9\",,,\"\",\"client backend\",,0\n",
                                 second / 60, second % 60, session, severity, message);
        };
        std::mt19937 random(3);
        for (int i = 0; i < 600; ++i) {
            const int session = static_cast<int>(random() % 9);
            switch (random() % 9) {
                case 0: line(i, session, "statement: BEGIN"); break;
                case 1: line(i, session, "statement: COMMIT"); break;
                case 2: line(i, session, "duration: 1.5 ms"); break;
                case 3: line(i, session, "duration: 2.5 ms  statement: SELECT * FROM t WHERE id = 5"); break;
                case 4: line(i, session, "broken", "ERROR"); break;
                case 5: line(i, session, "disconnection: session time: 0:00:00.1"); break;
                case 6: if (i % 60 == 0) line(i, 99, "database system was interrupted; last known up at 2026"); break;
                case 7: line(i, session, "statement: SET search_path = other; SELECT * FROM t WHERE id = 6"); break;
                default: line(i, session, fmt::format("statement: UPDATE t SET x = 1, y = 'two\nlines' WHERE id = {}", i % 50)); break;
            }
        }
        compareCuts(bytes, "sessions.csv", 150, 20, 5);
    }

    // A statement may quote the log itself: no record of it is taken for one.
    void quotedLogsAreNoRecords() {
        const std::string log = testData("all.csv");
        const size_t first = log.find('\n') + 1;
        std::string quoted;
        for (const char c : log.substr(first, 3'000)) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
        // A background process has no names, so that the head of its record holds no quotes.
        quoted += "\n2026-11-22 20:32:08.628 UTC,,,123,,6b035148.2a8f,1,,2026-11-22 20:00:00 UTC,,0,LOG,00000,\"\"checkpoint starting\"\",,,,,,,,,\"\"\"\",\"\"checkpointer\"\",,0\n";
        const size_t record = log.find("\n2026", log.size() / 2) + 1;
        std::string bytes = log.substr(0, record);
        bytes += log.substr(record - 1).substr(1, 24) + "," + "\"u\",\"d\",1,\"[local]\",a.1,1,\"X\",2026-11-01 09:00:00 UTC,,0,LOG,00000,\"statement: INSERT INTO logs VALUES ('\n" + quoted +
                 "\n')\",,,,,,,,,\"\",\"client backend\",,0\n";
        bytes += log.substr(record);
        compareCuts(bytes, "quoted.csv", 40, 10, 9);
    }

    // Slices, threads and a stream instead of a file change nothing.
    void slicesDoNotMatter() {
        const auto bytes = testData("all.csv");
        const auto path = fileOf("slices.csv", bytes);
        const auto whole = writeLogPart(*part(path, 0, bytes.size()));
        for (const uint64_t slice : {300, 1'700, 9'000})
            for (const unsigned threads : {1u, 3u}) QVERIFY(writeLogPart(*part(path, 0, bytes.size(), optionsOf(slice, threads))) == whole);
    }

    // Rotated logs of one server: their places run on.
    void rotatedLogsRunOn() {
        for (const char* name : {"all.csv", "all.log"}) {
            const std::string bytes = testData(name);
            const size_t border = bytes.find("\n2026", bytes.size() / 2) + 1;
            const auto first = fileOf("rotated-1", bytes.substr(0, border)), second = fileOf("rotated-2", bytes.substr(border));
            auto options = optionsOf();
            options.source = "server";
            const auto whole = workloadBytes(ingestFiles({first, second}, options, job_));
            std::vector<LogPart> parts;
            for (const auto& [path, base, from, to] : {std::tuple(first, size_t(0), size_t(0), border / 2), std::tuple(first, size_t(0), border / 2, border),
                                                       std::tuple(second, border, size_t(0), size_t(500)), std::tuple(second, border, size_t(500), bytes.size() - border)}) {
                PartRequest request;
                request.path = path;
                request.base = base;
                request.offset = from;
                request.length = to - from;
                auto read = readLogPart(request, options, job_);
                QVERIFY(read.ok());
                parts.push_back(std::move(*read));
            }
            for (const size_t i : {2, 0, 1}) QVERIFY(parts[3].merge(parts[i]).ok());
            const auto merged = workloadBytes(complete(parts[3], job_));
            QVERIFY2(merged == whole, difference(merged, whole));
        }
    }

    void whatDoesNotFitIsRefused() {
        const auto bytes = testData("all.csv");
        const auto path = fileOf("refused.csv", bytes);
        auto first = part(path, 0, 1'000);
        QVERIFY(first->merge(*part(path, 500, 2'000)).error().category == ErrorCategory::conflict);
        auto other = optionsOf();
        other.given.pooled = true;
        QVERIFY(first->merge(*part(path, 1'000, 2'000, other)).error().category == ErrorCategory::conflict);
        QVERIFY(first->merge(*part(path, 2'000, bytes.size())).ok());
        const auto missing = complete(*first, job_);
        QVERIFY(!missing.ok() && missing.error().message.find("1000 to 2000") != std::string::npos);
        auto damaged = writeLogPart(*first);
        QVERIFY(!parseLogPart(damaged.substr(0, damaged.size() / 2)).ok());
        damaged[damaged.size() / 2] ^= 1;
        QVERIFY(!parseLogPart(damaged).ok());
        QVERIFY(isLogPart(damaged) && !isLogPart(bytes));
    }
};

QTEST_GUILESS_MAIN(TestParts)
#include "test_parts.moc"
