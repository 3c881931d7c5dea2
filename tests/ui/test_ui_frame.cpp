// Jobs, document, undo, navigation and action search.
#include <QComboBox>
#include <QLabel>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QAbstractItemView>
#include <QLineEdit>
#include <QTest>
#include <QToolButton>

#include <atomic>
#include <thread>

#include "tests/ui/fixtures.h"
#include "ui/document/document.h"
#include "ui/frame/action_search.h"
#include "ui/frame/context_bar.h"
#include "ui/frame/main_window.h"
#include "ui/frame/navigation_rail.h"
#include "ui/frame/selection_panel.h"
#include "ui/frame/shortcuts_view.h"
#include "ui/jobs/job_strip.h"
#include "ui/pages/page_view.h"
#include "ui/settings/settings.h"
#include "ui/theme/theme.h"

using namespace foreshard;
using namespace foreshard::ui;

namespace {
Result<int> untilStopped(Job& job) {
    job.beginPass("waiting", 100, "rows");
    for (uint64_t i = 0;; ++i) {
        if (const auto s = job.checkpoint(); !s.ok()) return s.error();
        job.progress(i % 100);
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
}
}  // namespace

class TestFrame : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { Theme::instance().apply(ThemeMode::light); }

    void resultsComeBackOnTheGuiThread() {
        JobRunner jobs;
        std::optional<int> got;
        QThread* where = nullptr;
        jobs.start<int>({"a", "Work", PageId::workload}, [](Job&) -> Result<int> { return 42; }, [&](Result<int> r) {
            got = *r;
            where = QThread::currentThread();
        });
        QVERIFY(jobs.runningOn(PageId::workload));
        QVERIFY(jobs.waitForIdle(5000));
        QCOMPARE(got, std::optional(42));
        QCOMPARE(where, thread());
        QCOMPARE(jobs.jobs().back().state, JobState::done);
    }

    // A newer job of the same key stops the older one, never overlaps with it, and only its own result arrives.
    void staleResultsAreDropped() {
        JobRunner jobs;
        std::atomic<int> inside = 0, most = 0;
        std::vector<int> arrived;
        for (int i = 0; i < 5; ++i) {
            jobs.start<int>({"same", "Work", PageId::forecast}, [&, i](Job&) -> Result<int> {
                most = std::max(most.load(), ++inside);
                std::this_thread::sleep_for(std::chrono::milliseconds(15));
                --inside;
                return i;                    // does not listen to the stop request
            }, [&](Result<int> r) { if (r.ok()) arrived.push_back(*r); });
        }
        QVERIFY(jobs.waitForIdle(5000));
        QCOMPARE(arrived, std::vector<int>{4});
        QCOMPARE(most.load(), 1);
    }

    void stopping() {
        JobRunner jobs;
        bool delivered = false;
        const auto id = jobs.start<int>({"a", "Work", PageId::workload}, untilStopped, [&](Result<int> r) { delivered = !r.ok() && r.error().category == ErrorCategory::cancelled; });
        QTest::qWait(80);
        QVERIFY(jobs.find(id)->fraction.has_value());
        jobs.stop(id);
        QVERIFY(jobs.waitForIdle(5000));
        QVERIFY(delivered);
        QCOMPARE(jobs.find(id)->state, JobState::cancelled);
    }

    void destructionStopsJobs() {
        JobRunner jobs;
        jobs.start<int>({"a", "Work", PageId::workload}, untilStopped, [](Result<int>) { QFAIL("delivered to nobody"); });
        jobs.start<int>({"a", "Work", PageId::workload}, untilStopped, [](Result<int>) { QFAIL("delivered to nobody"); });
    }

    void stripStopsTheJob() {
        JobRunner jobs;
        JobStrip strip(jobs);
        strip.resize(900, 32);
        strip.show();
        jobs.start<int>({"a", "Training volume models", PageId::forecast}, untilStopped, [](Result<int>) {});
        QTRY_VERIFY(strip.words().contains("waiting"));
        QTest::mouseClick(strip.stopButton(), Qt::LeftButton);
        QVERIFY(jobs.waitForIdle(5000));
        QVERIFY(strip.words().contains("stopped"));
        QVERIFY(!strip.stopButton()->isVisible());
    }

