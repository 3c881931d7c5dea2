// JobStrip: the line at the bottom of the window: the newest running job with stage, percent, time left and stop; the jobs
// list one click away. Never modal. GUI thread only.
#pragma once

#include <QWidget>

class QLabel;
class QProgressBar;
class QToolButton;

namespace foreshard::ui {

class JobRunner;
class JobListPopup;

class JobStrip : public QWidget {
    Q_OBJECT
public:
    explicit JobStrip(JobRunner& jobs, QWidget* parent = nullptr);
    QToolButton* stopButton() const { return stop_; }
    QToolButton* listButton() const { return list_; }
    QString words() const;
    // Said at the right: "2 findings".
    void setFindings(const QString& words);
    void showJobs();

private:
    void refresh();
    JobRunner& jobs_;
    QLabel *line_, *findings_;
    QProgressBar* bar_;
    QToolButton *stop_, *list_;
    JobListPopup* popup_ = nullptr;
    quint64 shown_ = 0;
};

}  // namespace foreshard::ui
