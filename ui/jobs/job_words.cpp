#include "ui/jobs/job_words.h"

#include <QCoreApplication>
#include <QStringList>

#include "ui/format/format.h"

namespace foreshard::ui {

namespace {
QString tr(const char* words) { return QCoreApplication::translate("Jobs", words); }
}  // namespace

QString jobStateWords(const JobInfo& job) {
    switch (job.state) {
        case JobState::running: return tr("running");
        case JobState::stopping: return tr("stopping");
        case JobState::done: return tr("done in %1").arg(seconds(job.seconds));
        case JobState::cancelled: return tr("stopped");
        case JobState::failed: break;
    }
    return job.error ? tr("failed: %1").arg(text(job.error->message)) : tr("failed");
}

QString jobStageWords(const JobInfo& job) {
    const auto& p = job.progress;
    QStringList parts;
    if (!p.pass.empty()) parts << text(p.pass);
    if (p.total > 0 && p.unit == "bytes") {
        parts << tr("%1 of %2").arg(bytes(static_cast<double>(p.done)), bytes(static_cast<double>(p.total)));
    } else if (p.total > 0 && !p.unit.empty()) {
        parts << tr("%1 of %2 %3").arg(number(static_cast<double>(p.done)), number(static_cast<double>(p.total)), text(p.unit));
    }
    return parts.join(QStringLiteral(" · "));
}

QString jobLine(const JobInfo& job) {
    QStringList parts{job.title};
    if (job.state == JobState::running) {
        if (const auto stage = jobStageWords(job); !stage.isEmpty()) parts << stage;
        if (job.secondsLeft && *job.secondsLeft >= 1) parts << tr("%1 left").arg(seconds(std::ceil(*job.secondsLeft)));
    } else {
        parts << jobStateWords(job);
    }
    return parts.join(QStringLiteral(" · "));
}

}  // namespace foreshard::ui
