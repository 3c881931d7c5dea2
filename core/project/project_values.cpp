// Project: the values with a type of their own.
#include "core/advisor/decisions.h"
#include "core/base/hash.h"
#include "core/migration/plan.h"
#include "core/models/features/space.h"
#include "core/models/forecast.h"
#include "core/project/forecast_bytes.h"
#include "core/project/impl.h"
#include "core/project/shard_places.h"
#include "core/schema/schema.h"
#include "core/sharding/design.h"
#include "core/workload/partial.h"

namespace foreshard::project {

namespace {

template <typename T>
Result<std::shared_ptr<const T>> shared(Result<T> value) {
    if (!value) return value.error();
    return std::shared_ptr<const T>(std::make_shared<T>(std::move(value).value()));
}

Error unreadable() { return {ErrorCategory::format, "It is cut short or damaged.", {}, {}}; }

}  // namespace

// ---- schema -----------------------------------------------------------------------------------------------------

Status Project::saveSchema(const schema::Schema& schema, const std::vector<std::filesystem::path>& sources) {
    ByteWriter out;
    schema::writeSchema(out, schema);
    store::Database& database = impl_->database;
    return database.transaction([&]() -> Status {
        FS_TRY(database.run("DELETE FROM schema_source"));
        FS_ASSIGN(store::Statement insert, database.prepare("INSERT INTO schema_source (path) VALUES (?)"));
        for (const auto& source : sources) FS_TRY(insert.bind(std::string_view(source.string())).run());
        return impl_->values.put({kinds::schema, {}, out.bytes(), schema.writtenVersion(), schema.fingerprint()});
    });
}

Result<std::shared_ptr<const schema::Schema>> Project::schema() const {
    return impl_->load(
        kinds::schema, impl_->schema,
        [](const store::ValueInfo& info, std::string_view bytes) -> Result<std::shared_ptr<const schema::Schema>> {
            if (info.version > schema::Schema::formatVersion)
                return Error{ErrorCategory::version, "It is newer.", {}, {}};
            ByteReader in(bytes);
            auto schema = std::make_shared<schema::Schema>(schema::readSchema(in));
            if (!in.ok() || !in.atEnd()) return unreadable();
            return std::shared_ptr<const schema::Schema>(std::move(schema));
        });
}

// ---- workload ---------------------------------------------------------------------------------------------------

Status Project::saveWorkload(const workload::Partial& partial, const workload::Workload& workload,
                             const std::vector<ReadSource>& newSources) {
    const std::string partialBytes = workload::writePartial(partial), workloadBytes = workload::writeWorkload(workload);
    const uint64_t partialPrint = hashText(partialBytes);
    store::Database& database = impl_->database;
    const Status saved = database.transaction([&]() -> Status {
        FS_ASSIGN(const auto before, impl_->values.info(kinds::partial, {}));
        if ((before ? before->revision : 0) != impl_->partialRevision)
            return Error{ErrorCategory::conflict,
                         fmt::format("Another program has added logs to {} meanwhile.", file().string()),
                         "Run it again: nothing of this run was saved.",
                         {}};
        FS_TRY(refuseReadBefore(newSources));
        FS_ASSIGN(store::Statement insert,
                  database.prepare("INSERT INTO source (path, digest, bytes, read_at) VALUES (?, ?, ?, ?)"));
        for (const ReadSource& one : newSources)
            FS_TRY(insert.bind(std::string_view(one.path))
                       .bind(static_cast<int64_t>(one.digest))
                       .bind(static_cast<int64_t>(one.bytes))
                       .bind(one.readAt)
                       .run());
        FS_ASSIGN(const uint64_t schema, impl_->fingerprintOf(kinds::schema));
        FS_TRY(impl_->values.put({kinds::partial, {}, partialBytes, 1, partialPrint, schema}));
        return impl_->values.put(
            {kinds::workload, {}, workloadBytes, workload::Workload::formatVersion, workload.fingerprint(), schema});
    });
    if (saved.ok()) {
        FS_ASSIGN(const auto now, impl_->values.info(kinds::partial, {}));
        impl_->partialRevision = now ? now->revision : 0;
    }
    return saved;
}

Result<std::shared_ptr<const workload::Workload>> Project::workload() const {
    return impl_->load(kinds::workload, impl_->workload,
                       [](const store::ValueInfo&, std::string_view bytes) { return workload::readWorkload(bytes); });
}

Result<std::shared_ptr<const workload::Partial>> Project::partial() const {
    auto found = impl_->load(kinds::partial, impl_->partial, [](const store::ValueInfo&, std::string_view bytes) {
        return shared(workload::readPartial(bytes));
    });
    if (found) impl_->partialRevision = impl_->partial.revision;
    return found;
}

Result<std::shared_ptr<const models::TemplateSpace>> Project::templateSpace() const {
    FS_ASSIGN(const auto observed, workload());
    auto& kept = impl_->templateSpace;
    if (!observed) return std::shared_ptr<const models::TemplateSpace>();
    const uint64_t print = observed->fingerprint();
    if (kept && kept->workloadFingerprint() == print) return kept;
    // What cannot be read, or was learned from another workload, is learned again: it follows from the workload alone.
    if (const auto stored = impl_->values.get(kinds::templateSpace, {}); stored.ok() && *stored && (*stored)->info.inputs == print)
        if (const auto read = models::readTemplateSpace((*stored)->bytes, *observed); read.ok()) return kept = *read;
    kept = models::TemplateSpace::learn(*observed);
    const std::string bytes = models::writeTemplateSpace(*kept);
    (void)impl_->values.put({kinds::templateSpace, {}, bytes, models::TemplateSpace::formatVersion, hashText(bytes), print});
    return kept;
}

// ---- forecast, advice -----------------------------------------------------------------------------------

Status Project::saveForecast(const models::Forecast& forecast) {
    if (!forecast.workload) return Error{ErrorCategory::usage, "The forecast holds no workload.", {}, {}};
    const std::string bytes = writeForecast(forecast);
    return impl_->database.transaction([&]() -> Status {
        FS_ASSIGN(const uint64_t workload, impl_->fingerprintOf(kinds::workload));
        FS_ASSIGN(const uint64_t models, impl_->fingerprintOf(kinds::models));
        return impl_->values.put({kinds::forecast,
                                  {},
                                  bytes,
                                  forecastFormatVersion,
                                  forecast.workload->fingerprint(),
                                  combineHash(workload, models)});
    });
}

Result<std::shared_ptr<const models::Forecast>> Project::forecast() const {
    FS_ASSIGN(const auto observed, workload());
    return impl_->load(
        kinds::forecast, impl_->forecast,
        [&](const store::ValueInfo& info, std::string_view bytes) -> Result<std::shared_ptr<const models::Forecast>> {
            auto read = readForecast(bytes);
            if (!read) return read.error();
            // One copy of the facts in memory is enough, as long as the forecast was made of what is there now.
            if (observed) {
                auto joined =
                    std::make_shared<workload::Workload>(workload::Workload{observed->facts, read->workload->rates});
                if (joined->fingerprint() == info.fingerprint) read->workload = std::move(joined);
            }
            return shared(std::move(read));
        });
}

namespace {

Status putDecisions(store::ValueStore& values, std::string_view kind, const advisor::Decisions& decisions) {
    if (decisions.empty()) return values.remove(kind, {});
    const std::string bytes = advisor::writeDecisions(decisions);
    return values.put({kind, {}, bytes, advisor::decisionsFormatVersion, hashText(bytes), 0});
}

}  // namespace

Status Project::saveAdvice(const advisor::Advice& advice, const advisor::Decisions& decisions) {
    const std::string bytes = advisor::writeAdvice(advice);
    return impl_->database.transaction([&]() -> Status {
        FS_TRY(putDecisions(impl_->values, kinds::obeyed, decisions));
        return impl_->values.put({kinds::advice, {}, bytes, 1, hashText(bytes), advice.workloadFingerprint});
    });
}

Status Project::saveAdvice(const advisor::Advice& advice) { return saveAdvice(advice, {}); }

Status Project::saveDecisions(const advisor::Decisions& decisions) { return putDecisions(impl_->values, kinds::decisions, decisions); }

Result<std::shared_ptr<const advisor::Decisions>> Project::decisions() const {
    FS_ASSIGN(auto kept, impl_->load(kinds::decisions, impl_->decisions, [](const store::ValueInfo&, std::string_view bytes) {
        return shared(advisor::readDecisions(bytes));
    }));
    return kept ? kept : std::make_shared<const advisor::Decisions>();
}

Result<advisor::Decisions> Project::obeyedDecisions() const {
    FS_ASSIGN(const auto stored, impl_->values.get(kinds::obeyed, {}));
    if (!stored) return advisor::Decisions();
    return advisor::readDecisions(stored->bytes);
}

Result<std::shared_ptr<const advisor::Advice>> Project::advice() const {
    return impl_->load(kinds::advice, impl_->advice, [](const store::ValueInfo&, std::string_view bytes) {
        return shared(advisor::readAdvice(bytes));
    });
}

Result<uint64_t> Project::adviceFingerprint() const { return impl_->fingerprintOf(kinds::advice); }

// ---- design in force, plan, monitor -----------------------------------------------------------------------------

namespace {

// Made for the layout that came after it: once another one is in force, it says nothing any more.
Status putDesignBefore(store::ValueStore& values, const sharding::Design& before, uint64_t inForce) {
    return values.put({kinds::designBefore,
                       {},
                       sharding::writeDesign(before),
                       sharding::Design::formatVersion,
                       before.fingerprint(),
                       inForce});
}

}  // namespace

Status Project::saveDesignInForce(const sharding::Design& design, const sharding::Design* before) {
    return impl_->database.transaction([&]() -> Status {
        if (before) FS_TRY(putDesignBefore(impl_->values, *before, design.fingerprint()));
        return impl_->values.put({kinds::designInForce,
                                  {},
                                  sharding::writeDesign(design),
                                  sharding::Design::formatVersion,
                                  design.fingerprint(),
                                  0,
                                  8});
    });
}

Result<std::shared_ptr<const sharding::Design>> Project::designBefore() const {
    FS_ASSIGN(const auto info, impl_->values.info(kinds::designBefore, {}));
    FS_ASSIGN(const uint64_t inForce, impl_->fingerprintOf(kinds::designInForce));
    if (!info || info->inputs != inForce) return std::shared_ptr<const sharding::Design>();
    return impl_->load(
        kinds::designBefore, impl_->designBefore,
        [](const store::ValueInfo&, std::string_view bytes) { return shared(sharding::readDesign(bytes)); });
}

// In files of version 1 only the plan that led to the layout in force told where it came from. What cannot be read is left
// out: the file opens all the same.
Status keepDesignBefore(store::Database& database) {
    store::ValueStore values(database);
    const auto stored = values.get(kinds::plan, {});
    const auto inForce = values.info(kinds::designInForce, {});
    if (!stored.ok() || !*stored || !inForce.ok() || !*inForce) return {};
    const auto record = readPlanRecord((*stored)->bytes);
    if (!record) return {};
    const auto from = sharding::readDesign(record->fromDesign), to = sharding::readDesign(record->toDesign);
    if (!from.ok() || !to.ok() || to->fingerprint() != (*inForce)->fingerprint || from->fingerprint() == to->fingerprint())
        return {};
    return putDesignBefore(values, *from, (*inForce)->fingerprint);
}

Result<std::shared_ptr<const sharding::Design>> Project::designInForce() const {
    return impl_->load(kinds::designInForce, impl_->design, [](const store::ValueInfo&, std::string_view bytes) {
        return shared(sharding::readDesign(bytes));
    });
}

namespace {

Status putPlan(store::ValueStore& values, const Project::PlanRecord& record) {
    ByteWriter out;
    out.text(record.plan);
    out.text(record.approvals);
    out.text(record.fromDesign);
    out.text(record.toDesign);
    out.text(record.cluster);
    out.fixed64(record.adviceFingerprint);
    return values.put({kinds::plan, {}, out.bytes(), 1, hashText(record.plan), record.adviceFingerprint});
}

}  // namespace

Status Project::savePlan(const PlanRecord& record) { return putPlan(impl_->values, record); }

// What cannot be read stays as it is: whoever asks for it is told.
Status keepPlanRelative(store::Database& database) {
    store::ValueStore values(database);
    const auto stored = values.get(kinds::plan, {});
    auto record = stored.ok() && *stored ? readPlanRecord((*stored)->bytes) : std::nullopt;
    if (!record) return {};
    auto plan = migration::readPlan(record->plan);
    if (!plan.ok()) return {};
    for (auto& shard : plan->shards) shard.uri = keptUri(folderOf(database.file()), shard.uri);
    record->plan = migration::writePlan(*plan);
    return putPlan(values, *record);
}

Result<std::optional<Project::PlanRecord>> Project::plan() const {
    FS_ASSIGN(const auto stored, impl_->values.get(kinds::plan, {}));
    if (!stored) return std::optional<PlanRecord>();
    if (stored->info.version > 1) return impl_->explain(kinds::plan, {ErrorCategory::version, "It is newer.", {}, {}});
    auto record = readPlanRecord(stored->bytes);
    if (!record) return impl_->explain(kinds::plan, unreadable());
    return record;
}

std::optional<Project::PlanRecord> readPlanRecord(std::string_view bytes) {
    ByteReader in(bytes);
    Project::PlanRecord record;
    record.plan = in.text();
    record.approvals = in.text();
    record.fromDesign = in.text();
    record.toDesign = in.text();
    record.cluster = in.text();
    record.adviceFingerprint = in.fixed64();
    if (!in.ok() || !in.atEnd()) return std::nullopt;
    return record;
}

Status Project::saveMonitorState(std::string_view bytes) {
    return impl_->database.transaction([&]() -> Status {
        FS_ASSIGN(const uint64_t design, impl_->fingerprintOf(kinds::designInForce));
        FS_ASSIGN(const uint64_t models, impl_->fingerprintOf(kinds::models));
        return impl_->values.put({kinds::monitor, {}, bytes, 1, hashText(bytes), combineHash(design, models)});
    });
}

Result<std::string> Project::monitorState() const {
    FS_ASSIGN(const auto stored, impl_->values.get(kinds::monitor, {}));
    return stored ? stored->bytes : std::string();
}

}  // namespace foreshard::project