    // Logs show what they say while they are read; where reading fails, what was open is open again and the form stands.
    void readingShowsStages() {
        QTemporaryDir folder;
        Settings settings(folder.filePath("settings.ini"));
        std::atomic<bool> go = false, fails = true;
        auto actions = fixtures::actions();
        const auto whole = actions.newFromLogs;
        actions.newFromLogs = [&](ActionContext& context, const NewProjectRequest& request) -> Result<Contents> {
            Contents stage;
            stage.workload = whole(context, request)->workload;
            stage.readShare = 0.25;
            context.publish(stage);
            while (!go) std::this_thread::sleep_for(std::chrono::milliseconds(2));
            if (fails) return Error{ErrorCategory::io, "The disk is full.", "Make room.", {}};
            auto out = whole(context, request);
            if (out.ok()) out->readShare = 1;
            return out;
        };
        Document document(std::move(actions));
        MainWindow window(document, settings);
        window.resize(1200, 800);
        window.show();
        document.newFromLogs({});
        QTRY_COMPARE(window.current(), PageId::workload);
        QVERIFY(document.reading() && document.contents().workload && !document.contents().project);
        QTRY_VERIFY(!static_cast<PageView*>(window.page(PageId::workload))->answer().isEmpty());
        go = true;
        QTRY_COMPARE(window.current(), PageId::start);
        QVERIFY(!document.contents().workload && document.errorOf(PageId::start));
        fails = false;
        document.newFromLogs({});
        QTRY_VERIFY(document.contents().project.has_value());
        QVERIFY(!document.reading());
        QCOMPARE(window.current(), PageId::workload);
    }

    void documentPublishesParts() {
        std::vector<std::string> calls;
        Document document(fixtures::actions(&calls));
        QSignalSpy workload(&document, &Document::workloadChanged), advice(&document, &Document::adviceChanged), state(&document, &Document::pageStateChanged);
        document.openSample();
        QCOMPARE(document.stateOf(PageId::start), PageState::running);
        QVERIFY(document.jobs().waitForIdle(5000));
        QCOMPARE(workload.count(), 1);
        QCOMPARE(document.stateOf(PageId::workload), PageState::ready);
        QCOMPARE(document.stateOf(PageId::designs), PageState::empty);
        const auto before = workload.count();
        document.advise();
        QVERIFY(document.jobs().waitForIdle(5000));
        QCOMPARE(document.stateOf(PageId::designs), PageState::ready);
        QCOMPARE(workload.count(), before);                  // only what changed is told
        QVERIFY(state.count() > 3);
        Contents stale;
        stale.stale = std::set<PageId>{PageId::designs};
        document.apply(stale);
        QCOMPARE(document.stateOf(PageId::designs), PageState::stale);
        QCOMPARE(calls, (std::vector<std::string>{"openSample", "advise"}));
    }

    void stagedResults() {
        DocumentActions actions;
        actions.train = [](ActionContext& c, const TrainRequest&) -> Result<Contents> {
            Contents early;
            early.models = fixtures::models();
            c.publish(early);
            return untilStopped(c.job).error();
        };
        Document document(actions);
        document.replace(fixtures::onlyWorkload());
        document.train();
        QTRY_VERIFY(document.contents().models != nullptr);
        QVERIFY(document.jobs().runningOn(PageId::forecast));
        document.jobs().stopKey("train");
        QVERIFY(document.jobs().waitForIdle(5000));
        QVERIFY(!document.errorOf(PageId::forecast));         // stopped on request: no news
    }

    // The result of a job of the old project does not reach the new one.
    void anotherProjectForgetsOldJobs() {
        std::atomic<bool> go = false;
        DocumentActions actions;
        actions.advise = [&](ActionContext&, const AdviseRequest&) -> Result<Contents> {
            while (!go) std::this_thread::sleep_for(std::chrono::milliseconds(1));
            Contents out;
            out.advice = fixtures::advice();
            return out;
        };
        Document document(actions);
        document.replace(fixtures::onlyWorkload());
        document.advise();
        document.replace(fixtures::onlyWorkload());
        go = true;
        QVERIFY(document.jobs().waitForIdle(5000));
        QVERIFY(!document.contents().advice);
    }

    void contextChangesAreUndone() {
        Document document(fixtures::actions());
        document.replace(fixtures::all());
        ContextBar bar(document, {}, {});
        bar.show();
        bar.workloadBox()->setCurrentIndex(1);
        Q_EMIT bar.workloadBox()->activated(1);
        QCOMPARE(document.shownWorkload(), document.contents().forecast->workload);
        Q_EMIT bar.compareBox()->activated(1);
        QCOMPARE(document.context().value().compareWith, std::string("d1"));
        QCOMPARE(document.undoStack().count(), 2);
        document.undoStack().undo();
        document.undoStack().undo();
        QCOMPARE(document.shownWorkload(), document.contents().workload);
        QCOMPARE(bar.workloadBox()->currentIndex(), 0);
    }

