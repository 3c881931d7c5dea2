#include "core/models/hot/evaluate.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <numeric>
#include <span>
#include <thread>
#include <unordered_map>

#include "core/models/hot/predictor.h"

namespace foreshard::models {

namespace {

using Clock = std::chrono::steady_clock;
double secondsSince(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

constexpr size_t leastAccesses = 20;     // a window
constexpr uint32_t blocksBefore = 3;     // of the test part, to choose by
constexpr size_t listedPerHot = 3;       // items a predictor lists, for each one predicted: the portfolio looks at places beyond the last
constexpr size_t voters = 3;             // predictors that make the portfolio
constexpr double leastOfBest = 0.7;      // of the best one's success, for a voter: where one sees what the others cannot, it decides alone
constexpr double memory = 4;             // windows: half-life of what a past success counts
constexpr size_t candidatesPerHot = 4;   // items looked at at each half-life, for each one predicted

// The trace in items: keys, or ranges of them.
struct Items {
    std::vector<uint32_t> accesses;
    size_t count = 0;
    std::vector<std::array<int64_t, 4>> neighbours;
    std::vector<int64_t> values;   // of keys that are numbers; empty for ranges
};

std::vector<std::array<int64_t, 4>> neighboursByValue(const std::vector<int64_t>& values) {
    if (values.empty()) return {};
    std::unordered_map<int64_t, uint32_t> numbers;
    for (uint32_t i = 0; i < values.size(); ++i) numbers.emplace(values[i], i);
    std::vector<std::array<int64_t, 4>> neighbours(values.size());
    for (size_t i = 0; i < values.size(); ++i)
        for (size_t n = 0; n < 4; ++n) {
            const int64_t distance[] = {-2, -1, 1, 2};
            const auto it = numbers.find(static_cast<int64_t>(static_cast<uint64_t>(values[i]) + static_cast<uint64_t>(distance[n])));
            neighbours[i][n] = it == numbers.end() ? -1 : int64_t{it->second};
        }
    return neighbours;
}

Items keysOf(const Trace& trace) { return {trace.accesses, trace.keys, neighboursByValue(trace.values), trace.values}; }

// Borders that put equally many of the first `known` accesses into each range; a key hotter than that has a range for itself.
Items rangesOf(const Trace& trace, size_t known, uint32_t count) {
    std::vector<int64_t> seen;
    for (size_t i = 0; i < known; ++i) seen.push_back(trace.values[trace.accesses[i]]);
    std::sort(seen.begin(), seen.end());
    std::vector<int64_t> borders;
    for (uint32_t r = 1; r < count; ++r) borders.push_back(seen[seen.size() * r / count]);
    borders.erase(std::unique(borders.begin(), borders.end()), borders.end());
    std::vector<uint32_t> rangeOf(trace.keys);
    for (size_t k = 0; k < trace.keys; ++k)
        rangeOf[k] = static_cast<uint32_t>(std::upper_bound(borders.begin(), borders.end(), trace.values[k]) - borders.begin());
    Items items;
    items.count = count;
    items.accesses.reserve(trace.accesses.size());
    for (const uint32_t key : trace.accesses) items.accesses.push_back(rangeOf[key]);
    std::vector<int64_t> places(count);
    std::iota(places.begin(), places.end(), 0);
    items.neighbours = neighboursByValue(places);
    return items;
}

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

class Evaluator {
public:
    Evaluator(Items items, size_t hot, const HotspotProtocol& protocol, Job& job) : items_(std::move(items)), hot_(hot), protocol_(protocol), job_(job) {}

    Status cut() {
        const size_t length = items_.accesses.size() / protocol_.windows;
        SnapshotMaker maker(items_.count, length, items_.neighbours, items_.values);
        job_.beginPass("counting windows", protocol_.windows, "windows");
        for (uint32_t w = 0; w < protocol_.windows; ++w) {
            FS_TRY(job_.checkpoint());
            Window window;
            window.snapshot = maker.take(hot_ * candidatesPerHot);
            const size_t end = w + 1 == protocol_.windows ? items_.accesses.size() : (w + 1) * length;
            for (size_t i = w * length; i < end; ++i) {
                ++window.counts[items_.accesses[i]];
                maker.access(items_.accesses[i]);
            }
            maker.endWindow();
            finish(window);
            windows_.push_back(std::move(window));
            job_.progress(w + 1);
        }
        return {};
    }

    Result<std::vector<HotspotRow>> run() {
        auto predictors = hotspotPredictors(protocol_.seed);
        const uint32_t first = protocol_.testFrom - std::min(protocol_.refitEvery * blocksBefore, protocol_.testFrom / 2);
        std::vector<Result<Asked>> asked(predictors.size(), Asked{});
        job_.beginPass("predictors", predictors.size() * (protocol_.windows - first), "windows");
        std::atomic<size_t> next{predictors.size()}, done{0};
        const auto work = [&] {
            for (size_t left = next.load(); left > 0;)
                if (next.compare_exchange_weak(left, left - 1)) asked[left - 1] = askOne(*predictors[left - 1], first, done), left = next.load();
        };
        std::vector<std::jthread> others;
        const size_t threads = protocol_.threads ? protocol_.threads : std::max(1u, std::thread::hardware_concurrency());
        for (size_t i = 1; i < std::min(threads, predictors.size()); ++i) others.emplace_back(work);
        work();
        others.clear();
        std::vector<HotspotRow> rows;
        std::vector<std::vector<std::vector<uint32_t>>> predicted;
        for (size_t p = 0; p < predictors.size(); ++p) {
            FS_ASSIGN(auto own, std::move(asked[p]));
            rows.push_back(rowOf(predictors[p]->name(), own.predicted, first));
            rows.back().seconds = own.seconds;
            predicted.push_back(std::move(own.predicted));
        }
        rows.push_back(choose(rows, predicted, first));
        return rows;
    }

private:
    using Predicted = std::vector<std::vector<uint32_t>>;   // by window from `first` on; empty: it could not
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
    Result<Asked> askOne(HotspotPredictor& predictor, uint32_t first, std::atomic<size_t>& done) {
        const auto start = Clock::now();
        Asked asked;
        bool usable = false;
        for (uint32_t w = first; w < protocol_.windows; ++w) {
            FS_TRY(job_.checkpoint());
            if ((w - first) % protocol_.refitEvery == 0) {
                std::vector<const Snapshot*> past;
                for (uint32_t p = 0; p < w; ++p) past.push_back(&windows_[p].snapshot);
                FS_ASSIGN(usable, predictor.fit(past, job_));
            }
            asked.predicted.emplace_back();
            if (usable) {
                const auto& snapshot = windows_[w].snapshot;
                FS_ASSIGN(const auto scores, predictor.score(snapshot));
                std::vector<std::pair<float, uint32_t>> order;
                for (size_t i = 0; i < scores.size(); ++i) order.emplace_back(std::isfinite(scores[i]) ? scores[i] : -1e30f, snapshot.items[i]);
                const auto coming = predictor.scoreComing(snapshot);
                for (size_t i = 0; i < coming.size(); ++i) order.emplace_back(coming[i], snapshot.coming.items[i]);
                asked.predicted.back() = hottest(std::move(order), hot_ * listedPerHot);
            }
            job_.progress(++done);
        }
        asked.seconds = secondsSince(start);
        return asked;
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
    HotspotRow rowOf(const std::string& name, const Predicted& predicted, uint32_t first) const {
        HotspotRow row;
        row.model = name;
        const double windows = protocol_.windows - protocol_.testFrom;
        for (uint32_t w = protocol_.testFrom; w < protocol_.windows; ++w) {
            const Score score = scoreOf(predicted[w - first], windows_[w]);
            row.precision += score.precision / windows;
            row.load += score.load / windows;
        }
        return row;
    }
    // Before each window: the predictors whose precision and load were best on the windows before it, older ones fading.
    std::vector<size_t> bestBefore(const std::vector<Predicted>& predicted, uint32_t first, uint32_t window) const {
        std::vector<std::pair<double, size_t>> order;
        for (size_t p = 0; p < predicted.size(); ++p) {
            double sum = 0;
            for (uint32_t past = first; past < window; ++past) {
                const Score score = scoreOf(predicted[p][past - first], windows_[past]);
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
    // Each of the best gives its list's places as points (Borda's count).
    HotspotRow choose(std::vector<HotspotRow>& rows, const std::vector<Predicted>& predicted, uint32_t first) const {
        Predicted taken(protocol_.windows - first);
        std::vector<size_t> best;
        for (uint32_t w = protocol_.testFrom; w < protocol_.windows; ++w) {
            best = bestBefore(predicted, first, w);
            for (const size_t p : best) ++rows[p].timesChosen;
            std::unordered_map<uint32_t, uint64_t> points;
            for (const size_t p : best) {
                const auto& list = predicted[p][w - first];
                for (size_t place = 0; place < list.size(); ++place) points[list[place]] += list.size() - place;
            }
            std::vector<std::pair<uint64_t, uint32_t>> order;
            for (const auto& [item, sum] : points) order.emplace_back(sum, item);
            taken[w - first] = hottest(std::move(order), hot_);
        }
        HotspotRow row = rowOf("portfolio", taken, first);
        row.chosen = true;
        return row;
    }

    const Items items_;
    const size_t hot_;
    const HotspotProtocol& protocol_;
    Job& job_;
    std::vector<Window> windows_;
};

}  // namespace

Result<HotspotEvaluation> evaluateHotspots(const Trace& trace, const HotspotProtocol& protocol, Job& job) {
    const auto start = Clock::now();
    if (protocol.windows < 4 || protocol.testFrom < 2 || protocol.testFrom >= protocol.windows || protocol.refitEvery == 0 || protocol.rangeCount < 2)
        return Error{ErrorCategory::usage, "There must be at least four windows, of which the first two are not tested.", "Leave the windows as they are.", {}};
    if (trace.accesses.size() < protocol.windows * leastAccesses)
        return Error{ErrorCategory::format, "The trace has " + std::to_string(trace.accesses.size()) + " accesses, too few to cut into " + std::to_string(protocol.windows) + " windows.", "Give a longer trace.", {}};
    if (protocol.ranges && trace.values.empty()) return Error{ErrorCategory::format, "Ranges need keys that are numbers.", "Evaluate keys instead.", {}};
    const size_t known = trace.accesses.size() / protocol.windows * protocol.testFrom;
    HotspotEvaluation evaluation;
    evaluation.accesses = trace.accesses.size();
    Items items = protocol.ranges ? rangesOf(trace, known, protocol.rangeCount) : keysOf(trace);
    evaluation.items = protocol.ranges ? protocol.rangeCount : size_t{*std::max_element(trace.accesses.begin(), trace.accesses.begin() + static_cast<std::ptrdiff_t>(known))} + 1;
    const double share = protocol.share > 0 ? protocol.share : protocol.ranges ? 0.05 : 0.01;
    evaluation.hot = std::max<size_t>(1, static_cast<size_t>(std::ceil(share * static_cast<double>(evaluation.items))));
    Evaluator evaluator(std::move(items), evaluation.hot, protocol, job);
    FS_TRY(evaluator.cut());
    FS_ASSIGN(evaluation.rows, evaluator.run());
    evaluation.seconds = secondsSince(start);
    return evaluation;
}

}  // namespace foreshard::models
