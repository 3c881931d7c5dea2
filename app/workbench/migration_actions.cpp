// The verbs of a migration as the Migrate page calls them. While rows move, another thread asks the cluster where things stand
// and publishes it.
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "app/verbs/cluster.h"
#include "app/workbench/verb_helper.h"

namespace foreshard::workbench {

namespace {

using ui::ActionContext;
using ui::Contents;

Result<Contents> migrationNow(const verbs::Path& file) {
    Contents out;
    FS_TRY(loadMigration(file, out));
    return out;
}

class LiveProgress {
public:
    LiveProgress(ActionContext& context, verbs::Path file)
        : thread_([this, publish = context.publish, file = std::move(file)] {
              while (!over()) {
                  if (auto now = migrationNow(file); now.ok()) publish(std::move(*now));
              }
          }) {}
    ~LiveProgress() {
        {
            const std::lock_guard lock(mutex_);
            over_ = true;
        }
        wake_.notify_all();
        thread_.join();
    }
    LiveProgress(const LiveProgress&) = delete;
    LiveProgress& operator=(const LiveProgress&) = delete;

private:
    bool over() {
        constexpr std::chrono::milliseconds every{300};
        std::unique_lock lock(mutex_);
        return wake_.wait_for(lock, every, [this] { return over_; });
    }
    std::mutex mutex_;
    std::condition_variable wake_;
    bool over_ = false;
    std::thread thread_;                   // last: the others are there when it starts
};

using MovingVerb = Result<migration::MigrationStatus> (*)(const verbs::MigrationOptions&, Job&);

// A verb that changes where the migration stands; whatever comes of it, the page shows the state afterwards.
ui::PlainVerb moving(MovingVerb verb, bool live) {
    return [verb, live](ActionContext& context) -> Result<Contents> {
        FS_ASSIGN(const auto file, openFile(context));
        const auto done = [&] {
            std::optional<LiveProgress> progress;
            if (live) progress.emplace(context, file);
            return verb({file, {}, true}, context.job);
        }();
        auto now = read(file, loadDesigns);
        if (now.ok()) {
            if (const auto loaded = loadMigration(file, *now); !loaded.ok()) return loaded.error();
        }
        if (done.ok()) return now;
        if (now.ok()) context.publish(std::move(*now));
        return done.error();
    };
}

// Looks at the cluster without changing it; what was found is added to the view.
template <typename Found>
ui::PlainVerb looking(Result<Found> (*verb)(const verbs::MigrationOptions&, Job&), void (*add)(ui::MigrationView&, const Found&)) {
    return [verb, add](ActionContext& context) -> Result<Contents> {
        FS_ASSIGN(const auto file, openFile(context));
        FS_ASSIGN(const auto found, verb({file, {}, false}, context.job));
        FS_ASSIGN(auto out, migrationNow(file));
        auto view = std::make_shared<ui::MigrationView>(*out.migration);
        add(*view, found);
        out.migration = std::move(view);
        return out;
    };
}

Result<Contents> plan(ActionContext& context, const ui::PlanRequest& request) {
    FS_ASSIGN(const auto file, openFile(context));
    verbs::PlanOptions options{.project = file, .to = request.toDesign};
    if (!request.fromDesign.empty()) options.from = request.fromDesign;
    if (!request.cluster.empty()) {
        // Replaced only where the form has said so before.
        const verbs::ClusterOptions cluster{file, windowCluster, request.cluster, request.replaceCluster};
        FS_TRY(verbs::addCluster(cluster, context.job).status());
        options.cluster = cluster.name;
    }
    const auto planned = verbs::plan(options, context.job);
    FS_ASSIGN(auto out, read(file, [&file](const project::Project&, Contents& now) { return loadShards(file, now); }));
    if (!planned.ok()) {
        context.publish(std::move(out));       // the shards are named all the same
        return planned.error();
    }
    FS_TRY(loadMigration(file, out));
    return out;
}

Result<Contents> approve(ActionContext& context, const ui::ApproveRequest& request) {
    FS_ASSIGN(const auto file, openFile(context));
    FS_TRY(verbs::approve({file, request.steps, false}, context.job).status());
    return migrationNow(file);
}

}  // namespace

void bindMigration(ui::DocumentActions& actions) {
    actions.plan = plan;
    actions.approve = approve;
    actions.dryRun = looking(verbs::dryRun, addDryRun);
    actions.verify = looking(verbs::verify, addVerification);
    actions.execute = moving(verbs::execute, true);
    actions.resume = moving(verbs::resume, true);
    actions.rollback = moving(verbs::rollback, true);
    actions.pause = moving(verbs::pause, false);
}

}  // namespace foreshard::workbench
