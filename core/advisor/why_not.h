// "Why not this column?": the best design in which a table has that key, beside the best one of all. Same rules as advise().
#pragma once

#include <string>

#include "core/advisor/advisor.h"

namespace foreshard::advisor {

struct WhyNot {
    std::string table, column;           // qualified name; key column, "reference" or "unsharded"
    RankedDesign winner, asked;          // the same keys where the winner has it
    std::string answer;                  // in words
};

// `question`: as a pin is written, "orders=customer_id", "public.orders=customer_id", "orders=reference"; or with a point. The
// numbers are those of advise(), and of advise() with that pin. Errors: usage where it names nothing.
Result<WhyNot> whyNot(const workload::Workload& workload, const Options& options, const std::string& question, Job& job);

}  // namespace foreshard::advisor
