// Messages that syslog has cut into lines and mixed with those of others, put together again.
#include <QtTest/QTest>

#include "core/ingest/part.h"
#include "core/ingest/syslog.h"
#include "tests/ingest/collect.h"

using namespace foreshard;
using namespace foreshard::ingest;
using namespace foreshard::ingest::testing;

namespace {

// A line of process `process`.
std::string line(int process, const std::string& rest, const std::string& time = "Dec  1 10:00:00") {
    return fmt::format("{} db1 postgres[{}]: {}\n", time, process, rest);
}

LogShape shape(SyslogShape::Numbers numbers = SyslogShape::Numbers::messageAndPiece, bool escaped = true) {
    SyslogShape out;
    out.numbers = numbers;
    out.escaped = escaped;
    out.first = *parseTime("2026-12-01 10:00:00Z");
    out.prefix = "%q%u@%d ";
    return {LogFormat::syslog, out.write(), false, 1};
}

std::vector<std::string> callsOf(const std::string& bytes, const LogShape& as, uint64_t rangeBytes = 1 << 20) { return collect(bytes, as, rangeBytes).lines; }

std::string statementOf(const std::string& bytes, const LogShape& as) {
    const auto lines = callsOf(bytes, as);
    if (lines.size() != 1) return fmt::format("{} calls", lines.size());
    const size_t bar = lines[0].find(" | ");
    return lines[0].substr(bar + 3, lines[0].rfind(" | ") - bar - 3);
}

}  // namespace

