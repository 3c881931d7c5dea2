#include <QtTest/QTest>

#include "core/base/file.h"
#include "core/ingest/ingest.h"
#include "tests/ingest/collect.h"

using namespace foreshard;
using namespace foreshard::ingest;
using namespace foreshard::ingest::testing;

namespace {

const LogShape stderrShape{LogFormat::stderrLog, "%m [%p] %u@%d v%v ", false, 1};

// "SESSION VXID SEVERITY TEXT" lines, one second apart, as a stderr log.
std::string logOf(const std::vector<std::string>& lines) {
    std::string out;
    int second = 0;
    for (const auto& line : lines) {
        if (line.starts_with("\t")) { out += line + "\n"; continue; }
        const size_t first = line.find(' '), second_ = line.find(' ', first + 1), third = line.find(' ', second_ + 1);
        out += fmt::format("2026-11-22 20:{:02}:{:02}.000 UTC [{}] u@d v{} {}:  {}\n", second / 60, second % 60, line.substr(0, first),
                           line.substr(first + 1, second_ - first - 1), line.substr(second_ + 1, third - second_ - 1), line.substr(third + 1));
        ++second;
    }
    return out;
}

std::vector<std::string> callsOf(const std::vector<std::string>& lines) { return collect(logOf(lines), stderrShape).lines; }

}  // namespace

class TestMessages : public QObject {
    Q_OBJECT
    TemporaryFolder folder_;

private Q_SLOTS:
    // log_statement and a duration of its own line are one call; parse and bind are none.
    void durationsFindTheirStatement() {
        const auto got = callsOf({"1 3/1 LOG duration: 0.074 ms", "1 3/1 LOG execute S_1: select $1", "1 3/1 DETAIL parameters: $1 = '7'",
                                  "2 4/1 LOG statement: select 2", "2 4/0 LOG duration: 5.000 ms", "1 3/1 LOG duration: 2.500 ms",
                                  "1 3/1 LOG duration: 9.000 ms"});
        QCOMPARE(got.size(), size_t(2));
        QCOMPARE(got[0], std::string("2026-11-22T20:00:03Z 2 4/1 5000us d | select 2 | -"));
        QCOMPARE(got[1], std::string("2026-11-22T20:00:01Z 1 3/1 2500us d | select $1 | [7]"));
    }

    // A statement logged when it is over began that much earlier.
    void timeIsTheStart() {
        const auto got = callsOf({"1 3/0 LOG duration: 1500.000 ms  statement: select 1"});
        QCOMPARE(got[0], std::string("2026-11-22T19:59:58.500000Z 1 3/0 1500000us d | select 1 | -"));
    }

    void withoutDurationsTheNextStatementEndsACall() {
        const auto got = callsOf({"1 3/1 LOG statement: select 1", "1 3/2 LOG statement: select 2"});
        QCOMPARE(got.size(), size_t(2));
        QVERIFY(got[0].find(" - d | select 1") != std::string::npos);
    }

    void errors() {
        // Of a statement that was logged; of one that is only known from its error; of one that never was one.
        const auto got = callsOf({"1 3/1 LOG statement: select 1/0", "1 3/1 ERROR division by zero", "1 3/1 STATEMENT select 1/0",
                                  "1 3/2 ERROR duplicate key", "1 3/2 CONTEXT unnamed portal with parameters: $1 = '5', $2 = NULL",
                                  "1 3/2 STATEMENT insert into t values ($1, $2)",
                                  "1 3/3 ERROR syntax error at or near \"selec\"", "1 3/3 STATEMENT selec 1", "1 3/0 FATAL terminating connection"});
        QCOMPARE(got.size(), size_t(3));
        QVERIFY(got[0].find("failed | select 1/0") != std::string::npos);
        QVERIFY(got[1].find("failed | insert into t values ($1, $2) | [5][NULL]") != std::string::npos);
        QCOMPARE(got[2], std::string("end 1"));
    }

