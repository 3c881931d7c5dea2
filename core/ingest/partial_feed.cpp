#include "core/ingest/partial_feed.h"

#include "core/workload/partial_data.h"

namespace foreshard::ingest {

void SourceChain::beginSource() {
    carry_ = Carry();
    lastTime_.reset();
    unknownZone_.clear();
}

void SourceChain::beginFile(uint64_t at) {
    place = at;
    lines_ = 0;
}

RangeFeed SourceChain::advance(const std::string& path, uint64_t base, const RangeOutcome& outcome, CallCollector& collector) {
    RangeFeed feed;
    path_ = path;
    feed.begin = base + place;
    feed.end = base + outcome.end;
    feed.notes.lines = outcome.lines;
    feed.notes.diagnostics = shiftLines(outcome.diagnostics, lines_);
    if (outcome.firstTime) {
        if (lastTime_ && *outcome.firstTime + backwardsTolerance < *lastTime_)
            feed.notes.diagnostics.add(clockWentBack(path, lines_ + outcome.firstTimeLine));
        lastTime_ = outcome.lastTime;
    }
    if (!outcome.unknownZone.empty()) unknownZone_ = outcome.unknownZone;
    collector.settle(carry_);
    lines_ += outcome.lines;
    place = outcome.end;
    return feed;
}

void SourceChain::endSource(uint64_t bytes, const GivenCoverage& given, CallCollector& collector, RangeFeed& feed) {
    collector.closeAll(carry_, bytes > 0 ? bytes - 1 : 0);
    feed.end = bytes;
    feed.notes.diagnostics.merge(endFindings(carry_.evidence, unknownZone_, given, path_));
}

namespace {

struct BuilderSink final : EventSink {
    explicit BuilderSink(workload::PartialBuilder& target) : builder(target) {}
    void call(const workload::CallEvent& event) override { builder.add(event); }
    void sessionStarted(const workload::SessionEvent& event) override { builder.sessionStarted(event); }
    void sessionEnded(const workload::SessionEvent& event) override { builder.sessionEnded(event); }
    workload::PartialBuilder& builder;
};

}  // namespace

workload::Partial feedBuilder(workload::PartialBuilder& builder, const CallCollector& collector, const RangeFeed& feed) {
    builder.beginRange(feed.source, feed.begin, feed.autocommitTold);
    BuilderSink sink(builder);
    collector.replay(sink, feed.weight);
    return builder.finishRange(feed.end, feed.notes);
}

const Diagnostics& diagnosticsOf(const workload::Partial& partial) { return partial.data().diagnostics; }

}  // namespace foreshard::ingest
