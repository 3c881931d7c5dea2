#include "core/ingest/ingest.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <map>
#include <mutex>

#include "core/base/hash.h"
#include "core/ingest/partial_feed.h"
#include "core/ingest/source_plan.h"
#include "core/ingest/twins.h"
#include "core/base/threads.h"
#include "core/workload/mask.h"

namespace foreshard::ingest {

namespace {

struct Range {
    size_t source = 0, file = 0;       // indexes
    uint64_t begin = 0, end = 0;       // in the file
    bool firstOfFile = false, lastOfSource = false;
};

// Smaller ones towards the end, so that all threads end at nearly the same time (guided self-scheduling: Polychronopoulos and
// Kuck, IEEE Transactions on Computers, 1987).
std::vector<Range> rangesOf(const std::vector<PlannedSource>& sources, uint64_t rangeBytes) {
    constexpr uint64_t least = 2u << 20;
    constexpr uint64_t partOfRest = 8;
    std::vector<Range> ranges;
    uint64_t rest = 0;
    for (const auto& source : sources)
        for (const auto& file : source.files) rest += file.file.size();
    for (size_t s = 0; s < sources.size(); ++s) {
        for (size_t f = 0; f < sources[s].files.size(); ++f) {
            const uint64_t size = sources[s].files[f].file.size();
            for (uint64_t begin = 0, end = 0; begin < size; begin = end) {
                end = std::min(size, begin + std::clamp(rest / partOfRest, std::min(least, rangeBytes), rangeBytes));
                ranges.push_back({s, f, begin, end, begin == 0, false});
                rest -= end - begin;
            }
        }
        ranges.back().lastOfSource = true;
    }
    return ranges;
}

// Reads ranges on several threads. Each thread reads its next range from a place where a record surely seems to start;
// then, in the order of the ranges, it is checked that this is where the range before has ended (else it is read again
// from there), and what the range before left open is settled; then calls go to the thread's builder, and its Partial to
// the merge. Only the middle step is done by one thread at a time.
class Pipeline {
public:
    Pipeline(const std::vector<PlannedSource>& sources, const IngestOptions& options, Job& job)
        : sources_(sources), options_(options), job_(job), ranges_(rangesOf(sources, std::max<uint64_t>(options.rangeBytes, 1))),
          schema_(options.schema ? options.schema : std::make_shared<const schema::Schema>()) {
        for (const auto& range : ranges_) total_ += range.end - range.begin;
    }

    Status run() {
        job_.beginPass("reading logs", total_, "bytes");
        const unsigned wanted = options_.threads ? options_.threads : coreCount();
        runOnThreads(static_cast<unsigned>(std::min<size_t>(wanted, ranges_.size())), [this](unsigned) { work(); });
        if (failure_) return *failure_;
        return {};
    }

    Result<workload::Partial> takePartial() { return std::move(merged_).take(); }
    std::vector<workload::Coverage> takeCoverage() { return std::move(coverage_); }

private:
    // What one thread owns.
    struct Worker {
        workload::PartialBuilder builder;
        std::unique_ptr<RangeReader> reader;
        const LogShape* shape = nullptr;
    };

    void work() {
        try {
            Worker worker{workload::PartialBuilder(schema_, options_.partial, options_.maskKey), nullptr, nullptr};
            for (size_t i = next_++; i < ranges_.size(); i = next_++) {
                const Status status = workOn(i, worker);
                if (!status.ok()) return fail(status.error());
            }
        } catch (const std::bad_alloc&) {
            fail({ErrorCategory::io, "The memory did not suffice to read the logs.", "Read them with fewer threads.", "bad_alloc"});
        } catch (const std::exception& error) {
            fail({ErrorCategory::internal, "Reading the logs failed.", "Please report it.", error.what()});
        }
    }

    void fail(Error error) {
        const std::lock_guard lock(mutex_);
        if (!failure_) failure_ = std::move(error);
        turn_.notify_all();
    }

