#include "ui/pages/forecast/models_tab.h"

#include <QBoxLayout>
#include <QComboBox>
#include <QPushButton>
#include <QSplitter>

#include "ui/charts/chart_panel.h"
#include "ui/format/format.h"
#include "ui/theme/icons.h"
#include "ui/theme/metrics.h"
#include "ui/widgets/page_parts.h"
#include "ui/widgets/table_panel.h"

namespace foreshard::ui {

namespace {
constexpr uint32_t trialsWanted = 30;
}

ModelsTab::ModelsTab(Document& document, QWidget* parent) : QWidget(parent), document_(document) {
    describeKept(keptModel_);
    describeCompared(comparedModel_);
    auto* splitter = new QSplitter(Qt::Vertical);
    splitter->addWidget(buildKept());
    splitter->addWidget(buildTuning());
    splitter->setStretchFactor(0, 1);
    splitter->setStretchFactor(1, 1);
    splitter->setChildrenCollapsible(false);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, metrics::gap, 0, 0);
    column->addWidget(splitter);
}

QWidget* ModelsTab::buildKept() {
    keptTable_ = new TablePanel(tr("Trained models"), &keptModel_);
    keptTable_->setFilterVisible(false);
    keptTable_->setStretchColumn(4);
    connect(keptTable_, &TablePanel::currentRowChanged, this, &ModelsTab::showSet);
    comparedTable_ = new TablePanel(tr("Beside the models in force"), &comparedModel_);
    comparedTable_->setFilterVisible(false);
    comparedTable_->setStretchColumn(0);
    comparison_ = new QuietLabel;
    pin_ = new QPushButton;
    rollBack_ = new QPushButton(tr("Put in force"));
    delete_ = new QPushButton(tr("Delete"));
    connect(pin_, &QPushButton::clicked, this, [this] { act(chosen() && chosen()->pinned ? "unpin" : "pin"); });
    connect(rollBack_, &QPushButton::clicked, this, [this] { act("rollback"); });
    connect(delete_, &QPushButton::clicked, this, [this] { act("delete"); });
    auto* buttons = new QHBoxLayout;
    for (auto* button : {rollBack_, pin_, delete_}) {
        buttons->addWidget(button);
        button->setVisible(document_.actions().manageModels != nullptr);
    }
    buttons->addStretch(1);
    auto* box = new QWidget;
    auto* column = new QVBoxLayout(box);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(metrics::gap);
    column->addWidget(keptTable_, 1);
    column->addLayout(buttons);
    column->addWidget(comparison_);
    column->addWidget(comparedTable_, 1);
    return box;
}

QWidget* ModelsTab::buildTuning() {
    study_ = new QComboBox;
    study_->setAccessibleName(tr("Tuned model"));
    connect(study_, &QComboBox::currentIndexChanged, this, [this] {
        liveJob_ = 0;
        showStudy();
    });
    tune_ = new QPushButton(icon("play"), tr("Tune and train"));
    tune_->setToolTip(tr("Tries %1 settings of each learned model by the backtest, then trains with the best").arg(trialsWanted));
    tune_->setVisible(document_.actions().train != nullptr);
    connect(tune_, &QPushButton::clicked, this, [this] { document_.train({.options = {}, .tuneTrials = trialsWanted}); });
    trials_ = new ChartPanel;
    trials_->setMinimumHeight(160);
    studyText_ = new QuietLabel;
    auto* head = new QHBoxLayout;
    head->addWidget(new Heading(tr("Tuning")));
    head->addWidget(study_);
    head->addStretch(1);
    head->addWidget(tune_);
    auto* box = new QWidget;
    auto* column = new QVBoxLayout(box);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(metrics::gap);
    column->addLayout(head);
    column->addWidget(studyText_);
    column->addWidget(trials_, 1);
    return box;
}

