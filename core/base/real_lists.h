// Lists of real numbers in a serialised form. What is not finite makes the reader fail: no stored value of ours is. Pure.
#pragma once

#include <cmath>
#include <vector>

#include "core/base/bytes.h"

namespace foreshard {

inline void writeReals(ByteWriter& out, const std::vector<double>& values) {
    out.list(values, [](ByteWriter& w, double v) { w.real(v); });
}

inline std::vector<double> readReals(ByteReader& in) {
    std::vector<double> values;
    in.list([&](ByteReader& r) {
        values.push_back(r.real());
        if (!std::isfinite(values.back())) r.fail();
    });
    return values;
}

}  // namespace foreshard
