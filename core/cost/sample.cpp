#include "core/cost/sample.h"

#include <absl/container/flat_hash_map.h>

#include <algorithm>

#include "core/base/hash.h"
#include "core/sharding/key_expression.h"

namespace foreshard::cost {

using sharding::AccessKeys;
using sharding::KeyBinder;
using sharding::KeyConstraint;
using sharding::KeyPart;
using workload::AccessKind;
using workload::BoundKey;
using workload::ColumnId;
using workload::TableAccess;
using workload::TableId;

namespace {

uint64_t signature(const KeyConstraint& constraint) {
    uint64_t hash = static_cast<uint64_t>(constraint.kind) + 1;
    const auto add = [&](const Value& v) { hash = combineHash(hash, combineHash(hashValue(v), static_cast<uint64_t>(v.kind))); };
    for (const Value& value : constraint.values) add(value);
    add(constraint.low);
    add(constraint.high);
    return hash;
}

uint64_t signature(const AccessKeys& keys) {
    uint64_t hash = 0;
    for (const auto& constraint : keys.before) hash = combineHash(hash, signature(constraint));
    if (keys.after)
        for (const auto& constraint : *keys.after) hash = combineHash(hash, signature(constraint));
    return combineHash(hash, keys.after.has_value());
}

bool says(const AccessKeys& keys) {
    return keys.after || std::any_of(keys.before.begin(), keys.before.end(), [](const auto& c) { return c.kind != KeyConstraint::Kind::any; });
}

// Collects the entries of one KeyUse; items are told apart by 64-bit signatures.
class Collector {
public:
    explicit Collector(KeyUse& use) : use_(use) {}

    void addPoint(uint32_t touch, const Value& value, uint64_t hash, bool write) {
        const auto [place, fresh] = points_.emplace(combineHash(hash, static_cast<uint64_t>(value.kind)), static_cast<uint32_t>(use_.points.size()));
        if (fresh) {
            use_.points.push_back(value);
            use_.pointHashes.push_back(hash);
        }
        addEntry(touch, place->second, write);
    }
    void add(uint32_t touch, AccessKeys keys, bool write) {
        const bool point = keys.before.size() == 1 && !keys.after && keys.before[0].kind == KeyConstraint::Kind::values && keys.before[0].values.size() == 1;
        if (point) return addPoint(touch, keys.before[0].values[0], hashValue(keys.before[0].values[0]), write);
        const auto [place, fresh] = others_.emplace(signature(keys), static_cast<uint32_t>(use_.others.size()));
        if (fresh) use_.others.push_back(std::move(keys));
        addEntry(touch, place->second | KeyUse::complexItem, write);
    }

private:
    void addEntry(uint32_t touch, uint32_t item, bool write) {
        auto entry = use_.entries.rbegin();
        while (entry != use_.entries.rend() && entry->touch == touch && entry->item != item) ++entry;
        if (entry == use_.entries.rend() || entry->touch != touch) {
            use_.entries.push_back({touch, item, 0, 0});
            entry = use_.entries.rbegin();
        }
        ++(write ? entry->writes : entry->reads);
    }

    KeyUse& use_;
    absl::flat_hash_map<uint64_t, uint32_t> points_, others_;
};

KeyPart partOf(const workload::KeyColumn& column) { return {column.expression, column.column, column.type}; }

}  // namespace

// One pass over all calls, for all candidate columns at once.
class Sample::Builder {
public:
    Builder(Sample& sample) : sample_(sample), facts_(*sample.facts_) {
        sample.tables_.resize(facts_.schema.tables.size());
        sample.columns_.resize(facts_.columns.size());
        lastTouch_.resize(facts_.schema.tables.size(), {UINT32_MAX, 0});
        derived_.resize(facts_.columns.size());
        for (ColumnId id = 0; id < facts_.columns.size(); ++id) {
            const auto& column = facts_.columns[id];
            parts_.push_back(partOf(column));
            binders_.emplace_back(std::span(&parts_.back(), 1), column.table, facts_);
            collectors_.emplace_back(sample.columns_[id]);
            if (parts_.back().bare()) continue;
            if (const auto bare = bareOf(column)) derived_[*bare].push_back(id);
        }
    }

    void add(const workload::SampledTransaction& transaction) {
        const auto index = static_cast<uint32_t>(sample_.transactions_.size());
        const auto first = static_cast<uint32_t>(sample_.touchesOf_.size());
        for (const auto& call : transaction.calls) {
            if (call.templateId >= facts_.templates.size()) continue;
            for (const auto& access : facts_.templates[call.templateId].accesses) addAccess(index, call, access);
        }
        sample_.transactions_.push_back({transaction.weight, first, static_cast<uint32_t>(sample_.touchesOf_.size()) - first});
        sample_.committed_ += transaction.weight;
    }

private:
    std::optional<ColumnId> bareOf(const workload::KeyColumn& wanted) const {
        for (ColumnId id = 0; id < facts_.columns.size(); ++id)
            if (facts_.columns[id].table == wanted.table && facts_.columns[id].expression == wanted.column) return id;
        return std::nullopt;
    }

