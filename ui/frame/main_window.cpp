#include "ui/frame/main_window.h"

#include <QAction>
#include <QBoxLayout>
#include <QCloseEvent>
#include <QFileDialog>
#include <QStackedWidget>

#include "ui/document/document.h"
#include "ui/format/format.h"
#include "ui/frame/action_search.h"
#include "ui/frame/context_bar.h"
#include "ui/frame/navigation_rail.h"
#include "ui/frame/selection_panel.h"
#include "ui/settings/settings.h"
#include "ui/frame/shortcuts_view.h"
#include "ui/jobs/job_strip.h"
#include "ui/pages/designs/designs_page.h"
#include "ui/pages/forecast/forecast_page.h"
#include "ui/pages/hotspots/hotspots_page.h"
#include "ui/pages/migrate/migrate_page.h"
#include "ui/pages/monitor/monitor_page.h"
#include "ui/pages/report/report_page.h"
#include "ui/pages/simulate/simulate_page.h"
#include "ui/pages/start/start_page.h"
#include "ui/pages/workload/workload_page.h"
#include "ui/theme/icons.h"
#include "ui/theme/metrics.h"
#include "ui/theme/theme.h"

namespace foreshard::ui {

MainWindow::MainWindow(Document& document, Settings& settings, QWidget* parent) : QMainWindow(parent), document_(document), settings_(settings) {
    setObjectName("workbench");
    setWindowTitle(QStringLiteral("Foreshard"));
    setMinimumSize(800, 560);
    resize(1360, 860);
    const auto project = projectActions();
    const auto tools = toolActions();
    stack_ = new QStackedWidget;
    addPages();
    addPageActions();
    shortcuts_ = new ShortcutsView(this);
    stack_->addWidget(shortcuts_);
    search_ = new ActionSearch(this);
    buildLayout(project, tools);
    followDocument();
    if (const auto geometry = settings_.windowGeometry(); !geometry.isEmpty()) restoreGeometry(geometry);
    goTo(PageId::start);
}

QAction* MainWindow::add(const QString& iconName, const QString& words, const QKeySequence& keys, std::function<void()> act) {
    auto* action = new QAction(iconName.isEmpty() ? QIcon() : icon(iconName), words, this);
    if (!keys.isEmpty()) action->setShortcut(keys);
    connect(action, &QAction::triggered, this, [act = std::move(act)] { act(); });
    addAction(action);
    return action;
}

QList<QAction*> MainWindow::projectActions() {
    QList<QAction*> out;
    const auto& verbs = document_.actions();
    if (verbs.openSample) out << add("sample", tr("Open the sample"), {}, [this] { document_.openSample(); });
    if (verbs.freshSample) out << add({}, tr("Make the sample anew"), {}, [this] { document_.freshSample(); });
    if (verbs.open) out << add("open", tr("Open project…"), QKeySequence::Open, [this] { openByDialog(); });
    if (verbs.newFromLogs) {
        out << add("new", tr("New from logs…"), QKeySequence::New, [this] {
            goTo(PageId::start);
            static_cast<StartPage*>(page(PageId::start))->showForm();
        });
    }
    auto* undo = document_.undoStack().createUndoAction(this);
    undo->setObjectName(QStringLiteral("undo"));
    undo->setShortcut(QKeySequence::Undo);
    undo->setIcon(icon("undo"));
    auto* redo = document_.undoStack().createRedoAction(this);
    redo->setShortcuts({QKeySequence("Ctrl+Shift+Z"), QKeySequence("Ctrl+Y")});
    addActions({undo, redo});
    out << undo << redo;
    out << add({}, tr("Quit"), QKeySequence::Quit, [this] { close(); });
    return out;
}

QList<QAction*> MainWindow::toolActions() {
    auto* undo = findChild<QAction*>(QStringLiteral("undo"));
    auto* search = add("search", tr("Search actions"), QKeySequence("Ctrl+K"), [this] { showActionSearch(); });
    auto* theme = add("contrast", tr("Switch light and dark"), QKeySequence("Ctrl+Shift+L"),
                      [this] { setTheme(Theme::instance().dark() ? ThemeMode::light : ThemeMode::dark); });
    add({}, tr("High contrast colours"), {}, [this] { setTheme(ThemeMode::highContrast); });
    auto* help = add("help", tr("Keyboard shortcuts"), QKeySequence::HelpContents, [this] { showShortcuts(); });
    add({}, tr("Show or hide the selection panel"), QKeySequence("Ctrl+Shift+S"), [this] {
        selection_->setVisible(!selection_->isVisible());
        if (!tight_) settings_.setSelectionPanel(selection_->isVisible());
    });
    add("jobs", tr("Show all jobs"), QKeySequence("Ctrl+J"), [this] { strip_->showJobs(); });
    return {undo, search, theme, help};
}

void MainWindow::addPages() {
    pages_[PageId::start] = new StartPage(document_, settings_);
    pages_[PageId::workload] = new WorkloadPage(document_);
    pages_[PageId::hotspots] = new HotspotsPage(document_, settings_);
    pages_[PageId::forecast] = new ForecastPage(document_);
    pages_[PageId::designs] = new DesignsPage(document_);
    pages_[PageId::simulate] = new SimulatePage(document_);
    pages_[PageId::migrate] = new MigratePage(document_);
    pages_[PageId::monitor] = new MonitorPage(document_);
    pages_[PageId::report] = new ReportPage(document_);
    for (auto& [id, view] : pages_) {
        stack_->addWidget(view);
        connect(view, &PageView::goTo, this, &MainWindow::goTo);
    }
}

void MainWindow::addPageActions() {
    for (const auto id : allPages) {
        const int number = static_cast<int>(id) + 1;
        add(iconOf(id), tr("Go to %1").arg(titleOf(id)), QKeySequence(QStringLiteral("Ctrl+%1").arg(number)), [this, id] { goTo(id); });
    }
}

void MainWindow::buildLayout(const QList<QAction*>& project, const QList<QAction*>& tools) {
    bar_ = new ContextBar(document_, project, tools);
    rail_ = new NavigationRail;
    selection_ = new SelectionPanel(document_);
    selection_->setVisible(settings_.selectionPanel());
    strip_ = new JobStrip(document_.jobs());
    auto* middle = new QHBoxLayout;
    middle->setSpacing(0);
    middle->addWidget(rail_);
    middle->addWidget(stack_, 1);
    middle->addWidget(selection_);
    auto* central = new QWidget;
    auto* column = new QVBoxLayout(central);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(bar_);
    column->addLayout(middle, 1);
    auto* line = new QFrame;
    line->setFixedHeight(1);
    line->setAutoFillBackground(true);
    line->setBackgroundRole(QPalette::Mid);
    column->addWidget(line);
    column->addWidget(strip_);
    setCentralWidget(central);
    connect(rail_, &NavigationRail::chosen, this, &MainWindow::goTo);
    connect(selection_, &SelectionPanel::goTo, this, &MainWindow::goTo);
}

void MainWindow::followDocument() {
    connect(&document_, &Document::pageStateChanged, this, [this](PageId id) { rail_->setState(id, document_.stateOf(id)); });
    for (const auto id : allPages) rail_->setState(id, document_.stateOf(id));
    connect(&document_, &Document::projectChanged, this, [this] {
        const auto& project = document_.contents().project;
        setWindowTitle(project ? text(project->name) + QStringLiteral(" – Foreshard") : QStringLiteral("Foreshard"));
        if (!project) {
            // Logs are being read: what they say so far is worth a look.
            if (document_.reading() && current() == PageId::start) goTo(PageId::workload), fromStart_ = true;
            return;
        }
        fromStart_ = false;
        remember();
        if (current() == PageId::start) goTo(document_.contents().workload ? PageId::hotspots : PageId::workload);
    });
    connect(&document_, &Document::errorChanged, this, [this](PageId id) {
        if (id == PageId::start && document_.errorOf(id) && std::exchange(fromStart_, false)) goTo(id);   // where the form still stands
    });
    connect(&document_, &Document::hotspotsChanged, this, &MainWindow::tellFindings);
    connect(&document_, &Document::monitorChanged, this, &MainWindow::tellFindings);
    tellFindings();
}

void MainWindow::tellFindings() {
    const auto& c = document_.contents();
    const size_t spots = c.hotspots ? c.hotspots->size() : 0, findings = c.monitor ? c.monitor->findings.size() : 0;
    QStringList words;
    if (spots) words << plural(spots, tr("hotspot"), tr("hotspots"));
    if (findings) words << plural(findings, tr("finding"), tr("findings"));
    strip_->setFindings(words.isEmpty() ? tr("no findings") : words.join(QStringLiteral(" · ")));
}

// Hidden while all of it still lives: hiding tells header views and scroll areas, which ask their pages.
MainWindow::~MainWindow() { hide(); }

void MainWindow::goTo(PageId id) {
    stack_->setCurrentWidget(pages_.at(id));
    rail_->setCurrent(id);
    bar_->setUse(pages_.at(id)->contextUse());
}

PageId MainWindow::current() const {
    const auto* view = qobject_cast<PageView*>(stack_->currentWidget());
    return view ? view->id() : PageId::start;
}

void MainWindow::showActionSearch() { search_->open(); }

void MainWindow::showShortcuts() {
    shortcuts_->refresh();
    stack_->setCurrentWidget(shortcuts_);
    const auto none = tr("The list of shortcuts shows no data.");
    bar_->setUse({none, none, none});
}

void MainWindow::openByDialog() {
    const auto path = QFileDialog::getOpenFileName(this, tr("Open project"), {}, tr("Foreshard projects (*.foreshard);;All files (*)"));
    if (!path.isEmpty()) document_.open(path.toStdString());
}

void MainWindow::setTheme(ThemeMode mode) {
    Theme::instance().apply(mode);
    settings_.setThemeMode(mode);
}

void MainWindow::remember() {
    const auto& project = *document_.contents().project;
    settings_.addRecent(text(project.path.string()), text(project.name));
}

void MainWindow::resizeEvent(QResizeEvent* event) {
    QMainWindow::resizeEvent(event);
    if (!rail_) return;
    const bool narrow = width() < metrics::railFoldsBelow, tight = width() < metrics::selectionHidesBelow;
    if (narrow != rail_->folded()) rail_->setFolded(narrow);
    if (tight == tight_) return;             // in between, the reader shows and hides the panel
    tight_ = tight;
    selection_->setVisible(!tight && settings_.selectionPanel());
}

void MainWindow::closeEvent(QCloseEvent* event) {
    settings_.setWindowGeometry(saveGeometry());
    event->accept();
}

}  // namespace foreshard::ui
