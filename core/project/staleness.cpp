// What no longer follows from its inputs. Every value carries the fingerprint of what it was made from.
#include "core/base/hash.h"
#include "core/models/events.h"
#include "core/project/impl.h"
#include "core/sharding/design.h"

namespace foreshard::project {

namespace {

struct Prints {
    std::optional<store::ValueInfo> schema, workload, models, forecast, advice, design, monitor, events;
};

uint64_t print(const std::optional<store::ValueInfo>& info) { return info ? info->fingerprint : 0; }

StageState state(const std::optional<store::ValueInfo>& value, bool changed, const char* why) {
    if (!value) return {};
    return changed ? StageState{Freshness::stale, why} : StageState{Freshness::ready, {}};
}

// A stage that rests on a stale one is stale too.
void restOn(StageState& stage, const StageState& upstream, const char* why) {
    if (stage.freshness == Freshness::ready && upstream.freshness == Freshness::stale) stage = {Freshness::stale, why};
}

Result<uint64_t> designPrint(const std::string& bytes) {
    if (bytes.empty()) return 0;
    FS_ASSIGN(const sharding::Design design, sharding::readDesign(bytes));
    return design.fingerprint();
}

// A plan that was carried out is not stale, whatever the advice says by now: the layout in force is where it leads.
Result<StageState> planState(const Prints& prints, const Project::PlanRecord& record, const StageState& advice) {
    FS_ASSIGN(const uint64_t to, designPrint(record.toDesign));
    FS_ASSIGN(const uint64_t from, designPrint(record.fromDesign));
    StageState out{Freshness::ready, {}};
    if (prints.design && prints.design->fingerprint == to) return out;
    if (prints.design && from != 0 && prints.design->fingerprint != from)
        return StageState{Freshness::stale, "The layout in force is not the one that the plan starts from."};
    if (record.adviceFingerprint == 0) return out;
    if (record.adviceFingerprint != print(prints.advice))
        return StageState{Freshness::stale, "The advice has changed since the plan was made."};
    restOn(out, advice, "The plan rests on advice that is out of date.");
    return out;
}

}  // namespace

Result<std::map<Stage, StageState>> Project::staleness() const {
    Prints prints;
    const std::pair<std::string_view, std::optional<store::ValueInfo>*> kindsOf[] = {
        {kinds::schema, &prints.schema},  {kinds::workload, &prints.workload},
        {kinds::models, &prints.models},  {kinds::forecast, &prints.forecast},
        {kinds::advice, &prints.advice},  {kinds::designInForce, &prints.design},
        {kinds::monitor, &prints.monitor}, {kinds::events, &prints.events}};
    for (const auto& [kind, out] : kindsOf) {
        FS_ASSIGN(*out, impl_->values.info(kind, {}));
    }
    const uint64_t schema = print(prints.schema), workload = print(prints.workload), models = print(prints.models),
                   forecast = print(prints.forecast), data = models::dataFingerprint(workload, print(prints.events));

    std::map<Stage, StageState> out;
    StageState& loads = out[Stage::workload] =
        state(prints.workload, prints.workload && prints.workload->inputs != schema,
              "The schema has changed since the logs were read.");
    StageState& trained = out[Stage::models] = state(prints.models, prints.models && prints.models->inputs != data,
                                                     "The workload or the marked events have changed since the models were trained.");
    StageState& foreseen = out[Stage::forecast] =
        state(prints.forecast, prints.forecast && prints.forecast->inputs != combineHash(workload, models),
              "The workload or the models have changed since the forecast was made.");
    const bool fromForecast = prints.advice && forecast != 0 && prints.advice->inputs == forecast;
    StageState& advised = out[Stage::advice] =
        state(prints.advice, prints.advice && !fromForecast && prints.advice->inputs != workload,
              "The workload has changed since the advice was given.");
    StageState& watched = out[Stage::monitor] =
        state(prints.monitor, prints.monitor && prints.monitor->inputs != combineHash(print(prints.design), models),
              "The layout in force or the models have changed since the last measurement.");
    restOn(trained, loads, "The models rest on a workload that is out of date.");
    restOn(foreseen, trained, "The forecast rests on models that are out of date.");
    restOn(advised, fromForecast ? foreseen : loads,
           fromForecast ? "The advice rests on a forecast that is out of date."
                        : "The advice rests on a workload that is out of date.");
    restOn(watched, trained, "The predictions beside the measurements rest on models that are out of date.");
    FS_ASSIGN(const auto record, plan());
    if (record) {
        FS_ASSIGN(out[Stage::plan], planState(prints, *record, advised));
    } else {
        out[Stage::plan] = {};
    }
    return out;
}

}  // namespace foreshard::project
