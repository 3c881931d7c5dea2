#include <absl/container/flat_hash_map.h>
#include <fmt/format.h>

#include <algorithm>

#include "core/workload/agreement.h"
#include "core/workload/count_limit.h"
#include "core/workload/finish_sample.h"
#include "core/workload/heavy_keys.h"
#include "core/workload/intervals.h"
#include "core/workload/mask.h"
#include "core/workload/merge.h"
#include "core/workload/propagate.h"
#include "core/workload/record.h"
#include "core/workload/resolve.h"
#include "core/workload/tally.h"
#include "core/workload/tiers.h"
#include "core/workload/unsharded_tables.h"

namespace foreshard::workload {

namespace {

// Builds a Workload from settled data, step by step.
class Finisher {
public:
    Finisher(PartialData data, const FinishOptions& options)
        : data_(std::move(data)), options_(options), names_(data_.schema.get()), facts_(std::make_shared<Facts>()) {}

    std::shared_ptr<const Workload> run(uint64_t openAtEnd) {
        window();
        resolveTemplates();
        makeSchema();
        makeColumns();
        makeTemplates();
        makeRates();
        makeClasses();
        makeSample();
        makeTiers();
        makeSketches();
        estimateCounts(*facts_, dropped_, rates_);
        makeTotals(openAtEnd);
        computeAgreements(*facts_, options_.threads);
        auto workload = std::make_shared<Workload>();
        workload->facts = std::move(facts_);
        workload->rates = std::move(rates_);
        return workload;
    }

private:
    void window() {
        rates_.interval = data_.interval;
        if (!data_.first) return;
        TimeRange range{*data_.first, *data_.last + 1};
        if (options_.range) {
            range.begin = std::max(range.begin, options_.range->begin);
            range.end = std::min(range.end, options_.range->end);
        }
        if (range.empty()) return;
        first_ = intervalIndex(range.begin, data_.interval);
        end_ = intervalIndex(range.end - 1, data_.interval) + 1;
        rates_.range = {first_ * data_.interval, end_ * data_.interval};
    }

    void resolveTemplates() {
        for (const auto& [fingerprint, part] : data_.templates) resolutions_.push_back(resolveAccesses(*part.text.facts, part.tables, names_));
        for (const auto& table : data_.schema->tables) names_.table(table.qualifiedName());
        unsharded_ = unshardedTables(data_, names_);
        for (auto& resolution : resolutions_) {
            assignKeyColumns(resolution, names_);
            forgetTables(resolution, unsharded_, names_);
        }
    }

    // The DDL's tables and those of the log alone, sorted; their columns as statements name them.
    void makeSchema() {
        facts_->schema = *data_.schema;
        std::map<TableId, std::vector<std::string>> seen;
        for (const auto& resolution : resolutions_)
            for (const auto& [table, column] : resolution.seenColumns) seen[table].push_back(column);
        for (TableId id = 0; id < names_.tables().size(); ++id) {
            if (names_.definition(id) || unsharded_[id]) continue;
            schema::Table table;
            const auto& name = names_.tables()[id];
            const auto dot = name.find('.');
            table.schema = name.substr(0, dot);
            table.name = dot == std::string::npos ? name : name.substr(dot + 1);
            table.fromLog = true;
            auto& columns = seen[id];
            std::sort(columns.begin(), columns.end());
            columns.erase(std::unique(columns.begin(), columns.end()), columns.end());
            for (const auto& column : columns) table.columns.emplace_back().name = column;
            facts_->schema.tables.push_back(std::move(table));
        }
        auto& tables = facts_->schema.tables;
        std::stable_sort(tables.begin(), tables.end(), [](const auto& a, const auto& b) { return a.qualifiedName() < b.qualifiedName(); });
        absl::flat_hash_map<std::string, TableId> place;
        for (TableId id = 0; id < tables.size(); ++id) place.try_emplace(tables[id].qualifiedName(), id);
        for (const auto& name : names_.tables()) tableIds_.push_back(place[name]);
    }

    void makeColumns() {
        std::vector<ColumnId> order;
        for (ColumnId id = 0; id < names_.columns().size(); ++id)
            if (!unsharded_[names_.columns()[id].table]) order.push_back(id);
        const auto key = [&](ColumnId id) {
            const auto& column = names_.columns()[id];
            return std::tie(tableIds_[column.table], column.expression);
        };
        std::sort(order.begin(), order.end(), [&](ColumnId a, ColumnId b) { return key(a) < key(b); });
        columnIds_.resize(names_.columns().size());
        for (ColumnId id = 0; id < order.size(); ++id) {
            KeyColumn column = names_.columns()[order[id]];
            column.table = tableIds_[column.table];
            facts_->columns.push_back(std::move(column));
            columnIds_[order[id]] = id;
        }
    }

