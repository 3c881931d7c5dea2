// JobRunner: runs work of the core off the GUI thread and hands results back on it. Each job has a key; starting a job
// stops an older one with the same key, waits for it, and drops its result (generation numbers). Never modal.
// All functions of this class on the GUI thread; the work itself on a pool thread.
#pragma once

#include <QObject>
#include <QString>

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "core/base/job.h"
#include "ui/document/page.h"

namespace foreshard::ui {

enum class JobState : uint8_t { running, stopping, done, failed, cancelled };

struct JobInfo {
    uint64_t id = 0;
    QString title;                     // "Train volume models"
    PageId page = PageId::start;       // whose mark says "running"
    JobState state = JobState::running;
    JobProgress progress;
    std::optional<double> fraction;    // of the current pass
    std::optional<double> secondsLeft; // of the current pass; nothing until it can be told
    double seconds = 0;                // so far, or in all
    std::optional<Error> error;        // failed
};

struct JobSpec {
    QString key;                       // jobs of one key replace each other: "forecast"
    QString title;
    PageId page = PageId::start;
    bool quiet = false;                // preparing a view: in no list, marks no page as running
};

class JobRunner : public QObject {
    Q_OBJECT
public:
    explicit JobRunner(QObject* parent = nullptr);
    ~JobRunner() override;             // stops all jobs and waits for them

    // Runs `work` on a pool thread and then `done` with its result on the GUI thread, unless the job has been replaced.
    // Gives the job's id.
    template <typename T>
    uint64_t start(const JobSpec& spec, std::function<Result<T>(Job&)> work, std::function<void(Result<T>)> done) {
        return startErased(spec, [work = std::move(work), done = std::move(done)](Job& job) -> Finished {
            auto result = std::make_shared<Result<T>>(work(job));
            return {result->status(), [result, done] { done(std::move(*result)); }};
        });
    }
    // The id that the next start() will give.
    uint64_t nextId() const { return lastId_ + 1; }
    // Calls `function` on the GUI thread if the job is still the newest of its key. From any thread: staged results.
    void post(uint64_t id, std::function<void()> function);

    void stop(uint64_t id);
    void stopKey(const QString& key);
    // Forgets the results of all running jobs and asks them to stop: another project has been opened, by job `but`.
    void abandonAll(uint64_t but = 0);

    const std::vector<JobInfo>& jobs() const { return infos_; }   // oldest first; finished ones stay, the last 50
    const JobInfo* find(uint64_t id) const;
    bool runningOn(PageId page) const;
    bool workingFor(PageId page) const;   // also quiet ones
    int runningCount() const;          // without quiet ones
    // Waits until nothing runs, with events processed; false when `milliseconds` have passed. For tests and shutdown.
    bool waitForIdle(int milliseconds);

Q_SIGNALS:
    void started(quint64 id);
    void changed(quint64 id);          // progress or state
    void finished(quint64 id);
    void sampled(quint64 id, const QString& series, double x, double y);

private:
    struct Finished {
        Status status;
        std::function<void()> deliver;
    };
    struct Running;
    uint64_t startErased(const JobSpec& spec, std::function<Finished(Job&)> work);
    void onProgress(uint64_t id, const JobProgress& progress);
    void onFinished(uint64_t id, const Finished& finished);
    JobInfo* info(uint64_t id);
    void prune();

    uint64_t lastId_ = 0;
    std::map<uint64_t, std::shared_ptr<Running>> running_;
    std::map<QString, uint64_t> newest_;   // key → id: the generation whose result counts
    std::vector<JobInfo> infos_;
};

}  // namespace foreshard::ui
