// From a project's values to what the report says: numbers, masking, and sections that stay out.
#include <QtTest>

#include <limits>

#include "core/report/gather.h"
#include "core/report/key_buckets.h"
#include "core/report/writers.h"
#include "core/workload/ranges.h"

using namespace foreshard;
using namespace foreshard::report;

namespace {

constexpr int64_t firstHour = 480'000;
constexpr int64_t secretKey = 4'711;

// Three templates over 48 hours; key 4711 of orders.customer_id carries half the load.
std::shared_ptr<workload::Workload> sample() {
    auto facts = std::make_shared<workload::Facts>();
    schema::Table orders;
    orders.name = "orders";
    orders.columns = {{.name = "customer_id", .type = ValueType::integer}};
    facts->schema.tables = {orders};
    facts->columns = {{0, "customer_id", "customer_id", ValueType::integer}};
    for (uint64_t i = 1; i <= 3; ++i) {
        workload::Template one;
        one.fingerprint = i;
        one.text = "SELECT " + std::to_string(i) + " FROM orders WHERE customer_id = $1 AND note <> '<b>'";
        one.accesses.push_back({.table = 0});
        facts->templates.push_back(one);
    }
    facts->coverage.push_back({.source = "db1", .format = "csvlog"});
    facts->totals.transactions = 1000 * weightOne;
    auto out = std::make_shared<workload::Workload>();
    out->rates.range = {firstHour * microsPerHour, (firstHour + 48) * microsPerHour};
    out->rates.templates.resize(3);
    out->rates.columns.resize(1);
    for (int64_t hour = 0; hour < 48; ++hour) {
        for (size_t i = 0; i < 3; ++i)
            out->rates.templates[i].points.push_back({firstHour + hour, static_cast<Weight>(10 * (i + 1)) * weightOne,
                                                      30'000'000, 10 * weightOne, 20, 10 * weightOne});
        auto& column = out->rates.columns[0];
        for (int64_t key = 0; key < 200; ++key)
            column.ranges.push_back({firstHour + hour, workload::dyadicRangeOf(key), weightOne / 4, 0});
        column.ranges.push_back({firstHour + hour, workload::dyadicRangeOf(secretKey), 50 * weightOne, 0});
        column.totals.push_back({firstHour + hour, 100 * weightOne, 0, 100 * weightOne, 0});
    }
    out->facts = facts;
    return out;
}
ReportInput inputOf(std::shared_ptr<workload::Workload> workload) {
    ReportInput input;
    input.title = "shop";
    input.workload = std::move(workload);
    return input;
}
const Table& table(const ReportData& report, const char* id) {
    for (const Section& section : report.sections)
        for (const Table& one : section.tables)
            if (one.id == id) return one;
    qFatal("no table %s", id);
}

}  // namespace

