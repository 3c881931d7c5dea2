// Project: the models that were trained, each set under its number, and which of them is in force. The one in force is stored
// once more under its own kind, so that all that rests on models asks for that alone.
#include <algorithm>
#include <charconv>

#include "core/base/hash.h"
#include "core/models/events.h"
#include "core/models/forecast.h"
#include "core/models/tuner/tuner.h"
#include "core/project/impl.h"

namespace foreshard::project {

namespace {

constexpr size_t mostKept = 20;
// Names of settings. Part of the file format.
constexpr const char *lastNumber = "models.last", *inForceNumber = "models.in_force", *pinnedNumber = "models.pinned";

uint32_t numberOf(std::string_view text) {
    uint32_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

Result<std::shared_ptr<const models::TrainedModels>> read(const store::ValueInfo&, std::string_view bytes) {
    FS_ASSIGN(auto models, models::readModels(bytes));
    return std::shared_ptr<const models::TrainedModels>(std::make_shared<models::TrainedModels>(std::move(models)));
}

Error notThere(uint32_t number) {
    return {ErrorCategory::notFound, fmt::format("There are no models number {}.", number), "Run foreshard models P for the list.", {}};
}

}  // namespace

Result<std::shared_ptr<const models::TrainedModels>> Project::models() const {
    auto inForce = impl_->load(kinds::models, impl_->models, read);
    if (inForce.ok() || (inForce.error().category != ErrorCategory::format && inForce.error().category != ErrorCategory::version)) return inForce;
    Error problem = inForce.error();
    problem.next = fmt::format("Put earlier ones in force by foreshard models {0} rollback, or train anew by foreshard train {0}.", file().string());
    return problem;
}

Result<std::vector<Project::ModelsRecord>> Project::modelsRecords() const {
    FS_ASSIGN(const std::string force, setting(inForceNumber));
    FS_ASSIGN(const std::string pinned, setting(pinnedNumber));
    FS_ASSIGN(const auto kept, impl_->values.list(kinds::keptModels));
    std::vector<ModelsRecord> records;
    for (const auto& info : kept) {
        const uint32_t number = numberOf(info.name);
        records.push_back({number, info.created, info.size, info.inputs, number == numberOf(force), number == numberOf(pinned)});
    }
    std::sort(records.begin(), records.end(), [](const ModelsRecord& a, const ModelsRecord& b) { return a.number < b.number; });
    if (!records.empty()) return records;
    // Of a project from before models were kept.
    FS_ASSIGN(const auto only, impl_->values.info(kinds::models, {}));
    if (only) records.push_back({1, only->created, only->size, only->inputs, true, numberOf(pinned) == 1});
    return records;
}

Status Project::saveModels(const models::TrainedModels& models) {
    const std::string bytes = models::writeModels(models);
    return impl_->database.transaction([&]() -> Status {
        FS_ASSIGN(const auto before, modelsRecords());
        FS_ASSIGN(const std::string lastText, setting(lastNumber));
        uint32_t last = numberOf(lastText);
        const auto keep = [&](uint32_t number, std::string_view content, uint32_t version, uint64_t inputs) {
            return impl_->values.put({kinds::keptModels, std::to_string(number), content, version, hashText(content), inputs});
        };
        if (last == 0 && !before.empty()) {
            FS_ASSIGN(const auto only, impl_->values.get(kinds::models, {}));
            if (only) FS_TRY(keep(++last, only->bytes, only->info.version, only->info.inputs));
        }
        FS_TRY(keep(++last, bytes, models::TrainedModels::formatVersion, models.workloadFingerprint));
        FS_TRY(saveSetting(lastNumber, std::to_string(last)));
        size_t spare = before.size() + 1 > mostKept ? before.size() + 1 - mostKept : 0;
        for (const auto& record : before) {
            if (spare == 0) break;
            if (record.inForce || record.pinned) continue;
            FS_TRY(impl_->values.remove(kinds::keptModels, std::to_string(record.number)));
            --spare;
        }
        FS_ASSIGN(const std::string pinned, setting(pinnedNumber));
        if (!pinned.empty()) return {};
        FS_TRY(saveSetting(inForceNumber, std::to_string(last)));
        return impl_->values.put({kinds::models, {}, bytes, models::TrainedModels::formatVersion, hashText(bytes), models.workloadFingerprint});
    });
}

Result<std::shared_ptr<const models::TrainedModels>> Project::modelsNumbered(uint32_t number) const {
    FS_ASSIGN(const auto stored, impl_->values.get(kinds::keptModels, std::to_string(number)));
    if (!stored) {
        FS_ASSIGN(const auto records, modelsRecords());
        const bool only = std::any_of(records.begin(), records.end(), [&](const ModelsRecord& record) { return record.number == number && record.inForce; });
        return only ? models() : Result<std::shared_ptr<const models::TrainedModels>>(notThere(number));
    }
    auto value = read(stored->info, stored->bytes);
    if (!value) return impl_->explain(fmt::format("models number {}", number), value.error());
    return value;
}

Status Project::takeModels(uint32_t number, bool pinned) {
    FS_ASSIGN(const auto models, modelsNumbered(number));
    const std::string bytes = models::writeModels(*models);
    return impl_->database.transaction([&]() -> Status {
        FS_TRY(saveSetting(inForceNumber, std::to_string(number)));
        if (pinned) FS_TRY(saveSetting(pinnedNumber, std::to_string(number)));
        FS_ASSIGN(const uint64_t now, impl_->fingerprintOf(kinds::models));
        if (now == hashText(bytes)) return {};   // nothing that rests on them has changed
        return impl_->values.put({kinds::models, {}, bytes, models::TrainedModels::formatVersion, hashText(bytes), models->workloadFingerprint});
    });
}

Status Project::unpinModels() { return saveSetting(pinnedNumber, {}); }

Status Project::deleteModels(uint32_t number) {
    FS_ASSIGN(const auto records, modelsRecords());
    const auto found = std::find_if(records.begin(), records.end(), [&](const ModelsRecord& record) { return record.number == number; });
    if (found == records.end()) return notThere(number);
    if (found->inForce)
        return Error{ErrorCategory::conflict, fmt::format("The models number {} are in force.", number), "Take others into force first: foreshard models P rollback N.", {}};
    return impl_->values.remove(kinds::keptModels, std::to_string(number));
}

Status Project::saveStudy(const models::Study& study) {
    const std::string bytes = models::writeStudy(study);
    return impl_->values.put({kinds::study, study.name, bytes, models::Study::formatVersion, hashText(bytes), study.data});
}

Result<std::vector<models::Study>> Project::studies() const {
    FS_ASSIGN(const auto infos, impl_->values.list(kinds::study));
    std::vector<models::Study> out;
    for (const auto& info : infos) {
        FS_ASSIGN(const auto stored, impl_->values.get(kinds::study, info.name));
        if (!stored) continue;
        auto study = models::readStudy(stored->bytes);
        if (!study) return impl_->explain("study " + info.name, study.error());
        out.push_back(std::move(*study));
    }
    return out;
}

Status Project::saveEvents(const std::vector<models::CalendarEvent>& events) {
    if (events.empty()) return impl_->values.remove(kinds::events, {});
    return impl_->values.put({kinds::events, {}, models::writeEvents(events), models::eventsFormatVersion, models::fingerprintOf(events), 0});
}

Result<std::vector<models::CalendarEvent>> Project::events() const {
    FS_ASSIGN(const auto stored, impl_->values.get(kinds::events, {}));
    if (!stored) return std::vector<models::CalendarEvent>();
    auto events = models::readEvents(stored->bytes);
    if (!events.ok()) return impl_->explain(kinds::events, events.error());
    return events;
}

}  // namespace foreshard::project
