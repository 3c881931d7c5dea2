#include "ui/pages/start/new_project_form.h"

#include <QBoxLayout>
#include <QCheckBox>
#include <QComboBox>
#include <QFileDialog>
#include <QFormLayout>
#include <QLineEdit>
#include <QPushButton>

#include "core/schema/postgres_connection.h"
#include "ui/format/format.h"
#include "ui/pages/start/mapping_form.h"
#include "ui/theme/icons.h"
#include "ui/theme/metrics.h"
#include "ui/widgets/notice.h"
#include "ui/widgets/page_parts.h"
#include "ui/widgets/table_panel.h"

namespace foreshard::ui {

FileKind kindByName(const std::filesystem::path& path) {
    auto name = text(path.filename().string()).toLower();
    for (const auto* packed : {".gz", ".xz", ".zst"}) {
        if (name.endsWith(QLatin1String(packed))) name.chop(static_cast<int>(qstrlen(packed)));
    }
    if (name.endsWith(".foreshard")) return FileKind::project;
    if (name.endsWith(".csv")) return FileKind::csvlog;
    if (name.endsWith(".json")) return FileKind::jsonlog;
    if (name.endsWith(".log")) return FileKind::stderrLog;
    if (name.endsWith(".sql") || name.endsWith(".ddl")) return FileKind::ddl;
    if (name.endsWith(".db") || name.endsWith(".sqlite") || name.endsWith(".sqlite3")) return FileKind::sqlite;
    return FileKind::unknown;
}

bool isLog(FileKind kind) { return kind == FileKind::csvlog || kind == FileKind::jsonlog || kind == FileKind::stderrLog || kind == FileKind::table || kind == FileKind::unknown; }
bool isSchema(FileKind kind) { return kind == FileKind::ddl || kind == FileKind::sqlite; }

NewProjectForm::NewProjectForm(const DocumentActions& actions, Settings& settings, QWidget* parent)
    : QWidget(parent), actions_(actions), project_(new QLineEdit), server_(new QLineEdit), prefix_(new QLineEdit), sampleRate_(new QLineEdit), minDuration_(new QLineEdit),
      format_(new QComboBox), mapping_(new MappingForm(settings)), pooled_(new QCheckBox(tr("Behind a pooler: one server session serves many clients"))), notice_(new Notice) {
    files_.addColumn({tr("File"), {}, {}, ColumnKind::text, 320}, [](const DroppedFile& f) { return Cell::words(text(f.path.filename().string()), text(f.path.string())); });
    files_.addColumn({tr("What it is")}, [](const DroppedFile& f) { return Cell::words(text(f.what)); });
    files_.addColumn({tr("Used as"), {}, {}, ColumnKind::text, 120}, [](const DroppedFile& f) { return Cell::words(isSchema(f.kind) ? tr("schema") : tr("log")); });
    table_ = new TablePanel(tr("Files"), &files_);
    table_->setFilterVisible(false);
    table_->setStretchColumn(1);

    auto* addFiles = new QPushButton(icon("open"), tr("Add files…"));
    connect(addFiles, &QPushButton::clicked, this, [this] {
        for (const auto& path : QFileDialog::getOpenFileNames(this, tr("Add logs and schemas"))) addFile(path.toStdString());
    });
    auto* remove = new QPushButton(tr("Remove"));
    connect(remove, &QPushButton::clicked, this, &NewProjectForm::removeCurrent);
    start_ = new QPushButton(icon("play"), tr("Read the logs"));
    start_->setDefault(true);
    connect(start_, &QPushButton::clicked, this, [this] {
        if (const auto wantedNow = request()) Q_EMIT wanted(*wantedNow);
    });
    auto* cancel = new QPushButton(tr("Cancel"));
    connect(cancel, &QPushButton::clicked, this, &NewProjectForm::cancelled);
    auto* fileButtons = new QHBoxLayout;
    fileButtons->addWidget(addFiles);
    fileButtons->addWidget(remove);
    fileButtons->addStretch(1);
    auto* buttons = new QHBoxLayout;
    buttons->addStretch(1);
    buttons->addWidget(cancel);
    buttons->addWidget(start_);

    auto* title = new AnswerLine;
    title->setText(tr("New project: logs say what happens, a schema says on which tables."));
    auto* column = new QVBoxLayout(this);
    column->setSpacing(metrics::gap);
    column->addWidget(title);
    column->addWidget(table_, 1);
    column->addLayout(fileButtons);
    column->addWidget(mapping_, 1);
    mapping_->hide();
    connect(mapping_, &MappingForm::changed, this, &NewProjectForm::update);
    column->addWidget(buildOptions());
    column->addWidget(notice_);
    column->addLayout(buttons);
    update();
}

QWidget* NewProjectForm::buildOptions() {
    auto* box = new QWidget;
    auto* form = new QFormLayout(box);
    form->setContentsMargins(0, metrics::gap, 0, 0);
    form->setVerticalSpacing(metrics::gap);
    auto* path = new QHBoxLayout;
    project_->setPlaceholderText(tr("shop.foreshard"));
    auto* choose = new QPushButton(tr("Choose…"));
    connect(choose, &QPushButton::clicked, this, [this] {
        const auto file = QFileDialog::getSaveFileName(this, tr("Save the project as"), project_->text(), tr("Foreshard projects (*.foreshard)"));
        if (!file.isEmpty()) project_->setText(file);
    });
    path->addWidget(project_, 1);
    path->addWidget(choose);
    form->addRow(tr("Project file"), path);
    server_->setPlaceholderText(tr("none; or postgresql:host=db dbname=shop, whose schema and statistics are read"));
    server_->setToolTip(tr("Nothing is written there. A password stays in ~/.pgpass or a service file of libpq."));
    form->addRow(tr("Live PostgreSQL"), server_);
    for (const auto* name : {"auto", "csvlog", "jsonlog", "stderr", "syslog", "mysql-general", "mysql-slow", "sqlite-trace", "vtgate", "table", "ndjson"}) format_->addItem(QString::fromLatin1(name));
    form->addRow(tr("Log format"), format_);
    prefix_->setPlaceholderText(tr("found; or log_line_prefix as the server has it, such as %m [%p] %q%u@%d"));
    form->addRow(tr("Line prefix (stderr)"), prefix_);
    sampleRate_->setPlaceholderText(tr("found; or log_statement_sample_rate, 0 to 1"));
    form->addRow(tr("Sample rate"), sampleRate_);
    minDuration_->setPlaceholderText(tr("found; or log_min_duration_statement in ms"));
    form->addRow(tr("Duration threshold [ms]"), minDuration_);
    form->addRow({}, pooled_);
    project_->setAccessibleName(tr("Project file"));
    server_->setAccessibleName(tr("Live PostgreSQL"));
    connect(server_, &QLineEdit::textChanged, this, &NewProjectForm::update);
    connect(project_, &QLineEdit::textChanged, this, &NewProjectForm::update);
    connect(format_, &QComboBox::currentIndexChanged, this, &NewProjectForm::showMapping);
    return box;
}

void NewProjectForm::addFile(const std::filesystem::path& path) {
    auto rows = files_.rows();
    for (const auto& known : rows) {
        if (known.path == path) return;
    }
    DroppedFile file = actions_.identify ? actions_.identify(path) : DroppedFile{path, kindByName(path), {}};
    file.path = path;
    if (file.what.empty()) file.what = isSchema(file.kind) ? "schema" : "log, format found on reading";
    rows.push_back(std::move(file));
    if (project_->text().isEmpty()) project_->setText(text((path.parent_path() / path.stem()).string()) + QStringLiteral(".foreshard"));
    const auto* table = rows.back().table ? &*rows.back().table : nullptr;
    if (table && format_->currentIndex() == 0) format_->setCurrentText(QLatin1String(ingest::toString(table->format)));
    files_.setRows(std::move(rows));
    showMapping();
}

// The first file that is read by columns shows its rows; all others are read as it is.
void NewProjectForm::showMapping() {
    const auto wanted = format_->currentText();
    const auto& rows = files_.rows();
    const auto first = std::find_if(rows.begin(), rows.end(), [&](const auto& f) { return f.table && wanted == QLatin1String(ingest::toString(f.table->format)); });
    const bool mapped = first != rows.end();
    if (mapped && (!mapping_->isVisibleTo(this) || !(mapped_ == first->table))) {
        mapped_ = first->table;
        mapping_->setPreview(*mapped_);
    }
    mapping_->setVisible(mapped);
    update();
}

void NewProjectForm::removeCurrent() {
    const int row = table_->currentRow();
    auto rows = files_.rows();
    if (row < 0 || row >= static_cast<int>(rows.size())) return;
    rows.erase(rows.begin() + row);
    files_.setRows(std::move(rows));
    showMapping();
}

void NewProjectForm::update() {
    const auto& rows = files_.rows();
    const bool log = std::any_of(rows.begin(), rows.end(), [](const auto& f) { return isLog(f.kind); });
    const bool byColumns = format_->currentText() == QLatin1String("table") || format_->currentText() == QLatin1String("ndjson");
    const auto missing = !log ? tr("Add at least one log file")
                         : project_->text().trimmed().isEmpty() ? tr("Say where to keep the project")
                         : !server_->text().trimmed().isEmpty() && !schema::isPostgresUri(server_->text().trimmed().toStdString()) ? tr("A live server is written postgresql:host=db dbname=shop")
                         : !byColumns ? QString()
                         : mapping_->isHidden() ? tr("None of the files is a table whose first line names its columns, or JSON lines")
                                                : mapping_->problem();
    start_->setEnabled(missing.isEmpty());
    start_->setToolTip(missing);
}

std::optional<NewProjectRequest> NewProjectForm::request() {
    NewProjectRequest out;
    out.project = project_->text().trimmed().toStdString();
    for (const auto& file : files_.rows()) (isSchema(file.kind) ? out.schemas : out.logs).push_back(file.path);
    if (const auto server = server_->text().trimmed(); !server.isEmpty()) out.schemas.push_back(server.toStdString());
    out.format = format_->currentText().toStdString();
    if (!mapping_->isHidden()) {
        out.columns = mapping_->columns();
        mapping_->remember();
    }
    out.linePrefix = prefix_->text().toStdString();
    out.pooled = pooled_->isChecked();
    const auto figure = [this](QLineEdit* box, double low, double high, const QString& sentence) -> std::optional<std::optional<double>> {
        if (box->text().trimmed().isEmpty()) return std::optional<double>();
        bool ok = false;
        const double v = box->text().toDouble(&ok);
        if (ok && v > low && v <= high) return v;
        notice_->show(NoticeKind::error, sentence);
        box->setFocus();
        return std::nullopt;
    };
    notice_->hide();
    const auto rate = figure(sampleRate_, 0, 1, tr("A sample rate lies above 0 and is at most 1."));
    const auto threshold = rate ? figure(minDuration_, -1e-9, 1e9, tr("A duration threshold is a number of milliseconds.")) : std::nullopt;
    if (!rate || !threshold) return std::nullopt;
    out.sampleRate = *rate;
    out.minDurationMs = *threshold;
    return out;
}

}  // namespace foreshard::ui