    void severalStatementsInOneMessage() {
        const auto got = callsOf({"1 3/1 LOG statement: begin; update t set a = ';' where id = 1; commit", "1 3/0 LOG duration: 3.000 ms"});
        QCOMPARE(got.size(), size_t(3));
        QVERIFY(got[0].ends_with(" - d | begin | -"));
        QVERIFY(got[1].ends_with(" - d | update t set a = ';' where id = 1 | -"));
        QVERIFY(got[2].ends_with(" 3000us d | commit | -"));
    }

    void executeIsItsPreparedStatement() {
        const auto got = callsOf({"1 3/1 LOG statement: EXECUTE p (-1, 'o''k'::text, null, 2.5)",
                                  "1 3/1 DETAIL prepare: PREPARE p (int, numeric(10,2)) AS select * from t where a = $1 and b = $2",
                                  "1 3/1 LOG duration: 1.000 ms", "1 3/1 LOG statement: EXECUTE p (now(), 1)",
                                  "1 3/1 DETAIL prepare: PREPARE p AS select 1"});
        QVERIFY(got[0].ends_with("| select * from t where a = $1 and b = $2 | [-1][o'k][NULL][2.5]"));
        const auto unknown = fmt::format("[{}]", workload::cutParameter);
        QVERIFY(got[1].ends_with("| select 1 | " + unknown + "[1]"));   // an expression has no value in the log
        // Names as the server quotes them, escape and dollar strings, brackets and quotes inside an argument.
        const auto odd = callsOf({"1 3/1 LOG statement: EXECUTE \"odd name; \"\"q\"\"\"(2, E'it\\'s, )', 'x')",
                                  "1 3/1 DETAIL prepare: PREPARE \"odd name; \"\"q\"\"\" (bigint, text, text) AS SELECT * FROM acc WHERE id = $1",
                                  "1 3/2 LOG statement: EXECUTE p ($q$a, b$q$, ARRAY[1, 2], f(1, ')'), 7)", "1 3/2 DETAIL prepare: PREPARE p AS select 1",
                                  "1 3/3 LOG statement: EXECUTE p (f(1", "1 3/3 DETAIL prepare: PREPARE p AS select 1"});
        QVERIFY2(odd[0].ends_with("| SELECT * FROM acc WHERE id = $1 | [2]" + unknown + "[x]"), odd[0].c_str());
        QVERIFY2(odd[1].ends_with("| select 1 | " + unknown + unknown + unknown + "[7]"), odd[1].c_str());
        QVERIFY2(odd[2].ends_with("| EXECUTE p (f(1 | -"), odd[2].c_str());   // cut off
    }

    // A driver may call a prepared statement what it likes.
    void namesOfPreparedStatements() {
        const auto got = callsOf({"1 3/1 LOG execute my stmt: UPDATE t SET a = ': select'", "1 3/2 LOG execute my stmt: \"x\" 'y': SELECT 1",
                                  "1 3/3 LOG execute a, b: c/portal: d: /* x: y */ SELECT 2", "1 3/4 LOG execute p: RENAME nothing: at all",
                                  "1 3/5 LOG duration: 1.000 ms  execute q: r: WITH x AS (SELECT 1) SELECT 3"});
        QCOMPARE(got.size(), size_t(5));
        const char* statements[] = {"| UPDATE t SET a = ': select' | -", "| SELECT 1 | -", "| /* x: y */ SELECT 2 | -", "| RENAME nothing: at all | -", "| WITH x AS (SELECT 1) SELECT 3 | -"};
        for (size_t i = 0; i < got.size(); ++i) QVERIFY2(got[i].ends_with(statements[i]), got[i].c_str());
    }

