// The candidates of the cardinality portfolio, trained on one part of the counted queries. All work on ln rows and are clamped
// to [1, product of the tables' sizes]. Immutable once trained; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "core/base/job.h"
#include "core/models/cardinality/encoder.h"
#include "core/models/mlp.h"
#include "core/models/trees.h"

namespace foreshard::models {

enum CardinalityCandidate : uint32_t { byIndependence, networkOnError, treesOnError, networkDirect, mixtureOfIndependences, cardinalityCandidates };
const char* toString(CardinalityCandidate candidate);

using CandidateLogs = std::array<std::vector<float>, cardinalityCandidates>;   // ln rows, by query; empty: the candidate diverged

struct FoldOptions {
    uint64_t seed = 1;
    std::string device = "auto";   // auto, cpu or cuda
};

class CardinalityFold {
public:
    // Errors: usage (no queries), cancelled, internal.
    static Result<CardinalityFold> fit(QueryList queries, const KnownColumns& known, const FoldOptions& options, Job& job);

    // Candidates that are not `wanted` stay empty.
    Result<CandidateLogs> predict(QueryList queries, const std::array<bool, cardinalityCandidates>& wanted) const;
    Result<CandidateLogs> predict(QueryList queries) const;
    const CardinalityEncoder& encoder() const { return encoder_; }
    const std::array<double, cardinalityCandidates>& seconds() const { return seconds_; }   // of training

    Status write(ByteWriter& out) const;
    static Result<CardinalityFold> read(ByteReader& in);

private:
    struct Examples;
    Status fitNetworks(const Examples& examples, const FoldOptions& wanted, Job& job);
    Status fitTrees(const Examples& examples, uint64_t seed, Job& job);
    Status fitMixture(const Examples& examples, const FoldOptions& wanted, Job& job);

    CardinalityEncoder encoder_;
    Mlp onError_, direct_;
    Trees trees_;
    Mixture mixture_;
    std::array<bool, cardinalityCandidates> usable_{};
    std::array<double, cardinalityCandidates> seconds_{};
};

}  // namespace foreshard::models
