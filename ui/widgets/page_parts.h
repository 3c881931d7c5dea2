// Small parts that every page is made of: the answer line at its top, headings, the empty state. GUI thread only.
#pragma once

#include <QLabel>
#include <QWidget>

class QPushButton;
class QAction;

namespace foreshard::ui {

// A label whose font is a factor of the application's and follows it.
class ScaledLabel : public QLabel {
    Q_OBJECT
public:
    ScaledLabel(double factor, bool strong, QWidget* parent = nullptr);

protected:
    void changeEvent(QEvent* event) override;

private:
    void restyle();
    double factor_;
    bool strong_;
    bool restyling_ = false;
};

// The one-line answer in plain words at the top of a page.
class AnswerLine : public ScaledLabel {
    Q_OBJECT
public:
    explicit AnswerLine(QWidget* parent = nullptr);
};

class Heading : public ScaledLabel {
    Q_OBJECT
public:
    explicit Heading(const QString& words, QWidget* parent = nullptr);
};

// Secondary text: smaller and quieter.
class QuietLabel : public ScaledLabel {
    Q_OBJECT
public:
    explicit QuietLabel(const QString& words = {}, QWidget* parent = nullptr);
};

// One sentence about what will be here, one button that fills it. Without an action (the verb is not bound, or something
// else comes first) only the sentence.
class EmptyState : public QWidget {
    Q_OBJECT
public:
    EmptyState(const QString& iconName, const QString& sentence, QAction* action, QWidget* parent = nullptr);
    void setSentence(const QString& sentence);
    QPushButton* button() const { return button_; }

private:
    QLabel* sentence_;
    QPushButton* button_ = nullptr;
};

// A push button that does and shows an action: text, enabled state, tooltip.
QPushButton* actionButton(QAction* action, bool primary = false);
// A horizontal line in the palette's line colour.
QWidget* separator();

}  // namespace foreshard::ui
