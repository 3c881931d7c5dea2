// StepDetail: one step for review: what is there now and after, lint with its evidence, the SQL that will run, the way back.
#pragma once

#include <QWidget>

#include "ui/document/migration_view.h"

class QLabel;
class QPlainTextEdit;

namespace foreshard::ui {

class Heading;
class QuietLabel;

class StepDetail : public QWidget {
    Q_OBJECT
public:
    explicit StepDetail(QWidget* parent = nullptr);
    void show(const StepView* step, const MigrationView& plan);   // null: the plan as a whole
    QPlainTextEdit* sql() const { return sql_; }
    QLabel* nowLabel() const { return now_; }
    QLabel* afterLabel() const { return after_; }
    QLabel* backLabel() const { return back_; }

private:
    void showChange(const std::string& now, const std::string& after);
    void showLint(const std::vector<LintView>& lint);
    Heading *name_, *sqlHead_ = nullptr;
    QLabel *now_, *after_, *back_;
    QuietLabel* afterHead_ = nullptr;
    QWidget *lintBox_, *nowBox_;
    QPlainTextEdit* sql_;
    QWidget *sqlBox_, *backBox_;
};

}  // namespace foreshard::ui
