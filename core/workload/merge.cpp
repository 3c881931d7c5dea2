#include "core/workload/merge.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "core/base/hash.h"
#include "core/workload/column_tally.h"
#include "core/workload/count_limit.h"
#include "core/workload/intervals.h"
#include "core/workload/sample.h"
#include "core/workload/session_machine.h"
#include "core/workload/tiers.h"

namespace foreshard::workload {

void SessionSketch::add(uint64_t hash) {
    if (hashes.size() >= limit && hash >= *hashes.rbegin()) return;
    hashes.insert(hash);
    if (hashes.size() > limit) hashes.erase(std::prev(hashes.end()));
}

uint64_t SessionSketch::estimate() const {
    if (hashes.size() < limit) return hashes.size();
    // Bottom-k estimator (Bar-Yossef et al., 2002): (k - 1) / normalised k-th smallest hash.
    const double largest = static_cast<double>(*hashes.rbegin()) / 18446744073709551616.0;
    return static_cast<uint64_t>(static_cast<double>(limit - 1) / largest);
}

namespace {

Error conflict(std::string message, std::string next) { return {ErrorCategory::conflict, std::move(message), std::move(next), {}}; }

bool overlap(const Span& a, const Span& b) { return a.begin < b.end && b.begin < a.end; }

// ---- sums -------------------------------------------------------------------------------------------------------------

void addVolume(PartialTemplate& into, const PartialTemplate& from) {
    addSorted(into.series, from.series, ByInterval(), addSeriesPoint);
    addTiers(into.recent, from.recent);
    into.durations.merge(from.durations);
    into.rows.merge(from.rows);
}

void addTemplates(PartialData& into, PartialData& from) {
    for (auto& [fingerprint, part] : from.templates) {
        const auto [place, fresh] = into.templates.try_emplace(fingerprint, std::move(part));
        if (!fresh) addVolume(place->second, part);
    }
}

void addColumns(PartialData& into, PartialData& from) {
    for (auto& [name, part] : from.columns) {
        const auto [place, fresh] = into.columns.try_emplace(name, std::move(part));
        if (fresh) continue;
        auto& sum = place->second;
        addSorted(sum.slots, part.slots, CountOrder(), CountSum());
        addSorted(sum.ranges, part.ranges, CountOrder(), CountSum());
        addSorted(sum.bound, part.bound, ByInterval(), CountSum());
        mergeKeys(sum.keys, part.keys, into.options.heavyKeys);
    }
    for (auto& [name, points] : from.tables) {
        const auto [place, fresh] = into.tables.try_emplace(name, std::move(points));
        if (!fresh) addSorted(place->second, points, ByInterval(), CountSum());
    }
}

// Everything that simply adds up; both have the same interval.
void addCounts(PartialData& into, PartialData& from) {
    addTemplates(into, from);
    addColumns(into, from);
    for (auto& [fingerprint, part] : from.classes) {
        const auto [place, fresh] = into.classes.try_emplace(fingerprint, std::move(part));
        if (!fresh) addSorted(place->second.points, part.points, ByInterval(), addClassPoint);
    }
    mergeStrata(into.strata, std::move(from.strata));
    into.countsCut = std::min(into.countsCut, from.countsCut);
    into.overTemplates |= from.overTemplates;
    into.overClasses |= from.overClasses;
    into.overWaiting |= from.overWaiting;
    into.overCalls |= from.overCalls;
}

// ---- stitching ----------------------------------------------------------------------------------------------------------

// Replays what waited, into counts of its own; made only where there is something to replay.
class Stitcher {
public:
    explicit Stitcher(PartialData& data) : data_(data) {}

    void join(const std::string& sourceName, PartialSource& source, Span& left, Span& right) {
        start();
        const auto before = tally_->transactionsBy();
        for (auto& [name, fragment] : right.sessions) joinSession(sourceName, left, name, std::move(fragment));
        left.end = right.end;
        addTransactions(source, before);
    }

