// Designs, Simulate, Migrate, Monitor and Report, driven by real key and mouse events alone.
#include <QClipboard>
#include <QComboBox>
#include <QListWidget>
#include <QPlainTextEdit>
#include <QSlider>
#include <QSpinBox>
#include <QTabBar>
#include <QTabWidget>
#include <QTextBrowser>
#include <QTreeView>

#include <atomic>
#include <thread>

#include "tests/ui/bench.h"
#include "ui/charts/chart_panel.h"
#include "ui/charts/small_multiples.h"
#include "ui/frame/context_bar.h"
#include "ui/frame/selection_panel.h"
#include "ui/pages/designs/card_list.h"
#include "ui/pages/designs/design_details.h"
#include "ui/pages/designs/designs_page.h"
#include "ui/pages/designs/pareto_view.h"
#include "ui/pages/migrate/migrate_page.h"
#include "ui/pages/migrate/step_detail.h"
#include "ui/pages/monitor/monitor_page.h"
#include "ui/pages/report/report_page.h"
#include "ui/pages/simulate/simulate_page.h"
#include "ui/theme/theme.h"

using namespace foreshard;
using namespace foreshard::ui;
using namespace foreshard::ui::bench;

class TestPagesDesigns : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { Theme::instance().apply(ThemeMode::light); }

    void designsAreFound() {
        Bench b(fixtures::onlyWorkload());
        auto* page = b.page<DesignsPage>(PageId::designs);
        click(button(page, "Find designs"));
        QVERIFY(b.idle());
        QCOMPARE(b.calls, std::vector<std::string>{"advise"});
        QCOMPARE(page->cards()->selected(), std::string("d1"));
        QCOMPARE(page->shardsBox()->value(), 4);             // as the designs that are shown
        page->cards()->setFocus();
        QTest::keyClick(page->cards(), Qt::Key_Down);
        QCOMPARE(b.document.selection().value().designId, std::string("d2"));
        clickCell(page->cards(), page->cards()->model()->index(0, 0));
        QCOMPARE(page->cards()->selected(), std::string("d1"));
        QCOMPARE(page->details()->tables()->shownRows().size(), 7);
    }

    // A question that makes no sense is answered on the page; one that does is asked, and the designs stay as they are.
    void whyNot() {
        Bench b(fixtures::all());
        auto* page = b.page<DesignsPage>(PageId::designs);
        const auto designs = b.document.contents().advice;
        QTest::keyClicks(page->questionBox(), "orders=nothing");
        QTest::keyClick(page->questionBox(), Qt::Key_Return);
        QVERIFY(b.calls.empty());
        auto* notice = shownNotice(page, "no column");
        QVERIFY(notice);
        click(button(notice, "Dismiss"));
        QTest::keyClick(page->questionBox(), Qt::Key_A, Qt::ControlModifier);
        QTest::keyClicks(page->questionBox(), "orders=customer_id");
        QTest::keyClick(page->questionBox(), Qt::Key_Return);
        QVERIFY(b.idle());
        QCOMPARE(b.calls, std::vector<std::string>{"whyNot"});
        QCOMPARE(b.document.contents().advice, designs);
        QVERIFY(page->answer().contains("by tenant, rates everywhere"));
        QVERIFY2(page->details()->answerWords().contains("cross shards instead of"), qPrintable(page->details()->answerWords()));
        QVERIFY(page->details()->answer()->isVisible());     // its tab has opened
        const auto* scores = page->details()->answer()->view()->model();
        QCOMPARE(scores->index(1, 1).data().toString(), QString("2.1 %"));
        QCOMPARE(scores->index(1, 2).data().toString(), QString("11.8 %"));
        // Searching with that key is another act, and its button says so. The answer goes with the designs it was about.
        click(button(page, "Find designs with this key"));
        QVERIFY(b.idle());
        QCOMPARE(std::count(b.calls.begin(), b.calls.end(), "advise"), 1);
        QCOMPARE(b.document.decisions()->front(), (advisor::Decision{advisor::Decision::Kind::pin, {"public.orders"}, "customer_id", 0, {}}));
        QCOMPARE(page->details()->tabs()->count(), 7);
    }

    // What crosses shards and what becomes of constraints, one click from the design.
    void designsTellWhatTheyCost() {
        Bench b(fixtures::all());
        auto* page = b.page<DesignsPage>(PageId::designs);
        auto* details = page->details();
        const auto open = [&](int tab) { QTest::mouseClick(details->tabs()->tabBar(), Qt::LeftButton, {}, details->tabs()->tabBar()->tabRect(tab).center()); };
        QCOMPARE(details->tabs()->tabText(1), QString("Cross shards (1)"));
        open(1);
        clickRow(details->crossings(), 0);
        QCOMPARE(details->crossings()->view()->model()->index(0, 1).data().toString(), QString("1.6 %"));
        QCOMPARE(details->tabs()->tabText(2), QString("Constraints (1)"));
        open(2);
        clickRow(details->constraints(), 0);
        QVERIFY(details->ddl()->isVisible() && details->ddl()->toPlainText().startsWith("CREATE TABLE"));
        click(button(details, "Copy all DDL"));
        QVERIFY(QApplication::clipboard()->text().startsWith("CREATE TABLE"));
        clickRow(details->constraints(), 1);
        QVERIFY(!details->ddl()->isVisible());
        // A table without a key has no group; the second design is a runner-up, and says of which.
        const auto* tables = details->tables()->view()->model();
        int groups = 0;
        for (int r = 0; r < tables->rowCount(); ++r) groups += tables->index(r, 5).data().toString().isEmpty();
        QCOMPARE(groups, 1);
        QVERIFY(page->cards()->cards()->card(1).beatenBy.contains("rates everywhere"));
        QVERIFY(page->cards()->model()->index(1, 0).data(Qt::AccessibleTextRole).toString().contains("runner-up"));
    }

    void designsAreLinked() {
        Bench b(fixtures::all());
        auto* page = b.page<DesignsPage>(PageId::designs);
        auto* chart = page->pareto()->reads();
        const auto& point = chart->data().series[2];
        QTest::mouseClick(chart->canvas(), Qt::LeftButton, {}, chart->positionOf(point.x[0], point.y[0]));
        QCOMPARE(page->cards()->selected(), std::string("d3"));
        auto* tables = page->details()->tables();
        clickRow(tables, 3);
        QVERIFY(b.idle());
        QCOMPARE(b.document.selection().value().table, std::string("public.orders"));
        QCOMPARE(page->cards()->selected(), std::string("d3"));
        QCOMPARE(tables->currentRow(), 3);
        // The baseline of the context bar stands beside the keys.
        const auto baseline = [&] { return tables->view()->model()->index(3, 3).data().toString(); };
        QCOMPARE(baseline(), QString("unsharded"));
        QTest::keyClick(b.window.contextBar()->compareBox(), Qt::Key_Down);
        QVERIFY(b.idle());
        QVERIFY2(baseline() == "same" || baseline().startsWith("hash of"), qPrintable(baseline()));
        QVERIFY(!b.window.contextBar()->timeBox()->isEnabled());
        // Choosing is undone step by step: the baseline, the table, the design.
        for (int i = 0; i < 3; ++i) QTest::keyClick(&b.window, Qt::Key_Z, Qt::ControlModifier);
        QVERIFY(b.idle());
        QCOMPARE(baseline(), QString("unsharded"));
        QVERIFY(b.document.selection().value().table.empty());
    }

    void simulateComparesTwo() {
        auto contents = fixtures::all();
        contents.projections.reset();
        SimulateRequest asked;
        Bench b(contents, [&](DocumentActions& actions) {
            actions.simulate = [&, plain = actions.simulate](ActionContext& c, const SimulateRequest& r) {
                asked = r;
                return plain(c, r);
            };
        });
        auto* page = b.page<SimulatePage>(PageId::simulate);
        for (int i = 0; i < 10; ++i) QTest::keyClick(page->growthSlider(), Qt::Key_Right);
        page->shardsBox()->setFocus();
        QTest::keyClick(page->shardsBox(), Qt::Key_A, Qt::ControlModifier);
        QTest::keyClicks(page->shardsBox(), "8");
        QTest::keyClick(page->shardsBox(), Qt::Key_Return);
        click(button(page, "Compare"));
        QVERIFY(b.idle());
        QCOMPARE(asked.columns.size(), size_t{2});
        QCOMPARE(asked.columns[0].designId, std::string());
        QVERIFY(!asked.columns[0].scenario.shards);          // one database stays one
        QCOMPARE(*asked.columns[1].scenario.shards, 8u);
        QCOMPARE(asked.columns[1].scenario.growth, 2.0);
        QVERIFY(page->answer().contains("2.1 %"));
        QVERIFY(page->loads()->panels()[0]->data().name.endsWith(", shard 0"));
        const double top = yRange(page->loads()->panels()[0]->data()).high;
        QCOMPARE(yRange(page->loads()->panels()[4]->data()).high, top);
        QCOMPARE(page->growthSlider()->value(), 10);         // what was asked stays asked
        // From now on what is shown follows the choices, those of the context bar too.
        b.calls.clear();
        QTest::keyClick(page->thirdBox(), Qt::Key_End);
        QTRY_COMPARE(b.lastCall(), std::string("simulate"));
        QVERIFY(b.idle());
        QCOMPARE(asked.columns.size(), size_t{3});
        QCOMPARE(asked.columns[2].designId, std::string("d3"));
        b.calls.clear();
        QTest::keyClick(b.window.contextBar()->timeBox(), Qt::Key_Down);
        QTRY_COMPARE(b.lastCall(), std::string("simulate"));
        QVERIFY(b.idle());
        QVERIFY(asked.time && asked.time->length() == microsPerDay);
        b.calls.clear();
        QTest::keyClick(b.window.contextBar()->workloadBox(), Qt::Key_Down);
        QTRY_COMPARE(b.lastCall(), std::string("simulate"));
        QVERIFY(b.idle());
        QVERIFY(asked.columns[0].scenario.forecast && !asked.time);
        for (int i = 0; i < 5; ++i) QTest::keyClick(&b.window, Qt::Key_Z, Qt::ControlModifier);
        QVERIFY(b.idle());
        QCOMPARE(page->growthSlider()->value(), 0);
    }

    void simulateFollowsTheTheme() {
        Bench b(fixtures::all());
        auto* page = b.page<SimulatePage>(PageId::simulate);
        const auto delta = [&] { return page->table()->view()->model()->index(0, 2).data(Qt::ForegroundRole).value<QColor>(); };
        QCOMPARE(delta(), Theme::instance().colours().warning);
        Theme::instance().apply(ThemeMode::dark);
        QVERIFY(b.idle());
        QCOMPARE(delta(), Theme::instance().colours().warning);
        Theme::instance().apply(ThemeMode::light);
    }

    // Plan, review, tick, approve, dry run, execute; the main button names the act; rolling back is asked twice.
    void migrate() {
        auto contents = fixtures::all();
        contents.migration.reset();
        std::vector<std::string> shards;
        Bench b(contents, [&](DocumentActions& actions) {
            actions.plan = [&, plain = actions.plan](ActionContext& c, const PlanRequest& r) {
                shards = r.cluster;
                return plain(c, r);
            };
        });
        auto* page = b.page<MigratePage>(PageId::migrate);
        page->clusterBox()->setFocus();
        QTest::keyClicks(page->clusterBox(), "sqlite:/tmp/a.db");
        QTest::keyClick(page->clusterBox(), Qt::Key_Return);
        QTest::keyClicks(page->clusterBox(), "sqlite:/tmp/b.db");
        click(button(page, "Plan the migration"));
        QVERIFY(b.idle());
        QCOMPARE(shards, (std::vector<std::string>{"sqlite:/tmp/a.db", "sqlite:/tmp/b.db"}));
        QVERIFY(page->steps()->ticked().empty());            // all unticked at first
        QVERIFY(!page->executeAction()->isEnabled());
        QCOMPARE(page->executeAction()->toolTip(), QString("No step is approved yet."));
        auto* tree = page->tree();
        const auto round = page->steps()->index(0, 0), first = page->steps()->index(0, 0, round), second = page->steps()->index(1, 0, round);
        clickCell(tree, first);
        clickTick(tree, first);
        QCOMPARE(page->steps()->ticked(), std::vector<std::string>{"s1"});
        QVERIFY2(page->detail()->sql()->toPlainText().startsWith("CREATE TABLE"), qPrintable(page->detail()->sql()->toPlainText()));
        QVERIFY(page->detail()->sql()->isReadOnly());
        QTest::keyClick(tree, Qt::Key_Down);
        QTest::keyClick(tree, Qt::Key_Space);
        QCOMPARE(page->steps()->ticked(), (std::vector<std::string>{"s1", "s2"}));
        clickTick(tree, second);
        click(button(page, "Dry run"));
        QVERIFY(b.idle());
        b.document.apply([] { Contents c; c.migration = fixtures::migration(); return c; }());
        QVERIFY(b.idle());
        click(button(page, "Tick all steps"));
        QCOMPARE(page->steps()->ticked().size(), size_t{10});
        click(button(page, "Approve 10 ticked steps"));
        QVERIFY(b.idle());
        click(button(page, "Move 10 approved steps to 3 shards"));
        QVERIFY(b.idle());
        click(button(page, "Roll back…"));
        QVERIFY(page->confirmRollback()->isVisible());
        QCOMPARE(b.lastCall(), std::string("execute"));
        click(button(page, "Keep going"));
        QVERIFY(!page->confirmRollback()->isVisible());
        click(button(page, "Roll back…"));
        click(page->confirmRollback());
        QVERIFY(b.idle());
        click(button(page, "Verify rows"));
        QVERIFY(b.idle());
        QCOMPARE(b.calls, (std::vector<std::string>{"plan", "dryRun", "approve", "execute", "rollback", "verify"}));
    }

    // Rows are seen to move, and it can be stopped after a batch while it does.
    void migrationIsLive() {
        auto contents = fixtures::all();
        contents.migration = fixtures::migration(10, 0);
        std::atomic<bool> pause = false;
        Bench b(contents, [&](DocumentActions& actions) {
            actions.execute = [&pause](ActionContext& c) -> Result<Contents> {
                Contents now;
                now.migration = fixtures::migration(10, 4);
                c.publish(now);
                while (!pause) std::this_thread::sleep_for(std::chrono::milliseconds(2));
                auto view = *fixtures::migration(10, 4);
                view.state = "paused";
                view.resume = {true, {}};
                view.pause = {false, "Nothing is running."};
                now.migration = std::make_shared<const MigrationView>(view);
                return now;
            };
            actions.pause = [&pause](ActionContext&) -> Result<Contents> {
                pause = true;
                return Contents();
            };
        });
        auto* page = b.page<MigratePage>(PageId::migrate);
        click(button(page, "Move 10 approved steps to 3 shards"));
        QTRY_VERIFY(page->answer().contains("running"));
        QTRY_VERIFY(button(page, "Stop after this batch") && button(page, "Stop after this batch")->isEnabled());
        click(button(page, "Stop after this batch"));
        QVERIFY(b.idle());
        QVERIFY(page->answer().contains("paused"));
        // One button resumes, and names what is left; none beside it does the same.
        auto* resume = button(page, "Resume: move 6 approved steps to 3 shards");
        QVERIFY(resume && resume->isEnabled());
        QVERIFY(!button(page, "Resume"));
        click(resume);
        QVERIFY(b.idle());
        QCOMPARE(b.lastCall(), std::string("resume"));
    }

    // The main button counts what is approved and not done, and the shards that these steps move rows to.
    void theMainButtonNamesWhatIsLeft() {
        auto view = *fixtures::migration(3, 0);
        QCOMPARE(executeWords(view), QString("Run 3 approved steps"));
        view = *fixtures::migration(5, 4);
        QCOMPARE(executeWords(view), QString("Move 1 approved step to 1 shard"));         // it is at it
        view.state = "paused";
        QCOMPARE(executeWords(view), QString("Resume: move 1 approved step to 1 shard"));
        view = *fixtures::migration(4, 4);
        view.state = "waiting";
        QCOMPARE(executeWords(view), QString("Resume"));
        view.state = "rollback stopped";
        QCOMPARE(executeWords(view), QString("Resume: go on rolling back"));
        QCOMPARE(executeWords(*fixtures::migration(0, 0)), QString("Move approved steps"));
    }

    // Shards that the project has already are replaced only after that was said, by a button that says it too.
    void replacedShardsAreNamed() {
        auto contents = fixtures::all();
        contents.migration.reset();
        contents.shards = std::make_shared<const ShardPlaces>(ShardPlaces{{"sqlite:a.db", "sqlite:/data/a.db"}, {"sqlite:b.db", "sqlite:/data/b.db"}});
        std::optional<PlanRequest> asked;
        Bench b(contents, [&](DocumentActions& actions) {
            actions.plan = [&, plain = actions.plan](ActionContext& c, const PlanRequest& r) {
                asked = r;
                return plain(c, r);
            };
        });
        auto* page = b.page<MigratePage>(PageId::migrate);
        QVERIFY(!page->replaceNotice()->isVisible());
        page->clusterBox()->setFocus();
        QTest::keyClicks(page->clusterBox(), "sqlite:/data/a.db");
        QTest::keyClick(page->clusterBox(), Qt::Key_Return);
        QVERIFY(page->replaceNotice()->isVisible());
        QVERIFY2(page->replaceNotice()->words().contains("sqlite:a.db, sqlite:b.db"), qPrintable(page->replaceNotice()->words()));
        QTest::keyClicks(page->clusterBox(), "sqlite:b.db");
        QVERIFY(!page->replaceNotice()->isVisible());          // the same ones, said in another way
        QVERIFY(button(page, "Plan the migration"));
        QTest::keyClicks(page->clusterBox(), "2");
        click(button(page, "Replace the shards and plan"));
        QVERIFY(b.idle());
        QVERIFY(asked && asked->replaceCluster && asked->cluster.size() == 2);
    }

    void monitor() {
        Bench b(fixtures::all());
        auto* page = b.page<MonitorPage>(PageId::monitor);
        QVERIFY(page->answer().contains("1 finding is open"));
        QCOMPARE(page->charts()->panels().size(), size_t{4});
        QCOMPARE(page->charts()->panels()[0]->data().name, QString("shard 0"));      // as the command line counts
        QCOMPARE(page->actButton()->text(), QString("Plan a move"));
        QTemporaryDir folder;
        const auto log = folder.filePath("next.csv");
        QVERIFY(QFile(log).open(QIODevice::WriteOnly));
        answerFileDialog(log);
        click(button(page, "Watch logs…"));
        QVERIFY(b.idle());
        QCOMPARE(b.calls, std::vector<std::string>{"monitor"});
        clickRow(page->findings(), 1);
        click(page->actButton());
        QVERIFY(b.idle());
        QCOMPARE(b.lastCall(), std::string("train"));
        QCOMPARE(b.window.current(), PageId::forecast);
    }

    void report() {
        QTemporaryDir folder;
        std::vector<ReportRequest> asked;
        Bench b(fixtures::all(), [&](DocumentActions& actions) {
            actions.report = [&, plain = actions.report](ActionContext& c, const ReportRequest& r) -> Result<Contents> {
                asked.push_back(r);
                if (r.exportTo.string().find("nowhere") != std::string::npos) return Error{ErrorCategory::io, "Cannot write " + r.exportTo.string() + ".", "Choose another folder.", "ENOENT"};
                return plain(c, r);
            };
        });
        auto* page = b.page<ReportPage>(PageId::report);
        QCOMPARE(page->chosen().size(), size_t{3});
        QVERIFY(page->preview()->toPlainText().contains("Tenant 17"));
        clickTick(page->sections(), page->sections()->model()->index(3, 0));
        QTRY_VERIFY_WITH_TIMEOUT(!asked.empty(), 3000);
        QVERIFY(b.idle());
        QCOMPARE(asked.back().sections.size(), size_t{4});
        answerFileDialog(folder.filePath("r.html"));
        click(button(page, "Export report…"));
        QVERIFY(b.idle());
        QCOMPARE(asked.back().exportTo.filename().string(), std::string("r.html"));
        answerFileDialog(folder.filePath("nowhere"));
        click(button(page, "Export report…"));
        QVERIFY(b.idle());
        auto* notice = shownNotice(page, "nowhere");
        QVERIFY(notice && notice->details().contains("Choose another folder"));
        QVERIFY(button(notice, "Copy details"));
    }

    // A section with nothing to say is not counted, and it is said why it is empty; it stays wanted.
    void reportSaysWhatIsEmpty() {
        auto contents = fixtures::all();
        auto report = *contents.report;
        report.sections[1].whyEmpty = "of no call it is known which keys it touched";
        contents.report = std::make_shared<const ReportView>(report);
        Bench b(contents);
        auto* page = b.page<ReportPage>(PageId::report);
        QCOMPARE(page->answer(), QString("The report has 2 of 4 sections."));
        QCOMPARE(page->emptyWords(), QString("Hotspots is empty and not in the file: of no call it is known which keys it touched."));
        QCOMPARE(page->chosen().size(), size_t{3});
    }

    // Where the log holds no key values the page shows no load per shard, and says so.
    void simulateWithoutKeys() {
        auto contents = fixtures::all();
        auto set = *contents.projections;
        for (size_t i = 1; i < set.columns.size(); ++i) {
            set.columns[i].projection.load.clear();
            set.columns[i].projection.loadOrigin = "unknown: the log does not say which keys it touched";
        }
        contents.projections = std::make_shared<const ProjectionSet>(set);
        Bench b(contents);
        auto* page = b.page<SimulatePage>(PageId::simulate);
        QCOMPARE(page->loads()->panels().size(), size_t{1});             // one database: its load is known
        QVERIFY2(page->unknownWords().count("does not say which keys") == 2, qPrintable(page->unknownWords()));
    }

    void selectionPanelActs() {
        Bench b(fixtures::all());
        auto* page = b.page<DesignsPage>(PageId::designs);
        clickRow(page->details()->tables(), 3);
        auto* panel = b.window.selectionPanel();
        QVERIFY(panel->words().contains("orders"));
        click(button(panel, "Show on the heat map"));
        QCOMPARE(b.window.current(), PageId::hotspots);
        click(button(panel, "Clear selection"));
        QVERIFY(b.document.selection().value().empty());
        QTest::keyClick(&b.window, Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(b.document.selection().value().table, std::string("public.orders"));
    }
};

QTEST_MAIN(TestPagesDesigns)
#include "test_ui_pages_designs.moc"