    TableAccess remapped(TableAccess access) const {
        access.table = tableIds_[access.table];
        for (auto& binding : access.bindings) binding.column = columnIds_[binding.column];
        for (auto& column : access.assigned) column = columnIds_[column];
        return access;
    }

    void makeTemplates() {
        size_t i = 0;
        for (auto& [fingerprint, part] : data_.templates) {
            const auto& resolution = resolutions_[i++];
            Template made;
            made.fingerprint = fingerprint;
            made.textFingerprint = part.text.textFingerprint;
            made.text = std::move(part.text.text);         // nobody asks for them any more
            made.database = std::move(part.text.database);
            made.facts = *part.text.facts;
            part.text.facts.forget();
            for (const auto& access : resolution.accesses) made.accesses.push_back(remapped(access));
            for (const auto& join : resolution.joins) {
                const ColumnId a = columnIds_[join.left], b = columnIds_[join.right];
                made.joins.push_back({std::min(a, b), std::max(a, b)});
            }
            std::sort(made.joins.begin(), made.joins.end());
            templateIds_[fingerprint] = static_cast<TemplateId>(facts_->templates.size());
            facts_->templates.push_back(std::move(made));
            rates_.templates.push_back({within(part.series, first_, end_)});
        }
    }

    void makeRates() {
        for (const auto& column : facts_->columns) {
            auto& rates = rates_.columns.emplace_back();
            const auto table = facts_->schema.tables[column.table].qualifiedName();
            noteDropped({table, column.expression}, column.type);
            if (const auto all = data_.tables.find(table); all != data_.tables.end())
                for (const auto& point : within(all->second, first_, end_)) rates.totals.push_back({point.interval, point.reads, point.writes, 0, 0});
            const auto counted = data_.columns.find({table, column.expression});
            if (counted == data_.columns.end()) continue;
            rates.slots = within(counted->second.slots, first_, end_);
            rates.ranges = within(counted->second.ranges, first_, end_);
            for (const auto& point : within(counted->second.bound, first_, end_)) {
                auto& total = pointAt(rates.totals, point.interval);
                total.boundReads += point.reads;
                total.boundWrites += point.writes;
            }
        }
    }

    void noteDropped(const ColumnName& name, ValueType type) {
        const auto column = static_cast<ColumnId>(rates_.columns.size() - 1);
        const bool slots = countRank(*data_.schema, name, false) >= data_.countsCut;
        if (slots || (ordered(type) && countRank(*data_.schema, name, true) >= data_.countsCut)) dropped_.push_back({column, slots});
    }

    struct Ranked {
        Weight count = 0;
        uint64_t fingerprint = 0;
    };

    // The classes with the most traffic; all others, and those with a template past the limit, are the rest.
    std::vector<uint64_t> chosenClasses() const {
        std::vector<Ranked> ranked;
        for (const auto& [fingerprint, part] : data_.classes) {
            const bool whole = fingerprint != 0 && std::all_of(part.templates.begin(), part.templates.end(),
                                                               [&](uint64_t key) { return key == 0 || templateIds_.contains(key); });
            Weight count = 0;
            for (const auto& point : within(part.points, first_, end_)) count += point.committed + point.aborted;
            if (whole && count > 0) ranked.push_back({count, fingerprint});
        }
        std::sort(ranked.begin(), ranked.end(), [](const Ranked& a, const Ranked& b) {
            return a.count != b.count ? a.count > b.count : a.fingerprint < b.fingerprint;
        });
        const size_t limit = options_.maxClasses > 1 ? options_.maxClasses - 1 : 1;
        if (ranked.size() > limit) ranked.resize(limit);
        std::vector<uint64_t> chosen;
        for (const auto& each : ranked) chosen.push_back(each.fingerprint);
        std::sort(chosen.begin(), chosen.end());
        return chosen;
    }

    void addClass(uint64_t fingerprint) {
        classIds_[fingerprint] = static_cast<uint32_t>(facts_->classes.size());
        facts_->classes.emplace_back().fingerprint = fingerprint;
    }

