// The growing edge of keys: whether new keys only grow (serial numbers, times), and which ones come next. The hottest keys of
// the next window are then often keys that nobody has touched yet, which no count can name. Fed with one access after the
// other; knows nothing of what follows. Not thread-safe.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <unordered_map>
#include <vector>

namespace foreshard::models {

// Items that are expected to be touched for the first time, the next one first; their accesses in the window that follows.
struct ComingItems {
    std::vector<uint32_t> items;   // a key that is in no trace gets a number behind all items
    std::vector<float> rates;
};

class GrowingEdge {
public:
    // `values`: of the keys, by item; empty where they are no numbers.
    explicit GrowingEdge(const std::vector<int64_t>& values);

    void access(uint32_t item, bool first);
    void endWindow();
    // At most `most`; none where the keys of the last windows did not only grow.
    ComingItems coming(size_t most) const;

private:
    struct Window {
        uint64_t fresh = 0, above = 0;   // keys touched for the first time, and those of them above all before
        uint64_t accesses = 0;           // to fresh keys
        std::vector<int64_t> steps;      // from the highest key to the next
    };
    const std::vector<int64_t>& values_;
    std::unordered_map<int64_t, uint32_t> items_;   // by value
    std::vector<bool> freshNow_;                    // by item: first touched in the current window
    std::optional<int64_t> highest_;
    Window now_;
    std::deque<Window> windows_;                    // the last ones
};

}  // namespace foreshard::models
