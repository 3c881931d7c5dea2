// A corpus of statements that PostgreSQL, MySQL and SQLite all understand: whatever dialect a statement is spelt in, and
// whichever reader has it, its facts are those that libpg_query gives; and where two of them share a template, a rule says so.
#include <QtTest>

#include <pg_query.h>

#include <map>
#include <regex>
#include <set>

#include "corpus.h"
#include "print_facts.h"

#include "core/sql/dialect.h"
#include "core/sql/facts_fallback.h"
#include "core/sql/lexer.h"
#include "core/sql/template.h"

using namespace foreshard::sql;

namespace {

std::vector<std::string> corpus() {
    std::vector<std::string> out;
    const auto text = foreshard::readFile(std::string(FORESHARD_SOURCE_DIR) + "/tests/sql/data/dialect_corpus.txt");
    if (!text.ok()) return out;
    for (size_t at = 0; at < text->size();) {
        const size_t end = std::min(text->find('\n', at), text->size());
        if ((*text)[at] != '#' && end > at) out.push_back(text->substr(at, end - at));
        at = end + 1;
    }
    return out;
}

// The statement as people write it for another server: other quotes, a comment of that dialect.
std::string speltIn(Dialect dialect, const std::string& statement) {
    std::string out = dialect == Dialect::mysql ? "/* spelt */ " : "";
    for (const Token& token : tokenize(statement).tokens) {
        const char before = out.empty() ? ' ' : out.back();
        if (token.text != "." && before != '.' && token.text != "(" && before != ' ') out += ' ';
        if (token.kind == TokenKind::name) {
            const std::string inside(token.text.substr(1, token.text.size() - 2));
            out += dialect == Dialect::mysql ? "`" + inside + "`" : "[" + inside + "]";
        } else if (token.kind == TokenKind::text && dialect == Dialect::mysql) {
            out += "\"" + std::string(token.text.substr(1, token.text.size() - 2)) + "\"";
        } else if (token.kind == TokenKind::parameter) {
            out += dialect == Dialect::mysql ? "?" : "?" + std::string(token.text.substr(1));
        } else {
            out += token.text;
        }
    }
    return out + (dialect == Dialect::mysql ? " # the end" : ";");
}

std::string tablesOf(const StatementFacts& facts) {
    std::vector<std::string> lines;
    for (const TableUse& use : facts.tables)
        lines.push_back(use.schema + "." + use.name + " " + use.alias + (use.read ? " read" : "") + (use.written ? " written" : "") + (use.locked ? " locked" : ""));
    std::sort(lines.begin(), lines.end());
    std::string out;
    for (const auto& line : lines) out += line + "\n";
    return out;
}

// Whether each predicate and join of `tokens` is one of `parsed`.
bool linesAmong(const StatementFacts& tokens, const StatementFacts& parsed) {
    const auto name = [](const StatementFacts& facts, const ColumnExpression& column) {
        return (column.table == noTable ? "?" : facts.tables[column.table].name + "/" + facts.tables[column.table].alias) + "." + column.expression;
    };
    const auto lines = [&](const StatementFacts& facts) {
        std::set<std::string> out;
        for (const Predicate& p : facts.predicates) out.insert(name(facts, p.column) + " " + toString(p.op) + printedSlots(p.slots));
        for (const EquiJoin& j : facts.joins) {
            const std::string left = name(facts, j.left), right = name(facts, j.right);
            if (j.flowsRight) out.insert(left + " -> " + right);
            if (j.flowsLeft) out.insert(right + " -> " + left);
        }
        return out;
    };
    const auto some = lines(tokens), all = lines(parsed);
    return std::includes(all.begin(), all.end(), some.begin(), some.end());
}

std::string theirFingerprint(const std::string& statement) {
    const PgQueryFingerprintResult result = pg_query_fingerprint(statement.c_str());
    std::string out = result.error ? "" : result.fingerprint_str;
    pg_query_free_fingerprint_result(result);
    return out;
}

// Each rule of template.h once: two statements of one template that libpg_query tells apart.
const std::vector<std::pair<std::string, std::string>>& ruledPairs() {
    static const std::vector<std::pair<std::string, std::string>> pairs{
        {"SELECT a FROM t WHERE k = +5", "SELECT a FROM t WHERE k = 5"},
        {"SELECT a FROM t WHERE k = ANY(ARRAY[[1, 2]])", "SELECT a FROM t WHERE k = ANY(ARRAY[[1, 2], [3, 4], [5, 6]])"},
        {"FETCH 5 FROM c", "FETCH 10 FROM c"},
        {"NOTIFY channel, 'a'", "NOTIFY channel, 'b'"},
        {"COPY t FROM '/tmp/a'", "COPY t FROM '/tmp/b'"},
        {"CREATE ROLE r PASSWORD 'a'", "CREATE ROLE r PASSWORD 'b'"},
    };
    return pairs;
}

// The statement as the three rules have it, made by other means than the scanner's.
std::string byRules(const std::string& statement) {
    static const std::regex plus("([=(,<>*/] *)\\+ *([0-9])"), rows("(ARRAY\\[\\[[^\\[\\]]*\\])(, *\\[[^\\[\\]]*\\])+"), literal("'[^']*'"), number("\\b[0-9]+\\b"),
        command("^(FETCH|MOVE|NOTIFY|COPY|CREATE|ALTER) .*");
    std::string out = std::regex_replace(std::regex_replace(statement, plus, "$1$2"), rows, "$1");
    if (std::regex_match(out, command)) out = std::regex_replace(std::regex_replace(out, literal, "'x'"), number, "1");
    return out;
}

std::string factsOf(StatementFacts facts) {
    facts.parsed = true;   // who read it is no matter here
    return printed(facts);
}

}  // namespace

