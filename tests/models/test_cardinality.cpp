// Rows of queries: reading counted queries, the protocol on hand-computed values, and that nobody sees the test's answers.
#include <QtTest>

#include <cmath>

#include "core/base/hash.h"
#include "core/models/cardinality/evaluate.h"
#include "core/models/cardinality/order.h"

using namespace foreshard;
using namespace foreshard::models;

namespace {

bool near(double a, double b, double tolerance = 1e-6) { return std::abs(a - b) <= tolerance; }

uint64_t countOf(const Job& job, const std::string& reason) {
    const auto all = job.diagnostics();
    const auto it = all.byReason().find(reason);
    return it == all.byReason().end() ? 0 : it->second;
}

CountedQuery queryOf(const std::string& sql, double rows) {
    auto query = readQuery(sql).value();
    query.rows = rows;
    query.group = query.plan;
    return query;
}

std::vector<const CountedQuery*> listOf(const std::vector<CountedQuery>& queries) {
    std::vector<const CountedQuery*> list;
    for (const auto& query : queries) list.push_back(&query);
    return list;
}

// A table whose column x is skewed: of 10,000 rows (v/100)² have x < v. b has two rows for each row of a.
std::vector<CountedQuery> skewed(size_t count, uint64_t seed) {
    Random random(seed);
    std::vector<CountedQuery> queries = {queryOf("SELECT count(*) FROM a", 10'000), queryOf("SELECT count(*) FROM b", 20'000)};
    while (queries.size() < count) {
        const auto v = static_cast<double>(random.between(1, 99));
        const double share = v * v / 10'000;
        const std::string number = std::to_string(static_cast<int>(v));
        switch (random.below(3)) {
            case 0: queries.push_back(queryOf("SELECT count(*) FROM a WHERE x < " + number, 10'000 * share)); break;
            case 1: queries.push_back(queryOf("SELECT count(*) FROM a WHERE x >= " + number, 10'000 * (1 - share))); break;
            default: queries.push_back(queryOf("SELECT count(*) FROM a JOIN b ON b.a_id = a.id WHERE a.x < " + number, 20'000 * share));
        }
        queries.back().group = queries.size() / 2;
    }
    return queries;
}

CardinalityProtocol quick() {
    CardinalityProtocol protocol;
    protocol.portfolio.folds = 2;
    protocol.pairs = 500;
    return protocol;
}

const CardinalityRow* rowOf(const CardinalityEvaluation& evaluation, const std::string& model, const std::string& split = "all") {
    for (const auto& row : evaluation.rows)
        if (row.model == model && row.split == split) return &row;
    return nullptr;
}

}  // namespace

class TestCardinality : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void readsStatements() {
        Job job;
        const auto queries = readCountedQueries(
            "sql,true_rows,estimate,group\n"
            "\"SELECT count(*) FROM title t, cast_info ci WHERE t.id = ci.movie_id AND t.kind_id = 7 AND ci.role_id IN (2, 1)\",12,30.5,q1\n"
            "SELECT * FROM t WHERE,3,,\n"
            "SELECT 1 FROM t,-3,,\nSELECT 1 FROM t,nan,,\nSELECT 1 FROM t\nDELETE FROM t,5,,\n",
            "", "x.csv", job);
        QVERIFY(queries.ok());
        QCOMPARE(queries->size(), size_t(1));
        const auto& query = queries->front();
        QCOMPARE(query.uses[1].alias, std::string("ci"));
        QCOMPARE(query.conditions.size(), size_t(2));
        QCOMPARE(query.conditions[0].values, std::vector<double>({7}));
        QCOMPARE(query.joins[0].rightColumn, std::string("movie_id"));
        QCOMPARE(query.estimate, std::optional<double>(30.5));
        QCOMPARE(countOf(job, "unreadable_sql"), uint64_t(1));
        QCOMPARE(countOf(job, "broken_count"), uint64_t(1));
        QCOMPARE(countOf(job, "broken_line"), uint64_t(1));
        for (const char* text : {"", "\n", "a,b\n1,2\n", "sql,true_rows\n", "sql,true_rows\nSELECT,1\n"})
            QCOMPARE(readCountedQueries(text, "", "x.csv", job).error().category, ErrorCategory::format);
    }
    // The same set of aliases and conditions, in another order; another literal is another plan.
    void plansAreSets() {
        const auto plan = [](const char* sql) { return readQuery(sql)->plan; };
        const auto own = plan("SELECT count(*) FROM a, b WHERE a.id = b.id AND a.x > 5 AND b.y = 1");
        QCOMPARE(plan("SELECT a.x FROM b, a WHERE b.y = 1 AND b.id = a.id AND a.x > 5 LIMIT 3"), own);
        QVERIFY(plan("SELECT count(*) FROM a, b WHERE a.id = b.id AND a.x > 6 AND b.y = 1") != own);
        QVERIFY(plan("SELECT count(*) FROM a, b WHERE a.id = b.id AND a.x >= 5 AND b.y = 1") != own);
        QVERIFY(plan("SELECT count(*) FROM a, b c WHERE a.id = c.id AND a.x > 5 AND c.y = 1") != own);
    }
    void readsParts() {
        Job job;
        std::string samples("\1\0\0\0", 4);
        samples += std::string("\x90", 1) + std::string(124, '\0');   // rows 0 and 3 of 1,000
        samples += std::string("\2\0\0\0", 4) + std::string(250, '\xff');
        const auto queries = readCountedQueries("title t##t.kind_id,=,7,t.year,>,1990#12\ntitle t,movie mi#t.id=mi.movie_id##40\n", samples, "x.csv", job);
        QVERIFY(queries.ok());
        QCOMPARE(queries->at(0).conditions.size(), size_t(2));
        QCOMPARE(queries->at(0).uses[0].sampleHits, 2u);
        QCOMPARE(queries->at(1).uses[1].sampleHits, 1000u);
        QCOMPARE(queries->at(1).joins.size(), size_t(1));
        QCOMPARE(readCountedQueries("title t###12\ntitle t###12\n", samples.substr(0, 200), "x.csv", job).error().category, ErrorCategory::format);
        QCOMPARE(readKnownColumns("name,min\nx,1\n", "c.csv").error().category, ErrorCategory::format);
        QCOMPARE(readKnownColumns("name,min,max,cardinality,num_unique_values\nt.id,1,9,100,nan\n", "c.csv").error().category, ErrorCategory::format);
    }
    void errorsByHand() {
        const std::vector<CountedQuery> queries = {queryOf("SELECT 1 FROM a", 10), queryOf("SELECT 1 FROM a", 0), queryOf("SELECT 1 FROM a", 8)};
        const std::vector<float> logs = {std::log(20.0f), std::log(4.0f), std::log(2.0f)};   // q-errors 2, 4, 4
        const auto errors = qErrors(logs, listOf(queries));
        QVERIFY(near(errors.q50, 4, 1e-5) && near(errors.max, 4, 1e-5) && near(errors.mean, 10.0 / 3, 1e-5));
        const std::vector<CountedQuery> pair = {queries[0], queries[0]};
        const std::vector<float> apart = {std::log(10.0f), std::log(110.0f)};                // 1, 11
        QVERIFY(near(qErrors(apart, listOf(pair)).q90, 10, 1e-4));                           // nine tenths of the way
    }
    // 1,000 rows, x from 0 to 99, y with 10 values; b has 4 rows for each of a's.
    void independenceByHand() {
        const KnownColumns known = {{"a.x", {0, 99, 1000, 100}}, {"a.y", {1, 10, 1000, 10}}, {"a.id", {1, 1000, 1000, 1000}}, {"b.a_id", {1, 1000, 4000, 900}}};
        const std::vector<CountedQuery> queries = {queryOf("SELECT 1 FROM a, b WHERE a.id = b.a_id AND a.x < 50 AND a.y = 3", 7)};
        const auto statistics = CardinalityStatistics::fit(listOf(queries), known);
        QVERIFY(near(statistics.logEstimate(queries[0]), std::log(1000.0 * 4000 / 1000 * 0.5 * 0.1)));
        QVERIFY(near(statistics.logLimit(queries[0]), std::log(1000.0 * 4000)));
        auto sampled = queries[0];
        sampled.uses[0].sampleRows = 1000;
        sampled.uses[0].sampleHits = 80;
        QVERIFY(near(statistics.logEstimate(sampled), std::log(4000 * 0.08)));
        sampled.uses[0].sampleHits = 0;   // at most half a row of the sample
        QVERIFY(near(statistics.logEstimate(sampled), std::log(4000 * 0.0005)));
    }
    // A key of several columns makes a join keep the rows of the other side; conditions that exclude each other leave none.
    void keysAndContradictionsByHand() {
        const KnownColumns known = {{"o.t", {1, 20, 8'000, 20}}, {"o.id", {1, 8'000, 8'000, 8'000}}, {nameOfSet("o", {"t", "id"}), {1, 0, 8'000, 8'000}},
                                    {"l.t", {1, 20, 40'000, 20}}, {"l.o_id", {1, 8'000, 40'000, 8'000}}};
        const std::vector<CountedQuery> queries = {queryOf("SELECT 1 FROM o JOIN l ON l.t = o.t AND l.o_id = o.id", 40'000)};
        const auto statistics = CardinalityStatistics::fit(listOf(queries), known);
        QVERIFY(near(statistics.logEstimate(queries[0]), std::log(40'000.0)));
        QVERIFY(near(statistics.logEstimate(queryOf("SELECT 1 FROM o JOIN l ON l.t = o.t AND l.o_id = o.id WHERE o.t = 17", 0)), std::log(2'000.0)));
        QVERIFY(near(statistics.logEstimate(queryOf("SELECT 1 FROM o JOIN l ON l.t = o.t", 0)), std::log(8'000.0 * 40'000 / 20)));
        QVERIFY(contradicts(queryOf("SELECT 1 FROM o WHERE t = 17 AND t = 18", 0)));
        QVERIFY(contradicts(queryOf("SELECT 1 FROM o WHERE t IN (17, 18) AND t = 19", 0)));
        QVERIFY(!contradicts(queryOf("SELECT 1 FROM o WHERE t IN (17, 18) AND t = 18", 0)));
        QVERIFY(!contradicts(queryOf("SELECT 1 FROM o JOIN l ON l.t = o.t WHERE o.t = 17 AND l.t = 18", 0)));   // of two uses: nobody looks there
    }
    // Sizes, ranges and joins that are not given are learned from the queries.
    void statisticsAreLearned() {
        const auto queries = skewed(60, 1);
        const auto statistics = CardinalityStatistics::fit(listOf(queries), {});
        QCOMPARE(statistics.tableRows("b"), 20'000.0);
        QVERIFY(near(statistics.logEstimate(queryOf("SELECT 1 FROM a JOIN b ON a.id = b.a_id", 0)), std::log(20'000.0), 0.8));
    }
    void samplesOfNewQueries() {
        // Two rows: x = 3 and x = 8, seen through three queries.
        std::vector<CountedQuery> queries = {queryOf("SELECT 1 FROM a WHERE x < 5", 1), queryOf("SELECT 1 FROM a WHERE x > 7", 1), queryOf("SELECT 1 FROM a WHERE x > 2", 2)};
        const uint8_t bits[] = {0x80, 0x40, 0xc0};
        for (size_t i = 0; i < 3; ++i) {
            queries[i].uses[0].sample = {bits[i]};
            queries[i].uses[0].sampleRows = 2;
        }
        const auto statistics = CardinalityStatistics::fit(listOf(queries), {{"a.x", {0, 9, 100, 10}}});
        const auto rows = SampleRows::learn(listOf(queries), statistics);
        const auto hits = [&](const char* sql) {
            auto query = queryOf(sql, 0);
            rows.fill(query);
            return query.uses[0].sampleHits;
        };
        QCOMPARE(hits("SELECT 1 FROM a WHERE x < 6"), 1u);
        QCOMPARE(hits("SELECT 1 FROM a WHERE x > 5"), 1u);
        QCOMPARE(hits("SELECT 1 FROM a WHERE x < 2"), 0u);
        QCOMPARE(hits("SELECT 1 FROM a WHERE x < 100"), 2u);
    }
    void learnsSkewInOrder() {
        const auto queries = skewed(400, 2);
        auto protocol = quick();
        protocol.testLast = 80;
        Job job;
        const auto evaluation = evaluateCardinality(queries, {}, {}, protocol, job);
        QVERIFY(evaluation.ok());
        QVERIFY(rowOf(*evaluation, "portfolio")->chosen);
        QVERIFY(rowOf(*evaluation, "portfolio")->errors.q50 < 1.15);
        QVERIFY(rowOf(*evaluation, "portfolio")->errors.q50 < rowOf(*evaluation, "independence")->errors.q50);
        QVERIFY(evaluation->disorder.value() <= 0.01);
        // Most statements of so few literals have come before.
        QCOMPARE(rowOf(*evaluation, "portfolio", "seen")->queries + rowOf(*evaluation, "portfolio", "unseen")->queries, size_t(80));
    }
    // Other answers in the test part change no prediction; the same seed gives the same ones.
    void nobodySeesTheTest() {
        const auto training = skewed(120, 3), test = skewed(40, 4);
        CardinalityOptions options{2, 5, 0};
        Job job;
        const auto first = CardinalityPortfolio::fit(listOf(training), {}, options, job), again = CardinalityPortfolio::fit(listOf(training), {}, options, job);
        QVERIFY(first.ok() && again.ok());
        auto other = test;
        for (auto& query : other) query.rows = 1 + query.rows * 3;
        const auto before = first->predict(listOf(test));
        QCOMPARE(again->predict(listOf(other))->chosen, before->chosen);
        for (const float log : before->chosen) QVERIFY(log >= 0 && log <= std::log(10'000.0f) + std::log(20'000.0f) + 1e-3f);
        options.seed = 6;
        QVERIFY(CardinalityPortfolio::fit(listOf(training), {}, options, job)->predict(listOf(test))->chosen != before->chosen);
    }
    // Tables and columns that were never seen are answered too, within the bounds that are known.
    void unknownTablesAreAnswered() {
        const auto training = skewed(120, 3);
        Job job;
        const auto portfolio = CardinalityPortfolio::fit(listOf(training), {}, {2, 5, 0}, job);
        const std::vector<CountedQuery> unknown = {queryOf("SELECT 1 FROM c WHERE z = 4", 1), queryOf("SELECT 1 FROM a WHERE z = 4 AND x < 5", 1), queryOf("SELECT 1 FROM a WHERE x < -5", 0)};
        const auto prediction = portfolio->predict(listOf(unknown));
        for (const float log : prediction->chosen) QVERIFY(std::isfinite(log) && log >= 0);
        QVERIFY(prediction->chosen[1] <= std::log(10'000.0f) + 1e-3f);
    }
    void groupedCrossValidation() {
        const auto queries = skewed(80, 7);
        Job job;
        const auto evaluation = evaluateCardinality(queries, {}, {}, quick(), job);
        QVERIFY(evaluation.ok());
        QCOMPARE(rowOf(*evaluation, "portfolio")->queries, size_t(80));   // each query once a test
        QCOMPARE(rowOf(*evaluation, "portfolio")->test, std::string("cross-validation"));
    }
    void wrongUse() {
        const auto queries = skewed(30, 1);
        Job job;
        auto protocol = quick();
        protocol.testLast = 30;
        QCOMPARE(evaluateCardinality(queries, {}, {}, protocol, job).error().category, ErrorCategory::usage);
        protocol.testLast = 28;
        QCOMPARE(evaluateCardinality(queries, {}, {}, protocol, job).error().category, ErrorCategory::usage);
        job.requestStop();
        QCOMPARE(evaluateCardinality(queries, {}, {}, quick(), job).error().category, ErrorCategory::cancelled);
    }
    void mixtureIsStored() {
        const auto queries = skewed(60, 9);
        const auto encoder = CardinalityEncoder::fit(listOf(queries), {});
        Bags bags(encoder.elementColumns());
        std::vector<float> targets;
        for (const auto& query : queries) {
            encoder.addBag(query, bags);
            targets.push_back(static_cast<float>(std::log(std::max(1.0, query.rows))));
        }
        MixtureOptions options;
        options.epochs = 3;
        Job job;
        const auto fitted = fitMixture({bags, targets}, options, job);
        QVERIFY(fitted.ok() && !fitted->diverged);
        const auto bytes = fitted->model.write();
        QCOMPARE(*Mixture::read(bytes), fitted->model);
        QCOMPARE(Mixture::read(std::string_view(bytes).substr(0, bytes.size() / 2)).error().category, ErrorCategory::format);
        QCOMPARE(fitMixture({Bags(3), {}}, options, job).error().category, ErrorCategory::usage);
        // A loss that diverges is an outcome, not a model.
        targets.front() = std::numeric_limits<float>::quiet_NaN();
        const auto poisoned = fitMixture({bags, targets}, options, job);
        QVERIFY(poisoned.ok() && poisoned->diverged);
    }
};

QTEST_APPLESS_MAIN(TestCardinality)
#include "test_cardinality.moc"
