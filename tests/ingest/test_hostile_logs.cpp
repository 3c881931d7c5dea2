// What no log should hold and some do, in every format of PostgreSQL: what can be read is read, the rest is said, memory stays bounded.
#include <QtTest/QTest>

#include <fstream>

#include "core/base/file.h"
#include "core/ingest/ingest.h"
#include "tests/ingest/collect.h"

using namespace foreshard;
using namespace foreshard::ingest;
using namespace foreshard::ingest::testing;

namespace {

const char* const formats[] = {"csvlog", "jsonlog", "stderr", "syslog"};

std::string replaced(std::string text, const std::string& what, const std::string& by) {
    for (size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size()) text.replace(at, what.size(), by);
    return text;
}

// A statement at its end, as the server writes it.
std::string record(const std::string& format, const std::string& statement, int session = 1, const std::string& time = "2026-12-01 10:00:00.000 UTC") {
    static uint64_t messages = 0;
    const std::string message = "duration: 1.000 ms  statement: " + statement;
    if (format == "csvlog")
        return fmt::format("{},\"u\",\"d\",{},\"[local]\",a.{},1,\"SELECT\",2026-12-01 09:00:00 UTC,3/5,0,LOG,00000,\"{}\",,,,,,,,,\"app\",\"client backend\",,0\n", time, session, session, replaced(message, "\"", "\"\""));
    if (format == "jsonlog")
        return fmt::format("{{\"timestamp\":\"{}\",\"user\":\"u\",\"dbname\":\"d\",\"pid\":{},\"session_id\":\"a.{}\",\"vxid\":\"3/5\",\"error_severity\":\"LOG\",\"message\":\"{}\"}}\n", time, session, session,
                           replaced(replaced(replaced(message, "\\", "\\\\"), "\"", "\\\""), "\n", "\\n"));
    const std::string line = fmt::format("{} [{}] u@d a.{} v3/5 LOG:  {}", time, session, session, message);
    if (format == "stderr") return replaced(line, "\n", "\n\t") + "\n";
    std::string out;
    uint64_t piece = 0;
    ++messages;
    for (size_t at = 0; at < line.size();) {   // cut at line breaks, and behind 900 bytes
        const bool newLine = line[at] == '\n';
        at += newLine;
        const size_t size = std::min(std::string_view(line).substr(at, 900).find('\n'), std::min<size_t>(line.size() - at, 900));
        out += fmt::format("Dec  1 10:00:00 db1 postgres[{}]: [{}-{}] {}{}\n", session, messages, ++piece, newLine ? "#011" : "", line.substr(at, size));
        at += size;
    }
    return out;
}

LogShape shapeOfFormat(const std::string& format) { return shapeOf(record(format, "SELECT 1") + record(format, "SELECT 2", 2)); }

std::shared_ptr<const workload::Workload> profiled(const std::string& log, const IngestOptions& options = {}) {
    TemporaryFolder folder;
    const std::string path = (folder.path() / "log").string();
    std::ofstream(path, std::ios::binary) << log;
    Job job;
    const auto result = ingestFiles({path}, options, job);
    return result.ok() ? workload::finish(result->partial) : nullptr;
}

}  // namespace

