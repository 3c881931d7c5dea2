// hotspots as JSON and as text.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "app/cli/render.h"
#include "app/cli/render_contents.h"
#include "app/cli/render_parts.h"
#include "app/verbs/hotspots.h"
#include "core/base/units.h"
#include "core/base/words.h"

namespace foreshard::cli {

namespace {

std::string tableOf(const workload::Facts& facts, workload::ColumnId column) { return facts.schema.tables[facts.columns[column].table].qualifiedName(); }

Json spotJson(const models::Hotspot& spot, const workload::Facts& facts) {
    const bool scan = spot.kind == models::HotspotKind::scan;
    Json json{{"table", tableOf(facts, spot.column)}, {"column", scan ? Json() : Json(facts.columns[spot.column].expression)}, {"kind", models::toString(spot.kind)}, {"keys", spot.keys}, {"share", spot.share}};
    json["predicted_share"] = spot.predictedShare ? Json(*spot.predictedShare) : Json();
    json["weekly_growth"] = spot.weeklyGrowth ? Json(*spot.weeklyGrowth) : Json();
    json["burst"] = spot.burst ? Json{{"from", formatRfc3339(spot.burst->begin)}, {"to", formatRfc3339(spot.burst->end)}} : Json();
    json["what"] = spot.what;
    json["templates"] = Json::array();
    for (const auto id : spot.templates) json["templates"].push_back(facts.templates[id].text);
    json["remedy"] = spot.remedy;
    // Whole-time counts by key, with the bounds that they are known up to.
    constexpr size_t mostKeys = 5;
    const bool known = !scan && !facts.keySketches.empty();
    json["heavy_keys"] = known ? heavyKeysJson(facts.keySketches[spot.column], mostKeys, std::pair{spot.low, spot.high}) : Json();
    return json;
}

Json comingJson(const models::ComingHotspots& coming, const workload::Facts& facts) {
    Json json{{"table", tableOf(facts, coming.column)}, {"column", facts.columns[coming.column].expression}, {"from", formatRfc3339(coming.time.begin)}, {"to", formatRfc3339(coming.time.end)}};
    json["keys"] = Json::array();
    for (const auto& keys : coming.keys) json["keys"].push_back({{"keys", keys.label}, {"last_share", keys.lastShare}});
    json["models"] = coming.models;
    json["templates"] = Json::array();
    for (const auto id : coming.templates) json["templates"].push_back(facts.templates[id].text);
    json["precision_at_k"] = coming.precision;
    json["load_captured"] = coming.load;
    json["last_interval"] = {{"precision_at_k", coming.lastPrecision}, {"load_captured", coming.lastLoad}};
    json["tested_intervals"] = coming.tested;
    json["rows"] = Json::array();
    for (const auto& row : coming.rows)
        json["rows"].push_back({{"model", row.model}, {"chosen", row.chosen}, {"precision_at_k", row.precision}, {"load_captured", row.load}, {"times_chosen", row.timesChosen}});
    return json;
}

std::string comingText(const std::vector<models::ComingHotspots>& all, const workload::Facts& facts) {
    if (all.empty()) return "Too few intervals with traffic to say what the next one will find hot.\n";
    TextTable table({"column", "hottest keys", "found", "load", "as last time", "models"});
    constexpr size_t named = 5;
    for (const auto& coming : all) {
        std::vector<std::string> keys;
        for (size_t i = 0; i < std::min(named, coming.keys.size()); ++i) keys.push_back(coming.keys[i].label);
        if (coming.keys.size() > named) keys.push_back(fmt::format("{} more", coming.keys.size() - named));
        table.row({fmt::format("{}.{}", tableOf(facts, coming.column), facts.columns[coming.column].expression), joined(keys), formatShare(coming.precision), formatShare(coming.load),
                   fmt::format("{}, {}", formatShare(coming.lastPrecision), formatShare(coming.lastLoad)), joined(coming.models)});
    }
    const auto& first = all.front();
    return wrapped("", fmt::format("Predicted for {} to {}, the hottest keys first. found: of the keys named in the last {} intervals, those that were among the hottest; load: what they "
                       "carried, of what the hottest carried; as last time: both, for naming what was hot in the interval before.",
                                   formatRfc3339(first.time.begin), formatRfc3339(first.time.end), first.tested)) + table.render();
}

// The statements behind each hotspot, most calls first.
std::string causesText(const std::vector<models::Hotspot>& spots, const workload::Facts& facts) {
    constexpr size_t named = 3;
    TextTable table({"keys", "caused most by"});
    bool any = false;
    for (const auto& spot : spots)
        for (size_t i = 0; i < std::min(named, spot.templates.size()); ++i) {
            table.row({i == 0 ? fmt::format("{} {}", tableOf(facts, spot.column), spot.keys) : std::string(), oneLine(facts.templates[spot.templates[i]].text)});
            any = true;
        }
    return any ? "\n" + table.render() + "\n" : std::string();
}

}  // namespace

Result<Outcome> runHotspots(const verbs::HotspotsOptions& options, Job& job) {
    FS_ASSIGN(const auto found, verbs::hotspots(options, job));
    const auto& facts = *found.workload->facts;
    Outcome outcome;
    outcome.json = std::make_shared<Json>();
    auto& json = *outcome.json;
    json["hotspots"] = Json::array();
    json["coming"] = Json::array();
    TextTable table({"kind", "where", "keys", "share", "predicted", "what", "remedy"});
    for (const auto& spot : found.found) {
        json["hotspots"].push_back(spotJson(spot, facts));
        const bool scan = spot.kind == models::HotspotKind::scan;
        const auto where = scan ? tableOf(facts, spot.column) : fmt::format("{}.{}", tableOf(facts, spot.column), facts.columns[spot.column].expression);
        table.row({models::toString(spot.kind), where, spot.keys, formatShare(spot.share), spot.predictedShare ? formatShare(*spot.predictedShare) : std::string("–"), spot.what, spot.remedy});
    }
    for (const auto& coming : found.coming) json["coming"].push_back(comingJson(coming, facts));
    outcome.text = found.found.empty() ? std::string("No key carries much more than its share.\n") : table.render();
    outcome.text += causesText(found.found, facts);
    if (!found.forecast) outcome.text += fmt::format("Predicted shares need a forecast of this workload: foreshard forecast {}\n", options.project.string());
    outcome.text += "\n" + comingText(found.coming, facts);
    return outcome;
}

}  // namespace foreshard::cli
