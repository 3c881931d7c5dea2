// MySQL and SQLite against PostgreSQL: the same statement has the same facts, whatever it is spelt in.
#include <QtTest>

#include <map>
#include <regex>

#include "corpus.h"
#include "print_facts.h"

#include "core/sql/dialect.h"
#include "core/sql/template.h"
#include "core/sql/trace.h"

using namespace foreshard::sql;

namespace {

// With the literals themselves in the place of slots, whose order is the dialect's.
std::string described(const std::string& statement) {
    const StatementFacts facts = statementFacts(statement);
    TemplateScanner scanner;
    std::map<uint32_t, std::string> values;
    for (const SlotLiteral& literal : scanner.scan(statement).literals)
        values[literal.slot] += "{" + (literal.kind == LiteralKind::parameter ? "?" : std::string(literal.text)) + "}";
    const std::string text = printed(facts);
    std::string out;
    for (size_t i = 0; i < text.size();) {
        if (text[i] != '$') {
            out += text[i++];
            continue;
        }
        size_t used = 0;
        out += values[static_cast<uint32_t>(std::stoul(text.substr(i + 1), &used)) - 1];
        i += 1 + used;
    }
    return out;
}

std::string in(Dialect dialect, const std::string& statement) {
    std::string buffer;
    return std::string(translated(statement, dialect, buffer));
}

std::string templateOf(Dialect dialect, const std::string& statement) { return templateText(in(dialect, statement)); }

}  // namespace

class TestDialect : public QObject {
    Q_OBJECT
private Q_SLOTS:
    // tests/sql/data/dialect_pairs.txt: a statement of another dialect, and what it is in PostgreSQL's.
    void pairsHaveTheSameFacts() {
        const auto text = foreshard::readFile(std::string(FORESHARD_SOURCE_DIR) + "/tests/sql/data/dialect_pairs.txt");
        QVERIFY(text.ok());
        const auto cases = readCorpus(*text);
        QVERIFY(cases.size() >= 45);
        std::string failures;
        for (const CorpusCase& c : cases) {
            const auto dialect = c.comment.find("sqlite") != std::string::npos ? Dialect::sqlite : Dialect::mysql;
            std::string ours = described(in(dialect, c.statement)), theirs = described(c.expected.substr(0, c.expected.size() - 1));
            // UPDATE and DELETE with a LIMIT have no other form.
            ours = std::regex_replace(ours, std::regex("(update|delete)\n((?:.|\n)*?)  flags limit \\{\\d+\\}\n"), "$1\n$2");
            if (ours != theirs || ours.find("by tokens") != std::string::npos)
                failures += "line " + std::to_string(c.line) + ": " + c.statement + "\nas\n" + in(dialect, c.statement) + "\nhas\n" + ours + "but\n" + c.expected + "has\n" + theirs + "\n";
        }
        QVERIFY2(failures.empty(), failures.c_str());
    }

    // Whatever the log writes in the places of values, and however many, it is one template.
    void oneTemplateForAllValues() {
        const auto same = [](const std::string& a, const std::string& b) { QCOMPARE(templateOf(Dialect::mysql, a), templateOf(Dialect::mysql, b)); };
        same("INSERT INTO `t` (`a`, `b`) VALUES (1, 'x')", "insert into t (a, b) values (?, ?), (2, \"y\"), (3, _utf8mb4'z\\'s')");
        same("SELECT * FROM t WHERE k IN (1, 2, 3) LIMIT 0, 10", "SELECT * FROM T WHERE `K` IN (?) LIMIT 20,5 # page 3");
        same("INSERT INTO t (a) VALUES (1) ON DUPLICATE KEY UPDATE n = VALUES(n) + 1", "INSERT INTO t (a) VALUES (2), (3) ON DUPLICATE KEY UPDATE n = VALUES(n) + 5");
        same("REPLACE INTO t VALUES (1, NULL, 'x')", "replace into t values (1, 2, NULL), (3, 4, 5)");
        same("SELECT /* trace=1 */ a FROM t WHERE k = X'ab'", "SELECT a FROM t WHERE k = 0xCD");
        QVERIFY(templateOf(Dialect::mysql, "SELECT a FROM t WHERE k = \"x\"") != templateOf(Dialect::sqlite, "SELECT a FROM t WHERE k = \"x\""));
    }