    void makeClasses() {
        const auto chosen = chosenClasses();
        std::vector<std::vector<ClassPoint>> points;
        size_t rest = 0;
        for (const auto& [fingerprint, part] : data_.classes)
            if (!std::binary_search(chosen.begin(), chosen.end(), fingerprint)) rest += !within(part.points, first_, end_).empty();
        if (rest > 0) addClass(0);
        for (const uint64_t fingerprint : chosen) addClass(fingerprint);
        points.resize(facts_->classes.size());
        for (const auto& [fingerprint, part] : data_.classes) {
            const auto place = classIds_.find(fingerprint);
            const uint32_t id = place != classIds_.end() ? place->second : 0;
            const auto inside = within(part.points, first_, end_);
            if (inside.empty()) continue;
            addSorted(points[id], inside, ByInterval(), addClassPoint);
            if (fingerprint != 0 && place != classIds_.end())
                for (const uint64_t key : part.templates)
                    if (const auto known = templateIds_.find(key); known != templateIds_.end()) facts_->classes[id].templates.push_back(known->second);
        }
        for (size_t i = 0; i < points.size(); ++i) {
            auto& counts = rates_.classes.emplace_back();
            for (const auto& point : points[i]) {
                facts_->classes[i].count += point.committed;
                facts_->classes[i].aborted += point.aborted;
                if (point.committed > 0) counts.emplace_back(point.interval, point.committed);
            }
        }
    }

    void makeSample() {
        const bool rest = !facts_->classes.empty() && facts_->classes[0].fingerprint == 0;
        facts_->transactions = finishSample(data_, rates_.range, {names_, resolutions_, templateIds_, classIds_, rest, columnIds_}, options_.threads);
    }

    void makeTiers() {
        if (data_.options.interval > 0 || !data_.last) return;
        Instant end = rates_.range.end;   // of the tier; finer ones come first
        for (size_t tier = 0; tier < volumeTiers && calendarIntervals[tier] < data_.interval; ++tier) {
            const Instant width = calendarIntervals[tier], begin = std::max(tierBegin(tier, *data_.last), rates_.range.begin);
            if (begin >= end) continue;
            VolumeTier made{width, {begin, end}, {}};
            for (const auto& [fingerprint, part] : data_.templates) made.templates.push_back({within(part.recent[tier], begin / width, end / width)});
            rates_.recent.push_back(std::move(made));
            end = begin;
        }
    }

    // They are of all that was read: for a part of it they would say too much.
    void makeSketches() {
        if (data_.first && (rates_.range.begin > *data_.first || rates_.range.end <= *data_.last)) return;
        for (auto& [fingerprint, part] : data_.templates) facts_->templateSketches.push_back({std::move(part.durations), std::move(part.rows)});
        for (const auto& column : facts_->columns) {
            const auto counted = data_.columns.find({facts_->schema.tables[column.table].qualifiedName(), column.expression});
            facts_->keySketches.push_back(counted == data_.columns.end() ? ColumnSketch() : shownSketch(counted->second.keys));
        }
        nameKeys(*facts_, rates_.columns);
    }

    void makeTotals(uint64_t openAtEnd) {
        auto& totals = facts_->totals;
        totals.bytes = data_.bytes;
        totals.lines = data_.lines;
        totals.callsLogged = data_.callsLogged;
        totals.unparsedCalls = data_.unparsedCalls;
        totals.sessions = data_.sessions.estimate();
        totals.first = data_.first;
        totals.last = data_.last;
        for (const auto& series : rates_.templates)
            for (const auto& point : series.points) totals.calls += point.calls;
        for (const auto& each : facts_->classes) {
            totals.transactions += each.count;
            totals.aborted += each.aborted;
        }
        for (const auto& [name, source] : data_.sources) facts_->coverage.push_back(coverageOf(source));
        for (const auto& event : data_.schemaEvents)
            if (!options_.range || (event.time >= rates_.range.begin && event.time < rates_.range.end)) facts_->schemaEvents.push_back(event);
        facts_->diagnostics = data_.diagnostics;
        noteLimits(openAtEnd);
    }

    // What the reader knew, and what the statements themselves show.
    static Coverage coverageOf(const PartialSource& source) {
        Coverage coverage = source.coverage;
        // A log of writes alone is most often one that leaves reads out (log_statement = 'mod').
        if (source.sawWrite && !source.sawSelect) coverage.selects = false;
        if (!source.sawControl) coverage.transactionControl = false;
        if (source.literalsMissing > source.literalsKnown) coverage.literals = false;
        if (coverage.boundaries == Boundaries::none)
            for (size_t i = 0; i < source.transactionsBy.size() && coverage.boundaries == Boundaries::none; ++i)
                if (source.transactionsBy[i] > 0) coverage.boundaries = static_cast<Boundaries>(i);
        return coverage;
    }

