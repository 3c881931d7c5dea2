#include "app/verbs/designs.h"

#include <fmt/format.h>

#include <charconv>

#include "app/verbs/workload.h"
#include "core/advisor/decisions.h"
#include "core/models/cardinality/train.h"
#include "core/models/forecast.h"
#include "core/models/predict/expected_rows.h"

namespace foreshard::verbs {

namespace {

Result<sharding::Design> todaysLayout(const project::Project& project) {
    FS_ASSIGN(const auto inForce, project.designInForce());
    if (inForce) return *inForce;
    FS_ASSIGN(const auto workload, requireWorkload(project));
    std::vector<std::string> tables;
    for (const auto& table : workload->facts->schema.tables) tables.push_back(table.qualifiedName());
    auto design = sharding::singleDatabase(tables);
    design.id = "today";
    design.name = "One database";
    return design;
}

// Nothing where none was trained.
Result<std::optional<models::TrainedCardinality>> trainedCardinality(const project::Project& project) {
    FS_ASSIGN(const auto models, project.models());
    std::optional<models::TrainedCardinality> trained;
    if (models && !models->cardinality.empty()) {
        FS_ASSIGN(trained, models::TrainedCardinality::read(models->cardinality));
    }
    return trained;
}

struct Asked {
    WorkloadPointer workload;
    advisor::Options options;
    advisor::Decisions obeyed;
};

// Those that the options of a run leave standing: one that names the same table gives way.
advisor::Decisions standing(const advisor::Decisions& kept, const AdviseOptions& options, const schema::Schema& schema) {
    std::set<std::string> named;
    const auto add = [&](const std::string& table) {
        const auto found = schema.find({}, table);
        named.insert(found ? schema.tables[*found].qualifiedName() : table);
    };
    for (const auto& [table, what] : options.pins) add(table);
    for (const auto& [table, what] : options.forbidden) add(table);
    for (const auto& table : options.locked) add(table);
    advisor::Decisions out;
    for (const auto& decision : kept)
        if (decision.tables.size() != 1 || !named.contains(decision.tables.front())) out.push_back(decision);
    return out;
}

Result<Asked> askedOf(const project::Project& project, const AdviseOptions& options, Job& job) {
    Asked asked;
    FS_ASSIGN(asked.workload, requireWorkload(project));
    if (options.fromForecast) {
        FS_ASSIGN(const auto forecast, project.forecast());
        if (!forecast)
            return Error{ErrorCategory::notFound, "The project has no forecast.", fmt::format("Run: foreshard forecast {}", options.project.string()), {}};
        asked.workload = forecast->workload;
    }
    asked.options.shards = options.shards;
    asked.options.shardsUpTo = options.shardsUpTo;
    if (options.shards == 0 && !options.whyNot.empty()) {
        FS_ASSIGN(const auto before, project.advice());
        if (before && !before->designs.empty()) asked.options.shards = before->designs.front().design.shards;
    }
    asked.options.seed = options.seed;
    asked.options.timeLimitSeconds = options.timeLimitSeconds;
    if (!options.unsteered) {
        FS_ASSIGN(const auto kept, project.decisions());
        asked.obeyed = standing(*kept, options, asked.workload->facts->schema);
        advisor::obey(asked.obeyed, asked.options);
    }
    asked.options.pins.insert(options.pins.begin(), options.pins.end());
    FS_ASSIGN(asked.options.weights, advisor::parseWeights(options.weights, asked.options.weights));
    asked.options.forbidden.insert(options.forbidden.begin(), options.forbidden.end());
    asked.options.together.insert(asked.options.together.end(), options.together.begin(), options.together.end());
    asked.options.apart.insert(asked.options.apart.end(), options.apart.begin(), options.apart.end());
    asked.options.locked.insert(options.locked.begin(), options.locked.end());
    FS_ASSIGN(asked.options.today, todaysLayout(project));
    FS_ASSIGN(const auto trained, trainedCardinality(project));
    FS_ASSIGN(const auto rows, models::expectedRows(*asked.workload, trained ? &trained->portfolio : nullptr));
    for (const auto& expected : rows) asked.options.expectedRows.push_back(expected ? expected->mean : -1);
    if (!options.data.empty()) {
        FS_ASSIGN(auto rows, advisor::readRows(options.data, asked.workload->facts->schema, job));
        asked.options.rows = std::make_shared<const advisor::Rows>(std::move(rows));
    }
    return asked;
}

}  // namespace

Result<std::shared_ptr<const advisor::Advice>> advise(const AdviseOptions& options, Job& job, const AdviseWatch& watch) {
    FS_ASSIGN(auto project, project::Project::open(options.project));
    FS_ASSIGN(auto asked, askedOf(project, options, job));
    asked.options.better = watch.better;
    asked.options.keepWhenStopped = watch.keepWhenStopped;
    FS_ASSIGN(auto advice, advisor::advise(*asked.workload, asked.options, job));
    FS_TRY(project.saveAdvice(advice, asked.obeyed));
    return std::make_shared<const advisor::Advice>(std::move(advice));
}

Result<advisor::WhyNot> whyNot(const AdviseOptions& options, Job& job) {
    FS_ASSIGN(const auto project, project::Project::open(options.project));
    FS_ASSIGN(const auto asked, askedOf(project, options, job));
    return advisor::whyNot(*asked.workload, asked.options, options.whyNot, job);
}

namespace {

// What was in force before the last migration that was finished: the way back, whatever was planned since.
Result<sharding::Design> previousLayout(const project::Project& project) {
    FS_ASSIGN(const auto before, project.designBefore());
    if (before) return *before;
    return Error{ErrorCategory::notFound, "What was in force before today's design is not known: no migration was finished.", "Name another design.", {}};
}

}  // namespace

Result<sharding::Design> findDesign(const project::Project& project, const std::string& id) {
    if (id == "today") return todaysLayout(project);
    if (id == "previous") return previousLayout(project);
    FS_ASSIGN(const auto advice, project.advice());
    if (!advice || advice->designs.empty())
        return Error{ErrorCategory::notFound, "The project has no designs yet.", fmt::format("Run: foreshard advise {} --shards N", project.file().string()), {}};
    if (id == "best") return advice->designs.front().design;
    std::string known;
    for (const auto& ranked : advice->designs) {
        if (ranked.design.id == id) return ranked.design;
        known += (known.empty() ? "" : ", ") + ranked.design.id;
    }
    return Error{ErrorCategory::notFound, fmt::format("There is no design \"{}\".", id), fmt::format("The designs are {}, best, today, and previous after a migration.", known), {}};
}

namespace {

bool readNumber(std::string_view text, double& out) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

Result<simulation::Scenario> parseScenario(const std::string& text) {
    simulation::Scenario scenario;
    scenario.name = text;
    const auto wrong = [&](const std::string& part) {
        return Error{ErrorCategory::usage, fmt::format("\"{}\" in scenario \"{}\" is not understood.", part, text),
                     "Write observed or forecast, and growth=X or shards=N after a comma.", {}};
    };
    for (size_t at = 0; at <= text.size();) {
        const size_t comma = std::min(text.find(',', at), text.size());
        const auto part = text.substr(at, comma - at);
        at = comma + 1;
        double value = 0;
        if (part == "observed") scenario.forecast = false;
        else if (part == "forecast") scenario.forecast = true;
        else if (part.starts_with("growth=")) {
            if (!readNumber(std::string_view(part).substr(7), value) || value <= 0 || value > 1e6) return wrong(part);
            scenario.growth = value;
        } else if (part.starts_with("shards=")) {
            if (!readNumber(std::string_view(part).substr(7), value) || value < 1 || value > 10'000 || value != static_cast<uint32_t>(value)) return wrong(part);
            scenario.shards = static_cast<uint32_t>(value);
        } else return wrong(part);
    }
    return scenario;
}

Result<std::vector<SimulatedColumn>> simulate(const SimulateOptions& options, Job& job) {
    FS_ASSIGN(const auto project, project::Project::open(options.project));
    FS_ASSIGN(const auto observed, requireWorkload(project));
    std::vector<std::string> ids = options.designs;
    if (ids.empty()) ids = {"today", "best"};
    std::vector<std::string> texts = options.scenarios;
    if (texts.empty()) texts = {"observed"};
    std::shared_ptr<const models::Forecast> forecast;
    std::vector<SimulatedColumn> columns;
    for (const auto& text : texts) {
        FS_ASSIGN(const auto scenario, parseScenario(text));
        if (scenario.forecast && !forecast) {
            FS_ASSIGN(forecast, project.forecast());
            if (!forecast)
                return Error{ErrorCategory::notFound, "The project has no forecast.", fmt::format("Run: foreshard forecast {}", options.project.string()), {}};
        }
        for (const auto& id : ids) {
            FS_ASSIGN(const auto design, findDesign(project, id));
            const auto& workload = scenario.forecast ? *forecast->workload : *observed;
            FS_ASSIGN(auto projection, simulation::simulate(workload, design, scenario, job));
            columns.push_back({design, scenario, std::move(projection)});
            auto& last = columns.back().projection;
            last.bytesMoved = simulation::bytesMoved(columns.front().design, columns.front().projection, design, last);
        }
    }
    return columns;
}

}  // namespace foreshard::verbs
