#include "core/models/hot/voting.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <span>
#include <unordered_map>

#include "core/base/threads.h"
#include "core/models/hot/predictor.h"

namespace foreshard::models {

namespace {

using Clock = std::chrono::steady_clock;
double secondsSince(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

constexpr uint32_t blocksBefore = 3;     // of the test part, to choose by
constexpr size_t listedPerHot = 3;       // items a predictor lists, for each one predicted: the portfolio looks at places beyond the last
constexpr size_t voters = 3;             // predictors that make the portfolio
constexpr double leastOfBest = 0.7;      // of the best one's success, for a voter: where one sees what the others cannot, it decides alone
constexpr double memory = 4;             // windows: half-life of what a past success counts
constexpr size_t candidatesPerHot = 4;   // items looked at at each half-life, for each one predicted

// The `k` items with the largest values, ties by number.
template <typename Value>
std::vector<uint32_t> hottest(std::vector<std::pair<Value, uint32_t>> order, size_t k) {
    k = std::min(k, order.size());
    const auto before = [](const auto& a, const auto& b) { return a.first != b.first ? a.first > b.first : a.second < b.second; };
    std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(k), order.end(), before);
    std::vector<uint32_t> items;
    for (size_t i = 0; i < k; ++i) items.push_back(order[i].second);
    return items;
}

struct Window {
    Snapshot snapshot;                                  // when it began
    std::unordered_map<uint32_t, uint32_t> counts;      // what then came
    std::vector<uint32_t> oracle;                       // its hottest items
    double oracleLoad = 0;
};

struct Score {
    double precision = 0, load = 0;
};

}  // namespace

class HotspotVoting::Run {
public:
    Run(const WindowedItems& items, const VotingOptions& options, Job& job)
        : items_(items), options_(options), job_(job), hot_(options.hot), count_(static_cast<uint32_t>(items.ends.size())),
          first_(options.testFrom - std::min(options.refitEvery * blocksBefore, options.testFrom / 2)), predictors_(hotspotPredictors(options.seed, options.learned)) {}

    Status cut() {
        const size_t length = std::max<size_t>(1, items_.accesses.size() / count_);
        SnapshotMaker maker(items_.count, length, items_.neighbours, items_.values);
        job_.beginPass("counting windows", count_, "windows");
        size_t at = 0;
        for (uint32_t w = 0; w < count_; ++w) {
            FS_TRY(job_.checkpoint());
            Window window;
            window.snapshot = maker.take(hot_ * candidatesPerHot);
            for (; at < items_.ends[w]; ++at) {
                ++window.counts[items_.accesses[at]];
                maker.access(items_.accesses[at]);
            }
            maker.endWindow();
            finish(window);
            windows_.push_back(std::move(window));
            job_.progress(w + 1);
        }
        now_ = maker.take(hot_ * candidatesPerHot);
        return {};
    }

    Result<std::vector<HotspotRow>> measure() {
        FS_TRY(cut());
        std::vector<Result<Asked>> asked(predictors_.size(), Asked{});
        job_.beginPass("predictors", predictors_.size() * (count_ - first_), "windows");
        std::atomic<size_t> done{0};
        // The last ones take longest.
        forEachIndex(options_.threads, predictors_.size(), [&](size_t i) {
            const size_t p = predictors_.size() - 1 - i;
            asked[p] = askOne(*predictors_[p], done);
        });
        std::vector<HotspotRow> rows;
        for (size_t p = 0; p < predictors_.size(); ++p) {
            FS_ASSIGN(auto own, std::move(asked[p]));
            rows.push_back(rowOf(predictors_[p]->name(), own.predicted));
            rows.back().seconds = own.seconds;
            predicted_.push_back(std::move(own.predicted));
        }
        rows.push_back(choose(rows));
        return rows;
    }

    Result<ComingWindow> next() {
        std::vector<const Snapshot*> past;
        for (const auto& window : windows_) past.push_back(&window.snapshot);
        ComingWindow coming;
        std::vector<std::vector<uint32_t>> lists;
        job_.beginPass("the next window");
        for (const size_t p : bestBefore(count_)) {
            FS_ASSIGN(const bool usable, predictors_[p]->fit(past, job_));
            if (!usable) continue;
            FS_ASSIGN(auto list, listOf(*predictors_[p], now_));
            lists.push_back(std::move(list));
            coming.models.push_back(predictors_[p]->name());
        }
        coming.items = vote(lists);
        return coming;
    }

private:
    using Predicted = std::vector<std::vector<uint32_t>>;   // by window from `first_` on; empty: it could not
    struct Asked {
        Predicted predicted;
        double seconds = 0;
    };

