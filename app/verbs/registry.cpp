#include "app/verbs/registry.h"

#include <algorithm>

#include "core/workload/workload.h"

namespace foreshard::verbs {

namespace {

using project::Project;
using Records = std::vector<Project::ModelsRecord>;

std::string named(uint32_t number) { return "Models number " + std::to_string(number); }

Error wrongNumbers(const std::string& act, const char* takes) {
    return {ErrorCategory::usage, "models " + act + " takes " + takes + ".", "Run foreshard models P for the list.", {}};
}

Result<uint32_t> inForce(const Records& records) {
    const auto found = std::find_if(records.begin(), records.end(), [](const auto& record) { return record.inForce; });
    if (found == records.end()) return Error{ErrorCategory::notFound, "No models are in force.", "Run foreshard train P.", {}};
    return found->number;
}

// The newest ones older than those in force.
Result<uint32_t> previous(const Records& records) {
    FS_ASSIGN(const uint32_t now, inForce(records));
    uint32_t before = 0;
    for (const auto& record : records)
        if (record.number < now) before = std::max(before, record.number);
    if (before == 0) return Error{ErrorCategory::notFound, "There are no models older than those in force.", "Run foreshard models P for the list.", {}};
    return before;
}

// Into force, once it is sure that they can be used.
Result<std::string> take(Project& project, uint32_t number, bool pinned) {
    FS_ASSIGN(const auto models, project.modelsNumbered(number));
    FS_TRY(models::checkCheckpoints(*models));
    FS_TRY(project.takeModels(number, pinned));
    return named(number) + (pinned ? " are in force, and stay so until they are unpinned." : " are in force, until others are trained.");
}

Result<ModelsComparison> compare(const Project& project, const Records& records, const std::vector<uint32_t>& numbers) {
    if (numbers.empty() || numbers.size() > 2) return wrongNumbers("compare", "one number, to be compared with those in force, or two");
    ModelsComparison comparison{numbers[0], 0, {}, false};
    if (numbers.size() == 2) {
        comparison.second = numbers[1];
    } else {
        FS_ASSIGN(comparison.second, inForce(records));
    }
    FS_ASSIGN(const auto first, project.modelsNumbered(comparison.first));
    FS_ASSIGN(const auto second, project.modelsNumbered(comparison.second));
    comparison.series = models::compareModels(*first, *second);
    comparison.sameWorkload = first->workloadFingerprint == second->workloadFingerprint && first->interval == second->interval;
    return comparison;
}

Result<std::string> act(Project& project, const Records& records, const ModelsOptions& options) {
    const auto& numbers = options.numbers;
    if (options.act == "delete") {
        if (numbers.empty()) return wrongNumbers("delete", "at least one number");
        for (const uint32_t number : numbers) FS_TRY(project.deleteModels(number));
        return numbers.size() == 1 ? named(numbers[0]) + " are deleted." : std::to_string(numbers.size()) + " sets of models are deleted.";
    }
    if (options.act == "unpin") {
        if (!numbers.empty()) return wrongNumbers("unpin", "no number");
        FS_TRY(project.unpinModels());
        return std::string("No models are pinned; what is trained next is in force.");
    }
    if (numbers.size() > 1) return wrongNumbers(options.act, "one number at most");
    const bool pins = options.act == "pin";
    uint32_t number = numbers.empty() ? 0 : numbers[0];
    if (numbers.empty()) {
        FS_ASSIGN(number, pins ? inForce(records) : previous(records));
    }
    const bool otherPinned = std::any_of(records.begin(), records.end(), [&](const auto& record) { return record.pinned && record.number != number; });
    if (!pins && otherPinned)
        return Error{ErrorCategory::conflict, "Other models are pinned.", "Unpin them first, or pin these: foreshard models P pin " + std::to_string(number) + ".", {}};
    return take(project, number, pins);
}

}  // namespace

Result<ModelsRegistry> manageModels(const ModelsOptions& options, Job& job) {
    job.beginPass("reading trained models");
    FS_ASSIGN(auto project, Project::open(options.project));
    FS_ASSIGN(auto records, project.modelsRecords());
    ModelsRegistry registry;
    if (options.act == "compare") {
        FS_ASSIGN(registry.comparison, compare(project, records, options.numbers));
    } else if (options.act != "list") {
        FS_ASSIGN(registry.done, act(project, records, options));
        FS_ASSIGN(records, project.modelsRecords());
    }
    FS_ASSIGN(const auto workload, project.workload());
    FS_ASSIGN(const auto events, project.events());
    if (workload) registry.workloadFingerprint = models::dataFingerprint(workload->fingerprint(), models::fingerprintOf(events));
    for (const auto& record : records) {
        FS_TRY(job.checkpoint());
        KeptModels kept{record, nullptr, {}};
        const auto models = project.modelsNumbered(record.number);
        if (models.ok()) kept.models = *models;
        else kept.why = models.error().message;
        registry.kept.push_back(std::move(kept));
    }
    FS_ASSIGN(registry.studies, project.studies());
    return registry;
}

}  // namespace foreshard::verbs
