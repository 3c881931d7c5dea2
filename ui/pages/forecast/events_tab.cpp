#include "ui/pages/forecast/events_tab.h"

#include <QBoxLayout>
#include <QComboBox>
#include <QDateTimeEdit>
#include <QFormLayout>
#include <QLineEdit>
#include <QPushButton>
#include <QTimeZone>

#include "ui/format/format.h"
#include "ui/theme/metrics.h"
#include "ui/widgets/notice.h"
#include "ui/widgets/page_parts.h"
#include "ui/widgets/table_panel.h"

namespace foreshard::ui {

namespace {

QTimeZone readersZone() { return QTimeZone(zone().toUtf8()); }

// The boxes hold the reader's wall clock, as a time of no zone.
void setTime(QDateTimeEdit* box, Instant time) {
    const auto local = QDateTime::fromMSecsSinceEpoch(time / 1000, readersZone());
    const QSignalBlocker quiet(box);
    box->setDateTime(QDateTime(local.date(), local.time(), Qt::UTC));
}
Instant timeIn(const QDateTimeEdit* box) { return QDateTime(box->date(), box->time(), readersZone()).toMSecsSinceEpoch() * 1000; }

QDateTimeEdit* timeBox(const QString& name) {
    auto* box = new QDateTimeEdit;
    box->setTimeSpec(Qt::UTC);
    box->setDisplayFormat(QStringLiteral("yyyy-MM-dd HH:mm"));
    box->setCalendarPopup(true);
    box->setAccessibleName(name);
    box->setToolTip(QObject::tr("Time of %1").arg(zone()));
    return box;
}

}  // namespace

EventsTab::EventsTab(Document& document, QWidget* parent) : QWidget(parent), document_(document) {
    describeEvents(model_);
    table_ = new TablePanel(tr("Marked events"), &model_);
    table_->setFilterVisible(false);
    table_->setStretchColumn(0);
    remove_ = new QPushButton(tr("Remove"));
    remove_->setToolTip(tr("The event is no longer marked; undo brings it back"));
    connect(remove_, &QPushButton::clicked, this, &EventsTab::remove);
    connect(table_, &TablePanel::currentRowChanged, this, [this](int row) { remove_->setEnabled(row >= 0); });
    notice_ = new Notice;
    notice_->setDismissable(true);
    auto* list = new QWidget;
    auto* left = new QVBoxLayout(list);
    left->setContentsMargins(0, 0, 0, 0);
    left->setSpacing(metrics::gap);
    left->addWidget(table_, 1);
    auto* foot = new QHBoxLayout;
    foot->addWidget(new QuietLabel(tr("Models learn what such events did before; forecasts use it when they are made anew.")), 1);
    foot->addWidget(remove_);
    left->addLayout(foot);
    auto* row = new QHBoxLayout;
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(metrics::block);
    row->addWidget(list, 3);
    row->addWidget(buildForm(), 2);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, metrics::gap, 0, 0);
    column->setSpacing(metrics::gap);
    column->addWidget(notice_);
    column->addLayout(row, 1);
    const bool bound = document.actions().markEvents != nullptr;
    form_->setVisible(bound);
    remove_->setVisible(bound);
    remove_->setEnabled(false);
}

