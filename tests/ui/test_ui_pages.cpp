// Pages driven with real key and mouse events.
#include <QComboBox>
#include <QDropEvent>
#include <QListWidget>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSlider>
#include <QSpinBox>
#include <QStackedWidget>
#include <QTabWidget>
#include <QTemporaryDir>
#include <QAbstractItemView>
#include <QLineEdit>
#include <QTest>
#include <QTextBrowser>
#include <QTreeView>

#include "tests/ui/fixtures.h"
#include "ui/charts/chart_panel.h"
#include "ui/charts/small_multiples.h"
#include "ui/frame/main_window.h"
#include "ui/heatmap/heat_view.h"
#include "ui/pages/designs/card_list.h"
#include "ui/pages/designs/designs_page.h"
#include "ui/pages/forecast/forecast_page.h"
#include "ui/pages/hotspots/hotspots_page.h"
#include "ui/pages/migrate/migrate_page.h"
#include "ui/pages/migrate/step_detail.h"
#include "ui/pages/monitor/monitor_page.h"
#include "ui/pages/report/report_page.h"
#include "ui/pages/simulate/simulate_page.h"
#include "ui/pages/start/new_project_form.h"
#include "ui/pages/start/start_page.h"
#include "ui/pages/workload/workload_page.h"
#include "ui/settings/settings.h"
#include "ui/theme/theme.h"
#include "ui/widgets/notice.h"
#include "ui/widgets/table_panel.h"

using namespace foreshard;
using namespace foreshard::ui;

namespace {

struct Bench {
    QTemporaryDir folder;
    Settings settings{folder.filePath("s.ini")};
    std::vector<std::string> calls;
    Document document;
    MainWindow window;

    explicit Bench(const Contents& contents) : document(fixtures::actions(&calls)), window(document, settings) {
        window.resize(1360, 860);
        window.show();
        if (contents.project) document.replace(contents);
    }
    template <typename Page>
    Page* page(PageId id) {
        window.goTo(id);
        return static_cast<Page*>(window.page(id));
    }
    bool idle() { return document.jobs().waitForIdle(5000); }
};

void clickRow(TablePanel* panel, int row) {
    auto* view = panel->view();
    const auto rect = view->visualRect(view->model()->index(row, 0));
    QTest::mouseClick(view->viewport(), Qt::LeftButton, {}, rect.center());
}

}  // namespace

