#include "ui/pages/workload/statement_panel.h"

#include <QFormLayout>
#include <QKeyEvent>
#include <QPlainTextEdit>
#include <QPushButton>

#include "core/models/predict/words.h"
#include "ui/format/format.h"
#include "ui/theme/metrics.h"
#include "ui/theme/theme.h"
#include "ui/widgets/notice.h"
#include "ui/widgets/page_parts.h"
#include "ui/widgets/sql_highlighter.h"
#include "ui/widgets/table_panel.h"

namespace foreshard::ui {

void describeRelated(RowsModel<RelatedRow>& m) {
    m.addColumn({QObject::tr("Similar template"), {}, QObject::tr("Templates of the log that look alike and keep the same company in transactions"), ColumnKind::sql, 420},
                [](const RelatedRow& r) { return Cell::words(r.sql, r.sql); });
    m.addColumn({QObject::tr("Alike"), {}, QObject::tr("Mean of the cosines of features and of company, 1 at most"), ColumnKind::number}, [](const RelatedRow& r) { return Cell::number(r.score, decimals(r.score, 2)); });
    m.addColumn({QObject::tr("Calls"), QObject::tr("an hour"), QObject::tr("Expected in the next hour: P50"), ColumnKind::number}, [](const RelatedRow& r) { return Cell::number(r.callsPerHour, number(r.callsPerHour)); });
    m.setIdentity([](const RelatedRow& r) { return QVariant::fromValue<quint64>(r.fingerprint); });
}

StatementPanel::StatementPanel(QWidget* parent) : QWidget(parent) {
    describeRelated(relatedModel_);
    buildBox();
    notice_ = new Notice;
    answer_ = new QWidget;
    auto* form = new QFormLayout;
    form->setContentsMargins(0, 0, 0, 0);
    form->setHorizontalSpacing(metrics::block);
    form->setVerticalSpacing(metrics::gap);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    statement_ = addLine(form, tr("Template"));
    statement_->setFont(monoFont(metrics::secondaryText));
    does_ = addLine(form, tr("Does"));
    calls_ = addLine(form, tr("Calls"));
    rows_ = addLine(form, tr("Rows"));
    calls_->setToolTip(tr("P50 (P10 to P90) of the calls in the next hour"));
    rows_->setToolTip(tr("P50 (P10 to P90) of the rows that one call returns"));
    hotspots_ = addLine(form, tr("Hotspots"));
    notes_ = addLine(form, tr("Not known"));
    related_ = new TablePanel(tr("Similar templates"), &relatedModel_);
    related_->setFilterVisible(false);
    related_->setStretchColumn(0);
    connect(related_, &TablePanel::activatedRow, this, [this](int row) { Q_EMIT templateChosen(relatedModel_.row(row).fingerprint); });
    auto* below = new QVBoxLayout(answer_);
    below->setContentsMargins(0, 0, 0, 0);
    below->setSpacing(metrics::block);
    below->addLayout(form);
    below->addWidget(related_, 1);
    auto* line = new QHBoxLayout;
    line->setSpacing(metrics::gap);
    line->addWidget(box_, 1);
    line->addWidget(ask_, 0, Qt::AlignTop);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, metrics::gap, 0, 0);
    column->setSpacing(metrics::gap);
    column->addLayout(line);
    hint_ = new QuietLabel(tr("Here will be: its template, the calls expected in the next hour, the rows that it returns, whether it touches a hotspot now or in the next interval, and the templates that are like it."));
    hint_->setWordWrap(true);
    column->addWidget(hint_);
    column->addWidget(notice_);
    column->addWidget(answer_, 1);
    column->addStretch(0);
    clear();
}

void StatementPanel::buildBox() {
    box_ = new QPlainTextEdit;
    box_->setPlaceholderText(tr("A statement, seen before or not: SELECT … WHERE customer_id = 17"));
    box_->setAccessibleName(tr("Statement to ask about"));
    box_->setFont(monoFont(metrics::secondaryText));
    box_->setTabChangesFocus(true);
    constexpr int lines = 4, frame = 12;
    box_->setFixedHeight(box_->fontMetrics().lineSpacing() * lines + frame);
    box_->installEventFilter(this);
    new SqlHighlighter(box_->document());
    ask_ = new QPushButton(tr("Predict"));
    ask_->setToolTip(tr("Ctrl+Enter"));
    ask_->setEnabled(false);
    connect(ask_, &QPushButton::clicked, this, &StatementPanel::ask);
    connect(box_, &QPlainTextEdit::textChanged, this, [this] { ask_->setEnabled(!box_->toPlainText().trimmed().isEmpty()); });
}

QLabel* StatementPanel::addLine(QFormLayout* form, const QString& title) {
    auto* words = new QLabel;
    words->setWordWrap(true);
    words->setTextFormat(Qt::PlainText);
    words->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    words->setAccessibleName(title);
    form->addRow(new QuietLabel(title), words);
    return words;
}

void StatementPanel::ask() {
    const auto sql = box_->toPlainText().trimmed();
    if (!sql.isEmpty()) Q_EMIT asked(sql);
}

bool StatementPanel::answered() const { return !answer_->isHidden() || !notice_->isHidden(); }

void StatementPanel::clear() {
    notice_->hide();
    answer_->hide();
    hint_->show();
}

void StatementPanel::showError(const Error& error) {
    answer_->hide();
    hint_->hide();
    notice_->showError(error);
}

void StatementPanel::showPrediction(const models::Prediction& prediction, const workload::Workload& observed) {
    notice_->hide();
    hint_->hide();
    QStringList tables, touched, notes;
    for (const auto& table : prediction.tables) tables << bareTable(table);
    for (const auto& each : prediction.hotspots) touched << text(models::touchWords(each, observed));
    for (const auto& note : prediction.notes) notes << text(note);
    statement_->setText(text(prediction.statement.text));
    does_->setText((prediction.known ? tr("%1 on %2; in the log") : tr("%1 on %2; never seen in the log")).arg(QString::fromLatin1(sql::toString(prediction.statement.facts.kind)), tables.join(QStringLiteral(", "))));
    auto calls = dash();
    if (prediction.callsPerHour) calls = tr("%1 in the hour from %2").arg(text(models::bandWords(*prediction.callsPerHour)), instant(prediction.nextHour->begin));
    calls_->setText(prediction.relatives ? tr("%1, as its relatives are called").arg(calls) : calls);
    rows_->setText(prediction.rows ? text(models::rowsWords(*prediction.rows)) : dash());
    hotspots_->setText(touched.isEmpty() ? tr("none of those that are known") : touched.join(QLatin1Char('\n')));
    notes_->setText(notes.isEmpty() ? tr("nothing") : notes.join(QLatin1Char('\n')));
    std::vector<RelatedRow> rows;
    for (const auto& related : prediction.similar)
        rows.push_back({related.fingerprint, text(related.text), related.like.score, related.callsPerHour ? std::optional(related.callsPerHour->p50) : std::nullopt});
    relatedModel_.updateRows(std::move(rows));
    answer_->show();
}

// Ctrl+Enter asks; Enter alone breaks the line, for statements are long.
bool StatementPanel::eventFilter(QObject* watched, QEvent* event) {
    if (watched == box_ && event->type() == QEvent::KeyPress) {
        const auto* key = static_cast<QKeyEvent*>(event);
        if ((key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter) && (key->modifiers() & Qt::ControlModifier)) {
            ask();
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

}  // namespace foreshard::ui