    void finish(Window& window) const {
        for (const uint32_t item : window.snapshot.items) {
            const auto it = window.counts.find(item);
            window.snapshot.next.push_back(it == window.counts.end() ? 0.0f : static_cast<float>(it->second));
        }
        std::vector<std::pair<uint32_t, uint32_t>> order;
        for (const auto& [item, count] : window.counts) order.emplace_back(count, item);
        window.oracle = hottest(std::move(order), hot_);
        for (const uint32_t item : window.oracle) window.oracleLoad += window.counts[item];
        std::sort(window.oracle.begin(), window.oracle.end());
    }
    Result<Asked> askOne(HotspotPredictor& predictor, std::atomic<size_t>& done) {
        const auto start = Clock::now();
        Asked asked;
        bool usable = false;
        for (uint32_t w = first_; w < count_; ++w) {
            FS_TRY(job_.checkpoint());
            if ((w - first_) % options_.refitEvery == 0) {
                std::vector<const Snapshot*> past;
                for (uint32_t p = 0; p < w; ++p) past.push_back(&windows_[p].snapshot);
                FS_ASSIGN(usable, predictor.fit(past, job_));
            }
            asked.predicted.emplace_back();
            if (usable) {
                const auto& snapshot = windows_[w].snapshot;
                FS_ASSIGN(asked.predicted.back(), listOf(predictor, snapshot));
            }
            job_.progress(++done);
        }
        asked.seconds = secondsSince(start);
        return asked;
    }
    Result<std::vector<uint32_t>> listOf(HotspotPredictor& predictor, const Snapshot& snapshot) const {
        FS_ASSIGN(const auto scores, predictor.score(snapshot));
        std::vector<std::pair<float, uint32_t>> order;
        for (size_t i = 0; i < scores.size(); ++i) order.emplace_back(std::isfinite(scores[i]) ? scores[i] : -1e30f, snapshot.items[i]);
        const auto coming = predictor.scoreComing(snapshot);
        for (size_t i = 0; i < coming.size(); ++i) order.emplace_back(coming[i], snapshot.coming.items[i]);
        return hottest(std::move(order), hot_ * listedPerHot);
    }
    Score scoreOf(const std::vector<uint32_t>& predicted, const Window& window) const {
        Score score;
        for (const uint32_t item : std::span(predicted).first(std::min(hot_, predicted.size()))) {
            score.precision += std::binary_search(window.oracle.begin(), window.oracle.end(), item) ? 1 : 0;
            if (const auto it = window.counts.find(item); it != window.counts.end()) score.load += it->second;
        }
        score.precision /= static_cast<double>(std::min(hot_, window.oracle.size()));
        score.load /= window.oracleLoad;
        return score;
    }
    HotspotRow rowOf(const std::string& name, const Predicted& predicted) const {
        HotspotRow row;
        row.model = name;
        const double windows = count_ - options_.testFrom;
        for (uint32_t w = options_.testFrom; w < count_; ++w) {
            const Score score = scoreOf(predicted[w - first_], windows_[w]);
            row.precision += score.precision / windows;
            row.load += score.load / windows;
        }
        return row;
    }
    // Before each window: the predictors whose precision and load were best on the windows before it, older ones fading.
    std::vector<size_t> bestBefore(uint32_t window) const {
        std::vector<std::pair<double, size_t>> order;
        for (size_t p = 0; p < predicted_.size(); ++p) {
            double sum = 0;
            for (uint32_t past = first_; past < window; ++past) {
                const Score score = scoreOf(predicted_[p][past - first_], windows_[past]);
                sum += (score.precision + score.load) * std::exp2(-static_cast<double>(window - 1 - past) / memory);
            }
            order.emplace_back(-sum, p);
        }
        std::sort(order.begin(), order.end());
        std::vector<size_t> best;
        for (size_t i = 0; i < std::min(voters, order.size()); ++i)
            if (-order[i].first >= leastOfBest * -order[0].first) best.push_back(order[i].second);
        return best;
    }
    // Each gives its list's places as points (Borda's count).
    std::vector<uint32_t> vote(const std::vector<std::vector<uint32_t>>& lists) const {
        std::unordered_map<uint32_t, uint64_t> points;
        for (const auto& list : lists)
            for (size_t place = 0; place < list.size(); ++place) points[list[place]] += list.size() - place;
        std::vector<std::pair<uint64_t, uint32_t>> order;
        for (const auto& [item, sum] : points) order.emplace_back(sum, item);
        return hottest(std::move(order), hot_);
    }
    HotspotRow choose(std::vector<HotspotRow>& rows) const {
        Predicted taken(count_ - first_);
        for (uint32_t w = options_.testFrom; w < count_; ++w) {
            std::vector<std::vector<uint32_t>> lists;
            for (const size_t p : bestBefore(w)) {
                ++rows[p].timesChosen;
                lists.push_back(predicted_[p][w - first_]);
            }
            taken[w - first_] = vote(lists);
        }
        HotspotRow row = rowOf("portfolio", taken);
        row.chosen = true;
        return row;
    }

    const WindowedItems& items_;
    const VotingOptions& options_;
    Job& job_;
    const size_t hot_;
    const uint32_t count_, first_;               // windows; the first_ one that predictors are asked of
    Predictors predictors_;
    std::vector<Window> windows_;
    Snapshot now_;                               // behind the last window
    std::vector<Predicted> predicted_;           // by predictor
};

HotspotVoting::HotspotVoting(const WindowedItems& items, const VotingOptions& options, Job& job) : run_(std::make_unique<Run>(items, options, job)) {}
HotspotVoting::~HotspotVoting() = default;
Result<std::vector<HotspotRow>> HotspotVoting::measure() { return run_->measure(); }
Result<ComingWindow> HotspotVoting::next() { return run_->next(); }

}  // namespace foreshard::models
