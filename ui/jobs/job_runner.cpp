#include "ui/jobs/job_runner.h"

#include <QCoreApplication>
#include <QDeadlineTimer>
#include <QMetaObject>
#include <QPointer>
#include <QThread>

#include <algorithm>
#include <future>
#include <thread>

#include "ui/jobs/time_left.h"

namespace foreshard::ui {

using Clock = std::chrono::steady_clock;

struct JobRunner::Running : JobObserver {
    JobRunner* runner = nullptr;
    uint64_t id = 0;
    QString key;
    PageId page = PageId::start;
    Job job{this};
    TimeLeft timeLeft;
    Clock::time_point began = Clock::now();
    std::promise<void> over;
    std::shared_future<void> overFuture = over.get_future().share();
    std::thread thread;

    // Called on the worker; the runner joins the thread before it goes, so the pointer holds.
    void progressed(const JobProgress& p) override {
        QMetaObject::invokeMethod(runner, [r = runner, i = id, p] { r->onProgress(i, p); }, Qt::QueuedConnection);
    }
    void sampled(const JobSample& s) override {
        QMetaObject::invokeMethod(runner, [r = runner, i = id, s] { Q_EMIT r->sampled(i, QString::fromStdString(s.series), s.x, s.y); },
                                  Qt::QueuedConnection);
    }
};

JobRunner::JobRunner(QObject* parent) : QObject(parent) {}

JobRunner::~JobRunner() {
    for (auto& [id, running] : running_) running->job.requestStop();
    for (auto& [id, running] : running_) running->thread.join();
}

uint64_t JobRunner::startErased(const JobSpec& spec, std::function<Finished(Job&)> work) {
    stopKey(spec.key);
    // One at a time for each key: the new one begins when the old one has let go.
    std::vector<std::shared_future<void>> before;
    for (const auto& [olderId, older] : running_) {
        if (older->key == spec.key) before.push_back(older->overFuture);
    }
    const uint64_t id = ++lastId_;
    newest_[spec.key] = id;
    auto running = std::make_shared<Running>();
    running->runner = this;
    running->id = id;
    running->key = spec.key;
    running->page = spec.page;
    running_[id] = running;
    if (!spec.quiet) {
        JobInfo info;
        info.id = id;
        info.title = spec.title;
        info.page = spec.page;
        infos_.push_back(std::move(info));
        prune();
        Q_EMIT started(id);
    }
    running->thread = std::thread([this, running, before = std::move(before), work = std::move(work)] {
        for (const auto& older : before) older.wait();
        const auto stopped = running->job.checkpoint();
        auto finished = std::make_shared<Finished>(stopped.ok() ? work(running->job) : Finished{stopped, [] {}});
        running->over.set_value();
        QMetaObject::invokeMethod(this, [this, id = running->id, finished] { onFinished(id, *finished); }, Qt::QueuedConnection);
    });
    return id;
}

void JobRunner::post(uint64_t id, std::function<void()> function) {
    QMetaObject::invokeMethod(this, [this, id, function = std::move(function)] {
        const auto running = running_.find(id);
        if (running != running_.end() && newest_[running->second->key] == id) function();
    }, Qt::QueuedConnection);
}

void JobRunner::stop(uint64_t id) {
    const auto running = running_.find(id);
    if (running == running_.end()) return;
    running->second->job.requestStop();
    auto* job = info(id);
    if (!job) return;
    job->state = JobState::stopping;
    Q_EMIT changed(id);
}

void JobRunner::stopKey(const QString& key) {
    if (const auto newest = newest_.find(key); newest != newest_.end()) stop(newest->second);
}

void JobRunner::abandonAll(uint64_t but) {
    std::vector<uint64_t> ids;
    for (const auto& [id, running] : running_) {
        if (id == but) continue;
        newest_[running->key] = 0;
        ids.push_back(id);
    }
    for (const auto id : ids) stop(id);
}

void JobRunner::onProgress(uint64_t id, const JobProgress& progress) {
    const auto running = running_.find(id);
    auto* job = info(id);
    if (running == running_.end() || !job) return;
    job->progress = progress;
    job->fraction.reset();
    if (progress.total) job->fraction = std::min(1.0, static_cast<double>(progress.done) / static_cast<double>(progress.total));
    job->seconds = std::chrono::duration<double>(Clock::now() - running->second->began).count();
    job->secondsLeft = running->second->timeLeft.update(progress, job->seconds);
    Q_EMIT changed(id);
}

void JobRunner::onFinished(uint64_t id, const Finished& finished) {
    const auto found = running_.find(id);
    if (found == running_.end()) return;
    const auto running = found->second;
    running->thread.join();
    running_.erase(found);
    if (auto* job = info(id)) {
        const bool cancelled = !finished.status.ok() && finished.status.error().category == ErrorCategory::cancelled;
        job->state = finished.status.ok() ? JobState::done : cancelled ? JobState::cancelled : JobState::failed;
        if (job->state == JobState::failed) job->error = finished.status.error();
        job->seconds = std::chrono::duration<double>(Clock::now() - running->began).count();
        job->secondsLeft.reset();
    }
    const bool current = newest_[running->key] == id;
    if (current) finished.deliver();
    if (!info(id)) return;
    Q_EMIT changed(id);
    Q_EMIT this->finished(id);
}

JobInfo* JobRunner::info(uint64_t id) {
    const auto found = std::find_if(infos_.begin(), infos_.end(), [id](const JobInfo& j) { return j.id == id; });
    return found == infos_.end() ? nullptr : &*found;
}

const JobInfo* JobRunner::find(uint64_t id) const { return const_cast<JobRunner*>(this)->info(id); }

bool JobRunner::runningOn(PageId page) const {
    return std::any_of(infos_.begin(), infos_.end(), [this, page](const JobInfo& j) {
        return j.page == page && running_.contains(j.id) && j.state == JobState::running;
    });
}

bool JobRunner::workingFor(PageId page) const {
    return std::any_of(running_.begin(), running_.end(), [page](const auto& entry) { return entry.second->page == page; });
}

int JobRunner::runningCount() const {
    return static_cast<int>(std::count_if(infos_.begin(), infos_.end(), [this](const JobInfo& j) { return running_.contains(j.id); }));
}

void JobRunner::prune() {
    constexpr size_t kept = 50;
    while (infos_.size() > kept) {
        const auto old = std::find_if(infos_.begin(), infos_.end(), [this](const JobInfo& j) { return !running_.contains(j.id); });
        if (old == infos_.end()) return;
        infos_.erase(old);
    }
}

bool JobRunner::waitForIdle(int milliseconds) {
    QDeadlineTimer deadline(milliseconds);
    while (!running_.empty()) {
        if (deadline.hasExpired()) return false;
        QCoreApplication::processEvents(QEventLoop::AllEvents, 20);
        QThread::msleep(1);
    }
    return true;
}

}  // namespace foreshard::ui
