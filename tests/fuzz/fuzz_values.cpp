// The other values of a project: designs, advice, models, forecasts, plans, statistics and changes of a schema, each damaged by the same script.
#include <cstdint>

#include "core/advisor/advisor.h"
#include "core/migration/plan.h"
#include "core/models/forecast.h"
#include "core/project/forecast_bytes.h"
#include "core/schema/changes.h"
#include "core/sharding/design.h"
#include "tests/fuzz/fuzz_support.h"
#include "tests/project/sample_values.h"

using namespace foreshard;
using namespace foreshard::fuzz;

namespace {

struct Sound {
    std::string design, advice, models, forecast, plan, statistics, changes;
    Sound() {
        const auto schema = project::samples::schemaOf("CREATE TABLE customer (id int PRIMARY KEY, name text);");
        const auto workload = workload::finish(project::samples::partialOf(schema, "log", 30));
        auto design2 = project::samples::designOf(4);
        design2.tables.push_back({.table = "public.place", .strategy = sharding::Strategy::reference});
        design = sharding::writeDesign(design2);
        advice = advisor::writeAdvice(project::samples::adviceOf(workload->fingerprint()));
        models = models::writeModels(project::samples::modelsOf(*workload));
        forecast = project::writeForecast(project::samples::forecastOf(*workload));
        migration::MigrationPlan made;
        made.id = "p1";
        made.shards = {{"a", "sqlite:a.db"}, {"b", "sqlite:b.db"}};
        made.from = {project::samples::designOf(1), {0}};
        made.to = {project::samples::designOf(2), {0, 1}};
        made.chunks.push_back({.id = 1, .group = 1, .from = 0, .to = 1});
        made.steps.resize(2);
        made.steps[0].chunkId = made.steps[1].chunkId = 1;
        made.steps[1].needs = {0};
        made.steps[0].id = "s1";
        made.steps[1].id = "s2";
        made.approvals.push_back({"s1", "somebody", 1});
        plan = migration::writePlan(made);
        schema::Statistics sizes{"postgresql:dbname=shop", "PostgreSQL 15.18", 7, {}, {"a note"}};
        sizes.tables.push_back({"public.customer", {100, 8'192}, 8'192, 0, {}, {90, 8'192}, {{"id", 0, 4, 100, {{"7", 0.5}}, {"1", "100"}}}});
        statistics = schema::writeStatistics(sizes);
        changes = schema::writeChanges({{schema::ChangeKind::grown, "public.customer", "rows", "90", "100", false}});
    }
};

// Reads the bytes as they are and damaged ones; what is read can be written and read again.
template <typename Read, typename Write>
void tryOut(const char* what, const std::string& sound, std::string_view script, Read read, Write write) {
    read(script).ok();
    const auto value = read(damaged(sound, script.size() % 3 == 0 ? 0 : 9, script));
    require(!script.empty() || value.ok(), what);
    if (!value.ok()) return;
    const std::string again = write(*value);
    const auto second = read(again);
    require(second.ok() && write(*second) == again, "what was read can be written and read again");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    static const Sound sound;
    const auto script = viewOf(data, size);
    tryOut("a sound design is read", sound.design, script, [](auto bytes) { return sharding::readDesign(bytes); }, [](const auto& v) { return sharding::writeDesign(v); });
    tryOut("a sound advice is read", sound.advice, script, [](auto bytes) { return advisor::readAdvice(bytes); }, [](const auto& v) { return advisor::writeAdvice(v); });
    tryOut("a sound models is read", sound.models, script, [](auto bytes) { return models::readModels(bytes); }, [](const auto& v) { return models::writeModels(v); });
    tryOut("a sound plan is read", sound.plan, script, [](auto bytes) { return migration::readPlan(bytes); }, [](const auto& v) { return migration::writePlan(v); });
    tryOut("a sound forecast is read", sound.forecast, script, [](auto bytes) { return project::readForecast(bytes); }, [](const auto& v) { return project::writeForecast(v); });
    tryOut("sound statistics are read", sound.statistics, script, [](auto bytes) { return schema::readStatistics(bytes); }, [](const auto& v) { return schema::writeStatistics(v); });
    tryOut("sound changes are read", sound.changes, script, [](auto bytes) { return schema::readChanges(bytes); }, [](const auto& v) { return schema::writeChanges(v); });
    if (const auto design = sharding::readDesign(damaged(sound.design, 9, script)); design.ok()) sharding::validate(*design);
    return 0;
}