class TestHostileLogs : public QObject {
    Q_OBJECT
    static void eachFormat() {
        QTest::addColumn<QString>("format");
        for (const char* format : formats) QTest::newRow(format) << QString(format);
    }

private Q_SLOTS:
    // A record beyond 32 MiB is passed over, one of 8 MiB read; what stands around both is read.
    void longLines_data() { eachFormat(); }
    void longLines() {
        QFETCH(QString, format);
        const std::string name = format.toStdString();
        const auto shape = shapeOfFormat(name);
        const std::string insert = "INSERT INTO t VALUES ('" + std::string(8u << 20, 'x') + "')", huge = "INSERT INTO t VALUES ('" + std::string(40u << 20, 'y') + "')";
        const std::string log = record(name, "SELECT 1") + record(name, insert) + record(name, "SELECT 2") + record(name, huge) + record(name, "SELECT 3");
        const auto read = collect(log, shape, 4u << 20);
        std::vector<size_t> sizes;
        for (const auto& line : read.lines) sizes.push_back(line.size() > 1'000 ? line.size() >> 20 : 0);
        QVERIFY2(sizes == (std::vector<size_t>{0, 8, 0, 0}), qPrintable(QString("%1 calls").arg(read.lines.size())));
        QCOMPARE(read.diagnostics.byReason(), (std::map<std::string, uint64_t>{{"too_long", 1}}));   // its rest is nothing else
        const auto whole = collect(log, shape, 64u << 20);
        QVERIFY(read.lines == whole.lines);
        QVERIFY(read.diagnostics == whole.diagnostics);
    }

    // A huge statement of many lines, too: what they hold is neither foreign nor a record.
    void longStatementOfManyLines() {
        std::string huge = "INSERT INTO t VALUES ('";
        while (huge.size() < 40u << 20) huge += std::string(1u << 20, 'y') + "\n";
        for (const char* format : {"csvlog", "stderr"}) {
            const std::string log = record(format, "SELECT 1") + record(format, huge + "')") + record(format, "SELECT 3");
            const auto read = collect(log, shapeOfFormat(format), 4u << 20);
            QCOMPARE(read.lines.size(), size_t(2));
            QCOMPARE(read.diagnostics.byReason(), (std::map<std::string, uint64_t>{{"too_long", 1}}));
        }
    }

    // A line that another process has written into before it said what it is about: two statements are lost, and that is said.
    void aLineInsideOfAnother() {
        const std::string inner = record("stderr", "SELECT 2", 2), outer = record("stderr", "SELECT 1");
        const size_t cut = outer.find("LOG:  durat") + 11;
        const std::string torn = outer.substr(0, cut) + inner.substr(0, inner.size() - 1) + outer.substr(cut);
        const std::string quoting = record("stderr", "INSERT INTO notes VALUES ('" + inner.substr(0, inner.size() - 1) + "')", 3);
        const auto read = collect(outer + torn + quoting + outer, shapeOfFormat("stderr"));
        QCOMPARE(read.lines.size(), size_t(3));
        QCOMPARE(read.diagnostics.byReason(), (std::map<std::string, uint64_t>{{"torn_line", 1}}));
        QCOMPARE(read.diagnostics.shown().front().line, uint64_t(2));
    }

    // Bytes that are no text, inside of statements and between records.
    void bytesThatAreNoText_data() { eachFormat(); }
    void bytesThatAreNoText() {
        QFETCH(QString, format);
        const std::string name = format.toStdString();
        std::string log;
        const std::string odd[] = {std::string("a\0b", 3), "\xff\xfe", "h\xc3", "\xe2\x82", "\xf0\x9f\x98", "\x1b[31m", "\xc0\x80"};
        for (const auto& bytes : odd) log += record(name, "SELECT '" + bytes + "' FROM t") + record(name, "SELECT * FROM t WHERE id = 7");
        log += std::string(300, '\0') + "\n" + record(name, "SELECT * FROM t WHERE id = 7") + "\xff\xff\n" + record(name, "SELECT * FROM t WHERE id = 7");
        const auto workload = profiled(log);
        QVERIFY(workload);
        Weight plain = 0, all = 0;
        for (size_t i = 0; i < workload->facts->templates.size(); ++i)
            for (const auto& point : workload->rates.templates[i].points) {
                all += point.calls;
                if (workload->facts->templates[i].text == "SELECT * FROM t WHERE id = $1") plain += point.calls;
            }
        QCOMPARE(fromWeight(plain), 9.0);
        QVERIFY2(fromWeight(all) >= (name == "jsonlog" ? 9 + 5 : 9 + 6), qPrintable(QString::number(fromWeight(all))));
        QCOMPARE(workload->facts->diagnostics.byReason().at("nul_bytes"), uint64_t(1));
    }

    // Two writers whose lines are torn into one another: torn records are lost and said, the others are read.
    void tornLines_data() { eachFormat(); }
    void tornLines() {
        QFETCH(QString, format);
        const std::string name = format.toStdString();
        std::string log;
        for (int i = 0; i < 50; ++i) {
            const std::string one = record(name, fmt::format("SELECT {}", i)), other = record(name, fmt::format("SELECT {}", i), 2);
            log += i % 10 ? one + other : one.substr(0, one.size() / 2) + other + one.substr(one.size() / 2);
        }
        const auto shape = shapeOfFormat(name);
        const auto read = collect(log, shape);
        QVERIFY2(read.lines.size() >= 90 && read.lines.size() <= 100, qPrintable(QString::number(read.lines.size())));
        for (const uint64_t range : {97, 1'000}) QVERIFY(collect(log, shape, range).lines == read.lines);
    }

    // The server's zone changes while it runs, and summer time ends: instants go on, and the hour that comes twice is two.
    void zones_data() { eachFormat(); }
    void zones() {
        QFETCH(QString, format);
        const std::string name = format.toStdString();
        std::string log;
        for (const char* time : {"2026-10-25 00:30:00.000 UTC", "2026-10-25 02:45:00.000 CEST", "2026-10-25 02:15:00.000 CET", "2026-10-25 02:30:00.000 CET", "2026-10-24 21:45:00.000 EDT", "2026-10-25 02:00:00.000 UTC"})
            log += record(name, "SELECT 1", 1, time);
        const auto read = collect(log, shapeOfFormat(name));
        QStringList times;
        for (const auto& line : read.lines) times << QString::fromStdString(line).mid(11, 5);
        QCOMPARE(times.join(' '), QString("00:29 00:44 01:14 01:29 01:44 01:59"));   // where they began
        QCOMPARE(read.diagnostics.total(), uint64_t(0));
    }

    // Rotated files in any order are one log.
    void filesOutOfOrder_data() { eachFormat(); }
    void filesOutOfOrder() {
        QFETCH(QString, format);
        const std::string name = format.toStdString();
        TemporaryFolder folder;
        std::vector<std::string> paths;
        for (int i = 0; i < 4; ++i) {
            paths.push_back((folder.path() / fmt::format("log-{}", i)).string());
            std::string log;
            for (int j = 0; j < 20; ++j) log += record(name, fmt::format("SELECT * FROM t WHERE id = {}", j), 1 + j % 3, fmt::format("2026-12-01 1{}:{:02}:00.000 UTC", i, j));
            QVERIFY(writeFileWhole(paths.back(), log).ok());
        }
        Job job;
        const auto expected = ingestFiles(paths, {}, job);
        QVERIFY(expected.ok());
        std::swap(paths[0], paths[3]);
        std::swap(paths[1], paths[2]);
        const auto other = ingestFiles(paths, {}, job);
        QVERIFY(other.ok());
        QVERIFY(workload::writePartial(expected->partial) == workload::writePartial(other->partial));
        QCOMPARE(expected->coverage.size(), size_t(1));
    }

    // Statements that are all different: those past the limit are counted together, and it is said.
    void moreTemplatesThanTheLimit_data() { eachFormat(); }
    void moreTemplatesThanTheLimit() {
        QFETCH(QString, format);
        const std::string name = format.toStdString();
        std::string log;
        for (int i = 0; i < 2'000; ++i) log += record(name, fmt::format("SELECT c{} FROM t WHERE id = {}", i, i));
        IngestOptions options;
        options.partial.maxTemplates = 100;
        options.rangeBytes = 20'000;
        const auto workload = profiled(log, options);
        QVERIFY(workload);
        QVERIFY(workload->facts->templates.size() <= 101);
        QCOMPARE(fromWeight(workload->facts->totals.calls), 2'000.0);
        QVERIFY(workload->facts->diagnostics.byReason().contains("too_many_templates"));
    }
};

QTEST_GUILESS_MAIN(TestHostileLogs)
#include "test_hostile_logs.moc"
