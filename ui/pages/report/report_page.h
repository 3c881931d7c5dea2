// Report: a list of sections with tick boxes, live preview, export.
#pragma once

#include "ui/pages/page_view.h"

class QListWidget;
class QTextBrowser;
class QTimer;

namespace foreshard::ui {

class QuietLabel;

class ReportPage : public PageView {
    Q_OBJECT
public:
    explicit ReportPage(Document& document, QWidget* parent = nullptr);
    ContextUse contextUse() const override {
        const auto why = tr("A report covers the whole project.");
        return {why, why, why};
    }
    QListWidget* sections() const { return sections_; }
    QTextBrowser* preview() const { return preview_; }
    QAction* exportAction() const { return export_; }
    std::vector<std::string> chosen() const;
    QString emptyWords() const;              // which wanted sections have nothing to say, and why

protected:
    void refresh() override;
    bool waiting() const override;

private:
    QWidget* buildContent();
    void makeReport();
    void showPreview();
    QListWidget* sections_ = nullptr;
    QuietLabel* empty_ = nullptr;
    QTextBrowser* preview_ = nullptr;
    QTimer* later_ = nullptr;
    std::shared_ptr<const ReportView> previewOf_;
    QAction *prepare_ = nullptr, *export_ = nullptr;
};

}  // namespace foreshard::ui
