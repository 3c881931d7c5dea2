// Every page rendered in light and dark into FORESHARD_SHOTS (else the build folder's shots/), and checks that a machine
// can make of a picture: nothing empty, text readable, no label cut off.
#include <QDir>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTemporaryDir>
#include <QTabWidget>
#include <QTest>
#include <QTreeView>

#include "tests/ui/fixtures.h"
#include "ui/document/document.h"
#include "ui/frame/main_window.h"
#include "ui/pages/designs/design_details.h"
#include "ui/pages/designs/designs_page.h"
#include "ui/pages/forecast/forecast_page.h"
#include "ui/pages/hotspots/hotspots_page.h"
#include "ui/pages/migrate/migrate_page.h"
#include "ui/pages/page_view.h"
#include "ui/pages/start/new_project_form.h"
#include "ui/pages/workload/statement_panel.h"
#include "ui/pages/workload/workload_page.h"
#include "ui/settings/settings.h"
#include "ui/theme/theme.h"
#include "ui/widgets/table_panel.h"

using namespace foreshard;
using namespace foreshard::ui;

class TestShots : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void pages_data() {
        QTest::addColumn<int>("mode");
        QTest::addColumn<QSize>("size");
        QTest::addColumn<bool>("filled");
        const auto row = [](const char* name, ThemeMode mode, QSize size, bool filled = true) { QTest::newRow(name) << static_cast<int>(mode) << size << filled; };
        row("light", ThemeMode::light, {1360, 860});
        row("dark", ThemeMode::dark, {1360, 860});
        row("contrast", ThemeMode::highContrast, {1360, 860});
        row("empty", ThemeMode::light, {1360, 860}, false);
        row("small", ThemeMode::light, {1100, 700});
        row("narrow", ThemeMode::dark, {1040, 700});         // the rail folds
        row("wide", ThemeMode::dark, {1920, 1080});
    }

    void pages() {
        QFETCH(int, mode);
        QFETCH(QSize, size);
        QFETCH(bool, filled);
        QTemporaryDir folder;
        Settings settings(folder.filePath("settings.ini"));
        Theme::instance().apply(static_cast<ThemeMode>(mode));
        Document document(fixtures::actions());
        MainWindow window(document, settings);
        window.resize(size);
        window.show();
        if (filled) document.replace(fixtures::all());
        if (filled) {
            SelectionValue value{.table = "public.orders", .column = "tenant_id", .keys = "17", .time = TimeRange{fixtures::shopBegin + 12 * microsPerDay, fixtures::shopBegin + 13 * microsPerDay}};
            value.numbers = {{"Load", "1.9 accesses/s"}, {"Share of the column's load", "19.2 %"}};
            document.selection().set(value);
        }
        for (const auto page : allPages) {
            window.goTo(page);
            settle(document);
            if (page == PageId::migrate && filled) {         // a step with something to read
                const auto* steps = static_cast<MigratePage*>(window.page(page))->steps();
                static_cast<MigratePage*>(window.page(page))->tree()->setCurrentIndex(steps->indexOf("s5"));
                settle(document);
            }
            QCOMPARE(window.size(), size);                   // nothing on the page pushes the window wider
            const auto name = QStringLiteral("%1-%2.png").arg(iconOf(page), QString::fromLatin1(QTest::currentDataTag()));
            QVERIFY2(window.grab().save(shots().filePath(name)), qPrintable(name));
            checkLabels(*window.page(page), name);
            if (page == PageId::designs && filled) designTabs(document, window);
            for (const auto& [tab, title] : {std::pair(1, "events"), {2, "models"}})
                if (page == PageId::forecast && filled) secondTab(document, window, page, *static_cast<ForecastPage*>(window.page(page))->tabs(), tab, title);
            if (page == PageId::hotspots && filled) secondTab(document, window, page, *static_cast<HotspotsPage*>(window.page(page))->tabs(), 1, "coming");
            if (page == PageId::workload && filled) {
                auto* workload = static_cast<WorkloadPage*>(window.page(page));
                workload->statement()->box()->setPlainText(QStringLiteral("SELECT quantity FROM stock WHERE tenant_id = 17 AND product_id = 3"));
                secondTab(document, window, page, *workload->tabs(), workload->tabs()->indexOf(workload->statement()), "statement");
                workload->statement()->askButton()->click();
                secondTab(document, window, page, *workload->tabs(), workload->tabs()->indexOf(workload->statement()), "statement1");
            }
        }
    }

    // The form of a new project, with a log, a table whose columns are mapped, and a live server.
    void newProject() {
        for (const auto mode : {ThemeMode::light, ThemeMode::dark}) {
            QTemporaryDir folder;
            Settings settings(folder.filePath("settings.ini"));
            Theme::instance().apply(mode);
            DocumentActions actions;
            actions.identify = [](const std::filesystem::path& path) {
                if (path.extension() != ".csv") return DroppedFile{path, FileKind::stderrLog, "PostgreSQL stderr log, 38 MB", {}};
                const std::string sample = "id,when_began,who,took_ms,text\n1,2026-11-01 10:00:00,ann,2.5,\"SELECT 1, 2\"\n2,2026-11-01 10:00:01,bob,1.5,COMMIT\n";
                return DroppedFile{path, FileKind::table, "table of 5 columns", ingest::previewTable(sample)};
            };
            NewProjectForm form(actions, settings);
            form.resize(1100, 860);
            form.show();
            form.addFile("/var/log/shop/server.log");
            form.addFile("/var/log/shop/calls.csv");
            form.serverBox()->setText("postgresql:host=db dbname=shop");
            QTest::qWait(30);
            const auto name = QStringLiteral("new-project-%1.png").arg(QLatin1String(mode == ThemeMode::light ? "light" : "dark"));
            QVERIFY2(form.grab().save(shots().filePath(name)), qPrintable(name));
            checkLabels(form, name);
        }
    }

