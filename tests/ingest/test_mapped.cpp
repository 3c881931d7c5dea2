// Tables and JSON lines of statements, by a person's mapping of their columns.
#include <QtTest/QTest>

#include "core/base/file.h"
#include "core/ingest/ingest.h"
#include "core/ingest/mapping.h"
#include "core/ingest/table_preview.h"
#include "core/ingest/part.h"
#include "tests/ingest/collect.h"
#include "tests/ingest/summary.h"

using namespace foreshard;
using namespace foreshard::ingest;
using namespace foreshard::ingest::testing;

namespace {

const std::string columns = "statement=query,time=started,duration_ms=ms,session=conn,database=db,transaction=tx,error=failed";

// The same calls as a table and as JSON lines.
std::string table(char separator, const char* lineBreak) {
    std::string out = "no;started;conn;db;tx;query;ms;failed\n";
    out += "1;2026-11-01T10:00:00Z;c1;shop;7;\"SELECT * FROM t WHERE name = 'a\"\"b\n; c' AND id = 1\";1.5;\n";
    out += "2;2026-11-01 10:00:01.25+00;c1;shop;7;UPDATE t SET x = 2 WHERE id = 1;0.25;false\n";
    out += "3;1793527202;c2;shop;8;SELECT * FROM t WHERE id = 3;;0\n";
    out += "4;1793527203500;c2;shop;9;SELEC;2;true\n";
    out += "5;2026-11-01T10:00:05Z;c2;shop;10;\"SELECT * FROM t WHERE id = 4\";3;\n";
    std::string made;
    bool inside = false;
    for (const char c : out) {
        inside ^= c == '"';
        if (c == '\n' && !inside) made += lineBreak;
        else made += c == ';' && !inside ? separator : c;
    }
    return made;
}

const char* const jsonLines =
    R"({"started":"2026-11-01T10:00:00Z","conn":"c1","db":"shop","tx":7,"query":"SELECT * FROM t WHERE name = 'a\"b\n; c' AND id = 1","ms":1.5,"other":{"a":[1]}})" "\n"
    R"({"started":"2026-11-01 10:00:01.25+00","conn":"c1","db":"shop","tx":7,"query":"UPDATE t SET x = 2 WHERE id = 1","ms":0.25,"failed":false})" "\n"
    R"({"query":"SELECT * FROM t WHERE id = 3","started":1793527202,"conn":"c2","db":"shop","tx":8})" "\n"
    R"({"started":1793527203500,"conn":"c2","db":"shop","tx":9,"query":"SELEC","ms":2,"failed":true})" "\n"
    R"({"started":"2026-11-01T10:00:05Z","conn":"c2","db":"shop","tx":10,"query":"SELECT * FROM t WHERE id = 4","ms":3, "failed":null})" "\n";

}  // namespace

class TestMapped : public QObject {
    Q_OBJECT
    TemporaryFolder folder_;
    Job job_;

