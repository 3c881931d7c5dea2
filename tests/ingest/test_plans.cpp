// Plans of auto_explain: what they say, and which call they belong to.
#include <QtTest/QTest>

#include "core/ingest/plan.h"
#include "tests/ingest/collect.h"

using namespace foreshard;
using namespace foreshard::ingest;
using namespace foreshard::ingest::testing;

namespace {

const char* const prefix = "%m [%p] %u@%d v%v ";
const char* const head = "2026-12-01 10:00:00.000 UTC [7] u@d v3/5 ";

std::string record(const std::string& text, const std::string& severity = "LOG") {
    std::string out = head + severity + ":  ";
    for (const char c : text) out += c == '\n' ? "\n\t" : std::string(1, c);
    return out + "\n";
}

std::string plan(const std::string& statement, int rows) {
    return record(fmt::format("duration: 1.000 ms  plan:\nQuery Text: {}\nSeq Scan on t  (cost=0.00..1.00 rows=9 width=4) (actual time=0.1..0.2 rows={} loops=1)\n  Filter: (id = 1)", statement, rows));
}

std::vector<std::string> callsOf(const std::string& log, PlanUse use) {
    std::vector<std::string> out;
    const LogShape shape{LogFormat::stderrLog, prefix, true, 1, use};
    const auto whole = collect(log, shape);
    for (const auto& line : whole.lines) out.push_back(line.substr(line.find("3/5")));   // behind time and session
    // Where it is cut makes no difference, and each call has its place.
    for (uint64_t cut = 1; cut < log.size(); cut += 113)
        if (collect(log, shape, cut).lines != whole.lines) out.push_back(fmt::format("other calls with ranges of {} bytes", cut));
    if (!whole.ordered) out.push_back("out of order");
    return out;
}

void compare(const std::vector<std::string>& found, const std::vector<std::string>& expected) {
    QCOMPARE(QByteArray::fromStdString(fmt::format("{}", fmt::join(found, "\n"))), QByteArray::fromStdString(fmt::format("{}", fmt::join(expected, "\n"))));
}

struct Read { std::string statement, parameters; int64_t rows; };
Read readOf(const std::string& text) {
    PlanReader reader;
    Plan plan;
    if (!reader.read(text, plan)) return {"unread", {}, 0};
    return {std::string(plan.statement), std::string(plan.parameters), plan.rows};
}

}  // namespace

