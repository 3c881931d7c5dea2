// The statement box of the Workload page, by real keys and clicks: what it says, that the window stays alive meanwhile, and what it
// says of statements that nobody can answer.
#include <QLabel>
#include <QPlainTextEdit>
#include <QTabBar>
#include <QTabWidget>
#include <QThread>

#include "tests/ui/bench.h"
#include "ui/pages/workload/statement_panel.h"
#include "ui/pages/workload/workload_page.h"
#include "ui/theme/theme.h"

using namespace foreshard;
using namespace foreshard::ui;
using namespace foreshard::ui::bench;

namespace {

StatementPanel* openBox(Bench& b) {
    auto* page = b.page<WorkloadPage>(PageId::workload);
    auto* bar = page->tabs()->tabBar();
    const int at = page->tabs()->indexOf(page->statement());
    QTest::mouseClick(bar, Qt::LeftButton, {}, bar->tabRect(at).center());
    b.idle();
    return page->statement();
}

void type(StatementPanel* panel, const char* sql) {
    panel->box()->setFocus();
    QTest::keyClick(panel->box(), Qt::Key_A, Qt::ControlModifier);
    QTest::keyClicks(panel->box(), sql);
}

}  // namespace

class TestStatement : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { Theme::instance().apply(ThemeMode::light); }

    void saysWhatIsExpected() {
        Bench b(fixtures::all());
        auto* panel = openBox(b);
        QVERIFY(!panel->askButton()->isEnabled() && !panel->answered());
        const auto hinted = [&] { return std::any_of(panel->children().begin(), panel->children().end(), [](QObject* child) { auto* label = qobject_cast<QLabel*>(child); return label && label->isVisible() && label->text().startsWith("Here will be"); }); };
        QVERIFY(hinted());
        type(panel, "SELECT quantity FROM stock WHERE tenant_id = 17 AND product_id = 3");
        QVERIFY(panel->askButton()->isEnabled());
        click(panel->askButton());
        QVERIFY(panel->calls()->text().isEmpty());   // nothing was answered inside the click: another thread works
        QVERIFY(b.idle());
        QVERIFY(!hinted());
        QVERIFY2(panel->statement()->text().contains("tenant_id = $1"), qPrintable(panel->statement()->text()));
        QVERIFY2(panel->calls()->text().contains("relatives"), qPrintable(panel->calls()->text()));
        QVERIFY2(panel->hotspots()->text().contains("17"), qPrintable(panel->hotspots()->text()));
        QVERIFY(panel->related()->view()->model()->rowCount() > 0);
        // Another key of the same column is no hotspot.
        type(panel, "SELECT quantity FROM stock WHERE tenant_id = 39 AND product_id = 3");
        QTest::keyClick(panel->box(), Qt::Key_Return, Qt::ControlModifier);
        QVERIFY(b.idle());
        QVERIFY2(!panel->hotspots()->text().contains("17"), qPrintable(panel->hotspots()->text()));
    }
    void saysWhatItCannot() {
        Bench b(fixtures::onlyWorkload());
        auto* panel = openBox(b);
        type(panel, "SELECT 1 FROM nowhere WHERE x = 1");
        QTest::keyClick(panel->box(), Qt::Key_Return, Qt::ControlModifier);
        QVERIFY(b.idle());
        QVERIFY(panel->notice()->isVisible() && panel->notice()->words().contains("nowhere"));
        type(panel, "SELECT 1 FROM orders; SELECT 2 FROM orders");
        QTest::keyClick(panel->box(), Qt::Key_Return, Qt::ControlModifier);
        QVERIFY(b.idle());
        QVERIFY(panel->notice()->words().contains("There are 2 statements"));
        type(panel, "SELECT id FROM orders WHERE tenant_id = 17");
        QTest::keyClick(panel->box(), Qt::Key_Return, Qt::ControlModifier);
        QVERIFY(b.idle());
        QVERIFY(!panel->notice()->isVisible());
        QCOMPARE(panel->calls()->text(), QStringLiteral("–"));   // no models yet
    }
    // A new training changes what is shown, without a further question; a similar template leads to its row.
    void followsTheProject() {
        Bench b(fixtures::onlyWorkload());
        auto* panel = openBox(b);
        type(panel, "SELECT quantity FROM stock WHERE tenant_id = 17 AND product_id = 3");
        click(panel->askButton());
        QVERIFY(b.idle());
        QCOMPARE(panel->calls()->text(), QStringLiteral("–"));
        Contents more;
        more.models = fixtures::models();
        more.forecast = fixtures::forecast();
        b.document.apply(more);
        QVERIFY(b.idle());
        QTRY_VERIFY2(panel->calls()->text() != QStringLiteral("–"), qPrintable(panel->calls()->text()));
        auto* view = panel->related()->view();
        clickRow(panel->related(), 0);
        QTest::keyClick(view, Qt::Key_Return);
        QVERIFY(b.idle());
        auto* page = static_cast<WorkloadPage*>(b.window.page(PageId::workload));
        QCOMPARE(page->tabs()->currentIndex(), 0);
        QVERIFY(b.document.selection().value().templateFingerprint.has_value());
    }
};

QTEST_MAIN(TestStatement)
#include "test_ui_statement.moc"
