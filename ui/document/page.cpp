#include "ui/document/page.h"

#include <QCoreApplication>
#include <QString>

namespace foreshard::ui {

QString titleOf(PageId page) {
    static const char* const titles[] = {QT_TRANSLATE_NOOP("Page", "Start"),    QT_TRANSLATE_NOOP("Page", "Workload"),
                                         QT_TRANSLATE_NOOP("Page", "Hotspots"), QT_TRANSLATE_NOOP("Page", "Forecast"),
                                         QT_TRANSLATE_NOOP("Page", "Designs"),  QT_TRANSLATE_NOOP("Page", "Simulate"),
                                         QT_TRANSLATE_NOOP("Page", "Migrate"),  QT_TRANSLATE_NOOP("Page", "Monitor"),
                                         QT_TRANSLATE_NOOP("Page", "Report")};
    return QCoreApplication::translate("Page", titles[static_cast<size_t>(page)]);
}

QString iconOf(PageId page) {
    static const char* const names[] = {"start", "workload", "hotspots", "forecast", "designs", "simulate", "migrate", "monitor", "report"};
    return QString::fromLatin1(names[static_cast<size_t>(page)]);
}

QString describe(PageState state) {
    switch (state) {
        case PageState::ready: return QCoreApplication::translate("Page", "ready");
        case PageState::running: return QCoreApplication::translate("Page", "running");
        case PageState::stale: return QCoreApplication::translate("Page", "stale: its inputs have changed since");
        case PageState::empty: break;
    }
    return QCoreApplication::translate("Page", "empty");
}

}  // namespace foreshard::ui
