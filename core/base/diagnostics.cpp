#include "core/base/diagnostics.h"

#include <algorithm>
#include <tuple>

namespace foreshard {

namespace {

// Errors, warnings, notes; each in the order of the files.
bool before(const Diagnostic& a, const Diagnostic& b) {
    if (a.severity != b.severity) return a.severity > b.severity;
    const auto place = [](const Diagnostic& d) { return std::tie(d.file, d.line, d.column, d.reason, d.message); };
    return place(a) < place(b);
}

// Whether one of the same reason stands in front of `end`, so that the one there is not the only example of its kind.
template <typename At>
bool hasExample(At begin, At end, const std::string& reason) {
    return std::any_of(begin, end, [&](const Diagnostic& d) { return d.reason == reason; });
}

}  // namespace

const char* toString(Severity severity) {
    switch (severity) {
        case Severity::note: return "note";
        case Severity::warning: return "warning";
        case Severity::error: return "error";
    }
    return "error";
}

void Diagnostics::add(Diagnostic diagnostic) {
    ++byReason_[diagnostic.reason];
    if (limit_ == 0) return;
    const auto place = std::upper_bound(shown_.begin(), shown_.end(), diagnostic, before);
    // A flood of later lines costs a few comparisons each, not a sort: behind all that may go, it would be the one to go.
    if (shown_.size() == limit_ && hasExample(shown_.begin(), place, diagnostic.reason)) {
        auto last = shown_.end();
        while (last != place && !hasExample(shown_.begin(), last - 1, (last - 1)->reason)) --last;
        if (last == place) return;
    }
    shown_.insert(place, std::move(diagnostic));
    trim();
}

void Diagnostics::merge(const Diagnostics& other) {
    limit_ = std::max(limit_, other.limit_);
    shown_.insert(shown_.end(), other.shown_.begin(), other.shown_.end());
    for (const auto& [reason, times] : other.byReason_) byReason_[reason] += times;
    trim();
}

uint64_t Diagnostics::total() const {
    uint64_t sum = 0;
    for (const auto& entry : byReason_) sum += entry.second;
    return sum;
}

Diagnostics Diagnostics::restore(size_t limit, std::vector<Diagnostic> shown, std::map<std::string, uint64_t> byReason) {
    Diagnostics result(limit);
    result.shown_ = std::move(shown);
    result.byReason_ = std::move(byReason);
    result.trim();
    return result;
}

// Keeps the first of each reason, and of the others the first ones. So merging is associative: what is first of its reason among all
// is so in every part of them, and what is among the first of the others too.
void Diagnostics::trim() {
    std::stable_sort(shown_.begin(), shown_.end(), before);
    for (size_t i = shown_.size(); i > 0 && shown_.size() > limit_; --i) {
        const auto at = shown_.begin() + static_cast<std::ptrdiff_t>(i - 1);
        if (hasExample(shown_.begin(), at, at->reason)) shown_.erase(at);
    }
    if (shown_.size() > limit_) shown_.resize(limit_);
}

}  // namespace foreshard
