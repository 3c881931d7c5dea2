#include "core/models/features/space.h"

#include <Eigen/Dense>

#include <algorithm>
#include <cmath>

#include "core/base/bytes.h"

namespace foreshard::models {

namespace {

using Matrix = Eigen::MatrixXd;
using workload::TemplateId;

constexpr uint64_t magic = 0x4543415053544646;   // "FFTSPACE"
constexpr double foldPenalty = 0.1;              // in templates: rows of features have length 1

// No longer than 1. A shorter one stays: the regression is the less sure of it.
void limitToOne(std::vector<float>& row) {
    double length = 0;
    for (const float v : row) length += static_cast<double>(v) * static_cast<double>(v);
    if (length <= 1) return;
    for (float& v : row) v = static_cast<float>(v / std::sqrt(length));
}

double dot(const std::vector<float>& a, const std::vector<float>& b) {
    double sum = 0;
    for (size_t i = 0; i < a.size(); ++i) sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
    return std::clamp(sum, -1.0, 1.0);
}

bool known(const std::vector<float>& row) {
    return std::any_of(row.begin(), row.end(), [](float v) { return v != 0; });
}

// X (templates × featureWidth) and Y (templates × togetherWidth) of those that were learned.
struct Examples {
    std::vector<const HashedFeatures*> rows;
    Matrix targets;
};

// Weights of min |XW - Y|² + penalty |W|², by the smaller one of the two systems that give them: (XᵀX + pI) W = XᵀY, or
// W = Xᵀ (XXᵀ + pI)⁻¹ Y.
Matrix ridgeWeights(const Examples& examples) {
    const auto count = static_cast<Eigen::Index>(examples.rows.size());
    const auto width = static_cast<Eigen::Index>(featureWidth);
    const bool dual = count < width;
    Matrix system = Matrix::Zero(dual ? count : width, dual ? count : width);
    Matrix moments = Matrix::Zero(width, togetherWidth);
    for (Eigen::Index i = 0; i < count; ++i) {
        const auto& row = *examples.rows[static_cast<size_t>(i)];
        if (dual) {
            for (Eigen::Index j = 0; j <= i; ++j) system(i, j) = system(j, i) = cosine(row, *examples.rows[static_cast<size_t>(j)]);
            continue;
        }
        for (const auto& [a, x] : row.entries) {
            moments.row(a) += static_cast<double>(x) * examples.targets.row(i);
            for (const auto& [b, y] : row.entries) system(a, b) += static_cast<double>(x) * static_cast<double>(y);
        }
    }
    system.diagonal().array() += foldPenalty;
    if (!dual) return system.llt().solve(moments);
    const Matrix duals = system.llt().solve(examples.targets);
    for (Eigen::Index i = 0; i < count; ++i)
        for (const auto& [a, x] : examples.rows[static_cast<size_t>(i)]->entries) moments.row(a) += static_cast<double>(x) * duals.row(i);
    return moments;
}

}  // namespace

std::shared_ptr<const TemplateSpace> TemplateSpace::learn(const workload::Workload& workload, uint64_t seed) {
    auto made = std::make_shared<TemplateSpace>();
    made->workload_ = workload.fingerprint();
    made->takeFeatures(*workload.facts);
    made->together_ = togetherVectors(*workload.facts, seed);
    for (const auto& row : made->together_) made->learned_.push_back(!row.empty());
    made->fitFold();
    made->foldIn();
    return made;
}

void TemplateSpace::takeFeatures(const workload::Facts& facts) {
    for (const auto& each : facts.templates) features_.push_back(hashedFeatures(each.text, each.facts));
}

void TemplateSpace::fitFold() {
    Examples examples;
    examples.targets = Matrix::Zero(static_cast<Eigen::Index>(std::count(learned_.begin(), learned_.end(), true)), togetherWidth);
    for (size_t id = 0; id < learned_.size(); ++id) {
        if (!learned_[id]) continue;
        for (uint32_t i = 0; i < togetherWidth; ++i) examples.targets(static_cast<Eigen::Index>(examples.rows.size()), i) = static_cast<double>(together_[id][i]);
        examples.rows.push_back(&features_[id]);
    }
    if (examples.rows.empty()) return;
    const Matrix weights = ridgeWeights(examples);
    for (Eigen::Index a = 0; a < weights.rows(); ++a)
        for (Eigen::Index i = 0; i < weights.cols(); ++i) fold_.push_back(static_cast<float>(weights(a, i)));
}

void TemplateSpace::foldIn() {
    for (size_t id = 0; id < learned_.size(); ++id)
        if (!learned_[id]) together_[id] = together(features_[id]);
}

std::vector<float> TemplateSpace::together(const HashedFeatures& features) const {
    std::vector<float> row(togetherWidth, 0.0f);
    if (fold_.empty()) return row;
    for (const auto& [place, value] : features.entries)
        for (uint32_t i = 0; i < togetherWidth; ++i) row[i] += value * fold_[place * togetherWidth + i];
    limitToOne(row);
    return row;
}

std::vector<SimilarTemplate> TemplateSpace::nearest(const HashedFeatures& features, const std::vector<float>& together, size_t most, TemplateId without) const {
    std::vector<SimilarTemplate> all;
    const bool knownHere = known(together);
    for (TemplateId id = 0; id < features_.size(); ++id) {
        if (id == without) continue;
        SimilarTemplate each{id, 0, cosine(features, features_[id]), 0};
        const bool both = knownHere && known(together_[id]);
        if (both) each.together = dot(together, together_[id]);
        each.score = both ? (each.alike + each.together) / 2 : each.alike;
        all.push_back(each);
    }
    most = std::min(most, all.size());
    std::partial_sort(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(most), all.end(), [](const SimilarTemplate& a, const SimilarTemplate& b) {
        return a.score != b.score ? a.score > b.score : a.id < b.id;
    });
    all.resize(most);
    return all;
}

std::vector<SimilarTemplate> TemplateSpace::similar(TemplateId id, size_t most) const { return nearest(features_[id], together_[id], most, id); }

std::vector<SimilarTemplate> TemplateSpace::similar(std::string_view text, const sql::StatementFacts& facts, size_t most) const {
    const auto features = hashedFeatures(text, facts);
    return nearest(features, together(features), most, UINT32_MAX);
}

std::string writeTemplateSpace(const TemplateSpace& space) {
    ByteWriter out;
    const auto real = [](ByteWriter& w, float v) { w.real(static_cast<double>(v)); };
    out.fixed64(magic);
    out.varint(TemplateSpace::formatVersion);
    out.varint(featureVersion);
    out.fixed64(space.workload_);
    out.varint(space.together_.size());
    for (size_t id = 0; id < space.together_.size(); ++id) {
        out.boolean(space.learned_[id]);
        if (space.learned_[id]) out.list(space.together_[id], real);
    }
    out.list(space.fold_, real);
    return out.take();
}

Result<std::shared_ptr<const TemplateSpace>> readTemplateSpace(std::string_view bytes, const workload::Workload& workload) {
    ByteReader in(bytes);
    const auto reals = [&] {
        std::vector<float> values;
        in.list([&](ByteReader& r) {
            values.push_back(static_cast<float>(r.real()));
            if (!std::isfinite(values.back())) r.fail();
        });
        return values;
    };
    const Error damaged{ErrorCategory::format, "The vectors of the templates are cut short or damaged.", "Train the models again.", {}};
    if (in.fixed64() != magic) return damaged;
    if (in.varint() > TemplateSpace::formatVersion) return Error{ErrorCategory::version, "The vectors of the templates were written by a newer Foreshard.", {}, {}};
    const bool sameFeatures = in.varint() == featureVersion;
    auto made = std::make_shared<TemplateSpace>();
    made->workload_ = in.fixed64();
    const uint64_t count = in.varint();
    if (!in.ok()) return damaged;
    if (!sameFeatures || made->workload_ != workload.fingerprint() || count != workload.facts->templates.size())
        return Error{ErrorCategory::conflict, "The vectors of the templates were learned from another workload.", {}, {}};
    for (uint64_t id = 0; id < count && in.ok(); ++id) {
        made->learned_.push_back(in.boolean());
        made->together_.push_back(made->learned_.back() ? reals() : std::vector<float>());
        if (made->learned_.back() && made->together_.back().size() != togetherWidth) in.fail();
    }
    made->fold_ = reals();
    if (!in.ok() || !in.atEnd() || (!made->fold_.empty() && made->fold_.size() != size_t{featureWidth} * togetherWidth)) return damaged;
    made->takeFeatures(*workload.facts);
    made->foldIn();
    return std::shared_ptr<const TemplateSpace>(std::move(made));
}

}  // namespace foreshard::models
