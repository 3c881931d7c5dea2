// Notice: news beside what it is about: an error with what it means and the next step, or a remark. Never a message box.
#pragma once

#include <QWidget>

#include "core/base/result.h"

class QLabel;
class QToolButton;
class QPushButton;

namespace foreshard::ui {

enum class NoticeKind : uint8_t { note, warning, error, verified };

class Notice : public QWidget {
    Q_OBJECT
public:
    explicit Notice(QWidget* parent = nullptr);     // hidden until something is shown
    void show(NoticeKind kind, const QString& words, const QString& next = {});
    void showError(const Error& error);
    void setDismissable(bool dismissable);
    QString words() const;
    QString details() const { return details_; }

Q_SIGNALS:
    void dismissed();

protected:
    void paintEvent(QPaintEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void restyle();
    NoticeKind kind_ = NoticeKind::note;
    QString details_;
    QLabel *picture_, *words_, *next_;
    QPushButton* copy_;
    QToolButton* close_;
};

}  // namespace foreshard::ui
