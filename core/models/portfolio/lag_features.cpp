#include "core/models/portfolio/lag_features.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace foreshard::models {

namespace {

constexpr uint32_t lagChoices[] = {2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 20, 24, 30, 45, 60, 90, 120, 180, 240, 360};
constexpr uint32_t windowChoices[] = {2, 3, 5, 8, 15, 30, 60, 120, 240, 480, 1440};
constexpr uint32_t changeChoices[] = {5, 15, 60, 240};
constexpr size_t repeats = 3;          // earlier seasons looked at one by one, of each season
constexpr size_t averaged = 7;         // and in the mean
constexpr size_t perSeason = repeats + 4;   // rises; their mean over more seasons; the level then; sine and cosine of the phase
constexpr size_t smoothingShare = 96;  // of a season: 15 minutes of a day
constexpr float levelClip = 2;         // a season ago all may have been ten times larger, which says nothing more
constexpr float unknown = std::numeric_limits<float>::quiet_NaN();

template <size_t N>
std::vector<uint32_t> upTo(const uint32_t (&choices)[N], size_t longest) {
    std::vector<uint32_t> kept;
    for (const uint32_t choice : choices)
        if (choice <= longest) kept.push_back(choice);
    return kept;
}

}  // namespace

LagFeatures::LagFeatures(const Panel& panel, size_t longest, uint32_t longestLead, bool seasons, bool marks)
    : panel_(panel), lags_(upTo(lagChoices, longest)), windows_(upTo(windowChoices, longest)), changes_(upTo(changeChoices, longest)), longestLead_(longestLead), seasons_(seasons), marks_(marks) {
    sums_.assign(panel.series.size(), {0});
    roughness_.assign(panel.series.size(), {0});
    extend();
}

void LagFeatures::extend() {
    for (size_t s = 0; s < panel_.series.size(); ++s) {
        const auto& logs = panel_.series[s].logs;
        auto& sums = sums_[s];
        auto& rough = roughness_[s];
        sums.reserve(logs.size() + 1);
        rough.reserve(logs.size() + 1);
        for (size_t i = sums.size() - 1; i < logs.size(); ++i) {
            sums.push_back(sums.back() + logs[i]);
            rough.push_back(rough.back() + (i ? std::abs(logs[i] - logs[i - 1]) : 0.0f));
        }
    }
}

uint32_t LagFeatures::columns() const {
    return static_cast<uint32_t>(2 + lags_.size() + windows_.size() + changes_.size() + panel_.seasons.size() * (seasons_ ? perSeason : 2) + (marks_ ? 2 : 0));
}

// Mean of the values within `reach` of `middle` that lie before `end`.
float LagFeatures::around(size_t series, size_t middle, size_t reach, size_t end) const {
    const size_t first = middle > reach ? middle - reach : 0, last = std::min(end, middle + reach + 1);
    return first < last ? static_cast<float>(mean(series, first, last)) : unknown;
}

// What followed at the same phase of earlier seasons: the rise from there, which regimes of different size have in common.
void LagFeatures::fillSeasons(const Question& question, float base, std::span<float> row, size_t& at) const {
    const size_t target = question.target(), now = question.origin - 1;
    for (const uint32_t season : panel_.seasons) {
        const auto place = (panel_.series[question.series].first + static_cast<int64_t>(target)) % static_cast<int64_t>(season);
        const double phase = 2 * M_PI * static_cast<double>(place) / season;
        row[at++] = static_cast<float>(std::sin(phase));
        row[at++] = static_cast<float>(std::cos(phase));
        if (!seasons_) continue;
        const size_t reach = std::min<size_t>(season / smoothingShare, std::max<size_t>(1, question.lead / 2));
        size_t back = (size_t{question.lead} + season - 1) / season * season;
        float level = unknown;
        double sum = 0;
        size_t used = 0;
        for (size_t r = 0; r < averaged; ++r, back += season) {
            float rise = unknown;
            if (back <= now) {
                const float then = around(question.series, target - back, reach, question.origin);
                rise = then - around(question.series, now - back, reach, question.origin);
                if (r == 0) level = std::clamp(then - base, -levelClip, levelClip);
                sum += rise;
                ++used;
            }
            if (r < repeats) row[at++] = rise;
        }
        row[at++] = used ? static_cast<float>(sum / static_cast<double>(used)) : unknown;
        row[at++] = level;
    }
}

void LagFeatures::fill(const Question& question, std::span<float> row) const {
    const auto& logs = panel_.series[question.series].logs;
    const size_t origin = question.origin;
    const float base = logs[origin - 1];
    size_t at = 0;
    row[at++] = base;
    row[at++] = longestLead_ > 1 ? static_cast<float>(question.lead) / static_cast<float>(longestLead_) : 1.0f;
    for (const uint32_t lag : lags_) row[at++] = lag <= origin ? logs[origin - lag] - base : unknown;
    for (const uint32_t window : windows_)
        row[at++] = window <= origin ? static_cast<float>(mean(question.series, origin - window, origin)) - base : unknown;
    const auto& rough = roughness_[question.series];
    for (const uint32_t change : changes_)
        row[at++] = change <= origin ? static_cast<float>((rough[origin] - rough[origin - change]) / change) : unknown;
    fillSeasons(question, base, row, at);
    if (marks_) fillMarks(question, row, at);
}

// A panel without marks has none at any time.
void LagFeatures::fillMarks(const Question& question, std::span<float> row, size_t& at) const {
    const auto& marked = panel_.series[question.series].marked;
    const EventEffect effect = marked ? marked->effectAt(question.origin, question.target()) : EventEffect{};
    row[at++] = effect.marked ? 1.0f : 0.0f;
    row[at++] = static_cast<float>(effect.mean);
}

Table LagFeatures::tableOf(std::span<const Question> questions) const {
    Table table(columns());
    table.values.resize(questions.size() * columns());
    for (size_t i = 0; i < questions.size(); ++i) fill(questions[i], std::span(table.values).subspan(i * columns(), columns()));
    return table;
}

}  // namespace foreshard::models
