// Features and vectors of templates: who meets in transactions is near, a paraphrase finds its relative, and neither the order of the
// log nor the run changes a bit.
#include <QtTest>

#include "core/models/features/space.h"
#include "core/sql/template.h"
#include "tests/workload/small_log.h"

using namespace foreshard;
using models::TemplateSpace;

namespace {

std::shared_ptr<const schema::Schema> shop() {
    std::vector<schema::Table> tables;
    for (const char* name : {"cart", "item", "price", "audit", "job", "lock", "lone"})
        tables.push_back(small::table(name, {small::column("id", ValueType::integer), small::column("owner", ValueType::integer)}, {"id"}));
    return small::schemaOf(tables);
}

void transaction(std::vector<small::Line>& lines, const std::vector<std::string>& tables, int64_t number) {
    const auto session = "s" + std::to_string(number);
    const auto at = small::start + number * microsPerSecond;
    lines.push_back({.session = session, .statement = "BEGIN", .time = at});
    for (const auto& table : tables)
        lines.push_back({.session = session, .statement = "SELECT * FROM " + table + " WHERE id = " + std::to_string(number), .time = at, .rows = 1});
    lines.push_back({.session = session, .statement = "COMMIT", .time = at});
}

// Two groups of three tables that never meet; one template stands alone.
std::shared_ptr<const workload::Workload> grouped(bool backwards = false) {
    std::vector<small::Line> lines;
    for (int64_t i = 0; i < 60; ++i) {
        transaction(lines, i % 2 ? std::vector<std::string>{"cart", "item"} : std::vector<std::string>{"item", "price", "cart"}, 2 * i);
        transaction(lines, i % 2 ? std::vector<std::string>{"audit", "job"} : std::vector<std::string>{"job", "lock", "audit"}, 2 * i + 1);
        lines.push_back({.session = "x", .statement = "SELECT * FROM lone WHERE id = 7", .time = small::start + i * microsPerSecond, .rows = 1});
    }
    if (backwards) {   // whole transactions of sessions of their own, in the opposite order
        std::vector<small::Line> turned;
        for (size_t end = lines.size(); end > 0;) {
            size_t begin = end - 1;
            while (begin > 0 && lines[begin - 1].session == lines[end - 1].session) --begin;
            turned.insert(turned.end(), lines.begin() + static_cast<std::ptrdiff_t>(begin), lines.begin() + static_cast<std::ptrdiff_t>(end));
            end = begin;
        }
        lines = turned;
    }
    return small::workloadOf(lines, shop());
}

workload::TemplateId idOf(const workload::Workload& w, const std::string& table) {
    return static_cast<workload::TemplateId>(small::templateLike(w, "FROM " + table) - w.facts->templates.data());
}

double together(const TemplateSpace& space, workload::TemplateId a, workload::TemplateId b) {
    for (const auto& each : space.similar(a, space.templates()))
        if (each.id == b) return each.together;
    return -2;
}

std::vector<models::SimilarTemplate> similar(const TemplateSpace& space, const std::string& sql, size_t most) {
    return space.similar(sql::templateText(sql), sql::statementFacts(sql), most);
}

}  // namespace

