// Item models under QAbstractItemModelTester, and the plain functions that pages show: colours, charts, formats, settings.
#include <QAbstractItemModelTester>
#include <QRegularExpression>
#include <QSettings>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTextBlock>
#include <QTextDocument>
#include <QAbstractItemView>
#include <QLineEdit>
#include <QImage>
#include <QPainter>
#include <QTest>

#include <cmath>

#include "tests/ui/fixtures.h"
#include "ui/charts/chart_data.h"
#include "ui/format/format.h"
#include "ui/jobs/job_list.h"
#include "ui/jobs/time_left.h"
#include "ui/pages/designs/card_list.h"
#include "ui/pages/designs/design_reports.h"
#include "ui/pages/designs/designs_page.h"
#include "ui/pages/forecast/forecast_rows.h"
#include "ui/pages/forecast/models_rows.h"
#include "ui/pages/hotspots/hotspots_page.h"
#include "ui/pages/migrate/migrate_page.h"
#include "ui/pages/monitor/monitor_page.h"
#include "ui/pages/report/report_preview.h"
#include "ui/pages/simulate/projection_rows.h"
#include "ui/pages/workload/workload_page.h"
#include "ui/settings/settings.h"
#include "ui/theme/colour_math.h"
#include "ui/theme/ramps.h"
#include "ui/widgets/sql_text.h"
#include "ui/widgets/table_panel.h"

using namespace foreshard;
using namespace foreshard::ui;

namespace {

constexpr auto fatal = QAbstractItemModelTester::FailureReportingMode::QtTest;

const QRegularExpression notANumber(QStringLiteral("\\bnan\\b"), QRegularExpression::CaseInsensitiveOption);   // not te-nan-t

template <typename Row>
void checkRows(void (*describe)(RowsModel<Row>&), const std::vector<Row>& rows) {
    RowsModel<Row> model;
    QAbstractItemModelTester tester(&model, fatal);
    describe(model);
    model.setRows(rows);
    model.updateRows(rows);
    QCOMPARE(model.rowCount(), static_cast<int>(rows.size()));
    for (int c = 0; c < model.columnCount(); ++c) {
        QVERIFY(!model.headerData(c, Qt::Horizontal, Qt::DisplayRole).toString().isEmpty());
        for (int r = 0; r < model.rowCount(); ++r) QVERIFY(!model.index(r, c).data(Qt::DisplayRole).toString().contains(notANumber));
    }
    model.setRows({});
}

// What people without the red (protan) or the green (deutan) cones see: matrices of Machado, Oliveira and Fernandes (2009).
QColor seenBy(const QColor& colour, const double (&m)[9]) {
    const double r = colour.redF(), g = colour.greenF(), b = colour.blueF();
    const auto mixed = [&](int row) { return static_cast<float>(std::clamp(m[row] * r + m[row + 1] * g + m[row + 2] * b, 0.0, 1.0)); };
    return QColor::fromRgbF(mixed(0), mixed(3), mixed(6));
}
constexpr double protan[9]{0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998};
constexpr double deutan[9]{0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.011820, 0.042940, 0.968881};

}  // namespace

