// The mixes of bench_advisor: what makes them, and what is published of them; designs to hold beside the advice; and METIS.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/advisor/advisor.h"
#include "samples/generator/tpcc.h"

namespace foreshard::bench {

struct Bench {
    std::string name;
    uint32_t shards = 2;
    std::function<std::unique_ptr<samplegen::Mix>()> make;
    // Table → its published key; several where any will do; "reference" too.
    std::map<std::string, std::vector<std::string>> published;
    std::optional<double> closedForm;    // multi-shard share
    int64_t keys = 0;                    // values 1…keys of the published key, of which no shard may have more than ⌈keys/shards⌉; 0: so many that it matters not
    bool agree = true;                   // the advice is expected to be the published design; false: the load was changed so that it may lose
    double hotShare = 0;                 // of the load, on one key at a time
    bool skewed = false;                 // every design is shown, with its load
    bool metis = false;                  // has METIS beside it
    bool noWorseThanMetis = false;       // must hold: its graph knows nearly all rows that the statements use
    bool executed = false;               // on a private PostgreSQL, and read from its log
};

std::vector<Bench> benches();

// Names scrambled, columns shuffled, key constraints dropped: by this one; null: as the mix has them. `whole`: every transaction is in
// the sample.
using Scrambler = samplegen::NameScrambler;
using Loader = std::function<std::shared_ptr<const workload::Workload>(const Scrambler*, bool whole)>;
// Of the generated load; or, of a bench that is executed, of its log (recorded once). An error where no server can be had.
Result<Loader> loaderOf(const Bench& bench, uint64_t transactions);

// A load on so many tables of so many columns, for the time alone.
std::unique_ptr<samplegen::Mix> wideMix(int tables, int columns);

// Seconds of processor time of this process: others use the cores too.
double processorSeconds();

// "agrees", or the tables that differ from what is published.
std::string agreement(const Bench& bench, const sharding::Design& design);
// The published design on the shards of the advice: dealt by the slots of the advice's largest group, or all slots alike.
sharding::Design publishedDesign(const Bench& bench, const sharding::Design& advised, bool evenly);
// Of the values 1…keys, how many the fullest shard of the largest group has.
int64_t mostKeysOnAShard(const Bench& bench, const sharding::Design& design);
// Advice on the same log with all names scrambled, columns shuffled and key constraints dropped: empty where it is the same,
// else what differs.
std::string scrambledDiffers(const Bench& bench, const Loader& load, const advisor::Advice& advice);

// A graph of the rows that transactions use (Curino et al., "Schism", VLDB 2010), cut by METIS. A row is what binds all of a
// table's primary key; rows that are only read count as copied everywhere; an edge weighs the transactions that use both.
struct Partitioned {
    size_t rows = 0, edges = 0;
    double buildSeconds = 0, cutSeconds = 0;         // of processor time
    double share = 0, laterShare = 0;                // of the transactions on several parts: those it was built of, and later ones
    double loadMaxOverMean = 0;
    double known = 0;                                // share of the accesses that name whole primary keys: the graph knows no other
};
// `balance`: most load of a part over the mean. Later rows that the graph has not: new ones go with the transaction that makes
// them, others to any part by hash.
Partitioned partitionByMetis(const workload::Workload& earlier, const workload::Workload& later, uint32_t parts, double balance);

}  // namespace foreshard::bench
