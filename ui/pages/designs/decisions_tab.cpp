#include "ui/pages/designs/decisions_tab.h"

#include <QAction>
#include <QDoubleSpinBox>
#include <QGridLayout>
#include <QLabel>
#include <QScrollArea>
#include <QSignalBlocker>
#include <QSplitter>

#include "ui/format/format.h"
#include "ui/theme/metrics.h"
#include "ui/widgets/page_parts.h"
#include "ui/widgets/table_panel.h"

namespace foreshard::ui {

namespace {

struct WeightWords {
    const char* name;
    QString title, meaning;
};

// In the words of people; a weight that has none here stands under its own name.
WeightWords wordsOf(const std::string& name) {
    const WeightWords known[] = {
        {"peak_work", QObject::tr("Hottest shard"), QObject::tr("× (work of the hottest shard / even deal − 1)")},
        {"write_visit", QObject::tr("Shard more for a write"), QObject::tr("× shards beyond the first of multi-shard writes, for each transaction: two-phase commit")},
        {"read_visit", QObject::tr("Shard more for a read"), QObject::tr("× shards beyond the first of multi-shard reads, for each transaction")},
        {"peak_storage", QObject::tr("Fullest shard"), QObject::tr("× (rows of the fullest shard / even deal − 1)")},
        {"shipped_row", QObject::tr("Row of a join sent"), QObject::tr("× rows of joins sent between shards, for each transaction")},
        {"moved_share", QObject::tr("Bytes to move"), QObject::tr("× share of all bytes that have to be sent from today's layout")},
        {"peak_p50", QObject::tr("Hottest shard, P50"), QObject::tr("× the same as hottest shard, in the forecast's median future")},
        {"peak_p90", QObject::tr("Hottest shard, P90"), QObject::tr("× the same as hottest shard, in the future that one in ten exceeds")},
        {"copied_table", QObject::tr("Copied table"), QObject::tr("× replicated tables; a tenth for a small one")},
        {"lone_table", QObject::tr("Small table alone"), QObject::tr("× small keyed tables that share their key with no other")},
        {"stray_table", QObject::tr("Table on one shard"), QObject::tr("× tables in use on one shard alone: they cannot grow")},
        {"composite_key", QObject::tr("Key of several parts"), QObject::tr("× share of the accesses of tables with such keys")},
        {"few_keys", QObject::tr("Few key values"), QObject::tr("× share of the accesses where a key has too few values to be dealt evenly")}};
    for (const auto& each : known)
        if (name == each.name) return each;
    return {"", text(name), {}};
}

}  // namespace

DecisionsTab::DecisionsTab(QWidget* parent) : QWidget(parent) {
    auto* splitter = new QSplitter;
    splitter->addWidget(buildList());
    splitter->addWidget(buildWeights());
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 2);
    splitter->setChildrenCollapsible(false);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, metrics::inner, 0, 0);
    column->addWidget(splitter);
}

QWidget* DecisionsTab::buildList() {
    model_.addColumn({tr("Decided"), {}, tr("In the order in which it was decided; every search obeys it, in the workbench and by the command line"), ColumnKind::text, 240}, [](const DecisionRow& r) { return Cell::words(r.words, r.words); });
    list_ = new TablePanel(tr("What is decided about the designs"), &model_);
    list_->setFilterVisible(false);
    list_->setStretchColumn(0);
    remove_ = new QAction(tr("Take it back"), this);
    removeAll_ = new QAction(tr("Take all back"), this);
    connect(remove_, &QAction::triggered, this, [this] { if (list_->currentRow() >= 0) Q_EMIT removed(list_->currentRow()); });
    connect(removeAll_, &QAction::triggered, this, &DecisionsTab::removedAll);
    connect(list_, &TablePanel::currentRowChanged, this, [this](int row) { remove_->setEnabled(row >= 0); });
    auto* box = new QWidget;
    auto* column = new QVBoxLayout(box);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(metrics::inner);
    column->addWidget(list_, 1);
    auto* row = new QHBoxLayout;
    row->addWidget(new QuietLabel(tr("Tables are pinned and locked under “Tables”.")), 1);
    row->addWidget(actionButton(remove_));
    row->addWidget(actionButton(removeAll_));
    column->addLayout(row);
    return box;
}

QWidget* DecisionsTab::buildWeights() {
    auto* form = new QWidget;
    auto* grid = new QGridLayout(form);
    grid->setContentsMargins(metrics::gap, 0, metrics::gap, 0);
    grid->setVerticalSpacing(metrics::inner);
    grid->setColumnStretch(0, 1);
    grid->addWidget(new Heading(tr("Weights of the objective")), 0, 0, 1, 2);
    int row = 0;
    for (const auto& each : advisor::namedWeights()) {
        const auto words = wordsOf(each.name);
        auto* label = new QLabel(words.title);
        auto* box = new QDoubleSpinBox;
        box->setDecimals(4);
        box->setRange(0, advisor::mostWeight);
        box->setStepType(QAbstractSpinBox::AdaptiveDecimalStepType);
        box->setKeyboardTracking(false);
        box->setAccessibleName(tr("Weight: %1").arg(words.title));
        for (QWidget* part : {static_cast<QWidget*>(label), static_cast<QWidget*>(box)}) part->setToolTip(tr("%1\nUsually %2").arg(words.meaning, QString::number(advisor::ObjectiveWeights().*each.value)));
        label->setBuddy(box);
        connect(box, &QDoubleSpinBox::valueChanged, this, [this, name = text(each.name)](double value) { Q_EMIT weighed(name, value); });
        boxes_[each.name] = box;
        grid->addWidget(label, ++row, 0);
        grid->addWidget(box, row, 1);
    }
    grid->setRowStretch(row + 1, 1);
    auto* scroll = new QScrollArea;
    scroll->setWidget(form);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setMinimumWidth(form->minimumSizeHint().width() + 20);
    return scroll;
}

void DecisionsTab::show(const advisor::Decisions& decisions, const advisor::ObjectiveWeights& weights) {
    std::vector<DecisionRow> rows;
    for (const auto& decision : decisions) rows.push_back({text(advisor::toWords(decision))});
    if (rows != model_.rows()) model_.updateRows(std::move(rows));
    remove_->setEnabled(list_->currentRow() >= 0);
    removeAll_->setEnabled(!decisions.empty());
    for (const auto& each : advisor::namedWeights()) {
        const QSignalBlocker quiet(boxes_[each.name]);
        boxes_[each.name]->setValue(weights.*each.value);
    }
}

}  // namespace foreshard::ui
