#include "ui/document/hotspot_views.h"

#include "core/models/hotspots.h"

namespace foreshard::ui {

std::vector<HotspotView> hotspotViews(const workload::Workload& observed, const workload::Workload* forecast) {
    std::vector<HotspotView> views;
    for (const auto& spot : models::findHotspots(observed, forecast)) {
        const auto& column = observed.facts->columns[spot.column];
        HotspotView view;
        view.table = observed.facts->schema.tables[column.table].qualifiedName();
        view.column = spot.kind == models::HotspotKind::scan ? std::string() : column.expression;
        view.kind = models::toString(spot.kind);
        view.keys = spot.keys;
        view.what = spot.what;
        view.share = spot.share;
        view.predictedShare = spot.predictedShare;
        for (const auto id : spot.templates) view.templates.push_back(observed.facts->templates[id].text);
        view.remedy = spot.remedy;
        view.time = spot.burst;
        views.push_back(std::move(view));
    }
    return views;
}

}  // namespace foreshard::ui
