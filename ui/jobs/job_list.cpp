#include "ui/jobs/job_list.h"

#include <QBoxLayout>

#include "ui/format/format.h"
#include "ui/jobs/job_words.h"
#include "ui/theme/metrics.h"
#include "ui/widgets/table_panel.h"

namespace foreshard::ui {

void describeJobs(RowsModel<JobInfo>& model) {
    model.addColumn({QObject::tr("Job"), {}, {}, ColumnKind::text, 200}, [](const JobInfo& j) { return Cell::words(j.title); });
    model.addColumn({QObject::tr("State"), {}, {}, ColumnKind::text, 260}, [](const JobInfo& j) {
        const auto words = jobStateWords(j);
        return Cell::words(words, words);
    });
    model.addColumn({QObject::tr("Stage"), {}, {}, ColumnKind::text, 220}, [](const JobInfo& j) { return Cell::words(jobStageWords(j)); });
    model.addColumn({QObject::tr("Time"), {}, QObject::tr("Wall time since the job began"), ColumnKind::number},
                    [](const JobInfo& j) { return Cell::number(j.seconds, seconds(j.seconds)); });
    model.setIdentity([](const JobInfo& j) { return QVariant::fromValue<quint64>(j.id); });
}

JobListPopup::JobListPopup(JobRunner& jobs, QWidget* parent) : QFrame(parent, Qt::Popup), jobs_(jobs) {
    describeJobs(model_);
    table_ = new TablePanel(tr("Jobs"), &model_);
    table_->setFilterVisible(false);
    setFrameShape(QFrame::StyledPanel);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(metrics::gap, metrics::gap, metrics::gap, metrics::gap);
    column->addWidget(table_);
    resize(820, 260);
    for (const auto signal : {&JobRunner::started, &JobRunner::changed, &JobRunner::finished}) {
        connect(&jobs_, signal, this, [this] { if (isVisible()) refresh(); });
    }
}

void JobListPopup::showAbove(QWidget* anchor) {
    refresh();
    const auto corner = anchor->mapToGlobal(QPoint(anchor->width(), 0));
    move(std::max(0, corner.x() - width()), std::max(0, corner.y() - height() - metrics::inner));
    show();
    table_->view()->setFocus();
}

void JobListPopup::refresh() {
    auto rows = jobs_.jobs();
    std::reverse(rows.begin(), rows.end());
    model_.updateRows(std::move(rows));
}

}  // namespace foreshard::ui
