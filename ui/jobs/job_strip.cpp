#include "ui/jobs/job_strip.h"

#include <QBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QToolButton>

#include "ui/format/format.h"
#include "ui/jobs/job_list.h"
#include "ui/jobs/job_runner.h"
#include "ui/jobs/job_words.h"
#include "ui/theme/icons.h"
#include "ui/theme/metrics.h"

namespace foreshard::ui {

JobStrip::JobStrip(JobRunner& jobs, QWidget* parent)
    : QWidget(parent), jobs_(jobs), line_(new QLabel), findings_(new QLabel), bar_(new QProgressBar), stop_(new QToolButton), list_(new QToolButton) {
    setAccessibleName(tr("Jobs"));
    line_->setTextFormat(Qt::PlainText);
    line_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);   // a long stage must not widen the window
    line_->setAccessibleName(tr("Current job"));
    findings_->setForegroundRole(QPalette::PlaceholderText);
    bar_->setFixedWidth(160);
    bar_->setFixedHeight(10);
    bar_->setTextVisible(false);
    bar_->setAccessibleName(tr("Progress of the current job"));
    stop_->setIcon(icon("close"));
    stop_->setAutoRaise(true);
    stop_->setToolTip(tr("Stop this job"));
    stop_->setAccessibleName(tr("Stop this job"));
    list_->setAutoRaise(true);
    list_->setToolTip(tr("Show all jobs"));
    connect(stop_, &QToolButton::clicked, this, [this] { jobs_.stop(shown_); });
    connect(list_, &QToolButton::clicked, this, &JobStrip::showJobs);

    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(metrics::gap, 2, metrics::gap, 2);
    row->setSpacing(metrics::gap);
    row->addWidget(line_, 1);
    row->addWidget(bar_);
    row->addWidget(stop_);
    row->addSpacing(metrics::block);
    row->addWidget(findings_);
    row->addWidget(list_);
    setFixedHeight(32);
    for (const auto signal : {&JobRunner::started, &JobRunner::changed, &JobRunner::finished}) connect(&jobs_, signal, this, &JobStrip::refresh);
    refresh();
}

void JobStrip::refresh() {
    const JobInfo* current = nullptr;
    for (const auto& job : jobs_.jobs()) {
        if (job.state == JobState::running || job.state == JobState::stopping) current = &job;
    }
    const bool running = current != nullptr;
    if (!current && !jobs_.jobs().empty()) current = &jobs_.jobs().back();
    shown_ = current ? current->id : 0;
    const auto words = current ? jobLine(*current) : tr("Nothing is running");
    line_->setText(words);
    line_->setToolTip(words);
    line_->setForegroundRole(running ? QPalette::WindowText : QPalette::PlaceholderText);
    bar_->setVisible(running);
    stop_->setVisible(running);
    stop_->setEnabled(running && current->state == JobState::running);
    const bool known = running && current->fraction;
    bar_->setRange(0, known ? 1000 : 0);
    if (known) bar_->setValue(static_cast<int>(*current->fraction * 1000));
    list_->setText(plural(static_cast<uint64_t>(jobs_.runningCount()), tr("job"), tr("jobs")));
}

QString JobStrip::words() const { return line_->text(); }
void JobStrip::setFindings(const QString& words) { findings_->setText(words); }

void JobStrip::showJobs() {
    if (!popup_) popup_ = new JobListPopup(jobs_, this);
    popup_->showAbove(list_);
}

}  // namespace foreshard::ui
