// SelectionPanel: what is selected, in words, with its numbers and what can be done about it. Follows the one shared
// selection. GUI thread only.
#pragma once

#include <QWidget>

#include "ui/document/page.h"

class QFormLayout;
class QLabel;
class QVBoxLayout;
class QPushButton;

namespace foreshard::ui {

class Document;

class SelectionPanel : public QWidget {
    Q_OBJECT
public:
    explicit SelectionPanel(Document& document, QWidget* parent = nullptr);
    QString words() const;

Q_SIGNALS:
    void goTo(foreshard::ui::PageId page);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void refresh();
    QPushButton* jump(const QString& words, PageId page);
    Document& document_;
    QLabel *words_, *empty_;
    QWidget* numbers_;
    QFormLayout* form_;
    QPushButton *heat_, *designs_, *templates_, *useTime_, *clear_;
};

}  // namespace foreshard::ui
