// The jobs list: every job of this session, newest first, with what became of it. Opens above the strip.
#pragma once

#include <QFrame>

#include "ui/jobs/job_runner.h"
#include "ui/widgets/rows_model.h"

namespace foreshard::ui {

class TablePanel;

class JobListPopup : public QFrame {
    Q_OBJECT
public:
    JobListPopup(JobRunner& jobs, QWidget* parent);
    void showAbove(QWidget* anchor);

private:
    void refresh();
    JobRunner& jobs_;
    RowsModel<JobInfo> model_;
    TablePanel* table_;
};

// The item model's columns, apart for tests.
void describeJobs(RowsModel<JobInfo>& model);

}  // namespace foreshard::ui
