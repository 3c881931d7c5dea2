#include <QtTest/QTest>

#include <ctime>

#include "core/base/hash.h"
#include "tests/ingest/collect.h"

using namespace foreshard;
using namespace foreshard::ingest;
using namespace foreshard::ingest::testing;

namespace {

std::string joined(const std::vector<std::string>& lines) {
    std::string out;
    for (const auto& line : lines) out += line + "\n";
    return out;
}

// A csvlog record of session `session` with this message; the other columns as the server writes them.
std::string csvRecord(const std::string& time, const std::string& session, const std::string& message,
                      const std::string& severity = "LOG", const std::string& query = "") {
    const auto quoted = [](const std::string& text) {
        std::string out = "\"";
        for (const char c : text) out += c == '"' ? "\"\"" : std::string(1, c);
        return out + "\"";
    };
    return "2026-11-22 " + time + " UTC,\"u\",\"d\",77,\"[local]\"," + session + ",1,\"SELECT\",2026-11-22 20:00:00 UTC,3/5,0," + severity +
           ",00000," + quoted(message) + ",,,,,," + (query.empty() ? "" : quoted(query)) + ",,,\"app\",\"client backend\",,0\n";
}

const LogShape csv{LogFormat::csvlog, {}, false, 1};

}  // namespace

class TestReaders : public QObject {
    Q_OBJECT
private Q_SLOTS:
    // One session of everything, and one of every kind of statement, logged by a real server in three formats at once, tell
    // the same three times.
    void recordedLogsAgree() {
        for (const std::string name : {"all.csv", "all.json", "all.log", "statements.csv", "statements.json", "statements.log"}) {
            const std::string expected = testData(name.substr(0, name.find('.')) + ".expected");
            const std::string bytes = testData(name);
            QVERIFY(!bytes.empty());
            const auto shape = shapeOf(bytes);
            QCOMPARE(QByteArray(toString(shape.format)), QByteArray(name.ends_with("csv") ? "csvlog" : name.ends_with("json") ? "jsonlog" : "stderr"));
            const auto got = collect(bytes, shape);
            QCOMPARE(QByteArray::fromStdString(joined(got.lines)), QByteArray::fromStdString(expected));
            QCOMPARE(got.diagnostics.total(), uint64_t(0));
            QVERIFY(got.ordered);
        }
    }

    void logsWrittenAtTheEndAgree() {
        const std::string expected = testData("min_duration.expected");
        for (const char* name : {"min_duration.csv", "min_duration.log"}) {
            const std::string bytes = testData(name);
            const auto got = collect(bytes, shapeOf(bytes));
            QCOMPARE(QByteArray::fromStdString(joined(got.lines)), QByteArray::fromStdString(expected));
        }
    }

    void anySplitGivesTheSame() {
        for (const char* name : {"all.csv", "all.json", "all.log", "min_duration.csv", "min_duration.log", "statements.csv", "statements.json", "statements.log"}) {
            const std::string bytes = testData(name);
            const auto shape = shapeOf(bytes);
            const auto whole = collect(bytes, shape);
            for (const uint64_t rangeBytes : {23, 97, 256, 1'000, 5'000}) {
                const auto split = collect(bytes, shape, rangeBytes);
                QCOMPARE(QByteArray::fromStdString(joined(split.lines)), QByteArray::fromStdString(joined(whole.lines)));
                QCOMPARE(split.lineCount, whole.lineCount);
                QVERIFY(split.evidence == whole.evidence);
                QVERIFY(split.ordered);
            }
        }
    }

    // A statement that quotes log lines: they look like records where a range begins inside of it.
    void logLinesInsideAStatement() {
        std::string inner;
        for (int i = 0; i < 50; ++i) inner += "2026-11-22 20:00:01.000 UTC,,,10885,,6b035148.2a85,1,,2026-11-22 20:32:08 UTC,,0,LOG,00000,x,,,,,,,,,,,,0\n";
        std::string bytes = csvRecord("20:00:00.000", "a1.b1", "statement: insert into t values ('" + inner + "')");
        bytes += csvRecord("20:00:01.000", "a1.b1", "duration: 1.000 ms") + csvRecord("20:00:02.000", "a1.b1", "statement: select 2");
        const auto whole = collect(bytes, csv);
        QCOMPARE(whole.lines.size(), size_t(2));
        QCOMPARE(whole.diagnostics.total(), uint64_t(0));
        int wrong = 0;
        const auto split = collect(bytes, csv, 500, &wrong);
        QCOMPARE(joined(split.lines), joined(whole.lines));
        QVERIFY(wrong > 0);   // the test would be empty otherwise
    }