    void navigation() {
        QTemporaryDir folder;
        Settings settings(folder.filePath("s.ini"));
        Document document(fixtures::actions());
        MainWindow window(document, settings);
        window.resize(1360, 860);
        window.show();
        QVERIFY(QTest::qWaitForWindowActive(&window));
        QTest::keyClick(&window, Qt::Key_5, Qt::ControlModifier);
        QCOMPARE(window.current(), PageId::designs);
        QTest::mouseClick(window.rail()->button(PageId::hotspots), Qt::LeftButton);
        QCOMPARE(window.current(), PageId::hotspots);
        QCOMPARE(window.rail()->button(PageId::hotspots)->accessibleName(), QString("Hotspots: empty"));
        document.replace(fixtures::all());
        QCOMPARE(window.rail()->button(PageId::hotspots)->accessibleName(), QString("Hotspots: ready"));
        QVERIFY(window.rail()->button(PageId::simulate)->toolTip().contains("stale"));
        QVERIFY(!window.rail()->folded());
        window.resize(1000, 700);
        QTRY_VERIFY(window.rail()->folded());
    }

    // The sample opens from the action search by keyboard alone.
    void actionSearch() {
        QTemporaryDir folder;
        Settings settings(folder.filePath("s.ini"));
        std::vector<std::string> calls;
        Document document(fixtures::actions(&calls));
        MainWindow window(document, settings);
        window.show();
        QVERIFY(QTest::qWaitForWindowActive(&window));
        QTest::keyClick(&window, Qt::Key_K, Qt::ControlModifier);
        auto* search = window.findChild<ActionSearch*>();
        QVERIFY(search && search->isVisible());
        const int all = search->matches();
        QTest::keyClicks(search->box(), "open sample");
        QVERIFY(search->matches() >= 1 && search->matches() < all);
        QTest::keyClick(search->box(), Qt::Key_Return);
        QVERIFY(!search->isVisible());
        QVERIFY(document.jobs().waitForIdle(5000));
        QCOMPARE(calls, std::vector<std::string>{"openSample"});
        QCOMPARE(settings.recent().size(), 0);               // its file is not there in this test
    }

    void shortcutsComeFromActions() {
        QTemporaryDir folder;
        Settings settings(folder.filePath("s.ini"));
        Document document(fixtures::actions());
        MainWindow window(document, settings);
        window.show();
        window.showShortcuts();
        const auto& rows = window.findChild<ShortcutsView*>()->shortcuts();
        const auto has = [&](const QString& words) { return std::any_of(rows.begin(), rows.end(), [&](const Shortcut& s) { return s.words == words && !s.keys.isEmpty(); }); };
        QVERIFY(has("Search actions") && has("Go to Hotspots") && has("Pin the tooltip"));
        std::set<QString> keys;
        for (const auto& s : rows) {
            if (s.where == "everywhere") QVERIFY2(keys.insert(s.keys).second, qPrintable(s.keys + " is taken twice"));
        }
    }

    // Verbs that are not bound are absent.
    void unboundVerbsAreAbsent() {
        QTemporaryDir folder;
        Settings settings(folder.filePath("s.ini"));
        Document document(DocumentActions{});
        MainWindow window(document, settings);
        window.show();
        for (const auto& found : actionsUnder(&window)) {
            // "Find designs first" leads to the page and is no verb.
            QVERIFY2(!found.words.contains("sample") && !found.words.contains("Train") && found.words != "Find designs", qPrintable(found.words));
        }
    }

    void everyControlHasAName() {
        QTemporaryDir folder;
        Settings settings(folder.filePath("s.ini"));
        Document document(fixtures::actions());
        MainWindow window(document, settings);
        window.show();
        document.replace(fixtures::all());
        for (const auto page : allPages) {
            window.goTo(page);
            for (auto* widget : window.findChildren<QWidget*>()) {
                const bool control = qobject_cast<QComboBox*>(widget) || qobject_cast<QAbstractItemView*>(widget) || qobject_cast<QToolButton*>(widget);
                if (!control || widget->inherits("QHeaderView") || !widget->isVisible() || widget->window() != &window) continue;
                auto* button = qobject_cast<QToolButton*>(widget);
                const bool named = !widget->accessibleName().isEmpty() || (button && !button->text().isEmpty());
                // The buttons inside tab bars, scroll bars and line edits are Qt's own.
                if (!named && button && (button->objectName().startsWith("qt_") || qobject_cast<QLineEdit*>(button->parentWidget()) || button->parentWidget()->inherits("QTabBar"))) continue;
                QVERIFY2(named, qPrintable(QString("%1 in %2").arg(widget->metaObject()->className(), titleOf(page))));
            }
        }
    }
};

QTEST_MAIN(TestFrame)
#include "test_ui_frame.moc"