    void noteLimits(uint64_t openAtEnd) {
        auto& diagnostics = facts_->diagnostics;
        const auto note = [&](bool is, const char* reason, const char* message) {
            if (is) diagnostics.add({Severity::note, reason, {}, 0, 0, message});
        };
        note(data_.overTemplates, "too_many_templates", "There are more templates than the limit; those beyond it are counted together.");
        note(data_.overClasses, "too_many_classes", "There are more transaction classes than the limit; those beyond it are counted together.");
        note(data_.overCalls, "long_transactions", "Some transactions have more calls than the sample keeps of one; their first calls stand for them.");
        note(data_.overWaiting, "boundaries_guessed", "More calls than the limit waited for the start of their transaction or for what SET had said; they are counted one by one, under default settings.");
        note(data_.options.mask != 0, maskedReason, maskedMessage);
        if (openAtEnd > 0) diagnostics.count("open_at_end", openAtEnd);
        noteEstimates();
        noteSettings();
        if (data_.schema->tables.empty()) return;
        constexpr size_t named = 20;   // more would push the log's own lines out of what is shown
        size_t unknown = 0;
        for (const auto& table : facts_->schema.tables) {
            if (!table.fromLog) continue;
            if (++unknown > named) diagnostics.count("unknown_table");
            else
                diagnostics.add({Severity::note, "unknown_table", {}, 0, 0,
                                 fmt::format("The schema has no table {}; what the statements say of it is all that is known.", table.qualifiedName())});
        }
    }

    void noteEstimates() {
        for (const auto& dropped : dropped_) {
            const auto& column = facts_->columns[dropped.column];
            const auto& totals = rates_.columns[dropped.column].totals;
            if (std::none_of(totals.begin(), totals.end(), [](const ColumnTotal& t) { return t.boundReads > 0 || t.boundWrites > 0; })) continue;
            facts_->diagnostics.add({Severity::note, "estimated_load", {}, 0, 0,
                                     fmt::format("The load by {} of {}.{} is an estimate from {} sampled transactions: the counts of all keys passed the limit of {}.",
                                                 dropped.slots ? "key" : "range", facts_->schema.tables[column.table].qualifiedName(), column.expression,
                                                 facts_->transactions.size(), data_.options.maxCounts)});
        }
    }

    // Settings that calls read and the log does not tell, as the sample has them.
    void noteSettings() {
        std::map<std::string, std::pair<double, double>> reads;   // all, untold
        for (const auto& transaction : facts_->transactions)
            for (const auto& call : transaction.calls) {
                const auto& facts = facts_->templates[call.templateId].facts;
                for (size_t i = 0; i < facts.sessionValues.size(); ++i) {
                    if (!isKeptSetting(facts.sessionValues[i])) continue;
                    const size_t slot = facts.sessionSlot + i;
                    const bool told = slot < call.slots.size() && !call.slots[slot].empty() && call.slots[slot].front().kind != ValueKind::missing;
                    auto& [all, untold] = reads[facts.sessionValues[i]];
                    all += fromWeight(transaction.weight);
                    if (!told) untold += fromWeight(transaction.weight);
                }
            }
        for (const auto& [name, counts] : reads)
            if (counts.second > 0)
                facts_->diagnostics.add({Severity::note, "unknown_setting", {}, 0, 0,
                                         fmt::format("The log does not tell the session setting {} for {} of the calls that read it; they may touch any row.", name,
                                                     formatShare(counts.second / counts.first))});
    }

    PartialData data_;
    FinishOptions options_;
    NameTable names_;
    std::shared_ptr<Facts> facts_;
    Rates rates_;
    int64_t first_ = 0, end_ = 0;
    std::vector<Resolution> resolutions_;    // parallel to data_.templates
    std::vector<bool> unsharded_;            // by id in names_: left out
    std::vector<TableId> tableIds_;          // id in names_ → id in facts
    std::vector<ColumnId> columnIds_;
    absl::flat_hash_map<uint64_t, TemplateId> templateIds_;
    absl::flat_hash_map<uint64_t, uint32_t> classIds_;
    std::vector<DroppedCounts> dropped_;     // columns whose counts passed the limit
};

}  // namespace

std::shared_ptr<const Workload> finish(Partial&& partial, const FinishOptions& options) {
    PartialData data = std::move(partial).takeData();
    if (!data.schema) data.schema = std::make_shared<const schema::Schema>();
    if (data.interval == 0) data.interval = calendarIntervals[0];
    const uint64_t open = settleAll(data);
    return Finisher(std::move(data), options).run(open);
}

std::shared_ptr<const Workload> finish(const Partial& partial, const FinishOptions& options) { return finish(Partial(partial), options); }

}  // namespace foreshard::workload
