// What holds of all advice: the log's order decides nothing, nor do names; the same seed and number of evaluations give the
// same advice, and a time limit only truncates.
#include <QtTest>

#include <fmt/format.h>

#include "samples/generator/epinions.h"
#include "samples/generator/smallbank.h"
#include "samples/generator/tatp.h"
#include "samples/generator/tpcc.h"
#include "samples/generator/voter.h"
#include "samples/generator/ycsb.h"
#include "tests/advisor/must_advise.h"
#include "tests/support/mix_workload.h"

using namespace foreshard;
using namespace foreshard::advisor;
using namespace foreshard::sharding;
using samplegen::Mix;

namespace {

// Everything but what a clock or the log's order says.
std::string bytesOf(Advice advice) {
    advice.secondsToBest = 0;
    advice.workloadFingerprint = 0;
    return writeAdvice(advice);
}

std::string keysOf(const Design& design) {
    std::string text;
    for (const auto& table : design.tables) {
        text += table.table + " " + toString(table.strategy);
        for (const auto& part : table.key) text += " " + part.expression;
        text += "\n";
    }
    return text;
}

// The transactions of another mix in another order: mixed among their neighbours, who come in the same minute.
class Shuffled : public Mix {
public:
    Shuffled(Mix& mix, uint64_t seed, size_t transactions) : schema_(mix.schemaSql()) {
        Random draws(1), order(seed);
        constexpr size_t neighbours = 1'200;
        for (size_t i = 0; i < transactions; ++i) made_.push_back(mix.next(draws, 0));
        for (size_t begin = 0; begin < transactions && seed != 0; begin += neighbours) {
            const size_t end = std::min(begin + neighbours, transactions);
            for (size_t i = end - 1; i > begin; --i) std::swap(made_[i], made_[begin + order.below(i - begin + 1)]);
        }
    }
    std::string name() const override { return "shuffled"; }
    std::string schemaSql() const override { return schema_; }
    double rate(Instant) const override { return 20; }
    samplegen::Transaction next(Random&, Instant t) override {
        auto transaction = made_[next_++];
        transaction.time = t;
        return transaction;
    }

private:
    std::string schema_;
    std::vector<samplegen::Transaction> made_;
    size_t next_ = 0;
};

std::unique_ptr<Mix> makeMix(const QString& name) {
    using namespace samplegen;
    if (name == "TPC-C") return std::make_unique<Tpcc>(TpccShape{.warehouses = 10, .items = 300});
    if (name == "TATP") return std::make_unique<Tatp>(TatpShape{.subscribers = 1'000});
    if (name == "SmallBank") return std::make_unique<SmallBank>(SmallBankShape{.accounts = 1'000});
    if (name == "Voter") return std::make_unique<Voter>();
    if (name == "YCSB") return std::make_unique<Ycsb>();
    return std::make_unique<Epinions>();
}

void addMixes() {
    QTest::addColumn<QString>("mix");
    for (const char* name : {"TPC-C", "TATP", "SmallBank", "Voter", "YCSB", "Epinions"}) QTest::newRow(name) << QString(name);
}

}  // namespace

class TestAdviceProperties : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void orderDecidesNothing_data() { addMixes(); }
    void orderDecidesNothing() {
        QFETCH(QString, mix);
        std::string first, keys;
        for (const uint64_t seed : {0u, 1u}) {
            const auto inner = makeMix(mix);
            Shuffled shuffled(*inner, seed, 2'400);
            const auto advice = testing::mustAdvise(*testing::workloadOf(shuffled, {.transactions = 2'400, .begin = 1'760'000'040'000'000, .keepAll = true}), {.shards = 4});
            std::string ranking;
            for (const auto& ranked : advice.designs) ranking += fmt::format("{:.9f}\n", ranked.objective) + keysOf(ranked.design);
            if (seed == 0) first = ranking;
            QVERIFY2(ranking == first, (ranking + "---\n" + first).c_str());
        }
    }

    void namesDecideNothing_data() { addMixes(); }
    void namesDecideNothing() {
        QFETCH(QString, mix);
        const auto plain = makeMix(mix), other = makeMix(mix);
        const samplegen::NameScrambler scrambler(other->schemaSql(), 11);
        testing::MixRun run{.transactions = 3'000};
        const auto ours = testing::mustAdvise(*testing::workloadOf(*plain, run), {.shards = 4});
        run.schemaSql = scrambler.schema();
        run.rewrite = [&](const std::string& sql) { return scrambler.apply(sql); };
        const auto theirs = testing::mustAdvise(*testing::workloadOf(*other, run), {.shards = 4});
        for (const auto& table : ours.designs.front().design.tables) {
            const auto* found = theirs.designs.front().design.find("public." + scrambler.renamed(table.table.substr(7)));
            QVERIFY(found);
            QCOMPARE(toString(found->strategy), toString(table.strategy));
            QCOMPARE(found->key.size(), table.key.size());
            for (size_t i = 0; i < table.key.size(); ++i) QCOMPARE(found->key[i].expression, scrambler.apply(table.key[i].expression));
        }
    }

    void sameSeedSameAdvice() {
        const auto mix = makeMix("TPC-C");
        const auto workload = testing::workloadOf(*mix, {.transactions = 10'000});
        const std::string once = bytesOf(testing::mustAdvise(*workload, {.shards = 4}));
        QVERIFY(bytesOf(testing::mustAdvise(*workload, {.shards = 4})) == once);
        // A limit that is not reached changes nothing.
        QVERIFY(bytesOf(testing::mustAdvise(*workload, {.shards = 4, .timeLimitSeconds = 600})) == once);
        const auto few = testing::mustAdvise(*workload, {.shards = 4, .maxEvaluations = 150});
        QVERIFY(bytesOf(testing::mustAdvise(*workload, {.shards = 4, .maxEvaluations = 150})) == bytesOf(few));
    }

    void aTimeLimitOnlyTruncates() {
        const auto mix = makeMix("TPC-C");
        const auto workload = testing::workloadOf(*mix, {.transactions = 10'000});
        const auto whole = testing::mustAdvise(*workload, {.shards = 4}), none = testing::mustAdvise(*workload, {.shards = 4, .timeLimitSeconds = 1e-9});
        QVERIFY(!none.designs.empty() && none.evaluations < whole.evaluations);
        QVERIFY(none.designs.front().objective >= whole.designs.front().objective - 1e-9);
    }
};

QTEST_APPLESS_MAIN(TestAdviceProperties)
#include "test_advice_properties.moc"
