// Workload: volume over time stacked by cluster, the templates under it, transaction classes, what is expected of one statement, and
// what the logs do not say.
#pragma once

#include "core/models/predict/predictor.h"
#include "ui/pages/page_view.h"
#include "ui/pages/workload/template_rows.h"

class QTabWidget;
class QPushButton;

namespace foreshard::ui {

class ChartPanel;
class StatementPanel;
class TablePanel;

struct DiagnosticRow {
    QString reason, place, message;
    double times = 0;
};
void describeDiagnostics(RowsModel<DiagnosticRow>& model);

class WorkloadPage : public PageView {
    Q_OBJECT
public:
    explicit WorkloadPage(Document& document, QWidget* parent = nullptr);
    ContextUse contextUse() const override { return {{}, tr("Statements and their volumes do not depend on a layout: there is nothing to compare."), {}}; }
    TablePanel* templates() const { return templateTable_; }
    TablePanel* classes() const { return classTable_; }
    ChartPanel* chart() const { return chart_; }
    QTabWidget* tabs() const { return tabs_; }
    StatementPanel* statement() const { return statement_; }

protected:
    void refresh() override;

private:
    // What the page shows, and what it is made from: two of the same show the same.
    struct Inputs {
        std::shared_ptr<const workload::Workload> workload;
        std::shared_ptr<const models::TrainedModels> models;
        std::optional<TimeRange> time;
        bool reading = false;
        bool operator==(const Inputs&) const = default;
    };
    struct Shown {
        std::vector<TemplateRow> templates;
        std::vector<ClassRow> classes;
        VolumeStack stack;
        QString answer;
    };
    // What the statement box is answered from; made when it is first looked at, and kept until what it rests on changes.
    struct Known {
        std::shared_ptr<const workload::Workload> workload;
        std::shared_ptr<const models::TrainedModels> models;
        std::shared_ptr<const models::Forecast> forecast;
        bool operator==(const Known&) const = default;
    };
    struct Answer {
        std::shared_ptr<const models::Predictor> predictor;
        std::optional<models::Prediction> prediction;    // nothing: `error` says why, or nothing was asked
        std::optional<Error> error;
    };
    static Answer answerTo(const Known& known, std::shared_ptr<const models::Predictor> predictor, const std::string& sql, Job& job);
    void askStatement(const QString& sql);               // empty: only makes ready
    void showAnswer(const Known& known, Answer answer);
    void followKnown();
    static Shown make(const Inputs& inputs);
    QWidget* buildContent();
    QWidget* buildTemplates();
    QWidget* buildSources();
    void showMade(Shown made);
    void followSelected();
    void selectTemplate(int row);
    void filterLayer(int layer);
    void showDiagnostics(const workload::Workload& workload);
    RowsModel<TemplateRow> templateModel_;
    RowsModel<ClassRow> classModel_;
    RowsModel<SourceRow> sourceModel_;
    RowsModel<DiagnosticRow> diagnosticModel_;
    VolumeStack stack_;
    Inputs inputs_;                      // of what is shown or being made
    ChartPanel* chart_ = nullptr;
    TablePanel *templateTable_ = nullptr, *classTable_ = nullptr, *sourceTable_ = nullptr, *diagnosticTable_ = nullptr;
    QTabWidget* tabs_ = nullptr;
    QPushButton* unfilter_ = nullptr;
    StatementPanel* statement_ = nullptr;
    Known known_;                        // of predictor_ or of the answer that is shown
    std::shared_ptr<const models::Predictor> predictor_;
};

}  // namespace foreshard::ui
