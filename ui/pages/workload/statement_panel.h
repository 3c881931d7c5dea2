// The statement box: one statement in, everything that is expected of it out. Asks by a signal and shows what it is given; who
// answers is the page's affair. GUI thread only.
#pragma once

#include <QWidget>

#include "core/models/predict/predictor.h"
#include "ui/widgets/rows_model.h"

class QFormLayout;
class QLabel;
class QPlainTextEdit;
class QPushButton;

namespace foreshard::ui {

class Notice;
class TablePanel;

struct RelatedRow {
    uint64_t fingerprint = 0;
    QString sql;
    double score = 0;
    std::optional<double> callsPerHour;
};
void describeRelated(RowsModel<RelatedRow>& model);

class StatementPanel : public QWidget {
    Q_OBJECT
public:
    explicit StatementPanel(QWidget* parent = nullptr);
    void ask();                                // emits asked() where the box holds something
    void showPrediction(const models::Prediction& prediction, const workload::Workload& observed);
    void showError(const Error& error);
    void clear();                              // forgets the answer, not the question
    bool answered() const;

    QPlainTextEdit* box() const { return box_; }
    QPushButton* askButton() const { return ask_; }
    Notice* notice() const { return notice_; }
    TablePanel* related() const { return related_; }
    QLabel* calls() const { return calls_; }
    QLabel* rows() const { return rows_; }
    QLabel* hotspots() const { return hotspots_; }
    QLabel* statement() const { return statement_; }

Q_SIGNALS:
    void asked(const QString& sql);
    void templateChosen(quint64 fingerprint);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    QLabel* addLine(QFormLayout* form, const QString& title);
    void buildBox();
    QPlainTextEdit* box_ = nullptr;
    QPushButton* ask_ = nullptr;
    QLabel* hint_ = nullptr;             // what will be here
    Notice* notice_ = nullptr;
    QWidget* answer_ = nullptr;
    QLabel *statement_ = nullptr, *does_ = nullptr, *calls_ = nullptr, *rows_ = nullptr, *hotspots_ = nullptr, *notes_ = nullptr;
    RowsModel<RelatedRow> relatedModel_;
    TablePanel* related_ = nullptr;
};

}  // namespace foreshard::ui