    uint32_t touchOf(TableId table, uint32_t transaction) {
        auto& last = lastTouch_[table];
        if (last.first == transaction) return last.second;
        auto& touches = sample_.tables_[table].touches;
        last = {transaction, static_cast<uint32_t>(touches.size())};
        touches.push_back({transaction, 0, 0, false});
        sample_.touchesOf_.push_back({table, last.second});
        return last.second;
    }

    void addAccess(uint32_t transaction, const workload::SampledCall& call, const TableAccess& access) {
        if (access.table >= lastTouch_.size()) return;
        const uint32_t touch = touchOf(access.table, transaction);
        Touch& counts = sample_.tables_[access.table].touches[touch];
        const bool write = access.kind != AccessKind::read;
        ++(write ? counts.writes : counts.reads);
        counts.locks = counts.locks || (!write && access.locked);
        const std::vector<BoundKey> keys = workload::boundKeys(facts_, call, access);
        done_.clear();
        for (const BoundKey& key : keys) {
            addColumn(key.column, touch, write, call, access, keys);
            for (const ColumnId derived : derived_[key.column]) addColumn(derived, touch, write, call, access, keys);
        }
        if (!write) return;
        for (const ColumnId column : access.assigned) {
            addColumn(column, touch, write, call, access, keys);
            for (const ColumnId derived : derived_[column]) addColumn(derived, touch, write, call, access, keys);
        }
    }

    void addColumn(ColumnId column, uint32_t touch, bool write, const workload::SampledCall& call, const TableAccess& access, const std::vector<BoundKey>& keys) {
        if (column >= parts_.size() || std::find(done_.begin(), done_.end(), column) != done_.end()) return;
        done_.push_back(column);
        if (const Value* value = plainPoint(column, access, keys)) return collectors_[column].addPoint(touch, *value, hashValue(*value), write);
        AccessKeys found = binders_[column].keysOf(access, keys, call.slots);
        if (says(found)) collectors_[column].add(touch, std::move(found), write);
    }

    // The one value that a bare column is bound to, where nothing else is said of it; the usual case, kept short.
    const Value* plainPoint(ColumnId column, const TableAccess& access, const std::vector<BoundKey>& keys) const {
        if (!parts_[column].bare() || (access.kind != AccessKind::read && !access.assigned.empty())) return nullptr;
        const BoundKey* only = nullptr;
        for (const BoundKey& key : keys) {
            if (key.column != column) continue;
            if (only || key.range || key.values.size() != 1) return nullptr;
            only = &key;
        }
        if (!only || !sharding::decidable(parts_[column], only->values[0])) return nullptr;
        return binders_[column].computable() ? &only->values[0] : nullptr;
    }

