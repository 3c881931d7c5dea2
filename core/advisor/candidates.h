// Candidates: which columns may shard which table, in the order of their promise, and which columns carry the same values
// ("classes": joined, tied by a foreign key, or equal inside transactions far beyond chance). Names decide nothing: order
// and ties come from counts, and at last from a signature of the counts. Made from one Basis; immutable.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/advisor/advisor.h"
#include "core/advisor/placements.h"

namespace foreshard::advisor {

constexpr uint32_t noColumn = UINT32_MAX;
constexpr uint32_t noClass = UINT32_MAX;

struct CandidateColumn {
    workload::ColumnId id = noColumn;        // noColumn: pinned, but in no statement; or a derived key
    sharding::KeyPart part;
    double share = 0;                        // of the table's accesses that bind it
    double rangeShare = 0;                   // of the sampled accesses that bind it to a range
    uint32_t keys = 0;                       // distinct values in the sample
    uint64_t signature = 0;                  // of its counts
    uint32_t classId = noClass;
    std::vector<sharding::Lookup> lookups;   // derived ones that find this key
    size_t evidence = 0;                     // transactions that speak for a derived key or lookup
    size_t rows = 0;                         // and rows of the database, where some were read
};

struct CandidateTable {
    std::string name;                        // qualified
    double reads = 0, writes = 0;
    bool used = false;                       // some statement of the time searched touches it
    std::vector<CandidateColumn> columns;    // most promising first
    uint64_t signature = 0;
    std::optional<std::string> pin;          // "reference", "unsharded", or the column (then columns has it alone)
    std::optional<uint32_t> pinnedShape;     // hashShape, rangeShape, ringShape or directoryShape
    uint32_t pinnedSecond = noColumn;        // index of the second column of a pinned key of two parts; splitShape then
    std::set<std::string> forbidden;         // columns, keys of two parts ("a+b"), "reference", "unsharded", and the words of shapes
    std::optional<sharding::TableDesign> locked;   // today's layout, kept as it is (pin is set too)
    sharding::SlotMap lockedSlots;                 // its slots, for hash and directory
    bool kept = false;                             // by today's layout, on its own or with its class
    // What it is today, as far as the search can choose that: hash (or range), reference or unsharded; and the index of its key.
    std::optional<sharding::Strategy> today;
    uint32_t todayColumn = noColumn;
};

enum class LinkKind : uint8_t { join, foreignKey, agreement };

struct Link {
    workload::ColumnId left = 0, right = 0;
    LinkKind kind = LinkKind::join;
    double strength = 1;                     // agreement: share of the transactions with both in which they are equal
    double weight = 0;                       // accesses or transactions behind it
};

// How a class is placed: by slots of the hash, in ranges, on a ring, by slots but for keys that have a shard of their own by name, or
// (splitShape + index into its splits) with a second key column.
constexpr uint32_t hashShape = 0, rangeShape = 1, ringShape = 2, directoryShape = 3, splitShape = 4;
// Their words, as pins and prohibitions have them: "hash", "range", "ring", "directory", "composite".
const char* shapeWord(uint32_t shape);
std::optional<uint32_t> shapeOfWord(const std::string& word);

// A class whose hottest key (of all time, or of some window) carries more than a shard's share, divided by a second column: rows of one key reach `spread`
// slots, which lie on one shard but for the keys that are too much for one.
struct Split {
    uint32_t second = 0;                     // class of the second column
    uint32_t spread = 1;
    sharding::SlotMap slots;
    bool everyKey = false;                   // each is hot for a while only, and nobody knows which is next: all are divided
};

// Columns that carry the same values; a co-location group when several of them are chosen.
struct ColumnClass {
    std::vector<workload::ColumnId> columns; // sorted
    double weight = 0;                       // accesses that bind one of them
    sharding::SlotMap slots;                 // balanced for all its tables; what the search works with
    std::vector<sharding::RangePart> ranges; // likewise; empty where ranges make no sense
    std::vector<Split> splits;               // empty where no key is too hot, or no second column divides it
    Directory directory;                     // no entries: no key is heavy enough for a name, and nobody asks for names
    sharding::HashRing ring;                 // no weights: it lies on no ring today, no growing is asked for, and nobody asks for one
    bool fixed = false;                      // slots are those of a locked table
    Today today;                             // where its most used table lies; `slots` differ from its slots in few
    sharding::HashRing todaysRing;           // the same of a ring
};

struct Candidates {
    std::vector<CandidateTable> tables;      // by TableId
    std::vector<workload::TableId> order;    // used tables, most accessed first
    std::vector<ColumnClass> classes;        // most accesses first
    std::vector<Link> links;
    uint32_t shards = 1;
    bool blind = false;                      // no source gives literals: shares are of calls whose text binds the column
    bool idle = false;                       // no committed transaction uses a table (one that only changes the schema does not)
    std::vector<std::string> limits;         // what could not be decided
    std::vector<std::vector<workload::TableId>> together, parted;   // tables that must lie together; that must not
    bool steered = false;                    // people want something that not every plan keeps
    uint32_t growsFrom = 0;                  // shards of today's layout, where it has several and another number is asked for
};

bool idle(const workload::Facts& facts);

// A usage error for a pin that names no table or column. `limits` says which pins contradict each other.
Result<Candidates> findCandidates(const workload::Workload& workload, const cost::Basis& basis, const Options& options);

// Pairs of columns of different tables that are equal inside transactions far beyond chance. `columns`: those to compare.
std::vector<Link> agreementsOf(const cost::Sample& sample, const std::vector<workload::ColumnId>& columns);

// Weights of the counting slots for a deal of these columns: their load, and their distinct keys for the rows.
std::vector<double> slotWeights(const cost::Basis& basis, const std::vector<workload::ColumnId>& columns);
// Ranges with about equal load; empty where the columns' values have no order or no counts.
std::vector<sharding::RangePart> balancedRanges(const cost::Basis& basis, const std::vector<workload::ColumnId>& columns, uint32_t shards);

}  // namespace foreshard::advisor
