#include "core/ingest/source_plan.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/hash.h"

namespace foreshard::ingest {

namespace {

std::optional<Instant> firstTime(LogReader& reader, std::string_view window) {
    LogRecord record;
    for (size_t at = 0;;) {
        const ReadStep step = reader.next(window, at, true, record);
        if (step == ReadStep::record) return record.time;
        if (step != ReadStep::skipped) return std::nullopt;
    }
}

std::optional<Instant> lastTime(LogReader& reader, std::string_view window, bool whole) {
    LogRecord record;
    std::optional<Instant> last;
    size_t at = whole ? 0 : reader.findStart(window, 1);
    while (at < window.size()) {
        const ReadStep step = reader.next(window, at, true, record);
        if (step == ReadStep::record) last = record.time;
        else if (step != ReadStep::skipped) break;
    }
    return last;
}

Result<LogShape> shapeOf(const LogFile& file, std::string_view sample, const IngestOptions& options) {
    auto shape = detectShape(sample, options.format, options.prefix, file.path());
    if (!shape.ok() && file.cutShort() && sample.size() < shapeSampleBytes)
        return Error{ErrorCategory::format, fmt::format("{} is compressed and cut short: its first {} bytes are all that can be unpacked, and they tell of no log.", file.path(), sample.size()),
                     "Fetch it again.", shape.error().message};
    if (shape.ok()) shape->timezone = options.timezone;
    return shape;
}

std::string padded(std::string bytes) { return bytes.append(readerPadding, '\0'); }

}  // namespace

Result<PlannedFile> planFile(const std::string& path, const IngestOptions& options, const Job& job) {
    FS_ASSIGN(LogFile file, LogFile::open(path, &job));
    FS_ASSIGN(const std::string sample, file.head(shapeSampleBytes));
    FS_ASSIGN(LogShape shape, shapeOf(file, sample, options));
    const auto reader = makeReader(shape), tailReader = makeReader(shape);
    IngestedFile info{file.path(), std::move(shape), file.size(), {}, {}, {}};
    info.first = firstTime(*reader, std::string_view(padded(sample)).substr(0, sample.size()));
    const uint64_t tailAt = file.size() > shapeSampleBytes ? file.size() - shapeSampleBytes : 0;
    std::string tail(static_cast<size_t>(file.size() - tailAt), '\0');
    FS_ASSIGN(const size_t got, file.read(tailAt, tail.data(), tail.size()));
    tail.resize(got);
    info.last = lastTime(*tailReader, std::string_view(padded(tail)).substr(0, got), tailAt == 0);
    return PlannedFile{std::move(file), std::move(info), 0};
}

Result<std::string> sourceName(const LogFile& file) {
    FS_ASSIGN(const std::string head, file.head(4'096));
    return fmt::format("log-{:016x}", hashText(std::string_view(head).substr(0, head.find('\n'))));
}

Result<std::vector<PlannedSource>> planSources(const std::vector<std::string>& paths, const IngestOptions& options, const Job& job) {
    if (paths.empty()) return Error{ErrorCategory::usage, "No log was given.", "Name at least one log file.", {}};
    std::vector<PlannedFile> files;
    for (const auto& path : paths) {
        FS_ASSIGN(PlannedFile planned, planFile(path, options, job));
        files.push_back(std::move(planned));
    }
    std::stable_sort(files.begin(), files.end(), [](const PlannedFile& a, const PlannedFile& b) {
        return std::tie(a.info.first, a.info.last, a.info.path) < std::tie(b.info.first, b.info.last, b.info.path);
    });
    std::vector<PlannedSource> sources;
    for (auto& file : files) {
        // A file goes on where another of its kind has ended.
        const auto follows = [&](const PlannedSource& source) {
            const auto& before = source.files.back().info;
            return before.shape.format == file.info.shape.format && before.shape.prefix == file.info.shape.prefix &&
                   before.last && file.info.first && *before.last <= *file.info.first;
        };
        auto source = std::find_if(sources.begin(), sources.end(), follows);
        if (source == sources.end()) {
            FS_ASSIGN(std::string name, sourceName(file.file));
            if (!options.source.empty()) name = sources.empty() ? options.source : fmt::format("{} {}", options.source, sources.size() + 1);
            sources.push_back({std::move(name), {}, 0});
            source = sources.end() - 1;
        }
        file.base = source->bytes;
        file.info.source = source->name;
        source->bytes += file.info.bytes;
        source->files.push_back(std::move(file));
    }
    return sources;
}

}  // namespace foreshard::ingest
