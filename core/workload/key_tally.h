// KeyTally: the KeySketch of one column while a log is read. Keys wait in a block and are counted block by block, so that the table
// is in the cache while it is worked on, and the next keys' lines are on their way while one is counted. Registers are made once a key
// is lost; from then on a key that is new to the table goes to them too. A column that few calls bind costs what its keys take. Not thread-safe.
#pragma once

#include <algorithm>
#include <vector>

#include "core/workload/key_sketch.h"

namespace foreshard::workload {

class KeyTally {
public:
    explicit KeyTally(uint32_t counters) : counters_(counters) {}   // 0: counts nothing

    void add(uint64_t hash, Weight weight) {
        if (counters_ == 0) return;
        if (weight != weight_ || waiting_ == block_.size()) makeRoom(weight);
        block_[waiting_++] = hash;
    }
    // Moves everything out; it is empty then.
    KeySketch take();

private:
    // A key whose place and the `mostProbes` behind it are taken is not kept but counted as error: nobody can make it slow by choosing
    // keys that collide.
    static constexpr size_t mostProbes = 512;   // by chance half full runs get this long once in 10^40 keys
    static constexpr int ahead = 8;
    static constexpr size_t blockKeys = 128, firstSlots = 16;

    void makeRoom(Weight nextWeight);
    void countBlock(Weight nextWeight);
    void count(uint64_t hash);
    bool place(KeyCount key);
    void placeAll(const std::vector<KeyCount>& keys);   // into an empty table
    void setSize(size_t slots);
    void grow();
    void lighten();
    // In the order of the hash, nearly: what is left to sort has few steps to go.
    std::vector<KeyCount> sorted() const;
    void makeRegisters() {
        if (registers_.empty()) registers_ = registersOf(sorted());
    }
    // A smaller table is never so full that a run of it gets this long.
    size_t probes() const { return std::min(mostProbes, slots_); }
    size_t home(uint64_t hash) const { return static_cast<size_t>(hash >> shift_); }

    uint32_t counters_;
    uint32_t waiting_ = 0;
    Weight weight_ = 0;
    std::vector<uint64_t> block_;          // of weight_ each; grows to blockKeys
    std::vector<KeyCount> table_;          // open addressing by the hash's upper bits; count 0: free
    int shift_ = 64;
    size_t kept_ = 0, slots_ = 0;
    Weight error_ = 0, total_ = 0;
    std::vector<uint8_t> registers_;       // empty while no key is lost
};

}  // namespace foreshard::workload
