#include "core/workload/finish_sample.h"

#include <algorithm>
#include <map>
#include <span>
#include <tuple>

#include "core/base/threads.h"
#include "core/workload/propagate.h"
#include "core/workload/record.h"
#include "core/workload/sample.h"
#include "core/workload/tally.h"

namespace foreshard::workload {

namespace {

struct Kept {
    const SamplePart* part = nullptr;
    Weight weight = 0;
    uint32_t classId = 0;
    bool aborted = false;
};

std::vector<Kept> keptIn(const PartialData& data, TimeRange range, const SampleNames& names) {
    const auto level = sampleLevel(data.strata, data.options);
    using Group = std::tuple<uint32_t, bool, int64_t>;
    struct Share {
        Weight weight = 0;
        int64_t kept = 0, given = 0;
    };
    std::map<Group, Share> shares;
    const auto groupOf = [&](const StratumKey& key) { return Group{key.bucket, key.aborted, key.hour >> level.joined}; };
    for (const auto& [key, stratum] : data.strata) {
        auto& share = shares[groupOf(key)];
        share.weight += stratum.weight;
        share.kept += static_cast<int64_t>(stratum.samples.size());
    }
    std::vector<Kept> out;
    for (const auto& [key, stratum] : data.strata) {
        auto& share = shares[groupOf(key)];
        for (const auto& part : stratum.samples) {
            // The remainder of the division goes to the first ones, one unit each.
            const Weight weight = share.weight / share.kept + (share.given++ < share.weight % share.kept ? 1 : 0);
            if (part.time < range.begin || part.time >= range.end) continue;
            const auto place = names.classes.find(part.classFingerprint);
            if (place == names.classes.end() && !names.rest) continue;
            out.push_back({&part, weight, place == names.classes.end() ? 0 : place->second, key.aborted});
        }
    }
    std::sort(out.begin(), out.end(), [](const Kept& a, const Kept& b) {
        return a.part->time != b.part->time ? a.part->time < b.part->time : a.part->hash < b.part->hash;
    });
    return out;
}

// Reads transactions one after another. One thread.
class SampleReader {
public:
    explicit SampleReader(const SampleNames& names) : names_(names), propagator_(names.names) {}

    SampledTransaction read(const Kept& kept) {
        SampledTransaction made;
        made.time = kept.part->time;
        made.classId = kept.classId;
        made.weight = kept.weight;
        made.hash = kept.part->hash;
        made.aborted = kept.aborted;
        made.boundary = kept.part->boundary;
        literals_.clear();
        calls_.clear();
        literalEnds_.clear();
        std::string_view rest = kept.part->calls;
        RecordView record;
        while (takeRecord(rest, record)) addCall(record, made);
        for (size_t i = 0, begin = 0; i < calls_.size(); begin = literalEnds_[i++])
            calls_[i].literals = std::span(literals_).subspan(begin, literalEnds_[i] - begin);
        if (calls_.size() > 1) propagate(made);
        return made;
    }

private:
    void addCall(const RecordView& record, SampledTransaction& made) {
        const auto known = names_.templates.find(record.head.key);
        const size_t before = literals_.size();
        if (known == names_.templates.end() || !appendLiterals(record.literals, literals_)) {
            literals_.resize(before);
            return;
        }
        const auto& resolution = names_.resolutions[known->second];
        SampledCall call;
        call.templateId = known->second;
        call.slots = slotValues(std::span(literals_).subspan(before), resolution.slotTypes);
        call.duration = record.head.duration;
        call.rows = record.head.rows;
        calls_.push_back({&resolution, {}, !record.head.failed() && record.head.rows != 0});
        literalEnds_.push_back(literals_.size());
        made.calls.push_back(std::move(call));
    }

    void propagate(SampledTransaction& transaction) {
        for (const auto& found : propagator_.run(calls_)) {
            BoundKey key;
            key.column = names_.columns[found.column];
            for (const auto& value : found.values) key.values.push_back(valueOf(*value.literal, value.type));
            std::sort(key.values.begin(), key.values.end());
            key.provenance = Provenance::propagated;
            transaction.calls[found.call].propagated.push_back(std::move(key));
        }
    }

    const SampleNames& names_;
    Propagator propagator_;
    std::vector<LiteralRef> literals_;
    std::vector<PropagationCall> calls_;
    std::vector<size_t> literalEnds_;
};

}  // namespace

std::vector<SampledTransaction> finishSample(const PartialData& data, TimeRange range, const SampleNames& names, unsigned threads) {
    constexpr size_t atOnce = 256;     // below two of these, starting threads costs more than they save
    const auto kept = keptIn(data, range, names);
    std::vector<SampledTransaction> made(kept.size());
    forEachIndex(threads, (kept.size() + atOnce - 1) / atOnce, [&](size_t block) {
        SampleReader reader(names);
        for (size_t i = block * atOnce; i < std::min(kept.size(), (block + 1) * atOnce); ++i) made[i] = reader.read(kept[i]);
    });
    return made;
}

}  // namespace foreshard::workload
