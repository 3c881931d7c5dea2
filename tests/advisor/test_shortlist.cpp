// The ranked list holds what a person would consider: no design that another one beats or equals in every respect unless it is
// marked as a runner-up of that one, none worse than leaving everything on one shard, no two alike; small tables that are only
// read are copied.
#include <QtTest>

#include <set>

#include "core/advisor/advisor.h"
#include "core/advisor/shortlist.h"
#include "samples/generator/epinions.h"
#include "samples/generator/shop.h"
#include "samples/generator/smallbank.h"
#include "samples/generator/tpcc.h"
#include "samples/generator/voter.h"
#include "tests/advisor/must_advise.h"
#include "tests/support/mix_workload.h"

using namespace foreshard;
using namespace foreshard::advisor;
using namespace foreshard::sharding;

namespace {

std::string told(const RankedDesign& ranked) {
    std::string text = std::to_string(ranked.rank) + " " + std::to_string(ranked.objective) + " ";
    for (const auto& table : ranked.design.tables) text += table.table + ":" + (table.keyed() ? table.key[0].expression : toString(table.strategy)) + " ";
    return text + ranked.reason;
}

// What the list shows of a design; lower is better.
std::vector<double> shown(const RankedDesign& ranked) {
    return {*ranked.scores.multiShardShare, *ranked.scores.multiShardWriteShare, *ranked.scores.loadMaxOverMean,
            ranked.scores.storageMaxOverMean.value_or(1)};
}

// Clearly better in what is shown, and nowhere worse. Copies cost room that is not shown where sizes are unknown.
bool beats(const RankedDesign& a, const RankedDesign& b) {
    const auto copies = [](const RankedDesign& r) {
        std::set<std::string> names;
        for (const auto& table : r.design.tables)
            if (table.strategy == Strategy::reference) names.insert(table.table);
        return names;
    };
    const auto ours = copies(a), theirs = copies(b);
    const auto x = shown(a), y = shown(b);
    bool clearly = false;
    for (size_t i = 0; i < x.size(); ++i) {
        if (x[i] > y[i] + 1e-9) return false;
        clearly = clearly || x[i] < y[i] - 0.05;
    }
    return clearly && std::includes(theirs.begin(), theirs.end(), ours.begin(), ours.end());
}

void checkList(const Advice& advice) {
    QVERIFY(!advice.designs.empty());
    std::set<std::string> seen, names;
    for (size_t i = 0; i < advice.designs.size(); ++i) {
        const auto& ranked = advice.designs[i];
        qInfo() << told(ranked).c_str();
        QCOMPARE(ranked.rank, uint32_t(i + 1));
        QVERIFY(i == 0 || advice.designs[i - 1].objective <= ranked.objective);
        std::string keys;
        for (const auto& table : ranked.design.tables) keys += table.table + toString(table.strategy) + (table.keyed() ? table.key[0].expression : "") + "\n";
        QVERIFY(seen.insert(keys).second);
        QVERIFY(validate(ranked.design).empty());
        QVERIFY2(names.insert(ranked.design.name).second, ranked.design.name.c_str());
        // A runner-up says so, and by whom it is beaten; everything else is beaten by none.
        const auto better = std::find_if(advice.designs.begin(), advice.designs.begin() + static_cast<std::ptrdiff_t>(i), [&](const auto& other) { return other.design.id == ranked.beatenBy; });
        QVERIFY(ranked.beatenBy.empty() || better->design.id == ranked.beatenBy);
        QVERIFY(ranked.beatenBy.empty() || (!beats(ranked, *better) && ranked.reason.find(better->design.id) != std::string::npos));
        for (const auto& other : advice.designs)
            if (&other != &ranked && ranked.beatenBy.empty() && beats(other, ranked)) QFAIL((told(other) + "\nbeats\n" + told(ranked)).c_str());
    }
}

}  // namespace

