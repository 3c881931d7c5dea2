// Templates: which statements are one, what their slots hold, and how they read.
#include <QtTest>

#include "corpus.h"

#include "core/sql/template.h"

using namespace foreshard::sql;

namespace {

uint64_t fingerprint(std::string_view statement) {
    TemplateScanner scanner;
    return scanner.scan(statement).fingerprint;
}

// "slot:text" of each literal; n/s/b/N/x/p for the kind.
std::string literals(std::string_view statement) {
    TemplateScanner scanner;
    std::string out;
    for (const SlotLiteral& literal : scanner.scan(statement).literals) {
        out += (out.empty() ? "" : " ") + std::to_string(literal.slot) + "nsbNxp"[static_cast<int>(literal.kind)] + ":";
        out += literal.kind == LiteralKind::parameter ? std::to_string(literal.parameter) : std::string(literal.text);
        if (statement.substr(literal.offset).empty()) out += " OFFSET";
    }
    return out;
}

}  // namespace

class TestTemplates : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void oneTemplate_data() {
        QTest::addColumn<QStringList>("same");
        const auto row = [](const char* name, const QStringList& same) { QTest::newRow(name) << same; };
        row("values",
            {"SELECT * FROM t WHERE a = 5", "select *\n from T where A=-7.5e3;", "SELECT * FROM t WHERE a = 'x' ; ;",
             "SELECT * FROM t WHERE a = $1", "SELECT * FROM t WHERE a = ?", "SELECT * FROM t WHERE a = :x",
             "SELECT * FROM t /* c */ WHERE a = NULL -- d", "SELECT * FROM t WHERE a = true",
             "SELECT * FROM \"t\" WHERE \"a\" = E'\\n'", "/* hint */ SELECT * FROM t WHERE a = - 5",
             "SELECT * FROM t WHERE a = +5", "SELECT * FROM t WHERE a = $$x$$", "SELECT * FROM `t` WHERE a = X'1f'",
             "SELECT * FROM t WHERE U&\"\\0061\" = 1"});
        row("in", {"SELECT 1 FROM t WHERE a IN (1)", "SELECT 1 FROM t WHERE a IN (1,2,3)",
                   "SELECT 1 FROM t WHERE a IN ($1, $2)", "SELECT 1 FROM t WHERE a in ('x', NULL, -1)"});
        row("row in", {"DELETE FROM t WHERE (a,b) IN ((1,2))", "DELETE FROM t WHERE (a,b) IN ((1,2),(3,4),($1,$2))"});
        row("array", {"SELECT ARRAY[1]", "SELECT ARRAY[1,2,3]", "SELECT ARRAY [ 1 , 2 ]"});
        row("nested array", {"SELECT ARRAY[[1]]", "SELECT ARRAY[[1,2],[3,4]]"});
        row("insert", {"INSERT INTO t (a,b) VALUES (1,2)", "INSERT INTO t(a,b) VALUES (1,'x'), ($1,NULL), (5 , 6)"});
        row("insert with expressions",
            {"INSERT INTO t VALUES (1, now()) RETURNING a", "INSERT INTO t VALUES (1, now()), (2, NOW()) RETURNING a"});
        row("insert then conflict", {"INSERT INTO t VALUES (1) ON CONFLICT DO NOTHING",
                                     "INSERT INTO t VALUES (1) , /* c */ (2) ON CONFLICT DO NOTHING"});
        row("set", {"SET search_path TO a", "SET search_path = b, public", "set search_path to 'c', \"$user\""});
        row("limit", {"SELECT 1 LIMIT 5 OFFSET 6", "SELECT 2 LIMIT $1 OFFSET $2"});
        row("not equal", {"SELECT 1 FROM t WHERE a != 1", "SELECT 1 FROM t WHERE a <> 2"});
        row("json", {"SELECT 1 FROM t WHERE d->>'k' = 'x'", "SELECT 1 FROM t WHERE d ->> 'k' = 'y'"});
        row("cast", {"SELECT '1'::int, date '2026-01-01', interval '1 day'",
                     "SELECT 2::int, date '2026-01-02', interval '2 days'"});
        row("continued", {"SELECT 'a'\n'b'", "SELECT 'x'"});
        row("empty", {"", " ; ", "-- nothing", "/* nothing"});
    }
    void oneTemplate() {
        QFETCH(QStringList, same);
        const std::string first = same[0].toStdString();
        for (const QString& other : same) {
            QVERIFY2(fingerprint(first) == fingerprint(other.toStdString()), qPrintable(other));
            QVERIFY(TemplateScanner().scan(first).slots == TemplateScanner().scan(other.toStdString()).slots);
            QCOMPARE(QString::fromStdString(templateText(other.toStdString())),
                     QString::fromStdString(templateText(first)));
        }
    }

    void differentTemplates_data() {
        QTest::addColumn<QStringList>("different");
        const auto row = [](const char* name, const QStringList& different) { QTest::newRow(name) << different; };
        row("names", {"SELECT a FROM t", "SELECT b FROM t", "SELECT \"A\" FROM t", "SELECT a FROM s.t",
                      "SELECT a FROM t, t", "SELECT a FROM tt"});
        row("null", {"SELECT 1 FROM t WHERE a IS NULL", "SELECT 1 FROM t WHERE a IS NOT NULL",
                     "SELECT 1 FROM t WHERE a = NULL", "SELECT 1 FROM t WHERE a IS TRUE"});
        row("user", {"SELECT user", "SELECT \"user\""});
        row("minus", {"SELECT a - 5 FROM t", "SELECT a, -5 FROM t", "SELECT a -b FROM t"});
        row("json keys",
            {"SELECT d->>'a' FROM t", "SELECT d->>'b' FROM t", "SELECT d->'a' FROM t", "SELECT d->>$1 FROM t"});
        row("shape", {"SELECT substr(a, 1, 2) FROM t", "SELECT substr(a, 1, 3) FROM t"});
        row("setting", {"SELECT set_config('a.b', $1, false)", "SELECT set_config('a.c', $1, false)",
                        "SELECT set_config('a.b', $1, true)"});
        row("modulus", {"SELECT 1 FROM t WHERE a % 4 = 1", "SELECT 1 FROM t WHERE a % 5 = 1"});
        row("subquery",
            {"SELECT 1 FROM t WHERE a IN (SELECT b, b FROM u)", "SELECT 1 FROM t WHERE a IN (SELECT b FROM u)",
             "SELECT 1 FROM t WHERE a IN (SELECT b FROM u, u)"});
        row("list of columns", {"SELECT 1 FROM t WHERE 1 IN (a)", "SELECT 1 FROM t WHERE 1 IN (a, b)",
                                "SELECT 1 FROM t WHERE 1 IN (a, b, c)"});
        row("rows", {"INSERT INTO t VALUES (1, DEFAULT)", "INSERT INTO t VALUES (1, 2)",
                     "INSERT INTO t VALUES (1, 2), (3, DEFAULT)", "INSERT INTO t VALUES (1, 2, 3)"});
        row("semicolon", {"SELECT 1; SELECT 2", "SELECT 1", "SELECT 1 SELECT 2"});
        row("call", {"SELECT f(1, 2)", "SELECT f(1)", "SELECT g(1)"});
        row("order", {"SELECT a, b FROM t", "SELECT b, a FROM t"});
        row("brackets", {"SELECT (1)", "SELECT 1", "SELECT ((1))"});
        row("setting words", {"SET a TO b", "SET c TO b", "SET LOCAL a TO b", "SET a TO DEFAULT"});
    }
    void differentTemplates() {
        QFETCH(QStringList, different);
        for (int i = 0; i < different.size(); ++i) {
            for (int k = 0; k < i; ++k) {
                QVERIFY2(fingerprint(different[i].toStdString()) != fingerprint(different[k].toStdString()),
                         qPrintable(different[i] + " | " + different[k]));
                QVERIFY2(templateText(different[i].toStdString()) != templateText(different[k].toStdString()),
                         qPrintable(different[i] + " | " + different[k]));
            }
        }
    }

    void literalsBySlot() {
        QCOMPARE(literals("SELECT * FROM t WHERE a = 5 AND b = 'it''s' AND c = $3 AND d = $3 AND e = - 5 AND f = +.5"),
                 std::string("0n:5 1s:it's 2p:3 3p:3 4n:-5 5n:.5"));
        QCOMPARE(literals("INSERT INTO t VALUES (1, 'a', NULL), (-2, $1, TRUE), (3, E'\\t', false)"),
                 std::string("0n:1 1s:a 2N: 0n:-2 1p:1 2b:true 0n:3 1s:\t 2b:false"));
        QCOMPARE(literals("SELECT a IN (1,2), ARRAY[3,4], 5"), std::string("0n:1 0n:2 1n:3 1n:4 2n:5"));
        QCOMPARE(literals("SELECT a IN (1, b, 2, 3)"), std::string("0n:1 1n:2 1n:3"));
        QCOMPARE(literals("SELECT (a,b) IN ((1,2),(3,4)) LIMIT 9"), std::string("0n:1 1n:2 0n:3 1n:4 2n:9"));
        QCOMPARE(literals("SELECT ? + :b + :a + :b"), std::string("0p:1 1p:1 2p:2 3p:1"));
        QCOMPARE(literals("SET search_path TO Tenant_5, \"$user\", 'x'"), std::string("0s:tenant_5 0s:$user 0s:x"));
        QCOMPARE(literals("SELECT set_config('a.b', '7', true), date_trunc('day', x), d->>'k', t[3]"),
                 std::string("0s:7"));
        QCOMPARE(literals("SELECT X'1F', B'01', U&'\\0041', $$q$$"), std::string("0x:1F 1x:01 2s:A 3s:q"));
        QCOMPARE(literals("SELECT a - 5, b -5, -5"), std::string("0n:5 1n:5 2n:-5"));
    }

    void offsets() {
        const std::string statement = "SELECT * FROM t WHERE a = - 5 AND b IN ('x', $1)";
        TemplateScanner scanner;
        const Scan& scan = scanner.scan(statement);
        QCOMPARE(scan.literals.size(), size_t{3});
        QCOMPARE(statement[scan.literals[0].offset], '-');
        QCOMPARE(statement[scan.literals[1].offset], '\'');
        QCOMPARE(statement[scan.literals[2].offset], '$');
        QCOMPARE(scan.literals[1].text.data(), statement.data() + scan.literals[1].offset + 1);
    }

    void cutStatements() {
        TemplateScanner scanner;
        for (const char* cut : {"SELECT 'abc", "SELECT \"abc", "SELECT /* abc", "SELECT $$abc", "SELECT E'abc\\"})
            QVERIFY2(scanner.scan(cut).cut, cut);
        for (const char* whole : {"SELECT 'abc'", "SELECT -- abc", "SELECT (", ""})
            QVERIFY2(!scanner.scan(whole).cut, whole);
    }

    void scannersAreReusable() {
        TemplateScanner scanner;
        const std::string large = "SELECT '" + std::string(100'000, 'x') + "' IN (1,2,3";
        const uint64_t first = scanner.scan("SELECT 1 FROM t WHERE a IN (1,2)").fingerprint;
        scanner.scan(large);
        QCOMPARE(scanner.scan("SELECT 1 FROM t WHERE a IN (1,2)").fingerprint, first);
        TemplateScanner moved = std::move(scanner);
        QCOMPARE(moved.scan("SELECT 1 FROM t WHERE a IN (1,2)").fingerprint, first);
    }

    // Stored in projects and named in reports: these never change.
    void fingerprintsAreFixed() {
        QCOMPARE(fingerprint("SELECT 1"), 9365857033198747095ULL);
        QCOMPARE(fingerprint("UPDATE accounts SET balance = balance + 5 WHERE id IN (1, 2)"), 4019458710411581457ULL);
        QCOMPARE(fingerprint("INSERT INTO \"Odd\" VALUES (1, DEFAULT), (2, d->>'k')"), 17638798635823953730ULL);
    }

    void texts() {
        checkCorpus("template_texts.txt",
                    [](const std::string& statement) { return "  " + templateText(statement) + "\n"; });
    }

    // A template's text is a statement of that template.
    void textHasTheSameFingerprint() {
        for (const char* name : {"template_texts.txt", "facts_select.txt", "facts_joins.txt", "facts_subqueries.txt",
                                 "facts_modify.txt", "facts_utility.txt", "facts_tokens.txt"}) {
            const auto text = foreshard::readFile(std::string(FORESHARD_SOURCE_DIR) + "/tests/sql/data/" + name);
            QVERIFY(text.ok());
            for (const CorpusCase& c : readCorpus(*text)) {
                const std::string normal = templateText(c.statement);
                QVERIFY2(fingerprint(normal) == fingerprint(c.statement), (c.statement + "\n" + normal).c_str());
                QCOMPARE(QString::fromStdString(templateText(normal)), QString::fromStdString(normal));
            }
        }
    }

    void splitting_data() {
        QTest::addColumn<QString>("message");
        QTest::addColumn<QStringList>("expected");
        const auto row = [](const char* message, const QStringList& expected) {
            QTest::newRow(message) << message << expected;
        };
        row("", {});
        row(" ; ;; ", {});
        row("-- only a comment", {});
        row("/* c */ ;", {});
        row("SELECT 1", {"SELECT 1"});
        row("  SELECT 1 ;\n", {"SELECT 1"});
        row("BEGIN; UPDATE t SET a = ';' WHERE \"b;\" = $$;$$; COMMIT",
            {"BEGIN", "UPDATE t SET a = ';' WHERE \"b;\" = $$;$$", "COMMIT"});
        row("SELECT 1 -- ;\n; SELECT /* ; */ 2;", {"SELECT 1", "SELECT /* ; */ 2"});
        row("CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2); SELECT 3",
            {"CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2)", "SELECT 3"});
        row("CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN a THEN 1 END; SELECT 2; END; SELECT 3",
            {"CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN a THEN 1 END; SELECT 2; END", "SELECT 3"});
        row("SELECT 'cut; SELECT 2", {"SELECT 'cut; SELECT 2"});
        row("BEGIN;END;", {"BEGIN", "END"});
    }
    void splitting() {
        QFETCH(QString, message);
        QFETCH(QStringList, expected);
        const std::string text = message.toStdString();
        QStringList seen;
        for (std::string_view statement : splitStatements(text)) {
            QVERIFY(statement.data() >= text.data() &&
                    statement.data() + statement.size() <= text.data() + text.size());
            seen << QString::fromStdString(std::string(statement));
        }
        QCOMPARE(seen, expected);
    }
};

QTEST_APPLESS_MAIN(TestTemplates)
#include "test_templates.moc"
