#include "core/ingest/part.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <functional>

#include "core/ingest/part_join.h"
#include "core/ingest/source_plan.h"
#include "core/base/threads.h"
#include "core/workload/partial_data.h"

namespace foreshard::ingest {

namespace {

Error conflict(std::string message, std::string next) { return {ErrorCategory::conflict, std::move(message), std::move(next), {}}; }

// Runs `work` where statements can be parsed.
Status onWorker(const std::function<Status()>& work) {
    Status status;
    runOnThreads(1, [&](unsigned) { status = work(); });
    return status;
}

Status mergeable(const LogPart& into, const LogPart& from) {
    if (into.schema->fingerprint() != from.schema->fingerprint())
        return conflict("These parts were read with different schemas.", "Read all parts with the same --schema files.");
    if (into.options != from.options || into.given != from.given)
        return conflict("These parts were read with different options.", "Read all parts with the same options.");
    for (const auto& [name, source] : from.sources) {
        const auto same = into.sources.find(name);
        if (same == into.sources.end()) continue;
        if (same->second.format != source.format || same->second.prefix != source.prefix || same->second.plans != source.plans)
            return conflict(fmt::format("Parts of {} were read as different formats.", name), "Give --head, or --format and --prefix, for every part.");
        if (same->second.timezone != source.timezone) return conflict(fmt::format("Parts of {} were read with different time zones.", name), "Give the same --timezone for every part.");
        for (const auto& a : same->second.spans)
            for (const auto& b : source.spans)
                if (a.begin < b.end && b.begin < a.end)
                    return conflict(fmt::format("Bytes {} to {} of {} are in both parts.", std::max(a.begin, b.begin), std::min(a.end, b.end), name),
                                    "Merge each part of a log once.");
    }
    return {};
}

Status mergeSource(const PartSettings& settings, const std::string& name, PartSource& into, PartSource from, workload::Partial& all) {
    into.named |= from.named;
    std::move(from.spans.begin(), from.spans.end(), std::back_inserter(into.spans));
    std::sort(into.spans.begin(), into.spans.end(), [](const PartSpan& a, const PartSpan& b) { return a.begin < b.begin; });
    SpanReader reader(settings, name, into.shape());
    std::vector<PartSpan> joined;
    for (auto& span : into.spans) {
        if (joined.empty() || !SpanReader::joinable(joined.back(), span)) {
            joined.push_back(std::move(span));
            continue;
        }
        workload::Partial between;
        FS_TRY(reader.join(joined.back(), std::move(span), between));
        FS_TRY(all.merge(std::move(between)));
    }
    into.spans = std::move(joined);
    return {};
}

// What is known of the log before its part is read.
struct KnownLog {
    LogFile file;
    LogShape shape;
    std::string source;
};

Result<KnownLog> lookAt(const PartRequest& request, const IngestOptions& options, const Job& job) {
    FS_ASSIGN(LogFile file, LogFile::open(request.path, &job));
    const bool stream = request.path == "-";
    if (stream && request.offset > 0 && request.head.empty() && options.source.empty())
        return Error{ErrorCategory::usage, "Of a part from the middle of a stream it cannot be told which log it belongs to.",
                     "Give --head FILE with the first 256 KiB of the log.", {}};
    std::optional<LogFile> head;
    if (!request.head.empty()) {
        FS_ASSIGN(head, LogFile::open(request.head, &job));
    }
    const LogFile& begin = head ? *head : file;
    FS_ASSIGN(const std::string sample, begin.head(shapeSampleBytes));
    FS_ASSIGN(LogShape shape, detectShape(sample, options.format, options.prefix, begin.path()));
    shape.timezone = options.timezone;
    std::string source = options.source;
    if (source.empty()) {
        FS_ASSIGN(source, sourceName(begin));
    }
    return KnownLog{std::move(file), std::move(shape), std::move(source)};
}

// Reads the part in slices, on several threads; merging makes them one.
class PartReader {
public:
    PartReader(const KnownLog& log, const PartRequest& request, const IngestOptions& options, const LogPart& frame, Job& job)
        : log_(log), request_(request), frame_(frame), settings_(frame), named_(!options.source.empty()), job_(job),
          sliceBytes_(std::max<uint64_t>(options.rangeBytes, 1)) {
        const bool stream = request.path == "-";
        begin_ = stream ? 0 : std::min(request.offset, log.file.size());
        end_ = stream || !request.length ? log.file.size() : begin_ + std::min(*request.length, log.file.size() - begin_);
        parts_.resize((end_ - begin_ + sliceBytes_ - 1) / sliceBytes_);
    }

