#include "core/ingest/tail.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "core/ingest/partial_feed.h"
#include "core/ingest/source_plan.h"
#include "core/base/threads.h"

namespace foreshard::ingest {

struct LogTail::State {
    std::string path;
    IngestOptions options;
    uint64_t from = 0;
    std::optional<IngestedFile> info;      // once its shape is known
    std::string source;
    std::unique_ptr<RangeReader> reader;
    std::unique_ptr<workload::PartialBuilder> builder;
    SourceChain chain;
    uint64_t size = 0, identity = 0;       // when it was last seen
    unsigned restarts = 0;
    bool begun = false;
    std::optional<Instant> lastTime;       // of the last record

    void restart() {
        info.reset();
        reader.reset();
        chain = SourceChain();
        from = 0;
        begun = false;
        lastTime.reset();
        ++restarts;
    }

    Status begin(const Job& job) {
        FS_ASSIGN(PlannedFile planned, planFile(path, options, job));
        info = planned.info;
        FS_ASSIGN(source, sourceName(planned.file));
        // A new file's bytes are others, though their places are the same.
        if (!options.source.empty()) source = restarts ? fmt::format("{} {}", options.source, restarts + 1) : options.source;
        reader = std::make_unique<RangeReader>(info->shape);
        if (!builder)
            builder = std::make_unique<workload::PartialBuilder>(
                options.schema ? options.schema : std::make_shared<const schema::Schema>(), options.partial, options.maskKey);
        chain.beginSource();
        chain.beginFile(from);
        return {};
    }

    // One bounded piece; false where no whole record is left.
    Result<bool> readPiece(const LogFile& file, Job& job, bool flush, PartialStack& stack) {
        const uint64_t begin = chain.place, end = std::min(file.size(), begin + std::max<uint64_t>(options.rangeBytes, 1));
        const auto start = begun || begin == 0 ? std::optional<uint64_t>(begin) : std::nullopt;
        FS_ASSIGN(const RangeOutcome outcome, reader->read(file, 0, begin, end, start, {.holdBack = !flush, .timeBefore = lastTime}, job));
        if (!outcome.start && end < file.size()) {
            chain.place = end;   // inside a record that began before `from`
            return true;
        }
        if (!outcome.start || outcome.end == begin) return false;
        begun = true;
        if (outcome.lastTime) lastTime = outcome.lastTime;
        RangeFeed feed = chain.advance(path, 0, outcome, reader->collector());
        if (flush && outcome.end == file.size()) chain.endSource(outcome.end, options.given, reader->collector(), feed);
        if (flush && outcome.end == file.size() && file.cutShort()) feed.notes.diagnostics.add(packedCutShort(path));
        feed.source = source;
        feed.weight = options.given.sampleRate ? weightOfSampleRate(*options.given.sampleRate) : weightOne;
        feed.notes.coverage = chain.coverage(options.given);
        feed.notes.coverage.source = options.source.empty() ? std::filesystem::path(path).filename().string() : source;
        feed.notes.coverage.format = toString(info->shape.format);
        feed.notes.coverage.files = {path};
        feed.notes.coverage.cutStatements = 0;   // the builder counts them itself
        FS_TRY(stack.add(feedBuilder(*builder, reader->collector(), feed)));
        return outcome.end < file.size();
    }
};

LogTail::LogTail(std::string path, IngestOptions options, uint64_t from) : state_(std::make_unique<State>()) {
    state_->path = std::move(path);
    state_->options = std::move(options);
    state_->from = from;
}

LogTail::~LogTail() = default;
LogTail::LogTail(LogTail&&) noexcept = default;
LogTail& LogTail::operator=(LogTail&&) noexcept = default;

uint64_t LogTail::offset() const { return state_->begun ? state_->chain.place : state_->from; }
workload::Coverage LogTail::coverage() const { return state_->chain.coverage(state_->options.given); }

Result<LogTail::Step> LogTail::poll(Job& job, bool flush) {
    State& state = *state_;
    Step step;
    step.from = step.to = offset();
    std::error_code missing;
    if (!std::filesystem::exists(state.path, missing)) return step;
    FS_ASSIGN(const LogFile file, LogFile::open(state.path, &job));
    const bool other = state.identity != 0 && file.identity() != state.identity;
    if (other || file.size() < state.size || file.size() < offset()) {
        state.restart();
        step.restarted = true;
        step.from = step.to = 0;
    }
    state.size = file.size();
    state.identity = file.identity();
    if (file.size() <= offset()) return step;
    std::optional<Error> failure;
    // The builder wants the stack of a worker thread.
    runOnThreads(1, [&](unsigned) {
        const auto work = [&]() -> Status {
            if (!state.info) FS_TRY(state.begin(job));
            PartialStack stack;
            for (bool more = true; more;) {
                FS_TRY(job.checkpoint());
                FS_ASSIGN(more, state.readPiece(file, job, flush, stack));
            }
            FS_ASSIGN(step.partial, std::move(stack).take());
            return {};
        };
        if (const Status status = work(); !status.ok()) failure = status.error();
    });
    if (failure) return *failure;
    step.to = offset();
    return step;
}

}  // namespace foreshard::ingest
