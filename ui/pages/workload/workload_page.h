// Workload: volume over time stacked by cluster, the templates under it, transaction classes, and what the logs do not say.
#pragma once

#include "ui/pages/page_view.h"
#include "ui/pages/workload/template_rows.h"

class QTabWidget;
class QPushButton;

namespace foreshard::ui {

class ChartPanel;
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
    TablePanel* templates() const { return templateTable_; }
    TablePanel* classes() const { return classTable_; }
    ChartPanel* chart() const { return chart_; }
    QTabWidget* tabs() const { return tabs_; }

protected:
    void refresh() override;

private:
    QWidget* buildContent();
    QWidget* buildTemplates();
    void selectTemplate(int row);
    void filterLayer(int layer);
    void showDiagnostics(const workload::Workload& workload);
    RowsModel<TemplateRow> templateModel_;
    RowsModel<ClassRow> classModel_;
    RowsModel<SourceRow> sourceModel_;
    RowsModel<DiagnosticRow> diagnosticModel_;
    VolumeStack stack_;
    ChartPanel* chart_ = nullptr;
    TablePanel *templateTable_ = nullptr, *classTable_ = nullptr, *sourceTable_ = nullptr, *diagnosticTable_ = nullptr;
    QTabWidget* tabs_ = nullptr;
    QPushButton* unfilter_ = nullptr;
};

}  // namespace foreshard::ui