    // A server's clock is set forward and back: neither a gap nor a jump, in whichever part of a day, in every format.
    void clockChanges_data() {
        QTest::addColumn<QString>("zone");
        QTest::addColumn<bool>("given");
        for (const char* zone : {"America/Chicago", "Europe/London", "Europe/Berlin"}) QTest::newRow(zone) << QString(zone) << false;
        for (const char* zone : {"America/Chicago", "Europe/Dublin", "America/Havana", "Australia/Lord_Howe", "Asia/Kolkata"}) QTest::newRow((std::string(zone) + ", given").c_str()) << QString(zone) << true;
    }
    void clockChanges() {
        QFETCH(QString, zone);
        QFETCH(bool, given);
        qputenv("TZ", zone.toUtf8());
        tzset();
        for (const char* start : {"2026-03-08T00:00:00Z", "2026-03-29T00:00:00Z", "2026-04-04T12:00:00Z", "2026-10-25T00:00:00Z", "2026-11-01T00:00:00Z"}) {
            std::string text, csvlog, wanted;
            for (int i = 0; i < 24 * 6; ++i) {
                const Instant time = *parseTime(start) + i * 600 * microsPerSecond;
                const std::time_t second = time / microsPerSecond;
                std::tm there{};
                char words[64];
                strftime(words, sizeof words, "%F %T.000 %Z", localtime_r(&second, &there));
                const std::string written = words;
                text += written + " [7] LOG:  statement: SELECT 1\n";
                csvlog += csvRecord("20:00:00.000", "a1.b1", "statement: SELECT 1").replace(0, 27, written);
                wanted += formatRfc3339(time) + "\n";
            }
            for (const auto& [bytes, format] : {std::pair{text, LogFormat::stderrLog}, {csvlog, LogFormat::csvlog}}) {
                const auto read = collect(bytes, {format, format == LogFormat::stderrLog ? "%m [%p] " : "", true, 1, PlanUse::none, given ? zone.toStdString() : ""});
                std::string times;
                for (const auto& line : read.lines)
                    if (!line.starts_with("start") && !line.starts_with("end")) times += line.substr(0, line.find(' ')) + "\n";
                QCOMPARE(times, wanted);
                QCOMPARE(read.diagnostics.total(), uint64_t(0));
            }
        }
        qunsetenv("TZ");
        tzset();
    }

    void brokenAndForeignLines() {
        const std::string good = csvRecord("20:00:00.000", "a1.b1", "statement: select 1");
        const std::string cut = good.substr(0, good.size() / 2);
        const std::string bytes = "hello\nworld\n" + good + cut + "\n" + good + std::string("ab\0cd\n", 6) + "\n" + good +
                                  "2026-13-45 20:00:00.000 UTC" + good.substr(27) + cut;
        const auto whole = collect(bytes, csv);
        QCOMPARE(whole.lines.size(), size_t(3));
        const auto& reasons = whole.diagnostics.byReason();
        QCOMPARE(reasons.at("foreign_line"), uint64_t(2));
        QCOMPARE(reasons.at("broken_csv"), uint64_t(1));
        QCOMPARE(reasons.at("nul_bytes"), uint64_t(1));
        QCOMPARE(reasons.at("bad_time"), uint64_t(1));
        QCOMPARE(reasons.at("cut_record"), uint64_t(1));
        QCOMPARE(whole.diagnostics.shown().front().line, uint64_t(1));
        for (const auto& each : whole.diagnostics.shown())
            if (each.reason == "bad_time") QCOMPARE(each.line, uint64_t(9));
        for (const uint64_t rangeBytes : {17, 100, 333}) {
            const auto split = collect(bytes, csv, rangeBytes);
            QCOMPARE(joined(split.lines), joined(whole.lines));
            QVERIFY(split.diagnostics == whole.diagnostics);
        }
    }

