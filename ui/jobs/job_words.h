// Jobs in words: the line of the strip and the rows of the jobs list.
#pragma once

#include <QString>

#include "ui/jobs/job_runner.h"

namespace foreshard::ui {

QString jobStateWords(const JobInfo& job);      // "running", "done in 3.2 s", "stopped", "failed: …"
QString jobStageWords(const JobInfo& job);      // "series 3 of 40 · 120 of 200 epochs"
QString jobLine(const JobInfo& job);            // "Training volume models · … · 41 s left"

}  // namespace foreshard::ui
