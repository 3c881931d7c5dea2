// The serialised form of a LogPart.
#include "core/base/bytes.h"
#include "core/ingest/part.h"
#include "core/workload/blob.h"
#include "core/workload/parts_io.h"

namespace foreshard::ingest {

namespace {

constexpr std::string_view magic = "FSLP";

void writeText(ByteWriter& out, const std::string& text) { out.text(text); }
std::string readText(ByteReader& in) { return in.text(); }
void writeInstant(ByteWriter& out, Instant time) { out.zigzag(time); }
Instant readInstant(ByteReader& in) { return in.zigzag(); }

void writeOpen(ByteWriter& out, const OpenCall& call) {
    out.zigzag(call.time);
    out.text(call.database);
    out.text(call.virtualTransaction);
    out.text(call.statement);
    out.list(call.parameters, [](ByteWriter& w, const std::optional<std::string>& value) { w.maybe(value, writeText); });
    out.u8(static_cast<uint8_t>(call.parametersKnown | call.cut << 1 | call.extended << 2 | call.fromPlan << 3 | call.portal << 4));
    out.zigzag(call.duration);
    out.zigzag(call.planDuration);
    out.zigzag(call.rows);
}

OpenCall readOpen(ByteReader& in) {
    OpenCall call;
    call.time = in.zigzag();
    call.database = in.text();
    call.virtualTransaction = in.text();
    call.statement = in.text();
    in.list([&](ByteReader& r) { call.parameters.push_back(r.maybe(readText)); });
    const uint8_t flags = in.u8();
    call.parametersKnown = flags & 1;
    call.cut = flags & 2;
    call.extended = flags & 4;
    call.fromPlan = flags & 8;
    call.portal = flags & 16;
    call.duration = in.zigzag();
    call.planDuration = in.zigzag();
    call.rows = in.zigzag();
    return call;
}

// All numbers of an Evidence, in their order in the file.
template <typename E, typename Fn>
void eachCount(E& e, Fn fn) {
    for (auto* count : {&e.records, &e.calls, &e.selects, &e.writes, &e.controls, &e.startedCalls, &e.endedCalls, &e.timedCalls, &e.failedAlone, &e.bareDurations,
                        &e.needValues, &e.haveValues, &e.cutValues, &e.withVirtualTransaction, &e.withoutSession, &e.resets, &e.foreignLanguage,
                        &e.examinedCalls, &e.rowsExamined, &e.withoutTime, &e.plannedCalls, &e.unreadPlans})
        fn(*count);
}

void writeCarry(ByteWriter& out, const Carry& carry) {
    out.list(carry.open, [](ByteWriter& w, const auto& entry) {
        w.text(entry.first);
        writeOpen(w, entry.second);
    });
    out.list(carry.live, writeText);
    eachCount(carry.evidence, [&](uint64_t count) { out.varint(count); });
    out.zigzag(carry.evidence.shortestEnded);
    out.list(carry.evidence.settings, [](ByteWriter& w, const auto& entry) {
        w.text(entry.first);
        w.text(entry.second);
    });
}

Carry readCarry(ByteReader& in) {
    Carry carry;
    in.list([&](ByteReader& r) {
        auto name = r.text();
        carry.open[std::move(name)] = readOpen(r);
    });
    in.list([&](ByteReader& r) { carry.live.insert(r.text()); });
    eachCount(carry.evidence, [&](uint64_t& count) { count = in.varint(); });
    carry.evidence.shortestEnded = in.zigzag();
    in.list([&](ByteReader& r) {
        auto name = r.text();
        carry.evidence.settings[std::move(name)] = r.text();
    });
    return carry;
}

void writeEdge(ByteWriter& out, const RangeEdge& edge) {
    out.list(edge.heads, [](ByteWriter& w, const auto& entry) {
        w.text(entry.first);
        w.list(entry.second, [](ByteWriter& each, const RangeEdge::Head& head) {
            each.u8(static_cast<uint8_t>(head.kind));
            each.varint(head.offset);
            each.zigzag(head.time);
            each.zigzag(head.duration);
            each.u8(static_cast<uint8_t>(head.failed | head.bare << 1));
            each.maybe(head.own, writeOpen);
            each.maybe(head.ended, writeOpen);
        });
    });
    out.maybe(edge.restart, [](ByteWriter& w, const RangeEdge::Restart& restart) {
        w.varint(restart.offset);
        w.zigzag(restart.time);
    });
    out.list(edge.over, writeText);
}

RangeEdge::Head readHead(ByteReader& in) {
    RangeEdge::Head head;
    head.kind = in.enumerator(RangeEdge::HeadKind::parse);
    head.offset = in.varint();
    head.time = in.zigzag();
    head.duration = in.zigzag();
    const uint8_t flags = in.u8();
    head.failed = flags & 1;
    head.bare = flags & 2;
    head.own = in.maybe(readOpen);
    head.ended = in.maybe(readOpen);
    if (head.kind == RangeEdge::HeadKind::plan && !head.own) in.fail();
    return head;
}

RangeEdge readEdge(ByteReader& in) {
    RangeEdge edge;
    in.list([&](ByteReader& r) {
        auto& heads = edge.heads[r.text()];
        r.list([&](ByteReader& each) { heads.push_back(readHead(each)); });
    });
    edge.restart = in.maybe([](ByteReader& r) {
        const uint64_t offset = r.varint();
        return RangeEdge::Restart{offset, r.zigzag()};
    });
    in.list([&](ByteReader& r) { edge.over.insert(r.text()); });
    return edge;
}

void writeSpan(ByteWriter& out, const PartSpan& span) {
    out.varint(span.begin);
    out.varint(span.end);
    out.text(span.front);
    out.text(span.back);
    out.u8(static_cast<uint8_t>(span.raw | span.skipping << 1 | span.restOfLong << 2));
    writeEdge(out, span.edge);
    writeCarry(out, span.carry);
    out.list(span.files, [](ByteWriter& w, const PartFile& file) {
        w.text(file.path);
        w.varint(file.base);
        w.varint(file.lines);
        workload::writeDiagnostics(w, file.diagnostics);
    });
    out.maybe(span.firstTime, writeInstant);
    out.maybe(span.lastTime, writeInstant);
    out.varint(span.firstTimeFile);
    out.varint(span.firstTimeLine);
    out.text(span.unknownZone);
}

// What join() relies on; the rest is only counted.
bool makesSense(const PartSpan& span) {
    const uint64_t edges = span.front.size() + span.back.size();
    return span.begin <= span.end && edges <= span.end - span.begin && !span.files.empty() && span.firstTime.has_value() == span.lastTime.has_value() &&
           span.firstTimeFile < span.files.size() && (!span.raw || (span.begin > 0 && edges == span.end - span.begin && span.back.empty()));
}

PartSpan readSpan(ByteReader& in) {
    PartSpan span;
    span.begin = in.varint();
    span.end = in.varint();
    span.front = in.text();
    span.back = in.text();
    const uint8_t flags = in.u8();
    span.raw = flags & 1;
    span.skipping = flags & 2;
    span.restOfLong = flags & 4;
    span.edge = readEdge(in);
    span.carry = readCarry(in);
    in.list([&](ByteReader& r) {
        auto& file = span.files.emplace_back();
        file.path = r.text();
        file.base = r.varint();
        file.lines = r.varint();
        file.diagnostics = workload::readDiagnostics(r);
    });
    span.firstTime = in.maybe(readInstant);
    span.lastTime = in.maybe(readInstant);
    span.firstTimeFile = in.varint();
    span.firstTimeLine = in.varint();
    span.unknownZone = in.text();
    if (!makesSense(span)) in.fail();
    return span;
}

void writeReal(ByteWriter& out, double value) { out.real(value); }
double readReal(ByteReader& in) { return in.real(); }

void writeSource(ByteWriter& out, const PartSource& source) {
    out.u8(static_cast<uint8_t>(source.format));
    out.text(source.prefix);
    out.u8(static_cast<uint8_t>(source.plans));
    out.text(source.timezone);
    out.boolean(source.named);
    out.list(source.spans, writeSpan);
}

PartSource readSource(ByteReader& in) {
    PartSource source;
    source.format = in.enumerator(lastLogFormat);
    source.prefix = in.text();
    source.plans = in.enumerator(PlanUse::calls);
    source.timezone = in.text();
    source.named = in.boolean();
    uint64_t end = 0;
    in.list([&](ByteReader& r) {
        source.spans.push_back(readSpan(r));
        if (source.spans.back().begin < end) r.fail();
        end = source.spans.back().end;
    });
    if (!isSound(source.shape())) in.fail();
    return source;
}

}  // namespace

bool isLogPart(std::string_view head) { return head.starts_with(magic); }

std::string writeLogPart(const LogPart& part) {
    ByteWriter out;
    schema::writeSchema(out, *part.schema);
    workload::writeOptions(out, part.options);
    out.maybe(part.given.sampleRate, writeReal);
    out.maybe(part.given.minDurationMs, writeReal);
    out.maybe(part.given.pooled, [](ByteWriter& w, bool pooled) { w.boolean(pooled); });
    out.list(part.sources, [](ByteWriter& w, const auto& entry) {
        w.text(entry.first);
        writeSource(w, entry.second);
    });
    out.text(workload::writePartial(part.partial));
    return workload::sealBlob(magic, LogPart::formatVersion, out.bytes());
}

Result<LogPart> parseLogPart(std::string_view bytes) {
    FS_ASSIGN(const auto body, workload::openBlob(magic, LogPart::formatVersion, bytes, "part of a log", LogPart::formatVersion));
    ByteReader in(body);
    LogPart part;
    part.schema = std::make_shared<const schema::Schema>(schema::readSchema(in));
    part.options = workload::readOptions(in);
    part.given.sampleRate = in.maybe(readReal);
    part.given.minDurationMs = in.maybe(readReal);
    part.given.pooled = in.maybe([](ByteReader& r) { return r.boolean(); });
    in.list([&](ByteReader& r) {
        auto name = r.text();
        part.sources[std::move(name)] = readSource(r);
    });
    const auto partial = in.view();
    const bool readable = checkGiven(part.given).ok() && part.options.mask == 0 && part.options.interval >= 0;
    if (!in.ok() || !in.atEnd() || !readable)
        return Error{ErrorCategory::format, "This part of a log is damaged.", "Read it again from its log.", {}};
    FS_ASSIGN(part.partial, workload::readPartial(partial));
    return part;
}

}  // namespace foreshard::ingest
