#include "core/workload/blob.h"
#include "core/workload/parts_io.h"
#include "core/workload/workload.h"

namespace foreshard::workload {

namespace {

constexpr std::string_view magic = "FSWL";

void writeId(ByteWriter& out, uint32_t id) { out.varint(id); }
uint32_t readId(ByteReader& in) {
    const uint64_t v = in.varint();
    if (v > UINT32_MAX) in.fail();
    return static_cast<uint32_t>(v);
}
void writeEachValue(ByteWriter& out, const Value& value) { writeValue(out, value); }

void writeIds(ByteWriter& out, const std::vector<uint32_t>& ids) { out.list(ids, writeId); }
std::vector<uint32_t> readIds(ByteReader& in) {
    std::vector<uint32_t> ids;
    in.list([&](ByteReader& r) { ids.push_back(readId(r)); });
    return ids;
}
std::vector<Value> readValues(ByteReader& in) {
    std::vector<Value> values;
    in.list([&](ByteReader& r) { values.push_back(readValue(r)); });
    return values;
}

// ---- templates ----------------------------------------------------------------------------------------------------------

void writeTableAccess(ByteWriter& out, const TableAccess& access) {
    out.varint(access.table);
    out.u8(static_cast<uint8_t>(access.kind));
    out.boolean(access.locked);
    out.list(access.bindings, [](ByteWriter& w, const KeyBinding& b) {
        w.varint(b.column);
        w.u8(static_cast<uint8_t>(b.op));
        writeIds(w, b.slots);
        w.u8(static_cast<uint8_t>(b.provenance));
    });
    writeIds(out, access.assigned);
    writeIds(out, access.assignedSlots);
}

TableAccess readTableAccess(ByteReader& in) {
    TableAccess access;
    access.table = readId(in);
    access.kind = in.enumerator(AccessKind::insert);
    access.locked = in.boolean();
    in.list([&](ByteReader& r) {
        auto& b = access.bindings.emplace_back();
        b.column = readId(r);
        b.op = r.enumerator(sql::Operator::other);
        b.slots = readIds(r);
        b.provenance = r.enumerator(Provenance::unknown);
    });
    access.assigned = readIds(in);
    access.assignedSlots = readIds(in);
    return access;
}

void writeTemplate(ByteWriter& out, const Template& t) {
    out.fixed64(t.fingerprint);
    out.fixed64(t.textFingerprint);
    out.text(t.text);
    out.text(t.database);
    sql::writeFacts(out, t.facts);
    out.list(t.accesses, writeTableAccess);
    out.list(t.joins, [](ByteWriter& w, const ColumnPair& pair) { w.varint(pair.left), w.varint(pair.right); });
}

Template readTemplate(ByteReader& in) {
    Template t;
    t.fingerprint = in.fixed64();
    t.textFingerprint = in.fixed64();
    t.text = in.text();
    t.database = in.text();
    t.facts = sql::readFacts(in);
    in.list([&](ByteReader& r) { t.accesses.push_back(readTableAccess(r)); });
    in.list([&](ByteReader& r) {
        auto& pair = t.joins.emplace_back();
        pair.left = readId(r);
        pair.right = readId(r);
    });
    return t;
}

// ---- transactions -------------------------------------------------------------------------------------------------------

void writeClass(ByteWriter& out, const TransactionClass& each) {
    out.fixed64(each.fingerprint);
    writeIds(out, each.templates);
    out.zigzag(each.count);
    out.zigzag(each.aborted);
    out.list(each.agreements, [](ByteWriter& w, const Agreement& a) {
        w.varint(a.columns.left);
        w.varint(a.columns.right);
        w.real(a.share);
        w.real(a.chance);
        w.real(a.boundBoth);
    });
}

TransactionClass readClass(ByteReader& in) {
    TransactionClass each;
    each.fingerprint = in.fixed64();
    each.templates = readIds(in);
    each.count = in.zigzag();
    each.aborted = in.zigzag();
    in.list([&](ByteReader& r) {
        auto& a = each.agreements.emplace_back();
        a.columns.left = readId(r);
        a.columns.right = readId(r);
        a.share = r.real();
        a.chance = r.real();
        a.boundBoth = r.real();
    });
    return each;
}

void writeBoundKey(ByteWriter& out, const BoundKey& key) {
    out.varint(key.column);
    out.boolean(key.range);
    out.list(key.values, writeEachValue);
    writeValue(out, key.low);
    writeValue(out, key.high);
    out.u8(static_cast<uint8_t>(key.provenance));
}

BoundKey readBoundKey(ByteReader& in) {
    BoundKey key;
    key.column = readId(in);
    key.range = in.boolean();
    key.values = readValues(in);
    key.low = readValue(in);
    key.high = readValue(in);
    key.provenance = in.enumerator(Provenance::unknown);
    return key;
}

void writeTransaction(ByteWriter& out, const SampledTransaction& t) {
    out.zigzag(t.time);
    out.varint(t.classId);
    out.zigzag(t.weight);
    out.fixed64(t.hash);
    out.boolean(t.aborted);
    out.u8(static_cast<uint8_t>(t.boundary));
    out.list(t.calls, [](ByteWriter& w, const SampledCall& call) {
        w.varint(call.templateId);
        w.list(call.slots, [](ByteWriter& x, const std::vector<Value>& values) { x.list(values, writeEachValue); });
        w.list(call.propagated, writeBoundKey);
        w.zigzag(call.duration);
        w.zigzag(call.rows);
    });
}

SampledTransaction readTransaction(ByteReader& in) {
    SampledTransaction t;
    t.time = in.zigzag();
    t.classId = readId(in);
    t.weight = in.zigzag();
    t.hash = in.fixed64();
    t.aborted = in.boolean();
    t.boundary = in.enumerator(Boundaries::none);
    in.list([&](ByteReader& r) {
        auto& call = t.calls.emplace_back();
        call.templateId = readId(r);
        r.list([&](ByteReader& x) { call.slots.push_back(readValues(x)); });
        r.list([&](ByteReader& x) { call.propagated.push_back(readBoundKey(x)); });
        call.duration = r.zigzag();
        call.rows = r.zigzag();
    });
    return t;
}

// ---- facts and rates ----------------------------------------------------------------------------------------------------

void writeInstant(ByteWriter& out, Instant t) { out.zigzag(t); }

void writeTotals(ByteWriter& out, const Totals& totals) {
    out.varint(totals.bytes);
    out.varint(totals.lines);
    out.zigzag(totals.calls);
    out.varint(totals.callsLogged);
    out.varint(totals.unparsedCalls);
    out.zigzag(totals.transactions);
    out.zigzag(totals.aborted);
    out.varint(totals.sessions);
    out.maybe(totals.first, writeInstant);
    out.maybe(totals.last, writeInstant);
}

Totals readTotals(ByteReader& in) {
    const auto instant = [](ByteReader& r) { return r.zigzag(); };
    Totals totals;
    totals.bytes = in.varint();
    totals.lines = in.varint();
    totals.calls = in.zigzag();
    totals.callsLogged = in.varint();
    totals.unparsedCalls = in.varint();
    totals.transactions = in.zigzag();
    totals.aborted = in.zigzag();
    totals.sessions = in.varint();
    totals.first = in.maybe(instant);
    totals.last = in.maybe(instant);
    return totals;
}

void writeColumnSketch(ByteWriter& out, const ColumnSketch& sketch) {
    out.list(sketch.keys, [](ByteWriter& w, const HeavyKey& key) {
        writeValue(w, key.value);
        w.fixed64(key.hash);
        w.zigzag(key.count);
    });
    out.zigzag(sketch.error);
    out.zigzag(sketch.total);
    out.varint(sketch.distinct);
}

ColumnSketch readColumnSketch(ByteReader& in) {
    ColumnSketch sketch;
    in.list([&](ByteReader& r) {
        auto& key = sketch.keys.emplace_back();
        key.value = readValue(r);
        key.hash = r.fixed64();
        key.count = r.zigzag();
    });
    sketch.error = in.zigzag();
    sketch.total = in.zigzag();
    sketch.distinct = in.varint();
    return sketch;
}

void writeFacts(ByteWriter& out, const Facts& facts) {
    schema::writeSchema(out, facts.schema);
    out.list(facts.columns, [](ByteWriter& w, const KeyColumn& c) {
        w.varint(c.table);
        w.text(c.column);
        w.text(c.expression);
        w.u8(static_cast<uint8_t>(c.type));
    });
    out.list(facts.templates, writeTemplate);
    out.list(facts.classes, writeClass);
    out.list(facts.transactions, writeTransaction);
    out.list(facts.coverage, writeCoverage);
    out.list(facts.schemaEvents, writeSchemaEvent);
    writeTotals(out, facts.totals);
    writeDiagnostics(out, facts.diagnostics);
    out.list(facts.keySketches, writeColumnSketch);
    out.list(facts.templateSketches, [](ByteWriter& w, const TemplateSketch& sketch) {
        writeQuantiles(w, sketch.durations);
        writeQuantiles(w, sketch.rows);
    });
}

void readFacts(ByteReader& in, uint32_t version, Facts& facts) {
    facts.schema = schema::readSchema(in);
    in.list([&](ByteReader& r) {
        auto& c = facts.columns.emplace_back();
        c.table = readId(r);
        c.column = r.text();
        c.expression = r.text();
        c.type = r.enumerator(ValueType::other);
    });
    in.list([&](ByteReader& r) { facts.templates.push_back(readTemplate(r)); });
    in.list([&](ByteReader& r) { facts.classes.push_back(readClass(r)); });
    in.list([&](ByteReader& r) { facts.transactions.push_back(readTransaction(r)); });
    in.list([&](ByteReader& r) { facts.coverage.push_back(readCoverage(r)); });
    in.list([&](ByteReader& r) { facts.schemaEvents.push_back(readSchemaEvent(r)); });
    facts.totals = readTotals(in);
    facts.diagnostics = readDiagnostics(in);
    if (version < 2) return;
    in.list([&](ByteReader& r) { facts.keySketches.push_back(readColumnSketch(r)); });
    in.list([&](ByteReader& r) {
        auto& sketch = facts.templateSketches.emplace_back();
        sketch.durations = readQuantiles(r);
        sketch.rows = readQuantiles(r);
    });
}

void writeRates(ByteWriter& out, const Rates& rates) {
    out.u8(static_cast<uint8_t>(rates.origin));
    out.zigzag(rates.interval);
    out.zigzag(rates.range.begin);
    out.zigzag(rates.range.end);
    out.list(rates.templates, [](ByteWriter& w, const TemplateSeries& series) { writeSeries(w, series.points); });
    out.list(rates.columns, [](ByteWriter& w, const ColumnRates& column) {
        writeSlotCounts(w, column.slots);
        writeRangeCounts(w, column.ranges);
        writePoints(w, column.totals, [](ByteWriter& x, const ColumnTotal& t) {
            x.zigzag(t.reads);
            x.zigzag(t.writes);
            x.zigzag(t.boundReads);
            x.zigzag(t.boundWrites);
        });
    });
    out.list(rates.classes, [](ByteWriter& w, const auto& points) {
        w.list(points, [](ByteWriter& x, const auto& point) {
            x.zigzag(point.first);
            x.zigzag(point.second);
        });
    });
    out.list(rates.paths, [](ByteWriter& w, const Path& path) {
        w.list(path.templateFactor, [](ByteWriter& x, const std::vector<float>& row) {
            x.list(row, [](ByteWriter& y, float factor) { y.real(static_cast<double>(factor)); });
        });
    });
    out.text(rates.heatBasis);
    out.list(rates.recent, [](ByteWriter& w, const VolumeTier& tier) {
        w.zigzag(tier.interval);
        w.zigzag(tier.range.begin);
        w.zigzag(tier.range.end);
        w.list(tier.templates, [](ByteWriter& x, const TemplateSeries& series) { writeSeries(x, series.points); });
    });
}

void readRates(ByteReader& in, uint32_t version, Rates& rates) {
    rates.origin = in.enumerator(Origin::forecast);
    rates.interval = in.zigzag();
    rates.range.begin = in.zigzag();
    rates.range.end = in.zigzag();
    in.list([&](ByteReader& r) { rates.templates.push_back({readSeries(r)}); });
    in.list([&](ByteReader& r) {
        auto& column = rates.columns.emplace_back();
        column.slots = readSlotCounts(r);
        column.ranges = readRangeCounts(r);
        column.totals = readPoints<ColumnTotal>(r, true, [](ByteReader& x, ColumnTotal& t) {
            t.reads = x.zigzag();
            t.writes = x.zigzag();
            t.boundReads = x.zigzag();
            t.boundWrites = x.zigzag();
        });
    });
    in.list([&](ByteReader& r) {
        auto& points = rates.classes.emplace_back();
        r.list([&](ByteReader& x) {
            const int64_t interval = x.zigzag();
            points.emplace_back(interval, x.zigzag());
        });
    });
    in.list([&](ByteReader& r) {
        auto& path = rates.paths.emplace_back();
        r.list([&](ByteReader& x) {
            auto& row = path.templateFactor.emplace_back();
            x.list([&](ByteReader& y) { row.push_back(static_cast<float>(y.real())); });
        });
    });
    rates.heatBasis = in.text();
    if (version < 2) return;
    in.list([&](ByteReader& r) {
        auto& tier = rates.recent.emplace_back();
        tier.interval = r.zigzag();
        tier.range.begin = r.zigzag();
        tier.range.end = r.zigzag();
        r.list([&](ByteReader& x) { tier.templates.push_back({readSeries(x)}); });
        if (tier.interval <= 0) r.fail();
    });
}

// ---- are all ids inside? ------------------------------------------------------------------------------------------------

bool soundAccess(const Facts& facts, const TableAccess& access) {
    const size_t columns = facts.columns.size();
    if (access.table >= facts.schema.tables.size() || access.assigned.size() != access.assignedSlots.size()) return false;
    for (const auto& binding : access.bindings)
        if (binding.column >= columns) return false;
    for (const ColumnId column : access.assigned)
        if (column >= columns) return false;
    return true;
}

bool soundTemplates(const Facts& facts) {
    for (const auto& column : facts.columns)
        if (column.table >= facts.schema.tables.size()) return false;
    for (const auto& each : facts.templates) {
        for (const auto& access : each.accesses)
            if (!soundAccess(facts, access)) return false;
        for (const auto& join : each.joins)
            if (join.left >= facts.columns.size() || join.right >= facts.columns.size()) return false;
    }
    return true;
}

bool soundTransactions(const Facts& facts) {
    for (const auto& each : facts.classes) {
        for (const TemplateId id : each.templates)
            if (id >= facts.templates.size()) return false;
        for (const auto& agreement : each.agreements)
            if (agreement.columns.left >= facts.columns.size() || agreement.columns.right >= facts.columns.size()) return false;
    }
    for (const auto& transaction : facts.transactions) {
        if (transaction.classId >= facts.classes.size()) return false;
        for (const auto& call : transaction.calls) {
            if (call.templateId >= facts.templates.size()) return false;
            for (const auto& key : call.propagated)
                if (key.column >= facts.columns.size()) return false;
        }
    }
    return true;
}

bool soundRates(const Facts& facts, const Rates& rates) {
    for (const auto& tier : rates.recent)
        if (tier.templates.size() != facts.templates.size()) return false;
    return rates.interval > 0 && rates.templates.size() == facts.templates.size() && rates.columns.size() == facts.columns.size() &&
           rates.classes.size() == facts.classes.size() && (facts.keySketches.empty() || facts.keySketches.size() == facts.columns.size()) &&
           (facts.templateSketches.empty() || facts.templateSketches.size() == facts.templates.size());
}

}  // namespace

std::string writeWorkload(const Workload& workload) {
    ByteWriter out;
    static const Facts nothing;
    writeFacts(out, workload.facts ? *workload.facts : nothing);
    writeRates(out, workload.rates);
    return sealBlob(magic, Workload::formatVersion, out.bytes());
}

Result<std::shared_ptr<const Workload>> readWorkload(std::string_view bytes) {
    FS_ASSIGN(const auto body, openBlob(magic, Workload::formatVersion, bytes, "workload"));
    const uint32_t version = blobVersion(magic, bytes);
    ByteReader in(body);
    auto facts = std::make_shared<Facts>();
    auto workload = std::make_shared<Workload>();
    readFacts(in, version, *facts);
    readRates(in, version, workload->rates);
    const bool sound = in.ok() && in.atEnd() && soundTemplates(*facts) && soundTransactions(*facts) && soundRates(*facts, workload->rates);
    if (!sound) return Error{ErrorCategory::format, "This workload is damaged.", "Profile its logs again.", {}};
    workload->facts = std::move(facts);
    return std::shared_ptr<const Workload>(std::move(workload));
}

}  // namespace foreshard::workload
