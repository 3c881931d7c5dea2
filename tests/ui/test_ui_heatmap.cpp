// The heat map: no hot cell is lost at any zoom, geometry, wheel, drag and keys, and the table that a screen reader reads.
#include <QAccessible>
#include <QApplication>
#include <QClipboard>
#include <QElapsedTimer>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTest>
#include <QWheelEvent>

#include <cmath>

#include "core/base/hash.h"
#include "tests/ui/fixtures.h"
#include "ui/heatmap/heat_source.h"
#include "ui/heatmap/heat_view.h"
#include "ui/heatmap/row_names.h"

using namespace foreshard;
using namespace foreshard::ui;

namespace {

std::shared_ptr<HeatGrid> grid(size_t rows, size_t columns, float fill = 0) {
    auto out = std::make_shared<HeatGrid>();
    for (size_t r = 0; r < rows; ++r) out->rows.push_back({r < rows / 2 ? "public.orders" : "public.stock", "tenant_id", std::to_string(r)});
    out->begin = fixtures::shopBegin;
    out->columns = out->predictedFrom = columns;
    out->cells.assign(rows * columns, fill);
    return out;
}

void wheel(HeatMapView& view, const QPoint& at, int turn, Qt::KeyboardModifiers modifiers = Qt::NoModifier) {
    QWheelEvent event(at, view.viewport()->mapToGlobal(at), {}, {0, turn}, Qt::NoButton, modifiers, Qt::NoScrollPhase, false);
    QApplication::sendEvent(view.viewport(), &event);
}

int brightest(const QImage& image) {
    int most = 0;
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x) most = std::max(most, image.pixelIndex(x, y));
    }
    return most;
}

}  // namespace