    Sample& sample_;
    const workload::Facts& facts_;
    std::vector<std::pair<uint32_t, uint32_t>> lastTouch_;   // by table: transaction, its touch
    std::vector<KeyPart> parts_;                             // by column
    std::vector<KeyBinder> binders_;
    std::vector<Collector> collectors_;
    std::vector<std::vector<ColumnId>> derived_;             // expressions over a bare column
    std::vector<ColumnId> done_;
};

Sample::~Sample() = default;

Result<std::unique_ptr<Sample>> Sample::make(const workload::Workload& workload, Job& job, std::optional<TimeRange> range, size_t limit) {
    std::unique_ptr<Sample> sample(new Sample);
    sample->facts_ = workload.facts;
    const auto& all = workload.facts->transactions;
    for (uint32_t i = 0; i < all.size(); ++i)
        if (!all[i].aborted && (!range || range->contains(all[i].time))) sample->source_.push_back(i);
    if (limit != 0 && sample->source_.size() > limit) {
        std::vector<uint32_t> kept;
        for (size_t i = 0; i < limit; ++i) kept.push_back(sample->source_[i * sample->source_.size() / limit]);
        sample->source_ = std::move(kept);
    }
    Builder builder(*sample);
    for (size_t i = 0; i < sample->source_.size(); ++i) {
        if (i % 256 == 0) FS_TRY(job.checkpoint());
        builder.add(all[sample->source_[i]]);
    }
    return sample;
}

const KeyUse& Sample::keyUse(TableId table, std::span<const KeyPart> key, std::span<const sharding::Lookup> lookups,
                              const sharding::LookupSource* stored) const {
    if (key.size() == 1 && lookups.empty())
        if (const auto column = facts_->findColumn(table, key[0].expression); column && partOf(facts_->columns[*column]) == key[0]) return columns_[*column];
    std::string name;
    const auto add = [&](const std::vector<KeyPart>& parts) {
        for (const auto& part : parts) name += part.expression + '\0' + part.column + '\0' + static_cast<char>(part.type);
        name += '\1';
    };
    add({key.begin(), key.end()});
    for (const auto& lookup : lookups) {
        add(lookup.from);
        add(lookup.to);
        name += lookup.derivedBy + (stored ? '\2' : '\1');
    }
    const auto found = others_.find({table, name});
    if (found != others_.end()) return found->second;
    return others_[{table, name}] = makeUse(table, key, lookups, stored);
}

KeyUse Sample::makeUse(TableId table, std::span<const KeyPart> key, std::span<const sharding::Lookup> lookups, const sharding::LookupSource* stored) const {
    KeyUse use;
    Collector collector(use);
    const KeyBinder binder(key, table, *facts_, lookups, stored);
    const auto& touches = tables_[table].touches;
    for (uint32_t touch = 0; touch < touches.size(); ++touch) {
        for (const auto& call : facts_->transactions[source_[touches[touch].transaction]].calls) {
            if (call.templateId >= facts_->templates.size()) continue;
            for (const auto& access : facts_->templates[call.templateId].accesses) {
                if (access.table != table) continue;
                AccessKeys found = binder.keysOf(access, workload::boundKeys(*facts_, call, access), call.slots);
                if (says(found)) collector.add(touch, std::move(found), access.kind != AccessKind::read);
            }
        }
    }
    return use;
}

std::vector<sharding::ShardId> pointShardsOf(const KeyUse& use, const sharding::KeyPlacement& placement) {
    std::vector<sharding::ShardId> shards(use.points.size());
    for (size_t i = 0; i < use.points.size(); ++i)
        shards[i] = placement.byHash() ? placement.shardOfHash(use.pointHashes[i]) : placement.shardOf(std::span(&use.points[i], 1));
    return shards;
}

namespace {

std::vector<sharding::ShardSet> otherShardsOf(const KeyUse& use, const sharding::KeyPlacement& placement) {
    std::vector<sharding::ShardSet> shards(use.others.size());
    for (size_t i = 0; i < use.others.size(); ++i) shards[i] = sharding::routeByKeys(placement, use.others[i]).shards;
    return shards;
}

bool loose(const KeyUse& use, uint32_t item) {
    if (!(item & KeyUse::complexItem)) return false;
    const auto& parts = use.others[item & ~KeyUse::complexItem].before;
    return std::any_of(parts.begin(), parts.end(), [](const auto& part) { return part.kind != KeyConstraint::Kind::values; });
}

// Sums of visits to each shard, and of accesses, of one kind.
struct VisitSum {
    explicit VisitSum(uint32_t shards) : visits(shards) {}
    void add(const sharding::ShardSet& shards, double weight) {
        accesses += weight;
        shards.forEach([&](uint32_t shard) { visits[shard] += weight; });
    }
    std::vector<double> share() const {
        if (accesses <= 0) return {};
        std::vector<double> out = visits;
        for (double& v : out) v /= accesses;
        return out;
    }
    std::vector<double> visits;
    double accesses = 0;
};

}  // namespace

std::vector<double> pointAccesses(const Sample& sample, const std::vector<Touch>& touches, const KeyUse& use, uint32_t first) {
    std::vector<double> accesses(use.points.size());
    for (const KeyEntry& entry : use.entries)
        if (!(entry.item & KeyUse::complexItem) && touches[entry.touch].transaction >= first) accesses[entry.item] += fromWeight(sample.transactions()[touches[entry.touch].transaction].weight) * (entry.reads + entry.writes);
    return accesses;
}

namespace {

// Of the accesses of each pinned key's counting slot, the key's share; 0 for a key that the sample has not met.
std::vector<double> pinnedShares(const Sample& sample, const std::vector<Touch>& touches, const KeyUse& use, const std::vector<sharding::DirectoryEntry>& directory) {
    const auto accesses = pointAccesses(sample, touches, use);
    std::vector<double> slots(countingSlots), shares(directory.size());
    std::map<Value, size_t> pinned;
    for (size_t i = 0; i < directory.size(); ++i)
        if (directory[i].key.size() == 1) pinned.emplace(directory[i].key[0], i);
    std::vector<bool> holds(countingSlots);
    for (const auto& [key, index] : pinned) holds[countingSlot(key)] = true;
    for (size_t i = 0; i < accesses.size(); ++i) {
        const uint32_t slot = countingSlotOfHash(use.pointHashes[i]);
        slots[slot] += accesses[i];
        if (const auto found = holds[slot] ? pinned.find(use.points[i]) : pinned.end(); found != pinned.end()) shares[found->second] += accesses[i];
    }
    for (const auto& [key, index] : pinned)
        if (const double slot = slots[countingSlot(key)]; slot > 0) shares[index] /= slot;
    return shares;
}

}  // namespace

SampledVisits visitsOf(const Sample& sample, const std::vector<Touch>& touches, const KeyUse& use, const sharding::TableDesign& design, const sharding::KeyPlacement& placement,
                       uint32_t shards) {
    const auto pointShards = pointShardsOf(use, placement);
    const auto otherShards = otherShardsOf(use, placement);
    VisitSum reads(shards), writes(shards), looseReads(shards), looseWrites(shards);
    auto entry = use.entries.begin();
    for (uint32_t touch = 0; touch < touches.size(); ++touch) {
        const double weight = fromWeight(sample.transactions()[touches[touch].transaction].weight);
        uint32_t boundReads = 0, boundWrites = 0;
        const auto add = [&](const sharding::ShardSet& to, uint32_t r, uint32_t w, bool isLoose) {
            if (r) reads.add(to, weight * r);
            if (w) writes.add(to, weight * w);
            if (r && isLoose) looseReads.add(to, weight * r);
            if (w && isLoose) looseWrites.add(to, weight * w);
        };
        for (; entry != use.entries.end() && entry->touch == touch; ++entry) {
            boundReads += entry->reads;
            boundWrites += entry->writes;
            const bool complex = entry->item & KeyUse::complexItem;
            add(complex ? otherShards[entry->item & ~KeyUse::complexItem] : sharding::ShardSet::one(pointShards[entry->item]), entry->reads, entry->writes, loose(use, entry->item));
        }
        add(placement.everywhere(), touches[touch].reads - boundReads, touches[touch].writes - boundWrites, true);
    }
    SampledVisits out{reads.share(), writes.share(), looseReads.share(), looseWrites.share(), {}};
    if (design.strategy == sharding::Strategy::directory) out.pinned = pinnedShares(sample, touches, use, design.directory);
    std::vector<double> everywhere(shards);
    placement.everywhere().forEach([&](uint32_t shard) { everywhere[shard] = 1; });
    if (out.reads.empty()) out.reads = writes.accesses > 0 ? out.writes : everywhere;
    if (out.writes.empty()) out.writes = out.reads;
    return out;
}

std::vector<TouchShards> routeKeyed(const std::vector<Touch>& touches, const KeyUse& use, const sharding::KeyPlacement& placement) {
    const auto pointShards = pointShardsOf(use, placement);
    const auto otherShards = otherShardsOf(use, placement);
    std::vector<TouchShards> result(touches.size());
    auto entry = use.entries.begin();
    for (uint32_t touch = 0; touch < touches.size(); ++touch) {
        uint32_t reads = 0, writes = 0;
        TouchShards& out = result[touch];
        for (; entry != use.entries.end() && entry->touch == touch; ++entry) {
            reads += entry->reads;
            writes += entry->writes;
            if (entry->item & KeyUse::complexItem) {
                const auto& shards = otherShards[entry->item & ~KeyUse::complexItem];
                if (entry->reads) out.reads.unite(shards);
                if (entry->writes) out.writes.unite(shards);
            } else {
                if (entry->reads) out.reads.insert(pointShards[entry->item]);
                if (entry->writes) out.writes.insert(pointShards[entry->item]);
            }
        }
        if (reads < touches[touch].reads) out.reads.unite(placement.everywhere());
        if (writes < touches[touch].writes) out.writes.unite(placement.everywhere());
    }
    return result;
}

std::vector<TouchShards> routeWithoutKey(const std::vector<Touch>& touches, const sharding::TableDesign& table, uint32_t shards) {
    std::vector<TouchShards> result(touches.size());
    for (size_t i = 0; i < touches.size(); ++i) {
        const auto route = [&](AccessKind kind, bool locked) {
            TableAccess access;
            access.kind = kind;
            access.locked = locked;
            return sharding::routeWithoutKey(table.strategy, table.home, shards, access);
        };
        if (touches[i].writes) result[i].writes = route(AccessKind::write, false).shards;
        if (!touches[i].reads) continue;
        const auto reads = route(AccessKind::read, touches[i].locks);
        if (reads.anyOne) result[i].readsReference = true;
        else result[i].reads = reads.shards;
    }
    return result;
}

}  // namespace foreshard::cost
