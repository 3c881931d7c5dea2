#include "ui/frame/selection_panel.h"

#include <QBoxLayout>
#include <QFormLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>

#include "ui/document/document.h"
#include "ui/format/format.h"
#include "ui/theme/metrics.h"
#include "ui/theme/theme.h"
#include "ui/widgets/page_parts.h"

namespace foreshard::ui {

SelectionPanel::SelectionPanel(Document& document, QWidget* parent)
    : QWidget(parent), document_(document), words_(new QLabel), empty_(new QuietLabel(tr("Nothing is selected. Click a row, a bar or a part of the heat map."))),
      numbers_(new QWidget), form_(new QFormLayout(numbers_)) {
    setAccessibleName(tr("Selection"));
    setFixedWidth(metrics::selectionPanelWidth);
    words_->setWordWrap(true);
    words_->setTextFormat(Qt::PlainText);
    words_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    form_->setContentsMargins(0, 0, 0, 0);
    form_->setHorizontalSpacing(metrics::gap);
    form_->setVerticalSpacing(metrics::inner);
    form_->setRowWrapPolicy(QFormLayout::WrapLongRows);
    heat_ = jump(tr("Show on the heat map"), PageId::hotspots);
    designs_ = jump(tr("Show designs for it"), PageId::designs);
    templates_ = jump(tr("Show its templates"), PageId::workload);
    useTime_ = new QPushButton(tr("Show only this time"));
    connect(useTime_, &QPushButton::clicked, this, [this] {
        auto value = document_.context().value();
        value.time = document_.selection().value().time;
        document_.context().change(value, tr("Show only the selected time"));
    });
    clear_ = new QPushButton(tr("Clear selection"));
    connect(clear_, &QPushButton::clicked, this, [this] { document_.selection().choose({}, QStringLiteral("clear")); });

    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(metrics::block - 4, metrics::block - 4, metrics::gap, metrics::gap);
    column->setSpacing(metrics::gap);
    column->addWidget(new Heading(tr("Selection")));
    column->addWidget(empty_);
    column->addWidget(words_);
    column->addWidget(numbers_);
    column->addSpacing(metrics::gap);
    for (auto* button : {heat_, designs_, templates_, useTime_, clear_}) column->addWidget(button);
    column->addStretch(1);
    connect(&document_.selection(), &Selection::changed, this, &SelectionPanel::refresh);
    connect(&document_.context(), &ViewContext::changed, this, &SelectionPanel::refresh);
    refresh();
}

QPushButton* SelectionPanel::jump(const QString& words, PageId page) {
    auto* button = new QPushButton(words);
    connect(button, &QPushButton::clicked, this, [this, page] { Q_EMIT goTo(page); });
    return button;
}

QString SelectionPanel::words() const { return words_->text(); }

void SelectionPanel::refresh() {
    const auto& value = document_.selection().value();
    auto lines = document_.selection().words();
    if (!value.designId.empty()) lines << tr("design %1").arg(document_.designName(value.designId));
    words_->setText(lines.join(QLatin1Char('\n')));
    words_->setVisible(!words_->text().isEmpty());
    empty_->setVisible(value.empty());
    while (form_->rowCount() > 0) form_->removeRow(0);
    for (const auto& [name, figure] : value.numbers) {
        auto* label = new QuietLabel(text(name));
        auto* words = new QLabel(text(figure));
        words->setWordWrap(true);
        words->setTextFormat(Qt::PlainText);
        form_->addRow(label, words);
    }
    numbers_->setVisible(!value.numbers.empty());
    heat_->setVisible(!value.column.empty());
    designs_->setVisible(!value.table.empty());
    templates_->setVisible(!value.table.empty());
    useTime_->setVisible(value.time.has_value() && document_.context().value().time != value.time);
    clear_->setVisible(!value.empty());
}

void SelectionPanel::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setPen(Theme::instance().colours().line);
    painter.drawLine(0, 0, 0, height());
}

}  // namespace foreshard::ui