    // More rows of a portal are no new call, and a plan or a replication command none at all.
    void otherMessages() {
        const auto got = callsOf({"1 3/1 LOG execute S_1/C_2: select * from t", "1 3/1 LOG duration: 1.000 ms",
                                  "1 3/1 LOG execute fetch from S_1/C_2: select * from t", "1 3/1 LOG duration: 2.000 ms",
                                  "1 3/1 LOG duration: 2.000 ms  execute fetch from S_1/C_2: select * from t",
                                  "1 3/1 LOG duration: 2.000 ms  parse S_3: select 1", "1 3/1 LOG duration: 2.000 ms  bind S_3: select 1",
                                  "1 3/1 LOG duration: 4.000 ms  plan:", "\tQuery Text: select 1", "1 3/1 LOG checkpoint starting: time",
                                  "1 3/1 LOG process 1 still waiting for ShareLock", "1 3/1 WARNING statement: not one"});
        QCOMPARE(got.size(), size_t(1));
        QVERIFY(got[0].find("1000us d | select * from t") != std::string::npos);
    }

    // A prefix without process or session: whose duration it is, nobody can say.
    void withoutSessions() {
        const auto got = collect("2026-11-22 20:00:00 UTC LOG:  statement: select 1\n2026-11-22 20:00:01 UTC LOG:  duration: 1.000 ms\n"
                                 "2026-11-22 20:00:02 UTC LOG:  duration: 2.000 ms  statement: select 2\n",
                                 {LogFormat::stderrLog, "%t ", false, 1});
        QCOMPARE(got.lines.size(), size_t(2));
        QCOMPARE(got.lines[0], std::string("2026-11-22T20:00:00Z   -  | select 1 | -"));
        QCOMPARE(got.lines[1], std::string("2026-11-22T20:00:01.998000Z   2000us  | select 2 | -"));
        QVERIFY(coverageOf(got.evidence, {}).boundaries == workload::Boundaries::none);
    }

    void aRestartEndsWhatWasOpen() {
        const auto got = callsOf({"1 3/1 LOG statement: select 1", "9 3/0 LOG database system was interrupted; last known up at x",
                                  "1 3/1 LOG duration: 4.000 ms"});
        QCOMPARE(got.size(), size_t(2));   // the call, whose duration came too late, and the end of its session
        QVERIFY2(got[0].find(" - d | select 1") != std::string::npos, got[0].c_str());
        QCOMPARE(got[1], std::string("end 1"));
    }

    void parameters() {
        ParameterList list;
        QVERIFY(list.read("parameters: $1 = '', $2 = NULL, $3 = 'a, $4 = ''x''', $4 = 'long...'"));
        QCOMPARE(list.values().size(), size_t(4));
        QCOMPARE(std::string(*list.values()[0]), std::string());
        QVERIFY(!list.values()[1]);
        QCOMPARE(std::string(*list.values()[2]), std::string("a, $4 = 'x'"));
        QVERIFY(list.truncated());
        QVERIFY(*list.values()[3] == workload::cutParameter);   // which key it was, nobody can say
        QVERIFY(list.read("Parameters: $1 = '1'"));
        QVERIFY(!list.truncated());
        QVERIFY(!list.read("Key (a)=(1) already exists."));
        QVERIFY(list.read("parameters: $1 = 'a...', $2 = 'b', $3 = 'cut"));
        QVERIFY(list.truncated());
        QVERIFY(*list.values()[0] == workload::cutParameter && *list.values()[1] == "b" && *list.values()[2] == workload::cutParameter);
    }

    // A value that log_parameter_max_length cut off is no key; the others of the call are.
    void cutParametersAreNoKeys() {
        const std::string log = logOf({"1 3/1 LOG execute S_1: select * from t where a = $1 and b = $2", "1 3/1 DETAIL parameters: $1 = '5', $2 = '1234...'"});
        const auto path = (folder_.path() / "cut.log").string();
        QVERIFY(writeFileWhole(path, log).ok());
        Job job;
        const auto workload = workload::finish(ingestFiles({path}, {}, job)->partial);
        QCOMPARE(workload->facts->transactions.size(), size_t(1));
        const auto& call = workload->facts->transactions[0].calls[0];
        QCOMPARE(call.slots.size(), size_t(2));
        QVERIFY(call.slots[0][0] == Value::integer(5));
        QVERIFY(call.slots[1][0].kind == ValueKind::missing);
        QCOMPARE(workload->facts->coverage[0].cutStatements, uint64_t(1));
        size_t bound = 0;
        for (const auto& column : workload->rates.columns) bound += !column.slots.empty();
        QCOMPARE(bound, size_t(1));
    }

