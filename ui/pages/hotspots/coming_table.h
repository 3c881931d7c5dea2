// What the next interval is expected to find hot, as a table: the keys that the verb `hotspots` names, with how well such naming
// did in the intervals before. Rows are made off the GUI thread; the rest is of the GUI thread.
#pragma once

#include "core/models/hot/coming.h"
#include "ui/document/contents.h"
#include "ui/widgets/rows_model.h"

namespace foreshard::ui {

struct ComingRow {
    std::string table, column, keys;
    size_t place = 0;                          // among the keys of its column, from 1
    double lastShare = 0;                      // of the column's accesses in the last interval
    double found = 0, load = 0;                // of the column's predictions, as in models::ComingHotspots
    double lastFound = 0, lastLoad = 0;
    uint32_t tested = 0;                       // intervals
    QString models, cause, causes, remedy;     // remedy: of the hotspot that it is already, else empty
    bool operator==(const ComingRow&) const = default;
};

struct ComingShown {
    std::vector<ComingRow> rows;
    std::optional<TimeRange> time;             // the interval that is foreseen; nothing where none can be
};

ComingShown comingShown(const workload::Workload& observed, const std::vector<models::ComingHotspots>& coming, const std::vector<HotspotView>& hotspots);
void describeComing(RowsModel<ComingRow>& model);
// The sentence above the table.
QString comingWords(const ComingShown& shown);

}  // namespace foreshard::ui
