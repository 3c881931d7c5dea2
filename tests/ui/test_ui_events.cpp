// Events on the calendar in the window: marked, removed, brought back by undo, kept by the verb, drawn on the chart. By keys and mouse.
#include <QComboBox>
#include <QDateTimeEdit>
#include <QTabBar>
#include <QTabWidget>

#include "tests/ui/bench.h"
#include "ui/charts/chart_panel.h"
#include "ui/pages/forecast/events_tab.h"
#include "ui/pages/forecast/forecast_page.h"
#include "ui/theme/theme.h"

using namespace foreshard;
using namespace foreshard::ui;
using namespace foreshard::ui::bench;

namespace {

EventsTab* openTab(Bench& b) {
    auto* page = b.page<ForecastPage>(PageId::forecast);
    const auto at = page->tabs()->indexOf(page->events());
    QTest::mouseClick(page->tabs()->tabBar(), Qt::LeftButton, {}, page->tabs()->tabBar()->tabRect(at).center());
    return page->events();
}
// What the boxes show is the reader's wall clock.
QDateTime wallClock(const QString& words) { return QDateTime::fromString(words, QStringLiteral("yyyy-MM-dd HH:mm")); }

}  // namespace

class TestEvents : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        qputenv("TZ", "UTC");
        Theme::instance().apply(ThemeMode::light);
    }

    void markedRemovedAndBroughtBack() {
        CalendarEvents kept;
        Bench b(fixtures::all(), [&](DocumentActions& actions) {
            actions.markEvents = [&kept](ActionContext&, const CalendarEvents& events) -> Result<Contents> {
                kept = events;
                return Contents();
            };
        });
        auto* tab = openTab(b);
        QCOMPARE(tab->table()->view()->model()->rowCount(), 2);
        QVERIFY(!tab->addButton()->isEnabled() && !tab->removeButton()->isEnabled());
        QVERIFY(tab->fromBox()->date() > QDate(2026, 11, 14));      // after what was observed, unless somebody writes another time
        QTest::keyClicks(tab->nameBox(), QStringLiteral("big sale"));
        tab->fromBox()->setDateTime(wallClock(QStringLiteral("2026-11-27 08:00")));
        tab->toBox()->setDateTime(wallClock(QStringLiteral("2026-11-28 00:00")));
        tab->likeBox()->setFocus();
        QTest::keyClick(tab->likeBox(), Qt::Key_Down);
        QCOMPARE(tab->likeBox()->currentText(), QString("flash sale"));
        click(tab->addButton());
        QVERIFY(b.idle());
        const models::CalendarEvent wanted{"big sale", *parseTime("2026-11-27 08:00"), *parseTime("2026-11-28 00:00"), "flash sale"};
        QCOMPARE(kept.size(), size_t{3});
        QVERIFY(kept.back() == wanted && *b.document.events() == kept);
        QCOMPARE(tab->table()->view()->model()->rowCount(), 3);
        QVERIFY(tab->nameBox()->text().isEmpty());

        clickRow(tab->table(), 0);
        click(tab->removeButton());
        QVERIFY(b.idle());
        QCOMPARE(kept.size(), size_t{2});
        b.document.undoStack().undo();
        QVERIFY(b.idle());
        QCOMPARE(kept.size(), size_t{3});
        b.document.undoStack().undo();
        QVERIFY(b.idle());
        QVERIFY(kept == *fixtures::events());
    }

    // What cannot be is said beside the form, and nothing changes.
    void whatCannotBeIsSaid() {
        Bench b(fixtures::all());
        auto* tab = openTab(b);
        QTest::keyClicks(tab->nameBox(), QStringLiteral("sale"));
        tab->fromBox()->setDateTime(wallClock(QStringLiteral("2026-11-27 08:00")));
        tab->toBox()->setDateTime(wallClock(QStringLiteral("2026-11-27 07:00")));
        QTest::keyClick(tab->nameBox(), Qt::Key_Return);
        QVERIFY(b.idle());
        QVERIFY(shownNotice(tab, QStringLiteral("does not end after it begins")));
        QVERIFY(*b.document.events() == *fixtures::events());
        QCOMPARE(tab->nameBox()->text(), QString("sale"));
    }

    void drawnOnTheChart() {
        Bench b(fixtures::all());
        auto* page = b.page<ForecastPage>(PageId::forecast);
        const auto& event = fixtures::events()->front();
        QCOMPARE(page->chart()->data().spans.size(), qsizetype{2});
        QCOMPARE(page->chart()->data().spans.front().low, static_cast<double>(event.begin / 1000));
        QVERIFY(page->chart()->wordsAt(static_cast<double>((event.begin + microsPerHour) / 1000)).contains(QStringLiteral("flash sale")));
        QVERIFY(!page->chart()->wordsAt(static_cast<double>((event.end + microsPerHour) / 1000)).contains(QStringLiteral("flash sale")));
        QVERIFY(page->chart()->accessibleDescription().contains(QStringLiteral("marked: flash sale")));
        const auto whole = xRange(page->chart()->data());
        b.document.markEvents({}, QStringLiteral("clear"));
        QVERIFY(b.idle());
        QVERIFY(page->chart()->data().spans.isEmpty());
        QCOMPARE(xRange(page->chart()->data()).high, whole.high);   // events widen no axis
    }
};

QTEST_MAIN(TestEvents)
#include "test_ui_events.moc"
