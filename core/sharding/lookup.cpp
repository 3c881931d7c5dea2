#include "core/sharding/lookup.h"

#include <algorithm>

#include "core/sharding/key_expression.h"
#include "core/sharding/key_placement.h"
#include "core/sharding/router.h"

namespace foreshard::sharding {

LookupBinder::LookupBinder(const Lookup& lookup, std::span<const KeyPart> key, workload::TableId table, const workload::Facts& facts, const LookupSource* stored)
    : lookup_(lookup), stored_(stored) {
    const bool usable = lookup.derived() ? lookup.from.size() == 1 && lookup.to.size() == 1 && lookup.from[0].bare() : stored && !lookup.from.empty();
    if (!usable) return;
    for (const auto& part : lookup.to) {
        const auto found = std::find_if(key.begin(), key.end(), [&](const KeyPart& k) { return k.expression == part.expression; });
        if (found == key.end()) {
            targets_.clear();
            return;
        }
        targets_.push_back(static_cast<size_t>(found - key.begin()));
    }
    for (const auto& part : lookup.from) from_.emplace_back(part, table, facts);
}

bool LookupBinder::narrow(std::span<const workload::BoundKey> keys, bool inserted, std::vector<KeyConstraint>& before, workload::Provenance& provenance) const {
    const auto known = [&](size_t target) { return before[target].kind == KeyConstraint::Kind::values; };
    if (targets_.empty() || std::all_of(targets_.begin(), targets_.end(), known)) return false;
    std::vector<KeyConstraint> from;
    workload::Provenance used = workload::Provenance::lookedUp;
    for (const auto& part : from_) {
        from.push_back(part.constraint(keys, inserted, used));
        const auto& values = from.back().values;
        // Neither a condition on NULL nor an inserted NULL finds a key.
        if (from.back().kind != KeyConstraint::Kind::values || !std::all_of(values.begin(), values.end(), [](const Value& v) { return v.known(); })) return false;
    }
    const auto found = find(from);
    if (!found) return false;
    for (size_t i = 0; i < targets_.size(); ++i) before[targets_[i]].intersect((*found)[i]);
    provenance = std::max(provenance, used);
    return true;
}

std::optional<std::vector<KeyConstraint>> LookupBinder::find(std::span<const KeyConstraint> from) const {
    std::vector<std::vector<Value>> found(targets_.size());
    if (lookup_.derived()) {
        const KeyPart derived{lookup_.derivedBy, lookup_.from[0].column, lookup_.to[0].type};
        for (const Value& value : from[0].values) {
            found[0].push_back(keyPartValue(derived, value));
            if (!found[0].back().known()) return std::nullopt;
        }
    } else {
        bool all = detail::forEachKey(from, [&](std::span<const Value> values) {
            const auto keys = stored_->find(lookup_, values);
            if (!keys) found.clear();
            for (size_t i = 0; keys && i < found.size(); ++i)
                for (const auto& key : *keys)
                    if (i < key.size()) found[i].push_back(key[i]);
        });
        if (!all || found.empty()) return std::nullopt;
    }
    std::vector<KeyConstraint> out;
    for (auto& values : found) out.push_back(KeyConstraint::ofValues(std::move(values)));
    return out;
}

}  // namespace foreshard::sharding
