#include "ui/pages/report/report_page.h"

#include <QAction>
#include <QBoxLayout>
#include <QFileDialog>
#include <QListWidget>
#include <QScrollBar>
#include <QSignalBlocker>
#include <QSplitter>
#include <QTextBrowser>
#include <QTextOption>
#include <QTimer>

#include "ui/format/format.h"
#include "ui/pages/report/report_preview.h"
#include "ui/theme/metrics.h"
#include "ui/theme/theme.h"
#include "ui/widgets/page_parts.h"

namespace foreshard::ui {

ReportPage::ReportPage(Document& document, QWidget* parent) : PageView(PageId::report, document, parent) {
    later_ = new QTimer(this);
    later_->setSingleShot(true);
    later_->setInterval(300);              // ticks of several sections become one preview
    connect(later_, &QTimer::timeout, this, &ReportPage::makeReport);
    prepare_ = makeAction("report", tr("Prepare the report"), [this] { makeReport(); });
    export_ = makeAction("export", tr("Export report…"), [this] {
        const auto path = QFileDialog::getSaveFileName(this, tr("Export report"), tr("report.html"), tr("HTML (*.html);;Markdown (*.md);;CSV (*.csv);;JSON (*.json)"));
        if (!path.isEmpty()) this->document().report({chosen(), path.toStdString()});
    });
    const bool bound = document.actions().report != nullptr;
    prepare_->setVisible(bound);
    export_->setVisible(bound);
    setContent(buildContent());
    setEmptyState(new EmptyState("report", tr("Here the report will be: what was found, what was decided and what was moved, for those who read it later."), prepare_));
    addTopAction(export_, true);
    setRefreshAction(prepare_);
    follow(&Document::reportChanged, &Document::workloadChanged);
    connect(&Theme::instance(), &Theme::changed, this, [this] {
        previewOf_.reset();
        invalidate();
    });
}

QWidget* ReportPage::buildContent() {
    sections_ = new QListWidget;
    sections_->setAccessibleName(tr("Sections of the report"));
    connect(sections_, &QListWidget::itemChanged, this, [this] { later_->start(); });
    preview_ = new QTextBrowser;
    preview_->setOpenLinks(false);
    preview_->setWordWrapMode(QTextOption::WordWrap);      // never within a word
    preview_->setAccessibleName(tr("Preview of the report"));
    connect(preview_, &QTextBrowser::anchorClicked, this, [this](const QUrl& url) { preview_->scrollToAnchor(url.fragment()); });
    empty_ = new QuietLabel;
    empty_->setWordWrap(true);
    empty_->setAccessibleName(tr("Sections with nothing to say"));
    auto* left = new QWidget;
    auto* column = new QVBoxLayout(left);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(metrics::gap);
    column->addWidget(sections_, 1);
    column->addWidget(empty_);
    auto* splitter = new QSplitter;
    splitter->addWidget(left);
    splitter->addWidget(preview_);
    splitter->setStretchFactor(1, 1);
    splitter->setChildrenCollapsible(false);
    splitter->setSizes({240, 820});
    return splitter;
}

std::vector<std::string> ReportPage::chosen() const {
    std::vector<std::string> out;
    for (int i = 0; i < sections_->count(); ++i) {
        if (sections_->item(i)->checkState() == Qt::Checked) out.push_back(sections_->item(i)->data(Qt::UserRole).toString().toStdString());
    }
    return out;
}

QString ReportPage::emptyWords() const { return empty_->text(); }

void ReportPage::showPreview() {
    const auto& report = contents().report;
    if (previewOf_ == report) return;
    previewOf_ = report;
    constexpr int widest = 960;
    const int width = std::clamp(preview_->viewport()->width() - 4 * metrics::block, 320, widest);
    prepare<ReportPreview>(QStringLiteral("report preview"), [report, width, ratio = devicePixelRatioF(), dark = Theme::instance().dark()] { return reportPreview(text(report->html), width, ratio, dark); },
                           [this](const ReportPreview& made) {
        const int position = preview_->verticalScrollBar()->value();
        auto* page = preview_->document();
        page->setDefaultStyleSheet(previewStyle());
        page->clear();
        for (qsizetype n = 0; n < made.pictures.size(); ++n) page->addResource(QTextDocument::ImageResource, QUrl(pictureUrl(n)), made.pictures[n]);
        preview_->setHtml(made.html);
        page->setDocumentMargin(metrics::block);
        preview_->verticalScrollBar()->setValue(position);
    });
}

void ReportPage::makeReport() { document().report({chosen(), {}}); }

bool ReportPage::waiting() const { return later_->isActive(); }

void ReportPage::refresh() {
    const auto& c = contents();
    const bool running = document().stateOf(PageId::report) == PageState::running;
    prepare_->setEnabled(c.workload && !document().reading() && !running);
    prepare_->setToolTip(c.workload ? QString() : tr("Needs a workload: read logs first"));
    export_->setEnabled(c.report != nullptr);
    showContent(c.report != nullptr);
    if (!c.report) return;
    const QSignalBlocker quiet(sections_);
    sections_->clear();
    size_t inFile = 0;
    QStringList empty;
    for (const auto& section : c.report->sections) {
        auto* item = new QListWidgetItem(section.whyEmpty.empty() ? text(section.title) : tr("%1 (empty)").arg(text(section.title)), sections_);
        item->setData(Qt::UserRole, text(section.id));
        item->setSizeHint({0, metrics::rowHeight});
        item->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsUserCheckable);
        item->setCheckState(section.included ? Qt::Checked : Qt::Unchecked);
        inFile += section.inFile();
        if (section.included && !section.inFile()) {
            empty << tr("%1 is empty and not in the file: %2.").arg(text(section.title), text(section.whyEmpty));
            item->setToolTip(empty.back());
        }
    }
    empty_->setText(empty.join(QLatin1Char('\n')));
    empty_->setVisible(!empty.isEmpty());
    showPreview();
    setAnswer(tr("The report has %1 of %2.").arg(inFile).arg(plural(c.report->sections.size(), tr("section"), tr("sections"))));
}

}  // namespace foreshard::ui
