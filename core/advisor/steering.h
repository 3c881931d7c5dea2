// What people want of a design, put into the candidates that the search works with: pinned and forbidden keys, tables that
// keep today's layout, tables that must lie together. What contradicts itself is left to the search, and the limits say so.
#pragma once

#include "core/advisor/plan.h"

namespace foreshard::advisor {

// Before classes are made: pins, locks, forbidden keys, tables together. A usage error for what names nothing.
Status addSteering(const workload::Facts& facts, const Options& options, Candidates& candidates);
// Once classes are made: tables locked to a hash key bring their slots, so that others of their class can lie with them.
void fixLockedSlots(Candidates& candidates);

// Pairs of tables that the plan keeps apart although they are wanted together.
size_t apart(const Candidates& candidates, const Plan& plan);
// A sentence for each set of tables that the plan keeps apart.
std::vector<std::string> saysApart(const Candidates& candidates, const Plan& plan);

// Cost of one such pair: more than any design has.
constexpr double apartCost = 1e6;

}  // namespace foreshard::advisor
