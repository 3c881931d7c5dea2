#include "core/models/features/together.h"

#include <absl/container/flat_hash_map.h>

#include <Eigen/Dense>
#include <Eigen/Sparse>

#include <algorithm>
#include <cmath>

#include "core/base/hash.h"

namespace foreshard::models {

namespace {

using Matrix = Eigen::MatrixXd;
using Sparse = Eigen::SparseMatrix<double, Eigen::RowMajor>;
using workload::TemplateId;

constexpr size_t mostOfClass = 128;
constexpr int oversampling = 10, powerIterations = 4;

struct Counts {
    absl::flat_hash_map<uint64_t, double> pairs;   // both directions and the diagonal
    std::vector<uint32_t> places;                  // by template; UINT32_MAX: never beside another
    std::vector<TemplateId> templates;             // by place
};

constexpr uint64_t pairOf(uint64_t a, uint64_t b) { return a << 32 | b; }

std::vector<TemplateId> counted(const workload::Facts& facts, const workload::TransactionClass& each) {
    auto templates = each.templates;
    if (templates.size() <= mostOfClass) return templates;
    const auto rank = [&](TemplateId id) { return mixHash(facts.templates[id].fingerprint); };
    std::sort(templates.begin(), templates.end(), [&](TemplateId a, TemplateId b) { return rank(a) < rank(b); });
    templates.resize(mostOfClass);
    std::sort(templates.begin(), templates.end());
    return templates;
}

Counts countPairs(const workload::Facts& facts) {
    Counts counts;
    counts.places.assign(facts.templates.size(), UINT32_MAX);
    std::vector<std::vector<TemplateId>> sets;
    for (const auto& each : facts.classes) {
        sets.push_back(each.fingerprint == 0 ? std::vector<TemplateId>() : counted(facts, each));
        if (sets.back().size() > 1)
            for (const TemplateId id : sets.back()) counts.places[id] = 0;
    }
    for (TemplateId id = 0; id < counts.places.size(); ++id) {
        if (counts.places[id] == UINT32_MAX) continue;
        counts.places[id] = static_cast<uint32_t>(counts.templates.size());
        counts.templates.push_back(id);
    }
    for (size_t i = 0; i < sets.size(); ++i) {
        const double weight = fromWeight(facts.classes[i].count + facts.classes[i].aborted) / static_cast<double>(std::max<size_t>(1, sets[i].size()));
        for (const TemplateId a : sets[i])
            for (const TemplateId b : sets[i])
                if (counts.places[a] != UINT32_MAX && counts.places[b] != UINT32_MAX) counts.pairs[pairOf(counts.places[a], counts.places[b])] += weight;
    }
    return counts;
}

struct Entry {
    uint32_t row = 0, column = 0;
    double count = 0;
};

// Sorted: sums over them are then the same on any machine.
std::vector<Entry> sortedEntries(const Counts& counts) {
    std::vector<Entry> entries;
    for (const auto& [pair, count] : counts.pairs) entries.push_back({static_cast<uint32_t>(pair >> 32), static_cast<uint32_t>(pair), count});
    std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return pairOf(a.row, a.column) < pairOf(b.row, b.column); });
    return entries;
}

std::vector<double> margins(const std::vector<Entry>& entries, size_t size) {
    std::vector<double> sums(size, 0.0);
    for (const auto& entry : entries) sums[entry.row] += entry.count;
    return sums;
}

void subsample(std::vector<Entry>& entries, size_t size) {
    const auto sums = margins(entries, size);
    double total = 0;
    for (const double sum : sums) total += sum;
    // Word2vec's 0.001 is for vocabularies of many thousands; in one of forty templates all would be above it.
    const double threshold = std::max(0.001, 2.0 / static_cast<double>(size));
    const auto kept = [&](uint32_t place) { return std::min(1.0, std::sqrt(threshold * total / sums[place])); };
    for (auto& entry : entries)
        if (entry.row != entry.column) entry.count *= kept(entry.row) * kept(entry.column);
        else entry.count *= kept(entry.row) * kept(entry.row);
}

Sparse positiveInformation(std::vector<Entry> entries, size_t size) {
    subsample(entries, size);
    const auto sums = margins(entries, size);
    double total = 0;
    for (const double sum : sums) total += sum;
    std::vector<Eigen::Triplet<double>> cells;
    for (const auto& entry : entries) {
        if (entry.count <= 0) continue;
        const double information = std::log(entry.count * total / (sums[entry.row] * sums[entry.column]));
        if (information > 0) cells.emplace_back(static_cast<int>(entry.row), static_cast<int>(entry.column), information * entry.count / (entry.count + 1));
    }
    Sparse matrix(static_cast<Eigen::Index>(size), static_cast<Eigen::Index>(size));
    matrix.setFromTriplets(cells.begin(), cells.end());
    return matrix;
}

Matrix orthonormal(const Matrix& columns) {
    return Eigen::HouseholderQR<Matrix>(columns).householderQ() * Matrix::Identity(columns.rows(), columns.cols());
}

// Eigenvectors of the largest positive eigenvalues, times the roots of these. Negative ones say who avoids whom and would push
// those apart that meet.
Matrix leading(const Sparse& matrix, uint64_t seed) {
    const auto size = matrix.rows();
    const auto width = std::min<Eigen::Index>(size, togetherWidth + oversampling);
    Random random(combineHash(seed, 0x746f676574686572));
    Matrix range(size, width);
    for (Eigen::Index row = 0; row < size; ++row)
        for (Eigen::Index column = 0; column < width; ++column) range(row, column) = random.normal();
    range = orthonormal(matrix * range);
    for (int i = 0; i < powerIterations; ++i) range = orthonormal(matrix * range);
    const Matrix image = matrix * range;
    const Matrix small = range.transpose() * image;
    const Eigen::SelfAdjointEigenSolver<Matrix> solver((small + small.transpose()) / 2);
    Matrix out = Matrix::Zero(size, togetherWidth);
    for (Eigen::Index i = 0; i < std::min<Eigen::Index>(width, togetherWidth); ++i) {
        const auto from = width - 1 - i;   // eigenvalues ascend
        if (solver.eigenvalues()[from] <= 1e-9) break;
        Eigen::VectorXd vector = range * solver.eigenvectors().col(from) * std::sqrt(solver.eigenvalues()[from]);
        Eigen::Index peak = 0;
        vector.cwiseAbs().maxCoeff(&peak);
        out.col(i) = vector[peak] < 0 ? Eigen::VectorXd(-vector) : vector;   // an eigenvector's sign is nobody's choice
    }
    return out;
}

}  // namespace

std::vector<std::vector<float>> togetherVectors(const workload::Facts& facts, uint64_t seed) {
    std::vector<std::vector<float>> out(facts.templates.size());
    const auto counts = countPairs(facts);
    if (counts.templates.empty()) return out;
    const auto vectors = leading(positiveInformation(sortedEntries(counts), counts.templates.size()), seed);
    for (Eigen::Index place = 0; place < vectors.rows(); ++place) {
        const double length = vectors.row(place).norm();
        if (length < 1e-6) continue;   // meets everybody as often as chance has it
        auto& row = out[counts.templates[static_cast<size_t>(place)]];
        for (Eigen::Index i = 0; i < togetherWidth; ++i) row.push_back(static_cast<float>(vectors(place, i) / length));
    }
    return out;
}

}  // namespace foreshard::models