    uint64_t settle(const std::string& sourceName, PartialSource& source, Span& span) {
        start();
        const auto before = tally_->transactionsBy();
        uint64_t open = 0;
        for (auto& [name, fragment] : span.sessions) {
            adoptTemplates(fragment);
            machine_->setIdentity(combineHash(hashText(sourceName), hashText(name)));
            machine_->settle(fragment);
            machine_->logEnded(fragment);
            open += fragment.phase == Phase::block && fragment.open.count > 0;
        }
        addTransactions(source, before);
        return open;
    }

    // Adds what was replayed to the data.
    void finish() {
        if (!tally_) return;
        PartialData delta;
        tally_->moveInto(delta);
        addCounts(data_, delta);
    }

private:
    void start() {
        if (catalog_) return;
        catalog_ = std::make_unique<Catalog>(data_.schema, UINT32_MAX);
        tally_ = std::make_unique<Tally>(*catalog_, data_.options, data_.interval);
        machine_ = std::make_unique<SessionMachine>(*catalog_, *tally_, data_.options);
        for (const auto& [key, text] : data_.waitingTemplates) catalog_->add(key, text);
    }

    void adoptTemplates(const SessionFragment& fragment) {
        const auto adopt = [&](uint64_t key) {
            if (catalog_->findEntry(key)) return;
            const auto place = data_.templates.find(key);
            if (place != data_.templates.end()) catalog_->adopt(key, place->second.text, place->second.tables);
        };
        SessionMachine::visitRecords(fragment, [&](const RecordView& record) {
            if (!record.head.unresolved()) adopt(record.head.key);
        });
        for (const uint64_t key : fragment.open.beyond) adopt(key);
    }

    void joinSession(const std::string& sourceName, Span& left, const std::string& name, SessionFragment fragment) {
        auto place = left.sessions.find(name);
        if (place == left.sessions.end()) {
            if (left.begin > 0) {
                left.sessions.emplace(name, std::move(fragment));
                return;
            }
            place = left.sessions.emplace(name, SessionMachine::known()).first;
        }
        adoptTemplates(place->second);
        adoptTemplates(fragment);
        machine_->setIdentity(combineHash(hashText(sourceName), hashText(name)));
        machine_->append(place->second, fragment);
        if (left.begin == 0 && place->second.trivial()) left.sessions.erase(place);
    }

    void addTransactions(PartialSource& source, const std::array<uint64_t, 5>& before) {
        for (size_t i = 0; i < before.size(); ++i) source.transactionsBy[i] += tally_->transactionsBy()[i] - before[i];
    }

