// Start, Workload, Hotspots and Forecast, driven by real key and mouse events alone.
#include <QClipboard>
#include <QComboBox>
#include <QDropEvent>
#include <QGraphicsItem>
#include <QGraphicsView>
#include <QHeaderView>
#include <QLabel>
#include <QListWidget>
#include <QMenu>
#include <QMimeData>
#include <QSlider>
#include <QStackedWidget>
#include <QTabBar>
#include <QTabWidget>

#include <atomic>
#include <thread>

#include "core/models/hot/coming.h"
#include "tests/ui/bench.h"
#include "ui/charts/chart_panel.h"
#include "ui/frame/context_bar.h"
#include "ui/frame/navigation_rail.h"
#include "ui/heatmap/heat_view.h"
#include "ui/jobs/job_strip.h"
#include "ui/pages/forecast/forecast_page.h"
#include "ui/pages/forecast/models_tab.h"
#include "ui/pages/hotspots/hotspots_page.h"
#include "ui/pages/start/mapping_form.h"
#include "ui/pages/start/new_project_form.h"
#include "ui/pages/start/start_page.h"
#include "ui/pages/workload/workload_page.h"
#include "ui/theme/theme.h"

using namespace foreshard;
using namespace foreshard::ui;
using namespace foreshard::ui::bench;

