// Small values of every kind that a project holds.
#pragma once

#include "core/advisor/advisor.h"
#include "core/models/forecast.h"
#include "core/schema/ddl_reader.h"
#include "core/sharding/design.h"
#include "core/workload/partial.h"

namespace foreshard::project::samples {

inline schema::Schema schemaOf(std::string_view ddl) {
    const schema::DdlText text{"test.sql", ddl};
    return schema::readDdl({&text, 1}).schema;
}

// `calls` updates of customer by its id, a second apart.
inline workload::Partial partialOf(const schema::Schema& schema, const std::string& source, int calls) {
    workload::PartialOptions options;
    options.interval = microsPerHour;
    workload::PartialBuilder builder(std::make_shared<const schema::Schema>(schema), options);
    builder.beginRange(source, 0);
    for (int i = 0; i < calls; ++i) {
        const std::string statement = "UPDATE customer SET name = 'x' WHERE id = " + std::to_string(i % 7);
        workload::CallEvent event;
        event.offset = static_cast<uint64_t>(i) * 100;
        event.time = microsPerDay * 20'000 + i * microsPerSecond;
        event.statement = statement;
        event.session = "s1";
        builder.add(event);
    }
    const workload::RangeNotes none;
    return builder.finishRange(static_cast<uint64_t>(calls) * 100, none);
}

inline models::TrainedModels modelsOf(const workload::Workload& workload) {
    models::TrainedModels out;
    out.series.push_back({.name = "UPDATE customer", .templates = {1}, .shares = {1.0}});
    out.workloadFingerprint = workload.fingerprint();
    return out;
}

inline models::Forecast forecastOf(const workload::Workload& workload) {
    workload::Workload next = workload;
    next.rates.origin = workload::Origin::forecast;
    models::SeriesForecast series{
        .name = "all", .times = {0, microsPerHour}, .p10 = {1, 2}, .p50 = {3, 4}, .p90 = {5, 6}, .skill = 0.5};
    return {.workload = std::make_shared<const workload::Workload>(next), .series = {series}, .total = series, .range = {0, 2 * microsPerHour}};
}

inline sharding::Design designOf(uint32_t shards) {
    sharding::Design out;
    out.id = "d1";
    out.name = "by id";
    out.shards = shards;
    sharding::TableDesign table;
    table.table = "public.customer";
    table.strategy = sharding::Strategy::hash;
    table.key = {{"id", "id", ValueType::integer}};
    out.tables.push_back(table);
    out.slotMaps[0] = sharding::evenSlotMap(shards);
    return out;
}

inline advisor::Advice adviceOf(uint64_t workloadFingerprint, uint32_t shards = 2) {
    advisor::Advice out;
    out.designs.push_back({.design = designOf(shards), .reason = "customer by id"});
    out.workloadFingerprint = workloadFingerprint;
    return out;
}

}  // namespace foreshard::project::samples
