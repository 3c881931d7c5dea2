#include "ui/pages/start/mapping_form.h"

#include <QBoxLayout>
#include <QComboBox>
#include <QGridLayout>
#include <QHeaderView>
#include <QTableWidget>

#include "ui/format/format.h"
#include "ui/settings/settings.h"
#include "ui/theme/metrics.h"
#include "ui/widgets/page_parts.h"

namespace foreshard::ui {

using ingest::Meaning;

namespace {

QString wordsOf(Meaning meaning) {
    switch (meaning) {
        case Meaning::time: return QObject::tr("Began at");
        case Meaning::statement: return QObject::tr("Statement");
        case Meaning::durationMs: return QObject::tr("Duration [ms]");
        case Meaning::durationS: return QObject::tr("Duration [s]");
        case Meaning::session: return QObject::tr("Session");
        case Meaning::database: return QObject::tr("Database");
        case Meaning::transaction: return QObject::tr("Transaction");
        case Meaning::error: return QObject::tr("Error");
    }
    return {};
}

QString saysOf(Meaning meaning) {
    switch (meaning) {
        case Meaning::time: return QObject::tr("A date with a time, or seconds, milliseconds or microseconds since 1970. Needed.");
        case Meaning::statement: return QObject::tr("The SQL text. Needed.");
        case Meaning::session: return QObject::tr("Calls of one session follow one another: transactions are told by it.");
        case Meaning::transaction: return QObject::tr("An id that the calls of one transaction share.");
        case Meaning::error: return QObject::tr("Anything but nothing, 0 and false says that the call failed.");
        default: return {};
    }
}

bool needed(Meaning meaning) { return meaning == Meaning::time || meaning == Meaning::statement; }

// The columns, in an order that does not matter: what a file of this kind is known by.
QString signatureOf(const ingest::TablePreview& preview) {
    QStringList names;
    for (const auto& name : preview.columns) names << text(name);
    names.sort();
    return names.join(QChar(0x1f));
}

}  // namespace

MappingForm::MappingForm(Settings& settings, QWidget* parent) : QWidget(parent), settings_(settings), rows_(new QTableWidget), reading_(new QuietLabel) {
    rows_->setEditTriggers(QAbstractItemView::NoEditTriggers);
    rows_->setSelectionMode(QAbstractItemView::NoSelection);
    rows_->setAccessibleName(tr("First rows of the file"));
    rows_->verticalHeader()->hide();
    rows_->setWordWrap(false);
    rows_->verticalHeader()->setDefaultSectionSize(metrics::rowHeight);
    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(metrics::gap);
    grid->setVerticalSpacing(metrics::inner);
    constexpr int across = 4;
    for (size_t i = 0; i < ingest::meanings; ++i) {
        const auto meaning = static_cast<Meaning>(i);
        auto* label = new QLabel(needed(meaning) ? wordsOf(meaning) + QStringLiteral(" *") : wordsOf(meaning));
        auto* box = boxes_[i] = new QComboBox;
        box->setAccessibleName(wordsOf(meaning));
        box->setToolTip(saysOf(meaning));
        label->setBuddy(box);
        const int row = static_cast<int>(i) / across * 2, column = static_cast<int>(i) % across;
        grid->addWidget(label, row, column);
        grid->addWidget(box, row + 1, column);
        connect(box, &QComboBox::currentIndexChanged, this, &MappingForm::showReading);
    }
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(metrics::gap);
    column->addWidget(new Heading(tr("Which column says what")));
    column->addWidget(rows_, 1);
    column->addLayout(grid);
    column->addWidget(reading_);
}

void MappingForm::setPreview(const ingest::TablePreview& preview) {
    preview_ = preview;
    rows_->clear();
    rows_->setColumnCount(static_cast<int>(preview.columns.size()));
    rows_->setRowCount(static_cast<int>(preview.rows.size()));
    for (size_t c = 0; c < preview.columns.size(); ++c) rows_->setHorizontalHeaderItem(static_cast<int>(c), new QTableWidgetItem(text(preview.columns[c])));
    constexpr int longest = 120;
    for (size_t r = 0; r < preview.rows.size(); ++r) {
        for (size_t c = 0; c < preview.columns.size(); ++c) {
            const auto whole = text(preview.rows[r][c]);
            auto* item = new QTableWidgetItem(shortened(whole.simplified(), longest));
            item->setToolTip(whole.left(2000));
            rows_->setItem(static_cast<int>(r), static_cast<int>(c), item);
        }
    }
    rows_->resizeColumnsToContents();
    for (int c = 0; c < rows_->columnCount(); ++c) rows_->setColumnWidth(c, std::min(rows_->columnWidth(c), 360));
    for (auto* box : boxes_) {
        const QSignalBlocker quiet(box);
        box->clear();
        box->addItem(tr("not in the file"), -1);
        for (size_t c = 0; c < preview.columns.size(); ++c)
            if (preview.columns[c].find(',') == std::string::npos) box->addItem(text(preview.columns[c]), static_cast<int>(c));
    }
    const auto before = ingest::ColumnMapping::parse(settings_.columnMapping(signatureOf(preview)).toStdString());
    choose(before.ok() ? *before : preview.guess);
}

void MappingForm::choose(const ingest::ColumnMapping& mapping) {
    for (size_t i = 0; i < ingest::meanings; ++i) {
        const QSignalBlocker quiet(boxes_[i]);
        const int place = mapping.columns[i].name.empty() ? 0 : boxes_[i]->findText(text(mapping.columns[i].name), Qt::MatchFixedString | Qt::MatchCaseSensitive);
        boxes_[i]->setCurrentIndex(std::max(place, 0));
    }
    showReading();
}

std::optional<size_t> MappingForm::chosen(Meaning meaning) const {
    const int place = box(meaning)->currentData().toInt();
    if (place < 0 || place >= static_cast<int>(preview_.columns.size())) return std::nullopt;
    return static_cast<size_t>(place);
}

std::vector<std::string> MappingForm::columns() const {
    std::vector<std::string> out;
    for (size_t i = 0; i < ingest::meanings; ++i)
        if (const auto place = chosen(static_cast<Meaning>(i))) out.push_back(std::string(ingest::toString(static_cast<Meaning>(i))) + '=' + preview_.columns[*place]);
    return out;
}

QString MappingForm::problem() const {
    for (const auto meaning : {Meaning::time, Meaning::statement})
        if (!chosen(meaning)) return tr("Say which column is “%1”.").arg(wordsOf(meaning));
    if (chosen(Meaning::durationMs) && chosen(Meaning::durationS)) return tr("The duration stands in one column: in milliseconds or in seconds.");
    for (size_t i = 0; i < ingest::meanings; ++i)
        for (size_t j = 0; j < i; ++j)
            if (chosen(static_cast<Meaning>(i)) && chosen(static_cast<Meaning>(i)) == chosen(static_cast<Meaning>(j)))
                return tr("“%1” and “%2” are the same column.").arg(wordsOf(static_cast<Meaning>(j)), wordsOf(static_cast<Meaning>(i)));
    const auto readable = [&](const auto& row) { return ingest::mappedTime(row[*chosen(Meaning::time)]).has_value(); };
    if (!preview_.rows.empty() && std::none_of(preview_.rows.begin(), preview_.rows.end(), readable))
        return tr("“%1” holds no time that can be read: %2").arg(text(preview_.columns[*chosen(Meaning::time)]), text(preview_.rows.front()[*chosen(Meaning::time)]).left(60));
    return {};
}

void MappingForm::showReading() {
    const auto wrong = problem();
    if (!wrong.isEmpty()) {
        reading_->setText(wrong);
    } else if (!preview_.rows.empty()) {
        const auto& row = preview_.rows.front();
        const auto began = ingest::mappedTime(row[*chosen(Meaning::time)]);
        constexpr int longest = 90;
        reading_->setText(tr("The first row is read as: %1, %2").arg(began ? instant(*began) : tr("no time"), shortened(text(row[*chosen(Meaning::statement)]).simplified(), longest)));
    }
    Q_EMIT changed();
}

void MappingForm::remember() {
    QStringList all;
    for (const auto& column : columns()) all << text(column);
    settings_.setColumnMapping(signatureOf(preview_), all.join(QLatin1Char(',')));
}

}  // namespace foreshard::ui