    std::vector<std::string> callsOf(const std::string& bytes, LogFormat format) {
        const auto shape = detectShape(bytes, format, columns, "log");
        if (!shape.ok()) return {shape.error().message};
        const auto whole = collect(bytes, *shape);
        for (const uint64_t range : {20, 90})
            if (collect(bytes, *shape, range).lines != whole.lines) return {"cuts matter"};
        auto lines = whole.lines;
        if (whole.diagnostics.total() > 0) lines.push_back(whole.diagnostics.shown().front().message);
        return lines;
    }

private Q_SLOTS:
    // What a person is shown of a file, and what is guessed: names decide nothing where values contradict.
    void previewShowsAndGuesses() {
        const auto preview = [](std::string sample) {
            const size_t size = sample.size();
            sample.append(readerPadding, '\0');
            return previewTable(std::string_view(sample).substr(0, size));
        };
        const auto table = preview("started_at;query_id;sql;duration_s;pid\n2026-11-01 10:00:00;17;\"SELECT \"\"a\"\";\n1\";0.5;9\n2026-11-01 10:00:01;18;COMMIT;0.1;9\n2026-11-01 10:0");
        QVERIFY(table && table->format == LogFormat::table);
        QCOMPARE(table->columns.size(), size_t(5));
        QCOMPARE(table->rows.size(), size_t(2));           // the cut one is left out
        QCOMPARE(table->rows[0][2], std::string("SELECT \"a\";\n1"));
        const auto named = [](const TablePreview& of, Meaning meaning) { return of.guess.of(meaning).name; };
        QCOMPARE(named(*table, Meaning::time), std::string("started_at"));
        QCOMPARE(named(*table, Meaning::statement), std::string("sql"));   // query_id is a number
        QCOMPARE(named(*table, Meaning::durationS), std::string("duration_s"));
        QCOMPARE(named(*table, Meaning::session), std::string("pid"));
        const auto lines = preview("{\"ts\":1761991200123,\"msg\":{\"q\":1},\"stmt\":\"select 1\"}\n{\"ts\":1761991200124,\"stmt\":\"select 2\",\"xid\":7}\n");
        QVERIFY(lines && lines->format == LogFormat::jsonLines);
        QCOMPARE(lines->columns, (std::vector<std::string>{"ts", "msg.q", "stmt", "xid"}));
        QCOMPARE(lines->rows[1], (std::vector<std::string>{"1761991200124", "", "select 2", "7"}));
        QCOMPARE(named(*lines, Meaning::time), std::string("ts"));
        QCOMPARE(named(*lines, Meaning::statement), std::string("stmt"));
        QCOMPARE(named(*lines, Meaning::transaction), std::string("xid"));
        for (const char* other : {"", "one\ntwo\n", "a,b\n1\n", "a,b\n", "{broken\n", "\x01,\x02\n1,2\n"}) QVERIFY(!preview(other));
    }

    void tablesAndJsonLinesAgree() {
        const std::vector<std::string> wanted{
            "2026-11-01T10:00:00Z c1 t/7 1500us shop | SELECT * FROM t WHERE name = 'a\"b\n; c' AND id = 1 | -",
            "2026-11-01T10:00:01.250000Z c1 t/7 250us shop | UPDATE t SET x = 2 WHERE id = 1 | -",
            "2026-11-01T10:00:02Z c2 t/8 - shop | SELECT * FROM t WHERE id = 3 | -"};
        const auto json = callsOf(jsonLines, LogFormat::jsonLines);
        QVERIFY2(json.size() >= 4, json.front().c_str());
        for (const char separator : {',', ';', '\t', '|'}) QCOMPARE(callsOf(table(separator, "\n"), LogFormat::table), json);
        QCOMPARE(callsOf(table(',', "\r\n"), LogFormat::table), json);
        QCOMPARE(callsOf(std::string(jsonLines) + "nonsense\n", LogFormat::jsonLines).size(), json.size() + 1);
        for (size_t i = 0; i < 2; ++i) QCOMPARE(json[i], wanted[i]);
        // Two transactions of one call each, one of two, one that failed.
        const auto path = (folder_.path() / "calls.csv").string();
        QVERIFY(writeFileWhole(path, table(',', "\n")).ok());
        IngestOptions options;
        options.format = LogFormat::table;
        options.prefix = columns;
        const auto read = ingestFiles({path}, options, job_);
        QVERIFY2(read.ok(), read.ok() ? "" : read.error().message.c_str());
        const auto workload = workload::finish(read->partial);
        QCOMPARE(workload->facts->totals.callsLogged, uint64_t(5));
        QCOMPARE(fromWeight(workload->facts->totals.aborted), 1.0);
        QCOMPARE(fromWeight(workload->facts->totals.transactions), 3.0);
        QCOMPARE(workload->facts->diagnostics.byReason().count("foreign_line"), size_t(0));
    }

