// What every target of a log reader does: the fast way against the careful one, the reader's promises, and the calls that
// come of the records, with the bytes read whole and in two ranges.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/ingest/collector.h"
#include "core/ingest/reader.h"
#include "core/workload/partial.h"
#include "tests/fuzz/fuzz_support.h"

namespace foreshard::fuzz {

struct NullSink final : ingest::EventSink {
    void call(const workload::CallEvent& event) override {
        sum += event.statement.size() + event.parameters.size();
        builder.add(event);
    }
    void sessionStarted(const workload::SessionEvent& event) override { builder.sessionStarted(event); }
    void sessionEnded(const workload::SessionEvent& event) override { builder.sessionEnded(event); }
    explicit NullSink(workload::PartialBuilder& target) : builder(target) {}
    workload::PartialBuilder& builder;
    size_t sum = 0;
};

inline bool sameRecord(const ingest::LogRecord& a, const ingest::LogRecord& b) {
    return a.time == b.time && a.severity == b.severity && a.session == b.session && a.virtualTransaction == b.virtualTransaction &&
           a.database == b.database && a.commandTag == b.commandTag && a.sqlState == b.sqlState && a.message == b.message && a.detail == b.detail &&
           a.context == b.context && a.statement == b.statement;
}

// Calls see(record, its bytes) for each record.
template <typename See>
void readBothWays(const ingest::LogShape& shape, std::string_view bytes, bool last, See see) {
    std::string padded(bytes);
    padded.append(ingest::readerPadding, '\0');
    const std::string_view window(padded.data(), bytes.size());
    const auto fast = ingest::makeReader(shape), careful = ingest::makeReader(shape);
    careful->setCareful(true);
    ingest::LogRecord one, other;
    for (size_t at = 0, carefulAt = 0;;) {
        const size_t before = at;
        const auto step = fast->next(window, at, last, one);
        const auto carefulStep = careful->next(window, carefulAt, last, other);
        require(step == carefulStep && at == carefulAt, "fast and careful reader take the same steps");
        require(at <= window.size() && (at > before || step == ingest::ReadStep::incomplete || step == ingest::ReadStep::end), "a step moves on");
        if (step == ingest::ReadStep::skipped) {
            require(std::string_view(fast->reason()) == careful->reason(), "the same reason to skip");
        } else if (step == ingest::ReadStep::record) {
            require(sameRecord(one, other), "fast and careful reader see the same record");
            see(one, window.substr(before, at - before));
        } else {
            break;
        }
    }
    fast->findStart(window, bytes.size() / 2);
}

// The whole way to a Workload.
inline void collectCalls(const ingest::LogShape& shape, std::string_view bytes, workload::PartialBuilder& builder) {
    std::string padded(bytes);
    padded.append(ingest::readerPadding, '\0');
    const std::string_view window(padded.data(), bytes.size());
    const auto reader = ingest::makeReader(shape);
    ingest::CallCollector collector(shape.plans);
    ingest::Carry carry;
    ingest::LogRecord record;
    for (size_t at = 0;;) {
        const size_t before = at;
        const auto step = reader->next(window, at, true, record);
        if (step == ingest::ReadStep::record) collector.add(record, before);
        else if (step != ingest::ReadStep::skipped) break;
    }
    collector.settle(carry);
    collector.closeAll(carry, bytes.size());
    builder.beginRange("fuzz", 0);
    NullSink sink(builder);
    collector.replay(sink, weightOne);
    workload::finish(builder.finishRange(bytes.size() + 1, workload::RangeNotes()));
}

inline workload::PartialBuilder& sharedBuilder() {
    static workload::PartialBuilder builder(nullptr);
    return builder;
}

// Whatever plans of auto_explain are taken for.
inline void collectEachWay(ingest::LogShape shape, std::string_view bytes) {
    for (const auto use : {ingest::PlanUse::none, ingest::PlanUse::rows, ingest::PlanUse::calls}) {
        shape.plans = use;
        collectCalls(shape, bytes, sharedBuilder());
    }
}

}  // namespace foreshard::fuzz
