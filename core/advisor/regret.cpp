#include "core/advisor/regret.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace foreshard::advisor {

using sharding::ShardSet;

namespace {

constexpr size_t shiftedClasses = 16;      // the most frequent ones
constexpr double fifth = 0.2;
constexpr size_t mostTurningPoints = 4;
constexpr size_t mostCells = 1'000'000;    // classes × shards, 8 MB a design
constexpr double level = 1e-3;             // objectives nearer than that draw level

using Factors = std::vector<double>;       // by transaction class

// What one design makes of each class of transactions.
struct ByClass {
    Cost cost;
    std::vector<double> transactions, writeVisits, readVisits, accesses;
    std::vector<std::vector<double>> load; // by class and shard
    std::vector<double> all;               // load by shard
};

void addLoad(const cost::TouchShards& shards, const cost::Touch& touch, double weight, std::vector<double>& load) {
    const auto add = [&](const ShardSet& to, uint32_t accesses) {
        // An access to one of several keys visits one of the shards; one without a key visits each.
        const double each = weight * std::max(1.0, static_cast<double>(accesses) / std::max(1u, to.count()));
        if (accesses > 0) to.forEach([&](uint32_t shard) { load[shard] += each; });
    };
    if (shards.readsReference && !shards.reads.count())
        for (double& one : load) one += weight * touch.reads / static_cast<double>(load.size());
    add(shards.reads, touch.reads);
    add(shards.writes, touch.writes);
}

ByClass byClass(const cost::Basis& basis, const ObjectiveWeights& weights, const sharding::Design& design, size_t classes) {
    cost::Evaluator evaluator(basis, design.shards);
    evaluator.set(design);
    const auto& sample = *basis.sample;
    ByClass out{costOf(evaluator, basis, weights), Factors(classes), Factors(classes), Factors(classes), Factors(classes), {}, Factors(design.shards)};
    out.load.assign(classes, std::vector<double>(design.shards));
    for (uint32_t t = 0; t < sample.transactions().size(); ++t) {
        const uint32_t id = basis.facts->transactions[sample.sourceOf(t)].classId;
        if (id >= classes) continue;
        const double weight = fromWeight(sample.transactions()[t].weight);
        const auto footprint = evaluator.footprint(t);
        out.transactions[id] += weight;
        if (footprint.multiShard()) (footprint.multiShardWrite() ? out.writeVisits : out.readVisits)[id] += weight * (footprint.fanOut() - 1);
        for (const auto& touch : sample.touchesOf(sample.transactions()[t])) {
            const auto& counts = sample.touches(touch.table)[touch.touch];
            out.accesses[id] += weight * (counts.reads + counts.writes);
            addLoad(*evaluator.touchOf(t, touch.table), counts, weight, out.load[id]);
        }
    }
    for (const auto& load : out.load)
        for (size_t shard = 0; shard < load.size(); ++shard) out.all[shard] += load[shard];
    return out;
}

double ratio(double a, double b) { return b > 0 ? a / b : 0; }

// The objective where each class has so many times its transactions.
double objectiveOf(const ByClass& design, const ObjectiveWeights& weights, const Factors& factors) {
    const auto sum = [&](const std::vector<double>& of, bool shifted) {
        double total = 0;
        for (size_t id = 0; id < of.size(); ++id) total += of[id] * (shifted ? factors[id] : 1);
        return total;
    };
    std::vector<double> load(design.all.size());
    for (size_t id = 0; id < factors.size(); ++id)
        for (size_t shard = 0; shard < load.size(); ++shard) load[shard] += design.load[id][shard] * factors[id];
    const double before = ratio(*std::max_element(design.all.begin(), design.all.end()), sum(design.accesses, false));
    const double after = ratio(*std::max_element(load.begin(), load.end()), sum(design.accesses, true));
    const double work = before > 0 ? design.cost.peakWork * after / before : design.cost.peakWork;
    const double transactions = sum(design.transactions, true);
    return design.cost.total + weights.peakWork * (work - design.cost.peakWork) + weights.writeVisit * (ratio(sum(design.writeVisits, true), transactions) - design.cost.writeVisits) +
           weights.readVisit * (ratio(sum(design.readVisits, true), transactions) - design.cost.readVisits);
}

// Volumes of each class as one in ten of the sampled futures exceeds them, over what is expected; empty without a forecast.
Factors atP90(const workload::Workload& workload) {
    const auto& rates = workload.rates;
    const auto& classes = workload.facts->classes;
    if (rates.origin != workload::Origin::forecast || rates.paths.size() < 2) return {};
    Factors factors(classes.size(), 1);
    for (size_t id = 0; id < classes.size(); ++id) {
        std::vector<double> futures;
        for (const auto& path : rates.paths) {
            double all = 0, count = 0;
            for (const auto which : classes[id].templates)
                if (which < path.templateFactor.size())
                    for (const float factor : path.templateFactor[which]) all += factor, ++count;
            futures.push_back(count > 0 ? all / count : 1);
        }
        std::sort(futures.begin(), futures.end());
        factors[id] = futures[(futures.size() - 1) * 9 / 10];
    }
    return factors;
}

class Judge {
public:
    Judge(const workload::Workload& workload, const Candidates& candidates, const cost::Basis& basis, const ObjectiveWeights& weights, const std::vector<Compared>& designs, Job& job)
        : workload_(workload), candidates_(candidates), basis_(basis), weights_(weights), designs_(designs), job_(job), classes_(workload.facts->classes.size()) {}

