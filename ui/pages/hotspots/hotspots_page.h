// Hotspots: the heat map takes the page; above it the strip that names what it sees, below it the same as a
// table, beside another of what the next interval is expected to find hot. Over it ranges
// of a key can be drawn by hand: the projection follows, and what is kept is a design of its own.
#pragma once

#include "ui/heatmap/heat_view.h"
#include "ui/pages/hotspots/coming_table.h"
#include "ui/pages/page_view.h"
#include "ui/widgets/rows_model.h"

class QComboBox;
class QLabel;
class QSplitter;
class QTabWidget;

namespace foreshard::ui {

class Settings;
class SplitEditor;
class TablePanel;

void describeHotspots(RowsModel<HotspotView>& model);
// "Tenant 17 of customer_id takes 12 % of the load; …": the one-line answer.
QString hotspotAnswer(const std::vector<HotspotView>& hotspots, const HeatGrid& grid);

class HotspotsPage : public PageView {
    Q_OBJECT
public:
    HotspotsPage(Document& document, Settings& settings, QWidget* parent = nullptr);
    ContextUse contextUse() const override { return {{}, tr("Heat is of keys, whatever shard they lie on: there is nothing to compare."), {}}; }
    HeatMapView* map() const { return map_; }
    QComboBox* columnBox() const { return columns_; }
    TablePanel* table() const { return table_; }
    QTabWidget* tabs() const { return tabs_; }
    TablePanel* comingTable() const { return comingTable_; }
    QLabel* comingWordsLabel() const { return comingWords_; }
    SplitEditor* splits() const { return splits_; }
    QAction* splitAction() const { return split_; }
    void exportTo(const QString& path);  // png or csv; a failure is told on the page

protected:
    void refresh() override;

private:
    // What the page shows, and what it is made from: two of the same are the same picture.
    struct Inputs {
        std::shared_ptr<const workload::Workload> shown, forecast;
        int column = -2;
        std::optional<TimeRange> time;
        bool operator==(const Inputs&) const = default;
    };
    struct Shown {
        std::shared_ptr<const HeatPicture> picture;
        std::vector<HotspotView> hotspots;
    };
    static Shown make(const Inputs& inputs);
    QWidget* buildContent();
    void buildTools();
    void fillColumns(const workload::Workload& workload);
    void prepareShown();
    void showMade(Shown made);
    void showTable();
    void placeSpots();
    void selectCells(const QRect& cells);
    void showOnMap(const HotspotView& hotspot);
    QWidget* buildComing();
    void prepareComing();
    std::optional<HeatCell> cellOf(const HotspotView& hotspot) const;
    void savePicture();
    void connectSplits();
    void beginSplits();
    void splitsReady();
    void endSplits();
    void projectSplits();
    void keepSplits();
    const sharding::Design* splitBase();
    Settings& settings_;
    RowsModel<HotspotView> model_;
    HeatMapView* map_ = nullptr;
    QComboBox* columns_ = nullptr;
    TablePanel* table_ = nullptr;
    static constexpr int comingTab = 1;
    QTabWidget* tabs_ = nullptr;
    RowsModel<ComingRow> comingModel_;
    TablePanel* comingTable_ = nullptr;
    QLabel* comingWords_ = nullptr;
    std::shared_ptr<const workload::Workload> comingOf_;   // what the next interval is or was foreseen from
    QSplitter* splitter_ = nullptr;
    int shownRows_ = -1;
    Inputs inputs_;                      // of what is shown or being made
    SplitEditor* splits_ = nullptr;
    QAction* split_ = nullptr;
    bool splitsWanted_ = false;          // as soon as the map shows the column
    struct Basis;
    std::shared_ptr<Basis> basis_;       // that drawn designs are projected on; used by one job at a time
    const void* columnsOf_ = nullptr;    // the workload that the list of columns was made from
};

}  // namespace foreshard::ui
