// HitCounts: reads and writes by a number (slot or dyadic range) in one interval, while a log is read. The first hits stand in a list;
// past `mostListed` of them, dense pages take over, which cost no search. So a column that few calls bind costs what these take, and one
// that many bind is as fast as an array. Not thread-safe.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "core/base/units.h"

namespace foreshard::workload {

template <size_t pageSize>
class HitCounts {
public:
    void add(uint32_t number, bool write, Weight weight) {
        if (!dense_) return list({number, write ? 0 : weight, write ? weight : 0});
        Sum& sum = sumAt(number);
        ++hits_;
        if (sum.reads == 0 && sum.writes == 0) touched_.push_back(number);
        (write ? sum.writes : sum.reads) += weight;
    }

    // Gives fn(number, reads, writes) in the order of the numbers, each once; nothing is counted then.
    template <typename Fn>
    void take(Fn fn) {
        dense_ ? takePages(fn) : takeList(fn);
        hits_ = 0;
    }

private:
    static constexpr size_t mostListed = 256;
    struct Sum {
        Weight reads = 0, writes = 0;
    };
    struct Hit {
        uint32_t number = 0;
        Weight reads = 0, writes = 0;
    };
    using Page = std::array<Sum, pageSize>;

    void list(const Hit& hit) {
        listed_.push_back(hit);
        if (listed_.size() < mostListed) return;
        dense_ = true;
        for (const auto& each : listed_) add(each.number, each.writes > 0, each.reads + each.writes);
        listed_ = decltype(listed_)();
    }

    Sum& sumAt(uint32_t number) {
        const size_t page = number / pageSize;
        if (page >= pages_.size()) pages_.resize(page + 1);
        if (!pages_[page]) pages_[page] = std::make_unique<Page>();
        return (*pages_[page])[number % pageSize];
    }

    template <typename Fn>
    void takeList(Fn fn) {
        std::sort(listed_.begin(), listed_.end(), [](const Hit& a, const Hit& b) { return a.number < b.number; });
        for (size_t i = 0; i < listed_.size();) {
            Hit sum = listed_[i];
            for (++i; i < listed_.size() && listed_[i].number == sum.number; ++i) {
                sum.reads += listed_[i].reads;
                sum.writes += listed_[i].writes;
            }
            fn(sum.number, sum.reads, sum.writes);
        }
        listed_.clear();
    }

    template <typename Fn>
    void takePages(Fn fn) {
        std::sort(touched_.begin(), touched_.end());
        for (const uint32_t number : touched_) {
            const Sum sum = std::exchange(sumAt(number), Sum());
            fn(number, sum.reads, sum.writes);
        }
        touched_.clear();
        if (hits_ >= mostListed) return;
        // The column has become quiet.
        dense_ = false;
        pages_ = decltype(pages_)();
        touched_ = decltype(touched_)();
    }

    bool dense_ = false;
    uint64_t hits_ = 0;                        // since take(), by pages
    std::vector<Hit> listed_;
    std::vector<std::unique_ptr<Page>> pages_;
    std::vector<uint32_t> touched_;
};

}  // namespace foreshard::workload
