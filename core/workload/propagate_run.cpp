#include "core/workload/propagate_run.h"

namespace foreshard::workload {

const Propagator::Run::Bound* Propagator::Run::Use::find(ColumnId column) const {
    for (const auto& each : bound)
        if (each.column == column) return &each;
    return nullptr;
}

const std::vector<PropagatedKey>& Propagator::Run::run(std::span<const PropagationCall> calls) {
    useCount_ = 0;
    values_.clear();
    assigned_.clear();
    result_.clear();
    for (uint32_t i = 0; i < calls.size(); ++i)
        if (calls[i].resolution) addCall(i, calls[i]);
    for (int round = 0; round < rounds; ++round) {
        ++round_;
        rowCount_ = 0;
        facts_.clear();
        for (size_t i = 0; i < useCount_; ++i) contribute(uses_[i]);
        bool changed = false;
        for (size_t i = 0; i < useCount_; ++i) changed |= inherit(uses_[i]);
        if (!changed) break;
    }
    for (size_t i = 0; i < useCount_; ++i)
        for (const auto& bound : uses_[i].bound)
            if (bound.inherited)
                result_.push_back({uses_[i].call, uses_[i].access, bound.column, std::span(values_).subspan(bound.first, bound.count)});
    return result_;
}

// ---- what the calls bind ------------------------------------------------------------------------------------------

void Propagator::Run::addCall(uint32_t index, const PropagationCall& call) {
    const Plan& plan = owner_.planOf(*call.resolution);
    assigned_.insert(assigned_.end(), plan.assigned.begin(), plan.assigned.end());
    if (plan.uses.empty()) return;
    indexLiterals(call.literals);
    for (const auto& planned : plan.uses) {
        if (useCount_ == uses_.size()) uses_.emplace_back();
        Use& use = uses_[useCount_++];
        use.call = index;
        use.access = planned.access;
        use.table = planned.table;
        use.usable = call.usable;
        use.byRow = planned.byRow;
        use.rows = 1;
        use.bound.clear();
        for (const auto* binding : planned.bindings) addBinding(use, *binding, call);
        for (const auto& bound : use.bound) use.rows = std::max(use.rows, bound.count);
    }
}

void Propagator::Run::indexLiterals(std::span<const LiteralRef> literals) {
    firstOfSlot_.clear();
    nextLiteral_.resize(literals.size());
    for (size_t i = literals.size(); i-- > 0;) {
        const uint32_t slot = literals[i].slot;
        if (slot > 65'535) continue;
        if (firstOfSlot_.size() <= slot) firstOfSlot_.resize(slot + 1, -1);
        nextLiteral_[i] = std::exchange(firstOfSlot_[slot], static_cast<int32_t>(i));
    }
}

// False where it was there before.
bool Propagator::Run::appendDistinct(uint32_t first, const KeyValue& value) {
    for (size_t i = first; i < values_.size(); ++i)
        if (values_[i].hash.hash == value.hash.hash) return false;
    values_.push_back(value);
    return true;
}

// Binds nothing where a value is not known.
void Propagator::Run::addBinding(Use& use, const KeyBinding& binding, const PropagationCall& call) {
    if (use.find(binding.column)) return;
    const auto& types = call.resolution->slotTypes;
    const auto first = static_cast<uint32_t>(values_.size());
    for (const uint32_t slot : binding.slots) {
        int32_t at = slot < firstOfSlot_.size() ? firstOfSlot_[slot] : -1;
        if (at < 0) return values_.resize(first);
        const ValueType type = slot < types.size() ? types[slot] : ValueType::unknown;
        for (; at >= 0; at = nextLiteral_[static_cast<size_t>(at)]) {
            const LiteralRef& literal = call.literals[static_cast<size_t>(at)];
            const KeyValue value{hashLiteral(literal, type), &literal, type};
            if (value.hash.missing || values_.size() - first == maxList) return values_.resize(first);
            if (use.byRow) values_.push_back(value);
            else if (value.hash.known) appendDistinct(first, value);
        }
    }
    if (values_.size() > first) use.bound.push_back({binding.column, first, static_cast<uint32_t>(values_.size()) - first, false});
}

// ---- rows and what is known of them ---------------------------------------------------------------------------------

// Fills hashes_ with the rows that `use` means by these columns (of its own table, named to the row by `as`). False: not all
// are known.
bool Propagator::Run::rowsBy(const Use& use, const std::vector<ColumnId>& columns, TableId as, uint32_t key) {
    hashes_.clear();
    absl::InlinedVector<const Bound*, 4> parts;
    size_t lists = 0, tuples = 1;
    bool wholeRows = use.byRow;
    for (const ColumnId column : columns) {
        const Bound* bound = use.find(column);
        if (!bound) return false;
        lists += bound->count > 1;
        tuples = std::max<size_t>(tuples, bound->count);
        wholeRows &= bound->count == use.rows || bound->count == 1;   // one for all rows: a session setting
        parts.push_back(bound);
    }
    if (!wholeRows && lists > 1) return false;   // which value goes with which is not said
    for (size_t i = 0; i < tuples; ++i) {
        uint64_t hash = combineHash(as, key);
        for (const Bound* part : parts) {
            const LiteralHash& value = values_[part->first + (part->count == 1 ? 0 : i)].hash;
            if (!value.known) return hashes_.clear(), false;
            hash = combineHash(hash, value.hash);
        }
        hashes_.push_back(hash);
    }
    return true;
}

// The value of `bound` in the i-th of `count` rows; nothing where it is not one value.
const KeyValue* Propagator::Run::valueIn(const Use& use, const Bound& bound, size_t i, size_t count) const {
    if (bound.count == 1) return &values_[bound.first];
    return use.byRow && !bound.inherited && bound.count == count ? &values_[bound.first + i] : nullptr;
}

void Propagator::Run::growRows() {
    std::vector<Row> before(rows_.size() * 2);
    before.swap(rows_);
    rowCount_ = 0;
    for (const Row& row : before)
        if (row.round == round_) rowAt(row.hash) = row;
}

// Open addressing; rows of earlier rounds count as free.
Propagator::Run::Row& Propagator::Run::rowAt(uint64_t hash) {
    if (rowCount_ * 2 >= rows_.size()) growRows();
    size_t at = hash & (rows_.size() - 1);
    while (rows_[at].round == round_ && rows_[at].hash != hash) at = (at + 1) & (rows_.size() - 1);
    Row& row = rows_[at];
    if (row.round != round_) {
        row = {hash, round_, none};
        ++rowCount_;
    }
    return row;
}

void Propagator::Run::learn(uint64_t hash, ColumnId column, const KeyValue& value) {
    if (!value.hash.known) return;
    Row& row = rowAt(hash);
    uint32_t last = none;
    for (uint32_t at = row.facts; at != none; at = facts_[at].next) {
        if (facts_[at].column == column) {
            if (facts_[at].value.hash.hash != value.hash.hash) facts_[at].value.hash.known = false;
            return;
        }
        last = at;
    }
    const auto made = static_cast<uint32_t>(facts_.size());
    (last == none ? row.facts : facts_[last].next) = made;
    facts_.push_back({column, none, value});
}

void Propagator::Run::contribute(const Use& use) {
    if (!use.usable) return;
    const auto& keys = owner_.keys(use.table);
    for (uint32_t k = 0; k < keys.unique.size(); ++k) {
        if (!rowsBy(use, keys.unique[k], use.table, k)) continue;
        for (size_t i = 0; i < hashes_.size(); ++i)
            for (const auto& bound : use.bound)
                if (const auto* value = valueIn(use, bound, i, hashes_.size())) learn(hashes_[i], bound.column, *value);
    }
    for (const auto& link : keys.links) {
        if (!rowsBy(use, link.childColumns, link.parent, link.parentKey)) continue;
        for (size_t i = 0; i < hashes_.size(); ++i)
            for (const auto& [child, parent] : link.pairs) {
                const auto* bound = use.find(child);
                const auto* value = bound ? valueIn(use, *bound, i, hashes_.size()) : nullptr;
                if (value) learn(hashes_[i], parent, *value);
            }
    }
}

bool Propagator::Run::inherit(Use& use) {
    bool changed = false;
    const auto& keys = owner_.keys(use.table);
    for (uint32_t k = 0; k < keys.unique.size(); ++k) {
        if (!rowsBy(use, keys.unique[k], use.table, k) || hashes_.empty()) continue;
        columns_.clear();
        for (uint32_t at = rowAt(hashes_[0]).facts; at != none; at = facts_[at].next) columns_.push_back(facts_[at].column);
        for (const ColumnId column : columns_) changed |= take(use, column, column);
    }
    for (const auto& link : keys.links) {
        if (!rowsBy(use, link.childColumns, link.parent, link.parentKey) || hashes_.empty()) continue;
        for (const auto& [child, parent] : link.pairs) changed |= take(use, parent, child);
    }
    return changed;
}

// Gives `use` the union of `known` over the rows in hashes_ as its column `wanted`, where every row tells.
bool Propagator::Run::take(Use& use, ColumnId known, ColumnId wanted) {
    if (use.find(wanted) || std::find(assigned_.begin(), assigned_.end(), wanted) != assigned_.end()) return false;
    const auto first = static_cast<uint32_t>(values_.size());
    for (const uint64_t hash : hashes_) {
        uint32_t at = rowAt(hash).facts;
        while (at != none && facts_[at].column != known) at = facts_[at].next;
        if (at == none || !facts_[at].value.hash.known) return values_.resize(first), false;
        appendDistinct(first, facts_[at].value);
    }
    use.bound.push_back({wanted, first, static_cast<uint32_t>(values_.size()) - first, true});
    return true;
}

}  // namespace foreshard::workload
