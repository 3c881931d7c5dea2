// A whole window over the fixtures' shop, and the hands that use it: mouse and keys, never a call into a page.
#pragma once

#include <QApplication>
#include <QFileDialog>
#include <QHeaderView>
#include <QLineEdit>
#include <QPushButton>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>
#include <QToolButton>
#include <QWheelEvent>

#include "tests/ui/fixtures.h"
#include "ui/document/document.h"
#include "ui/frame/main_window.h"
#include "ui/pages/page_view.h"
#include "ui/settings/settings.h"
#include "ui/widgets/notice.h"
#include "ui/widgets/table_panel.h"

namespace foreshard::ui::bench {

struct Bench {
    std::vector<std::string> calls;
    QTemporaryDir folder;
    Settings settings{folder.filePath("s.ini")};
    Document document;
    MainWindow window;

    explicit Bench(const Contents& contents, std::function<void(DocumentActions&)> adapt = {}) : document(made(calls, adapt)), window(document, settings) {
        window.resize(1360, 860);
        window.show();
        [[maybe_unused]] const bool active = QTest::qWaitForWindowActive(&window);
        if (contents.project) document.replace(contents);
        idle();
    }
    // Goes there by the keyboard.
    template <typename Page>
    Page* page(PageId id) {
        window.activateWindow();           // a dialog may have had the keyboard
        [[maybe_unused]] const bool active = QTest::qWaitForWindowActive(&window);
        QTest::keyClick(&window, static_cast<Qt::Key>(Qt::Key_1 + static_cast<int>(id)), Qt::ControlModifier);
        idle();
        Q_ASSERT_X(window.current() == id, "page", qPrintable(titleOf(id)));
        return static_cast<Page*>(window.page(id));
    }
    // Nothing runs, and what came of it is shown: a page refreshes from the event loop, and may begin a job then.
    bool idle() {
        constexpr int rounds = 3, patience = 10'000;
        for (int i = 0; i < rounds; ++i) {
            QCoreApplication::processEvents();
            if (!document.jobs().waitForIdle(patience)) return false;
        }
        QCoreApplication::processEvents();
        return true;
    }
    std::string lastCall() const { return calls.empty() ? std::string() : calls.back(); }

private:
    static DocumentActions made(std::vector<std::string>& calls, const std::function<void(DocumentActions&)>& adapt) {
        auto actions = fixtures::actions(&calls);
        if (adapt) adapt(actions);
        return actions;
    }
};

inline void click(QWidget* widget) { QTest::mouseClick(widget, Qt::LeftButton); }

// The visible button under `root` that says this.
inline QAbstractButton* button(QWidget* root, const QString& words) {
    for (auto* found : root->findChildren<QAbstractButton*>()) {
        if (found->isVisible() && (found->text() == words || found->accessibleName() == words)) return found;
    }
    return nullptr;
}

inline void clickCell(QAbstractItemView* view, const QModelIndex& at) {
    view->scrollTo(at);
    QTest::mouseClick(view->viewport(), Qt::LeftButton, {}, view->visualRect(at).center());
}
inline void clickRow(TablePanel* panel, int row) { clickCell(panel->view(), panel->view()->model()->index(row, 0)); }
// The tick box at the left end of an item.
inline void clickTick(QAbstractItemView* view, const QModelIndex& at) {
    view->scrollTo(at);
    const auto rect = view->visualRect(at);
    QTest::mouseClick(view->viewport(), Qt::LeftButton, {}, QPoint(rect.left() + 11, rect.center().y()));
}
inline void clickHeader(TablePanel* panel, int column) {
    auto* header = panel->view()->horizontalHeader();
    QTest::mouseClick(header->viewport(), Qt::LeftButton, {}, QPoint(header->sectionViewportPosition(column) + 20, header->height() / 2));
}
inline void wheel(QWidget* target, const QPoint& at, int turn, Qt::KeyboardModifiers modifiers = Qt::NoModifier) {
    QWheelEvent event(at, target->mapToGlobal(at), {}, {0, turn}, Qt::NoButton, modifiers, Qt::NoScrollPhase, false);
    QApplication::sendEvent(target, &event);
}
inline void drag(QWidget* target, const QPoint& from, const QPoint& to, Qt::KeyboardModifiers modifiers = Qt::NoModifier) {
    QTest::mousePress(target, Qt::LeftButton, modifiers, from);
    QTest::mouseMove(target, (from + to) / 2);
    QTest::mouseMove(target, to);
    QTest::mouseRelease(target, Qt::LeftButton, modifiers, to);
}

// The next file dialog is answered by typing a name and Enter.
inline void answerFileDialog(const QString& path) {
    auto* timer = new QTimer(qApp);
    QObject::connect(timer, &QTimer::timeout, timer, [timer, path] {
        auto* dialog = qobject_cast<QFileDialog*>(QApplication::activeModalWidget());
        auto* box = dialog ? dialog->findChild<QLineEdit*>(QStringLiteral("fileNameEdit")) : nullptr;
        if (!box) return;
        timer->deleteLater();
        timer->stop();
        box->setText(path);                // typed by keys, the dialog's completion would guess names
        QTest::keyClick(box, Qt::Key_Return);
        if (dialog->isVisible()) QTest::keyClick(dialog, Qt::Key_Return);
    });
    timer->start(20);
}

inline Notice* shownNotice(QWidget* root, const QString& part) {
    for (auto* notice : root->findChildren<Notice*>()) {
        if (notice->isVisible() && notice->words().contains(part)) return notice;
    }
    return nullptr;
}

}  // namespace foreshard::ui::bench
