// Monitor: watches what new logs do to the design in force and how well the volume models foresaw it. Fed with workloads made
// from new log data; each interval is judged once, when it is closed. Serialisable, so that a project can keep it between
// runs. Not thread-safe; status() is a copy.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/job.h"
#include "core/models/forecast.h"
#include "core/monitor/measure.h"
#include "core/monitor/rules.h"
#include "core/monitor/status.h"
#include "core/sharding/design.h"
#include "core/workload/workload.h"

namespace foreshard::monitor {

struct Options {
    SkewOptions skew;
    DriftOptions drift;
    uint32_t errorWindow = 24;           // closed intervals behind the rolling error
    uint32_t remembered = 336;           // closed intervals kept for charts
    uint32_t rememberedFindings = 200;
};

class Monitor {
public:
    static constexpr uint32_t formatVersion = 3;   // 2: the state carries its design; 3: and its skew limit

    explicit Monitor(sharding::Design design, Options options = {});

    const sharding::Design& design() const { return design_; }
    // Another design makes measured load incomparable: what is remembered goes, an active skew finding ends where its last
    // interval did, findings stay. The same design (by fingerprint) changes nothing.
    void setDesign(sharding::Design design);
    // Another limit judges what is remembered again: skew findings of that time are replaced, and their evidence is what the
    // remembered loads tell. True where it was another one.
    bool setSkewLimit(double limit);

    // What is expected of the coming intervals, under the design in force. Forecasts for intervals already closed are ignored,
    // later ones replace earlier ones. Models other than before start the error and drift anew, and end an active drift.
    Status setForecast(const models::TrainedModels& models, const models::Forecast& forecast, Job& job);
    // True where the next interval to be closed has no forecast.
    bool needsForecast() const;

    // All new data of this run so far, from openFrom() on or earlier: what is not closed yet is replaced by it, unless it holds
    // fewer calls (another file that begins inside the same interval). Closes every interval before the last one that has
    // calls; with `ended` (the log goes on no further) also that one, if the log covers it whole. Intervals inside the
    // workload's range without calls count as quiet; time outside it is unknown. Findings that begin or end are made here.
    // Error: conflict where the interval differs from the one watched so far; what project() or the router say; cancelled:
    // then nothing has changed.
    Status observe(const workload::Workload& observed, bool ended, Job& job);
    // Begin of the first interval that is not closed; nothing before the first observation. Older data need not be given again.
    std::optional<Instant> openFrom() const;

    Snapshot status() const;

    std::string write() const;
    // The skew limit is the stored one, not that of `options`. `design`: the one in force now; state measured under another one is treated as setDesign() says.
    static Result<Monitor> read(std::string_view bytes, sharding::Design design, Options options = {});
    // To look at what was measured, under the design it was measured under. not_found: version 1 did not keep its design.
    static Result<Monitor> readAsMeasured(std::string_view bytes, Options options = {});

private:
    struct Score {                       // a closed interval that was forecast
        int64_t interval = 0;
        double actual = 0;
        double p10 = 0, p50 = 0, p90 = 0;
        std::vector<double> seriesActual, seriesPredicted;
    };
    struct Closed {
        Measured measured;
        std::optional<Predicted> predicted;
    };

    void close(const Measured& interval, bool whole, const workload::Workload& observed);
    void judgeSkew(const Measured& interval, const workload::Workload* observed);   // null: judged again
    void judgeDrift(const Measured& interval, const Predicted& predicted);
    void endActive(const std::string& rule, Instant until);
    void add(Finding finding);
    std::string driftEvidence() const;
    SeriesError errorOf(const std::string& name, std::optional<size_t> series) const;
    Instant instantOf(int64_t interval) const { return interval * interval_; }
    void forget();
    static Result<Monitor> readUnder(std::string_view bytes, const sharding::Design* design, Options options);
    void readState(ByteReader& in, uint64_t version);

    sharding::Design design_;
    Options options_;
    Instant interval_ = 0;
    std::optional<int64_t> nextToClose_;
    std::map<int64_t, Measured> open_;
    std::map<int64_t, Predicted> predicted_;   // of intervals not closed yet
    std::deque<Closed> closed_;
    std::deque<Score> scores_;
    std::vector<std::string> seriesNames_;
    SeriesIndex series_;
    uint64_t modelsFingerprint_ = 0;
    SkewRule skew_;
    DriftRule drift_;
    std::deque<Finding> findings_;             // newest first
    uint64_t intervalsClosed_ = 0;
    double calls_ = 0;
    std::vector<double> accesses_;
};

}  // namespace foreshard::monitor
