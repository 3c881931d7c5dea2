// The stored form of a Monitor's state.
#include "core/base/real_lists.h"
#include "core/monitor/monitor.h"

namespace foreshard::monitor {

namespace {

constexpr uint64_t magic = 0x52544e4f4d445346;   // "FSDMONTR"

void writeMeasured(ByteWriter& out, const Measured& m) {
    out.zigzag(m.interval);
    writeReals(out, m.accesses);
    out.real(m.calls);
    out.real(m.multiShard);
    out.real(m.transactions);
    writeReals(out, m.series);
}
Measured readMeasured(ByteReader& in) {
    Measured m;
    m.interval = in.zigzag();
    m.accesses = readReals(in);
    m.calls = in.real();
    m.multiShard = in.real();
    m.transactions = in.real();
    m.series = readReals(in);
    return m;
}

void writePredicted(ByteWriter& out, const Predicted& p) {
    out.zigzag(p.interval);
    writeReals(out, p.load);
    for (const double v : {p.p10, p.p50, p.p90}) out.real(v);
    out.maybe(p.multiShardShare, [](ByteWriter& w, double v) { w.real(v); });
    writeReals(out, p.series);
}
Predicted readPredicted(ByteReader& in) {
    Predicted p;
    p.interval = in.zigzag();
    p.load = readReals(in);
    p.p10 = in.real();
    p.p50 = in.real();
    p.p90 = in.real();
    p.multiShardShare = in.maybe([](ByteReader& r) { return r.real(); });
    p.series = readReals(in);
    return p;
}

void writeFinding(ByteWriter& out, const Finding& finding) {
    out.text(finding.rule);
    out.varint(static_cast<uint64_t>(finding.level));
    out.text(finding.what);
    out.text(finding.evidence);
    out.zigzag(finding.since);
    out.maybe(finding.until, [](ByteWriter& w, Instant v) { w.zigzag(v); });
    out.varint(static_cast<uint64_t>(finding.act));
}
Finding readFinding(ByteReader& in) {
    Finding finding;
    finding.rule = in.text();
    finding.level = in.enumerator(Level::critical);
    finding.what = in.text();
    finding.evidence = in.text();
    finding.since = in.zigzag();
    finding.until = in.maybe([](ByteReader& r) { return r.zigzag(); });
    finding.act = in.enumerator(Act::planMove);
    return finding;
}

void writeSeries(ByteWriter& out, const SeriesIndex& index) {
    out.list(index.byTemplate, [](ByteWriter& w, const auto& each) {
        w.fixed64(each.first);
        w.varint(each.second);
    });
    out.varint(index.count);
    out.maybe(index.others, [](ByteWriter& w, uint32_t v) { w.varint(v); });
}
SeriesIndex readSeries(ByteReader& in) {
    SeriesIndex index;
    in.list([&](ByteReader& r) {
        const uint64_t fingerprint = r.fixed64();
        index.byTemplate[fingerprint] = static_cast<uint32_t>(r.varint());
    });
    index.count = static_cast<uint32_t>(in.varint());
    index.others = in.maybe([](ByteReader& r) { return static_cast<uint32_t>(r.varint()); });
    return index;
}

}  // namespace

std::string Monitor::write() const {
    ByteWriter out;
    out.fixed64(magic);
    out.varint(formatVersion);
    out.fixed64(design_.fingerprint());
    out.text(sharding::writeDesign(design_));
    out.real(options_.skew.limit);
    out.zigzag(interval_);
    out.maybe(nextToClose_, [](ByteWriter& w, int64_t v) { w.zigzag(v); });
    out.list(open_, [](ByteWriter& w, const auto& each) { writeMeasured(w, each.second); });
    out.list(predicted_, [](ByteWriter& w, const auto& each) { writePredicted(w, each.second); });
    out.list(closed_, [](ByteWriter& w, const Closed& closed) {
        writeMeasured(w, closed.measured);
        w.maybe(closed.predicted, writePredicted);
    });
    out.list(scores_, [](ByteWriter& w, const Score& score) {
        w.zigzag(score.interval);
        for (const double v : {score.actual, score.p10, score.p50, score.p90}) w.real(v);
        writeReals(w, score.seriesActual);
        writeReals(w, score.seriesPredicted);
    });
    out.list(seriesNames_, [](ByteWriter& w, const std::string& name) { w.text(name); });
    writeSeries(out, series_);
    out.fixed64(modelsFingerprint_);
    skew_.write(out);
    drift_.write(out);
    out.list(findings_, writeFinding);
    out.varint(intervalsClosed_);
    out.real(calls_);
    writeReals(out, accesses_);
    return out.take();
}

void Monitor::readState(ByteReader& in, uint64_t version) {
    if (version >= 3) options_.skew.limit = in.real();
    interval_ = in.zigzag();
    nextToClose_ = in.maybe([](ByteReader& r) { return r.zigzag(); });
    in.list([&](ByteReader& r) {
        Measured measured = readMeasured(r);
        open_[measured.interval] = std::move(measured);
    });
    in.list([&](ByteReader& r) {
        Predicted predicted = readPredicted(r);
        predicted_[predicted.interval] = std::move(predicted);
    });
    in.list([&](ByteReader& r) {
        Closed closed{readMeasured(r), std::nullopt};
        closed.predicted = r.maybe(readPredicted);
        closed_.push_back(std::move(closed));
    });
    in.list([&](ByteReader& r) {
        Score score;
        score.interval = r.zigzag();
        score.actual = r.real();
        score.p10 = r.real();
        score.p50 = r.real();
        score.p90 = r.real();
        score.seriesActual = readReals(r);
        score.seriesPredicted = readReals(r);
        scores_.push_back(std::move(score));
    });
    in.list([&](ByteReader& r) { seriesNames_.push_back(r.text()); });
    series_ = readSeries(in);
    modelsFingerprint_ = in.fixed64();
    skew_ = SkewRule::read(in);
    drift_ = DriftRule::read(in);
    in.list([&](ByteReader& r) { findings_.push_back(readFinding(r)); });
    intervalsClosed_ = in.varint();
    calls_ = in.real();
    accesses_ = readReals(in);
}

Result<Monitor> Monitor::read(std::string_view bytes, sharding::Design design, Options options) { return readUnder(bytes, &design, options); }
Result<Monitor> Monitor::readAsMeasured(std::string_view bytes, Options options) { return readUnder(bytes, nullptr, options); }

// `design`: the one in force; null: the one that the state carries.
Result<Monitor> Monitor::readUnder(std::string_view bytes, const sharding::Design* design, Options options) {
    ByteReader in(bytes);
    if (in.fixed64() != magic) return Error{ErrorCategory::format, "These bytes are not the state of a monitor.", "Start the monitor anew.", {}};
    const uint64_t version = in.varint();
    if (version > formatVersion)
        return Error{ErrorCategory::version, "The monitor's state was written by a newer Foreshard.", "Update Foreshard, or start the monitor anew.", {}};
    const uint64_t designThen = in.fixed64();
    sharding::Design kept;
    if (version >= 2) {
        auto stored = sharding::readDesign(in.view());
        if (stored.ok()) kept = std::move(*stored);
        else in.fail();
    } else if (!design) {
        return Error{ErrorCategory::notFound, "The monitor's state does not say which design it was measured under.", "Run the monitor once more.", {}};
    }
    Monitor monitor(design ? *design : std::move(kept), options);
    monitor.readState(in, version);
    // Interval numbers become instants by multiplication: a damaged one must not overflow.
    constexpr int64_t farAway = int64_t{1} << 62;
    const int64_t most = monitor.interval_ > 0 ? farAway / monitor.interval_ : 0;
    const auto sane = [&](int64_t interval) { return interval > -most && interval < most; };
    bool good = in.ok() && in.atEnd() && monitor.options_.skew.limit >= 1 && monitor.interval_ >= 0 && (!monitor.nextToClose_ || sane(*monitor.nextToClose_));
    for (const auto& closed : monitor.closed_) good = good && sane(closed.measured.interval);
    for (const auto& [interval, predicted] : monitor.predicted_) good = good && (monitor.interval_ == 0 || sane(interval));
    if (!good) return Error{ErrorCategory::format, "The monitor's state is cut short or damaged.", "Start the monitor anew.", {}};
    if (designThen != monitor.design_.fingerprint()) monitor.forget();
    return monitor;
}

}  // namespace foreshard::monitor
