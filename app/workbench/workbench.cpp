#include "app/workbench/workbench.h"

#include <QAction>
#include <QApplication>
#include <QDir>
#include <QDeadlineTimer>
#include <QStyleFactory>
#include <QThread>

#include <cstdio>
#include <filesystem>

#include "app/workbench/actions.h"
#include "app/workbench/contents.h"
#include "ui/document/document.h"
#include "ui/frame/main_window.h"
#include "ui/pages/simulate/simulate_page.h"
#include "ui/settings/settings.h"
#include "ui/theme/theme.h"

namespace foreshard::workbench {

namespace {

// Until the page shows all that it has to show: it says itself while it is busy. Layouts and what a refresh sets off come in
// the turns of the event loop after. False where that takes too long.
bool drawn(const ui::PageView& page) {
    constexpr int patience = 120'000, quietTurns = 3, pause = 2;
    const QDeadlineTimer deadline(patience);
    for (int quiet = 0; quiet < quietTurns; quiet = page.busy() ? 0 : quiet + 1) {
        if (deadline.hasExpired()) return false;
        if (page.busy()) QThread::msleep(pause);
        QCoreApplication::sendPostedEvents();
        QCoreApplication::processEvents();
    }
    return true;
}

// What no verb has saved in the project is made here, as a person would: a comparison and a report.
void fillPages(ui::MainWindow& window, ui::Document& document) {
    constexpr int patience = 120'000;
    window.goTo(ui::PageId::simulate);
    drawn(*window.page(ui::PageId::simulate));
    if (document.contents().advice) static_cast<ui::SimulatePage*>(window.page(ui::PageId::simulate))->projectAction()->trigger();
    if (document.contents().workload) document.report({});
    document.jobs().waitForIdle(patience);
}

int renderPages(ui::MainWindow& window, ui::Document& document, const QString& folder) {
    if (!QDir().mkpath(folder)) {
        std::fprintf(stderr, "foreshard: cannot make the folder %s\n", qPrintable(folder));
        return 1;
    }
    window.resize(1440, 900);
    window.show();
    fillPages(window, document);
    for (const auto mode : {ui::ThemeMode::light, ui::ThemeMode::dark}) {
        ui::Theme::instance().apply(mode);
        for (const auto page : ui::allPages) {
            window.goTo(page);
            if (!drawn(*window.page(page))) {
                std::fprintf(stderr, "foreshard: the page %s does not come to rest\n", qPrintable(ui::titleOf(page)));
                return 1;
            }
            const auto name = QStringLiteral("%1/%2-%3.png").arg(folder, ui::titleOf(page).toLower(), mode == ui::ThemeMode::light ? QStringLiteral("light") : QStringLiteral("dark"));
            if (!window.grab().save(name)) {
                std::fprintf(stderr, "foreshard: cannot write %s\n", qPrintable(name));
                return 1;
            }
        }
    }
    return 0;
}

// Qt aborts the process where it finds no display; better to say what helps.
bool hasDisplay() { return qEnvironmentVariableIsSet("DISPLAY") || qEnvironmentVariableIsSet("WAYLAND_DISPLAY") || qEnvironmentVariableIsSet("QT_QPA_PLATFORM"); }

}  // namespace

int run(int argc, char** argv, const std::string& project, const std::string& screenshots) {
    if (!project.empty() && !std::filesystem::exists(project)) {
        std::fprintf(stderr, "foreshard: %s is neither a verb nor a project file.\n  Run foreshard --help for the verbs, or check the path.\n", project.c_str());
        return 2;
    }
    if (!hasDisplay()) {
        if (screenshots.empty()) {
            std::fprintf(stderr, "foreshard: there is no display to open the workbench on.\n  Set DISPLAY, or work headless with a verb: foreshard --help\n");
            return 1;
        }
        qputenv("QT_QPA_PLATFORM", "offscreen");
    }
    QApplication app(argc, argv);
    QApplication::setApplicationName(QStringLiteral("foreshard"));
    QApplication::setApplicationDisplayName(QStringLiteral("Foreshard"));
    QApplication::setApplicationVersion(QStringLiteral(FORESHARD_VERSION));
    ui::Settings settings;
    ui::Theme::instance().apply(settings.themeMode());
    ui::Document document(makeActions());
    ui::MainWindow window(document, settings);
    if (!screenshots.empty()) {
        const auto contents = project.empty() ? Result<ui::Contents>(ui::Contents()) : loadContents(project);
        if (!contents.ok()) {
            std::fprintf(stderr, "foreshard: %s\n  %s\n", contents.error().message.c_str(), contents.error().next.c_str());
            return 1;
        }
        document.replace(*contents);
        return renderPages(window, document, QString::fromStdString(screenshots));
    }
    if (!project.empty()) document.open(project);
    window.show();
    return QApplication::exec();
}

}  // namespace foreshard::workbench
