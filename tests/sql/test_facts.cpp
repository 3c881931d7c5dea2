// Facts of statements, against the expected files in data/, and what must hold of all of them.
#include <QtTest>

#include "corpus.h"
#include "print_facts.h"

#include "core/sql/template.h"

using namespace foreshard;
using namespace foreshard::sql;

namespace {

std::string factsOf(const std::string& statement) { return printed(statementFacts(statement)); }

std::vector<std::string> corpusStatements() {
    std::vector<std::string> out;
    for (const char* name :
         {"facts_select.txt", "facts_joins.txt", "facts_subqueries.txt", "facts_modify.txt", "facts_utility.txt", "facts_session.txt"}) {
        const auto text = readFile(std::string(FORESHARD_SOURCE_DIR) + "/tests/sql/data/" + name);
        if (!text.ok()) continue;
        for (const CorpusCase& c : readCorpus(*text)) out.push_back(c.statement);
    }
    return out;
}

}  // namespace

class TestFacts : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void selects() { checkCorpus("facts_select.txt", factsOf); }
    void joins() { checkCorpus("facts_joins.txt", factsOf); }
    void subqueries() { checkCorpus("facts_subqueries.txt", factsOf); }
    void modifications() { checkCorpus("facts_modify.txt", factsOf); }
    void utility() { checkCorpus("facts_utility.txt", factsOf); }
    void sessionValues() { checkCorpus("facts_session.txt", factsOf); }

    void sameForTheTemplatesText() {
        for (const std::string& statement : corpusStatements()) {
            const std::string text = templateText(statement);
            const StatementFacts facts = statementFacts(statement), again = statementFacts(text);
            // libpg_query takes no parameters where the grammar wants a constant: SET, interval $1.
            if (facts.parsed && again.parsed)
                QVERIFY2(facts == again, (statement + "\n" + text + "\n" + printed(again)).c_str());
        }
    }

    void survivesWriting() {
        for (const std::string& statement : corpusStatements()) {
            const StatementFacts facts = statementFacts(statement);
            ByteWriter out;
            writeFacts(out, facts);
            ByteReader in(out.bytes());
            QVERIFY(readFacts(in) == facts);
            QVERIFY(in.ok() && in.atEnd());
            for (size_t size = 0; size < out.bytes().size(); ++size) {
                ByteReader cut(std::string_view(out.bytes()).substr(0, size));
                readFacts(cut);
                QVERIFY(!cut.ok());
            }
            std::string bent = out.bytes();
            for (size_t i = 0; i < bent.size(); ++i) {
                bent[i] = static_cast<char>(bent[i] ^ 0x55);
                ByteReader reader(bent);
                readFacts(reader);
                bent[i] = static_cast<char>(bent[i] ^ 0x55);
            }
        }
    }

    void longListsAreParsed() {
        std::string statement = "SELECT * FROM t WHERE k IN (0";
        for (int i = 1; i < 100'000; ++i) statement += ", " + std::to_string(i);
        const StatementFacts facts = statementFacts(statement + ")");
        QVERIFY(facts.parsed);
        QCOMPARE(facts.predicates.size(), size_t{1});
        QCOMPARE(facts.predicates[0].slots, std::vector<uint32_t>{0});
    }

    // Deep nesting must neither overflow a stack nor be believed.
    void deepNesting_data() {
        QTest::addColumn<QString>("open");
        QTest::addColumn<QString>("middle");
        QTest::addColumn<QString>("close");
        QTest::newRow("sum") << "+1"
                             << ""
                             << "";
        QTest::newRow("brackets") << "+(1"
                                  << ""
                                  << ")";
        QTest::newRow("or") << " OR a=1"
                            << ""
                            << "";
        QTest::newRow("not") << " AND NOT (a=1"
                             << ""
                             << ")";
        QTest::newRow("union") << " UNION SELECT 1 FROM t WHERE a = 1"
                               << ""
                               << "";
        QTest::newRow("subquery") << " AND b IN (SELECT 1 FROM t WHERE a = 1"
                                  << ""
                                  << ")";
        QTest::newRow("case") << " + CASE WHEN a=1 THEN 1 ELSE 1"
                              << ""
                              << " END";
        QTest::newRow("array") << " + ARRAY[1"
                               << ""
                               << "]";
        QTest::newRow("call") << " + f(1"
                              << ""
                              << ")";
    }
    void deepNesting() {
        QFETCH(QString, open);
        QFETCH(QString, close);
        for (const int depth : {10, 1'000, 8'000, 50'000}) {
            const std::string statement = "SELECT 1 FROM t WHERE a = 1" + open.repeated(depth).toStdString() +
                                          close.repeated(depth).toStdString();
            const StatementFacts facts = statementFacts(statement);
            QCOMPARE(facts.kind, StatementKind::select);
            QVERIFY(!facts.tables.empty());
        }
    }

    void arrays() {
        using Elements = std::vector<std::optional<std::string>>;
        QCOMPARE(arrayElements("{}"), std::optional(Elements{}));
        QCOMPARE(arrayElements("{1, 2,-3}"), std::optional(Elements{"1", "2", "-3"}));
        QCOMPARE(arrayElements("{a,\"b \\\"c\\\",d\",NULL,\"NULL\",\"\"}"),
                 std::optional(Elements{"a", "b \"c\",d", std::nullopt, "NULL", ""}));
        for (const char* bad : {"", "{", "}", "1", "{{1},{2}}", "{1,}", "{,}", "{\"a}", "{a\"b\"}", "{1}2", "{a\\"}) {
            QVERIFY2(!arrayElements(bad), bad);
        }
    }
};

QTEST_APPLESS_MAIN(TestFacts)
#include "test_facts.moc"
