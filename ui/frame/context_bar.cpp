#include "ui/frame/context_bar.h"

#include <QAction>
#include <QBoxLayout>
#include <QComboBox>
#include <QLabel>
#include <QMenu>
#include <QPainter>
#include <QSignalBlocker>
#include <QToolButton>

#include "core/workload/untimed.h"
#include "ui/document/document.h"
#include "ui/format/format.h"
#include "ui/theme/metrics.h"
#include "ui/theme/theme.h"

namespace foreshard::ui {

namespace {

QComboBox* choice(QHBoxLayout* row, const QString& label) {
    auto* words = new QLabel(label);
    words->setForegroundRole(QPalette::PlaceholderText);
    auto* box = new QComboBox;
    box->setAccessibleName(label);
    box->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    box->setMinimumContentsLength(10);
    box->setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Fixed);
    words->setBuddy(box);
    row->addWidget(words);
    row->addWidget(box);
    row->addSpacing(metrics::gap);
    return box;
}

QVariant rangeData(std::optional<TimeRange> range) {
    return range ? QVariant(QVariantList{static_cast<qlonglong>(range->begin), static_cast<qlonglong>(range->end)}) : QVariant();
}

std::optional<TimeRange> rangeOf(const QVariant& data) {
    const auto ends = data.toList();
    if (ends.size() != 2) return std::nullopt;
    return TimeRange{ends[0].toLongLong(), ends[1].toLongLong()};
}

}  // namespace

ContextBar::ContextBar(Document& document, const QList<QAction*>& projectActions, const QList<QAction*>& rightActions, QWidget* parent)
    : QWidget(parent), document_(document), project_(new QToolButton) {
    setAccessibleName(tr("Context"));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(metrics::gap, metrics::inner, metrics::gap, metrics::inner);
    row->setSpacing(metrics::gap);
    auto* menu = new QMenu(project_);
    menu->addActions(projectActions);
    project_->setMenu(menu);
    project_->setPopupMode(QToolButton::InstantPopup);
    project_->setToolButtonStyle(Qt::ToolButtonTextOnly);
    project_->setAutoRaise(true);
    project_->setFont(scaledFont(1.0, true));
    row->addWidget(project_);
    row->addSpacing(metrics::gap);
    workload_ = choice(row, tr("Workload"));
    compare_ = choice(row, tr("Compare with"));
    time_ = choice(row, tr("Time"));
    row->addStretch(1);
    for (auto* action : rightActions) {
        auto* button = new QToolButton;
        button->setDefaultAction(action);
        button->setAutoRaise(true);
        button->setIconSize({metrics::icon, metrics::icon});
        button->setAccessibleName(action->text());
        row->addWidget(button);
    }
    setFixedHeight(44);
    connect(workload_, &QComboBox::activated, this, &ContextBar::chooseWorkload);
    connect(compare_, &QComboBox::activated, this, &ContextBar::chooseCompare);
    connect(time_, &QComboBox::activated, this, &ContextBar::chooseTime);
    for (const auto signal : {&Document::projectChanged, &Document::workloadChanged, &Document::forecastChanged, &Document::adviceChanged}) {
        connect(&document_, signal, this, &ContextBar::fill);
    }
    connect(&document_.context(), &ViewContext::changed, this, &ContextBar::fill);
    connect(&document_.selection(), &Selection::changed, this, &ContextBar::fillTimes);
    fill();
}

void ContextBar::setUse(const ContextUse& use) {
    use_ = use;
    fill();
}

// What a page does not obey is not offered there; a choice among one is none.
void ContextBar::offer(QComboBox* box, bool some, const QString& tip, const QString& whyNot) {
    box->setEnabled(some && whyNot.isEmpty());
    box->setToolTip(whyNot.isEmpty() ? tip : whyNot);
    box->setAccessibleDescription(box->toolTip());
}

void ContextBar::fill() {
    const auto& c = document_.contents();
    const auto& chosen = document_.context().value();
    const QSignalBlocker quietWorkload(workload_), quietCompare(compare_);
    project_->setText((c.project ? text(c.project->name) : tr("No project")));
    project_->setToolTip(c.project ? text(c.project->path.string()) : QString());
    project_->setAccessibleName(tr("Project: %1").arg(c.project ? text(c.project->name) : tr("none")));

    workload_->clear();
    workload_->addItem(c.workload ? withoutTimes(c.workload->rates) ? tr("observed, without times") : tr("observed %1").arg(timeRange(c.workload->rates.range)) : tr("none"));
    if (c.forecast) workload_->addItem(tr("forecast %1").arg(timeRange(c.forecast->range)));
    workload_->setCurrentIndex(chosen.workload == WorkloadChoice::forecast && c.forecast ? 1 : 0);
    offer(workload_, c.forecast != nullptr, c.forecast || !c.workload ? tr("Which workload this page shows") : tr("What was observed; a forecast can be chosen once there is one"), use_.workload);

    compare_->clear();
    compare_->addItem(tr("today's layout"), QString());
    if (c.advice) {
        for (const auto& ranked : c.advice->designs) compare_->addItem(document_.designName(ranked.design.id), text(ranked.design.id));
    }
    compare_->setCurrentIndex(std::max(0, compare_->findData(text(chosen.compareWith))));
    offer(compare_, compare_->count() > 1, c.advice ? tr("The layout that designs and projections are compared with") : tr("Today's layout; designs can be chosen once there are some"), use_.compareWith);
    fillTimes();
}

void ContextBar::fillTimes() {
    const QSignalBlocker quiet(time_);
    time_->clear();
    time_->addItem(tr("all of it"));
    const auto workload = document_.shownWorkload();
    offer(time_, workload != nullptr, tr("Which part of the time this page shows"), use_.time);
    if (!workload) return;
    const auto all = workload->rates.range;
    const auto last = [&](const QString& words, Instant length) {
        if (all.length() > length) time_->addItem(words, rangeData(TimeRange{all.end - length, all.end}));
    };
    last(tr("last 24 h"), microsPerDay);
    last(tr("last 3 d"), 3 * microsPerDay);
    last(tr("last 7 d"), 7 * microsPerDay);
    if (const auto selected = document_.selection().value().time) time_->addItem(tr("selection: %1").arg(timeRange(*selected)), rangeData(selected));
    const auto& chosen = document_.context().value().time;
    int at = chosen ? time_->findData(rangeData(chosen)) : 0;
    if (at < 0) {
        time_->addItem(timeRange(*chosen), rangeData(chosen));
        at = time_->count() - 1;
    }
    time_->setCurrentIndex(at);
}

void ContextBar::chooseWorkload(int index) {
    auto value = document_.context().value();
    value.workload = index == 1 ? WorkloadChoice::forecast : WorkloadChoice::observed;
    value.time.reset();                      // the two lie in different times
    document_.context().change(value, index == 1 ? tr("Show the forecast") : tr("Show what was observed"));
}

void ContextBar::chooseCompare(int index) {
    auto value = document_.context().value();
    value.compareWith = compare_->itemData(index).toString().toStdString();
    document_.context().change(value, tr("Compare with %1").arg(compare_->itemText(index)));
}

void ContextBar::chooseTime(int index) {
    auto value = document_.context().value();
    value.time = rangeOf(time_->itemData(index));
    document_.context().change(value, tr("Show %1").arg(time_->itemText(index)));
}

void ContextBar::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setPen(Theme::instance().colours().line);
    painter.drawLine(0, height() - 1, width(), height() - 1);
}

}  // namespace foreshard::ui
