#include "core/ingest/partial_feed.h"

#include <fmt/format.h>

#include <charconv>

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

namespace {

// Calls are weighed while they are read, but the setting's change may come anywhere: so a rate that the log tells is not
// applied, but said.
void noteSampleRate(const Evidence& evidence, const std::string& file, Diagnostics& out) {
    for (const char* name : {"log_statement_sample_rate", "log_transaction_sample_rate"}) {
        const auto setting = evidence.settings.find(name);
        if (setting == evidence.settings.end()) continue;
        double rate = 1;
        const auto& value = setting->second;
        const auto end = std::from_chars(value.data(), value.data() + value.size(), rate);
        if (end.ec != std::errc() || !(rate > 0 && rate < 1)) continue;
        out.add({Severity::warning, "sample_rate_not_given", file, 0, 0,
                 fmt::format("The log says that {} was set to {}, so it may hold a part of the calls; give --sample-rate {} to have them weighed.", name, value, value)});
    }
}

}  // namespace

void SourceChain::endSource(uint64_t bytes, const GivenCoverage& given, CallCollector& collector, RangeFeed& feed) {
    collector.closeAll(carry_, bytes > 0 ? bytes - 1 : 0);
    feed.end = bytes;
    feed.notes.diagnostics.merge(findings(carry_.evidence, unknownZone_, path_));
    if (!given.sampleRate) noteSampleRate(carry_.evidence, path_, feed.notes.diagnostics);
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
    builder.beginRange(feed.source, feed.begin);
    BuilderSink sink(builder);
    collector.replay(sink, feed.weight);
    return builder.finishRange(feed.end, feed.notes);
}

Status PartialStack::add(workload::Partial partial) {
    levels_.emplace_back(1, std::move(partial));
    while (levels_.size() > 1 && levels_[levels_.size() - 2].first <= levels_.back().first) {
        auto later = std::move(levels_.back());
        levels_.pop_back();
        FS_TRY(levels_.back().second.merge(std::move(later.second)));
        levels_.back().first += later.first;
    }
    return {};
}

Result<workload::Partial> PartialStack::take() && {
    workload::Partial all;
    while (!levels_.empty()) {
        workload::Partial earlier = std::move(levels_.back().second);
        levels_.pop_back();
        FS_TRY(earlier.merge(std::move(all)));
        all = std::move(earlier);
    }
    return all;
}

const Diagnostics& diagnosticsOf(const workload::Partial& partial) { return partial.data().diagnostics; }

}  // namespace foreshard::ingest
