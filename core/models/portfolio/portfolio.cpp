#include <algorithm>

#include "core/models/portfolio/classic.h"
#include "core/models/portfolio/learned.h"

namespace foreshard::models {

namespace {

constexpr uint32_t members = 2;   // more bring little for their time

LagOptions lagsOf(uint64_t seed, bool seasons) {
    LagOptions lags;
    lags.seed = seed;
    lags.seasons = seasons;
    lags.members = members;
    return lags;
}

}  // namespace

Candidates volumePortfolio(const Panel& panel, const PortfolioOptions& options) {
    Candidates all;
    all.push_back(naiveCandidate());
    for (const uint32_t season : panel.seasons)
        if (season > 1) all.push_back(seasonalNaiveCandidate(season));
    all.push_back(phaseMeanCandidate(panel.seasons.back()));
    all.push_back(thetaCandidate(panel.seasons.front()));
    all.push_back(nlinearCandidate(panel.seasons.front()));
    all.push_back(linearCandidate());
    const bool seasonal = panel.seasons.back() > 1;
    if (seasonal) all.push_back(networkCandidate(lagsOf(options.seed, false)));
    all.push_back(networkCandidate(lagsOf(options.seed, true)));
    if (seasonal) all.push_back(treesCandidate(lagsOf(options.seed, false)));
    all.push_back(treesCandidate(lagsOf(options.seed, true)));
    if (!options.only.empty())
        std::erase_if(all, [&](const auto& candidate) { return std::find(options.only.begin(), options.only.end(), candidate->name()) == options.only.end(); });
    return all;
}

}  // namespace foreshard::models