class TestSyslog : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void heads() {
        SyslogLine out;
        for (const char* text : {"Dec  1 00:37:48 db1 postgres[12]: [3-1] x", "Dec 11 00:37:48 postgres[12]: [3-1] x", "<134>Dec  1 00:37:48 db1 postgres[12]: [3-1] x",
                                 "2026-12-01T00:37:48.123456+00:00 db1 postgres[12]: [3-1] x", "<134>1 2026-12-01T00:37:48Z db1 postgres 12 - - [3-1] x",
                                 "<134>1 2026-12-01T00:37:48Z db1 postgres 12 ID [a b=\"]\\\"\"][c] \xef\xbb\xbf[3-1] x"}) {
            QVERIFY2(readSyslogLine(text, out), text);
            QCOMPARE(QByteArray::fromStdString(std::string(out.ident) + out.process.data()[0] + std::string(out.rest)), QByteArray("postgres1[3-1] x"));
        }
        for (const char* text : {"", "Dec", "Foo  1 00:37:48 db1 postgres[12]: x", "2026-12-01 00:37:48.123 UTC [12] LOG:  x", "<134>", "<134>1 2026-12-01T00:37:48Z a b"})
            QVERIFY2(!readSyslogLine(text, out), text);
    }

    // A year stands in no time of RFC 3164: it is the one nearest behind the log's first time, over New Year too.
    void yearsOfShortTimes() {
        const Instant first = *parseTime("2026-12-20 00:00:00Z");
        QCOMPARE(formatRfc3339(*syslogTime("Dec 31 23:59:59", first)), std::string("2026-12-31T23:59:59Z"));
        QCOMPARE(formatRfc3339(*syslogTime("Jan  2 00:00:01", first)), std::string("2027-01-02T00:00:01Z"));
        QCOMPARE(formatRfc3339(*syslogTime("Nov 25 12:00:00", first)), std::string("2026-11-25T12:00:00Z"));
        QVERIFY(!syslogTime("Feb 30 12:00:00", first));
        bool found = false;
        const auto guess = guessSyslog(line(1, "[1-1] u@d LOG:  statement: SELECT 1"), {}, *parseTime("2027-03-01 00:00:00Z"), found);
        QVERIFY(guess && found);
        QCOMPARE(formatRfc3339(guess->first), std::string("2026-12-01T10:00:00Z"));
    }

    // Pieces of two messages in turn, a cron job between them.
    void interleavedPieces() {
        const std::string log = line(1, "[7-1] u@d LOG:  statement: SELECT a") + line(2, "[9-1] u@d LOG:  statement: SELECT x,") + "Dec  1 10:00:00 db1 cron[9]: job\n" +
                                line(1, "[7-2] #011FROM t") + line(2, "[9-2]  y FROM u WHERE s = '#011'") + line(1, "[7-3] #011 WHERE b = 1") +
                                line(1, "[8-1] u@d LOG:  duration: 1.000 ms") + line(2, "[10-1] u@d LOG:  duration: 2.000 ms");
        const auto lines = callsOf(log, shape());
        QCOMPARE(lines.size(), size_t(2));
        QVERIFY2(lines[0].find("1000us d | SELECT a\nFROM t\n WHERE b = 1 |") != std::string::npos, lines[0].c_str());
        QVERIFY2(lines[1].find("SELECT x, y FROM u WHERE s = '\t'") != std::string::npos, lines[1].c_str());
        QCOMPARE(collect(log, shape()).diagnostics.total(), uint64_t(0));
    }

    void otherNumbers() {
        const std::string expected = "SELECT 1\n, 2";
        QCOMPARE(statementOf(line(1, "[1] u@d LOG:  statement: SELECT 1") + line(1, "[2] #011, 2") + line(1, "[1] u@d LOG:  duration: 1.000 ms"), shape(SyslogShape::Numbers::piece)), expected);
        QCOMPARE(statementOf(line(1, "[4] u@d LOG:  statement: SELECT 1#012#011, 2") + line(1, "[5] u@d LOG:  duration: 1.000 ms"), shape(SyslogShape::Numbers::message)), expected);
        QCOMPARE(statementOf(line(1, "u@d LOG:  statement: SELECT 1#012#011, 2"), shape(SyslogShape::Numbers::none)), expected);
        QCOMPARE(statementOf(line(1, "[1-1] u@d LOG:  statement: SELECT 1") + line(1, "[1-2] \t, 2"), shape(SyslogShape::Numbers::messageAndPiece, false)), expected);
        // Cut without a blank, in the middle of a word.
        QCOMPARE(statementOf(line(1, "[1-1] u@d LOG:  statement: SELECT 'aaaa") + line(1, "[1-2] bbbb'"), shape()), std::string("SELECT 'aaaabbbb'"));
    }

    // What the log's own beginning cut off is passed over; a piece that is missing ends its message.
    void missingPieces() {
        const std::string log = line(1, "[3-2] #011 tail") + line(1, "[4-1] u@d LOG:  statement: SELECT 1") + line(1, "[4-3] #011, 2") + line(1, "[5-1] u@d LOG:  duration: 1.000 ms");
        QCOMPARE(statementOf(log, shape()), std::string("SELECT 1"));
    }

    void numbersAreFoundOut() {
        const auto kind = [](const std::string& sample) {
            bool found = false;
            const auto guess = guessSyslog(sample, {}, nowMicros(), found);
            return guess && found ? guess->write().substr(0, 2) + " " + guess->prefix : std::string("none");
        };
        QCOMPARE(kind(line(1, "[1-1] u@d LOG:  statement: SELECT 1") + line(2, "[1-1] LOG:  checkpoint")), std::string("be %q%u@%d "));
        QCOMPARE(kind(line(1, "[1] LOG:  statement: SELECT 1") + line(1, "[2] \t,1") + line(1, "[1] LOG:  x")), std::string("pr "));
        QCOMPARE(kind(line(1, "[4] LOG:  statement: SELECT 1") + line(1, "[5] LOG:  x")), std::string("me "));
        QCOMPARE(kind(line(1, "LOG:  statement: SELECT 1")), std::string("ne "));
        QCOMPARE(kind("2026-11-22 20:00:01.000 UTC [3] LOG:  statement: SELECT 1\n"), std::string("none"));
        // A program that logs more than the server does.
        QCOMPARE(kind(line(1, "[1-1] LOG:  x") + "Dec  1 10:00:00 db1 cron[9]: job\nDec  1 10:00:00 db1 cron[9]: job\n"), std::string("be "));
    }

    // A log that is cut in any place, also between the pieces of a message, and read in parts that are merged.
    void anySplitGivesTheSame() {
        std::string log;
        int numbers[5] = {};
        for (int i = 0; i < 30'000; ++i) {
            const int process = i * 7 % 5, message = ++numbers[process];
            log += line(process, fmt::format("[{}-1] u@d LOG:  statement: SELECT * FROM t", message)) + line((process + 1) % 5, fmt::format("[{}-1] u@d LOG:  duration: 1.000 ms", ++numbers[(process + 1) % 5])) +
                   line(process, fmt::format("[{}-2] #011WHERE id = {}", message, i % 500));   // no more keys than the sketch of heavy ones counts exactly
        }
        const auto whole = collect(log, shape());
        QCOMPARE(whole.lines.size(), size_t(30'000));
        QCOMPARE(whole.diagnostics.total(), uint64_t(0));
        for (const uint64_t rangeBytes : {70'001, 400'000, 1'500'000}) QVERIFY(collect(log, shape(), rangeBytes).lines == whole.lines);

        TemporaryFolder folder;
        const std::string path = (folder.path() / "syslog").string();
        QVERIFY(writeFileWhole(path, log).ok());
        Job job;
        IngestOptions options;
        options.threads = 1;
        const auto bytesOf = [](const Result<IngestResult>& result) { return result.ok() ? workload::writePartial(result->partial) : result.error().message; };
        const auto expected = bytesOf(ingestFiles({path}, options, job));
        std::optional<LogPart> all;
        for (uint64_t from = 0; from < log.size(); from += 1'700'003) {
            PartRequest request;
            request.path = path;
            request.offset = from;
            request.length = std::min<uint64_t>(1'700'003, log.size() - from);
            auto part = readLogPart(request, options, job);
            QVERIFY2(part.ok(), part.ok() ? "" : part.error().message.c_str());
            if (!all) all = std::move(*part);
            else QVERIFY(all->merge(std::move(*part)).ok());
        }
        QVERIFY(bytesOf(complete(std::move(*all), job)) == expected);
    }
};

QTEST_GUILESS_MAIN(TestSyslog)
#include "test_syslog.moc"
