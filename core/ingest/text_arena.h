// TextArena: copies of short-lived texts that stay where they are until clear(). Not thread-safe.
#pragma once

#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

namespace foreshard::ingest {

class TextArena {
public:
    std::string_view copy(std::string_view text) {
        if (text.empty()) return {};
        if (text.size() > chunkBytes / 4) {
            large_.push_back(std::make_unique_for_overwrite<char[]>(text.size()));
            std::memcpy(large_.back().get(), text.data(), text.size());
            return {large_.back().get(), text.size()};
        }
        if (chunks_.empty() || used_ + text.size() > chunkBytes) {
            if (!chunks_.empty()) ++current_;
            if (current_ == chunks_.size()) chunks_.push_back(std::make_unique_for_overwrite<char[]>(chunkBytes));
            used_ = 0;
        }
        char* place = chunks_[current_].get() + used_;
        std::memcpy(place, text.data(), text.size());
        used_ += text.size();
        return {place, text.size()};
    }
    // Keeps its chunks for the next use.
    void clear() {
        large_.clear();
        current_ = 0;
        used_ = 0;
    }

private:
    static constexpr size_t chunkBytes = 256 << 10;
    std::vector<std::unique_ptr<char[]>> chunks_, large_;
    size_t current_ = 0, used_ = 0;
};

}  // namespace foreshard::ingest