    // A member inside of another is named with dots, as a member whose name has dots is.
    void membersOfMembers() {
        const std::string lines = R"({"at":{"began":"2026-11-01T10:00:00Z"},"query":{"text":"SELECT * FROM t WHERE id = 1","took.ms":1.5},"session.id":"c1","other":{"text":"SELECT 9","began":1}})" "\n"
                                  R"({"query":{"text":"SELECT * FROM t WHERE id = 2"},"at":{"more":{"x":[1,{}]},"began":"2026-11-01T10:00:01Z"},"session.id":"c2"})" "\n"
                                  R"({"query":"SELECT 3","at":{"began":"2026-11-01T10:00:01Z"}})" "\n";
        const auto shape = detectShape(lines, LogFormat::jsonLines, "statement=query.text,time=at.began,duration_ms=query.took.ms,session=session.id", "log");
        QVERIFY2(shape.ok(), shape.ok() ? "" : shape.error().message.c_str());
        const auto read = collect(lines, *shape);
        std::string text;
        for (const auto& line : read.lines) text += line + "\n";
        QVERIFY2(text.starts_with("2026-11-01T10:00:00Z c1  1500us  | SELECT * FROM t WHERE id = 1 | -\n2026-11-01T10:00:01Z c2  -  | SELECT * FROM t WHERE id = 2 | -\n"), text.c_str());
        QCOMPARE(read.diagnostics.byReason(), (std::map<std::string, uint64_t>{{"broken_json", 1}}));
        // They are offered by these names.
        const auto preview = previewTable(lines);
        QVERIFY(preview.has_value());
        QCOMPARE(preview->columns[1], std::string("query.text"));
        QCOMPARE(preview->guess.of(Meaning::time).name, std::string("at.began"));
        QCOMPARE(preview->rows[1][1], std::string("SELECT * FROM t WHERE id = 2"));
    }

    // They are never found out, so it is said how they are named.
    void whatIsNoLogSaysHowTablesAreNamed() {
        const auto next = [](const std::string& bytes) { return detectShape(bytes, LogFormat::automatic, {}, "q").error().next; };
        QVERIFY(next(jsonLines).find("--format ndjson --column time=NAME --column statement=NAME") != std::string::npos);
        QVERIFY(next(table('\t', "\n")).find("--format table --column") != std::string::npos);
    }

    void partsOfTables() {
        std::string bytes = table(',', "\n");
        const std::string rows = bytes.substr(bytes.find('\n') + 1);
        for (int i = 0; i < 30; ++i) bytes += rows;
        const auto path = (folder_.path() / "long.csv").string();
        QVERIFY(writeFileWhole(path, bytes).ok());
        IngestOptions options;
        options.format = LogFormat::table;
        options.prefix = columns;
        PartRequest request;
        request.path = path;
        const auto whole = workload::writePartial(ingestFiles({path}, options, job_)->partial);
        for (const uint64_t slice : {37, 500, 3'000}) {
            options.rangeBytes = slice;
            const auto part = readLogPart(request, options, job_);
            QVERIFY2(part.ok(), part.ok() ? "" : part.error().message.c_str());
            QVERIFY(workload::writePartial(complete(*part, job_)->partial) == whole);
        }
    }

    void wrongMappingsAreSaid() {
        for (const char* text : {"", "statement=a", "time=a", "statement=a,time=b,nonsense=c", "statement", "statement=,time=a"})
            QVERIFY2(ColumnMapping::parse(text).error().category == ErrorCategory::usage, text);
        const auto missing = detectShape(table(',', "\n"), LogFormat::table, "statement=query,time=when", "calls.csv");
        QVERIFY(!missing.ok() && missing.error().message.find("\"when\"") != std::string::npos);
        QVERIFY(!detectShape("a,b\n1,x\n", LogFormat::table, "statement=a,time=b", "calls.csv").ok());
        const auto mapping = ColumnMapping::parse(columns);
        QVERIFY(mapping.ok() && ColumnMapping::read(mapping->write()));
        for (const char* text : {"", ",", ",time=1:a", ",time=x:a,statement=1:b", " nonsense=1:b,"}) QVERIFY2(!ColumnMapping::read(text), text);
        QVERIFY(!mappedTime("yesterday") && !mappedTime("") && !mappedTime("1e300") && mappedTime("1793527202") == mappedTime("1793527202000") && mappedTime("1793527202") == mappedTime("2026-11-01T10:00:02Z"));
    }
};

QTEST_GUILESS_MAIN(TestMapped)
#include "test_mapped.moc"
