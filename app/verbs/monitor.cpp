#include "app/verbs/monitor.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "app/verbs/designs.h"
#include "app/verbs/models.h"
#include "app/verbs/workload.h"
#include "core/base/file.h"
#include "core/ingest/tail.h"
#include "core/monitor/endpoint.h"
#include "core/monitor/monitor.h"
#include "core/monitor/prometheus_text.h"
#include "core/monitor/retrain.h"

namespace foreshard::verbs {

namespace {

constexpr std::chrono::milliseconds pollEvery{500};

// One run of the verb: what is read, held against what is expected.
class Watch {
public:
    Watch(const MonitorOptions& options, Job& job, const std::function<void(const Monitoring&)>& told) : options_(options), job_(job), told_(told) {}

    Result<Monitoring> run() {
        const Status ended = watch();
        // Stopping is how a followed log ends, also in the middle of a reading; what was seen until then is kept.
        const bool stopped = !ended.ok() && ended.error().category == ErrorCategory::cancelled && options_.follow && monitor_;
        if (!ended.ok() && !stopped) return ended.error();
        FS_TRY(project_->saveMonitorState(monitor_->write()));
        return monitoring();
    }

private:
    Status watch() {
        FS_TRY(open());
        do {
            FS_TRY(readAll());
            if (!options_.follow) break;
            std::this_thread::sleep_for(pollEvery);
        } while (!job_.stopRequested());
        return {};
    }

    Status open() {
        FS_ASSIGN(auto project, project::Project::open(options_.project));
        project_.emplace(std::move(project));
        FS_ASSIGN(observed_, requireWorkload(*project_));
        FS_TRY(requireValues(*observed_, "Monitoring compares keys"));
        FS_ASSIGN(auto design, findDesign(*project_, options_.design.empty() ? "today" : options_.design));
        FS_ASSIGN(const auto state, project_->monitorState());
        if (state.empty()) {
            monitor_.emplace(std::move(design));
        } else {
            FS_ASSIGN(auto before, monitor::Monitor::read(state, std::move(design)));
            monitor_.emplace(std::move(before));
        }
        const auto before = monitor_->status();
        closedBefore_ = before.intervalsClosed;
        if (options_.skewLimit && monitor_->setSkewLimit(*options_.skewLimit) && !before.times.empty()) limitBefore_ = before.skewLimit;
        for (const auto& log : options_.logs) FS_TRY(MappedFile::open(log).status());
        if (!options_.listen.empty()) {
            FS_ASSIGN(const auto address, monitor::parseListenAddress(options_.listen));
            FS_ASSIGN(endpoint_, monitor::Endpoint::listen(address));
            endpoint_->publish(monitor::prometheusText(monitor_->status()));
        }
        if (told_ && (endpoint_ || options_.follow)) told_(monitoring());
        FS_TRY(expect());
        ingest::IngestOptions reading;
        reading.schema = std::make_shared<const schema::Schema>(observed_->facts->schema);
        reading.partial.interval = observed_->rates.interval;
        for (const auto& log : options_.logs) tails_.push_back({ingest::LogTail(log.string(), reading), {}});
        return {};
    }

    // The forecast that the project holds; made where there is none.
    Status expect() {
        FS_ASSIGN(auto made, project_->forecast());
        if (!made) {
            ForecastOptions options;
            options.project = options_.project;
            FS_ASSIGN(made, forecast(options, job_));
        }
        FS_ASSIGN(const auto trained, project_->models());
        if (trained) FS_TRY(monitor_->setForecast(*trained, *made, job_));
        return {};
    }

    Status readAll() {
        bool news = false;
        for (auto& [tail, partial] : tails_) {
            FS_ASSIGN(auto step, tail.poll(job_, !options_.follow));
            if (step.restarted) partial = workload::Partial();
            if (step.partial.empty()) continue;
            FS_TRY(partial.merge(std::move(step.partial)));
            news = true;
        }
        if (news || !toldOnce_) {
            for (const auto& [tail, partial] : tails_)
                if (!partial.empty()) FS_TRY(monitor_->observe(*workload::finish(partial), !options_.follow, job_));
            if (monitor_->status().retrainingOffered && options_.retrain && retrained_.empty()) FS_TRY(retrain());
            tell();
        }
        return {};
    }

    // Trains on everything known so far; the new models are taken only where they are better on the newest data.
    Status retrain() {
        FS_ASSIGN(const auto current, project_->models());
        FS_ASSIGN(const auto partial, project_->partial());
        if (!current || !partial) return {};
        FS_ASSIGN(const auto records, project_->modelsRecords());
        if (std::any_of(records.begin(), records.end(), [](const auto& record) { return record.pinned; })) {
            retrained_ = "The models in force are pinned, so none are trained.";
            return {};
        }
        workload::Partial all = *partial;
        for (const auto& [tail, fresh] : tails_) FS_TRY(all.merge(fresh));
        const auto history = workload::finish(all);
        models::TrainOptions options;
        FS_ASSIGN(options.events, project_->events());
        FS_ASSIGN(const auto result, monitor::retrainIfBetter(*history, *current, options, job_));
        retrained_ = result.reason;
        if (!result.better) return {};
        FS_TRY(project_->saveModels(result.models));
        FS_ASSIGN(const auto made, models::forecast(result.models, *history, microsPerDay, options.seed, job_, options.events));
        return monitor_->setForecast(result.models, made, job_);
    }

    void tell() {
        toldOnce_ = true;
        const auto now = monitoring();
        if (endpoint_) endpoint_->publish(monitor::prometheusText(now.snapshot));
        if (told_) told_(now);
    }

    Monitoring monitoring() const {
        auto now = monitor_->status();
        const uint64_t fresh = now.intervalsClosed - closedBefore_;
        return {std::move(now), endpoint_ ? endpoint_->url() : std::string(), retrained_, fresh, limitBefore_, monitor_->openFrom()};
    }

    const MonitorOptions& options_;
    Job& job_;
    const std::function<void(const Monitoring&)>& told_;
    std::optional<project::Project> project_;
    WorkloadPointer observed_;
    std::optional<monitor::Monitor> monitor_;
    std::unique_ptr<monitor::Endpoint> endpoint_;
    struct Tailed { ingest::LogTail tail; workload::Partial partial; };
    std::vector<Tailed> tails_;
    std::string retrained_;
    bool toldOnce_ = false;
    uint64_t closedBefore_ = 0;
    std::optional<double> limitBefore_;
};

}  // namespace

Result<Monitoring> monitorLogs(const MonitorOptions& options, Job& job, const std::function<void(const Monitoring&)>& told) { return Watch(options, job, told).run(); }

}  // namespace foreshard::verbs
