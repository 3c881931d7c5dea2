// EventsTab: the events that are marked on the calendar, such as a sale, to be added and removed; what the forecast expects of
// those that it holds. GUI thread only.
#pragma once

#include <QWidget>

#include "ui/document/document.h"
#include "ui/pages/forecast/forecast_rows.h"

class QComboBox;
class QDateTimeEdit;
class QLineEdit;
class QPushButton;

namespace foreshard::ui {

class Notice;
class TablePanel;

class EventsTab : public QWidget {
    Q_OBJECT
public:
    explicit EventsTab(Document& document, QWidget* parent = nullptr);
    void refresh();
    TablePanel* table() const { return table_; }
    QLineEdit* nameBox() const { return name_; }
    QDateTimeEdit* fromBox() const { return from_; }
    QDateTimeEdit* toBox() const { return to_; }
    QComboBox* likeBox() const { return like_; }
    QPushButton* addButton() const { return add_; }
    QPushButton* removeButton() const { return remove_; }

private:
    QWidget* buildForm();
    void offerTime();
    void offerKinds();
    void add();
    void remove();
    Document& document_;
    RowsModel<EventRow> model_;
    TablePanel* table_ = nullptr;
    QWidget* form_ = nullptr;
    QLineEdit* name_ = nullptr;
    QDateTimeEdit *from_ = nullptr, *to_ = nullptr;
    QComboBox* like_ = nullptr;
    QPushButton *add_ = nullptr, *remove_ = nullptr;
    Notice* notice_ = nullptr;
    std::optional<TimeRange> offered_;     // the time that stands in the form unless somebody has written another one
};

}  // namespace foreshard::ui
