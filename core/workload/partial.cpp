#include "core/workload/partial.h"

#include "core/workload/merge.h"

namespace foreshard::workload {

Partial::Partial() : data_(std::make_unique<PartialData>()) {}
Partial::Partial(std::unique_ptr<PartialData> data) : data_(std::move(data)) {}
Partial::Partial(const Partial& other) : data_(std::make_unique<PartialData>(*other.data_)) {}
Partial::Partial(Partial&& other) noexcept : data_(std::move(other.data_)) { other.data_ = std::make_unique<PartialData>(); }
Partial& Partial::operator=(const Partial& other) {
    if (this != &other) data_ = std::make_unique<PartialData>(*other.data_);
    return *this;
}
Partial& Partial::operator=(Partial&& other) noexcept {
    std::swap(data_, other.data_);
    return *this;
}
Partial::~Partial() = default;

Status Partial::merge(const Partial& other) {
    FS_TRY(mergeable(*data_, *other.data_));
    mergeData(*data_, PartialData(*other.data_));
    return {};
}

Status Partial::merge(Partial&& other) {
    FS_TRY(mergeable(*data_, *other.data_));
    mergeData(*data_, std::move(*other.data_));
    *other.data_ = PartialData();
    return {};
}

PartialData Partial::takeData() && { return std::exchange(*data_, PartialData()); }

bool Partial::empty() const { return !data_->schema; }
uint64_t Partial::callsLogged() const { return data_->callsLogged; }
TimeRange Partial::times() const { return data_->first ? TimeRange{*data_->first, *data_->last + 1} : TimeRange{}; }
bool Partial::overLimit() const { return data_->overTemplates || data_->overClasses || data_->overWaiting || data_->overCalls || data_->countsCut != UINT64_MAX; }

uint64_t Partial::waitingCalls() const {
    uint64_t calls = 0;
    for (const auto& [name, source] : data_->sources)
        for (const auto& span : source.spans)
            for (const auto& [session, fragment] : span.sessions) {
                calls += fragment.headCalls;
                for (const auto& transaction : fragment.waiting) calls += transaction.count;
            }
    return calls;
}

}  // namespace foreshard::workload