class TestReportContents : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void workloadNumbers() {
        const ReportData report = gather(inputOf(sample()));
        QCOMPARE(report.sections.size(), size_t(2));  // workload and hotspots: nothing else is known
        const Table& templates = table(report, "templates");
        QCOMPARE(templates.rows[0][0].text, std::string("0000000000000003"));
        QCOMPARE(templates.rows[0][4].number.value(), 48 * 30.0);
        QCOMPARE(templates.rows[0][5].number.value(), 0.5);
        QCOMPARE(templates.rows[0][6].number.value(), 3.0);  // ms
        QCOMPARE(templates.rows[0][7].number.value(), 2.0);  // rows per call
        QVERIFY(report.sections[0].answer.find("2,880 calls of 3 templates") != std::string::npos);
    }
    void sharesAreNotSaidOfLowerBounds() {
        const auto w = sample();
        auto facts = std::make_shared<workload::Facts>(*w->facts);
        facts->coverage[0].minDurationMs = 250;
        w->facts = facts;
        const ReportData report = gather(inputOf(w));
        QVERIFY(!table(report, "templates").rows[0][5].number);
        QVERIFY(report.sections[0].notes[0].find("at least 250 ms") != std::string::npos);
    }
    void hotKeyHasARowOfItsOwn() {
        const auto w = sample();
        const auto buckets = keyBuckets(w->rates, w->rates.columns[0], 12);
        QVERIFY(buckets.size() <= 12 && buckets.size() >= 6);
        double total = 0;
        for (const KeyBucket& bucket : buckets) total += bucket.total;
        QCOMPARE(total, 48 * 100.0);
        QCOMPARE(buckets.back().total, 48 * 50.0);
        QVERIFY(buckets.back().first == buckets.back().last &&
                buckets.back().first == workload::dyadicRangeOf(secretKey));
        QCOMPARE(bucketLabel(buckets.front(), ValueType::integer, "UTC").substr(0, 1), std::string("0"));
        QVERIFY(keyBuckets(w->rates, {}, 12).empty() && keyBuckets({}, w->rates.columns[0], 12).empty());
    }
    void keysAreMaskedUnlessAskedFor() {
        ReportInput input = inputOf(sample());
        const std::string label = bucketLabel(
            keyBuckets(input.workload->rates, input.workload->rates.columns[0], 12).back(), ValueType::integer, "UTC");
        for (const bool show : {false, true}) {
            input.showLiterals = show;
            const ReportData report = gather(input);
            for (const std::string& form :
                 {writeHtml(report), writeCsv(report), writeJson(report), writeMarkdown(report)})
                QCOMPARE(form.find(label) != std::string::npos, show);
        }
    }
    void evidenceOfFindingsIsMasked() {
        ReportInput input;
        auto snapshot = std::make_shared<monitor::Snapshot>();
        snapshot->findings.push_back({"skew", monitor::Level::warning, "Shard 1 carries 2.00 times the mean load.",
                                      "keys 4711 … 4720 of public.orders.customer_id: 60 %", 0});
        input.monitor = snapshot;
        QCOMPARE(table(gather(input), "findings").rows[0][3].text,
                 std::string("keys (masked) of public.orders.customer_id: 60 %"));
        auto one = std::make_shared<monitor::Snapshot>(*snapshot);
        one->findings[0].evidence = "It took 70 % of all accesses, 48 % of that through key 4711 of public.orders.customer_id; the template: SELECT 1.";
        input.monitor = one;
        QCOMPARE(table(gather(input), "findings").rows[0][3].text,
                 std::string("It took 70 % of all accesses, 48 % of that through a key (masked) of public.orders.customer_id; the template: SELECT 1."));
        input.monitor = snapshot;
        input.showLiterals = true;
        QVERIFY(table(gather(input), "findings").rows[0][3].text.find("4711") != std::string::npos);
    }
    // Two charts of the scored designs, in the measures of the tables; and the graph of tables, where transactions touch two.
    void designsAreDrawn() {
        auto input = inputOf(sample());
        auto advice = std::make_shared<advisor::Advice>();
        advisor::RankedDesign one, other;
        one.design.id = "d1", other.design.id = "d2", one.design.name = "by <tenant>";
        one.design.shards = other.design.shards = 4;
        one.scores = {0.1, 0.04, 1.2, {}};
        other.scores = {0.3, 0.2, 1.02, {}};
        one.onFront = true;
        other.rank = 2;
        advice->designs = {one, other};
        input.advice = advice;
        input.sections = {"designs"};
        const auto report = gather(input);
        const auto& pictures = report.sections.front().pictures;
        QCOMPARE(pictures.size(), size_t(2));      // no transaction touches two tables
        const auto& reads = std::get<ScatterChart>(pictures[0]);
        QCOMPARE(reads.id, std::string("pareto-reads"));
        QVERIFY(std::abs(reads.points[0].x - 6) < 1e-9 && reads.points[0].y == 1.2 && reads.points[0].onFront && !reads.points[1].onFront);
        QVERIFY(std::abs(std::get<ScatterChart>(pictures[1]).points[1].x - 20) < 1e-9);
        const std::string page = writeHtml(report), json = writeJson(report);
        QVERIFY(page.find("by &lt;tenant&gt;") != std::string::npos && page.find("dot s1 beaten") != std::string::npos);
        QVERIFY(json.find("scatter_chart") != std::string::npos);
        // Without scores there is nothing to draw.
        advice->designs.front().scores = advice->designs.back().scores = {};
        QVERIFY(gather(input).sections.front().pictures.empty());
    }
    // What stays on several shards, what becomes of constraints, and which designs are runners-up; and no claim without a measure.
    void designsSayWhatTheyCost() {
        ReportInput input;
        auto advice = std::make_shared<advisor::Advice>();
        advisor::RankedDesign best, second;
        best.design.id = "d1", best.design.name = "by tenant", best.design.shards = 3;
        second.design.id = "d2", second.design.name = "by customer", second.rank = 2, second.beatenBy = "d1";
        advice->designs = {best};
        input.advice = advice;
        QCOMPARE(gather(input).sections[0].answer, std::string("by tenant on 3 shards is what the keys of the schema suggest; no design can be judged, for the log does not say which keys it touched."));
        best.heldOut.multiShardShare = 0.04;
        best.crossings.push_back({{"UPDATE payments SET state = $1", "SELECT 1", "SELECT 2", "SELECT 3"}, 0.031, 2.5, "payments is asked by reference alone.", "A lookup would save it.", 0.0, 1.0});
        best.constraints = {{"public.orders", "orders_pkey", "primary key", {"id"}, advisor::Fate::lost, "id is no part of the key.", ""},
                            {"public.items", "items_pkey", "primary key", {"id"}, advisor::Fate::local, "One copy each.", ""}};
        advice->designs = {best, second};
        const ReportData report = gather(input);
        QCOMPARE(report.sections[0].answer, std::string("by tenant on 3 shards is best; the others are runners-up, to compare with: on the later half of the log 4 % of transactions touch more than one shard."));
        const auto cell = [&](const char* id, size_t row, const char* key) {
            const Table& found = table(report, id);
            for (size_t c = 0; c < found.columns.size(); ++c)
                if (found.columns[c].key == key) return found.rows[row][c].text;
            return std::string("no column");
        };
        QCOMPARE(cell("designs", 0, "beaten_by"), std::string());
        QCOMPARE(cell("designs", 1, "beaten_by"), std::string("d1"));
        QCOMPARE(cell("crossings", 0, "share"), std::string("3.1 %"));
        QCOMPARE(cell("crossings", 0, "statements"), std::string("UPDATE payments SET state = $1; SELECT 1; SELECT 2 + 1 more"));
        QCOMPARE(cell("crossings", 0, "why"), std::string("payments is asked by reference alone. A lookup would save it."));
        QCOMPARE(table(report, "constraints").rows.size(), size_t(1));
        QCOMPARE(cell("constraints", 0, "fate"), std::string(advisor::toString(advisor::Fate::lost)));
        const auto html = writeHtml(report);
        QVERIFY(html.find("Transactions that stay on several shards") != std::string::npos && html.find("orders_pkey") != std::string::npos);
    }
    // A cell that chooses its unit stands under a column that names none; zero has no sign.
    void unitsAreSaidOnce() {
        QCOMPARE(ratioCell(-0.001).text, std::string("0.00"));
        for (const auto& section : gather(inputOf(sample())).sections)
            for (const auto& each : section.tables)
                for (size_t c = 0; c < each.columns.size(); ++c)
                    for (const auto& row : each.rows)
                        QVERIFY2(!each.columns[c].number || each.columns[c].unit.empty() || !row[c].number || row[c].text.find(each.columns[c].unit) == std::string::npos, row[c].text.c_str());
        ReportInput slow;
        cost::Projection p;
        p.times = {0, microsPerHour};
        p.load = {{0, {0.01, 0.02}}};
        slow.projections = {{"today", p}};
        const auto report = gather(slow);
        const auto& grid = std::get<ChartGrid>(report.sections[0].pictures[0]);
        QCOMPARE(grid.unit, std::string("accesses per hour"));
        QCOMPARE(*grid.charts[0].lines[0].values[1], 72.0);
    }
    void outOfDateIsSaid() {
        ReportInput input = inputOf(sample());
        input.stale["workload"] = "The schema has changed since the logs were read.";
        QCOMPARE(gather(input).sections[0].notes.front(), std::string("Out of date: The schema has changed since the logs were read."));
    }
    void projectionsKeepUnknownUnknown() {
        ReportInput input;
        cost::Projection known, unknown;
        known.times = unknown.times = {0, microsPerHour};
        known.shards = unknown.shards = 2;
        known.multiShardShare = 0.0;
        known.load = {{0, {1, 2}}, {1, {3, 4}}};
        unknown.load = {{0, {2, 2}}};
        cost::Projection untold = unknown;
        untold.load.clear();
        untold.loadOrigin = "unknown: the log does not say which keys it touched";
        known.hottestShard = 1;
        input.projections = {{"today", known}, {"d1", unknown}, {"d2", untold}};
        const ReportData report = gather(input);
        const Table& projections = table(report, "projections");
        QCOMPARE(projections.rows[0][3].text, std::string("0 %"));
        QCOMPARE(projections.rows[1][3].text, std::string("–"));
        QCOMPARE(projections.rows[0][8].text, std::string("1"));
        QCOMPARE(projections.rows[2][8].text, std::string("–"));
        QCOMPARE(projections.rows[2][10].text, std::string("–"));          // to move
        QCOMPARE(report.sections[0].notes[0], std::string("The load per shard of d2 is unknown: the log does not say which keys it touched."));
        const auto& grid = std::get<ChartGrid>(report.sections[0].pictures[0]);
        QCOMPARE(grid.charts.size(), size_t(2));
        QCOMPARE(grid.charts[0].lines.size(), size_t(2));
        QCOMPARE(grid.charts[1].lines.size(), size_t(1));
    }
    void onlyTheSectionsAskedFor() {
        ReportInput input = inputOf(sample());
        input.sections = {"hotspots", "designs"};
        const ReportData report = gather(input);
        QCOMPARE(report.sections.size(), size_t(1));
        QCOMPARE(report.sections[0].id, std::string("hotspots"));
        QVERIFY(gather({}).sections.empty());
        auto empty = std::make_shared<workload::Workload>();
        empty->facts = std::make_shared<workload::Facts>();
        QCOMPARE(gather(inputOf(empty)).sections[0].answer, std::string("No calls were read."));
        QCOMPARE(reportSections().size(), size_t(7));
        for (const auto& section : reportSections()) QVERIFY2(!section.whenEmpty.empty(), section.id.c_str());
    }
};

QTEST_APPLESS_MAIN(TestReportContents)
#include "test_report_contents.moc"