class TestModels : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { Theme::instance().apply(ThemeMode::light); }

    void itemModels() {
        const auto w = fixtures::workload();
        checkRows(describeTemplates, templateRows(*w, std::nullopt));
        checkRows(describeClasses, classRows(*w, std::nullopt));
        checkRows(describeSources, sourceRows(*w));
        checkRows(describeDiagnostics, {{"broken_csv", "a.csv:3", "cut", 2}});
        checkRows(describeHotspots, *fixtures::hotspots());
        checkRows(describeSeries, seriesRows(*w->facts, fixtures::models().get(), fixtures::forecast().get()));
        checkRows(describeEvents, eventRows(*fixtures::events(), fixtures::forecast().get()));
        checkRows(describeLeaders, leaderRows(*fixtures::models()));
        const auto leaders = leaderRows(*fixtures::models());
        QCOMPARE(std::count_if(leaders.begin(), leaders.end(), [](const LeaderRow& row) { return row.seriesIndex == -1; }), std::ptrdiff_t(3));
        const auto kept = fixtures::keptModels();
        checkRows(describeKept, keptRows(*kept));
        checkRows(describeCompared, comparedRows(*kept->kept[1].models, *kept->kept[2].models));
        checkRows(describeDesignTables, designTables(fixtures::advice()->designs[0], fixtures::today().get(), {}));
        checkRows(describeCrossings, crossingRows(fixtures::advice()->designs[0], fixtures::workload()->facts.get()));
        checkRows(describeConstraints, constraintRows(fixtures::advice()->designs[0]));
        checkRows(describeAnswer, answerRows(*fixtures::whyNot()));
        checkRows(describeFindings, fixtures::monitor()->findings);
        checkRows(describeVerification, {{"public.orders", 611'200, 0, 0, 0, true}});
        checkRows(describeJobs, {JobInfo{.id = 1, .title = "Train"}});
    }

    void projectionModelChangesItsColumns() {
        RowsModel<ProjectionRow> model;
        QAbstractItemModelTester tester(&model, fatal);
        auto set = *fixtures::projections();
        for (int round = 0; round < 2; ++round) {
            describeProjections(model, set);
            model.setRows(projectionRows(set));
            QCOMPARE(model.columnCount(), static_cast<int>(set.columns.size()) + 1);
            set.columns.pop_back();
        }
        QCOMPARE(model.index(0, 1).data().toString(), QString("0 %"));
        QVERIFY(model.index(0, 2).data().toString().contains(QStringLiteral("▲")));
        QVERIFY(model.index(4, 2).data(Qt::ToolTipRole).toString().contains("not calibrated"));
    }

    void cardsAndSteps() {
        CardModel cards;
        QAbstractItemModelTester cardTester(&cards, fatal);
        cards.setCards(designCards(*fixtures::advice()));
        QCOMPARE(cards.rowCount(), 3);
        QVERIFY(cards.index(0).data(Qt::AccessibleTextRole).toString().contains("multi-shard writes: 0.04 %"));
        StepTree steps;
        QAbstractItemModelTester stepTester(&steps, fatal);
        steps.setPlan(fixtures::migration());
        steps.setPlan(fixtures::migration(4, 3));
        steps.setPlan(nullptr);
    }

    // Everything begins unticked; a round ticks its steps; what is approved stays ticked.
    void ticks() {
        StepTree steps;
        QSignalSpy changed(&steps, &StepTree::ticksChanged);
        steps.setPlan(fixtures::migration());
        QVERIFY(steps.ticked().empty());
        const auto round = steps.index(1, 0);
        QVERIFY(steps.setData(round, Qt::Checked, Qt::CheckStateRole));
        QCOMPARE(steps.ticked(), (std::vector<std::string>{"s4", "s5", "s6"}));
        QVERIFY(steps.setData(steps.index(1, 0, round), Qt::Unchecked, Qt::CheckStateRole));
        QCOMPARE(steps.data(round, Qt::CheckStateRole).toInt(), static_cast<int>(Qt::PartiallyChecked));
        QVERIFY(changed.count() >= 3);
        steps.setPlan(fixtures::migration(4, 0));
        QCOMPARE(steps.ticked(), (std::vector<std::string>{"s6"}));     // s1…s4 are approved now
        const auto approved = steps.indexOf("s1");
        QVERIFY(!(steps.flags(approved) & Qt::ItemIsUserCheckable));
        steps.setData(approved, Qt::Unchecked, Qt::CheckStateRole);
        QCOMPARE(steps.data(approved, Qt::CheckStateRole).toInt(), static_cast<int>(Qt::Checked));
    }

    // A threshold in the log makes counts lower bounds: shares are not known, never 0.
    void sharesNeedCoverage() {
        auto w = *fixtures::workload();
        auto facts = std::make_shared<workload::Facts>(*w.facts);
        facts->coverage[0].minDurationMs = 100;
        w.facts = facts;
        for (const auto& row : templateRows(w, std::nullopt)) QVERIFY(!row.share);
        QVERIFY(coverageLimits(w).contains("lower bounds"));
        QVERIFY(coverageLimits(*fixtures::workload()).isEmpty());
    }

    void seriesColoursCanBeToldApart() {
        for (const auto mode : {ThemeMode::light, ThemeMode::dark, ThemeMode::highContrast}) {
            const auto c = Theme::coloursFor(mode);
            for (size_t i = 0; i < c.series.size(); ++i) {
                QVERIFY2(contrast(c.series[i], c.surface) >= 2.3, qPrintable(c.series[i].name()));
                for (size_t k = i + 1; k < c.series.size(); ++k) {
                    const auto pair = qPrintable(c.series[i].name() + " " + c.series[k].name());
                    QVERIFY2(distance(toOklab(c.series[i]), toOklab(c.series[k])) > 0.06, pair);
                    QVERIFY2(distance(toOklab(seenBy(c.series[i], protan)), toOklab(seenBy(c.series[k], protan))) > 0.03, pair);
                    QVERIFY2(distance(toOklab(seenBy(c.series[i], deutan)), toOklab(seenBy(c.series[k], deutan))) > 0.03, pair);
                }
            }
            for (const auto& text : {c.text, c.secondary, c.warning, c.error, c.verified}) QVERIFY2(contrast(text, c.surface) >= 4.5, qPrintable(text.name()));
            QVERIFY(contrast(c.accentText, c.accent) >= 4.5);
            QVERIFY(contrast(c.text, c.selection) >= 4.5);
        }
    }

    // "More" is always farther from the background, in equal steps.
    void rampsAreUniform() {
        for (const auto mode : {ThemeMode::light, ThemeMode::dark}) {
            for (const auto ramp : {Ramp::ember, Ramp::ocean, Ramp::grey}) {
                const auto colours = rampColours(ramp, mode);
                double before = toOklab(QColor(colours.front())).lightness;
                for (int i = 8; i < rampSteps; i += 8) {
                    const double now = toOklab(QColor(colours[i])).lightness;
                    const double step = mode == ThemeMode::light ? before - now : now - before;
                    QVERIFY2(step > 0.008 && step < 0.05, qPrintable(QString("%1 at %2: %3").arg(rampName(ramp)).arg(i).arg(step)));
                    before = now;
                }
                QCOMPARE(rampFromName(rampName(ramp)), ramp);
            }
        }
    }

    void formats() {
        QCOMPARE(seconds(14 * 86400.0), QString("14 d"));
        QCOMPARE(seconds(200.0), QString("3 min 20 s"));
        QCOMPARE(share(std::nullopt), dash());
        QCOMPARE(ratio(1.344), QStringLiteral("1.34 ×"));
        QCOMPARE(number(812'000.0), QString("812,000"));
        QCOMPARE(timeRange({fixtures::shopBegin, fixtures::shopBegin + 14 * microsPerDay}), QStringLiteral("1 – 14 Nov"));
        QCOMPARE(csvCell("=1+1"), QString("'=1+1"));
        QCOMPARE(csvCell("-1.5"), QString("-1.5"));
        QCOMPARE(csvCell("a,\"b\""), QString("\"a,\"\"b\"\"\""));
    }

    void charts() {
        ChartData chart;
        chart.name = "load";
        chart.yTitle = "calls per hour";
        chart.series << ChartSeries{.name = "a", .shape = Shape::stacked, .x = {0, 1}, .y = {2, 3}} << ChartSeries{.name = "b", .shape = Shape::stacked, .x = {0, 1}, .y = {4, NAN}};
        QVERIFY(yRange(chart).high >= 6 && yRange(chart).high < 7);
        QCOMPARE(chartCsv(chart), QString("x,a,b\n0,2,4\n1,3,\n"));
        QVERIFY(chartSummary(chart).contains("a from 2 to 3"));
        const auto ticks = numberTicks({0, 47'000}, 5, {});
        QCOMPARE(ticks.back().text, QString("40 k"));
        const auto days = timeTicks({static_cast<double>(fixtures::shopBegin / 1000), static_cast<double>(fixtures::shopBegin / 1000) + 4 * 86'400'000.0}, 5);
        QCOMPARE(days.front().text, QString("Sun 1 Nov"));
        QVERIFY(numberTicks({1, 1}, 5, {}).isEmpty());
        QVERIFY(chartSummary(ChartData{}).contains("no data"));
    }

    void forecastsHaveBandsAndSkill() {
        const auto chart = forecastChart(*fixtures::workload(), fixtures::models().get(), fixtures::forecast().get(), -1);
        QCOMPARE(chart.series.size(), 2);
        QCOMPARE(chart.series[1].low.size(), chart.series[1].x.size());
        QCOMPARE(chart.marks.size(), 1);
        QVERIFY(forecastAnswer(*fixtures::workload(), fixtures::models().get(), fixtures::forecast().get()).contains("measured skill 0.29"));
        QVERIFY(calibrationWords(std::nullopt).contains("too short"));
    }

    // Pictures become images in the theme's colours; nothing of the report's style is left in the text.
    void reportPreviews() {
        const auto html = QStringLiteral("<html><head><style>:root{--text:#010203;--s0:#00ff00}@media x{:root{--text:#fff;--s0:#ff0000}}.line{fill:none;stroke-width:30}.line.s0{stroke:var(--s0)}"
                                         "</style></head><body><section id=\"a\"><h3>Head</h3><figure><svg viewBox=\"0 0 100 50\"><polyline points=\"0,25 100,25\" class=\"line s0\"/>"
                                         "</svg></figure><table><tr><td class=\"num\">5</td></tr></table></section></body></html>");
        for (const bool dark : {false, true}) {
            const auto preview = reportPreview(html, 200, 1, dark);
            QCOMPARE(preview.pictures.size(), qsizetype{1});
            QCOMPARE(preview.pictures[0].size(), QSize(200, 100));
            QCOMPARE(preview.pictures[0].pixelColor(100, 50), QColor(dark ? "#ff0000" : "#00ff00"));
            QVERIFY(preview.html.contains(pictureUrl(0)) && preview.html.contains("<a name=\"a\">") && preview.html.contains("align=\"right\""));
            QVERIFY(!preview.html.contains("svg") && !preview.html.contains("style"));
            // Words with an anchor are as large as others, though QtSvg would have it otherwise.
            const QRegularExpression svg(QStringLiteral("<svg.*</svg>"));
            const auto inkOf = [&](const QString& anchor) {
                auto words = html;
                const auto picture = reportPreview(words.replace(svg, "<svg viewBox=\"0 0 200 40\"><text x=\"100\" y=\"30\" " + anchor + " class=\"tick\">Words</text></svg>"), 200, 1, dark).pictures.value(0);
                int ink = 0;
                for (int x = 0; x < picture.width(); ++x) {
                    bool column = false;
                    for (int y = 0; y < picture.height(); ++y) column |= qAlpha(picture.pixel(x, y)) > 60;
                    ink += column;
                }
                return ink;
            };
            const int plain = inkOf({}), right = inkOf("text-anchor=\"end\"");
            QVERIFY2(plain > 10 && std::abs(right - plain) <= 2, qPrintable(QStringLiteral("%1 against %2").arg(right).arg(plain)));
            // The picture stands by itself, not on the line of the heading before it.
            QTextDocument page;
            page.setHtml(preview.html);
            QCOMPARE(page.begin().text(), QString("Head"));
        }
    }

    void timeLeftWaitsForEvidence() {
        TimeLeft left;
        QVERIFY(!left.update({"a", 1, 100, "rows"}, 0.2));
        const auto seconds = left.update({"a", 50, 100, "rows"}, 2.0);
        QVERIFY(seconds && std::abs(*seconds - 2.0) < 0.3);
        QVERIFY(!left.update({"b", 1, 100, "rows"}, 2.1));     // a new pass begins anew
    }

    void sqlIsWeighted() {
        const auto formats = sqlFormats("SELECT a FROM b WHERE c = $12", QPalette());
        QCOMPARE(formats.size(), 4);
        QCOMPARE(formats.last().start, 26);
        QCOMPARE(formats.last().length, 3);
        QVERIFY(sqlFormats(QString("'unfinished $"), QPalette()).size() == 1);
        QVERIFY(sqlFormats({}, QPalette()).isEmpty());
    }

    void tablesSortFilterAndCopy() {
        RowsModel<TemplateRow> model;
        describeTemplates(model);
        model.setRows({{.fingerprint = 1, .sql = "SELECT a", .calls = 5, .meanMs = std::nullopt}, {.fingerprint = 2, .sql = "UPDATE b", .calls = 90, .meanMs = 2.0},
                       {.fingerprint = 3, .sql = "SELECT c", .calls = 12, .meanMs = 1.0}});
        TablePanel panel("Templates", &model);
        for (const auto order : {Qt::AscendingOrder, Qt::DescendingOrder}) {
            panel.view()->sortByColumn(3, order);
            QCOMPARE(panel.shownRows().last(), 0);             // unknown comes last either way
        }
        panel.view()->sortByColumn(1, Qt::DescendingOrder);
        QCOMPARE(panel.shownRows(), (QList<int>{1, 2, 0}));
        QTest::keyClicks(panel.filterBox(), "select");
        QCOMPARE(panel.shownRows(), (QList<int>{2, 0}));
        const auto lines = panel.csv(false).split('\n');
        QCOMPARE(lines.size(), 4);
        QVERIFY(lines[1].startsWith("SELECT c,12,"));
        panel.selectById(QVariant::fromValue<quint64>(1));
        QCOMPARE(panel.currentRow(), 0);
        QCOMPARE(panel.csv(true).count('\n'), 2);
    }

    // The table names the busiest interval in the unit of the charts below it.
    void loadHasOneUnit() {
        for (const double scale : {1.0, 0.01}) {
            auto set = *fixtures::projections();
            for (auto& column : set.columns) {
                for (auto& shard : column.projection.load) {
                    for (auto& v : shard.values) v *= scale;
                }
            }
            auto charts = loadCharts(set.columns[1]);
            const auto unit = perHourWhereSmall(charts, busiestInterval(set));
            QCOMPARE(unit, QString(scale == 1 ? "accesses/s" : "accesses/h"));
            const auto rows = projectionRows(set);
            const auto row = std::find_if(rows.begin(), rows.end(), [](const auto& r) { return r.name.startsWith("Busiest interval"); });
            QVERIFY(row != rows.end() && row->name.endsWith("[" + unit + "]"));
            double most = 0;
            for (const auto& chart : charts) most = std::max(most, *std::max_element(chart.series[0].y.begin(), chart.series[0].y.end()));
            QVERIFY2(row->cells[1].text.startsWith(count(most)), qPrintable(row->cells[1].text));
        }
    }

    // What nobody knows is said to be unknown, with the reason; a figure names what it is of.
    void projectionsSayWhatIsUnknown() {
        auto set = *fixtures::projections();
        auto& p = set.columns[1].projection;
        p.load.clear();
        p.loadMaxOverMean = p.loadMaxOverMeanWorst = p.multiShardShare = p.bytesMoved = std::nullopt;
        p.loadOrigin = "unknown: the log does not say which keys it touched";
        const auto rows = projectionRows(set);
        const auto row = [&](const char* begin) {
            const auto found = std::find_if(rows.begin(), rows.end(), [&](const auto& r) { return r.name.trimmed().startsWith(begin); });
            return found == rows.end() ? ProjectionRow{} : *found;
        };
        for (const char* name : {"Multi-shard transactions, whole log", "Hottest shard / mean", "Busiest interval", "Bytes to move"}) {
            QCOMPARE(row(name).cells.size(), size_t{3});
            QCOMPARE(row(name).cells[1].text, QString("unknown"));
            QVERIFY(!row(name).cells[1].sort.isValid());
        }
        QVERIFY(row("Busiest interval").cells[1].tip.contains("does not say which keys"));
        QCOMPARE(row("Bytes to move").cells[0].text, QString("0 B"));
        QVERIFY(row("multi-shard reads").cells[2].sort.isValid());
        QVERIFY2(unknownLoads(set).contains("by tenant") && unknownLoads(set).count('\n') == 0, qPrintable(unknownLoads(set)));
        QVERIFY(loadCharts(set.columns[1]).isEmpty());
        set.time = TimeRange{fixtures::shopBegin, fixtures::shopBegin + 2 * microsPerDay};
        QCOMPARE(partProjected(set), timeRange(*set.time));
    }

    // Statements that differ at their end alone can be told apart, and no other column of words takes their room.
    void statementsCanBeToldApart() {
        const QString alike = "SELECT id, tenant_id, customer_id, placed_at, state, total FROM orders JOIN order_lines USING (tenant_id, order_id) WHERE tenant_id = $1 AND ";
        const auto picture = [](const QString& sql) {
            QImage image(420, 24, QImage::Format_RGB32);
            image.fill(Qt::white);
            QPainter painter(&image);
            drawSqlLine(painter, image.rect(), sql, QPalette(), false);
            return image;
        };
        QVERIFY(picture(alike + "id = $2") != picture(alike + "placed_at > $2"));
        RowsModel<TemplateRow> model;
        describeTemplates(model);
        TablePanel panel("Templates", &model);
        panel.setStretchColumn(0);
        panel.resize(900, 300);
        panel.show();
        const QString tables = "categories, customers, exchange_rates, order_lines, orders, payments, products, stock, tenants";
        model.setRows({{.fingerprint = 1, .sql = alike + "id = $2", .tables = tables, .calls = 5}});
        QVERIFY2(panel.view()->columnWidth(0) > 350, qPrintable(QString::number(panel.view()->columnWidth(0))));
        QCOMPARE(model.index(0, 5).data(Qt::ToolTipRole).toString(), tables);
    }

    void questions() {
        const auto& facts = *fixtures::workload()->facts;
        for (const auto* good : {"orders=customer_id", " orders = customer_id ", "orders.customer_id", "public.orders.customer_id", "public.orders=customer_id"}) {
            const auto question = parseQuestion(good, facts);
            QVERIFY2(question.ok(), good);
            QCOMPARE(*question, std::string("public.orders.customer_id"));
        }
        QVERIFY(parseQuestion("exchange_rates=reference", facts).ok());
        for (const auto* bad : {"", "orders", "orders=", "nothing=x", "orders=no_such", "orders.no_such", "=a", "orders=a=b", "orders=customer_id, payments=reference"})
            QVERIFY2(!parseQuestion(bad, facts).ok(), bad);
    }

    // 1.02 × is next to nothing beside 1.00 ×, and 0.3 % beside none.
    void cardBarsDoNotExaggerate() {
        auto advice = *fixtures::advice();
        for (size_t i = 0; i < advice.designs.size(); ++i) {
            advice.designs[i].scores = advice.designs[i].heldOut = {0.003 * static_cast<double>(i), 0.0, 1 + 0.01 * static_cast<double>(i), 1.0};
        }
        const auto cards = designCards(advice);
        const size_t reads = 1, inAll = 2, hottest = 3;
        QCOMPARE(*cards[0].bars[hottest].share, 0.0);
        QVERIFY(*cards[2].bars[hottest].share < 0.05);
        QVERIFY(*cards[2].bars[inAll].share < 0.07);
        QCOMPARE(cards[2].bars[reads].words, cards[2].bars[inAll].words);      // no writes among them
        QCOMPARE(cards[2].part, QString("earlier half"));
        advice.designs[2].scores.loadMaxOverMean = 3;
        QCOMPARE(*designCards(advice)[2].bars[hottest].share, 1.0);
    }

    void settings() {
        QTemporaryDir folder;
        const auto file = folder.filePath("s.ini"), project = folder.filePath("p.foreshard");
        QFile(project).open(QIODevice::WriteOnly);
        {
            Settings s(file);
            s.setThemeMode(ThemeMode::dark);
            s.setHeatRamp(Ramp::ocean);
            s.addRecent(project, "p");
            s.addRecent(folder.filePath("gone.foreshard"), "gone");
            s.addRecent(project, "p again");
        }
        Settings again(file);
        QCOMPARE(again.themeMode(), ThemeMode::dark);
        QCOMPARE(again.heatRamp(), Ramp::ocean);
        QCOMPARE(again.recent().size(), 1);
        QCOMPARE(again.recent()[0].name, QString("p again"));
        // A newer version's file is read and left alone.
        const auto newer = folder.filePath("newer.ini");
        QSettings raw(newer, QSettings::IniFormat);
        raw.setValue("version", 99);
        raw.sync();
        Settings future(newer);
        future.setThemeMode(ThemeMode::dark);
        QCOMPARE(future.themeMode(), ThemeMode::light);
    }
};

QTEST_MAIN(TestModels)
#include "test_ui_models.moc"