class TestHeatMap : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { Theme::instance().apply(ThemeMode::light); }

    // The brightest pixel of any part at any size is the brightest cell of that part.
    void nothingHotIsLost() {
        Random random(11);
        for (int round = 0; round < 60; ++round) {
            const size_t rows = 1 + random.below(300), columns = 1 + random.below(3000);
            auto g = grid(rows, columns, 0.01f);
            const size_t hotRow = random.below(rows), hotColumn = random.below(columns);
            g->cells[hotRow * columns + hotColumn] = 50;
            const HeatRaster raster(*g, scaleOf(*g));
            const auto width = static_cast<int>(1 + random.below(900)), height = static_cast<int>(1 + random.below(500));
            const auto image = raster.render(QRectF(0, 0, static_cast<double>(columns), static_cast<double>(rows)), {width, height});
            QCOMPARE(brightest(image), static_cast<int>(HeatRaster::last));
        }
    }

    void unknownIsNotNothing() {
        auto g = grid(2, 2);
        g->cells = {NAN, 0, 1, 5};
        const HeatRaster raster(*g, scaleOf(*g));
        QCOMPARE(raster.at(0, 0), HeatRaster::unknown);
        QCOMPARE(raster.at(0, 1), HeatRaster::nothing);
        QVERIFY(raster.at(1, 0) > HeatRaster::nothing && raster.at(1, 0) < raster.at(1, 1));
    }

    void scaleInverts() {
        auto g = grid(1, 3);
        g->cells = {0.01f, 1, 8};
        for (const bool logarithmic : {true, false}) {
            const auto scale = scaleOf(*g, logarithmic);
            for (const float v : {0.5f, 1.0f, 8.0f}) QVERIFY(std::fabs(valueAt(scale, shareOf(scale, v)) - v) < 0.01f * v + 1e-4f);
        }
        QVERIFY(HeatRaster(HeatGrid{}, HeatScale{}).render(QRectF(0, 0, 1, 1), {10, 10}).isNull());
    }

    void viewportStaysInside() {
        HeatViewport v(100, 40);
        v.zoomTime(0.5, 0.25);
        QCOMPARE(v.shown(), QRectF(12.5, 0, 50, 40));
        v.pan(500, 500);
        QCOMPARE(v.shown().right(), 100.0);
        for (int i = 0; i < 50; ++i) v.zoomTime(0.5, 0.9);
        QVERIFY(v.shown().width() >= 4);
        v.reveal(39, 0);
        QVERIFY(v.shown().contains(QPointF(0.5, 39.5)));
        for (int i = 0; i < 50; ++i) v.zoomTime(3, 0);
        QVERIFY(v.whole());
    }

    void wheelAndDrag() {
        HeatMapView view;
        view.resize(900, 600);
        view.setPicture(std::make_shared<HeatPicture>(heatGrid(*fixtures::workload(), fixtures::forecast()->workload.get(), {})));
        view.show();
        const auto centre = view.plotArea().center();
        const auto whole = view.shown();
        wheel(view, centre, 120);
        QVERIFY(view.shown().width() < whole.width());
        QCOMPARE(view.shown().height(), whole.height());
        wheel(view, centre, 120, Qt::ShiftModifier);
        QVERIFY(view.shown().height() < whole.height());
        // What is under the mouse stays there.
        const auto cell = view.cellAt(centre);
        wheel(view, centre, 240);
        QVERIFY(std::abs(view.cellAt(centre).column - cell.column) <= 1);
        const auto left = view.shown().left();
        QTest::mousePress(view.viewport(), Qt::LeftButton, {}, centre);
        QTest::mouseMove(view.viewport(), centre - QPoint(60, 0));
        QTest::mouseRelease(view.viewport(), Qt::LeftButton, {}, centre - QPoint(60, 0));
        QVERIFY(view.shown().left() > left);
        QVERIFY(!view.selected());
        view.horizontalScrollBar()->setValue(0);
        QCOMPARE(view.shown().left(), 0.0);
        QTest::keyClick(&view, Qt::Key_Home);
        QCOMPARE(view.shown(), whole);
    }

    void rectangle() {
        HeatMapView view;
        view.resize(900, 600);
        view.setPicture(std::make_shared<HeatPicture>(*grid(40, 100, 1)));
        view.show();
        QSignalSpy spy(&view, &HeatMapView::selectionChanged);
        const auto from = view.rectOf({10, 20}).center().toPoint(), to = view.rectOf({14, 29}).center().toPoint();
        QTest::mousePress(view.viewport(), Qt::LeftButton, Qt::ControlModifier, from);
        QTest::mouseMove(view.viewport(), to);
        QTest::mouseRelease(view.viewport(), Qt::LeftButton, Qt::ControlModifier, to);
        QCOMPARE(view.selected(), std::optional(QRect(20, 10, 10, 5)));
        QVERIFY(spy.count() > 0);
        QTest::keyClick(&view, Qt::Key_C);
        QCOMPARE(QGuiApplication::clipboard()->text().count('\n'), 6);
        QTest::keyClick(&view, Qt::Key_Escape);
        QVERIFY(!view.selected());
    }

    void keys() {
        HeatMapView view;
        view.resize(900, 600);
        view.setPicture(std::make_shared<HeatPicture>(*grid(40, 100, 1)));
        view.show();
        QTest::keyClick(&view, Qt::Key_Down);                  // the first key shows the cursor
        QCOMPARE(view.cursor(), std::optional(HeatCell{0, 0}));
        QTest::keyClick(&view, Qt::Key_Down);
        QTest::keyClick(&view, Qt::Key_Right);
        QCOMPARE(view.cursor(), std::optional(HeatCell{1, 1}));
        QTest::keyClick(&view, Qt::Key_Right, Qt::ShiftModifier);
        QCOMPARE(view.selected(), std::optional(QRect(1, 1, 2, 1)));
        QTest::keyClick(&view, Qt::Key_Space);
        QVERIFY(view.pinned());
        QTest::keyClick(&view, Qt::Key_Space);
        QVERIFY(!view.pinned());
        for (int i = 0; i < 60; ++i) QTest::keyClick(&view, Qt::Key_Up);
        QCOMPARE(view.cursor()->row, 0);
        QVERIFY(view.wordsOf({0, 0}).contains("accesses/s"));
        QVERIFY(view.wordsOf({99, 0}).isEmpty());
        view.setPicture(nullptr);
        QTest::keyClick(&view, Qt::Key_Down);
        QVERIFY(!view.cursor());
    }

    void readsAsTable() {
        HeatMapView view;
        view.resize(900, 600);
        view.setPicture(std::make_shared<HeatPicture>(*grid(40, 100, 1)));
        view.show();
        auto* face = QAccessible::queryAccessibleInterface(&view);
        QVERIFY(face && face->tableInterface());
        auto* table = face->tableInterface();
        QCOMPARE(table->rowCount(), 40);
        QCOMPARE(table->columnCount(), 100);
        QCOMPARE(table->rowDescription(3), QString("orders tenant_id 3"));
        auto* cell = table->cellAt(3, 7);
        QVERIFY(cell && cell->text(QAccessible::Name).contains("1 accesses/s"));
        QCOMPARE(cell->tableCellInterface()->columnIndex(), 7);
        QCOMPARE(table->cellAt(3, 7), cell);
        QVERIFY(!table->cellAt(40, 0));
        view.setCursorCell({3, 7});
        QVERIFY(cell->state().focused);
        view.setPicture(std::make_shared<HeatPicture>(*grid(2, 2, 1)));
        QVERIFY(!cell->isValid());
    }

    // Observed and predicted parts share their buckets; the sum over rows is what the column binds.
    void gridFromWorkloads() {
        const auto w = fixtures::workload();
        const auto column = *w->facts->findColumn(*w->facts->schema.find("public", "orders"), "tenant_id");
        const auto g = heatGrid(*w, fixtures::forecast()->workload.get(), {.columns = {column}, .maxRows = 256});
        QCOMPARE(g.predictedFrom, size_t{14 * 24});
        QCOMPARE(g.columns, size_t{15 * 24});
        double sum = 0, bound = 0;
        for (size_t r = 0; r < g.rows.size(); ++r) {
            for (size_t c = 0; c < g.predictedFrom; ++c) sum += g.at(r, c) * (g.unit == "accesses/h" ? 1.0 : 3600.0);
        }
        for (const auto& t : w->rates.columns[column].totals) bound += fromWeight(t.boundReads + t.boundWrites);
        QVERIFY(std::fabs(sum - bound) < 0.001 * bound);
        const auto day = heatGrid(*w, nullptr, {.columns = {column}, .time = TimeRange{fixtures::shopBegin + microsPerDay, fixtures::shopBegin + 2 * microsPerDay}});
        QCOMPARE(day.columns, size_t{24});
        QVERIFY(heatGrid(workload::Workload{std::make_shared<workload::Facts>(), {}}, nullptr, {}).empty());
    }

    // At any height as many marked rows have names as there are lines, the weightiest first; others fill what is left. None is
    // over another, or out of order.
    void hotKeysHaveNames() {
        constexpr int rows = 48, line = 12;
        for (int height = line; height < 400; height += 3) {
            const auto middle = [&](int row) { return (row + 0.5) * height / rows; };
            const std::vector<int> marked{17, 0, 1, 31};
            const auto names = placeRowNames(0, rows, marked, middle, {0, static_cast<double>(height), line + 1, line});
            for (size_t i = 0; i < marked.size() && (i + 1) * (line + 1) <= static_cast<size_t>(height) + 1; ++i) {
                const auto named = std::find_if(names.begin(), names.end(), [&](const auto& name) { return name.row == marked[i]; });
                QVERIFY2(named != names.end() && named->marked, qPrintable(QString("%1 at %2").arg(marked[i]).arg(height)));
                QVERIFY(std::fabs(named->top + line / 2.0 - middle(marked[i])) < 3 * line);
            }
            for (size_t i = 0; i < names.size(); ++i) {
                QVERIFY(names[i].top >= (names[i].marked ? 0 : line + 1) && names[i].top + line <= height);
                if (i > 0) QVERIFY(names[i].row > names[i - 1].row && names[i].top >= names[i - 1].top + line);
                if (!names[i].marked) QCOMPARE(names[i].top + line / 2.0, middle(names[i].row));
            }
        }
        QVERIFY(placeRowNames(0, 10, {4}, [](int row) { return row * 1.0; }, {0, 8, 8, 12}).empty());
    }

    // 1,536 × 10,000 cells: a frame stays far below what one notices. The limit is wide, for machines under load.
    void largeStaysSmooth() {
        auto g = grid(1536, 10'000);
        Random random(5);
        for (auto& cell : g->cells) cell = static_cast<float>(random.below(1000)) * 0.01f;
        const HeatRaster raster(*g, scaleOf(*g));
        QElapsedTimer timer;
        timer.start();
        constexpr int frames = 8;
        for (int i = 0; i < frames; ++i) QCOMPARE(raster.render(QRectF(i * 40, 0, 9600 - i * 900, 1536), {1600, 900}).size(), QSize(1600, 900));
        const double each = static_cast<double>(timer.elapsed()) / frames;
        qInfo("%.1f ms a frame of 1,600 × 900 from 1,536 × 10,000 cells", each);
    }
};

QTEST_MAIN(TestHeatMap)
#include "test_ui_heatmap.moc"