    // What has no other form is still read by its tokens.
    // What says how a statement is run is no part of its template; a column of such a name is.
    void hintsFallAway() {
        const auto same = [](Dialect dialect, const std::string& with, const std::string& without) { QCOMPARE(templateOf(dialect, with), templateOf(dialect, without)); };
        same(Dialect::mysql, "SELECT SQL_CALC_FOUND_ROWS DISTINCT SQL_NO_CACHE a FROM t USE INDEX FOR ORDER BY (i, `j`) WHERE a = 1 LIMIT 5,10", "SELECT DISTINCT a FROM t WHERE a = 2 LIMIT 3 OFFSET 9");
        same(Dialect::mysql, "select straight_join a from t force key (primary) ignore index (x) where a = 1", "select a from t where a = 1");
        same(Dialect::mysql, "INSERT LOW_PRIORITY INTO t VALUES (1)", "INSERT INTO t VALUES (1)");
        same(Dialect::mysql, "DELETE LOW_PRIORITY QUICK FROM t WHERE a = 1", "DELETE FROM t WHERE a = 1");
        same(Dialect::sqlite, "SELECT a FROM t LIMIT 5, 10", "SELECT a FROM t LIMIT 10 OFFSET 5");
        QCOMPARE(in(Dialect::mysql, "SELECT quick, high_priority FROM t WHERE straight_join = 1"), std::string("SELECT quick, high_priority FROM t WHERE straight_join = 1"));
        QCOMPARE(in(Dialect::mysql, "SELECT a FROM t LIMIT ?, ?"), std::string("SELECT a FROM t LIMIT ?, ?"));
        QCOMPARE(in(Dialect::mysql, "INSERT IGNORE INTO t VALUES (1)"), std::string("INSERT IGNORE INTO t VALUES (1)"));
        QCOMPARE(in(Dialect::mysql, "SELECT a FROM t USE INDEX (cut"), std::string("SELECT a FROM t USE INDEX (cut"));
        // Values keep to their places: the count is the limit.
        const auto facts = statementFacts(in(Dialect::mysql, "SELECT a FROM t WHERE b = 1 LIMIT 5, 10"));
        QCOMPARE(facts.limitSlot.value(), 1u);
    }
    void severalTargets() {
        const auto written = [](const std::string& statement) {
            std::string names;
            for (const TableUse& use : statementFacts(in(Dialect::mysql, statement)).tables)
                if (use.written) names += (names.empty() ? "" : " ") + use.name;
            return names;
        };
        QCOMPARE(written("UPDATE a JOIN b ON a.id = b.id SET a.x = 1, b.y = 2 WHERE a.id = 5"), std::string("a b"));
        QCOMPARE(written("UPDATE a LEFT JOIN b ON a.id = b.id SET a.x = 1 WHERE b.id IS NULL"), std::string("a"));
        QCOMPARE(written("DELETE a, b FROM a JOIN b ON a.id = b.id WHERE a.id = 5"), std::string("a b"));
        QCOMPARE(written("DELETE a FROM a LEFT JOIN b ON a.id = b.id WHERE b.id IS NULL"), std::string("a"));
    }

    // Any bytes give a text, and what is cut off stays cut off.
    void brokenTexts() {
        for (const Dialect dialect : {Dialect::mysql, Dialect::sqlite}) {
            for (const std::string text : {"SELECT 'a", "SELECT `a", "SELECT /* a", "SELECT 'a\\", "SELECT [a", "@", "@`", "@@", "/*!", "_utf8", "0x", "\\", "'", "\"", "--", "#"}) {
                const std::string out = in(dialect, text);
                statementFacts(out);
                if (text[0] == 'S' && text != "SELECT [a") QVERIFY2(traceStatement(out).cut, text.c_str());
            }
        }
    }
};

QTEST_APPLESS_MAIN(TestDialect)
#include "test_dialect.moc"