class TestDialectCorpus : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void spellingDoesNotMatter() {
        const auto statements = corpus();
        QVERIFY(statements.size() >= 300);
        for (const auto& statement : statements) {
            const StatementFacts expected = statementFacts(statement);
            QVERIFY2(expected.parsed, statement.c_str());
            for (const Dialect dialect : {Dialect::mysql, Dialect::sqlite}) {
                if (dialect == Dialect::mysql && statement.find("::") != std::string::npos) continue;
                const std::string spelt = speltIn(dialect, statement);
                std::string buffer;
                const std::string ours(translated(spelt, dialect, buffer));
                const std::string seen = printed(statementFacts(ours));
                QVERIFY2(seen == printed(expected), (statement + "\n" + spelt + "\n" + ours + "\nhas\n" + seen + "but has\n" + printed(expected)).c_str());
            }
        }
    }

    // The token-level reader alone, which has what no parser takes: kind and tables are the same, and it says nothing of
    // conditions that a parse does not.
    void tokensSayNothingElse() {
        size_t same = 0;
        const auto statements = corpus();
        for (const auto& statement : statements) {
            const StatementFacts parsed = statementFacts(statement), tokens = fallbackFacts(traceStatement(statement));
            const std::string both = statement + "\nparsed\n" + factsOf(parsed) + "tokens\n" + factsOf(tokens);
            QVERIFY2(parsed.kind == tokens.kind, both.c_str());
            QVERIFY2(tablesOf(parsed) == tablesOf(tokens), both.c_str());
            QVERIFY2(linesAmong(tokens, parsed), both.c_str());
            same += factsOf(parsed) == factsOf(tokens);
        }
        qInfo("%zu of %zu statements have all facts by tokens", same, statements.size());
        QVERIFY(same >= 330);
    }

    // What shares a template although libpg_query's fingerprint tells it apart, and why (template.h says the same):
    void sharedTemplatesFollowRules() {
        std::map<uint64_t, std::map<std::string, std::string>> byTemplate;   // our fingerprint → theirs → a statement
        auto statements = corpus();
        for (const char* name : {"facts_select.txt", "facts_joins.txt", "facts_subqueries.txt", "facts_modify.txt", "facts_session.txt", "facts_utility.txt"}) {
            const auto text = foreshard::readFile(std::string(FORESHARD_SOURCE_DIR) + "/tests/sql/data/" + name);
            QVERIFY(text.ok());
            for (const CorpusCase& c : readCorpus(*text)) statements.push_back(c.statement);
        }
        for (const auto& pair : ruledPairs()) statements.insert(statements.end(), {pair.first, pair.second});
        TemplateScanner scanner;
        for (const auto& statement : statements)
            if (const auto theirs = theirFingerprint(statement); !theirs.empty()) byTemplate[scanner.scan(statement).fingerprint].emplace(theirs, statement);
        std::string unruled;
        size_t merged = 0;
        for (const auto& [ours, each] : byTemplate) {
            for (auto one = each.begin(); one != each.end(); ++one) {
                for (auto other = std::next(one); other != each.end(); ++other) {
                    ++merged;
                    if (theirFingerprint(byRules(one->second)) != theirFingerprint(byRules(other->second))) unruled += one->second + "\nand\n" + other->second + "\nas\n" + byRules(one->second) + "\nand\n" + byRules(other->second) + "\n\n";
                }
            }
        }
        QVERIFY2(unruled.empty(), unruled.c_str());
        QVERIFY(merged >= ruledPairs().size());   // no merge is left unseen
        for (const auto& [a, b] : ruledPairs()) {
            const uint64_t first = scanner.scan(a).fingerprint, second = scanner.scan(b).fingerprint;
            QVERIFY2(first == second && theirFingerprint(a) != theirFingerprint(b), (a + "\nand\n" + b).c_str());
        }
    }
};

QTEST_APPLESS_MAIN(TestDialectCorpus)
#include "test_dialect_corpus.moc"
