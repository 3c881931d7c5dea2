#include "ui/pages/start/start_page.h"

#include <QBoxLayout>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QListWidget>
#include <QMimeData>
#include <QStackedWidget>

#include "ui/format/format.h"
#include "ui/settings/settings.h"
#include "ui/heatmap/heat_source.h"
#include "ui/heatmap/heat_thumbnail.h"
#include "ui/pages/start/new_project_form.h"
#include "ui/theme/icons.h"
#include "ui/theme/metrics.h"
#include "ui/theme/theme.h"
#include "ui/widgets/page_parts.h"

namespace foreshard::ui {

namespace {

constexpr QSize pictureSize{192, 108};

QString fileFor(QString thumbnail, bool dark) { return dark ? thumbnail : thumbnail.replace(QStringLiteral(".png"), QStringLiteral("-light.png")); }

// The heat map in the theme's colours; where none was saved, a plain card with a small icon.
QIcon pictureOf(const QString& thumbnail) {
    const QPixmap saved(fileFor(thumbnail, Theme::instance().dark()));
    if (!saved.isNull()) return QIcon(saved);
    constexpr int size = 40;
    QPixmap card(pictureSize);
    card.fill(Theme::instance().colours().raised);
    QPainter painter(&card);
    painter.drawPixmap((card.width() - size) / 2, (card.height() - size) / 2, icon(QStringLiteral("hotspots")).pixmap(QSize(size, size), QIcon::Disabled));
    return QIcon(card);
}

}  // namespace

StartPage::StartPage(Document& document, Settings& settings, QWidget* parent)
    : PageView(PageId::start, document, parent), settings_(settings), recent_(new QListWidget), form_(new NewProjectForm(document.actions(), settings)) {
    setAcceptDrops(true);
    welcome_ = buildWelcome();
    setContent(welcome_);
    body()->addWidget(form_);
    showContent(true);
    setAnswer({});
    connect(form_, &NewProjectForm::cancelled, this, [this] { body()->setCurrentWidget(welcome_); });
    connect(form_, &NewProjectForm::wanted, this, [this](const NewProjectRequest& request) { this->document().newFromLogs(request); });
    connect(recent_, &QListWidget::itemActivated, this, [this](QListWidgetItem* item) {
        this->document().open(item->data(Qt::UserRole).toString().toStdString());
    });
    follow(&Document::projectChanged);
    connect(&Theme::instance(), &Theme::changed, this, &StartPage::invalidate);
    connect(&document, &Document::projectChanged, this, [this] {
        if (contents().project) body()->setCurrentWidget(welcome_);
    });
    connect(&document, &Document::workloadChanged, this, &StartPage::saveThumbnail);
}

QWidget* StartPage::buildWelcome() {
    auto* page = new QWidget;
    auto* left = new QVBoxLayout;
    left->setSpacing(metrics::gap);
    auto* title = new ScaledLabel(metrics::titleText, true);
    title->setText(QStringLiteral("Foreshard"));
    left->addWidget(title);
    auto* about = new ScaledLabel(1.0, false);
    about->setText(tr("Reads query logs and a schema, foresees where the load is going, finds sharding keys that serve it, and takes the chosen design to a reviewed, verified migration."));
    left->addWidget(about);
    left->addSpacing(metrics::gap);
    const auto& verbs = document().actions();
    bool primary = true;
    const auto offer = [&](const QString& iconName, const QString& words, const QString& says, std::function<void()> act) {
        auto* action = makeAction(iconName, words, std::move(act));
        left->addWidget(actionButton(action, primary));
        left->addWidget(new QuietLabel(says));
        left->addSpacing(metrics::inner);
        primary = false;
    };
    if (verbs.openSample) {
        offer("sample", tr("Open the sample"), tr("Forty shops in one database, two weeks of log, one growing tenant and a flash sale."),
              [this] { document().openSample(); });
    }
    if (verbs.newFromLogs) {
        offer("new", tr("New from logs…"), tr("Logs of PostgreSQL, MySQL, MariaDB, SQLite or Vitess, or a table of statements, with DDL or a SQLite database."), [this] { showForm(); });
    }
    if (verbs.open) {
        offer("open", tr("Open project…"), tr("A .foreshard file."), [this] {
            const auto path = QFileDialog::getOpenFileName(this, tr("Open project"), {}, tr("Foreshard projects (*.foreshard);;All files (*)"));
            if (!path.isEmpty()) document().open(path.toStdString());
        });
    }
    left->addSpacing(metrics::gap);
    left->addWidget(new QuietLabel(tr("Or drop files anywhere on this page: logs, DDL, a SQLite database, or a project. Nothing is read in full before you say so.")));
    left->addStretch(1);

    recent_->setViewMode(QListView::IconMode);
    recent_->setResizeMode(QListView::Adjust);
    recent_->setMovement(QListView::Static);
    recent_->setIconSize(pictureSize);
    recent_->setGridSize({212, 164});
    recent_->setWordWrap(true);
    recent_->setUniformItemSizes(true);
    recent_->setAccessibleName(tr("Recent projects"));
    recent_->setFrameShape(QFrame::NoFrame);
    recent_->viewport()->setBackgroundRole(QPalette::Window);
    auto* right = new QVBoxLayout;
    right->setSpacing(metrics::gap);
    right->addWidget(new Heading(tr("Recent projects")));
    noRecent_ = new QuietLabel(tr("Projects that you open appear here, each with a picture of its heat map."));
    right->addWidget(noRecent_, 1, Qt::AlignTop);
    right->addWidget(recent_, 1);

    auto* row = new QHBoxLayout(page);
    row->setContentsMargins(metrics::gap, metrics::block, 0, metrics::gap);
    row->setSpacing(metrics::block * 2);
    auto* narrow = new QWidget;
    narrow->setFixedWidth(360);
    left->setContentsMargins(0, 0, 0, 0);
    narrow->setLayout(left);
    row->addWidget(narrow);
    row->addLayout(right, 1);
    return page;
}

void StartPage::showForm() {
    body()->setCurrentWidget(form_);
    form_->setFocus();
}

void StartPage::refresh() { fillRecent(); }

void StartPage::showEvent(QShowEvent* event) {
    fillRecent();                          // another window may have opened something meanwhile
    PageView::showEvent(event);
}

void StartPage::fillRecent() {
    recent_->clear();
    for (const auto& project : settings_.recent()) {
        auto* item = new QListWidgetItem(pictureOf(settings_.thumbnailPath(project.path)), project.name, recent_);
        const auto opened = QLocale::c().toString(project.opened.toLocalTime(), "d MMM yyyy HH:mm");
        item->setText(project.name + QLatin1Char('\n') + opened);
        item->setToolTip(project.path);
        item->setData(Qt::UserRole, project.path);
        item->setData(Qt::AccessibleTextRole, tr("%1, opened %2").arg(project.name, opened));
    }
    recent_->setVisible(recent_->count() > 0);
    noRecent_->setVisible(recent_->count() == 0);
}

void StartPage::saveThumbnail() {
    const auto& c = contents();
    if (!c.project || !c.workload) return;
    const auto file = settings_.thumbnailPath(text(c.project->path.string()));
    prepare<bool>(QStringLiteral("thumbnail"), [workload = c.workload, file] {
        const auto grid = heatGrid(*workload, nullptr, {.maxRows = 64});
        const auto save = [&](ThemeMode mode) { return heatThumbnail(grid, pictureSize * 2, mode).save(fileFor(file, mode == ThemeMode::dark)); };
        return !grid.empty() && save(ThemeMode::light) && save(ThemeMode::dark);
    }, [this](bool saved) { if (saved) fillRecent(); });
}

void StartPage::dragEnterEvent(QDragEnterEvent* event) {
    if (event->mimeData()->hasUrls()) event->acceptProposedAction();
}

void StartPage::dropEvent(QDropEvent* event) {
    QList<std::filesystem::path> paths;
    for (const auto& url : event->mimeData()->urls()) {
        if (url.isLocalFile()) paths << std::filesystem::path(url.toLocalFile().toStdString());
    }
    event->acceptProposedAction();
    take(paths);
}

void StartPage::take(const QList<std::filesystem::path>& paths) {
    const auto& verbs = document().actions();
    for (const auto& path : paths) {
        const bool project = verbs.identify ? verbs.identify(path).kind == FileKind::project : path.extension() == ".foreshard";
        if (project && verbs.open) return document().open(path);
    }
    if (!verbs.newFromLogs) return;
    showForm();
    for (const auto& path : paths) form_->addFile(path);
}

}  // namespace foreshard::ui
