#include "app/verbs/evaluate.h"

#include "core/base/file.h"
#include "core/models/portfolio/panel.h"

namespace foreshard::verbs {

Result<models::VolumeEvaluation> evaluateVolume(const EvaluateVolumeOptions& options, Job& job) {
    job.beginPass("reading " + options.file.filename().string());
    FS_ASSIGN(const auto file, MappedFile::open(options.file));
    FS_ASSIGN(const auto panel, models::readPanel(file.bytes(), options.file.filename().string(), options.season, job));
    models::VolumeProtocol protocol;
    protocol.horizons = options.horizons;
    protocol.testLast = options.testLast;
    protocol.last = options.origins == "last";
    protocol.budgetSeconds = options.budgetSeconds;
    protocol.portfolio.seed = options.seed;
    protocol.threads = options.threads;
    return models::evaluateVolume(panel, protocol, job);
}

Result<models::HotspotEvaluation> evaluateHotspots(const EvaluateHotspotOptions& options, Job& job) {
    job.beginPass("reading " + options.file.filename().string());
    FS_ASSIGN(const auto file, MappedFile::open(options.file));
    FS_ASSIGN(const auto trace, models::readTrace(file.bytes(), options.file.filename().string(), options.first, job));
    models::HotspotProtocol protocol;
    protocol.ranges = options.ranges;
    protocol.share = options.share;
    protocol.seed = options.seed;
    protocol.threads = options.threads;
    return models::evaluateHotspots(trace, protocol, job);
}

}  // namespace foreshard::verbs
