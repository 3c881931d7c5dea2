#include "ui/pages/designs/compare_tab.h"

#include <QSplitter>

#include "ui/format/format.h"
#include "ui/theme/metrics.h"
#include "ui/widgets/page_parts.h"
#include "ui/widgets/table_panel.h"

namespace foreshard::ui {

CompareTab::CompareTab(QWidget* parent) : QWidget(parent) {
    describeCompare(designModel_);
    describeTurning(turningModel_);
    designs_ = new TablePanel(tr("All designs"), &designModel_);
    designs_->setFilterVisible(false);
    designs_->setStretchColumn(1);
    connect(designs_, &TablePanel::currentRowChanged, this, [this](int row) {
        if (row >= 0 && !filling_) Q_EMIT chosen(text(designModel_.row(row).id));
    });
    regret_ = new QuietLabel;
    turning_ = new TablePanel(tr("What would make another design win"), &turningModel_);
    turning_->setFilterVisible(false);
    turning_->setStretchColumn(0);
    auto* below = new QWidget;
    auto* lower = new QVBoxLayout(below);
    lower->setContentsMargins(0, 0, 0, 0);
    lower->setSpacing(metrics::inner);
    lower->addWidget(regret_);
    lower->addWidget(turning_, 1);
    auto* splitter = new QSplitter(Qt::Vertical);
    splitter->addWidget(designs_);
    splitter->addWidget(below);
    splitter->setChildrenCollapsible(false);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, metrics::inner, 0, 0);
    column->addWidget(splitter);
}

void CompareTab::show(const advisor::Advice& advice, const std::string& chosen) {
    filling_ = true;
    designModel_.updateRows(compareRows(advice));
    designs_->selectById(text(chosen));
    turningModel_.updateRows(turningRows(advice));
    turning_->setVisible(turningModel_.rowCount() > 0);
    const auto words = regretWords(advice);
    regret_->setText(words);
    regret_->setVisible(!words.isEmpty());
    filling_ = false;
}

}  // namespace foreshard::ui
