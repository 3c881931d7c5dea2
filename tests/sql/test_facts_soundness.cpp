// The promise of facts.h, checked by a database: leaving out of each table the rows that its predicates exclude (those
// carried over by joins too) must not change what a query gives.
#include <QtTest>

#include <sqlite3.h>

#include <map>
#include <set>

#include "print_facts.h"
#include "random_queries.h"

#include "core/sql/template.h"

using namespace foreshard;
using namespace foreshard::sql;

namespace {

class Database {
public:
    Database() {
        sqlite3_open(":memory:", &db_);
        for (int t = 0; t < 3; ++t) run("CREATE TABLE t" + std::to_string(t) + " (a INT, b INT, c INT)");
    }
    ~Database() { sqlite3_close(db_); }

    void fill(Random& random) {
        for (int t = 0; t < 3; ++t) {
            run("DELETE FROM t" + std::to_string(t));
            for (uint64_t rows = 1 + random.below(6); rows > 0; --rows) {
                std::string values;
                for (int c = 0; c < 3; ++c)
                    values += (c ? ", " : "") +
                              (random.below(6) == 0 ? std::string("NULL") : std::to_string(random.below(4)));
                run("INSERT INTO t" + std::to_string(t) + " VALUES (" + values + ")");
            }
        }
    }

    // The rows as a sorted list; nothing where SQLite refuses the query.
    std::optional<std::multiset<std::string>> rows(const std::string& query) {
        std::multiset<std::string> out;
        const auto add = [](void* into, int count, char** values, char**) {
            std::string row;
            for (int i = 0; i < count; ++i) row += std::string(values[i] ? values[i] : "NULL") + ",";
            static_cast<std::multiset<std::string>*>(into)->insert(row);
            return 0;
        };
        char* message = nullptr;
        const int status = sqlite3_exec(db_, query.c_str(), add, &out, &message);
        error = message ? message : "";
        sqlite3_free(message);
        if (status != SQLITE_OK) return std::nullopt;
        return out;
    }

    std::string error;

private:
    void run(const std::string& statement) { sqlite3_exec(db_, statement.c_str(), nullptr, nullptr, nullptr); }
    sqlite3* db_ = nullptr;
};

// Conditions for each use of a table, as SQL.
using Bounds =
    std::map<uint32_t, std::set<std::pair<std::string, std::string>>>;  // use → (column, condition behind it)

std::string conditionOf(const Predicate& predicate, const std::map<uint32_t, std::vector<std::string>>& values) {
    const auto value = [&](size_t i) { return values.at(predicate.slots[i]).at(0); };
    switch (predicate.op) {
        case Operator::isNull:
            return "IS NULL";
        case Operator::between:
            return "BETWEEN " + value(0) + " AND " + value(1);
        case Operator::equal:
        case Operator::less:
        case Operator::lessEqual:
        case Operator::greater:
        case Operator::greaterEqual:
            return predicate.slots.empty() ? "" : std::string(toString(predicate.op)) + " " + value(0);
        case Operator::in: {
            std::string list;
            for (uint32_t slot : predicate.slots) {
                for (const std::string& text : values.at(slot)) list += (list.empty() ? "" : ", ") + text;
            }
            return list.empty() ? "" : "IN (" + list + ")";
        }
        default:
            return "";
    }
}

Bounds boundsOf(const StatementFacts& facts, const std::string& statement) {
    TemplateScanner scanner;
    std::map<uint32_t, std::vector<std::string>> values;
    for (const SlotLiteral& literal : scanner.scan(statement).literals) values[literal.slot].emplace_back(literal.text);
    Bounds bounds;
    for (const Predicate& predicate : facts.predicates) {
        const std::string condition = conditionOf(predicate, values);
        if (predicate.column.table != noTable && predicate.column.bare() && !condition.empty()) {
            bounds[predicate.column.table].insert({predicate.column.column, condition});
        }
    }
    for (bool more = true; more;) {
        more = false;
        const auto carry = [&](const ColumnExpression& from, const ColumnExpression& to) {
            if (from.table == noTable || to.table == noTable || !from.bare() || !to.bare()) return;
            for (const auto& [column, condition] : std::set(bounds[from.table])) {
                if (column == from.column && condition != "IS NULL")
                    more |= bounds[to.table].insert({to.column, condition}).second;
            }
        };
        for (const EquiJoin& join : facts.joins) {
            if (join.flowsRight) carry(join.left, join.right);
            if (join.flowsLeft) carry(join.right, join.left);
        }
    }
    return bounds;
}

}  // namespace

class TestFactsSoundness : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void excludedRowsDoNotMatter() {
        Database database;
        size_t checked = 0, bounded = 0, nonEmpty = 0;
        for (uint64_t seed = 1; seed <= 1'500; ++seed) {
            RandomQuery query(seed);
            const std::string text = query.text();
            const auto& uses = query.uses();
            const auto plain = [&](size_t n) { return uses[n].table + " AS " + uses[n].alias; };
            const std::string original = RandomQuery::filled(text, plain);
            const StatementFacts facts = statementFacts(original);
            if (!facts.parsed) continue;
            std::map<std::string, uint32_t> byAlias;
            for (uint32_t t = 0; t < facts.tables.size(); ++t) byAlias[facts.tables[t].alias] = t;
            Bounds bounds = boundsOf(facts, original);
            const std::string restricted = RandomQuery::filled(text, [&](size_t n) {
                std::string conditions;
                for (const auto& [column, condition] : bounds[byAlias[uses[n].alias]])
                    conditions += (conditions.empty() ? " WHERE " : " AND ") + column + " " + condition;
                bounded += !conditions.empty();
                return conditions.empty() ? plain(n)
                                          : "(SELECT * FROM " + uses[n].table + conditions + ") AS " + uses[n].alias;
            });
            Random random(seed);
            for (int data = 0; data < 4; ++data) {
                database.fill(random);
                const auto all = database.rows(original);
                if (!all) break;
                const auto some = database.rows(restricted);
                QVERIFY2(some, (restricted + "\n" + database.error).c_str());
                QVERIFY2(*all == *some,
                         ("seed " + std::to_string(seed) + "\n" + original + "\n" + restricted + "\n" + printed(facts))
                             .c_str());
                ++checked;
                nonEmpty += !all->empty();
            }
        }
        qInfo("%zu queries with data, %zu gave rows, %zu table uses were bounded", checked, nonEmpty, bounded);
        QVERIFY(checked > 4'000 && nonEmpty > checked / 20 && bounded > 2'000);
    }
};

QTEST_APPLESS_MAIN(TestFactsSoundness)
#include "test_facts_soundness.moc"
