// The token-level reader: less than a parse sees, and nothing that is not so.
#include <QtTest>

#include "corpus.h"
#include "print_facts.h"

#include "core/sql/facts_fallback.h"

using namespace foreshard::sql;

class TestFallback : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void refusedStatements() {
        checkCorpus("facts_tokens.txt",
                    [](const std::string& statement) { return printed(fallbackFacts(traceStatement(statement))); });
    }

    // On statements that libpg_query takes, what the tokens say must be among what the parse says.
    void neverMoreThanAParse() {
        size_t compared = 0, predicates = 0;
        for (const char* name : {"facts_select.txt", "facts_joins.txt", "facts_subqueries.txt", "facts_modify.txt"}) {
            const auto text = foreshard::readFile(std::string(FORESHARD_SOURCE_DIR) + "/tests/sql/data/" + name);
            QVERIFY(text.ok());
            for (const CorpusCase& c : readCorpus(*text)) {
                const StatementFacts parsed = statementFacts(c.statement);
                const StatementFacts tokens = fallbackFacts(traceStatement(c.statement));
                if (!parsed.parsed) continue;
                ++compared;
                for (const EquiJoin& join : tokens.joins) {
                    const auto allows = [&](const EquiJoin& other) {
                        const bool straight = printed(other.left) == printed(join.left) && printed(other.right) == printed(join.right), turned = printed(other.left) == printed(join.right) && printed(other.right) == printed(join.left);
                        return (straight && other.flowsLeft >= join.flowsLeft && other.flowsRight >= join.flowsRight) || (turned && other.flowsRight >= join.flowsLeft && other.flowsLeft >= join.flowsRight);
                    };
                    QVERIFY2(!sameTables(parsed, tokens) || std::any_of(parsed.joins.begin(), parsed.joins.end(), allows), (c.statement + "\n" + printed(tokens) + printed(parsed)).c_str());
                }
                for (const Predicate& predicate : tokens.predicates) {
                    ++predicates;
                    const auto same = [&](const Predicate& other) {
                        return other.op == predicate.op && other.slots == predicate.slots &&
                               other.column.column == predicate.column.column &&
                               tableOf(parsed, other.column) == tableOf(tokens, predicate.column);
                    };
                    QVERIFY2(std::any_of(parsed.predicates.begin(), parsed.predicates.end(), same),
                             (c.statement + "\n" + printed(tokens)).c_str());
                }
            }
        }
        QVERIFY(compared > 100);
        QVERIFY(predicates > 30);
    }

    void tooManyTokens() {
        std::string statement = "SELECT * FROM t WHERE k = 5 AND x IN (a";
        for (int i = 0; i < 50'000; ++i) statement += ", b" + std::to_string(i);
        const StatementFacts facts = statementFacts(statement + ")");
        QVERIFY(!facts.parsed);
        QCOMPARE(facts.predicates.size(), size_t{1});
        QCOMPARE(facts.predicates[0].column.column, std::string("k"));
    }

private:
    // In the same order, so that their numbers mean the same.
    static bool sameTables(const StatementFacts& a, const StatementFacts& b) {
        return std::equal(a.tables.begin(), a.tables.end(), b.tables.begin(), b.tables.end(), [](const TableUse& x, const TableUse& y) { return x.name == y.name && x.alias == y.alias; });
    }
    static std::string tableOf(const StatementFacts& facts, const ColumnExpression& column) {
        return column.table == noTable ? std::string() : facts.tables.at(column.table).name;
    }
};

QTEST_APPLESS_MAIN(TestFallback)
#include "test_fallback.moc"