class TestShortlist : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void nothingIsDominated_data() {
        QTest::addColumn<QString>("mix");
        QTest::addColumn<uint>("shards");
        for (const char* mix : {"tpcc", "shop", "smallbank", "voter", "epinions"})
            for (const uint shards : {2u, 5u}) QTest::newRow(qPrintable(QString("%1 on %2").arg(mix).arg(shards))) << QString(mix) << shards;
    }
    void nothingIsDominated() {
        QFETCH(QString, mix);
        QFETCH(uint, shards);
        std::unique_ptr<samplegen::Mix> made;
        if (mix == "tpcc") made = std::make_unique<samplegen::Tpcc>(samplegen::TpccShape{.warehouses = 10, .items = 300});
        if (mix == "shop") made = std::make_unique<samplegen::Shop>();
        if (mix == "smallbank") made = std::make_unique<samplegen::SmallBank>(samplegen::SmallBankShape{.accounts = 2'000});
        if (mix == "voter") made = std::make_unique<samplegen::Voter>(samplegen::VoterShape{.callers = 2'000});
        if (mix == "epinions") made = std::make_unique<samplegen::Epinions>();
        checkList(testing::mustAdvise(*testing::workloadOf(*made, {.transactions = 3'000}), {.shards = shards}));
    }

    // The shop has one good design; what was not taken, and what it would cost, is still there to see.
    void runnersUpFillAShortList() {
        samplegen::Shop shop;
        const auto advice = testing::mustAdvise(*testing::workloadOf(shop, {.transactions = 3'000}), {.shards = 3});
        QVERIFY(advice.designs.size() >= 2);
        const auto runnersUp = std::count_if(advice.designs.begin(), advice.designs.end(), [](const auto& ranked) { return !ranked.beatenBy.empty(); });
        QVERIFY(runnersUp >= 1);
        QVERIFY(advice.designs.front().beatenBy.empty());
        QVERIFY(advice.designs.size() - static_cast<size_t>(runnersUp) >= enoughDesigns || advice.designs.size() <= enoughDesigns);
        QCOMPARE(readAdvice(writeAdvice(advice))->designs.back().beatenBy, advice.designs.back().beatenBy);
    }

    // Twelve categories and four currencies beside thousands of orders: read by key, hashing them is as good by the numbers,
    // yet nobody would cut such tables up.
    void smallTablesThatAreReadAreCopied() {
        testing::MadeMix mix(
            "CREATE TABLE public.orders (id integer NOT NULL, total integer);\nCREATE TABLE public.currencies (code text NOT NULL, rate numeric);\n"
            "CREATE TABLE public.archive (id integer NOT NULL, body text);\n"
            "ALTER TABLE ONLY public.orders ADD CONSTRAINT orders_pkey PRIMARY KEY (id);\n"
            "ALTER TABLE ONLY public.currencies ADD CONSTRAINT currencies_pkey PRIMARY KEY (code);\n"
            "ALTER TABLE ONLY public.archive ADD CONSTRAINT archive_pkey PRIMARY KEY (id);\n",
            [](Random& random) {
                samplegen::Transaction t;
                const auto draw = random.below(10);
                if (draw < 5) t.statements = {{"UPDATE orders SET total = 1 WHERE id = $1", {samplegen::number(random.between(1, 100'000))}}};
                else if (draw < 8) t.statements = {{"SELECT rate FROM currencies WHERE code = $1", {samplegen::text(random.below(2) ? "EUR" : random.below(2) ? "USD" : "CHF")}}};
                else t.statements = {{"SELECT body FROM archive WHERE id = $1", {samplegen::number(random.between(1, 1'000'000))}}};
                return t;
            });
        const auto advice = testing::mustAdvise(*testing::workloadOf(mix, {.transactions = 4'000}), {.shards = 3});
        QCOMPARE(advice.designs[0].design.find("public.currencies")->strategy, Strategy::reference);
        // A large one that is only read is still cut up.
        QCOMPARE(advice.designs[0].design.find("public.archive")->strategy, Strategy::hash);
        QCOMPARE(advice.designs[0].design.find("public.orders")->strategy, Strategy::hash);
    }

    void domination() {
        const Cost base{.total = 1, .peakWork = 1.1, .writeVisits = 0.1, .readVisits = 0.1, .peakStorage = 1};
        Cost worse = base;
        QVERIFY(!dominates(base, worse));              // equals are not dominated
        worse.writeVisits = 0.2;
        QVERIFY(dominates(base, worse) && !dominates(worse, base));
        worse.peakWork = 1.09;                         // a price for next to nothing
        QVERIFY(dominates(base, worse));
        worse.peakWork = 1.0;                          // a price for something
        QVERIFY(!dominates(base, worse) && !dominates(worse, base));
    }
};

QTEST_APPLESS_MAIN(TestShortlist)
#include "test_shortlist.moc"
