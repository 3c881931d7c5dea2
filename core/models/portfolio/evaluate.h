// `evaluate volume`: the whole portfolio on a panel by an honest protocol. The last part of each series is the test part. It
// is cut into a few stretches, as is the later part of what comes before (the backtest). Before each stretch every candidate
// is fitted anew on all that came before; the portfolio's answers to a stretch of the test part are those of the candidate,
// or the average of candidates, that would have served best on the stretches before it. Bands come from earlier errors alone.
// Where events are marked, candidates see series freed of them and get back what was known of each event at the origin; what is
// judged are the values as they are, and a portfolio that knows of no event stands beside the one that does.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/models/portfolio/candidate.h"

namespace foreshard::models {

struct VolumeProtocol {
    std::vector<uint32_t> horizons = {1, 24};   // steps ahead; unused with `last`
    size_t testLast = 0;                        // steps of each series; 0: a fifth of it
    bool last = false;                          // one forecast of the whole test part instead of every step as an origin
    double budgetSeconds = 0;                   // 0: none
    unsigned threads = 0;                       // candidates at once; 0: all cores; the answer is the same
    std::vector<CalendarEvent> events;          // marked on the calendar; with some, everything is trained twice
    PortfolioOptions portfolio;
};

struct VolumeRow {
    std::string model;                          // a candidate's name, or "portfolio": what was chosen; or "portfolio without events"
    uint32_t horizon = 0;                       // with `last`: steps of the test part
    bool chosen = false;                        // the portfolio's row
    double logMse = 0;
    std::optional<double> nd, mase, smape;
    std::optional<double> skill;                // 1 - logMse / logMse of the best seasonal naive
    std::optional<double> coverage;             // share of actual values in P10…P90
    std::optional<double> backtestLogMse;
    std::optional<double> markedLogMse;         // of values within marked events; nothing where none is
    double weight = 0;                          // in the portfolio, mean over the test part
    double seconds = 0;                         // of training, all fits
    size_t values = 0, markedValues = 0;
};

struct VolumeEvaluation {
    std::vector<VolumeRow> rows;                // horizon by horizon, in the portfolio's order, the portfolio last
    size_t series = 0, steps = 0, left = 0;     // judged; longest; too short to judge
    double seconds = 0;
};

// Errors: usage (a horizon of 0, none at all; events on a panel without dates), format (no series is long enough), cancelled, what candidates say.
Result<VolumeEvaluation> evaluateVolume(const Panel& panel, const VolumeProtocol& protocol, Job& job);

}  // namespace foreshard::models