private:
    // What is behind a design, and the answer to a question.
    static void designTabs(Document& document, MainWindow& window) {
        document.whyNot({});
        settle(document);
        auto* details = static_cast<DesignsPage*>(window.page(PageId::designs))->details();
        QCOMPARE(details->tabs()->count(), 8);
        for (int tab = 1; tab < details->tabs()->count(); ++tab) {
            details->tabs()->setCurrentIndex(tab);
            details->crossings()->selectRow(0);
            details->constraints()->selectRow(0);
            settle(document);
            const auto name = QStringLiteral("designs%1-%2.png").arg(tab).arg(QString::fromLatin1(QTest::currentDataTag()));
            QVERIFY2(window.grab().save(shots().filePath(name)), qPrintable(name));
            checkLabels(*window.page(PageId::designs), name);
        }
    }
    static void secondTab(Document& document, MainWindow& window, PageId page, QTabWidget& tabs, int tab, const char* name) {
        tabs.setCurrentIndex(tab);
        settle(document);
        const auto file = QStringLiteral("%1-%2.png").arg(QString::fromLatin1(name), QString::fromLatin1(QTest::currentDataTag()));
        QVERIFY2(window.grab().save(shots().filePath(file)), qPrintable(file));
        checkLabels(*window.page(page), file);
    }
    // Pages refresh from the event loop and prepare large views in jobs.
    static void settle(Document& document) {
        QTest::qWait(30);
        QVERIFY(document.jobs().waitForIdle(10'000));
        QTest::qWait(30);
    }
    static QDir shots() {
        const auto wanted = qEnvironmentVariable("FORESHARD_SHOTS", QStringLiteral(FORESHARD_BINARY_DIR "/shots"));
        QDir().mkpath(wanted);
        return QDir(wanted);
    }
    // A label has room for its text: on its line, or on as many as that takes.
    static void checkLabels(const QWidget& page, const QString& where) {
        for (const auto* label : page.findChildren<QLabel*>()) {
            if (!label->isVisible() || label->text().isEmpty()) continue;
            if (label->wordWrap()) {
                QVERIFY2(label->height() + 1 >= label->heightForWidth(label->width()), qPrintable(where + ": " + label->text()));
                continue;
            }
            QVERIFY2(label->width() + 1 >= label->fontMetrics().horizontalAdvance(label->text()), qPrintable(where + ": " + label->text()));
        }
        for (const auto* button : page.findChildren<QPushButton*>()) {
            if (!button->isVisible()) continue;
            QVERIFY2(button->width() + 1 >= button->fontMetrics().horizontalAdvance(button->text()), qPrintable(where + ": " + button->text()));
        }
    }
};

QTEST_MAIN(TestShots)
#include "test_ui_shots.moc"
