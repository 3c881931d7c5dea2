// Pace: how long a migration holds a lock that writers want, and how long it keeps off afterwards. SQLite has no queue: a lock
// goes to whoever looks while it is free, and who waits looks from time to time. One that is taken again at once starves all
// others, the migration's own other connections among them.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <thread>

namespace foreshard::migration {

using Held = std::chrono::duration<double>;

class Pace {
public:
    explicit Pace(uint64_t mostRows) : rows_(mostRows), most_(mostRows) {}
    // How many rows the next slice may have.
    uint64_t rows() const { return rows_; }

    // Runs a slice, of whatever returns a Result, under the lock; then keeps off for half as long, and makes the next one fit.
    template <typename Slice>
    auto run(Slice slice) {
        const auto started = std::chrono::steady_clock::now();
        auto result = slice();
        const Held held = std::chrono::steady_clock::now() - started;
        const double fits = static_cast<double>(rows_) * (wanted / std::max(held, Held(1e-4)));
        rows_ = static_cast<uint64_t>(std::clamp(fits, std::max<double>(leastRows, static_cast<double>(rows_) / 2), std::max<double>(leastRows, static_cast<double>(rows_) * 2)));
        rows_ = std::min(rows_, most_);
        keepOff(held, 0.5);
        return result;
    }

    static void keepOff(Held held, double share) { std::this_thread::sleep_for(std::clamp(held * share, Held(0.005), Held(0.25))); }

private:
    static constexpr Held wanted{0.1};
    static constexpr uint64_t leastRows = 50;
    uint64_t rows_, most_;
};

}  // namespace foreshard::migration
