// What people want of a design, put into the candidates that the search works with: pinned and forbidden keys, tables that
// keep today's layout, tables that must or must not lie together, strategies. What contradicts itself is left to the search, and the limits say so.
#pragma once

#include "core/advisor/plan.h"

namespace foreshard::advisor {

// Before classes are made: pins, locks, forbidden keys, tables together. A usage error for what names nothing.
Status addSteering(const workload::Facts& facts, const Options& options, Candidates& candidates);
// Once classes are made: tables locked to a hash key bring their slots, so that others of their class can lie with them.
void fixLockedSlots(Candidates& candidates);

// Wishes that the plan does not keep: pairs of tables that it keeps apart although they are wanted together, or together although
// they are wanted apart, and tables that it places otherwise than they are pinned, or as it is forbidden.
size_t unkept(const Candidates& candidates, const Plan& plan);
// A sentence for each.
std::vector<std::string> saysUnkept(const Candidates& candidates, const Plan& plan);

// Cost of one of them: more than any design has.
constexpr double unkeptCost = 1e6;

}  // namespace foreshard::advisor