class TestPages : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { Theme::instance().apply(ThemeMode::light); }

    void start() {
        Bench b({});
        auto* page = b.page<StartPage>(PageId::start);
        QMimeData files;
        files.setUrls({QUrl::fromLocalFile("/tmp/shop.csv"), QUrl::fromLocalFile("/tmp/schema.sql")});
        QDropEvent drop({10, 10}, Qt::CopyAction, &files, Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(page, &drop);
        QVERIFY(page->form()->isVisible());
        QCOMPARE(page->form()->projectBox()->text(), QString("/tmp/shop.foreshard"));
        const auto request = page->form()->request();
        QVERIFY(request);
        QCOMPARE(request->logs.size(), size_t{1});
        QCOMPARE(request->schemas.size(), size_t{1});
        page->form()->projectBox()->clear();
        QVERIFY(!page->form()->startButton()->isEnabled());
        page->form()->projectBox()->setText("/tmp/x.foreshard");
        QTest::mouseClick(page->form()->startButton(), Qt::LeftButton);
        QVERIFY(b.idle());
        QCOMPARE(b.calls, std::vector<std::string>{"newFromLogs"});
        QCOMPARE(b.window.current(), PageId::hotspots);      // what was opened is shown
    }

    // A project that cannot be opened says so on the page, with the next step, and the page stays as it was.
    void failureIsInline() {
        Bench b({});
        b.document.open("/tmp/missing.foreshard");
        QVERIFY(b.idle());
        auto* page = b.page<StartPage>(PageId::start);
        bool said = false;
        for (auto* notice : page->findChildren<Notice*>()) said |= notice->isVisible() && notice->words().contains("missing.foreshard") && notice->details().contains("ENOENT");
        QVERIFY(said);
        b.document.dismissError(PageId::start);
        for (auto* notice : page->findChildren<Notice*>()) QVERIFY(!notice->isVisible());
    }

    void workload() {
        Bench b(fixtures::all());
        auto* page = b.page<WorkloadPage>(PageId::workload);
        QVERIFY(page->answer().contains("13 templates"));
        clickRow(page->templates(), 2);
        const auto chosen = b.document.selection().value();
        QVERIFY(chosen.templateFingerprint.has_value());
        QVERIFY(!chosen.table.empty());
        QTest::keyClick(page->templates()->view(), Qt::Key_Down);
        QVERIFY(b.document.selection().value().templateFingerprint != chosen.templateFingerprint);
        // A click into the lowest layer keeps its templates only.
        Q_EMIT page->chart()->clicked(0, page->chart()->data().series[0].x[40]);
        QCOMPARE(page->templates()->shownRows().size(), 3);
        page->tabs()->setCurrentIndex(1);
        QCOMPARE(page->classes()->shownRows().size(), 7);
        QVERIFY(page->tabs()->tabText(2).contains("319"));
    }

    void hotspots() {
        Bench b(fixtures::all());
        auto* page = b.page<HotspotsPage>(PageId::hotspots);
        QVERIFY(page->answer().startsWith("Tenant 17"));
        clickRow(page->table(), 1);
        const auto chosen = b.document.selection().value();
        QCOMPARE(chosen.column, std::string("product_id"));
        QVERIFY(chosen.time && chosen.time->begin >= fixtures::shopBegin + 12 * microsPerDay + 20 * microsPerHour);
        page->columnBox()->setCurrentIndex(1);
        Q_EMIT page->columnBox()->activated(1);
        const auto* grid = page->map()->grid();
        QVERIFY(grid);
        for (const auto& row : grid->rows) QCOMPARE(row.column, grid->rows.front().column);
        QVERIFY(grid->predictedFrom < grid->columns);
        page->map()->setFocus();
        QTest::keyClick(page->map(), Qt::Key_Down);
        QTest::keyClick(page->map(), Qt::Key_Down);
        QVERIFY(!b.document.selection().value().keys.empty());
    }

    void forecast() {
        Bench b(fixtures::onlyWorkload());
        auto* page = b.page<ForecastPage>(PageId::forecast);
        page->trainAction()->trigger();
        QVERIFY(b.idle());
        QVERIFY(b.document.contents().models != nullptr);
        QCOMPARE(page->lossChart()->data().series.size(), 1);
        page->forecastAction()->trigger();
        QVERIFY(b.idle());
        QCOMPARE(b.calls, (std::vector<std::string>{"train", "forecast"}));
        QVERIFY(page->answer().contains("345 k calls"));
        clickRow(page->seriesTable(), 2);
        QVERIFY(page->chart()->data().name.startsWith("UPDATE stock"));
        QVERIFY(page->chart()->wordsAt(page->chart()->data().series[1].x[3]).contains("P90"));
    }

    void designs() {
        Bench b(fixtures::onlyWorkload());
        auto* page = b.page<DesignsPage>(PageId::designs);
        page->pinBox()->setText("orders=nothing");
        page->adviseAction()->trigger();
        QVERIFY(b.calls.empty());                            // refused, and said why
        page->pinBox()->clear();
        page->adviseAction()->trigger();
        QVERIFY(b.idle());
        QCOMPARE(page->cards()->selected(), std::string("d1"));
        QTest::keyClick(page->cards(), Qt::Key_Down);
        QCOMPARE(b.document.selection().value().designId, std::string("d2"));
        QCOMPARE(page->tables()->shownRows().size(), 7);
        Q_EMIT page->pareto()->clicked(2, 41.2);
        QCOMPARE(page->cards()->selected(), std::string("d3"));
        clickRow(page->tables(), 3);
        QCOMPARE(b.document.selection().value().table, std::string("public.orders"));
        QCOMPARE(page->cards()->selected(), std::string("d3"));
    }

    void simulate() {
        auto contents = fixtures::all();
        contents.projections.reset();
        Bench b(contents);
        auto* page = b.page<SimulatePage>(PageId::simulate);
        page->growthSlider()->setValue(10);
        page->shardsBox()->setValue(8);
        page->thirdBox()->setCurrentIndex(page->thirdBox()->findData("d3"));
        const auto request = page->request();
        QCOMPARE(request.columns.size(), size_t{3});
        QCOMPARE(request.columns[0].designId, std::string());
        QVERIFY(!request.columns[0].scenario.shards);        // one database stays one
        QCOMPARE(*request.columns[1].scenario.shards, 8u);
        QCOMPARE(request.columns[2].scenario.growth, 2.0);
        page->projectAction()->trigger();
        QVERIFY(b.idle());
        QVERIFY(page->answer().contains("2.1 %"));
        QCOMPARE(page->loads()->panels().size(), size_t{12});
        const double top = yRange(page->loads()->panels()[0]->data()).high;
        QCOMPARE(yRange(page->loads()->panels()[4]->data()).high, top);
        QCOMPARE(page->growthSlider()->value(), 10);         // what was asked stays asked
        QCOMPARE(page->thirdBox()->currentData().toString(), QString("d3"));
    }

    // Plan, review, tick, approve, execute; the main button names the act; rolling back is asked twice.
    void migrate() {
        auto contents = fixtures::all();
        contents.migration.reset();
        Bench b(contents);
        auto* page = b.page<MigratePage>(PageId::migrate);
        page->clusterBox()->setPlainText("sqlite:/tmp/a.db\n\nsqlite:/tmp/b.db");
        page->planAction()->trigger();
        QVERIFY(b.idle());
        QVERIFY(page->steps()->ticked().empty());
        QVERIFY(!page->executeAction()->isEnabled());
        QCOMPARE(page->executeAction()->toolTip(), QString("No step is approved yet."));
        auto* tree = page->tree();
        const auto first = page->steps()->index(0, 0, page->steps()->index(0, 0));
        tree->setFocus();
        tree->setCurrentIndex(first);
        QVERIFY(page->detail()->sql()->toPlainText().startsWith("CREATE TABLE"));
        QVERIFY(page->detail()->sql()->isReadOnly());
        QTest::keyClick(tree, Qt::Key_Space);
        QCOMPARE(page->steps()->ticked(), std::vector<std::string>{"s1"});
        QVERIFY(page->approveAction()->text().contains("1 ticked step"));
        page->approveAction()->trigger();
        QVERIFY(b.idle());
        QCOMPARE(page->executeAction()->text(), QString("Move 1 approved step to 3 shards"));
        page->executeAction()->trigger();
        QVERIFY(b.idle());
        QVERIFY(page->pauseAction()->isEnabled());
        page->rollbackAction()->trigger();
        QVERIFY(page->confirmRollback()->isVisible());
        QCOMPARE(b.calls.back(), std::string("execute"));
        QTest::mouseClick(page->confirmRollback(), Qt::LeftButton);
        QVERIFY(b.idle());
        QCOMPARE(b.calls, (std::vector<std::string>{"plan", "approve", "execute", "rollback"}));
    }

    void monitorAndReport() {
        Bench b(fixtures::all());
        auto* monitor = b.page<MonitorPage>(PageId::monitor);
        QVERIFY(monitor->answer().contains("1 finding is open"));
        QCOMPARE(monitor->charts()->panels().size(), size_t{4});
        QCOMPARE(monitor->actButton()->text(), QString("Plan a move"));
        clickRow(monitor->findings(), 1);
        QTest::mouseClick(monitor->actButton(), Qt::LeftButton);
        QVERIFY(b.idle());
        QCOMPARE(b.calls, std::vector<std::string>{"train"});
        QCOMPARE(b.window.current(), PageId::forecast);
        auto* report = b.page<ReportPage>(PageId::report);
        QCOMPARE(report->chosen().size(), size_t{3});
        QVERIFY(report->preview()->toPlainText().contains("Tenant 17"));
        report->sections()->item(3)->setCheckState(Qt::Checked);
        QTRY_VERIFY_WITH_TIMEOUT(b.calls.back() == "report", 3000);
        QVERIFY(b.idle());
    }

    void chartsExport() {
        QTemporaryDir folder;
        ChartPanel chart;
        chart.resize(500, 300);
        chart.setData(volumeStack(*fixtures::workload(), nullptr, std::nullopt).chart);
        chart.show();
        for (const auto* name : {"a.png", "a.svg", "a.csv"}) {
            QVERIFY(chart.exportTo(folder.filePath(name)));
            QVERIFY(QFileInfo(folder.filePath(name)).size() > 1000);
        }
        QVERIFY(!chart.exportTo(folder.filePath("no/such/folder.csv")));
    }

    // Everything in, everything out, everything in again: no page holds on to what is gone.
    void replacingContents() {
        Bench b(fixtures::all());
        for (int round = 0; round < 2; ++round) {
            for (const auto id : allPages) b.window.goTo(id);
            b.document.replace({});
            for (const auto id : allPages) b.window.goTo(id);
            b.document.replace(fixtures::all());
        }
        QVERIFY(b.document.selection().value().table.empty());
    }
};

QTEST_MAIN(TestPages)
#include "test_ui_pages.moc"
