#include "core/ingest/part_join.h"

namespace foreshard::ingest {

PartSettings::PartSettings(const LogPart& part)
    : schema(part.schema), options(part.options), weight(part.given.sampleRate ? weightOfSampleRate(*part.given.sampleRate) : weightOne) {}

workload::PartialBuilder& SpanReader::builder() {
    if (!builder_) builder_.emplace(settings_.schema, settings_.options);
    return *builder_;
}

bool SpanReader::joinable(const PartSpan& left, const PartSpan& right) {
    // What a file ends with that has no start waits for its start.
    return left.end == right.begin && !(left.raw && right.files.front().base == right.begin);
}

// Reads from `from` of the file, whose first byte is at `begin` of the source and where a record starts.
Result<PartSpan> SpanReader::readCore(const LogFile& file, uint64_t begin, uint64_t from, const PartFile& of, const RangeContext& context,
                                      workload::Partial& partial, const Job& job) {
    FS_ASSIGN(RangeOutcome outcome, reader_.read(file, begin, from, file.size(), from, context, job));
    PartSpan span;
    span.begin = begin + from;
    span.end = begin + outcome.end;
    span.files = {{of.path, of.base, outcome.lines, std::move(outcome.diagnostics)}};
    span.firstTime = outcome.firstTime;
    span.lastTime = outcome.lastTime;
    span.firstTimeLine = outcome.firstTimeLine;
    span.unknownZone = std::move(outcome.unknownZone);
    span.skipping = outcome.skipping;
    span.restOfLong = outcome.restOfLong;
    auto& collector = reader_.collector();
    if (span.begin == 0) collector.settle(span.carry);
    else span.edge = collector.takeEdge(span.carry);
    if (span.end == span.begin) return span;
    RangeFeed feed{source_, span.begin, span.end, settings_.weight, workload::RangeNotes(), autocommitTold_};
    feed.notes.lines = outcome.lines;
    feed.notes.coverage = silentCoverage();
    partial = feedBuilder(builder(), collector, feed);
    return span;
}

Result<PartSpan> SpanReader::read(const LogFile& slice, uint64_t begin, PartFile file, bool fromStart, workload::Partial& partial, const Job& job) {
    std::string bytes;
    std::optional<uint64_t> start = 0;
    if (!fromStart) {
        FS_ASSIGN(bytes, slice.head(slice.size()));
        start = reader_.sureStart(bytes);
    }
    PartSpan span;
    if (start) {
        FS_ASSIGN(span, readCore(slice, begin, *start, file, {.holdBack = true}, partial, job));
    } else {
        span.files = {std::move(file)};
    }
    span.raw = !start;
    span.front = bytes.substr(0, start.value_or(bytes.size()));
    const uint64_t readTo = start ? span.end - begin : slice.size();
    span.begin = begin;
    span.end = begin + slice.size();
    span.back.resize(slice.size() - readTo);
    FS_ASSIGN(const size_t got, slice.read(readTo, span.back.data(), span.back.size()));
    if (got < span.back.size()) return Error{ErrorCategory::io, slice.path() + " became shorter while it was read.", "Read it again.", {}};
    return span;
}

// Lets what is open in `left` end where `right` shows it, in seam_; what hangs on the bytes before `left` stays in its edge.
void SpanReader::settle(PartSpan& left, PartSpan& right) {
    const bool known = left.begin == 0 || left.edge.restart;
    RangeEdge due, later;
    for (const auto& [name, heads] : right.edge.heads) {
        const auto before = left.edge.heads.find(name);
        const bool closed = before != left.edge.heads.end() && RangeEdge::isClosed(before->second);
        (known || closed ? due : later).heads.emplace(name, heads);
    }
    due.restart = right.edge.restart;
    seam_.beginWith(due, right.carry.live);
    auto& carry = left.carry;
    seam_.settle(carry);
    for (const auto& name : right.carry.live)
        if (carry.live.size() < Carry::mostLive) carry.live.insert(name);
    for (auto& [name, open] : right.carry.open) carry.open.insert_or_assign(name, std::move(open));
    carry.evidence.merge(right.carry.evidence);
    if (known) return;
    for (auto& [name, heads] : later.heads) std::move(heads.begin(), heads.end(), std::back_inserter(left.edge.heads[name]));
    left.edge.restart = right.edge.restart;
    for (const auto& [name, head] : right.edge.heads) left.edge.over.erase(name);
    left.edge.over.insert(right.edge.over.begin(), right.edge.over.end());
    if (left.edge.restart) left.edge.over.clear();
}

Status SpanReader::feedSeam(uint64_t at, workload::Partial& between) {
    RangeFeed feed{source_, at, at, settings_.weight, workload::RangeNotes(), autocommitTold_};
    feed.notes.coverage = silentCoverage();
    if (!seam_.empty()) FS_TRY(between.merge(feedBuilder(builder(), seam_, feed)));
    return {};
}

// Puts what was read in `right` behind what was read in `left`.
Status SpanReader::append(PartSpan& left, PartSpan& right, workload::Partial& between) {
    settle(left, right);
    FS_TRY(feedSeam(right.readFrom(), between));
    if (right.firstTime) {
        if (left.lastTime && *right.firstTime + backwardsTolerance < *left.lastTime) {
            auto& file = right.files[right.firstTimeFile];
            file.diagnostics.add(clockWentBack(file.path, right.firstTimeLine));
        }
        left.lastTime = right.lastTime;
    }
    const bool goesOn = left.files.back().base == right.files.front().base;
    const uint64_t linesBefore = goesOn ? left.files.back().lines : 0;
    if (right.firstTime && !left.firstTime) {
        left.firstTime = right.firstTime;
        left.firstTimeFile = left.files.size() - (goesOn ? 1 : 0) + right.firstTimeFile;
        left.firstTimeLine = right.firstTimeLine + (right.firstTimeFile == 0 ? linesBefore : 0);
    }
    for (auto& file : right.files) {
        if (!goesOn || &file != &right.files.front()) {
            left.files.push_back(std::move(file));
            continue;
        }
        left.files.back().diagnostics.merge(shiftLines(file.diagnostics, linesBefore));
        left.files.back().lines += file.lines;
    }
    if (!right.unknownZone.empty()) left.unknownZone = right.unknownZone;
    left.skipping = right.skipping;
    left.restOfLong = right.restOfLong;
    return {};
}

// Reads `bytes`, which stand behind what was read in `left`; what is not whole there is its new back.
Status SpanReader::readEdge(PartSpan& left, std::string_view bytes, RangeContext context, workload::Partial& between) {
    left.back.clear();
    if (bytes.empty()) return {};
    const uint64_t begin = left.end;
    context.skipping = left.skipping;
    context.restOfLong = left.restOfLong;
    context.timeBefore = left.lastTime;
    const auto& file = left.files.back();
    FS_ASSIGN(const LogFile text, LogFile::holding(file.path, bytes));
    workload::Partial partial;
    const Job job;
    FS_ASSIGN(PartSpan core, readCore(text, begin, 0, {file.path, file.base, 0, Diagnostics()}, context, partial, job));
    left.back = bytes.substr(core.end - begin);
    left.end = begin + bytes.size();
    if (core.end == begin) return {};
    FS_TRY(append(left, core, between));
    return between.merge(std::move(partial));
}

Status SpanReader::join(PartSpan& left, PartSpan right, workload::Partial& between) {
    std::string bytes = left.raw ? left.front : left.back;
    const bool newFile = right.files.front().base == right.begin;
    if (!newFile) bytes += right.front;
    if (left.raw) {
        const auto start = reader_.sureStart(bytes);
        if (!start) {
            right.begin = left.begin;
            right.front = std::move(bytes);
            left = std::move(right);
            return {};
        }
        left.raw = false;
        left.front = bytes.substr(0, *start);
        bytes.erase(0, *start);
        left.end = left.begin + *start;
    } else {
        left.end = left.readTo();
    }
    FS_TRY(readEdge(left, bytes, {.holdBack = right.raw, .recordFollows = !newFile && !right.raw}, between));
    if (right.raw) return {};
    FS_TRY(append(left, right, between));
    left.back = std::move(right.back);
    left.end = right.end;
    return {};
}

Status SpanReader::finish(PartSpan& span, const GivenCoverage& given, workload::Partial& between) {
    const std::string bytes = std::move(span.back);
    span.end -= bytes.size();
    FS_TRY(readEdge(span, bytes, {}, between));
    seam_.clear();
    seam_.closeAll(span.carry, span.end > 0 ? span.end - 1 : 0);
    FS_TRY(feedSeam(span.end, between));
    auto& file = span.files.back();
    file.diagnostics.merge(endFindings(span.carry.evidence, span.unknownZone, given, file.path));
    return {};
}

}  // namespace foreshard::ingest
