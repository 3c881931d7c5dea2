// Splitting a log anywhere and merging the parts in any order gives the same bytes as reading it whole.
#include <QtTest>

#include "tests/workload/small_log.h"

using namespace small;

namespace {

std::shared_ptr<const schema::Schema> twoTenants() {
    const std::vector<schema::Column> columns = {column("id", ValueType::integer), column("customer_id", ValueType::integer)};
    return schemaOf({table("one.orders", columns, {"id"}), table("two.orders", columns, {"id"}), table("public.customer", {column("id", ValueType::integer)}, {"id"}),
                     table("public.note", {column("id", ValueType::integer), column("customer_id", ValueType::integer), column("tag", ValueType::text)}, {"id"})});
}

// A random log that does all that the machine knows: blocks, savepoints, vxids, failures, paths, sessions that come and go.
class RandomLog {
public:
    RandomLog(uint64_t seed, bool ids) : random_(seed), ids_(ids) {}

    std::vector<Line> make(size_t count, Instant span) {
        std::vector<Line> log;
        for (size_t i = 0; i < count; ++i) {
            Line line = next();
            line.time = start + static_cast<Instant>(i) * span / static_cast<Instant>(count) + random_.between(-90, 90) * microsPerSecond;
            if (ids_ && line.statement[0] != '#') line.transactionId = id(line.session);
            line.failed = line.statement[0] != '#' && random_.below(25) == 0;
            if (random_.below(3)) line.duration = random_.between(0, 1'000'000'000);
            if (random_.below(3)) line.rows = random_.between(0, 3);
            if (random_.below(20) == 0) line.weight = weightOne + random_.between(1, 1 << 22);
            log.push_back(std::move(line));
        }
        return log;
    }

private:
    std::string id(const std::string& session) {
        auto& serial = serials_[session];
        const auto kind = random_.below(10);
        if (kind == 0) return session + "/0";
        if (kind == 1) return {};
        if (kind < 5) ++serial;
        return session + "/" + std::to_string(serial + 1);
    }

    Line next() {
        const std::string session = random_.below(40) == 0 ? "" : std::to_string(random_.below(4));
        const auto number = [&] { return std::to_string(random_.below(5)); };
        static const std::vector<std::string> control = {"BEGIN", "BEGIN", "COMMIT", "COMMIT", "ROLLBACK", "SAVEPOINT a", "SAVEPOINT b", "ROLLBACK TO a",
                                                         "ROLLBACK TO b", "RELEASE a", "COMMIT AND CHAIN", "SET search_path = one", "SET search_path = two, public",
                                                         "SET LOCAL search_path = two", "RESET search_path", "#start", "#end", "SET timezone = 'UTC'",
                                                         "SET app.tenant = 3", "SET app.tenant = 4", "SET LOCAL app.tenant = 5", "RESET app.tenant",
                                                         "SELECT set_config('app.tenant', '6', true)", "RESET ALL"};
        if (random_.below(3) == 0) return {session, control[random_.below(control.size())]};
        switch (random_.below(9)) {
            case 0: return {session, "SELECT * FROM customer WHERE id = " + number()};
            case 1: return {session, "UPDATE orders SET customer_id = " + number() + " WHERE id = " + number()};
            case 2: return {session, "INSERT INTO note (id, customer_id, tag) VALUES (" + number() + ", " + number() + ", 'x" + number() + "')"};
            case 3: return {session, "SELECT * FROM note WHERE id = " + number()};
            case 4: return {session, "SELECT * FROM orders WHERE id IN (" + number() + ", " + number() + ")"};
            case 5: return {session, "SELECT * FROM elsewhere WHERE tenant = " + number()};
            case 6: return {session, "SELECT * FROM note WHERE customer_id = current_setting('app.tenant')::int AND id = " + number()};
            case 7: return {session, "INSERT INTO orders VALUES (" + number() + ", current_setting('app.tenant')::int), (" + number() + ", current_setting('app.tenant')::int)"};
            default: return {session, "CREATE INDEX i" + number() + " ON note (tag)"};
        }
    }

    Random random_;
    bool ids_;
    std::map<std::string, uint64_t> serials_;
};

std::vector<Partial> parts(const std::vector<Line>& log, std::vector<size_t> cuts, std::shared_ptr<const schema::Schema> schema, PartialOptions options, Random& random) {
    std::vector<PartialBuilder> builders;
    for (int i = 0; i < 2; ++i) builders.emplace_back(schema, options);
    std::vector<Partial> result;
    cuts.insert(cuts.begin(), 0);
    cuts.push_back(log.size());
    for (size_t i = 0; i + 1 < cuts.size(); ++i) result.push_back(partialOf(builders[random.below(2)], log, cuts[i], cuts[i + 1]));
    return result;
}

std::string mergedBytes(std::vector<Partial> pieces, Random& random) {
    while (pieces.size() > 1) {
        const size_t a = random.below(pieces.size());
        size_t b = random.below(pieces.size());
        if (a == b) continue;
        auto other = std::move(pieces[b]);
        if (!pieces[a].merge(std::move(other)).ok()) return "conflict";
        pieces.erase(pieces.begin() + static_cast<std::ptrdiff_t>(b));
    }
    return writePartial(pieces[0]);
}

}  // namespace

class TestMerge : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void anySplitAnyOrder_data() {
        QTest::addColumn<int>("seed");
        QTest::addColumn<bool>("ids");
        QTest::addColumn<bool>("small");
        for (int seed = 0; seed < 12; ++seed) QTest::addRow("%d", seed) << seed << (seed % 2 == 1) << (seed % 3 == 2);
    }
    void anySplitAnyOrder() {
        QFETCH(int, seed);
        QFETCH(bool, ids);
        QFETCH(bool, small);
        const auto schema = twoTenants();
        Random random(static_cast<uint64_t>(seed) + 100);
        PartialOptions options;
        if (seed % 4 == 0) options.interval = microsPerHour;
        if (small) {   // limits that keep the form canonical must hold too
            options.samplePerStratum = 4;
            options.sampleCalls = 60;
            options.callsPerTransaction = 3;
        }
        const Instant span = seed % 2 ? 30 * microsPerHour : 2 * microsPerHour;
        const auto log = RandomLog(static_cast<uint64_t>(seed), ids).make(600, span);
        const auto whole = partialOf(log, schema, options);
        const auto expected = writePartial(whole);
        QVERIFY(whole.data().strata.size() > 3);
        for (int round = 0; round < 12; ++round) {
            std::vector<size_t> cuts;
            for (uint64_t i = 1 + random.below(7); i > 0; --i) cuts.push_back(1 + random.below(log.size() - 1));
            std::sort(cuts.begin(), cuts.end());
            cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());
            const auto bytes = mergedBytes(parts(log, cuts, schema, options, random), random);
            if (bytes != expected) explain(whole, readPartial(bytes));
            QVERIFY(bytes == expected);
        }
        const auto again = readPartial(expected);
        QVERIFY(again.ok());
        QVERIFY(writePartial(*again) == expected);
        QVERIFY(writeWorkload(*finish(*again)) == writeWorkload(*finish(whole)));
    }
    void partsOfAMiddleAreTheSameToo() {
        const auto schema = twoTenants();
        for (uint64_t seed = 50; seed < 56; ++seed) {
            const auto log = RandomLog(seed, seed % 2).make(300, 3 * microsPerHour);
            PartialBuilder builder(schema);
            const auto expected = writePartial(partialOf(builder, log, 100, 300));
            auto left = partialOf(builder, log, 100, 170);
            auto middle = partialOf(builder, log, 170, 171);
            auto right = partialOf(builder, log, 171, 300);
            QVERIFY(right.merge(left).ok());
            QVERIFY(right.merge(middle).ok());
            QVERIFY(writePartial(right) == expected);
        }
    }
    void sourcesAndGapsStayApart() {
        const auto schema = twoTenants();
        const auto log = RandomLog(9, false).make(200, microsPerHour);
        PartialBuilder builder(schema);
        auto a = partialOf(builder, log, 0, 100, "one");
        const auto b = partialOf(builder, log, 100, 200, "two");
        auto c = partialOf(builder, log, 120, 200, "one");
        auto ab = a, ba = b;
        QVERIFY(ab.merge(b).ok() && ba.merge(a).ok());
        QVERIFY(writePartial(ab) == writePartial(ba));
        QVERIFY(ab.merge(c).ok() && c.merge(ba).ok());
        QVERIFY(writePartial(ab) == writePartial(c));
        QCOMPARE(ab.data().sources.at("one").spans.size(), 2u);
        const auto w = finish(ab);
        QCOMPARE(w->facts->coverage.size(), 2u);
    }
    void whatDoesNotFitIsRefused() {
        const auto log = RandomLog(1, false).make(60, microsPerHour);
        PartialBuilder builder(twoTenants());
        auto a = partialOf(builder, log, 0, 40);
        const auto before = writePartial(a);
        QCOMPARE(a.merge(partialOf(builder, log, 30, 60)).error().category, ErrorCategory::conflict);
        PartialBuilder other(schemaOf({}));
        QCOMPARE(a.merge(partialOf(other, log, 40, 60)).error().category, ErrorCategory::conflict);
        PartialOptions options;
        options.interval = microsPerDay;
        PartialBuilder daily(twoTenants(), options);
        QCOMPARE(a.merge(partialOf(daily, log, 40, 60)).error().category, ErrorCategory::conflict);
        QVERIFY(writePartial(a) == before);
        QVERIFY(a.merge(Partial()).ok());
        QVERIFY(writePartial(a) == before);
        Partial empty;
        QVERIFY(empty.merge(a).ok());
        QVERIFY(writePartial(empty) == before);
    }
    void waitingIsBounded() {
        std::vector<Line> log(400, Line{"a", "SELECT * FROM customer WHERE id = 3"});
        PartialOptions options;
        options.waitingBytes = 2'000;
        PartialBuilder builder(twoTenants(), options);
        auto right = partialOf(builder, log, 100, 400);
        QVERIFY(right.overLimit());
        QVERIFY(right.waitingCalls() < 50);
        auto left = partialOf(builder, log, 0, 100);
        QVERIFY(left.merge(right).ok());
        const auto w = finish(left);
        QCOMPARE(fromWeight(w->facts->totals.calls), 400.0);
        QCOMPARE(fromWeight(w->facts->totals.transactions), 400.0);
    }
    void templatesPastTheLimitAreCountedTogether() {
        std::vector<Line> log;
        for (int i = 0; i < 30; ++i) log.push_back({"a", "SELECT * FROM t" + std::to_string(i) + " WHERE id = 1"});
        PartialOptions options;
        options.maxTemplates = 10;
        PartialBuilder one(twoTenants(), options), two(twoTenants(), options);
        auto a = partialOf(one, log, 0, 15);
        QVERIFY(a.merge(partialOf(two, log, 15, 30)).ok());
        QVERIFY(a.overLimit());
        const auto w = finish(a);
        QCOMPARE(w->facts->templates.size(), 11u);
        QCOMPARE(w->facts->templates[0].fingerprint, 0u);
        QCOMPARE(fromWeight(w->facts->totals.calls), 30.0);
        QCOMPARE(fromWeight(w->facts->totals.transactions), 30.0);
    }

