// Hotspots: the heat map takes the page; above it the strip that names what it sees, below it the same as a table.
#pragma once

#include "ui/heatmap/heat_view.h"
#include "ui/pages/page_view.h"
#include "ui/widgets/rows_model.h"

class QComboBox;

namespace foreshard::ui {

class Settings;
class TablePanel;

void describeHotspots(RowsModel<HotspotView>& model);
// "Tenant 17 of customer_id takes 12 % of the load; …": the one-line answer.
QString hotspotAnswer(const std::vector<HotspotView>* hotspots, const HeatGrid& grid);

class HotspotsPage : public PageView {
    Q_OBJECT
public:
    HotspotsPage(Document& document, Settings& settings, QWidget* parent = nullptr);
    HeatMapView* map() const { return map_; }
    QComboBox* columnBox() const { return columns_; }
    TablePanel* table() const { return table_; }

protected:
    void refresh() override;

private:
    QWidget* buildContent();
    void fillColumns();
    void rebuildGrid();
    void placeSpots();
    void selectCells(const QRect& cells);
    void showHotspot(int row);
    std::optional<HeatCell> cellOf(const HotspotView& hotspot) const;
    void savePicture();
    Settings& settings_;
    RowsModel<HotspotView> model_;
    HeatMapView* map_ = nullptr;
    QComboBox* columns_ = nullptr;
    TablePanel* table_ = nullptr;
    const void* gridOf_ = nullptr;       // what the shown grid was made from
    const void* forecastOf_ = nullptr;
    std::optional<TimeRange> timeOf_;
    int columnOf_ = -2;
};

}  // namespace foreshard::ui
