// Calls cut into transactions, and the counts they give, by hand.
#include <QtTest>

#include "tests/workload/small_log.h"

using namespace small;

namespace {
std::shared_ptr<const schema::Schema> shop() {
    return schemaOf({table("customer", {column("id", ValueType::integer), column("name", ValueType::text)}, {"id"}),
                     table("orders", {column("id", ValueType::integer), column("customer_id", ValueType::integer), column("total", ValueType::decimal)}, {"id"})});
}
const std::string get1 = "SELECT name FROM customer WHERE id = 1";
const std::string get2 = "SELECT name FROM customer WHERE id = 2";
const std::string put1 = "INSERT INTO orders (id, customer_id, total) VALUES (10, 1, 9.50)";

double committed(const Workload& w) { return fromWeight(w.facts->totals.transactions); }
double aborted(const Workload& w) { return fromWeight(w.facts->totals.aborted); }
std::vector<size_t> sizes(const Workload& w) {
    std::vector<size_t> result;
    for (const auto& transaction : w.facts->transactions) result.push_back(transaction.calls.size());
    std::sort(result.begin(), result.end());
    return result;
}
}  // namespace

class TestTransactions : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void explicitBlocksAndAutocommit() {
        const auto w = workloadOf({{"a", "BEGIN"}, {"b", get2}, {"a", get1}, {"a", put1}, {"a", "COMMIT"}, {"b", "BEGIN"}, {"b", get1}, {"b", "ROLLBACK"}}, shop());
        QCOMPARE(committed(*w), 2.0);
        QCOMPARE(aborted(*w), 1.0);
        QCOMPARE(fromWeight(w->facts->totals.calls), 4.0);
        QCOMPARE(w->facts->totals.callsLogged, 4u);
        QCOMPARE(w->facts->totals.sessions, 2u);
        QCOMPARE(sizes(*w), (std::vector<size_t>{1, 1, 2}));
        QCOMPARE(w->facts->templates.size(), 2u);
        QCOMPARE(w->facts->classes.size(), 2u);
        QVERIFY(w->facts->coverage[0].boundaries == Boundaries::explicitStatements);
        const auto id = columnOf(*w, "public.customer", "id");
        QCOMPARE(slotLoad(*w, id, Value::integer(1)), (std::pair{2.0, 0.0}));
        QCOMPARE(slotLoad(*w, id, Value::integer(2)), (std::pair{1.0, 0.0}));
        QCOMPARE(slotLoad(*w, columnOf(*w, "public.orders", "customer_id"), Value::integer(1)), (std::pair{0.0, 1.0}));
        const auto& total = w->rates.columns[id].totals;
        QCOMPARE(total.size(), 1u);
        QCOMPARE(total[0].reads, 3 * weightOne);
        QCOMPARE(total[0].boundReads, 3 * weightOne);
        // Amounts are inserted and never looked for.
        QCOMPARE(columnOf(*w, "public.orders", "total"), UINT32_MAX);
        for (const auto& transaction : w->facts->transactions) QCOMPARE(transaction.weight, weightOne);
    }
    void failedCallsAbort() {
        std::vector<Line> log = {{"a", "BEGIN"}, {"a", get1}, {"a", put1}, {"a", "COMMIT"}, {"a", get1}};
        log[2].failed = true;
        log[4].failed = true;
        const auto w = workloadOf(log, shop());
        QCOMPARE(committed(*w), 0.0);
        QCOMPARE(aborted(*w), 2.0);
        QCOMPARE(fromWeight(w->facts->totals.calls), 3.0);
    }
    // The server refuses what comes behind an error, under no transaction's id any more, until the block is rolled back.
    void refusedInAnAbortedBlock() {
        std::vector<Line> log = {{"a", "BEGIN"}, {"a", get1}, {"a", put1}, {"a", get2}, {"a", "SAVEPOINT s"}, {"a", "ROLLBACK"}, {"a", get1}};
        for (size_t i : {0, 1, 2}) log[i].transactionId = "3/7";
        for (size_t i : {3, 4, 5}) log[i].transactionId = "3/0";
        for (size_t i : {2, 3, 4}) log[i].failed = true;
        log[6].transactionId = "3/8";
        const auto w = workloadOf(log, shop());
        QCOMPARE(committed(*w), 1.0);
        QCOMPARE(aborted(*w), 1.0);
        QCOMPARE(sizes(*w), (std::vector<size_t>{1, 3}));
        const auto whole = writePartial(partialOf(log, shop()));
        for (size_t cut = 1; cut < log.size(); ++cut) {
            PartialBuilder builder(shop());
            auto left = partialOf(builder, log, 0, cut), right = partialOf(builder, log, cut, log.size());
            QVERIFY(right.merge(left).ok());
            QVERIFY2(writePartial(right) == whole, std::to_string(cut).c_str());
        }
        // Without the ROLLBACK what succeeds outside shows that the block is over.
        log.erase(log.begin() + 5);
        log[5].transactionId = "3/0";
        QCOMPARE(sizes(*workloadOf(log, shop())), (std::vector<size_t>{1, 3}));
    }
    void savepoints() {
        std::vector<Line> log = {{"a", "BEGIN"},       {"a", get1}, {"a", "SAVEPOINT s"}, {"a", put1}, {"a", "ROLLBACK TO s"}, {"a", get2},
                                 {"a", "SAVEPOINT t"}, {"a", get1}, {"a", "RELEASE t"},   {"a", "COMMIT"}};
        log[3].failed = true;
        const auto w = workloadOf(log, shop());
        QCOMPARE(committed(*w), 1.0);
        QCOMPARE(sizes(*w), std::vector<size_t>{3});
        QCOMPARE(w->facts->classes[0].templates.size(), 1u);
        QCOMPARE(fromWeight(w->facts->totals.calls), 4.0);   // the dropped call was executed all the same
    }
    void virtualTransactionIds() {
        std::vector<Line> log = {{"a", get1}, {"a", get2}, {"a", put1}, {"a", get1}, {"a", "COMMIT"}, {"a", get2}};
        log[0].transactionId = log[1].transactionId = "3/7";
        log[2].transactionId = log[3].transactionId = "3/8";
        log[4].transactionId = log[5].transactionId = "3/0";
        const auto w = workloadOf(log, shop());
        QCOMPARE(committed(*w), 3.0);
        QCOMPARE(sizes(*w), (std::vector<size_t>{1, 2, 2}));
        QVERIFY(w->facts->coverage[0].boundaries == Boundaries::virtualTransactionId);
        // The last one of a log needs no other id behind it.
        log.resize(2);
        QCOMPARE(sizes(*workloadOf(log, shop())), std::vector<size_t>{2});
    }
    void blocksWithIdsOfOneServerProcess() {
        std::vector<Line> log = {{"a", "BEGIN"}, {"a", get1}, {"a", put1}, {"a", "COMMIT"}, {"a", "BEGIN"}, {"a", get2}, {"a", get1}};
        for (size_t i = 0; i < 3; ++i) log[i].transactionId = "3/1";
        log[3].transactionId = "3/0";
        log[4].transactionId = log[5].transactionId = "3/2";
        log[6].transactionId = "3/3";   // the COMMIT of 3/2 was not logged
        const auto w = workloadOf(log, shop());
        QCOMPARE(sizes(*w), (std::vector<size_t>{1, 1, 2}));
        QCOMPARE(committed(*w), 3.0);
        // Without session ids the transaction id names the server process.
        for (auto& line : log) line.session.clear();
        QCOMPARE(sizes(*workloadOf(log, shop())), (std::vector<size_t>{1, 1, 2}));
    }
    void sessionsEnd() {
        const auto w = workloadOf({{"a", "BEGIN"}, {"a", get1}, {"a", "#end"}, {"a", get1}, {"b", "BEGIN"}, {"b", get2}}, shop());
        QCOMPARE(aborted(*w), 1.0);
        QCOMPARE(committed(*w), 1.0);
        QCOMPARE(w->facts->diagnostics.byReason().at("open_at_end"), 1u);
    }
    void listsParametersAndWeights() {
        Line list{"a", "SELECT 1 FROM customer WHERE id IN (1, 2, 2, 3)"};
        list.weight = 2 * weightOne;
        list.duration = 3'000'001;
        list.rows = 3;
        Line prepared{"a", "SELECT 1 FROM customer WHERE id IN ($1, $2)"};
        prepared.parameters = {"1", std::nullopt};
        Line unknown{"a", "SELECT 1 FROM customer WHERE id IN ($1)"};
        const auto w = workloadOf({list, prepared, unknown}, shop());
        QCOMPARE(w->facts->templates.size(), 1u);
        const auto id = columnOf(*w, "public.customer", "id");
        QCOMPARE(slotLoad(*w, id, Value::integer(1)), (std::pair{3.0, 0.0}));
        QCOMPARE(slotLoad(*w, id, Value::integer(2)), (std::pair{2.0, 0.0}));
        const auto& point = w->rates.templates[0].points[0];
        QCOMPARE(point.calls, 4 * weightOne);
        QCOMPARE(point.durationNs, 6'000'002);
        QCOMPARE(point.timedCalls, 2 * weightOne);
        QCOMPARE(point.rows, 6);
        QCOMPARE(w->rates.columns[id].totals[0].reads - w->rates.columns[id].totals[0].boundReads, weightOne);
    }
    void longTransactionsKeepTheirFirstCalls() {
        std::vector<Line> log = {{"a", "BEGIN"}};
        for (int i = 0; i < 20; ++i) log.push_back({"a", get1});
        log.push_back({"a", put1});
        log.push_back({"a", "COMMIT"});
        PartialOptions options;
        options.callsPerTransaction = 5;
        const auto w = workloadOf(log, shop(), options);
        QCOMPARE(sizes(*w), std::vector<size_t>{5});
        QCOMPARE(w->facts->classes[0].templates.size(), 2u);
        QCOMPARE(w->facts->diagnostics.byReason().count("long_transactions"), 1u);
    }
    void longListsEndInAMissingValue() {
        std::string list = "SELECT 1 FROM customer WHERE id IN (1";
        for (int i = 2; i < 50; ++i) list += ", " + std::to_string(i);
        PartialOptions options;
        options.valuesPerSlot = 8;
        const auto w = workloadOf({{"a", list + ")"}}, shop(), options);
        const auto& slot = w->facts->transactions[0].calls[0].slots[1];
        QCOMPARE(slot.size(), 9u);
        QVERIFY(slot.back().kind == ValueKind::missing);
        QVERIFY(boundKeys(*w->facts, w->facts->transactions[0].calls[0], w->facts->templates[0].accesses[0]).empty());
        QVERIFY(w->rates.columns[columnOf(*w, "public.customer", "id")].slots.empty());
    }
    void emptyAndForeignStatements() {
        const auto w = workloadOf({{"a", ""}, {"a", ";"}, {"a", "-- nothing"}, {"", get1}, {"a", "SELEC x FRM"}, {"a", std::string("\0\x01\xff", 3)}}, shop());
        QVERIFY(w->facts->totals.callsLogged >= 2);
        QCOMPARE(workloadOf({}, shop())->facts->templates.size(), 0u);
        QVERIFY(finish(Partial())->rates.range.empty());
        QCOMPARE(slotLoad(*w, columnOf(*w, "public.customer", "id"), Value::integer(1)).first, 1.0);
    }
};

QTEST_APPLESS_MAIN(TestTransactions)
#include "test_transactions.moc"