class TestPlans : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void text() {
        const std::string node = "  (cost=0.00..1.00 rows=9 width=4) ";
        const auto several = readOf("\nQuery Text: SELECT a,\n  b\nFROM t;\nQuery Parameters: $1 = '4'\nSeq Scan on t" + node + "(actual time=0.1..0.2 rows=4 loops=1)\n  Filter: (id = 1)");
        QCOMPARE(several.statement, std::string("SELECT a,\n  b\nFROM t;"));
        QCOMPARE(several.parameters, std::string("Query Parameters: $1 = '4'"));
        QCOMPARE(several.rows, int64_t(4));
        QCOMPARE(readOf("Query Text: SELECT 1;\nResult" + node + "(actual rows=1.00 loops=1)").rows, int64_t(1));
        QCOMPARE(readOf("Query Text: SELECT 1;\nResult" + node + "(never executed)").rows, int64_t(0));
        QCOMPARE(readOf("Query Text: SELECT 1;\nResult  (cost=0.00..0.01 rows=1 width=4)").rows, int64_t(-1));
        // What a node changes is what comes from below it.
        QCOMPARE(readOf("Query Text: UPDATE t SET x = 1\nUpdate on t" + node + "(actual rows=0 loops=1)\n  ->  Seq Scan on t" + node + "(actual rows=7 loops=1)").rows, int64_t(7));
        QCOMPARE(readOf("Query Text: INSERT INTO t ON CONFLICT DO NOTHING\nInsert on t" + node + "(actual rows=0 loops=1)\n  Conflict Resolution: NOTHING\n  Tuples Inserted: 2\n"
                        "  Conflicting Tuples: 3\n  ->  Values Scan" + node + "(actual rows=5 loops=1)").rows, int64_t(2));
        for (const char* text : {"", "\n", "Query Text: SELECT 1", "<explain/>", "Query Text: \"SELECT 1\"\nPlan: \n  Node Type: \"Result\"", "{\"Query Text\": 5}", "{"}) QCOMPARE(readOf(text).statement, std::string("unread"));
    }

    void json() {
        const auto read = readOf("\n{\n  \"Query Text\": \"SELECT \\\"a\\\"\\nFROM t\",\n  \"Query Parameters\": \"$1 = '4'\",\n  \"Plan\": {\"Node Type\": \"Seq Scan\", \"Actual Rows\": 4.00, \"Actual Loops\": 1}\n}");
        QCOMPARE(read.statement, std::string("SELECT \"a\"\nFROM t"));
        QCOMPARE(read.parameters, std::string("Query Parameters: $1 = '4'"));
        QCOMPARE(read.rows, int64_t(4));
        QCOMPARE(readOf("{\"Query Text\": \"x\", \"Plan\": {\"Node Type\": \"ModifyTable\", \"Operation\": \"Update\", \"Actual Rows\": 0, \"Actual Loops\": 1, \"Plans\": [{\"Actual Rows\": 6, \"Actual Loops\": 1}]}}").rows, int64_t(6));
        QCOMPARE(readOf("{\"Query Text\": \"x\", \"Plan\": {\"Node Type\": \"Result\"}}").rows, int64_t(-1));
    }

    // Nothing but plans: each is a call, the one inside of a function is none.
    void plansAlone() {
        const std::string inner = plan("SELECT 1 FROM f", 1) + head + "CONTEXT:  SQL statement \"SELECT 1 FROM f\"\n";
        compare(callsOf(plan("SELECT * FROM t WHERE id = 1", 3) + inner + plan("SELECT * FROM t WHERE id = 1", 4), PlanUse::calls),
                {"3/5 1000us d 3 rows | SELECT * FROM t WHERE id = 1 | -", "3/5 1000us d 4 rows | SELECT * FROM t WHERE id = 1 | -"});
        QCOMPARE(callsOf(plan("SELECT 1 FROM a; SELECT 2 FROM b", 1) + plan("SELECT 1 FROM a; SELECT 2 FROM b", 1), PlanUse::calls).size(), size_t(2));
        compare(callsOf(plan("PREPARE p (int) AS SELECT * FROM t WHERE id = $1", 1), PlanUse::calls), {"3/5 1000us d 1 rows | SELECT * FROM t WHERE id = $1 | -"});
    }

    // Logged where it starts: the plan comes before the duration, of a SELECT of the extended protocol behind it.
    void statementsAtTheirStart() {
        const std::string select = "SELECT * FROM t WHERE id = 1", bare = record("duration: 5.000 ms");
        compare(callsOf(record("statement: " + select) + plan(select, 3) + bare + record("statement: " + select) + bare, PlanUse::rows),
                {"3/5 5000us d 3 rows | " + select + " | -", "3/5 5000us d | " + select + " | -"});
        // Without durations the plan tells how long it took.
        compare(callsOf(record("statement: " + select) + plan(select, 3) + record("statement: COMMIT"), PlanUse::rows), {"3/5 1000us d 3 rows | " + select + " | -", "3/5 - d | COMMIT | -"});
        const std::string extended = "SELECT * FROM t WHERE id = $1", execute = record("execute s: " + extended) + head + "DETAIL:  parameters: $1 = '4'\n";
        compare(callsOf(bare + bare + execute + bare + plan(extended, 3) + bare + execute + bare + bare + execute + bare + plan(extended, 4), PlanUse::rows),
                {"3/5 5000us d 3 rows | " + extended + " | [4]", "3/5 5000us d | " + extended + " | [4]", "3/5 5000us d 4 rows | " + extended + " | [4]"});
        const std::string insert = "INSERT INTO t VALUES ($1)";
        compare(callsOf(record("execute s: " + insert) + plan(insert, 1) + bare + bare + record("execute s: " + insert) + plan(insert, 1) + bare, PlanUse::rows),
                {"3/5 5000us d 1 rows | " + insert + " | -", "3/5 5000us d 1 rows | " + insert + " | -"});
        // In a transaction the next statement is parsed before.
        compare(callsOf(execute + bare + bare + plan(extended, 3) + bare + record("execute s: COMMIT") + bare, PlanUse::rows), {"3/5 5000us d 3 rows | " + extended + " | [4]", "3/5 5000us d | COMMIT | -"});
        // A cursor's plan comes when it is closed, and is no call beside its DECLARE.
        compare(callsOf(record("statement: COMMIT") + plan("DECLARE c CURSOR FOR SELECT 1", 9) + bare, PlanUse::rows), {"3/5 5000us d | COMMIT | -"});
        compare(callsOf(record("statement: EXECUTE p(4)") + head + "DETAIL:  prepare: PREPARE p (int) AS " + extended + "\n" + plan("PREPARE p (int) AS " + extended, 2) + bare, PlanUse::rows),
                {"3/5 5000us d 2 rows | " + extended + " | [4]"});
        compare(callsOf(record("statement: " + select) + plan(select, 3) + record("broken", "ERROR") + head + "STATEMENT:  " + select + "\n", PlanUse::rows), {"3/5 1000us d 3 rows failed | " + select + " | -"});
    }

    // Logged where it ends: the plan is in front of that, of a SELECT of the extended protocol behind it; without a line it is a call.
    void statementsAtTheirEnd() {
        const std::string select = "SELECT * FROM t WHERE id = 1", ended = record("duration: 5.000 ms  statement: " + select);
        compare(callsOf(plan(select, 3) + ended + ended + plan(select, 4) + ended, PlanUse::rows),
                {"3/5 5000us d 3 rows | " + select + " | -", "3/5 5000us d | " + select + " | -", "3/5 5000us d 4 rows | " + select + " | -"});
        const std::string extended = "SELECT * FROM t WHERE id = $1", execute = record("duration: 5.000 ms  execute s: " + extended) + head + "DETAIL:  parameters: $1 = '4'\n";
        compare(callsOf(execute + plan(extended, 3) + execute + execute + plan(extended, 4), PlanUse::rows),
                {"3/5 5000us d 3 rows | " + extended + " | [4]", "3/5 5000us d | " + extended + " | [4]", "3/5 5000us d 4 rows | " + extended + " | [4]"});
        compare(callsOf(execute + record("duration: 1.000 ms  parse <unnamed>: COMMIT") + plan(extended, 3) + record("duration: 1.000 ms  bind <unnamed>: COMMIT"), PlanUse::rows),
                {"3/5 5000us d 3 rows | " + extended + " | [4]"});
        const std::string quoted = "INSERT INTO t VALUES ('a; b')";
        compare(callsOf(plan(quoted, 1) + record("duration: 5.000 ms  statement: " + quoted), PlanUse::rows), {"3/5 5000us d 1 rows | " + quoted + " | -"});
        // Faster than log_min_duration_statement: its plan alone is logged.
        compare(callsOf(plan("SELECT 1 FROM fast", 2) + plan(select, 3) + ended + plan("SELECT 1 FROM fast", 2) + record("duration: 9.000 ms  statement: SELECT 2"), PlanUse::rows),
                {"3/5 1000us d 2 rows | SELECT 1 FROM fast | -", "3/5 5000us d 3 rows | " + select + " | -", "3/5 1000us d 2 rows | SELECT 1 FROM fast | -", "3/5 9000us d | SELECT 2 | -"});
    }

    void useIsFoundOut() {
        for (const auto& [name, use] : {std::pair{"postgresql-auto-explain/server.csv.gz", PlanUse::calls}, {"postgresql-auto-explain-started/server.log.gz", PlanUse::rows},
                                        {"postgresql-auto-explain-ended/server.json.gz", PlanUse::rows}, {"postgresql-csvlog/server.csv.gz", PlanUse::none}}) {
            const auto bytes = recordedData(name);
            QVERIFY(!bytes.empty());
            const auto shape = shapeOf(bytes);
            QVERIFY2(shape.plans == use, name);
            const auto whole = collect(bytes, shape);
            QVERIFY(whole.ordered);
            for (const uint64_t range : {700, 5'003, 60'001}) {
                const auto split = collect(bytes, shape, range);
                QVERIFY2(split.lines == whole.lines && split.evidence == whole.evidence, name);
            }
        }
    }
};

QTEST_GUILESS_MAIN(TestPlans)
#include "test_plans.moc"
