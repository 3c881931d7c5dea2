// What a Project holds inside: the database, and what was read from it.
#pragma once

#include <fmt/format.h>

#include "core/project/project.h"
#include "core/store/values.h"

namespace foreshard::project {

// Kinds of stored values. Part of the file format.
namespace kinds {
constexpr std::string_view schema = "schema", partial = "partial", workload = "workload", models = "models",
                           forecast = "forecast", advice = "advice", designInForce = "design_in_force", designBefore = "design_before", plan = "plan",
                           monitor = "monitor", keptModels = "kept_models", study = "study", templateSpace = "template_space", events = "events";
}

template <typename T>
struct Kept {
    int64_t revision = 0;  // 0: nothing kept
    std::shared_ptr<const T> value;
};

// A stored plan; nothing where the bytes are no plan record.
std::optional<Project::PlanRecord> readPlanRecord(std::string_view bytes);
// Steps of the file's format; see project.cpp.
Status keepPlacesRelative(store::Database& database);
Status keepPlanRelative(store::Database& database);
Status keepDesignBefore(store::Database& database);

struct Project::Impl {
    explicit Impl(store::Database opened) : database(std::move(opened)), values(database) {}
    Impl(const Impl&) = delete;

    store::Database database;
    store::ValueStore values;
    Kept<schema::Schema> schema;
    Kept<workload::Partial> partial;
    Kept<workload::Workload> workload;
    Kept<models::TrainedModels> models;
    std::shared_ptr<const models::TemplateSpace> templateSpace;   // of the workload that its fingerprint names
    Kept<models::Forecast> forecast;
    Kept<advisor::Advice> advice;
    Kept<sharding::Design> design, designBefore;
    int64_t partialRevision = 0;  // that this object has read or written last

    // The newest value of a kind: the kept one where nothing newer was saved, else read(info, bytes) →
    // Result<shared_ptr<const T>>. Null where there is none.
    template <typename T, typename Read>
    Result<std::shared_ptr<const T>> load(std::string_view kind, Kept<T>& kept, Read read) {
        FS_ASSIGN(const auto info, values.info(kind, {}));
        if (!info) {
            kept = {};
            return std::shared_ptr<const T>();
        }
        if (kept.revision == info->revision) return kept.value;
        FS_ASSIGN(const auto stored, values.get(kind, {}));
        if (!stored) return std::shared_ptr<const T>();
        Result<std::shared_ptr<const T>> value = read(stored->info, stored->bytes);
        if (!value) return explain(kind, value.error());
        kept = {stored->info.revision, *value};
        return value;
    }

    // The fingerprint of the newest value of a kind, or 0.
    Result<uint64_t> fingerprintOf(std::string_view kind) {
        FS_ASSIGN(const auto info, values.info(kind, {}));
        return info ? info->fingerprint : 0;
    }

    Error explain(std::string_view kind, Error error) const {
        error.cause = error.message;
        error.message =
            error.category == ErrorCategory::version
                ? fmt::format("The {} in {} was written by a newer Foreshard.", kind, database.file().string())
                : fmt::format("The {} in {} cannot be read.", kind, database.file().string());
        if (error.next.empty())
            error.next =
                error.category == ErrorCategory::version ? "Open the project with that Foreshard." : "Make it again.";
        return error;
    }
};

}  // namespace foreshard::project