void ModelsTab::refresh() {
    const auto& c = document_.contents();
    const bool running = document_.stateOf(PageId::forecast) == PageState::running;
    tune_->setEnabled(c.workload && !document_.reading() && !running);
    if (!running) liveJob_ = 0;
    if (c.keptModels != shown_) {
        shown_ = c.keptModels;
        const auto* before = chosen();
        const uint32_t kept = before ? before->number : 0;    // 0: none
        keptModel_.updateRows(shown_ ? keptRows(*shown_) : std::vector<KeptRow>());
        const auto name = study_->currentText();
        const QSignalBlocker quiet(study_);
        study_->clear();
        if (shown_)
            for (const auto& study : shown_->studies) study_->addItem(text(study.name));
        study_->setCurrentIndex(std::max(0, study_->findText(name)));
        for (int row = 0; row < keptModel_.rowCount(); ++row)
            if (kept ? keptModel_.row(row).number == kept : keptModel_.row(row).inForce) keptTable_->selectRow(row);
    }
    study_->setVisible(study_->count() > 0);
    showSet();
    if (liveJob_ == 0) showStudy();
}

const KeptModelsView* ModelsTab::chosen() const {
    const int row = keptTable_->currentRow();
    if (!shown_ || row < 0 || row >= keptModel_.rowCount()) return nullptr;
    const auto number = keptModel_.row(row).number;
    const auto found = std::find_if(shown_->kept.begin(), shown_->kept.end(), [&](const auto& kept) { return kept.number == number; });
    return found == shown_->kept.end() ? nullptr : &*found;
}

void ModelsTab::act(const std::string& act) {
    if (const auto* set = chosen()) document_.manageModels({.act = act, .number = set->number});
}

void ModelsTab::showSet() {
    const auto* set = chosen();
    const bool running = document_.stateOf(PageId::forecast) == PageState::running;
    const auto inForce = shown_ ? std::find_if(shown_->kept.begin(), shown_->kept.end(), [](const auto& kept) { return kept.inForce; }) : std::vector<KeptModelsView>::const_iterator();
    const auto* now = shown_ && inForce != shown_->kept.end() ? &*inForce : nullptr;
    const bool otherPinned = set && now && now->pinned && now != set;
    pin_->setText(set && set->pinned ? tr("Unpin") : tr("Pin"));
    pin_->setToolTip(tr("Pinned models stay in force, whatever is trained"));
    pin_->setEnabled(set && set->models && !running);
    rollBack_->setEnabled(set && set->models && !set->inForce && !otherPinned && !running);
    rollBack_->setToolTip(otherPinned ? tr("Number %1 are pinned: unpin them first").arg(now->number) : QString());
    delete_->setEnabled(set && !set->inForce && !running);
    delete_->setToolTip(set && set->inForce ? tr("They are in force") : QString());
    const bool comparable = set && now && set != now && set->models && now->models;
    auto rows = comparable ? comparedRows(*now->models, *set->models) : std::vector<ComparedRow>();
    comparison_->setText(comparable               ? comparisonAnswer(rows, now->number, set->number, now->models->workloadFingerprint == set->models->workloadFingerprint)
                         : set && !set->models    ? text(set->why)
                         : keptModel_.rowCount() > 1 ? tr("Choose another row to see it beside the models in force.")
                                                  : tr("Each training is kept; from the second on they can be compared here."));
    comparedTable_->setVisible(comparable);
    comparedModel_.setRows(std::move(rows));
}

void ModelsTab::showStudy() {
    const int at = study_->currentIndex();
    const bool some = shown_ && at >= 0 && at < static_cast<int>(shown_->studies.size());
    trials_->setVisible(some);
    if (!some) return studyText_->setText(tr("Nothing has been tuned yet: the models train with settings that do well on most loads."));
    const auto& study = shown_->studies[static_cast<size_t>(at)];
    studyText_->setText(studyWords(study));
    trials_->setData(trialsChart(study));
}

void ModelsTab::addTrial(quint64 job, bool least, double trial, double loss) {
    const bool another = !live_.series.isEmpty() && !least && !live_.series[1].x.isEmpty() && trial <= live_.series[1].x.last();   // the next model's study
    if (job != liveJob_ || another) {
        liveJob_ = job;
        live_ = trialsChart({});
        live_.name = tr("Trials");
        live_.series.removeLast();             // which were stopped early is known in the end
        live_.series.last().name = tr("Trials");
    }
    auto& series = live_.series[least ? 0 : 1];
    series.x << trial;
    series.y << loss;
    if (!least) series.labels << QString();
    live_.xHigh = trial + 1;
    studyText_->setText(tr("Trial %1 has ended.").arg(static_cast<int>(trial)));
    trials_->setVisible(true);
    if (isVisible()) trials_->setData(live_);
}

}  // namespace foreshard::ui
