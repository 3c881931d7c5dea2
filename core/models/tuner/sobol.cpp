#include "core/models/tuner/sobol.h"

#include <algorithm>
#include <array>
#include <bit>

#include "core/base/hash.h"

namespace foreshard::models {

namespace {

constexpr size_t bits = 32;

// A primitive polynomial (degree, inner coefficients) and the first direction numbers, of dimensions 2 to 21.
struct Direction {
    uint32_t degree, inner;
    std::array<uint32_t, 7> first;
};
constexpr Direction directions[mostSobolDimensions - 1] = {
    {1, 0, {1}},
    {2, 1, {1, 3}},
    {3, 1, {1, 3, 1}},
    {3, 2, {1, 1, 1}},
    {4, 1, {1, 1, 3, 3}},
    {4, 4, {1, 3, 5, 13}},
    {5, 2, {1, 1, 5, 5, 17}},
    {5, 4, {1, 1, 5, 5, 5}},
    {5, 7, {1, 1, 7, 11, 19}},
    {5, 11, {1, 1, 5, 1, 1}},
    {5, 13, {1, 1, 1, 3, 11}},
    {5, 14, {1, 3, 5, 5, 31}},
    {6, 1, {1, 3, 3, 9, 7, 49}},
    {6, 13, {1, 1, 1, 15, 21, 21}},
    {6, 16, {1, 3, 1, 13, 27, 49}},
    {6, 19, {1, 1, 1, 15, 7, 5}},
    {6, 22, {1, 3, 1, 15, 13, 25}},
    {6, 25, {1, 1, 5, 5, 19, 61}},
    {7, 1, {1, 3, 7, 11, 23, 15, 103}},
    {7, 4, {1, 3, 7, 13, 13, 15, 69}},
};

std::array<uint32_t, bits> columnsOf(size_t dimension) {
    std::array<uint32_t, bits> columns{};
    if (dimension == 0) {
        for (size_t i = 0; i < bits; ++i) columns[i] = 1u << (bits - 1 - i);
        return columns;
    }
    const Direction& d = directions[dimension - 1];
    for (size_t i = 0; i < d.degree; ++i) columns[i] = d.first[i] << (bits - 1 - i);
    for (size_t i = d.degree; i < bits; ++i) {
        columns[i] = columns[i - d.degree] ^ (columns[i - d.degree] >> d.degree);
        for (uint32_t k = 1; k < d.degree; ++k)
            if (d.inner >> (d.degree - 1 - k) & 1) columns[i] ^= columns[i - k];
    }
    return columns;
}

}  // namespace

std::vector<std::vector<double>> sobolPoints(size_t dimensions, size_t count, uint64_t seed, size_t skip) {
    dimensions = std::clamp<size_t>(dimensions, 1, mostSobolDimensions);
    std::vector<std::vector<double>> points(count, std::vector<double>(dimensions));
    for (size_t d = 0; d < dimensions; ++d) {
        const auto columns = columnsOf(d);
        const auto shift = static_cast<uint32_t>(combineHash(combineHash(seed, 0x536f626f6c), d) >> 32);
        for (size_t i = 0; i < count; ++i) {
            const auto index = static_cast<uint32_t>(skip + i), gray = index ^ (index >> 1);
            uint32_t digits = shift;
            for (uint32_t rest = gray; rest != 0; rest &= rest - 1) digits ^= columns[static_cast<size_t>(std::countr_zero(rest))];
            points[i][d] = static_cast<double>(digits) * 0x1p-32;
        }
    }
    return points;
}

}  // namespace foreshard::models