    // jsonlog of a database in another encoding is no UTF-8.
    void otherEncodings() {
        std::string bytes = testData("all.json");
        const auto shape = shapeOf(bytes);
        const size_t calls = collect(bytes, shape).lines.size();
        bytes.insert(bytes.find("select * from t") + 7, "'M\xfcller', ");
        const auto got = collect(bytes, shape);
        QCOMPARE(got.lines.size(), calls);
        QCOMPARE(got.diagnostics.total(), uint64_t(0));
        QVERIFY(joined(got.lines).find("select 'M?ller', * from t") != std::string::npos);
    }

    void clockGoingBack() {
        const std::string bytes = csvRecord("20:00:10.000", "a1.b1", "statement: select 1") + csvRecord("20:00:09.500", "a1.b2", "statement: select 2") +
                                  csvRecord("19:00:00.000", "a1.b1", "statement: select 3");
        const auto got = collect(bytes, csv);
        QCOMPARE(got.lines.size(), size_t(3));
        QCOMPARE(got.diagnostics.byReason().at("clock_backwards"), uint64_t(1));
        QCOMPARE(got.diagnostics.shown().front().line, uint64_t(3));
    }

    // Which format a file has is decided by content.
    void formatsAreFoundOut() {
        QVERIFY(shapeOf(csvRecord("20:00:00.000", "a1.b1", "LOG:  statement: x")).format == LogFormat::csvlog);
        for (const auto& bytes : {std::string(), std::string("\x1f\x8b\x08"), std::string("hello\n"), std::string(5'000, '\0'), std::string("\n\n\n")}) {
            const auto shape = detectShape(bytes, LogFormat::automatic, {}, "x.log");
            QVERIFY(!shape.ok());
            QVERIFY(shape.error().category == ErrorCategory::format);
            QVERIFY(!shape.error().next.empty());
        }
        QVERIFY(!detectShape(testData("all.log"), LogFormat::csvlog, {}, "x.log").ok());
    }

    // Bytes changed, cut and repeated at random never crash a reader, hang it, or make splits disagree.
    void randomDamage() {
        Random random(7);
        for (const char* name : {"all.csv", "all.json", "all.log", "min_duration.csv"}) {
            const std::string original = testData(name);
            const auto shape = shapeOf(original);
            for (int round = 0; round < 60; ++round) {
                std::string bytes = original.substr(0, 6'000);
                for (uint64_t hits = 1 + random.below(20); hits > 0; --hits) {
                    const size_t at = random.below(bytes.size());
                    switch (random.below(5)) {
                        case 0: bytes[at] = static_cast<char>(random.below(256)); break;
                        case 1: bytes[at] = "\"\n\t',{}\\\0"[random.below(9)]; break;
                        case 2: bytes.erase(at, random.below(200)); break;
                        case 3: bytes.insert(at, bytes.substr(random.below(bytes.size()), random.below(300))); break;
                        default: bytes.resize(std::max<size_t>(1, at)); break;
                    }
                    if (bytes.empty()) bytes = "x";
                }
                const auto whole = collect(bytes, shape);
                const auto split = collect(bytes, shape, 1 + random.below(900));
                QCOMPARE(QByteArray::fromStdString(joined(split.lines)), QByteArray::fromStdString(joined(whole.lines)));
                QVERIFY(split.evidence == whole.evidence);
                QCOMPARE(split.lineCount, whole.lineCount);
                QVERIFY(split.diagnostics == whole.diagnostics);
                QVERIFY(split.ordered);
            }
        }
    }

    void randomBytes() {
        Random random(11);
        for (const auto format : {LogFormat::csvlog, LogFormat::jsonlog, LogFormat::stderrLog}) {
            const LogShape shape{format, "%m [%p] ", false, 1};
            std::string bytes(20'000, '\0');
            for (char& c : bytes) c = static_cast<char>(random.next());
            const auto got = collect(bytes, shape, 777);
            QVERIFY(got.lines.empty());
            QVERIFY(got.diagnostics.total() > 0);
        }
    }
};

QTEST_APPLESS_MAIN(TestReaders)
#include "test_readers.moc"
