// The Designs page where people steer: decisions and their undo, weights, the Pareto charts, tables used together, the best so
// far; and ranges drawn over the heat map. Driven by real key and mouse events alone.
#include <QAbstractItemModelTester>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QMenu>
#include <QTabBar>
#include <QTabWidget>

#include <atomic>
#include <thread>

#include "tests/ui/bench.h"
#include "ui/charts/chart_panel.h"
#include "ui/pages/designs/card_list.h"
#include "ui/pages/designs/compare_tab.h"
#include "ui/pages/designs/decisions_tab.h"
#include "ui/pages/designs/design_details.h"
#include "ui/pages/designs/designs_page.h"
#include "ui/pages/designs/pareto_view.h"
#include "ui/pages/designs/together_tab.h"
#include "ui/pages/hotspots/hotspots_page.h"
#include "ui/pages/hotspots/split_editor.h"
#include "ui/theme/theme.h"

using namespace foreshard;
using namespace foreshard::ui;
using namespace foreshard::ui::bench;
using Kind = advisor::Decision::Kind;

namespace {

void openTab(DesignDetails* details, QWidget* tab) {
    const int at = details->tabs()->indexOf(tab);
    QTest::mouseClick(details->tabs()->tabBar(), Qt::LeftButton, {}, details->tabs()->tabBar()->tabRect(at).center());
}

// Opens the menu of the button and walks it by its underlined letters and the arrow keys.
void pick(QPushButton* button, const QList<int>& keys) {
    QTimer::singleShot(0, button, [button, keys] {
        for (const int key : keys) {
            QWidget* open = QApplication::activePopupWidget();
            QTest::keyClick(open ? open : button->menu(), static_cast<Qt::Key>(key));
        }
    });
    click(button);
}

// Sixty tables in one chain.
std::shared_ptr<const DesignGraph> manyTables() {
    auto made = std::make_shared<DesignGraph>();
    for (int i = 0; i < 60; ++i) {
        made->graph.nodes.push_back({"public.table_of_things_" + std::to_string(i), 0.9 - i * 0.01, 0, 0});
        if (i > 0) made->graph.edges.push_back({static_cast<uint32_t>(i / 3), static_cast<uint32_t>(i), 0.02 + 0.005 * (i % 9), 0.01, "id", "id", i % 7 == 0 ? 0.3 : 0.0});
        sharding::TableDesign table;
        table.table = made->graph.nodes.back().table;
        table.strategy = i % 11 == 0 ? sharding::Strategy::reference : sharding::Strategy::hash;
        if (i % 11) table.key = {{"key", "key", ValueType::integer}}, table.group = static_cast<uint32_t>(i % 4);
        made->design.tables.push_back(std::move(table));
    }
    std::sort(made->graph.edges.begin(), made->graph.edges.end(), [](const auto& a, const auto& b) { return std::pair(a.left, a.right) < std::pair(b.left, b.right); });
    Job job;
    (void)advisor::layOut(made->graph, job);
    return made;
}

}  // namespace

