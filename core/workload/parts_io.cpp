#include "core/workload/parts_io.h"

namespace foreshard::workload {

namespace {
void writeText(ByteWriter& out, const std::string& text) { out.text(text); }
void writeReal(ByteWriter& out, double value) { out.real(value); }
}  // namespace

void writeCoverage(ByteWriter& out, const Coverage& c) {
    out.text(c.source);
    out.text(c.format);
    out.list(c.files, writeText);
    out.maybe(c.minDurationMs, writeReal);
    out.maybe(c.sampleRate, writeReal);
    out.boolean(c.selects);
    out.boolean(c.writes);
    out.boolean(c.transactionControl);
    out.u8(static_cast<uint8_t>(c.boundaries));
    out.boolean(c.literals);
    out.boolean(c.pooled);
    out.boolean(c.durations);
    out.varint(c.cutStatements);
    out.boolean(c.sampleRateGiven);
    out.boolean(c.minDurationGiven);
    out.boolean(c.pooledGiven);
}

Coverage readCoverage(ByteReader& in) {
    const auto real = [](ByteReader& r) { return r.real(); };
    Coverage c;
    c.source = in.text();
    c.format = in.text();
    in.list([&](ByteReader& r) { c.files.push_back(r.text()); });
    c.minDurationMs = in.maybe(real);
    c.sampleRate = in.maybe(real);
    c.selects = in.boolean();
    c.writes = in.boolean();
    c.transactionControl = in.boolean();
    c.boundaries = in.enumerator(Boundaries::none);
    c.literals = in.boolean();
    c.pooled = in.boolean();
    c.durations = in.boolean();
    c.cutStatements = in.varint();
    c.sampleRateGiven = in.boolean();
    c.minDurationGiven = in.boolean();
    c.pooledGiven = in.boolean();
    return c;
}

void writeDiagnostics(ByteWriter& out, const Diagnostics& diagnostics) {
    out.varint(diagnostics.limit());
    out.list(diagnostics.shown(), [](ByteWriter& w, const Diagnostic& d) {
        w.u8(static_cast<uint8_t>(d.severity));
        w.text(d.reason);
        w.text(d.file);
        w.varint(d.line);
        w.varint(d.column);
        w.text(d.message);
    });
    out.list(diagnostics.byReason(), [](ByteWriter& w, const auto& entry) {
        w.text(entry.first);
        w.varint(entry.second);
    });
}

Diagnostics readDiagnostics(ByteReader& in) {
    const auto limit = in.varint();
    std::vector<Diagnostic> shown;
    in.list([&](ByteReader& r) {
        auto& d = shown.emplace_back();
        d.severity = r.enumerator(Severity::error);
        d.reason = r.text();
        d.file = r.text();
        d.line = r.varint();
        d.column = r.varint();
        d.message = r.text();
    });
    std::map<std::string, uint64_t> byReason;
    in.list([&](ByteReader& r) {
        auto reason = r.text();
        byReason[std::move(reason)] = r.varint();
    });
    return Diagnostics::restore(limit, std::move(shown), std::move(byReason));
}

void writeSchemaEvent(ByteWriter& out, const SchemaEvent& event) {
    out.zigzag(event.time);
    out.text(event.statement);
    out.text(event.table);
}

SchemaEvent readSchemaEvent(ByteReader& in) {
    SchemaEvent event;
    event.time = in.zigzag();
    event.statement = in.text();
    event.table = in.text();
    return event;
}

void writeSeries(ByteWriter& out, const std::vector<SeriesPoint>& points) {
    writePoints(out, points, [](ByteWriter& w, const SeriesPoint& p) {
        w.zigzag(p.calls);
        w.zigzag(p.durationNs);
        w.zigzag(p.timedCalls);
        w.zigzag(p.rows);
        w.zigzag(p.countedCalls);
    });
}

std::vector<SeriesPoint> readSeries(ByteReader& in) {
    return readPoints<SeriesPoint>(in, true, [](ByteReader& r, SeriesPoint& p) {
        p.calls = r.zigzag();
        p.durationNs = r.zigzag();
        p.timedCalls = r.zigzag();
        p.rows = r.zigzag();
        p.countedCalls = r.zigzag();
    });
}

void writeSlotCounts(ByteWriter& out, const std::vector<SlotCount>& counts) {
    writePoints(out, counts, [](ByteWriter& w, const SlotCount& c) {
        w.varint(c.slot);
        w.zigzag(c.reads);
        w.zigzag(c.writes);
    });
}

std::vector<SlotCount> readSlotCounts(ByteReader& in) {
    return readPoints<SlotCount>(in, false, [](ByteReader& r, SlotCount& c) {
        const uint64_t slot = r.varint();
        if (slot >= countingSlots) return r.fail();
        c.slot = static_cast<uint32_t>(slot);
        c.reads = r.zigzag();
        c.writes = r.zigzag();
    });
}

void writeRangeCounts(ByteWriter& out, const std::vector<RangeCount>& counts) {
    writePoints(out, counts, [](ByteWriter& w, const RangeCount& c) {
        w.varint(c.range);
        w.zigzag(c.reads);
        w.zigzag(c.writes);
    });
}

std::vector<RangeCount> readRangeCounts(ByteReader& in) {
    return readPoints<RangeCount>(in, false, [](ByteReader& r, RangeCount& c) {
        c.range = r.varint();
        if (c.range >= 2 * (256 + 55 * 256)) return r.fail();
        c.reads = r.zigzag();
        c.writes = r.zigzag();
    });
}

}  // namespace foreshard::workload
