#include "ui/widgets/page_parts.h"

#include <QAction>
#include <QBoxLayout>
#include <QEvent>
#include <QFrame>
#include <QPushButton>

#include "ui/theme/icons.h"
#include "ui/theme/metrics.h"
#include "ui/theme/theme.h"

namespace foreshard::ui {

ScaledLabel::ScaledLabel(double factor, bool strong, QWidget* parent) : QLabel(parent), factor_(factor), strong_(strong) {
    setTextFormat(Qt::PlainText);
    setWordWrap(true);
    setTextInteractionFlags(Qt::TextSelectableByMouse);
    restyle();
}

void ScaledLabel::restyle() {
    if (restyling_) return;
    restyling_ = true;
    setFont(scaledFont(factor_, strong_));
    restyling_ = false;
}

void ScaledLabel::changeEvent(QEvent* event) {
    if (event->type() == QEvent::ApplicationFontChange) restyle();
    QLabel::changeEvent(event);
}

AnswerLine::AnswerLine(QWidget* parent) : ScaledLabel(metrics::answerText, false, parent) {
    setAccessibleName(tr("Answer"));
    setObjectName("answer");
}

Heading::Heading(const QString& words, QWidget* parent) : ScaledLabel(1.0, true, parent) {
    setWordWrap(false);
    setText(words);
}

QuietLabel::QuietLabel(const QString& words, QWidget* parent) : ScaledLabel(metrics::secondaryText, false, parent) {
    setForegroundRole(QPalette::PlaceholderText);
    setText(words);
}

EmptyState::EmptyState(const QString& iconName, const QString& sentence, QAction* action, QWidget* parent)
    : QWidget(parent), sentence_(new ScaledLabel(metrics::answerText, false)) {
    auto* picture = new QLabel;
    picture->setPixmap(icon(iconName).pixmap(QSize(48, 48), QIcon::Disabled));
    picture->setAlignment(Qt::AlignCenter);
    connect(&Theme::instance(), &Theme::changed, picture, [picture, iconName] { picture->setPixmap(icon(iconName).pixmap(QSize(48, 48), QIcon::Disabled)); });
    sentence_->setAlignment(Qt::AlignCenter);
    sentence_->setFixedWidth(520);
    setSentence(sentence);
    sentence_->setForegroundRole(QPalette::PlaceholderText);
    auto* column = new QVBoxLayout(this);
    column->setSpacing(metrics::block);
    column->addStretch(2);
    column->addWidget(picture, 0, Qt::AlignHCenter);
    column->addWidget(sentence_, 0, Qt::AlignHCenter);
    if (action) {
        button_ = actionButton(action, true);
        column->addWidget(button_, 0, Qt::AlignHCenter);
    }
    column->addStretch(3);
}

void EmptyState::setSentence(const QString& sentence) {
    sentence_->setText(sentence);
    sentence_->setMinimumHeight(sentence_->heightForWidth(520));   // centred, so no layout asks for it
}

QPushButton* actionButton(QAction* action, bool primary) {
    auto* button = new QPushButton;
    const auto follow = [button, action, primary] {
        button->setText(action->text());
        // On the accent colour the icon takes the colour of its text.
        const bool onAccent = primary && action->isEnabled() && !action->icon().isNull();
        button->setIcon(onAccent ? QIcon(action->icon().pixmap(QSize(metrics::icon, metrics::icon), QIcon::Selected)) : action->icon());
        button->setEnabled(action->isEnabled());
        // Showing a button that has no parent yet would open a window.
        if (!action->isVisible()) button->hide();
        else if (button->parentWidget()) button->show();
        button->setToolTip(action->toolTip() == action->text() ? QString() : action->toolTip());
        button->setAccessibleDescription(button->toolTip());
    };
    follow();
    QObject::connect(action, &QAction::changed, button, follow);
    QObject::connect(button, &QPushButton::clicked, action, &QAction::trigger);
    if (primary) {
        const auto tint = [button, follow] {
            follow();
            auto palette = button->palette();
            const auto& c = Theme::instance().colours();
            palette.setColor(QPalette::Active, QPalette::Button, c.accent);
            palette.setColor(QPalette::Inactive, QPalette::Button, c.accent);
            palette.setColor(QPalette::Active, QPalette::ButtonText, c.accentText);
            palette.setColor(QPalette::Inactive, QPalette::ButtonText, c.accentText);
            button->setPalette(palette);
        };
        tint();
        QObject::connect(&Theme::instance(), &Theme::changed, button, tint);
    }
    return button;
}

QWidget* separator() {
    auto* line = new QFrame;
    line->setFrameShape(QFrame::HLine);
    line->setForegroundRole(QPalette::Mid);
    line->setFixedHeight(1);
    line->setFrameShadow(QFrame::Plain);
    return line;
}

}  // namespace foreshard::ui
