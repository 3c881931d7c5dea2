// From ranges of a source, read one by one, to Partials: the state that passes from range to range, the feeding of a
// builder, and the merging of many Partials in order. Internal to ingest; shared by ingestFiles() and LogTail.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/ingest/collector.h"
#include "core/ingest/range_reader.h"
#include "core/workload/partial.h"

namespace foreshard::ingest {

// Everything a builder needs for one range whose calls are settled. Offsets are those of the source.
struct RangeFeed {
    std::string source;
    uint64_t begin = 0, end = 0;
    Weight weight = weightOne;
    workload::RangeNotes notes;
    bool autocommitTold = true;        // see PartialBuilder::beginRange
};

// What passes from one range of a source to the next. Used in file order.
class SourceChain {
public:
    uint64_t place = 0;                // in the file: where the next range has to start
    void beginSource();
    void beginFile(uint64_t at = 0);
    // Settles the calls of a range and takes its lines, times and skipped lines over.
    RangeFeed advance(const std::string& path, uint64_t base, const RangeOutcome& outcome, CallCollector& collector);
    // The source ends at `bytes`: calls that are still open are over.
    void endSource(uint64_t bytes, const GivenCoverage& given, CallCollector& collector, RangeFeed& feed);
    workload::Coverage coverage(const GivenCoverage& given) const { return coverageOf(carry_.evidence, given); }

private:
    Carry carry_;
    uint64_t lines_ = 0;
    std::optional<Instant> lastTime_;
    std::string unknownZone_, path_;
};

workload::Partial feedBuilder(workload::PartialBuilder& builder, const CallCollector& collector, const RangeFeed& feed);

// Merges values that come in order, always two of like size, so that the cost of all merges is near linear.
template <typename T>
class MergeStack {
public:
    Status add(T value) {
        levels_.emplace_back(1, std::move(value));
        while (levels_.size() > 1 && levels_[levels_.size() - 2].first <= levels_.back().first) {
            auto later = std::move(levels_.back());
            levels_.pop_back();
            FS_TRY(levels_.back().second.merge(std::move(later.second)));
            levels_.back().first += later.first;
        }
        return {};
    }
    // All of them; `none` where there were none, which must merge with each.
    Result<T> take(T none = {}) && {
        T all = std::move(none);
        while (!levels_.empty()) {
            T earlier = std::move(levels_.back().second);
            levels_.pop_back();
            FS_TRY(earlier.merge(std::move(all)));
            all = std::move(earlier);
        }
        return all;
    }

private:
    std::vector<std::pair<uint64_t, T>> levels_;   // (values merged into it, it)
};
using PartialStack = MergeStack<workload::Partial>;

const Diagnostics& diagnosticsOf(const workload::Partial& partial);

}  // namespace foreshard::ingest
