// A table of numeric features, one row an example, stored row by row; NaN is "not known". What trees, networks and linear
// models learn from. Plain value.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace foreshard::models {

struct Table {
    uint32_t columns = 0;
    std::vector<float> values;

    explicit Table(uint32_t width = 0) : columns(width) {}
    size_t rows() const { return columns == 0 ? 0 : values.size() / columns; }
    std::span<const float> row(size_t i) const { return {values.data() + i * columns, columns}; }
    // A fresh row of zeros at the end, to be filled.
    std::span<float> addRow() {
        values.resize(values.size() + columns, 0.0f);
        return {values.data() + values.size() - columns, columns};
    }
    bool operator==(const Table&) const = default;
};

}  // namespace foreshard::models