    Result<Regrets> run() {
        out_.worst.assign(designs_.size(), 0);
        for (const auto& each : designs_) {
            FS_TRY(job_.checkpoint());
            made_.push_back(byClass(basis_, weights_, *each.design, classes_));
        }
        const Factors same(classes_, 1);
        judge(objectives(same), {});
        order();
        for (const auto id : frequent_)
            for (const double by : {1 + fifth, 1 - fifth}) {
                Factors factors = same;
                factors[id] = by;
                judge(objectives(factors), fmt::format("if transactions like {} became a fifth {}", nameOf(id), by > 1 ? "more" : "fewer"));
            }
        if (const Factors grown = atP90(workload_); !grown.empty()) judge(objectives(grown), "if volumes grew as the forecast's P90 has it");
        FS_TRY(otherShards());
        FS_TRY(turn());
        return std::move(out_);
    }

private:
    std::vector<double> objectives(const Factors& factors) const {
        std::vector<double> all;
        for (const auto& each : made_) all.push_back(objectiveOf(each, weights_, factors));
        return all;
    }

    // `when` empty: as it is now.
    void judge(const std::vector<double>& objectives, const std::string& when) {
        const auto best = std::min_element(objectives.begin(), objectives.end());
        for (size_t i = 0; i < objectives.size(); ++i) out_.worst[i] = std::max(out_.worst[i], objectives[i] - *best);
        const double loss = objectives.front() - *best;
        if (when.empty() || loss <= level) return;
        const auto winner = static_cast<size_t>(best - objectives.begin());
        out_.turningPoints.push_back({fmt::format("{} would win {}.", designs_[winner].id, when), designs_[winner].id, loss, true});
    }

    void order() {
        frequent_.resize(classes_);
        std::iota(frequent_.begin(), frequent_.end(), size_t{0});
        const auto& counts = made_.front().transactions;
        std::stable_sort(frequent_.begin(), frequent_.end(), [&](size_t a, size_t b) { return counts[a] > counts[b]; });
        const auto none = std::find_if(frequent_.begin(), frequent_.end(), [&](size_t id) { return counts[id] <= 0; });
        frequent_.erase(none, frequent_.end());
        if (frequent_.size() > shiftedClasses) frequent_.resize(shiftedClasses);
    }

