// Random and broken text: no crash, no read out of bounds (run it under asan), linear time, the same result twice.
#include <QtTest>

#include "corpus.h"

#include <ctime>

#include "core/base/hash.h"
#include "core/sql/facts.h"
#include "core/sql/facts_fallback.h"
#include "core/sql/template.h"

using namespace foreshard;
using namespace foreshard::sql;

namespace {

std::vector<std::string> seeds() {
    std::vector<std::string> out;
    for (const char* name : {"facts_select.txt", "facts_joins.txt", "facts_subqueries.txt", "facts_modify.txt",
                             "facts_utility.txt", "facts_tokens.txt"}) {
        const auto text = readFile(std::string(FORESHARD_SOURCE_DIR) + "/tests/sql/data/" + name);
        if (!text.ok()) continue;
        for (const CorpusCase& c : readCorpus(*text)) out.push_back(c.statement);
    }
    return out;
}

std::string mutated(std::string text, const std::vector<std::string>& all, Random& random) {
    static const std::vector<std::string> pieces = {
        "'",     "\"", "$$",    "$1",       "(",      ")",      "/*",        "*/",   "--",
        ";",     ",",  " IN (", "VALUES (", " NULL ", "ARRAY[", "]",         "E'\\", "U&'\\",
        "::int", "-5", "?",     ":x",       " OR ",   " AND ",  "SET x TO ", "\xff", std::string(1, '\0')};
    for (uint64_t times = 1 + random.below(4); times > 0; --times) {
        const size_t at = random.below(text.size() + 1);
        switch (random.below(5)) {
            case 0:
                text.insert(at, pieces[random.below(pieces.size())]);
                break;
            case 1:
                text.erase(at, random.below(10));
                break;
            case 2:
                text.resize(at);
                break;
            case 3:
                if (at < text.size()) text[at] = static_cast<char>(random.below(256));
                break;
            default: {
                const std::string& other = all[random.below(all.size())];
                text.insert(at, other.substr(random.below(other.size())));
            }
        }
    }
    return text;
}

// Everything on an exact-size heap copy, so that a read beyond the end is one beyond an allocation.
void takeApart(const std::string& source) {
    const std::vector<char> exact(source.begin(), source.end());
    const std::string_view text(exact.data(), exact.size());
    TemplateScanner scanner;
    const Scan scan = scanner.scan(text);
    std::vector<uint32_t> seen(scan.slots, 0);
    for (const SlotLiteral& literal : scan.literals) {
        QVERIFY(literal.slot < scan.slots && literal.offset < text.size());
        ++seen[literal.slot];
    }
    QVERIFY(std::find(seen.begin(), seen.end(), 0u) == seen.end());
    for (std::string_view statement : splitStatements(text)) QVERIFY(!statement.empty());
    const Trace trace = traceStatement(text);
    QCOMPARE(trace.slots, scan.slots);
    const auto checkSlots = [&](const StatementFacts& facts) {
        for (const Predicate& p : facts.predicates) {
            for (uint32_t slot : p.slots) QVERIFY(slot < scan.slots);
            QVERIFY(p.column.table == noTable || p.column.table < facts.tables.size());
        }
        for (const EquiJoin& j : facts.joins) {
            QVERIFY(j.left.table == noTable || j.left.table < facts.tables.size());
            QVERIFY(j.right.table == noTable || j.right.table < facts.tables.size());
        }
        for (const InsertBinding& b : facts.inserts)
            QVERIFY((b.slot == noSlot || b.slot < scan.slots) && b.table < facts.tables.size());
        for (const Assignment& a : facts.assignments) QVERIFY(a.slot == noSlot || a.slot < scan.slots);
    };
    checkSlots(statementFacts(text));
    checkSlots(fallbackFacts(trace));
    // What a template's text says of itself; where the text is cut off inside a quote there is no way back.
    if (!scan.cut && !trace.strayBytes) {
        TemplateScanner again;
        const std::string normal = templateText(text);
        QVERIFY2(again.scan(normal).fingerprint == scan.fingerprint, (std::string(text) + "\n" + normal).c_str());
    }
}

}  // namespace

class TestSqlFuzz : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void mutations() {
        const auto all = seeds();
        QVERIFY(all.size() > 100);
        Random random(1);
        for (int i = 0; i < 6'000 && !QTest::currentTestFailed(); ++i)
            takeApart(mutated(all[random.below(all.size())], all, random));
    }

    void randomBytes() {
        Random random(2);
        for (int i = 0; i < 3'000 && !QTest::currentTestFailed(); ++i) {
            std::string text;
            for (uint64_t size = random.below(120); size > 0; --size) text += static_cast<char>(random.below(256));
            takeApart(text);
        }
    }

    // Ten times the text may take ten times as long, not a hundred.
    void linearTime_data() {
        QTest::addColumn<QString>("piece");
        for (const char* piece : {"'",
                                  "\"",
                                  "(",
                                  ")",
                                  "[",
                                  "ARRAY[",
                                  "IN (1,",
                                  "VALUES (1),",
                                  "/*",
                                  "*/",
                                  "--\n",
                                  ";",
                                  ";--\n",
                                  "$a$ ",
                                  "$",
                                  "E'\\",
                                  "#",
                                  " ",
                                  "?",
                                  ":a ",
                                  "1,",
                                  "-",
                                  "=",
                                  "WHERE a=1 ",
                                  "FROM a,",
                                  "a.",
                                  "'a'\n",
                                  "ARRAY[[1],",
                                  "(SELECT 1 FROM t WHERE a = 1 AND b IN ",
                                  "date_trunc('a',"}) {
            QTest::newRow(piece) << piece;
        }
    }
    void linearTime() {
        QFETCH(QString, piece);
        const std::string text =
            "SELECT * FROM t WHERE x IN (" + piece.repeated(400'000 / static_cast<int>(piece.size())).toStdString();
        const std::clock_t before = std::clock();  // of the processor: others may keep the machine busy
        TemplateScanner scanner;
        scanner.scan(text);
        splitStatements(text);
        templateText(text);
        statementFacts(text);
        const double seconds = static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC;
        QVERIFY2(seconds < 5, qPrintable(QString::number(seconds)));
    }
};

QTEST_APPLESS_MAIN(TestSqlFuzz)
#include "test_sql_fuzz.moc"
