#include "core/base/diagnostics.h"

#include <algorithm>
#include <tuple>

namespace foreshard {

namespace {
auto orderOf(const Diagnostic& d) { return std::tie(d.file, d.line, d.column, d.reason, d.message); }
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
    // A flood of later lines costs one comparison each, not a sort.
    if (shown_.size() == limit_ && (limit_ == 0 || !(orderOf(diagnostic) < orderOf(shown_.back())))) return;
    const auto place = std::upper_bound(shown_.begin(), shown_.end(), diagnostic,
                                        [](const Diagnostic& a, const Diagnostic& b) { return orderOf(a) < orderOf(b); });
    shown_.insert(place, std::move(diagnostic));
    if (shown_.size() > limit_) shown_.pop_back();
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

void Diagnostics::trim() {
    std::stable_sort(shown_.begin(), shown_.end(),
                     [](const Diagnostic& a, const Diagnostic& b) { return orderOf(a) < orderOf(b); });
    if (shown_.size() > limit_) shown_.resize(limit_);
}

}  // namespace foreshard