    Status workOn(size_t index, Worker& worker) {
        const Range& range = ranges_[index];
        const PlannedSource& source = sources_[range.source];
        const PlannedFile& file = source.files[range.file];
        if (worker.shape != &file.info.shape) {
            worker.reader = std::make_unique<RangeReader>(file.info.shape);
            worker.shape = &file.info.shape;
        }
        const auto known = range.firstOfFile ? std::optional<uint64_t>(0) : std::nullopt;
        FS_ASSIGN(RangeOutcome outcome, worker.reader->read(file.file, file.base, range.begin, range.end, known, {}, job_));

        RangeFeed feed;
        {
            std::unique_lock lock(mutex_);
            turn_.wait(lock, [&] { return settled_ == index || failure_; });
            if (failure_) return {};
            FS_TRY(settle(range, source, file, *worker.reader, outcome, feed));
            settled_ = index + 1;
            done_ += range.end - range.begin;
            job_.progress(done_);
        }
        turn_.notify_all();
        if (feed.end == feed.begin && !range.lastOfSource) return mergeIn(index, {});
        return mergeIn(index, feedBuilder(worker.builder, worker.reader->collector(), feed));
    }

    // With the lock held, in the order of the ranges.
    Status settle(const Range& range, const PlannedSource& source, const PlannedFile& file, RangeReader& reader,
                  RangeOutcome& outcome, RangeFeed& feed) {
        if (range.firstOfFile) chain_.beginFile();
        if (range.firstOfFile && range.file == 0) chain_.beginSource();
        if (chain_.place >= range.end) {
            // A record of a range before covers this one; what seemed to start here lies inside of it.
            reader.collector().clear();
            outcome = RangeOutcome();
            outcome.end = chain_.place;
        } else if (outcome.start != chain_.place) {
            FS_ASSIGN(outcome, reader.read(file.file, file.base, range.begin, range.end, chain_.place, {}, job_));
        }
        feed = chain_.advance(file.info.path, file.base, outcome, reader.collector());
        if (range.end == file.file.size() && file.file.cutShort()) feed.notes.diagnostics.add(packedCutShort(file.info.path));
        if (range.end == file.file.size() && outcome.end < range.end) feed.notes.diagnostics.add(fileShrank(file.info.path));
        feed.source = source.name;
        feed.weight = options_.given.sampleRate ? weightOfSampleRate(*options_.given.sampleRate) : weightOne;
        if (range.lastOfSource) chain_.endSource(source.bytes, options_.given, reader.collector(), feed);
        describe(source, range, feed);
        return {};
    }

    // What is known of the whole source goes with its last range; the others say nothing, so that merging keeps it.
    void describe(const PlannedSource& source, const Range& range, RangeFeed& feed) {
        auto& coverage = feed.notes.coverage;
        coverage = range.lastOfSource ? chain_.coverage(options_.given) : silentCoverage();
        coverage.source = options_.source.empty() ? std::filesystem::path(source.files.front().info.path).filename().string() : source.name;
        coverage.format = toString(source.files.front().info.shape.format);
        for (const auto& each : source.files) coverage.files.push_back(each.info.path);
        if (range.lastOfSource) coverage_.push_back(coverage);
        coverage.cutStatements = 0;    // the builder counts them itself
    }

    Status mergeIn(size_t index, std::optional<workload::Partial> partial) {
        PartialStack soFar;
        uint64_t bytes = 0;
        {
            const std::lock_guard lock(mergeMutex_);
            waiting_.emplace(index, std::move(partial));
            for (auto first = waiting_.begin(); first != waiting_.end() && first->first == mergedCount_; first = waiting_.begin()) {
                if (first->second) FS_TRY(merged_.add(std::move(*first->second)));
                waiting_.erase(first);
                mergedBytes_ += ranges_[mergedCount_].end - ranges_[mergedCount_].begin;
                ++mergedCount_;
            }
            if (!stageDue()) return {};
            soFar = merged_;
            bytes = mergedBytes_;
        }
        FS_ASSIGN(auto all, std::move(soFar).take());
        options_.stage(std::move(all), bytes, total_);
        return {};
    }

