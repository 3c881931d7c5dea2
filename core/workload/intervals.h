// Points by interval: small helpers that series, totals and class counts share. A point has a member `interval`; a list is
// sorted by it and holds each interval once. Pure functions.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "core/base/time.h"

namespace foreshard::workload {

// The point of this interval, made where it is missing. Fast where time runs forward.
template <typename Point>
Point& pointAt(std::vector<Point>& points, int64_t interval) {
    if (!points.empty() && points.back().interval == interval) return points.back();
    if (points.empty() || points.back().interval < interval) {
        points.emplace_back().interval = interval;
        return points.back();
    }
    const auto place = std::lower_bound(points.begin(), points.end(), interval,
                                        [](const Point& point, int64_t wanted) { return point.interval < wanted; });
    if (place->interval == interval) return *place;
    Point fresh;
    fresh.interval = interval;
    return *points.insert(place, fresh);
}

// Adds sorted `from` to sorted `into`; `add(a, b)` sums b into a.
template <typename Point, typename Less, typename Add>
void addSorted(std::vector<Point>& into, const std::vector<Point>& from, Less less, Add add) {
    if (from.empty()) return;
    if (into.empty() || less(into.back(), from.front())) {
        into.insert(into.end(), from.begin(), from.end());
        return;
    }
    // What lies before `from` stays where it is: parts of a log most often come in the order of time.
    const auto stays = std::lower_bound(into.begin(), into.end(), from.front(), less) - into.begin();
    std::vector<Point> sum;
    sum.reserve(into.size() - static_cast<size_t>(stays) + from.size());
    auto a = into.begin() + stays;
    for (const auto& b : from) {
        while (a != into.end() && less(*a, b)) sum.push_back(*a++);
        if (a != into.end() && !less(b, *a)) {
            sum.push_back(*a++);
            add(sum.back(), b);
        } else {
            sum.push_back(b);
        }
    }
    sum.insert(sum.end(), a, into.end());
    if (stays == 0) {
        into = std::move(sum);
        return;
    }
    into.resize(static_cast<size_t>(stays));
    into.insert(into.end(), sum.begin(), sum.end());
}

// Sorts, then sums neighbours that are equal in order.
template <typename Point, typename Less, typename Add>
void sortAndSum(std::vector<Point>& points, Less less, Add add) {
    if (!std::is_sorted(points.begin(), points.end(), less)) std::sort(points.begin(), points.end(), less);
    size_t kept = 0;
    for (size_t i = 0; i < points.size(); ++i) {
        if (kept > 0 && !less(points[kept - 1], points[i])) add(points[kept - 1], points[i]);
        else points[kept++] = points[i];
    }
    points.resize(kept);
}

struct ByInterval {
    template <typename Point>
    bool operator()(const Point& a, const Point& b) const { return a.interval < b.interval; }
};

// The part of sorted `points` inside [first, end).
template <typename Point>
std::vector<Point> within(const std::vector<Point>& points, int64_t first, int64_t end) {
    const auto before = [](const Point& point, int64_t wanted) { return point.interval < wanted; };
    const auto from = std::lower_bound(points.begin(), points.end(), first, before);
    return {from, std::lower_bound(from, points.end(), end, before)};
}

}  // namespace foreshard::workload
