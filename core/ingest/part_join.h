// Joining of neighbouring spans of a source. Internal to ingest.
#pragma once

#include "core/ingest/part.h"
#include "core/ingest/partial_feed.h"

namespace foreshard::ingest {

// What a part is read by: the same for all parts that merge.
struct PartSettings {
    std::shared_ptr<const schema::Schema> schema;
    workload::PartialOptions options;
    Weight weight = weightOne;
    explicit PartSettings(const LogPart& part);
};

// Reads and joins spans of one source. Keep it: it remembers templates. Needs the stack of a worker thread.
class SpanReader {
public:
    SpanReader(const PartSettings& settings, std::string source, const LogShape& shape)
        : settings_(settings), source_(std::move(source)), autocommitTold_(!mayTurnAutocommitOff(shape.format)), reader_(shape), seam_(shape.plans) {}

    // Reads a slice of a log that begins at `begin` of the source; `from`: it begins where the file does. `partial` gets what was read.
    Result<PartSpan> read(const LogFile& slice, uint64_t begin, PartFile file, bool fromStart, workload::Partial& partial, const Job& job);
    // Joins `right`, which begins where `left` ends, to it; `between` gets what that brings beside the Partials of both.
    Status join(PartSpan& left, PartSpan right, workload::Partial& between);
    // The source is over.
    Status finish(PartSpan& span, const GivenCoverage& given, workload::Partial& between);
    // Whether the two can be joined before what stands to the left of them is known.
    static bool joinable(const PartSpan& left, const PartSpan& right);

private:
    Result<PartSpan> readCore(const LogFile& file, uint64_t begin, uint64_t from, const PartFile& of, const RangeContext& context,
                              workload::Partial& partial, const Job& job);
    Status readEdge(PartSpan& left, std::string_view bytes, RangeContext context, workload::Partial& between);
    Status append(PartSpan& left, PartSpan& right, workload::Partial& between);
    void settle(PartSpan& left, PartSpan& right);
    Status feedSeam(uint64_t at, workload::Partial& between);
    workload::PartialBuilder& builder();

    const PartSettings& settings_;
    const std::string source_;
    const bool autocommitTold_;        // what lies to the left is not known here
    RangeReader reader_;
    CallCollector seam_;
    std::optional<workload::PartialBuilder> builder_;
};

}  // namespace foreshard::ingest