private:
    // Says what differs, for the one who reads a failure.
    static void explain(const Partial& expected, const Result<Partial>& found) {
        if (!found.ok()) {
            qWarning("unreadable");
            return;
        }
        const auto &a = expected.data(), &b = found->data();
        if (a.templates.size() != b.templates.size()) qWarning("templates %zu %zu", a.templates.size(), b.templates.size());
        for (const auto& [key, part] : a.templates)
            if (!b.templates.count(key) || b.templates.at(key).series != part.series) qWarning("series of %s", part.text.text.c_str());
        for (const auto& [key, part] : a.columns) {
            const auto other = b.columns.find(key);
            if (other == b.columns.end() || other->second.slots != part.slots || other->second.bound != part.bound || other->second.ranges != part.ranges)
                qWarning("column %s %s", key.first.c_str(), key.second.c_str());
        }
        if (a.columns.size() != b.columns.size()) qWarning("columns");
        if (a.tables != b.tables) qWarning("tables");
        for (const auto& [key, part] : a.classes)
            if (!b.classes.count(key) || b.classes.at(key).points != part.points) qWarning("class of %zu templates", part.templates.size());
        if (a.classes.size() != b.classes.size()) qWarning("classes %zu %zu", a.classes.size(), b.classes.size());
        for (const auto& [key, part] : a.strata)
            if (!b.strata.count(key) || b.strata.at(key).samples != part.samples) qWarning("samples of stratum %u", key.bucket);
        if (a.interval != b.interval) qWarning("interval");
        if (a.waitingTemplates.size() != b.waitingTemplates.size()) qWarning("waiting templates");
        for (const auto& [name, source] : a.sources) {
            const auto& other = b.sources.at(name);
            if (source.coverage != other.coverage) qWarning("coverage");
            if (source.transactionsBy != other.transactionsBy) qWarning("boundaries");
            if (source.spans.size() != other.spans.size()) qWarning("spans");
            if (source.spans[0].sessions.size() != other.spans[0].sessions.size()) qWarning("sessions");
        }
    }
};

QTEST_APPLESS_MAIN(TestMerge)
#include "test_merge.moc"