    // With the lock held.
    bool stageDue() {
        if (!options_.stage || mergedCount_ == 0 || mergedCount_ == ranges_.size()) return false;
        const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - began_;
        if (passed.count() < nextStage_) return false;
        nextStage_ = 2 * passed.count();
        return true;
    }

    const std::vector<PlannedSource>& sources_;
    const IngestOptions& options_;
    Job& job_;
    const std::vector<Range> ranges_;
    const std::shared_ptr<const schema::Schema> schema_;
    uint64_t total_ = 0;
    std::atomic<size_t> next_{0};

    std::mutex mutex_;
    std::condition_variable turn_;
    size_t settled_ = 0;               // ranges whose turn is over
    uint64_t done_ = 0;                // bytes
    SourceChain chain_;
    std::vector<workload::Coverage> coverage_;
    std::optional<Error> failure_;

    std::mutex mergeMutex_;
    std::map<size_t, std::optional<workload::Partial>> waiting_;
    size_t mergedCount_ = 0;
    uint64_t mergedBytes_ = 0;
    PartialStack merged_;
    const std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
    double nextStage_ = options_.firstStage;       // seconds since then
};

// A server can log in several formats at once; all of them would count each call several times.
void warnOfTwins(const std::vector<PlannedSource>& sources, Job& job) {
    const auto twin = [](const PlannedSource& one, const PlannedSource& other) -> const IngestedFile* {
        for (const auto& a : one.files)
            for (const auto& b : other.files)
                if (sameEvents(a.file, a.info, b.file, b.info)) return &a.info;
        return nullptr;
    };
    for (size_t i = 0; i < sources.size(); ++i)
        for (size_t j = 0; j < i; ++j)
            if (const auto* same = twin(sources[j], sources[i]))
                job.diagnose({Severity::warning, "same_log_twice", sources[i].files.front().info.path, 0, 0,
                              "This log tells of the same calls as " + same->path + ", in another format; they count twice. Name one of them."});
}

}  // namespace

void IngestOptions::maskWith(std::shared_ptr<const workload::MaskKey> key) {
    partial.mask = key ? key->check() : 0;
    maskKey = std::move(key);
}

Result<IngestResult> ingestFiles(const std::vector<std::string>& paths, const IngestOptions& options, Job& job) {
    FS_TRY(checkGiven(options.given));
    FS_TRY(checkTimezone(options.timezone));
    FS_ASSIGN(const auto sources, planSources(paths, options, job));
    warnOfTwins(sources, job);
    Pipeline pipeline(sources, options, job);
    FS_TRY(pipeline.run());
    IngestResult result;
    FS_ASSIGN(result.partial, pipeline.takePartial());
    result.coverage = pipeline.takeCoverage();
    for (const auto& source : sources)
        for (const auto& file : source.files) result.files.push_back(file.info);
    job.mergeDiagnostics(diagnosticsOf(result.partial));
    return result;
}

namespace {

Result<LogContent> contentOf(const LogFile& file, uint64_t size, const Job& job) {
    constexpr size_t blockBytes = 4u << 20;
    std::string block(blockBytes, '\0');
    LogContent content{size, mixHash(size)};
    for (uint64_t at = 0; at < size; at += blockBytes) {
        FS_TRY(job.checkpoint());
        FS_ASSIGN(const size_t got, file.read(at, block.data(), std::min<uint64_t>(blockBytes, size - at)));
        content.digest = combineHash(content.digest, hashBytes(block.data(), got));
    }
    return content;
}

}  // namespace

Result<std::vector<LogContent>> contentsOf(const std::string& path, const Job& job, const std::vector<uint64_t>& earlier) {
    FS_ASSIGN(const LogFile file, LogFile::open(path, &job));
    std::vector<LogContent> contents;
    FS_ASSIGN(contents.emplace_back(), contentOf(file, file.size(), job));
    for (const uint64_t bytes : earlier) {
        if (bytes >= file.size()) continue;
        FS_ASSIGN(contents.emplace_back(), contentOf(file, bytes, job));
    }
    return contents;
}

}  // namespace foreshard::ingest