    Result<LogPart> run(unsigned threads) {
        job_.beginPass("reading a part of a log", end_ - begin_, "bytes");
        std::vector<Status> failures(std::max(threads, 1u));
        runOnThreads(static_cast<unsigned>(std::min<size_t>(failures.size(), std::max<size_t>(parts_.size(), 1))), [&](unsigned thread) {
            SpanReader reader(settings_, log_.source, log_.shape);
            for (size_t i = next_++; i < parts_.size() && failures[thread].ok(); i = next_++) failures[thread] = readSlice(i, reader);
        });
        for (const auto& failure : failures) FS_TRY(failure);
        MergeStack<LogPart> stack;
        for (auto& part : parts_) {
            FS_TRY(job_.checkpoint());
            FS_TRY(stack.add(std::move(part)));
        }
        return std::move(stack).take(frame_);
    }

private:
    Status readSlice(size_t index, SpanReader& reader) {
        FS_TRY(job_.checkpoint());
        const uint64_t from = begin_ + index * sliceBytes_, to = std::min(end_, from + sliceBytes_);
        FS_ASSIGN(const LogFile slice, log_.file.slice(from, to));
        // Where the slice begins in the log, and in the source.
        const uint64_t inLog = request_.offset + (from - begin_);
        auto part = frame_;
        auto& source = part.sources[log_.source];
        source.format = log_.shape.format;
        source.prefix = log_.shape.prefix;
        source.plans = log_.shape.plans;
        source.timezone = log_.shape.timezone;
        source.named = named_;
        const std::string& path = request_.name.empty() ? log_.file.path() : request_.name;
        FS_ASSIGN(PartSpan span, reader.read(slice, request_.base + inLog, {path, request_.base, 0, Diagnostics()}, inLog == 0, part.partial, job_));
        source.spans.push_back(std::move(span));
        parts_[index] = std::move(part);
        job_.progress(done_ += to - from);
        return {};
    }

    const KnownLog& log_;
    const PartRequest& request_;
    const LogPart& frame_;
    const PartSettings settings_;
    const bool named_;
    Job& job_;
    const uint64_t sliceBytes_;
    uint64_t begin_ = 0, end_ = 0;     // in the file, or of what came in
    std::vector<LogPart> parts_;
    std::atomic<size_t> next_{0};
    std::atomic<uint64_t> done_{0};
};

}  // namespace

Status LogPart::merge(LogPart other) {
    FS_TRY(mergeable(*this, other));
    const PartSettings settings(*this);
    return onWorker([&]() -> Status {
        for (auto& [name, source] : other.sources) {
            const auto [place, fresh] = sources.try_emplace(name, std::move(source));
            if (!fresh) FS_TRY(mergeSource(settings, name, place->second, std::move(source), partial));
        }
        return partial.merge(std::move(other.partial));
    });
}

Result<LogPart> readLogPart(const PartRequest& request, const IngestOptions& options, Job& job) {
    FS_TRY(checkGiven(options.given));
    FS_TRY(checkTimezone(options.timezone));
    if (options.partial.mask != 0)
        return Error{ErrorCategory::usage, "A part cannot be masked: it holds text of the log at its edges.", "Read the log on one machine, or leave --mask out.", {}};
    FS_ASSIGN(const KnownLog log, lookAt(request, options, job));
    LogPart frame;
    frame.schema = options.schema ? options.schema : std::make_shared<const schema::Schema>();
    frame.options = options.partial;
    frame.given = options.given;
    return PartReader(log, request, options, frame, job).run(options.threads ? options.threads : coreCount());
}

namespace {

// The source as ingestFiles() would have left it.
Status completeSource(const std::string& name, PartSource& source, const LogPart& part, IngestResult& out, Diagnostics& diagnostics) {
    const auto& spans = source.spans;
    const uint64_t missing = spans.empty() || spans.front().begin > 0 ? 0 : spans.front().end;
    if (spans.empty() || spans.size() > 1 || missing == 0) {
        const auto next = std::find_if(spans.begin(), spans.end(), [&](const PartSpan& span) { return span.begin >= missing; });
        return conflict(next == spans.end() ? fmt::format("The source {} has no parts.", name) : fmt::format("Bytes {} to {} of {} are in no part.", missing, next->begin, spans.front().files.front().path),
                        "Read that part too and merge it with the others.");
    }
    const PartSettings settings(part);
    SpanReader reader(settings, name, source.shape());
    PartSpan& span = source.spans.front();
    workload::Partial end;
    FS_TRY(reader.finish(span, part.given, end));
    FS_TRY(out.partial.merge(std::move(end)));
    workload::Coverage coverage = coverageOf(span.carry.evidence, part.given);
    coverage.source = source.named ? name : std::filesystem::path(span.files.front().path).filename().string();
    coverage.format = toString(source.format);
    for (const auto& file : span.files) {
        coverage.files.push_back(file.path);
        diagnostics.merge(file.diagnostics);
        out.files.push_back({file.path, source.shape(), 0, name, span.firstTime, span.lastTime});
    }
    out.coverage.push_back(std::move(coverage));
    return {};
}

}  // namespace

Result<IngestResult> complete(LogPart part, Job& job) {
    IngestResult out;
    out.partial = std::move(part.partial);
    Diagnostics diagnostics;
    FS_TRY(onWorker([&]() -> Status {
        for (auto& [name, source] : part.sources) {
            FS_TRY(job.checkpoint());
            FS_TRY(completeSource(name, source, part, out, diagnostics));
        }
        return {};
    }));
    auto data = std::make_unique<workload::PartialData>(std::move(out.partial).takeData());
    size_t index = 0;
    for (const auto& [name, source] : part.sources) {
        auto coverage = out.coverage[index++];
        auto& kept = data->sources[name].coverage;
        coverage.cutStatements = kept.cutStatements;   // the builder counted them
        std::sort(coverage.files.begin(), coverage.files.end());
        kept = std::move(coverage);
    }
    data->diagnostics = diagnostics;
    out.partial = workload::Partial(std::move(data));
    job.mergeDiagnostics(diagnostics);
    return out;
}

}  // namespace foreshard::ingest
