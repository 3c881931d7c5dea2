// The form of a mask (mask.h), for rooms that have to know one without making any.
#pragma once

#include <algorithm>

#include "core/base/value.h"

namespace foreshard::workload {

// "~" and 16 hexadecimal digits: equal masks stand for equal values, whatever the type of the column.
inline bool isMask(const Value& value) {
    constexpr size_t digits = 16;
    const auto hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
    return value.kind == ValueKind::text && value.text.size() == 1 + digits && value.text.front() == '~' && std::all_of(value.text.begin() + 1, value.text.end(), hex);
}

}  // namespace foreshard::workload
