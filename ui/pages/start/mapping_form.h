// MappingForm: which column of a table of statements (or member of its JSON lines) says what. Begins with what was said of
// such a file before, else with a guess from its first rows, which it shows. GUI thread only.
#pragma once

#include <QWidget>

#include <array>
#include <optional>

#include "core/ingest/table_preview.h"

class QComboBox;
class QTableWidget;

namespace foreshard::ui {

class QuietLabel;
class Settings;

class MappingForm : public QWidget {
    Q_OBJECT
public:
    explicit MappingForm(Settings& settings, QWidget* parent = nullptr);
    void setPreview(const ingest::TablePreview& preview);
    // "statement=query", …: as the command line takes them.
    std::vector<std::string> columns() const;
    // Why it cannot be read like this; empty: it can.
    QString problem() const;
    // For the next file with the same columns.
    void remember();
    QComboBox* box(ingest::Meaning meaning) const { return boxes_[static_cast<size_t>(meaning)]; }

Q_SIGNALS:
    void changed();

private:
    void choose(const ingest::ColumnMapping& mapping);
    void showReading();
    std::optional<size_t> chosen(ingest::Meaning meaning) const;   // index into the preview's columns
    Settings& settings_;
    ingest::TablePreview preview_;
    std::array<QComboBox*, ingest::meanings> boxes_{};
    QTableWidget* rows_;
    QuietLabel* reading_;
};

}  // namespace foreshard::ui