    void coverageIsFoundOut() {
        const auto coverage = [](const std::vector<std::string>& lines, GivenCoverage given = {}) {
            return coverageOf(collect(logOf(lines), stderrShape).evidence, given);
        };
        const auto all = coverage({"1 3/1 LOG statement: begin", "1 3/1 LOG statement: select 1", "1 3/1 LOG duration: 1.0 ms"});
        QVERIFY(all.selects && all.writes && all.transactionControl && all.durations && all.literals && !all.pooled && !all.minDurationMs);
        QVERIFY(all.boundaries == workload::Boundaries::explicitStatements);
        const auto mod = coverage({"1 3/1 LOG statement: insert into t values (1)", "1 3/1 LOG statement: update t set a = 1"});
        QVERIFY(!mod.selects && mod.writes && !mod.transactionControl && !mod.durations && mod.lowerBounds());
        QVERIFY(mod.boundaries == workload::Boundaries::virtualTransactionId);
        const auto ddl = coverage({"1 3/1 LOG statement: create table t (a int)"});
        QVERIFY(!ddl.selects && !ddl.writes);
        const auto masked = coverage({"1 3/1 LOG execute S_1: select $1", "1 3/1 LOG execute S_1: select $1"});
        QVERIFY(!masked.literals);
        const auto pooled = coverage({"1 3/1 LOG statement: select 1", "1 3/1 LOG statement: DISCARD ALL"});
        QVERIFY(pooled.pooled && !pooled.pooledGiven);
        const auto setting = coverage({"1 3/0 LOG parameter \"log_min_duration_statement\" changed to \"250ms\"", "1 3/0 LOG duration: 300.0 ms  statement: select 1"});
        QCOMPARE(setting.minDurationMs, std::optional<double>(250));
        QVERIFY(!setting.minDurationGiven);
        const auto given = coverage({"1 3/0 LOG duration: 300.0 ms  statement: select 1"}, {0.1, 200, true});
        QVERIFY(given.minDurationGiven && given.sampleRateGiven && given.pooledGiven && given.pooled);
        QCOMPARE(given.sampleRate, std::optional<double>(0.1));
    }

    // A sample rate that the log tells is said where nobody gave one: counts would be too small.
    void loggedSampleRatesAreSaid() {
        const auto path = (folder_.path() / "sampled.log").string();
        QVERIFY(writeFileWhole(path, logOf({"9 3/0 LOG parameter \"log_statement_sample_rate\" changed to \"0.25\"", "1 3/0 LOG duration: 300.0 ms  statement: select 1"})).ok());
        Job job;
        IngestOptions options;
        const auto unknown = ingestFiles({path}, options, job);
        QCOMPARE(workload::finish(unknown->partial)->facts->diagnostics.byReason().at("sample_rate_not_given"), uint64_t(1));
        options.given.sampleRate = 0.25;
        const auto given = ingestFiles({path}, options, job);
        QCOMPARE(workload::finish(given->partial)->facts->diagnostics.byReason().count("sample_rate_not_given"), size_t(0));
    }

    // Many calls, none of them short: a threshold nobody told us of.
    void thresholdIsInferredOnlyWhenClear() {
        Evidence evidence;
        evidence.calls = evidence.endedCalls = 5'000;
        evidence.shortestEnded = 101'200'000;
        QCOMPARE(coverageOf(evidence, {}).minDurationMs, std::optional<double>(100));
        evidence.endedCalls = 20;
        QVERIFY(!coverageOf(evidence, {}).minDurationMs);
        evidence.endedCalls = 5'000;
        evidence.shortestEnded = 20'000;
        QVERIFY(!coverageOf(evidence, {}).minDurationMs);
    }
};

QTEST_APPLESS_MAIN(TestMessages)
#include "test_messages.moc"
