#include "core/monitor/rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace foreshard::monitor {

std::string toWords(const SkewOptions& options) {
    return fmt::format("An alert begins when the hottest shard carries more than {:.2f} times the mean load in {} intervals in a row; intervals with fewer than {:.0f} accesses a shard tell nothing.",
                       options.limit, options.intervals, options.accessesPerShard);
}

Change SkewRule::feed(int64_t interval, double maxOverMean, double meanAccesses, const SkewOptions& options) {
    if (meanAccesses < options.accessesPerShard) return Change::none;
    const bool speaks = active_ ? maxOverMean < options.clearLimit() : maxOverMean > options.limit;
    if (!speaks) {
        row_ = 0;
        return Change::none;
    }
    if (row_++ == 0) rowBegan_ = interval;
    if (row_ < std::max<uint32_t>(1, options.intervals)) return Change::none;
    active_ = !active_;
    row_ = 0;
    since_ = rowBegan_;
    return active_ ? Change::began : Change::ended;
}

void SkewRule::write(ByteWriter& out) const {
    out.boolean(active_);
    out.varint(row_);
    out.zigzag(rowBegan_);
    out.zigzag(since_);
}

SkewRule SkewRule::read(ByteReader& in) {
    SkewRule rule;
    rule.active_ = in.boolean();
    rule.row_ = static_cast<uint32_t>(in.varint());
    rule.rowBegan_ = in.zigzag();
    rule.since_ = in.zigzag();
    return rule;
}

double binomialTail(uint32_t n, uint32_t k, double p) {
    double sum = 0;
    for (uint32_t i = k; i <= n; ++i)
        sum += std::exp(std::lgamma(n + 1.0) - std::lgamma(i + 1.0) - std::lgamma(n - i + 1.0) + i * std::log(p) + (n - i) * std::log1p(-p));
    return std::min(1.0, sum);
}

uint32_t DriftRule::outside() const {
    return static_cast<uint32_t>(std::count_if(recent_.begin(), recent_.end(), [](const auto& value) { return value.second; }));
}

Change DriftRule::feed(int64_t interval, bool inside, const DriftOptions& options) {
    recent_.emplace_back(interval, !inside);
    while (recent_.size() > std::max<uint32_t>(1, options.window)) recent_.pop_front();
    if (recent_.size() < options.least) return Change::none;
    const double chance = binomialTail(values(), outside(), options.outside);
    if (!active_ && chance < options.begins) {
        active_ = true;
        since_ = std::find_if(recent_.begin(), recent_.end(), [](const auto& value) { return value.second; })->first;
        return Change::began;
    }
    if (active_ && chance > options.ends) {
        active_ = false;
        since_ = interval;
        return Change::ended;
    }
    return Change::none;
}

void DriftRule::write(ByteWriter& out) const {
    out.boolean(active_);
    out.zigzag(since_);
    out.list(recent_, [](ByteWriter& w, const std::pair<int64_t, bool>& value) {
        w.zigzag(value.first);
        w.boolean(value.second);
    });
}

DriftRule DriftRule::read(ByteReader& in) {
    DriftRule rule;
    rule.active_ = in.boolean();
    rule.since_ = in.zigzag();
    in.list([&](ByteReader& r) {
        const int64_t interval = r.zigzag();
        rule.recent_.emplace_back(interval, r.boolean());
    });
    return rule;
}

}  // namespace foreshard::monitor
