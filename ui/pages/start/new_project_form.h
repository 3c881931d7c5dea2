// NewProjectForm: what a new project is made from. Says what each file is before anything is read in full.
#pragma once

#include <QWidget>

#include "ui/document/actions.h"
#include "ui/widgets/rows_model.h"

class QCheckBox;
class QComboBox;
class QLineEdit;
class QPushButton;

namespace foreshard::ui {

class MappingForm;
class Notice;
class Settings;
class TablePanel;

class NewProjectForm : public QWidget {
    Q_OBJECT
public:
    NewProjectForm(const DocumentActions& actions, Settings& settings, QWidget* parent = nullptr);
    void addFile(const std::filesystem::path& path);
    // What would be asked for; nothing, with the reason shown, where something is missing.
    std::optional<NewProjectRequest> request();
    QLineEdit* projectBox() const { return project_; }
    QLineEdit* serverBox() const { return server_; }
    QPushButton* startButton() const { return start_; }
    MappingForm* mapping() const { return mapping_; }

Q_SIGNALS:
    void wanted(const foreshard::ui::NewProjectRequest& request);
    void cancelled();

private:
    QWidget* buildOptions();
    void removeCurrent();
    void showMapping();
    void update();
    const DocumentActions& actions_;
    RowsModel<DroppedFile> files_;
    TablePanel* table_;
    QLineEdit *project_, *server_, *prefix_, *sampleRate_, *minDuration_;
    QComboBox* format_;
    MappingForm* mapping_;                         // shown where a file is a table
    std::optional<ingest::TablePreview> mapped_;
    QCheckBox* pooled_;
    QPushButton* start_;
    Notice* notice_;
};

// What a file is by its name alone, where nothing looks inside it.
FileKind kindByName(const std::filesystem::path& path);
bool isLog(FileKind kind);
bool isSchema(FileKind kind);

}  // namespace foreshard::ui
