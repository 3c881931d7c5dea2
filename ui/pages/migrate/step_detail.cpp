#include "ui/pages/migrate/step_detail.h"

#include <QBoxLayout>
#include <QGridLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QScrollArea>

#include "ui/format/format.h"
#include "ui/pages/migrate/step_tree.h"
#include "ui/theme/metrics.h"
#include "ui/theme/theme.h"
#include "ui/widgets/notice.h"
#include "ui/widgets/page_parts.h"
#include "ui/widgets/sql_highlighter.h"

namespace foreshard::ui {

namespace {
QLabel* wrapped() {
    auto* label = new QLabel;
    label->setWordWrap(true);
    label->setTextFormat(Qt::PlainText);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    return label;
}
QWidget* titled(const QString& title, QWidget* inside, int stretch = 0) {
    auto* box = new QWidget;
    auto* column = new QVBoxLayout(box);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(metrics::inner);
    column->addWidget(new Heading(title));
    column->addWidget(inside, stretch);
    return box;
}
}  // namespace

StepDetail::StepDetail(QWidget* parent) : QWidget(parent), name_(new Heading({})), now_(wrapped()), after_(wrapped()), back_(wrapped()), sql_(new QPlainTextEdit) {
    setAccessibleName(tr("Step"));
    name_->setWordWrap(true);
    auto* change = new QWidget;
    // A grid: a form layout gives the lines of one row to the other.
    auto* grid = new QGridLayout(change);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setColumnStretch(1, 1);
    const auto row = [grid](int at, const QString& title, QWidget* words) {
        auto* head = new QuietLabel(title);
        head->setWordWrap(false);
        grid->addWidget(head, at, 0, Qt::AlignTop);
        grid->addWidget(words, at, 1);
        return head;
    };
    row(0, tr("now"), now_);
    afterHead_ = row(1, tr("after"), after_);
    nowBox_ = change;
    lintBox_ = new QWidget;
    auto* lint = new QVBoxLayout(lintBox_);
    lint->setContentsMargins(0, 0, 0, 0);
    lint->setSpacing(metrics::inner);
    sql_->setReadOnly(true);
    sql_->setFont(monoFont(0.9));
    sql_->setAccessibleName(tr("SQL that will run"));
    sql_->setLineWrapMode(QPlainTextEdit::NoWrap);
    sql_->setTabChangesFocus(true);
    new SqlHighlighter(sql_->document());
    sql_->setMinimumHeight(140);
    sqlBox_ = titled(tr("SQL that will run"), sql_, 1);
    sqlHead_ = sqlBox_->findChild<Heading*>();
    backBox_ = titled(tr("The way back"), back_);
    // In a low window it scrolls: nothing is cut.
    auto* inside = new QWidget;
    auto* scroll = new QScrollArea;
    scroll->setWidget(inside);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setBackgroundRole(QPalette::Window);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(metrics::gap, 0, 0, 0);
    all->addWidget(scroll);
    auto* column = new QVBoxLayout(inside);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(metrics::gap);
    column->addWidget(name_);
    column->addWidget(nowBox_);
    column->addWidget(lintBox_);
    column->addWidget(sqlBox_, 1);
    column->addWidget(backBox_);
    column->addStretch();
}

void StepDetail::show(const StepView* step, const MigrationView& plan) {
    if (!step) {
        name_->setText(tr("From “%1” to “%2”").arg(text(plan.fromDesign), text(plan.toDesign)));
        showChange(plan.now, plan.after);
        showLint(plan.lint);
        sqlBox_->hide();
        back_->setText(text(plan.wayBack));
        return;
    }
    name_->setText(QStringLiteral("%1 · %2").arg(text(step->id), stepStateWords(*step)));
    showChange(step->now, step->after);
    showLint(step->lint);
    // What is read stays where it is while progress comes in.
    if (const auto sql = text(step->sql); sql != sql_->toPlainText()) sql_->setPlainText(sql);
    sqlHead_->setText(step->state == StepState::running && plan.state == "running" ? tr("SQL that runs now") : tr("SQL that will run"));
    sqlBox_->setVisible(!step->sql.empty());
    back_->setText(step->wayBack.empty() ? (step->reversible ? tr("Can be undone.") : tr("Cannot be undone.")) : text(step->wayBack));
}

void StepDetail::showChange(const std::string& now, const std::string& after) {
    now_->setText(text(now));
    after_->setText(text(after));
    after_->setVisible(!after.empty());
    afterHead_->setVisible(!after.empty());
    nowBox_->setVisible(!now.empty() || !after.empty());
}

void StepDetail::showLint(const std::vector<LintView>& lint) {
    while (auto* item = lintBox_->layout()->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    for (const auto& finding : lint) {
        auto* notice = new Notice;
        const auto kind = finding.severity == "error" ? NoticeKind::error : finding.severity == "warning" ? NoticeKind::warning : NoticeKind::note;
        lintBox_->layout()->addWidget(notice);
        notice->show(kind, text(finding.evidence.empty() ? finding.what : finding.evidence), text(finding.remedy));
    }
    lintBox_->setVisible(!lint.empty());
}

}  // namespace foreshard::ui