QWidget* EventsTab::buildForm() {
    name_ = new QLineEdit;
    name_->setAccessibleName(tr("Name of the event"));
    name_->setPlaceholderText(tr("sale"));
    name_->setToolTip(tr("Events of one name are occurrences of one kind"));
    from_ = timeBox(tr("Beginning of the event"));
    to_ = timeBox(tr("End of the event"));
    like_ = new QComboBox;
    like_->setAccessibleName(tr("Kind of the event"));
    like_->setToolTip(tr("Another event that this one will act like, though its name differs"));
    add_ = new QPushButton(tr("Mark event"));
    connect(add_, &QPushButton::clicked, this, &EventsTab::add);
    connect(name_, &QLineEdit::returnPressed, this, &EventsTab::add);
    connect(name_, &QLineEdit::textChanged, this, [this](const QString& words) { add_->setEnabled(!words.trimmed().isEmpty()); });
    add_->setEnabled(false);
    form_ = new QWidget;
    auto* column = new QVBoxLayout(form_);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(metrics::gap);
    column->addWidget(new Heading(tr("Mark an event")));
    auto* fields = new QFormLayout;
    fields->setVerticalSpacing(metrics::gap);
    fields->addRow(tr("What happens"), name_);
    fields->addRow(tr("From"), from_);
    fields->addRow(tr("Until"), to_);
    fields->addRow(tr("Kind"), like_);
    column->addLayout(fields);
    auto* foot = new QHBoxLayout;
    foot->addStretch(1);
    foot->addWidget(add_);
    column->addLayout(foot);
    column->addStretch(1);
    return form_;
}

void EventsTab::refresh() {
    const auto rows = eventRows(*document_.events(), document_.contents().forecast.get());
    if (rows != model_.rows()) model_.updateRows(rows);
    remove_->setEnabled(table_->currentRow() >= 0);
    offerTime();
    offerKinds();
}

// The time that the context chose, else the day after the observed ones, until somebody writes another one.
void EventsTab::offerTime() {
    const auto& c = document_.contents();
    if (offered_ && (timeIn(from_) != offered_->begin || timeIn(to_) != offered_->end)) return;
    if (!c.workload) return;
    std::optional<TimeRange> wanted = document_.context().value().time;
    if (!wanted) {
        const auto zone = readersZone();
        const auto day = QDateTime::fromMSecsSinceEpoch(c.workload->rates.range.end / 1000, zone).date().addDays(1);
        wanted = {day.startOfDay(zone).toMSecsSinceEpoch() * 1000, day.addDays(1).startOfDay(zone).toMSecsSinceEpoch() * 1000};
    }
    setTime(from_, wanted->begin);
    setTime(to_, wanted->end);
    offered_ = TimeRange{timeIn(from_), timeIn(to_)};
}

void EventsTab::offerKinds() {
    QStringList names;
    for (const auto& event : *document_.events())
        if (const auto name = text(event.name); !names.contains(name)) names << name;
    QStringList shown;
    for (int i = 1; i < like_->count(); ++i) shown << like_->itemText(i);
    if (shown == names && like_->count() > 0) return;
    const auto before = like_->currentIndex() > 0 ? like_->currentText() : QString();
    like_->clear();
    like_->addItem(tr("a kind of its own"));
    like_->addItems(names);
    like_->setCurrentIndex(before.isEmpty() ? 0 : std::max(0, like_->findText(before)));
}

void EventsTab::add() {
    auto events = *document_.events();
    const auto name = name_->text().trimmed();
    if (name.isEmpty()) return;
    const auto like = like_->currentIndex() > 0 ? like_->currentText().toStdString() : std::string();
    const auto own = like == name.toStdString() ? std::string() : like;      // events of one name are of one kind anyway
    if (const auto added = models::addEvent(events, {name.toStdString(), timeIn(from_), timeIn(to_), own}); !added.ok()) {
        auto error = added.error();
        if (error.category == ErrorCategory::usage) error.next = tr("Change its name or its time.").toStdString();
        return notice_->showError(error);
    }
    notice_->hide();
    document_.markEvents(std::move(events), tr("mark %1").arg(name));
    name_->clear();
    like_->setCurrentIndex(0);
}

void EventsTab::remove() {
    const int row = table_->currentRow();
    if (row < 0) return;
    auto events = *document_.events();
    const auto gone = events[static_cast<size_t>(row)];
    events.erase(events.begin() + row);
    notice_->hide();
    document_.markEvents(std::move(events), tr("remove %1").arg(text(gone.name)));
}

}  // namespace foreshard::ui
