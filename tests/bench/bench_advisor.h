// The mixes of bench_advisor: what makes them, and what is published of them.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "samples/generator/transaction.h"

namespace foreshard::bench {

struct Bench {
    std::string name;
    uint32_t shards = 2;
    std::function<std::unique_ptr<samplegen::Mix>()> make;
    // Table → its published key; several where any will do; "reference" too. Empty: the textbook loses here, compare only.
    std::map<std::string, std::vector<std::string>> published;
    std::optional<double> closedForm;    // multi-shard share
    bool agree = true;                   // the advice is expected to be the published design
};

std::vector<Bench> benches();

// A load on so many tables of so many columns, for the time alone.
std::unique_ptr<samplegen::Mix> wideMix(int tables, int columns);

}  // namespace foreshard::bench