namespace {

void drop(QWidget* target, const QList<QUrl>& urls) {
    QMimeData files;
    files.setUrls(urls);
    QDragEnterEvent enter({10, 10}, Qt::CopyAction, &files, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(target, &enter);
    QVERIFY(enter.isAccepted());
    QDropEvent event({10, 10}, Qt::CopyAction, &files, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(target, &event);
}

// The middle of a chart's legend entry, by what it says.
QPoint legendEntry(ChartPanel* chart, const QString& name) {
    auto* view = chart->findChild<QGraphicsView*>();
    for (auto* item : view->scene()->items()) {
        const auto* words = qgraphicsitem_cast<QGraphicsTextItem*>(item);
        if (words && words->isVisible() && words->toPlainText() == name) return view->mapFromScene(words->sceneBoundingRect().center());
    }
    return {};
}

// The middle of the n-th layer of a stack at its x-th point.
QPoint inLayer(ChartPanel* chart, int layer, int point) {
    double below = 0;
    for (int i = 0; i < layer; ++i) below += chart->data().series[i].y[point];
    const auto& series = chart->data().series[layer];
    return chart->positionOf(series.x[point], below + series.y[point] / 2);
}

}  // namespace

class TestPages : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { Theme::instance().apply(ThemeMode::light); }

    void startOpensTheSample() {
        Bench b({});
        auto* page = b.page<StartPage>(PageId::start);
        click(button(page, "Open the sample"));
        QVERIFY(b.idle());
        QCOMPARE(b.calls, std::vector<std::string>{"openSample"});
        QCOMPARE(b.window.current(), PageId::hotspots);      // a heat map is what a newcomer sees
        QTRY_VERIFY(static_cast<HotspotsPage*>(b.window.page(PageId::hotspots))->map()->grid());
    }

    void startTakesLogs() {
        Bench b({});
        auto* page = b.page<StartPage>(PageId::start);
        click(button(page, QStringLiteral("New from logs…")));
        auto* form = page->form();
        QVERIFY(form->isVisible() && !form->startButton()->isEnabled());
        click(button(form, "Cancel"));
        QVERIFY(!form->isVisible());
        drop(page, {QUrl::fromLocalFile("/tmp/shop.csv"), QUrl::fromLocalFile("/tmp/schema.sql")});
        QVERIFY(form->isVisible());
        QCOMPARE(form->projectBox()->text(), QString("/tmp/shop.foreshard"));
        QTest::keyClick(form->projectBox(), Qt::Key_A, Qt::ControlModifier);
        QTest::keyClick(form->projectBox(), Qt::Key_Delete);
        QVERIFY(!form->startButton()->isEnabled());
        QVERIFY(form->startButton()->toolTip().contains("where to keep"));
        QTest::keyClicks(form->projectBox(), "/tmp/x.foreshard");
        const auto request = form->request();
        QVERIFY(request && request->logs.size() == 1 && request->schemas.size() == 1);
        click(form->startButton());
        QVERIFY(b.idle());
        QCOMPARE(b.calls, std::vector<std::string>{"newFromLogs"});
    }

    // A table of statements: its rows, a guess, what is missing said, and what was chosen kept for the next one.
    void columnsAreMapped() {
        QTemporaryDir folder;
        Settings settings(folder.filePath("settings.ini"));
        DocumentActions actions;
        actions.identify = [](const std::filesystem::path& path) {
            std::string sample = "id,when_began,who,took_ms,text\n1,2026-11-01 10:00:00,ann,2.5,\"SELECT 1, 2\"\n2,2026-11-01 10:00:01,bob,1.5,COMMIT\n";
            return DroppedFile{path, FileKind::table, "table of 5 columns", ingest::previewTable(sample)};
        };
        using ingest::Meaning;
        for (const bool again : {false, true}) {
            NewProjectForm form(actions, settings);
            form.resize(900, 700);
            form.show();
            form.addFile("/tmp/calls.csv");
            auto* mapping = form.mapping();
            QVERIFY(mapping->isVisible() && form.startButton()->isEnabled());
            QCOMPARE(mapping->box(Meaning::statement)->currentText(), QString("text"));
            QCOMPARE(mapping->box(Meaning::time)->currentText(), QString("when_began"));
            QCOMPARE(mapping->box(Meaning::durationMs)->currentText(), QString("took_ms"));
            QCOMPARE(mapping->box(Meaning::session)->currentText(), again ? QString("who") : QString("not in the file"));
            auto* time = mapping->box(Meaning::time);
            QTest::keyClicks(time, "who");
            QVERIFY(!form.startButton()->isEnabled() && form.startButton()->toolTip().contains(again ? "are the same column" : "no time that can be read"));
            QTest::keyClick(time, Qt::Key_Home);
            QVERIFY(form.startButton()->toolTip().contains("Began at"));
            QTest::qWait(QApplication::keyboardInputInterval() + 50);
            QTest::keyClicks(time, "when");
            QTest::keyClicks(mapping->box(Meaning::session), "who");
            const auto request = form.request();
            QVERIFY(request && request->format == "table");
            QCOMPARE(request->columns, (std::vector<std::string>{"time=when_began", "statement=text", "duration_ms=took_ms", "session=who"}));
        }
    }

    void aLiveServerIsASchema() {
        QTemporaryDir folder;
        Settings settings(folder.filePath("settings.ini"));
        DocumentActions actions;
        NewProjectForm form(actions, settings);
        form.addFile("/tmp/server.csv");
        QVERIFY(form.startButton()->isEnabled());
        form.serverBox()->setText("host=db dbname=shop");
        QVERIFY(!form.startButton()->isEnabled() && form.startButton()->toolTip().contains("postgresql:host=db"));
        form.serverBox()->setText(" postgresql:host=db dbname=shop ");
        QVERIFY(form.startButton()->isEnabled());
        const auto request = form.request();
        QVERIFY(request && request->schemas == std::vector<std::filesystem::path>{"postgresql:host=db dbname=shop"});
    }

    void startRemembers() {
        QTemporaryDir folder;
        const auto file = folder.filePath("old.foreshard");
        QVERIFY(QFile(file).open(QIODevice::WriteOnly));
        Bench b({});
        b.settings.addRecent(file, "old");
        b.page<PageView>(PageId::workload);
        auto* page = b.page<StartPage>(PageId::start);
        auto* list = page->recentList();
        QTRY_COMPARE(list->count(), 1);
        clickCell(list, list->model()->index(0, 0));
        QTest::keyClick(list, Qt::Key_Return);
        QVERIFY(b.idle());
        QCOMPARE(b.calls, std::vector<std::string>{"open"});
    }

    // A dropped project opens; one that cannot be opened says so on the page, with the next step and its details to copy.
    void failureIsInline() {
        Bench b({});
        auto* page = b.page<StartPage>(PageId::start);
        drop(page, {QUrl::fromLocalFile("/tmp/missing.foreshard")});
        QVERIFY(b.idle());
        auto* notice = shownNotice(page, "missing.foreshard");
        QVERIFY(notice && notice->details().contains("Choose another file") && notice->details().contains("ENOENT"));
        click(button(notice, "Copy details"));
        QVERIFY(QGuiApplication::clipboard()->text().contains("ENOENT"));
        click(button(notice, "Dismiss"));
        QVERIFY(!notice->isVisible());
        QVERIFY(!b.document.errorOf(PageId::start));
    }

    void workloadFollowsSelection() {
        Bench b(fixtures::all());
        auto* page = b.page<WorkloadPage>(PageId::workload);
        QVERIFY(page->answer().contains("13 templates"));
        clickRow(page->templates(), 2);
        const auto chosen = b.document.selection().value();
        QVERIFY(chosen.templateFingerprint.has_value() && !chosen.table.empty());
        QTest::keyClick(page->templates()->view(), Qt::Key_Down);
        QVERIFY(b.document.selection().value().templateFingerprint != chosen.templateFingerprint);
        QTest::keyClick(&b.window, Qt::Key_Z, Qt::ControlModifier);      // a walk is one step
        QVERIFY(b.document.selection().value().empty());
    }

    void workloadFilters() {
        Bench b(fixtures::all());
        auto* page = b.page<WorkloadPage>(PageId::workload);
        clickRow(page->templates(), 5);                      // a row that the filter takes away
        QTest::mouseClick(page->chart()->canvas(), Qt::LeftButton, {}, inLayer(page->chart(), 0, 40));
        QCOMPARE(page->templates()->shownRows().size(), 3);
        QTest::keyClicks(page->templates()->filterBox(), "update");
        QVERIFY(page->templates()->shownRows().size() < 3);
        QTest::keyClick(page->templates()->filterBox(), Qt::Key_A, Qt::ControlModifier);
        QTest::keyClick(page->templates()->filterBox(), Qt::Key_Delete);
        const auto entry = legendEntry(page->chart(), page->chart()->data().series[1].name);
        QVERIFY(!entry.isNull());
        QTest::mouseClick(page->chart()->canvas(), Qt::LeftButton, {}, entry);
        const auto second = page->templates()->shownRows();
        QCOMPARE(second.size(), 3);
        QVERIFY(!second.contains(0));                        // the busiest one is of the first layer
        for (auto* found : page->findChildren<QPushButton*>()) {
            if (found->isVisible() && found->text().startsWith("Only")) click(found);
        }
        QCOMPARE(page->templates()->shownRows().size(), 13);
    }

    void workloadSortsAndCopies() {
        Bench b(fixtures::all());
        auto* page = b.page<WorkloadPage>(PageId::workload);
        auto* table = page->templates();
        clickHeader(table, 3);                               // mean time
        const auto means = [&] {
            QList<double> out;
            for (int r = 0; r < table->view()->model()->rowCount(); ++r) out << table->view()->model()->index(r, 3).data(sortValueRole).toDouble();
            return out;
        };
        auto sorted = means();
        const bool rising = sorted.front() <= sorted.back();
        std::sort(sorted.begin(), sorted.end(), [rising](double x, double y) { return rising ? x < y : x > y; });
        QCOMPARE(means(), sorted);
        clickRow(table, 0);
        QTest::keyClick(table->view(), Qt::Key_Down, Qt::ShiftModifier);
        QTest::keyClick(table->view(), Qt::Key_C, Qt::ControlModifier);
        const auto lines = QGuiApplication::clipboard()->text().split('\n');
        QCOMPARE(lines.size(), 4);                           // head, two rows, the end
        QVERIFY(lines[0].startsWith("Template,Calls,Share,Mean [ms]"));
    }

    void workloadTabs() {
        Bench b(fixtures::all());
        auto* page = b.page<WorkloadPage>(PageId::workload);
        auto* bar = page->tabs()->tabBar();
        QTest::mouseClick(bar, Qt::LeftButton, {}, bar->tabRect(1).center());
        QVERIFY(page->classes()->isVisible());
        QCOMPARE(page->classes()->shownRows().size(), 7);
        QTest::keyClick(bar, Qt::Key_Right);
        QVERIFY(page->tabs()->tabText(page->tabs()->currentIndex()).contains("319"));
    }

    // What the log does not say stands above the tables.
    void coverageStrip() {
        auto contents = fixtures::all();
        auto workload = *contents.workload;
        auto facts = std::make_shared<workload::Facts>(*workload.facts);
        facts->coverage[0].minDurationMs = 100;
        workload.facts = facts;
        contents.workload = std::make_shared<workload::Workload>(workload);
        Bench b(contents);
        auto* page = b.page<WorkloadPage>(PageId::workload);
        QVERIFY(shownNotice(page, "lower bounds"));
        QCOMPARE(page->templates()->view()->model()->index(0, 2).data().toString(), QStringLiteral("–"));
    }

    void contextIsObeyedOrNotOffered() {
        Bench b(fixtures::all());
        auto* bar = b.window.contextBar();
        auto* page = b.page<WorkloadPage>(PageId::workload);
        QVERIFY(!bar->compareBox()->isEnabled() && !bar->compareBox()->toolTip().isEmpty());
        const auto before = page->answer();
        QTest::keyClick(bar->timeBox(), Qt::Key_Down);       // the last 24 h
        QVERIFY(b.idle());
        QVERIFY2(page->answer() != before && page->answer().contains("in 1 d"), qPrintable(page->answer()));
        QTest::keyClick(bar->workloadBox(), Qt::Key_Down);
        QVERIFY(b.idle());
        QVERIFY(page->answer().startsWith("Expected"));
        auto* hot = b.page<HotspotsPage>(PageId::hotspots);
        QTRY_VERIFY(hot->map()->grid() && hot->map()->grid()->predictedFrom == 0);
        QTest::keyClick(&b.window, Qt::Key_Z, Qt::ControlModifier);
        QTest::keyClick(&b.window, Qt::Key_Z, Qt::ControlModifier);
        QVERIFY(b.idle());
        QTRY_COMPARE(hot->map()->grid()->columns, size_t{15 * 24});
        for (const auto id : allPages) {
            b.page<PageView>(id);
            const auto use = b.window.page(id)->contextUse();
            for (const auto& [box, why] : {std::pair(bar->workloadBox(), use.workload), {bar->compareBox(), use.compareWith}, {bar->timeBox(), use.time}}) {
                QCOMPARE(box->isEnabled(), why.isEmpty());
                if (!why.isEmpty()) QCOMPARE(box->toolTip(), why);
            }
        }
    }

    void hotspotsZoomAndPan() {
        Bench b(fixtures::all());
        auto* page = b.page<HotspotsPage>(PageId::hotspots);
        QTRY_VERIFY(page->map()->grid());
        QVERIFY(page->answer().startsWith("Tenant 17") || page->answer().contains("tenant"));
        auto* map = page->map();
        auto* area = map->viewport();
        const auto centre = map->plotArea().center();
        const auto whole = map->shown();
        wheel(area, centre, 240);
        wheel(area, centre, 240, Qt::ShiftModifier);
        QVERIFY(map->shown().width() < whole.width() && map->shown().height() < whole.height());
        const auto zoomed = map->shown();
        drag(area, centre, centre - QPoint(80, 0));
        QVERIFY(map->shown().left() > zoomed.left());
        drag(area, centre - QPoint(30, 30), centre + QPoint(30, 30), Qt::ControlModifier);
        QVERIFY(map->selected() && b.document.selection().value().time);
        QTest::mouseDClick(area, Qt::LeftButton, {}, centre);
        QCOMPARE(map->shown(), whole);
    }

    void hotspotsByKeys() {
        Bench b(fixtures::all());
        auto* page = b.page<HotspotsPage>(PageId::hotspots);
        QTRY_VERIFY(page->map()->grid());
        auto* map = page->map();
        map->setFocus();
        for (const auto key : {Qt::Key_Down, Qt::Key_Down, Qt::Key_Right, Qt::Key_Right}) QTest::keyClick(map, key);
        QCOMPARE(map->cursor(), std::optional(HeatCell{1, 2}));
        QVERIFY(!b.document.selection().value().keys.empty());
        QTest::keyClick(map, Qt::Key_Space);
        QVERIFY(map->pinned());
        QTest::keyClick(map, Qt::Key_Right, Qt::ShiftModifier);
        QTest::keyClick(map, Qt::Key_C);
        QVERIFY(QGuiApplication::clipboard()->text().startsWith("table,column,keys,"));
        QCOMPARE(QGuiApplication::clipboard()->text().count('\n'), 2);
        QTest::keyClick(map, Qt::Key_Escape);
        QVERIFY(!map->pinned() && !map->selected());
    }

    void hotspotsTableAndColumns() {
        Bench b(fixtures::all());
        auto* page = b.page<HotspotsPage>(PageId::hotspots);
        QTRY_VERIFY(page->table()->shownRows().size() > 0);
        clickRow(page->table(), 0);
        QVERIFY(page->map()->cursor());
        QVERIFY(!b.document.selection().value().column.empty());
        QTest::keyClick(page->columnBox(), Qt::Key_Down);
        QVERIFY(b.idle());
        const auto* grid = page->map()->grid();
        for (const auto& row : grid->rows) QCOMPARE(row.column + row.table, grid->rows.front().column + grid->rows.front().table);
        QVERIFY(grid->predictedFrom < grid->columns);
    }

    // What the next interval will find hot: made on another thread when its tab is opened, with what it is made from and how sure it is.
    void hotspotsOfTheNextInterval() {
        Bench b(fixtures::all());
        auto* page = b.page<HotspotsPage>(PageId::hotspots);
        QTRY_VERIFY(page->map()->grid());
        auto* bar = page->tabs()->tabBar();
        QTest::mouseClick(bar, Qt::LeftButton, {}, bar->tabRect(1).center());
        QVERIFY(page->comingWordsLabel()->text().startsWith("Looking"));
        QVERIFY(b.idle());
        QVERIFY2(page->comingWordsLabel()->text().startsWith("Predicted from the whole log"), qPrintable(page->comingWordsLabel()->text()));
        Job job;
        const auto coming = models::comingHotspots(*b.document.contents().workload, {}, job);
        size_t keys = 0;
        for (const auto& one : coming.value()) keys += one.keys.size();
        QCOMPARE(static_cast<size_t>(page->comingTable()->shownRows().size()), keys);
        clickRow(page->comingTable(), 0);
        QVERIFY(page->map()->cursor());
        QCOMPARE(b.document.selection().value().keys, coming->front().keys.front().label);
    }

    // The popover: a click opens it, a drag on the slider makes small values stronger, and the setting stays.
    void hotspotsBrightness() {
        Bench b(fixtures::all());
        auto* page = b.page<HotspotsPage>(PageId::hotspots);
        bool moved = false;
        QTimer::singleShot(100, page, [&] {
            auto* menu = qobject_cast<QMenu*>(QApplication::activePopupWidget());
            auto* slider = menu ? menu->findChild<QSlider*>() : nullptr;
            if (slider) {
                slider->setFocus();
                for (int i = 0; i < 10; ++i) QTest::keyClick(slider, Qt::Key_Right);
                moved = true;
            }
            if (menu) QTest::keyClick(menu, Qt::Key_Escape);
        });
        click(button(page, "Palette and brightness"));
        QVERIFY(moved);
        QVERIFY2(page->map()->brightness() > 1.5, qPrintable(QString::number(page->map()->brightness())));
        QCOMPARE(b.settings.heatBrightness(), page->map()->brightness());
    }

    // Kept models: compared with those in force, put in force, pinned, deleted; what cannot be done says why.
    void modelsAreManaged() {
        Bench b(fixtures::all());
        auto* page = b.page<ForecastPage>(PageId::forecast);
        page->tabs()->setCurrentWidget(page->models());
        auto* models = page->models();
        auto* table = models->keptTable()->view();
        const auto state = [&](int row) { return table->model()->index(row, 1).data().toString(); };
        QCOMPARE(table->model()->rowCount(), 3);                       // newest first
        QCOMPARE(state(1), QString("in force"));
        QCOMPARE(state(2), QString("of an earlier workload"));
        QVERIFY(!models->deleteButton()->isEnabled() && !models->rollBackButton()->isEnabled());
        QVERIFY(!models->comparedTable()->isVisible());
        clickCell(table, table->model()->index(0, 2));
        QVERIFY(models->comparedTable()->isVisible() && models->comparedTable()->view()->model()->rowCount() > 2);
        click(models->rollBackButton());
        QVERIFY(b.idle());
        QTRY_COMPARE(state(0), QString("in force"));
        click(models->pinButton());
        QVERIFY(b.idle());
        QTRY_COMPARE(state(0), QString("in force, pinned"));
        QCOMPARE(models->pinButton()->text(), QString("Unpin"));
        clickCell(table, table->model()->index(1, 2));
        QVERIFY(!models->rollBackButton()->isEnabled() && models->rollBackButton()->toolTip().contains("unpin them first"));
        click(models->deleteButton());
        QVERIFY(b.idle());
        QTRY_COMPARE(table->model()->rowCount(), 2);
        QCOMPARE(b.calls, (std::vector<std::string>{"manageModels", "manageModels", "manageModels"}));
        QCOMPARE(models->trials()->data().series.size(), 3);
        QCOMPARE(models->trials()->data().series[0].y.last(), *std::min_element(models->trials()->data().series[1].y.begin(), models->trials()->data().series[1].y.end()));
    }

    // Trials show as they end; the next model's study begins its own picture.
    void tuningShowsLive() {
        std::atomic<int> step = 0;
        Bench b(fixtures::onlyWorkload(), [&](DocumentActions& actions) {
            actions.train = [&step](ActionContext& c, const TrainRequest& request) -> Result<Contents> {
                if (request.tuneTrials == 0) return Error{ErrorCategory::usage, "No trials.", {}, {}};
                const auto wait = [&](int until) { while (step < until) std::this_thread::sleep_for(std::chrono::milliseconds(2)); };
                for (int trial = 1; trial <= 5; ++trial) {
                    c.job.sample("loss of trials", trial, 1.0 / trial);
                    c.job.sample("least loss", trial, 1.0 / trial);
                }
                wait(1);
                c.job.sample("loss of trials", 1, 0.5);
                wait(2);
                Contents out;
                out.models = fixtures::models();
                out.keptModels = fixtures::keptModels();
                return out;
            };
        });
        b.document.apply([] { Contents c; c.models = fixtures::models(); return c; }());
        auto* page = b.page<ForecastPage>(PageId::forecast);
        page->tabs()->setCurrentWidget(page->models());
        auto* models = page->models();
        QVERIFY(!models->trials()->isVisible());
        click(models->tuneButton());
        QTRY_COMPARE(models->trials()->data().series.value(1).x.size(), 5);
        QVERIFY(models->trials()->isVisible() && !models->tuneButton()->isEnabled());
        step = 1;
        QTRY_COMPARE(models->trials()->data().series.value(1).x.size(), 1);
        step = 2;
        QVERIFY(b.idle());
        QTRY_COMPARE(models->trials()->data().series.value(1).x.size() + models->trials()->data().series.value(2).x.size(), 24);
    }

    void forecastTrainsLive() {
        std::atomic<bool> go = false;
        Bench b(fixtures::onlyWorkload(), [&](DocumentActions& actions) {
            actions.train = [&go](ActionContext& c, const TrainRequest&) -> Result<Contents> {
                c.job.beginPass("series 1 of 1", 400, "epochs");
                for (int e = 0; e < 400; ++e) {
                    if (const auto s = c.job.checkpoint(); !s.ok()) return s.error();
                    c.job.progress(static_cast<uint64_t>(e));
                    c.job.sample("products", e, 1.0 / (e + 1));
                    if (!go) std::this_thread::sleep_for(std::chrono::milliseconds(5));
                }
                Contents out;
                out.models = fixtures::models();
                return out;
            };
        });
        auto* page = b.page<ForecastPage>(PageId::forecast);
        click(button(page, "Train models"));
        QTRY_VERIFY(page->lossChart()->isVisible());
        QTRY_VERIFY(!page->lossChart()->data().series.isEmpty());
        const auto points = page->lossChart()->data().series[0].x.size();
        QTRY_VERIFY(page->lossChart()->data().series[0].x.size() > points);      // it grows while one looks
        QCOMPARE(b.window.rail()->button(PageId::forecast)->accessibleName(), QString("Forecast: running"));
        click(b.window.strip()->stopButton());
        QVERIFY(b.idle());
        QVERIFY(!b.document.contents().models && !b.document.errorOf(PageId::forecast));
        QTRY_VERIFY(button(page, "Train models") && button(page, "Train models")->isEnabled());
        go = true;
        click(button(page, "Train models"));
        QVERIFY(b.idle());
        QVERIFY(b.document.contents().models);
    }

    void forecastShowsBands() {
        auto contents = fixtures::all();
        contents.forecast.reset();
        Bench b(contents);
        auto* page = b.page<ForecastPage>(PageId::forecast);
        QTest::keyClick(page->horizonBox(), Qt::Key_Down);
        click(button(page, "Make a forecast"));
        QVERIFY(b.idle());
        QCOMPARE(b.calls, std::vector<std::string>{"forecast"});
        QTRY_VERIFY(page->answer().contains("345 k calls"));
        clickRow(page->seriesTable(), 2);
        QVERIFY2(page->chart()->data().name.startsWith("UPDATE stock"), qPrintable(page->chart()->data().name));
        QVERIFY(page->chart()->wordsAt(page->chart()->data().series[1].x[3]).contains("P90"));
        QTest::keyClick(b.window.contextBar()->timeBox(), Qt::Key_Down);
        QTRY_VERIFY(page->chart()->data().xLow == static_cast<double>((fixtures::shopBegin + 13 * microsPerDay) / 1000));
    }

    void chartsAndTablesExport() {
        QTemporaryDir folder;
        Bench b(fixtures::all());
        auto* page = b.page<WorkloadPage>(PageId::workload);
        for (const auto* name : {"a.png", "a.svg", "a.csv"}) {
            answerFileDialog(folder.filePath(name));
            click(button(page->chart(), "Export chart Calls over time"));
            QVERIFY2(QFileInfo(folder.filePath(name)).size() > 1000, name);
        }
        QVERIFY(!shownNotice(page, "a."));
        // A folder that cannot be written (as root every mode can: it is a file).
        const auto file = folder.filePath("a.csv/b.png");
        page->chart()->exportOrTell(file);
        auto* notice = shownNotice(page, "b.png");
        QVERIFY(notice && notice->details().count('\n') >= 2);
        click(button(notice, "Copy details"));
        QVERIFY(QGuiApplication::clipboard()->text().contains("b.png"));
        click(button(notice, "Dismiss"));
        page->templates()->exportOrTell(folder.filePath("t.csv"));
        QVERIFY(QFileInfo(folder.filePath("t.csv")).size() > 500);
        page->templates()->exportOrTell(folder.filePath("a.csv/t.csv"));
        QVERIFY(shownNotice(page->templates(), "t.csv"));
        auto* hot = b.page<HotspotsPage>(PageId::hotspots);
        QTRY_VERIFY(hot->map()->grid());
        hot->exportTo(folder.filePath("h.csv"));
        QVERIFY(QFileInfo(folder.filePath("h.csv")).size() > 1000);
        hot->exportTo(folder.filePath("none/h.png"));
        QVERIFY(shownNotice(hot, "h.png"));
    }

    // Everything in, everything out, everything in again: no page holds on to what is gone.
    void replacingContents() {
        Bench b(fixtures::all());
        for (int round = 0; round < 2; ++round) {
            for (const auto id : allPages) b.page<PageView>(id);
            b.document.replace({});
            for (const auto id : allPages) b.page<PageView>(id);
            b.document.replace(fixtures::all());
        }
        QVERIFY(b.document.selection().value().table.empty());
    }

    // A window that is closed while jobs run goes at once; its jobs are stopped and nothing comes back.
    void closingWhileJobsRun() {
        std::atomic<bool> stopped = false;
        {
            Bench b(fixtures::onlyWorkload(), [&](DocumentActions& actions) {
                actions.advise = [&stopped](ActionContext& c, const AdviseRequest&) -> Result<Contents> {
                    while (c.job.checkpoint().ok()) std::this_thread::sleep_for(std::chrono::milliseconds(2));
                    stopped = true;
                    return c.job.checkpoint().error();
                };
            });
            auto* page = b.page<PageView>(PageId::designs);
            click(button(page, "Find designs"));
            b.page<PageView>(PageId::hotspots);
            QVERIFY(b.window.close());
            QVERIFY(!b.window.isVisible());
        }
        QVERIFY(stopped);
    }
};

QTEST_MAIN(TestPages)
#include "test_ui_pages.moc"