    std::string nameOf(size_t id) const {
        constexpr size_t longest = 60;
        const auto& templates = workload_.facts->classes[id].templates;
        if (templates.empty()) return "the rest";
        // Its rarest statement tells a class best.
        const auto usedBy = [&](workload::TemplateId which) {
            return std::count_if(workload_.facts->classes.begin(), workload_.facts->classes.end(), [&](const auto& each) { return std::find(each.templates.begin(), each.templates.end(), which) != each.templates.end(); });
        };
        const auto which = *std::min_element(templates.begin(), templates.end(), [&](auto a, auto b) { return usedBy(a) < usedBy(b); });
        std::string text = workload_.facts->templates[which].text;
        if (text.size() > longest) text = text.substr(0, longest) + "…";
        return "“" + text + "”";
    }

    Status otherShards() {
        const uint32_t now = designs_.front().design->shards;
        for (const int64_t more : {-2, 2}) {
            const int64_t shards = now + more;
            if (shards < 2 || shards > countingSlots) continue;
            std::vector<double> all;
            for (const auto& each : designs_) {
                FS_TRY(job_.checkpoint());
                const auto design = designOf(candidates_, basis_, *each.plan, static_cast<uint32_t>(shards));
                cost::Evaluator evaluator(basis_, design.shards);
                evaluator.set(design);
                all.push_back(costOf(evaluator, basis_, weights_).total);
            }
            judge(all, fmt::format("with {} shards", shards));
        }
        return {};
    }

    // How many times as many of one kind it takes for another design to draw level; the nearest changes.
    Status turn() {
        struct Turn {
            double distance;
            TurningPoint point;
        };
        std::vector<Turn> turns;
        for (const auto id : frequent_) {
            FS_TRY(job_.checkpoint());
            for (const double far : {0.0, 10.0}) {
                const auto factor = turnOf(id, far);
                if (!factor || std::abs(*factor - 1) <= fifth) continue;
                Factors factors(classes_, 1);
                factors[id] = *factor;
                const auto all = objectives(factors);
                const auto winner = static_cast<size_t>(std::min_element(all.begin() + 1, all.end()) - all.begin());
                turns.push_back({std::abs(std::log(std::max(0.01, *factor))),
                                 {fmt::format("{} would draw level if transactions like {} became {:.2g} times as many.", designs_[winner].id, nameOf(id), *factor), designs_[winner].id, 0, false}});
            }
        }
        std::stable_sort(turns.begin(), turns.end(), [](const Turn& a, const Turn& b) { return a.distance < b.distance; });
        std::stable_sort(out_.turningPoints.begin(), out_.turningPoints.end(), [](const auto& a, const auto& b) { return a.loss > b.loss; });
        for (size_t i = 0; i < turns.size() && out_.turningPoints.size() < mostTurningPoints; ++i) out_.turningPoints.push_back(turns[i].point);
        return {};
    }

    // The factor between 1 and `far` from which on the first design is not the best; nothing where it stays so.
    std::optional<double> turnOf(size_t id, double far) const {
        const auto lost = [&](double factor) {
            Factors factors(classes_, 1);
            factors[id] = factor;
            const auto all = objectives(factors);
            return all.front() > *std::min_element(all.begin(), all.end()) + level;
        };
        if (lost(1) || !lost(far)) return std::nullopt;
        double wins = 1, loses = far;
        for (int step = 0; step < 16; ++step) {
            const double middle = (wins + loses) / 2;
            (lost(middle) ? loses : wins) = middle;
        }
        return loses;
    }

    const workload::Workload& workload_;
    const Candidates& candidates_;
    const cost::Basis& basis_;
    const ObjectiveWeights& weights_;
    const std::vector<Compared>& designs_;
    Job& job_;
    size_t classes_;
    std::vector<ByClass> made_;
    std::vector<size_t> frequent_;
    Regrets out_;
};

}  // namespace

Result<Regrets> regretsOf(const workload::Workload& workload, const Candidates& candidates, const cost::Basis& basis, const ObjectiveWeights& weights, const std::vector<Compared>& designs, Job& job) {
    if (designs.empty() || workload.facts->classes.size() * designs.front().design->shards > mostCells) return Regrets{};
    return Judge(workload, candidates, basis, weights, designs, job).run();
}

}  // namespace foreshard::advisor