    PartialData& data_;
    std::unique_ptr<Catalog> catalog_;
    std::unique_ptr<Tally> tally_;
    std::unique_ptr<SessionMachine> machine_;
};

void mergeSource(Stitcher& stitcher, const std::string& name, PartialSource& into, PartialSource&& from) {
    mergeCoverage(into.coverage, from.coverage);
    into.sawSelect |= from.sawSelect;
    into.sawWrite |= from.sawWrite;
    into.sawControl |= from.sawControl;
    into.literalsKnown += from.literalsKnown;
    into.literalsMissing += from.literalsMissing;
    for (size_t i = 0; i < into.transactionsBy.size(); ++i) into.transactionsBy[i] += from.transactionsBy[i];
    std::move(from.spans.begin(), from.spans.end(), std::back_inserter(into.spans));
    std::sort(into.spans.begin(), into.spans.end(), [](const Span& a, const Span& b) {
        return a.begin != b.begin ? a.begin < b.begin : a.end < b.end;
    });
    std::vector<Span> joined;
    for (auto& span : into.spans) {
        if (!joined.empty() && joined.back().end == span.begin) stitcher.join(name, into, joined.back(), span);
        else joined.push_back(std::move(span));
    }
    into.spans = std::move(joined);
}

}  // namespace

// ---- limits -------------------------------------------------------------------------------------------------------------

void addSchemaEvent(PartialData& data, SchemaEvent event) {
    const auto order = [](const SchemaEvent& a, const SchemaEvent& b) {
        return std::tie(a.time, a.statement, a.table) < std::tie(b.time, b.statement, b.table);
    };
    const auto place = std::lower_bound(data.schemaEvents.begin(), data.schemaEvents.end(), event, order);
    if (place != data.schemaEvents.end() && *place == event) return;
    data.schemaEvents.insert(place, std::move(event));
    if (data.schemaEvents.size() > PartialData::maxSchemaEvents) data.schemaEvents.pop_back();
}

void applyLimits(PartialData& data) {
    settleTiers(data);
    const auto fold = [](auto& map, size_t limit, auto add) {
        const size_t own = map.size() - map.count(0);
        if (own <= limit) return false;
        for (size_t extra = own - limit; extra > 0; --extra) {
            auto last = std::prev(map.end());
            auto part = std::move(last->second);
            map.erase(last);
            add(map[0], part);
        }
        return true;
    };
    data.overTemplates |= fold(data.templates, data.options.maxTemplates, [](PartialTemplate& rest, const PartialTemplate& part) {
        rest.text.text = restText;
        addVolume(rest, part);
    });
    data.overClasses |= fold(data.classes, data.options.maxClasses, [](PartialClass& rest, const PartialClass& part) {
        addSorted(rest.points, part.points, ByInterval(), addClassPoint);
    });
    limitCounts(data);
    pruneSamples(data.strata, sampleLevel(data.strata, data.options));
}

void collectWaitingTemplates(PartialData& data, const std::function<const TextTemplate*(uint64_t)>& find) {
    std::map<uint64_t, TextTemplate> wanted;
    for (const auto& [name, source] : data.sources)
        for (const auto& span : source.spans)
            for (const auto& [session, fragment] : span.sessions)
                SessionMachine::visitRecords(fragment, [&](const RecordView& record) {
                    if (!record.head.unresolved() || wanted.count(record.head.key)) return;
                    if (const auto* text = find(record.head.key)) wanted.emplace(record.head.key, *text);
                });
    data.waitingTemplates = std::move(wanted);
}

void coarsen(PartialData& data, Instant interval) {
    const int64_t ratio = data.interval > 0 ? interval / data.interval : 1;
    const Instant before = std::exchange(data.interval, interval);
    if (ratio <= 1) return;
    keepRecent(data, before);
    const auto widen = [&](auto& points, auto less, auto add) {
        for (auto& point : points) point.interval = intervalIndex(point.interval, ratio);
        sortAndSum(points, less, add);
    };
    for (auto& [fingerprint, part] : data.templates) widen(part.series, ByInterval(), addSeriesPoint);
    for (auto& [name, points] : data.tables) widen(points, ByInterval(), CountSum());
    for (auto& [fingerprint, part] : data.classes) widen(part.points, ByInterval(), addClassPoint);
    for (auto& [name, column] : data.columns) {
        widen(column.slots, CountOrder(), CountSum());
        widen(column.ranges, CountOrder(), CountSum());
        widen(column.bound, ByInterval(), CountSum());
    }
}

void mergeCoverage(Coverage& into, const Coverage& from) {
    if (into.source.empty() || (!from.source.empty() && from.source < into.source)) into.source = from.source;
    if (into.format.empty() || (!from.format.empty() && from.format < into.format)) into.format = from.format;
    into.files.insert(into.files.end(), from.files.begin(), from.files.end());
    std::sort(into.files.begin(), into.files.end());
    into.files.erase(std::unique(into.files.begin(), into.files.end()), into.files.end());
    if (from.minDurationMs) into.minDurationMs = std::max(into.minDurationMs.value_or(*from.minDurationMs), *from.minDurationMs);
    if (from.sampleRate) into.sampleRate = std::min(into.sampleRate.value_or(*from.sampleRate), *from.sampleRate);
    into.selects |= from.selects;
    into.writes |= from.writes;
    into.transactionControl |= from.transactionControl;
    into.boundaries = std::min(into.boundaries, from.boundaries);
    into.literals |= from.literals;
    into.pooled |= from.pooled;
    into.durations |= from.durations;
    into.cutStatements += from.cutStatements;
    into.sampleRateGiven |= from.sampleRateGiven;
    into.minDurationGiven |= from.minDurationGiven;
    into.pooledGiven |= from.pooledGiven;
}

// ---- merge --------------------------------------------------------------------------------------------------------------

Status mergeable(const PartialData& into, const PartialData& from) {
    if (!into.schema || !from.schema) return {};
    if (into.schema->fingerprint() != from.schema->fingerprint())
        return conflict("These partial workloads were made with different schemas.", "Profile all logs again with the same --schema files.");
    if (into.options.mask != from.options.mask)
        return conflict("The values of these partial workloads are masked with different keys, or in one of them alone.", "Profile all logs again with the same --mask-key.");
    if (into.options != from.options)
        return conflict("These partial workloads were made with different intervals or limits.", "Profile all logs again with the same options.");
    for (const auto& [name, source] : from.sources) {
        const auto same = into.sources.find(name);
        if (same == into.sources.end()) continue;
        for (const auto& a : same->second.spans)
            for (const auto& b : source.spans)
                if (overlap(a, b))
                    return conflict(fmt::format("Bytes {} to {} of {} are in both partial workloads.", std::max(a.begin, b.begin),
                                                std::min(a.end, b.end), name),
                                    "Merge each part of a log once.");
    }
    return {};
}

void mergeData(PartialData& into, PartialData&& from) {
    if (!from.schema) return;
    if (!into.schema) {
        into = std::move(from);
        return;
    }
    if (from.first) {
        into.first = into.first ? std::min(*into.first, *from.first) : *from.first;
        into.last = into.last ? std::max(*into.last, *from.last) : *from.last;
    }
    from.first = into.first;
    from.last = into.last;
    settleTiers(into);
    settleTiers(from);
    Instant interval = std::max(into.interval, from.interval);
    if (into.options.interval == 0 && into.first) interval = std::max(interval, intervalForSpan(*into.first, *into.last));
    coarsen(into, interval);
    coarsen(from, interval);
    into.bytes += from.bytes;
    into.lines += from.lines;
    into.callsLogged += from.callsLogged;
    into.unparsedCalls += from.unparsedCalls;
    for (const uint64_t hash : from.sessions.hashes) into.sessions.add(hash);
    for (auto& event : from.schemaEvents) addSchemaEvent(into, std::move(event));
    into.diagnostics.merge(from.diagnostics);
    into.waitingTemplates.merge(from.waitingTemplates);
    addCounts(into, from);
    Stitcher stitcher(into);
    for (auto& [name, source] : from.sources) {
        const auto [place, fresh] = into.sources.try_emplace(name, std::move(source));
        if (!fresh) mergeSource(stitcher, name, place->second, std::move(source));
    }
    stitcher.finish();
    if (!into.waitingTemplates.empty()) {
        const auto known = std::move(into.waitingTemplates);
        collectWaitingTemplates(into, [&](uint64_t key) -> const TextTemplate* {
            const auto place = known.find(key);
            return place == known.end() ? nullptr : &place->second;
        });
    }
    applyLimits(into);
}

uint64_t settleAll(PartialData& data) {
    uint64_t open = 0;
    Stitcher stitcher(data);
    for (auto& [name, source] : data.sources)
        for (auto& span : source.spans) open += stitcher.settle(name, source, span);
    stitcher.finish();
    applyLimits(data);
    return open;
}

}  // namespace foreshard::workload
