#include "core/workload/key_tally.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace foreshard::workload {

void KeyTally::setSize(size_t slots) {
    const auto keys = sorted();
    slots_ = slots;
    shift_ = 64 - (std::bit_width(slots) - 1);
    // Runs may reach over the end: no key has to wrap around.
    table_.assign(slots + probes(), {});
    placeAll(keys);
}

void KeyTally::placeAll(const std::vector<KeyCount>& keys) {
    kept_ = 0;
    for (const auto& key : keys) {
        if (place(key)) continue;
        if (registers_.empty()) registers_ = registersOf(keys);
        error_ += key.count;
    }
}

// False where there is no room near its home.
bool KeyTally::place(KeyCount key) {
    KeyCount* slot = &table_[home(key.hash)];
    for (size_t i = probes(); i > 0; --i, ++slot) {
        if (slot->count != 0) continue;
        *slot = key;
        ++kept_;
        return true;
    }
    return false;
}

void KeyTally::count(uint64_t hash) {
    KeyCount* slot = &table_[home(hash)];
    for (size_t i = probes(); i > 0; --i, ++slot) {
        if (slot->count == 0) {
            *slot = {hash, weight_};
            ++kept_;
            if (!registers_.empty()) noteKey(registers_, hash);
            if (2 * kept_ > slots_) grow();
            return;
        }
        if (slot->hash != hash) continue;
        slot->count += weight_;
        return;
    }
    makeRegisters();
    noteKey(registers_, hash);
    error_ += weight_;
}

// At most half full, and of no more slots than 2c keys need for that.
void KeyTally::grow() {
    const size_t most = std::bit_ceil(size_t{4} * counters_);
    slots_ < most ? setSize(std::min(4 * slots_, most)) : lighten();
}

void KeyTally::makeRoom(Weight nextWeight) {
    if (nextWeight != weight_ || block_.size() >= blockKeys) countBlock(nextWeight);
    if (waiting_ == block_.size()) block_.resize(std::clamp<size_t>(4 * block_.size(), 4, blockKeys));
}

void KeyTally::countBlock(Weight nextWeight) {
    if (waiting_ > 0) {
        if (table_.empty()) setSize(firstSlots);
        total_ += weight_ * waiting_;
        for (uint32_t i = 0; i < waiting_; ++i) {
            if (i + ahead < waiting_) __builtin_prefetch(&table_[home(block_[i + ahead])], 1);
            count(block_[i]);
        }
        if (kept_ > size_t{2} * counters_) lighten();
    }
    waiting_ = 0;
    weight_ = nextWeight;
}

void KeyTally::lighten() {
    auto keys = sorted();
    if (keys.size() <= size_t{2} * counters_) return;
    makeRegisters();
    error_ += lightenKeys(keys, counters_);
    table_.assign(table_.size(), {});
    placeAll(keys);
}

std::vector<KeyCount> KeyTally::sorted() const {
    std::vector<KeyCount> keys;
    keys.reserve(kept_);
    for (const auto& slot : table_) {
        if (slot.count == 0) continue;
        keys.push_back(slot);
        for (size_t i = keys.size() - 1; i > 0 && keys[i].hash < keys[i - 1].hash; --i) std::swap(keys[i], keys[i - 1]);
    }
    return keys;
}

KeySketch KeyTally::take() {
    countBlock(0);
    KeySketch sketch{sorted(), error_, total_, std::exchange(registers_, {})};
    table_ = {};
    kept_ = slots_ = 0;
    error_ = total_ = 0;
    return sketch;
}

}  // namespace foreshard::workload