class TestFeatures : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void tokensHoldNoLiterals() {
        const std::vector<std::string> expected{"select", "a", "from", "Odd Name", "where", "b", "=", "?", "and", "c", "in", "(", "?", ")"};
        QCOMPARE(models::templateTokens("SELECT a FROM \"Odd Name\" WHERE b = 'x' AND c IN ($2)"), expected);
        const auto of = [](const std::string& sql) { return models::hashedFeatures(sql::templateText(sql), sql::statementFacts(sql)); };
        QVERIFY(of("select * from t where a = 1") == of("SELECT * FROM t WHERE a = 'seven'"));
        QVERIFY(std::abs(models::cosine(of("SELECT 1"), of("SELECT 1")) - 1) < 1e-6);
        QVERIFY(models::hashedFeatures("", {}).entries.empty());
    }
    // Hashing keeps angles: of unrelated statements they are wide, of those that share table, column and operator narrow.
    void factsBringParaphrasesTogether() {
        const auto of = [](const std::string& sql) { return models::hashedFeatures(sql::templateText(sql), sql::statementFacts(sql)); };
        const auto asked = of("SELECT total FROM orders WHERE customer_id = 5 ORDER BY placed DESC LIMIT 3");
        const double paraphrase = models::cosine(asked, of("SELECT o.placed, o.total FROM public.orders AS o WHERE o.customer_id IN (5, 6)"));
        const double stranger = models::cosine(asked, of("SELECT name FROM region WHERE code = 5 ORDER BY name DESC LIMIT 3"));
        QVERIFY2(paraphrase > stranger + 0.1, qPrintable(QString("%1 %2").arg(paraphrase).arg(stranger)));
    }
    void whoMeetsIsNear() {
        const auto w = grouped();
        const auto space = TemplateSpace::learn(*w);
        const std::vector<std::string> left{"cart", "item", "price"}, right{"audit", "job", "lock"};
        for (const auto& a : left)
            for (const auto& b : right) {
                for (const auto& friendly : left)
                    if (friendly != a) QVERIFY(together(*space, idOf(*w, a), idOf(*w, friendly)) > together(*space, idOf(*w, a), idOf(*w, b)) + 0.3);
            }
        const auto nearest = space->similar(idOf(*w, "cart"), 2);
        QCOMPARE(nearest.size(), 2u);
        for (const auto& each : nearest) QVERIFY(each.id == idOf(*w, "item") || each.id == idOf(*w, "price"));
        QVERIFY(space->learned(idOf(*w, "cart")) && !space->learned(idOf(*w, "lone")));
    }
    // The log has no such statement; its table and column lead to the relative, and so to the company which that one keeps.
    void unseenStatementFindsItsRelative() {
        const auto w = grouped();
        const auto space = TemplateSpace::learn(*w);
        const auto found = similar(*space, "SELECT c.owner FROM cart c WHERE c.id IN (4, 5)", 4);
        QCOMPARE(found[0].id, idOf(*w, "cart"));
        for (size_t i = 0; i < 3; ++i) QVERIFY(found[i].together > 0.2);
        QVERIFY(found[1].id == idOf(*w, "item") || found[1].id == idOf(*w, "price"));
        QVERIFY(similar(*space, "SELECT 1", 100).size() == w->facts->templates.size());
    }
    void sameWhateverTheOrder() {
        const auto first = writeTemplateSpace(*TemplateSpace::learn(*grouped())), again = writeTemplateSpace(*TemplateSpace::learn(*grouped()));
        QVERIFY(first == again);
        const auto forwards = TemplateSpace::learn(*grouped()), backwards = TemplateSpace::learn(*grouped(true));
        for (workload::TemplateId id = 0; id < forwards->templates(); ++id) QVERIFY(forwards->together(id) == backwards->together(id));
    }
    void storedFormIsRefusedForAnotherWorkload() {
        const auto w = grouped();
        const auto space = TemplateSpace::learn(*w);
        const auto bytes = writeTemplateSpace(*space);
        const auto read = models::readTemplateSpace(bytes, *w);
        QVERIFY(read.ok());
        QVERIFY((*read)->similar(0, 3) == space->similar(0, 3));
        QCOMPARE(writeTemplateSpace(**read), bytes);
        for (size_t cut = 0; cut < bytes.size(); cut += 97) QVERIFY(!models::readTemplateSpace(std::string_view(bytes).substr(0, cut), *w).ok());
        std::vector<small::Line> other;
        transaction(other, {"cart"}, 1);
        const auto refused = models::readTemplateSpace(bytes, *small::workloadOf(other, shop()));
        QVERIFY(!refused.ok());
        QCOMPARE(refused.error().category, ErrorCategory::conflict);
    }
    // Nobody meets anybody: features alone decide.
    void withoutTransactions() {
        std::vector<small::Line> lines;
        for (const char* table : {"cart", "item"})
            lines.push_back({.session = "a", .statement = std::string("SELECT * FROM ") + table + " WHERE id = 1"});
        const auto w = small::workloadOf(lines, shop());
        const auto found = similar(*TemplateSpace::learn(*w), "SELECT owner FROM item WHERE id = 3", 5);
        QCOMPARE(found.size(), 2u);
        QCOMPARE(found[0].id, idOf(*w, "item"));
        QCOMPARE(found[0].together, 0.0);
        QVERIFY(TemplateSpace::learn(*small::workloadOf({}, shop()))->similar("SELECT 1", {}, 3).empty());
    }
};

QTEST_APPLESS_MAIN(TestFeatures)
#include "test_features.moc"
