#include "ui/widgets/notice.h"

#include <QBoxLayout>
#include <QClipboard>
#include <QEvent>
#include <QGuiApplication>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QToolButton>

#include "ui/theme/colour_math.h"
#include "ui/theme/icons.h"
#include "ui/theme/metrics.h"
#include "ui/theme/theme.h"

namespace foreshard::ui {

namespace {
QColor colourOf(NoticeKind kind) {
    const auto& c = Theme::instance().colours();
    switch (kind) {
        case NoticeKind::warning: return c.warning;
        case NoticeKind::error: return c.error;
        case NoticeKind::verified: return c.verified;
        default: return c.secondary;
    }
}
QString iconOf(NoticeKind kind) {
    switch (kind) {
        case NoticeKind::warning: return QStringLiteral("warning");
        case NoticeKind::error: return QStringLiteral("error");
        case NoticeKind::verified: return QStringLiteral("verify");
        default: return QStringLiteral("info");
    }
}
}  // namespace

Notice::Notice(QWidget* parent)
    : QWidget(parent), picture_(new QLabel), words_(new QLabel), next_(new QLabel), copy_(new QPushButton(tr("Copy details"))), close_(new QToolButton) {
    for (auto* label : {words_, next_}) {
        label->setWordWrap(true);
        label->setTextFormat(Qt::PlainText);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
        label->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Minimum);
    }
    next_->setForegroundRole(QPalette::PlaceholderText);
    copy_->setFlat(true);
    connect(copy_, &QPushButton::clicked, this, [this] { QGuiApplication::clipboard()->setText(details_); });
    close_->setIcon(icon("close"));
    close_->setAutoRaise(true);
    close_->setToolTip(tr("Dismiss"));
    close_->setAccessibleName(tr("Dismiss"));
    close_->hide();
    connect(close_, &QToolButton::clicked, this, [this] {
        hide();
        Q_EMIT dismissed();
    });
    auto* column = new QVBoxLayout;
    column->setSpacing(2);
    column->addWidget(words_);
    column->addWidget(next_);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(metrics::gap + 4, metrics::gap, metrics::gap, metrics::gap);
    row->setSpacing(metrics::gap);
    row->addWidget(picture_, 0, Qt::AlignTop);
    row->addLayout(column, 1);
    row->addWidget(copy_, 0, Qt::AlignTop);
    row->addWidget(close_, 0, Qt::AlignTop);
    hide();
}

void Notice::show(NoticeKind kind, const QString& words, const QString& next) {
    kind_ = kind;
    details_ = next.isEmpty() ? words : words + QLatin1Char('\n') + next;
    words_->setText(words);
    next_->setText(next);
    next_->setVisible(!next.isEmpty());
    copy_->setVisible(kind == NoticeKind::error);
    setAccessibleName(words);
    restyle();
    QWidget::show();
}

void Notice::showError(const Error& error) {
    show(NoticeKind::error, QString::fromStdString(error.message), QString::fromStdString(error.next));
    details_ += QStringLiteral("\n%1: %2").arg(QString::fromLatin1(toString(error.category)), QString::fromStdString(error.cause));
}

void Notice::setDismissable(bool dismissable) { close_->setVisible(dismissable); }
QString Notice::words() const { return words_->text(); }

void Notice::restyle() {
    picture_->setPixmap(icon(iconOf(kind_)).pixmap(QSize(16, 16), devicePixelRatioF()));
    update();
}

void Notice::changeEvent(QEvent* event) {
    if (event->type() == QEvent::PaletteChange) restyle();
    QWidget::changeEvent(event);
}

void Notice::paintEvent(QPaintEvent*) {
    const auto& c = Theme::instance().colours();
    QPainter painter(this);
    const auto edge = colourOf(kind_);
    painter.fillRect(rect(), kind_ == NoticeKind::note ? c.raised : mix(c.surface, edge, 0.10));
    painter.fillRect(QRect(0, 0, 3, height()), edge);
}

}  // namespace foreshard::ui
