// Start: recent projects with a thumbnail of their heat map, the sample, a project, or logs: the whole page takes drops and
// says what each file is.
#pragma once

#include "ui/pages/page_view.h"

class QListWidget;

namespace foreshard::ui {

class NewProjectForm;
class Settings;

class StartPage : public PageView {
    Q_OBJECT
public:
    StartPage(Document& document, Settings& settings, QWidget* parent = nullptr);
    ContextUse contextUse() const override {
        const auto none = tr("The start page shows no data.");
        return {none, none, none};
    }
    void showForm();
    NewProjectForm* form() const { return form_; }
    QListWidget* recentList() const { return recent_; }

protected:
    void refresh() override;
    void showEvent(QShowEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    QWidget* buildWelcome();
    void fillRecent();
    void saveThumbnail();
    void take(const QList<std::filesystem::path>& paths);
    Settings& settings_;
    QWidget* welcome_;
    QListWidget* recent_;
    QWidget* noRecent_ = nullptr;
    NewProjectForm* form_;
};

}  // namespace foreshard::ui
