#include "core/advisor/shortlist.h"

#include <algorithm>
#include <array>

namespace foreshard::advisor {

using workload::TableId;

namespace {

struct Respect {
    double a, b;
    double clear;        // from this difference on one is clearly better
};

constexpr double fewTwins = 0.05;        // plans that differ in less of the accesses come last
constexpr double otherDesign = 0.5;      // runner-ups that differ in so much of the accesses come first: another answer, not a variant
constexpr double asGood = 0.005;         // those fill up a short list only if they are as good as the best one

}  // namespace

bool askedFor(const Candidates& candidates, const Plan& plan) {
    if (candidates.growsFrom == 0) return false;
    for (const TableId id : candidates.order) {
        const auto* column = columnOf(candidates, id, plan.choices[id]);
        if (column && column->classId < plan.shapes.size() && plan.shapes[column->classId] == ringShape) return true;
    }
    return false;
}

bool dominates(const Cost& a, const Cost& b) {
    const std::array<Respect, 4> respects{{{a.readVisits + a.writeVisits, b.readVisits + b.writeVisits, 0.005},
                                           {a.writeVisits, b.writeVisits, 0.005},
                                           {a.peakWork, b.peakWork, 0.05},
                                           {a.peakStorage, b.peakStorage, 0.05}}};
    const bool worse = std::any_of(respects.begin(), respects.end(), [](const Respect& r) { return r.b <= r.a - r.clear; });
    return !worse && std::any_of(respects.begin(), respects.end(), [](const Respect& r) { return r.a <= r.b - r.clear; });
}

double difference(const Candidates& candidates, const Plan& a, const Plan& b) {
    const auto placeOf = [&](const Plan& plan, TableId id) {
        const auto* column = columnOf(candidates, id, plan.choices[id]);
        const uint32_t shape = column && column->classId < plan.shapes.size() ? plan.shapes[column->classId] : hashShape;
        return std::pair(plan.choices[id], shape);
    };
    double other = 0, all = 0;
    for (const TableId id : candidates.order) {
        const double accesses = candidates.tables[id].reads + candidates.tables[id].writes;
        all += accesses;
        if (placeOf(a, id) != placeOf(b, id)) other += accesses;
    }
    return all > 0 ? other / all : 0;
}

std::vector<FoundPlan> shortlist(const Candidates& candidates, const std::vector<FoundPlan>& plans, double worst, size_t most) {
    std::vector<FoundPlan> chosen, twins, beaten;
    const auto nearestTo = [&](const Plan& plan) {
        double nearest = 1;
        for (const FoundPlan& other : chosen) nearest = std::min(nearest, difference(candidates, other.plan, plan));
        return nearest;
    };
    for (const FoundPlan& plan : plans) {
        if (chosen.empty()) {
            chosen.push_back(plan);
            continue;
        }
        if (chosen.size() >= most || plan.cost.total >= worst) break;
        if (std::any_of(plans.begin(), plans.end(), [&](const FoundPlan& other) { return dominates(other.cost, plan.cost); })) {
            beaten.push_back(plan);
            continue;
        }
        const double nearest = nearestTo(plan.plan);
        if (nearest >= fewTwins) chosen.push_back(plan);
        else if (nearest > 0 && plan.cost.total - plans.front().cost.total < asGood) twins.push_back(plan);
    }
    const size_t enough = std::min(most, enoughDesigns);
    for (size_t i = 0; i < twins.size() && chosen.size() < enough; ++i) chosen.push_back(twins[i]);
    for (const double apart : {otherDesign, fewTwins})
        for (size_t i = 0; i < beaten.size() && chosen.size() < enough; ++i)
            if (nearestTo(beaten[i].plan) >= apart) chosen.push_back(beaten[i]);
    const auto asked = [&](const FoundPlan& found) { return askedFor(candidates, found.plan); };
    if (const auto ring = std::find_if(plans.begin(), plans.end(), asked); ring != plans.end() && std::none_of(chosen.begin(), chosen.end(), asked) && most > 1) {
        if (chosen.size() >= most) chosen.pop_back();
        chosen.push_back(*ring);
    }
    std::stable_sort(chosen.begin() + 1, chosen.end(), [](const auto& a, const auto& b) { return a.cost.total < b.cost.total; });
    return chosen;
}

}  // namespace foreshard::advisor
