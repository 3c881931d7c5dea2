#include "core/workload/blob.h"
#include "core/workload/parts_io.h"
#include "core/workload/partial_data.h"

namespace foreshard::workload {

namespace {

constexpr std::string_view magic = "FSPW";

void writeTextTemplate(ByteWriter& out, const TextTemplate& text) {
    out.fixed64(text.textFingerprint);
    out.text(text.database);
    out.text(text.text);
    sql::writeFacts(out, *text.facts);
}

TextTemplate readTextTemplate(ByteReader& in) {
    TextTemplate text;
    text.textFingerprint = in.fixed64();
    text.database = in.text();
    text.text = in.text();
    text.facts = sql::readFacts(in);
    return text;
}

void writeAccess(ByteWriter& out, const std::vector<AccessPoint>& points) {
    writePoints(out, points, [](ByteWriter& w, const AccessPoint& p) {
        w.zigzag(p.reads);
        w.zigzag(p.writes);
    });
}

std::vector<AccessPoint> readAccess(ByteReader& in) {
    return readPoints<AccessPoint>(in, true, [](ByteReader& r, AccessPoint& p) {
        p.reads = r.zigzag();
        p.writes = r.zigzag();
    });
}

void writeTransaction(ByteWriter& out, const Transaction& t) {
    out.text(t.calls);
    out.varint(t.count);
    out.varint(t.unresolved);
    out.list(t.beyond, [](ByteWriter& w, uint64_t key) { w.fixed64(key); });
    out.text(t.unresolvedBeyond);
    out.text(t.unresolvedDropped);
    out.u8(static_cast<uint8_t>(t.boundary));
    out.boolean(t.failed);
}

Transaction readTransaction(ByteReader& in) {
    Transaction t;
    t.calls = in.text();
    t.count = static_cast<uint32_t>(in.varint());
    t.unresolved = static_cast<uint32_t>(in.varint());
    in.list([&](ByteReader& r) { t.beyond.insert(r.fixed64()); });
    t.unresolvedBeyond = in.text();
    t.unresolvedDropped = in.text();
    t.boundary = in.enumerator(Boundaries::none);
    t.failed = in.boolean();
    return t;
}

void writeLayer(ByteWriter& out, const SettingLayer& layer) {
    out.boolean(layer.all);
    out.list(layer.values, [](ByteWriter& w, const auto& entry) {
        w.text(entry.first);
        w.maybe(entry.second, [](ByteWriter& x, const std::string& value) { x.text(value); });
    });
}

SettingLayer readLayer(ByteReader& in) {
    SettingLayer layer;
    layer.all = in.boolean();
    in.list([&](ByteReader& r) {
        auto name = r.text();
        layer.set(name, r.maybe([](ByteReader& x) { return x.text(); }));
    });
    return layer;
}

void writeFragment(ByteWriter& out, const SessionFragment& s) {
    out.text(s.head);
    out.varint(s.headCalls);
    out.text(s.headTransactionId);
    out.u8(static_cast<uint8_t>(s.phase));
    out.text(s.transactionId);
    writeTransaction(out, s.open);
    out.list(s.savepoints, [](ByteWriter& w, const Savepoint& p) {
        w.text(p.name);
        w.varint(p.bytes);
        w.varint(p.count);
        w.varint(p.unresolved);
        w.boolean(p.failed);
        writeLayer(w, p.changed);
        writeLayer(w, p.local);
    });
    writeLayer(out, s.session);
    writeLayer(out, s.changed);
    writeLayer(out, s.local);
    out.list(s.waiting, writeTransaction);
}

SessionFragment readFragment(ByteReader& in) {
    SessionFragment s;
    s.head = in.text();
    s.headCalls = in.varint();
    s.headTransactionId = in.text();
    s.phase = in.enumerator(Phase::implicit);
    s.transactionId = in.text();
    s.open = readTransaction(in);
    in.list([&](ByteReader& r) {
        Savepoint p;
        p.name = r.text();
        p.bytes = r.varint();
        p.count = static_cast<uint32_t>(r.varint());
        p.unresolved = static_cast<uint32_t>(r.varint());
        p.failed = r.boolean();
        p.changed = readLayer(r);
        p.local = readLayer(r);
        if (p.bytes > s.open.calls.size()) return r.fail();
        s.savepoints.push_back(std::move(p));
    });
    s.session = readLayer(in);
    s.changed = readLayer(in);
    s.local = readLayer(in);
    in.list([&](ByteReader& r) { s.waiting.push_back(readTransaction(r)); });
    return s;
}

void writeSource(ByteWriter& out, const PartialSource& source) {
    writeCoverage(out, source.coverage);
    out.boolean(source.sawSelect);
    out.boolean(source.sawWrite);
    out.boolean(source.sawControl);
    for (const uint64_t count : source.transactionsBy) out.varint(count);
    out.varint(source.literalsKnown);
    out.varint(source.literalsMissing);
    out.list(source.spans, [](ByteWriter& w, const Span& span) {
        w.varint(span.begin);
        w.varint(span.end);
        w.list(span.sessions, [](ByteWriter& x, const auto& entry) {
            x.text(entry.first);
            writeFragment(x, entry.second);
        });
    });
}

PartialSource readSource(ByteReader& in) {
    PartialSource source;
    source.coverage = readCoverage(in);
    source.sawSelect = in.boolean();
    source.sawWrite = in.boolean();
    source.sawControl = in.boolean();
    for (auto& count : source.transactionsBy) count = in.varint();
    source.literalsKnown = in.varint();
    source.literalsMissing = in.varint();
    in.list([&](ByteReader& r) {
        auto& span = source.spans.emplace_back();
        span.begin = r.varint();
        span.end = r.varint();
        if (span.end < span.begin) return r.fail();
        r.list([&](ByteReader& x) {
            auto name = x.text();
            span.sessions[std::move(name)] = readFragment(x);
        });
    });
    return source;
}

void writeStrata(ByteWriter& out, const std::map<StratumKey, Stratum>& strata) {
    out.list(strata, [](ByteWriter& w, const auto& entry) {
        const auto& [key, stratum] = entry;
        w.varint(key.bucket);
        w.boolean(key.aborted);
        w.zigzag(key.hour);
        w.varint(stratum.count);
        w.zigzag(stratum.weight);
        w.varint(stratum.maxCalls);
        w.list(stratum.samples, [](ByteWriter& x, const SamplePart& part) {
            x.fixed64(part.hash);
            x.fixed64(part.classFingerprint);
            x.zigzag(part.time);
            x.u8(static_cast<uint8_t>(part.boundary));
            x.boolean(part.longer);
            x.text(part.calls);
        });
    });
}

std::map<StratumKey, Stratum> readStrata(ByteReader& in) {
    std::map<StratumKey, Stratum> strata;
    in.list([&](ByteReader& r) {
        StratumKey key;
        key.bucket = static_cast<uint32_t>(r.varint());
        key.aborted = r.boolean();
        key.hour = r.zigzag();
        auto& stratum = strata[key];
        stratum.count = r.varint();
        stratum.weight = r.zigzag();
        stratum.maxCalls = static_cast<uint32_t>(r.varint());
        r.list([&](ByteReader& x) {
            auto& part = stratum.samples.emplace_back();
            part.hash = x.fixed64();
            part.classFingerprint = x.fixed64();
            part.time = x.zigzag();
            part.boundary = x.enumerator(Boundaries::none);
            part.longer = x.boolean();
            part.calls = x.text();
        });
    });
    return strata;
}

void writeCounts(ByteWriter& out, const PartialData& data) {
    out.list(data.templates, [](ByteWriter& w, const auto& entry) {
        w.fixed64(entry.first);
        writeTextTemplate(w, entry.second.text);
        w.list(entry.second.tables, [](ByteWriter& x, const std::string& name) { x.text(name); });
        writeSeries(w, entry.second.series);
        for (const auto& tier : entry.second.recent) writeSeries(w, tier);
        writeQuantiles(w, entry.second.durations);
        writeQuantiles(w, entry.second.rows);
    });
    out.list(data.columns, [](ByteWriter& w, const auto& entry) {
        w.text(entry.first.first);
        w.text(entry.first.second);
        w.text(entry.second.column);
        w.u8(static_cast<uint8_t>(entry.second.type));
        writeSlotCounts(w, entry.second.slots);
        writeRangeCounts(w, entry.second.ranges);
        writeAccess(w, entry.second.bound);
        writeKeySketch(w, entry.second.keys);
    });
    out.fixed64(data.countsCut);
    out.list(data.tables, [](ByteWriter& w, const auto& entry) {
        w.text(entry.first);
        writeAccess(w, entry.second);
    });
    out.list(data.classes, [](ByteWriter& w, const auto& entry) {
        w.fixed64(entry.first);
        w.list(entry.second.templates, [](ByteWriter& x, uint64_t key) { x.fixed64(key); });
        writePoints(w, entry.second.points, [](ByteWriter& x, const ClassPoint& p) {
            x.zigzag(p.committed);
            x.zigzag(p.aborted);
        });
    });
}

void readCounts(ByteReader& in, PartialData& data) {
    in.list([&](ByteReader& r) {
        auto& part = data.templates[r.fixed64()];
        part.text = readTextTemplate(r);
        r.list([&](ByteReader& x) { part.tables.push_back(x.text()); });
        part.series = readSeries(r);
        for (auto& tier : part.recent) tier = readSeries(r);
        part.durations = readQuantiles(r);
        part.rows = readQuantiles(r);
    });
    in.list([&](ByteReader& r) {
        ColumnName name;
        name.first = r.text();
        name.second = r.text();
        auto& column = data.columns[std::move(name)];
        column.column = r.text();
        column.type = r.enumerator(ValueType::other);
        column.slots = readSlotCounts(r);
        column.ranges = readRangeCounts(r);
        column.bound = readAccess(r);
        column.keys = readKeySketch(r);
    });
    data.countsCut = in.fixed64();
    in.list([&](ByteReader& r) {
        auto name = r.text();
        data.tables[std::move(name)] = readAccess(r);
    });
    in.list([&](ByteReader& r) {
        auto& part = data.classes[r.fixed64()];
        r.list([&](ByteReader& x) { part.templates.push_back(x.fixed64()); });
        part.points = readPoints<ClassPoint>(r, true, [](ByteReader& x, ClassPoint& p) {
            p.committed = x.zigzag();
            p.aborted = x.zigzag();
        });
    });
}

void writeInstant(ByteWriter& out, Instant t) { out.zigzag(t); }

}  // namespace

void writeOptions(ByteWriter& out, const PartialOptions& o) {
    out.zigzag(o.interval);
    out.varint(o.samplePerStratum);
    out.varint(o.sampleCalls);
    out.varint(o.maxTemplates);
    out.varint(o.maxClasses);
    out.varint(o.callsPerTransaction);
    out.varint(o.valuesPerSlot);
    out.varint(o.waitingBytes);
    out.varint(o.maxCounts);
    out.varint(o.heavyKeys);
    out.fixed64(o.mask);
}

PartialOptions readOptions(ByteReader& in) {
    PartialOptions o;
    o.interval = in.zigzag();
    o.samplePerStratum = static_cast<uint32_t>(in.varint());
    o.sampleCalls = in.varint();
    o.maxTemplates = static_cast<uint32_t>(in.varint());
    o.maxClasses = static_cast<uint32_t>(in.varint());
    o.callsPerTransaction = static_cast<uint32_t>(in.varint());
    o.valuesPerSlot = static_cast<uint32_t>(in.varint());
    o.waitingBytes = in.varint();
    o.maxCounts = in.varint();
    o.heavyKeys = static_cast<uint32_t>(in.varint());
    o.mask = in.fixed64();
    return o;
}

std::string writePartial(const Partial& partial) {
    const auto& data = partial.data();
    ByteWriter out;
    out.boolean(data.schema != nullptr);
    if (data.schema) {
        schema::writeSchema(out, *data.schema);
        writeOptions(out, data.options);
        out.zigzag(data.interval);
        out.maybe(data.first, writeInstant);
        out.maybe(data.last, writeInstant);
        out.varint(data.bytes);
        out.varint(data.lines);
        out.varint(data.callsLogged);
        out.varint(data.unparsedCalls);
        out.list(data.sessions.hashes, [](ByteWriter& w, uint64_t hash) { w.fixed64(hash); });
        out.u8(static_cast<uint8_t>(data.overTemplates | data.overClasses << 1 | data.overWaiting << 2 | data.overCalls << 3));
        out.list(data.waitingTemplates, [](ByteWriter& w, const auto& entry) {
            w.fixed64(entry.first);
            writeTextTemplate(w, entry.second);
        });
        writeCounts(out, data);
        writeStrata(out, data.strata);
        out.list(data.sources, [](ByteWriter& w, const auto& entry) {
            w.text(entry.first);
            writeSource(w, entry.second);
        });
        out.list(data.schemaEvents, writeSchemaEvent);
        writeDiagnostics(out, data.diagnostics);
    }
    return sealBlob(magic, PartialData::formatVersion, out.bytes());
}

Result<Partial> readPartial(std::string_view bytes) {
    FS_ASSIGN(const auto body, openBlob(magic, PartialData::formatVersion, bytes, "partial workload", PartialData::oldestFormat));
    ByteReader in(body);
    auto data = std::make_unique<PartialData>();
    if (in.boolean()) {
        const auto instant = [](ByteReader& r) { return r.zigzag(); };
        data->schema = std::make_shared<const schema::Schema>(schema::readSchema(in));
        data->options = readOptions(in);
        data->interval = in.zigzag();
        data->first = in.maybe(instant);
        data->last = in.maybe(instant);
        data->bytes = in.varint();
        data->lines = in.varint();
        data->callsLogged = in.varint();
        data->unparsedCalls = in.varint();
        in.list([&](ByteReader& r) { data->sessions.hashes.insert(r.fixed64()); });
        const uint8_t over = in.u8();
        data->overTemplates = over & 1;
        data->overClasses = over & 2;
        data->overWaiting = over & 4;
        data->overCalls = over & 8;
        in.list([&](ByteReader& r) {
            const uint64_t key = r.fixed64();
            data->waitingTemplates[key] = readTextTemplate(r);
        });
        readCounts(in, *data);
        data->strata = readStrata(in);
        in.list([&](ByteReader& r) {
            auto name = r.text();
            data->sources[std::move(name)] = readSource(r);
        });
        in.list([&](ByteReader& r) { data->schemaEvents.push_back(readSchemaEvent(r)); });
        data->diagnostics = readDiagnostics(in);
    }
    if (!in.ok() || !in.atEnd() || data->interval < 0 || (data->schema && data->interval == 0) || data->first.has_value() != data->last.has_value())
        return Error{ErrorCategory::format, "This partial workload is damaged.", "Make it again from its logs.", {}};
    return Partial(std::move(data));
}

}  // namespace foreshard::workload