class TestDesignsSteering : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { Theme::instance().apply(ThemeMode::light); }

    void itemModels() {
        RowsModel<CompareRow> designs;
        describeCompare(designs);
        RowsModel<TurningRow> turning;
        describeTurning(turning);
        RowsModel<PairRow> pairs;
        describePairs(pairs);
        RowsModel<OfferRow> offers;
        describeOffers(offers);
        const QAbstractItemModelTester a(&designs), b(&turning), c(&pairs), d(&offers);
        const auto advice = fixtures::advice();
        designs.setRows(compareRows(*advice));
        turning.setRows(turningRows(*advice));
        pairs.setRows(pairRows(manyTables()->graph));
        offers.setRows(offerRows(advice->designs.front()));
        QCOMPARE(designs.rowCount(), 3);
        QCOMPARE(designs.index(1, 9).data().toString(), QString("runner-up of 1"));
        QCOMPARE(designs.index(2, 9).data().toString(), QString("front"));
        QCOMPARE(pairs.rowCount(), 59);
    }

    // The first three objectives: chosen by mouse and keys, in charts and as a table, the beaten ones dimmed.
    void paretoCharts() {
        Bench b(fixtures::all());
        auto* page = b.page<DesignsPage>(PageId::designs);
        auto* reads = page->pareto()->reads();
        auto* writes = page->pareto()->writes();
        QVERIFY(reads->data().series[1].dimmed && !reads->data().series[0].dimmed && !reads->data().series[2].dimmed);
        QCOMPARE(reads->data().series[2].y, writes->data().series[2].y);
        const auto& point = writes->data().series[2];
        QTest::mouseClick(writes->canvas(), Qt::LeftButton, {}, writes->positionOf(point.x[0], point.y[0]));
        QCOMPARE(page->cards()->selected(), std::string("d3"));
        QTest::keyClick(writes->canvas()->parentWidget(), Qt::Key_Left);
        QCOMPARE(page->cards()->selected(), std::string("d2"));
        QTest::keyClick(writes->canvas()->parentWidget(), Qt::Key_Left);
        QTest::keyClick(writes->canvas()->parentWidget(), Qt::Key_Left);
        QCOMPARE(page->cards()->selected(), std::string("d1"));
        QCOMPARE(reads->data().series[3].labels.value(0), QString("d1"));     // the ring
        auto* compare = page->details()->compare();
        openTab(page->details(), compare);
        QCOMPARE(compare->designs()->currentRow(), 0);
        clickRow(compare->designs(), 2);
        QCOMPARE(page->cards()->selected(), std::string("d3"));
        QCOMPARE(compare->designs()->currentRow(), 2);
        QCOMPARE(compare->turning()->view()->model()->rowCount(), 1);
        QCOMPARE(compare->turning()->view()->model()->index(0, 1).data().toString(), QString("3 · by product and order"));
    }

    // Other weights rank anew at once, without a search, and are undone in one step each.
    void weightsRankAnew() {
        Bench b(fixtures::all());
        auto* page = b.page<DesignsPage>(PageId::designs);
        openTab(page->details(), page->details()->decisions());
        auto* box = page->details()->decisions()->weightBox("peak_work");
        QCOMPARE(box->value(), 1.0);
        QTest::mouseClick(box, Qt::LeftButton, {}, QPoint(6, box->height() / 2));
        QTest::keyClick(box, Qt::Key_A, Qt::ControlModifier);
        QTest::keyClicks(box, "9");
        QTest::keyClick(box, Qt::Key_Return);
        QVERIFY(b.idle());
        QCOMPARE(page->cards()->cards()->card(0).id, std::string("d3"));       // even load is what counts now
        QCOMPARE(b.document.contents().advice->designs.front().design.id, std::string("d1"));
        QCOMPARE(b.calls, std::vector<std::string>{"decide"});
        QVERIFY(page->answer().contains("by product and order"));
        QCOMPARE(b.document.undoStack().undoText(), QString("Weigh peak_work with 9"));
        page->cards()->setFocus();
        QTest::keyClick(&b.window, Qt::Key_Z, Qt::ControlModifier);
        QVERIFY(b.idle());
        QCOMPARE(page->cards()->cards()->card(0).id, std::string("d1"));
        QCOMPARE(box->value(), 1.0);
        QVERIFY(b.document.decisions()->empty());
        QTest::keyClick(&b.window, Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
        QVERIFY(b.idle());
        QCOMPARE(box->value(), 9.0);
    }

    // Pin, forbid, lock: each a decision in one list, searched for by itself; undone and redone by name.
    void decisionsAreOneList() {
        Bench b(fixtures::all());
        auto* page = b.page<DesignsPage>(PageId::designs);
        auto* details = page->details();
        clickRow(details->tables(), 3);
        QCOMPARE(b.document.selection().value().table, std::string("public.orders"));
        pick(details->steerButton(), {Qt::Key_T});                            // keep today's layout
        QCOMPARE(b.document.decisions()->size(), size_t{1});
        QCOMPARE(b.document.decisions()->back(), (advisor::Decision{Kind::lock, {"public.orders"}, {}, 0, {}}));
        QTRY_VERIFY(std::count(b.calls.begin(), b.calls.end(), "advise") == 1);
        QVERIFY(b.idle());
        QCOMPARE(details->tables()->view()->model()->index(3, 6).data().toString(), QString("as today"));
        pick(details->steerButton(), {Qt::Key_P, Qt::Key_Down, Qt::Key_Return});   // its second column
        QCOMPARE(b.document.decisions()->size(), size_t{1});                  // a pin ends the lock
        QCOMPARE(b.document.decisions()->back().kind, Kind::pin);
        QTRY_VERIFY(std::count(b.calls.begin(), b.calls.end(), "advise") == 2);
        QVERIFY(b.idle());
        b.page<DesignsPage>(PageId::designs);                                 // the menu had the keyboard
        QTest::keyClick(&b.window, Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(b.document.decisions()->back().kind, Kind::lock);
        const advisor::Decision pinned{Kind::pin, {"public.orders"}, b.document.contents().workload->facts->schema.tables[3].columns[1].name, 0, {}};
        QCOMPARE(b.document.undoStack().redoText(), QString::fromStdString(advisor::toWords(pinned)));
        openTab(details, details->decisions());
        clickRow(details->decisions()->list(), 0);
        click(button(page, "Take it back"));
        QVERIFY(b.document.decisions()->empty());
        QVERIFY(b.document.undoStack().undoText().startsWith("Take back"));
    }

    // A search that goes on shows what is best by then; stopped, it keeps that.
    void bestSoFar() {
        std::atomic<bool> stopped = false;
        Bench b(fixtures::onlyWorkload(), [&](DocumentActions& actions) {
            actions.advise = [&stopped](ActionContext& c, const AdviseRequest&) -> Result<Contents> {
                Contents stage;
                auto best = advisor::BestSoFar{fixtures::advice()->designs[2].design, fixtures::advice()->designs[2].scores, 1.3, 0.25, 420};
                stage.bestSoFar = std::make_shared<const advisor::BestSoFar>(best);
                c.publish(stage);
                while (!c.job.stopRequested()) std::this_thread::sleep_for(std::chrono::milliseconds(2));
                stopped = true;
                Contents out;
                auto advice = *fixtures::advice();
                advice.limits.push_back("The search was stopped after 420 designs.");
                out.advice = std::make_shared<const advisor::Advice>(advice);
                return out;
            };
        });
        auto* page = b.page<DesignsPage>(PageId::designs);
        click(button(page, "Find designs"));
        QTRY_VERIFY(shownNotice(page, "Best so far"));
        QVERIFY(shownNotice(page, "420 designs tried") && shownNotice(page, "by product and order"));
        QTRY_VERIFY(button(page, "Stop and keep the best so far"));
        click(button(page, "Stop and keep the best so far"));
        QVERIFY(b.idle());
        QVERIFY(stopped);
        QCOMPARE(page->cards()->selected(), std::string("d1"));
        QVERIFY(!shownNotice(page, "Best so far"));
        QVERIFY(!button(page, "Stop and keep the best so far"));
    }

    void tablesUsedTogether() {
        Bench b(fixtures::all());
        auto* page = b.page<DesignsPage>(PageId::designs);
        auto* tab = page->details()->together();
        openTab(page->details(), tab);
        QTRY_VERIFY(tab->graph()->current() >= -1 && !tab->graph()->legend().isEmpty());
        QVERIFY2(tab->graph()->legend().front().startsWith("hash of"), qPrintable(tab->graph()->legend().front()));
        QVERIFY(tab->graph()->legend().contains("copied to every shard (1)"));
        // Chosen by the mouse, in the list of tables too; walked by keys.
        QTest::mouseClick(tab->graph(), Qt::LeftButton, {}, tab->graph()->positionOf(3));
        QVERIFY(b.idle());
        QCOMPARE(b.document.selection().value().table, std::string("public.orders"));
        QCOMPARE(tab->graph()->current(), 3);
        QVERIFY(tab->graph()->accessibleDescription().startsWith("orders: hash of"));
        for (const auto key : {Qt::Key_Left, Qt::Key_Up, Qt::Key_Right, Qt::Key_Down}) QTest::keyClick(tab->graph(), key);
        const int there = tab->graph()->current();
        QTest::keyClick(tab->graph(), Qt::Key_Return);
        QVERIFY(b.idle());
        QCOMPARE(b.document.selection().value().table, b.document.contents().workload->facts->schema.tables[static_cast<size_t>(there)].qualifiedName());
    }

    // Sixty tables on a small page: most names have room, none lies on another, and each can be reached by keys.
    void manyTablesAreLegible() {
        GraphView view;
        view.resize(720, 420);
        view.setGraph(manyTables());
        QVERIFY2(view.labelled().size() >= 15, qPrintable(QString::number(view.labelled().size())));
        view.show();
        view.setFocus();
        QSet<int> reached;
        for (int start = 0; start < 60; ++start) {
            view.setCurrent("public.table_of_things_" + std::to_string(start));
            for (const auto key : {Qt::Key_Left, Qt::Key_Up, Qt::Key_Right, Qt::Key_Down}) {
                view.setCurrent("public.table_of_things_" + std::to_string(start));
                QTest::keyClick(&view, key);
                if (view.current() != start) reached.insert(view.current());
            }
        }
        QVERIFY2(reached.size() >= 58, qPrintable(QString::number(reached.size())));
        QVERIFY(view.grab().toImage().size() == QSize(720, 420) * view.devicePixelRatioF());
    }

    // Ranges over the heat map: dragged, moved by keys, typed; the projection follows; undone; kept as a design.
    void rangesByHand() {
        Bench b(fixtures::all());
        auto* page = b.page<HotspotsPage>(PageId::hotspots);
        click(button(page, "Draw ranges…"));
        auto* editor = page->splits();
        QTRY_VERIFY(editor->active());
        QVERIFY(b.idle());
        QCOMPARE(editor->points().size(), size_t{3});                          // four shards
        QTRY_VERIFY2(editor->words().startsWith("Hottest shard"), qPrintable(editor->words()));
        const auto before = editor->points();
        const auto said = editor->words();
        const auto from = page->map()->splitPosition(2);                       // the lowest: it has room
        drag(page->map()->viewport(), from, from + QPoint(0, 24));
        QVERIFY(b.idle());
        QVERIFY(editor->points()[2] > before[2] && editor->points()[1] == before[1]);
        QTRY_VERIFY(editor->words() != said);
        QCOMPARE(b.document.undoStack().undoText(), QString("Move a split point"));
        const auto dragged = editor->points();
        QTest::keyClick(page->map(), Qt::Key_Up, Qt::ControlModifier);
        QVERIFY(editor->points()[2] < dragged[2]);
        QTest::keyClick(&b.window, Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(editor->points(), dragged);
        QTest::keyClick(&b.window, Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(editor->points(), before);
        QTest::keyClick(page->map(), Qt::Key_Delete);
        QCOMPARE(editor->points().size(), size_t{2});
        editor->pointsBox()->setFocus();
        QTest::keyClick(editor->pointsBox(), Qt::Key_A, Qt::ControlModifier);
        QTest::keyClicks(editor->pointsBox(), "9 8");
        QTest::keyClick(editor->pointsBox(), Qt::Key_Return);
        QVERIFY(editor->words().contains("ascending"));
        QTest::keyClick(editor->pointsBox(), Qt::Key_A, Qt::ControlModifier);
        QTest::keyClicks(editor->pointsBox(), "8 16 24");
        QTest::keyClick(editor->pointsBox(), Qt::Key_Return);
        QCOMPARE(editor->points(), (std::vector<int64_t>{8, 16, 24}));
        QVERIFY(b.idle());
        QVERIFY(sharding::validate(editor->design()).empty());
        click(button(page, "Keep as a design"));
        QVERIFY(b.idle());
        QCOMPARE(b.window.current(), PageId::designs);
        QCOMPARE(b.document.decisions()->size(), size_t{1});
        QCOMPARE(b.document.decisions()->front().design->id, std::string("h1"));
        QVERIFY(std::count(b.calls.begin(), b.calls.end(), "advise") == 1);
        QVERIFY(!editor->active());
    }
};

QTEST_MAIN(TestDesignsSteering)
#include "test_ui_designs_steering.moc"
