// TemplateSpace: every template of a workload as features (hashing.h) and as a vector of the company it keeps in transactions
// (together.h); for templates without company, and for statements that no log holds, that vector is folded in: predicted from the
// features by one ridge regression (Hoerl and Kennard, 1970). Answers which templates are like a given one. Learned from a Workload,
// kept beside it, and of use with that workload alone. Immutable once made: any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/models/features/hashing.h"
#include "core/models/features/together.h"

namespace foreshard::models {

struct SimilarTemplate {
    workload::TemplateId id = 0;
    double score = 0;      // (alike + together) / 2, or alike alone where `together` is not known; 1 at most
    double alike = 0;      // cosine of the features
    double together = 0;   // product of the vectors of company: their cosine, less where one is a guess; 0 where nothing is known
    bool operator==(const SimilarTemplate&) const = default;
};

class TemplateSpace {
public:
    static constexpr uint32_t formatVersion = 1;

    // Time and memory: those of together.h, and of one 1,024 × 1,024 (or fewer templates: their number) linear system.
    static std::shared_ptr<const TemplateSpace> learn(const workload::Workload& workload, uint64_t seed = 1);

    uint64_t workloadFingerprint() const { return workload_; }
    size_t templates() const { return features_.size(); }
    const HashedFeatures& features(workload::TemplateId id) const { return features_[id]; }
    // togetherWidth numbers of length 1, shorter where folded in; all 0 where nothing is known. `learned`: from transactions.
    const std::vector<float>& together(workload::TemplateId id) const { return together_[id]; }
    bool learned(workload::TemplateId id) const { return learned_[id]; }
    std::vector<float> together(const HashedFeatures& features) const;

    // The `most` nearest templates, best first (then by id), without `id` itself.
    std::vector<SimilarTemplate> similar(workload::TemplateId id, size_t most) const;
    // The same for any statement, in a log or not. `text`: as for hashedFeatures().
    std::vector<SimilarTemplate> similar(std::string_view text, const sql::StatementFacts& facts, size_t most) const;

private:
    friend std::string writeTemplateSpace(const TemplateSpace&);
    friend Result<std::shared_ptr<const TemplateSpace>> readTemplateSpace(std::string_view, const workload::Workload&);

    void takeFeatures(const workload::Facts& facts);
    void fitFold();
    void foldIn();
    std::vector<SimilarTemplate> nearest(const HashedFeatures& features, const std::vector<float>& together, size_t most, workload::TemplateId without) const;

    uint64_t workload_ = 0;
    std::vector<HashedFeatures> features_;
    std::vector<std::vector<float>> together_;
    std::vector<bool> learned_;
    std::vector<float> fold_;   // featureWidth × togetherWidth; empty: nothing was learned
};

std::string writeTemplateSpace(const TemplateSpace& space);   // features are not in it: they follow from the workload
// format, version; conflict where it was learned from another workload or from features of another version.
Result<std::shared_ptr<const TemplateSpace>> readTemplateSpace(std::string_view bytes, const workload::Workload& workload);

}  // namespace foreshard::models
