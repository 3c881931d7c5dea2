// The tuner: what it tries and in which order, that it finds what there is to find, and that trials which fail, stop early or
// come from earlier studies are what they say.
#include <QtTest>

#include <atomic>
#include <cmath>
#include <limits>
#include <set>

#include "core/models/tuner/expected_improvement.h"
#include "core/models/tuner/gaussian_process.h"
#include "core/models/tuner/sobol.h"
#include "core/models/tuner/tuner.h"
#include "tests/bench/functions.h"

using namespace foreshard;
using namespace foreshard::models;

namespace {

Study studyOf(Space space, uint64_t seed = 1) {
    Study study;
    study.name = "a test";
    study.space = std::move(space);
    study.seed = seed;
    return study;
}

Space braninSpace() { return {{realParameter("x", -5, 10), realParameter("y", 0, 15)}}; }

const Objective branin = [](const Setting& s, const KeepOn&, Job&) -> Result<double> { return bench::branin(s[0], s[1]); };

Study tuned(Study study, const TuneOptions& options, const Objective& objective) {
    Job job;
    auto done = tune(std::move(study), options, objective, job);
    if (!done.ok()) qFatal("%s", done.error().message.c_str());
    return std::move(*done);
}

std::vector<std::pair<Setting, double>> settingsOf(const Study& study) {
    std::vector<std::pair<Setting, double>> out;
    for (const auto& trial : study.trials) out.emplace_back(trial.setting, trial.loss);
    return out;
}

}  // namespace

class TestTuner : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void sobolPointsFillEveryHalf() {
        // 2^k points of a digitally shifted Sobol sequence have one in each of 2^k slices of every dimension.
        const auto points = sobolPoints(mostSobolDimensions, 64, 7);
        for (size_t d = 0; d < mostSobolDimensions; ++d) {
            std::set<int> slices;
            for (const auto& point : points) slices.insert(static_cast<int>(point[d] * 64));
            QCOMPARE(slices.size(), size_t(64));
        }
        // The first two dimensions: one point in each of 8 × 8 squares.
        std::set<std::pair<int, int>> squares;
        for (const auto& point : points) squares.insert({static_cast<int>(point[0] * 8), static_cast<int>(point[1] * 8)});
        QCOMPARE(squares.size(), size_t(64));
        QCOMPARE(sobolPoints(3, 4, 7, 4)[0], sobolPoints(3, 8, 7)[4]);
        QVERIFY(sobolPoints(3, 4, 8) != sobolPoints(3, 4, 7));
    }
    void settingsKeepToTheSpace() {
        const Space space{{realParameter("rate", 1e-4, 1e-1, true), integerParameter("depth", 2, 9), categoryParameter("loss", {"squared", "huber"})}};
        QVERIFY(space.check().ok());
        const auto same = [](const Setting& a, const Setting& b) { return std::abs(a[0] / b[0] - 1) < 1e-12 && a[1] == b[1] && a[2] == b[2]; };
        QVERIFY(same(space.at(std::vector{0.0, 0.0, 0.0}), {1e-4, 2, 0}));
        QVERIFY(same(space.at(std::vector{1.0, 1.0, 1.0}), {1e-1, 9, 1}));
        QVERIFY(std::abs(space.at(std::vector{0.5, 0.5, 0.5})[0] - std::sqrt(1e-5)) < 1e-9);
        std::set<double> depths;
        for (double u = 0.03; u < 1; u += 0.0625) {   // two a value: each has its share of the axis
            const auto setting = space.at(std::vector{u, u, u});
            QVERIFY(space.holds(setting));
            QVERIFY(same(space.at(space.unitOf(setting)), setting));
            depths.insert(setting[1]);
        }
        QCOMPARE(depths.size(), size_t(8));
        QCOMPARE(space.describe({0.003, 6, 1}), std::string("rate 0.003, depth 6, loss huber"));
        for (const Setting& wrong : {Setting{0.01, 2.5, 0}, Setting{0.01, 1, 0}, Setting{0.01, 2, 2}, Setting{0.01, 2}, Setting{std::nan(""), 2, 0}}) QVERIFY(!space.holds(wrong));
    }
    void logImprovementIsExact() {
        // h(0) = φ(0); and where the plain formula still has digits, both agree.
        QVERIFY(std::abs(logImprovement(0) + 0.9189385332046727) < 1e-12);
        for (const double z : {-0.5, -1.5, -4.0, -6.0}) {
            const long double phi = std::exp(-0.5L * z * z) / std::sqrt(2 * M_PIl), below = 0.5L * std::erfc(-static_cast<long double>(z) / std::sqrt(2.0L));
            QVERIFY(std::abs(logImprovement(z) - static_cast<double>(std::log(phi + z * below))) < 1e-8);
        }
        // Far below it goes on, falls, and its slope is its slope.
        for (double z = -1000; z < 5; z += 0.37) {
            QVERIFY(logImprovement(z) < logImprovement(z + 0.1));
            const double slope = (logImprovement(z + 1e-4) - logImprovement(z - 1e-4)) / 2e-4;
            QVERIFY2(std::abs(slope - logImprovementSlope(z)) < 1e-4 * (1 + std::abs(slope)), qPrintable(QString::number(z)));
        }
    }
    void theProcessKnowsWhatItSawAndDoubtsTheRest() {
        std::vector<std::vector<double>> points;
        std::vector<double> values;
        for (const auto& point : sobolPoints(2, 24, 3)) {
            points.push_back(point);
            values.push_back(100 + 40 * std::sin(4 * point[0]));   // the second dimension does not matter
        }
        const auto process = GaussianProcess::fit(points, values, {false, false}, 1);
        for (size_t i = 0; i < points.size(); ++i) QVERIFY(std::abs(process.at(points[i]).mean - values[i]) < 0.5);
        QVERIFY(process.lengthScales()[1] > 3 * process.lengthScales()[0]);
        const std::vector<double> between{0.41, 0.77};
        std::vector<double> mean(2), deviation(2);
        const auto belief = process.at(between, mean, deviation);
        QVERIFY(std::abs(belief.mean - (100 + 40 * std::sin(4 * 0.41))) < 3 * belief.deviation + 1);
        for (size_t d = 0; d < 2; ++d) {
            auto ahead = between, back = between;
            ahead[d] += 1e-5, back[d] -= 1e-5;
            QVERIFY(std::abs((process.at(ahead).mean - process.at(back).mean) / 2e-5 - mean[d]) < 1e-3 * (1 + std::abs(mean[d])));
            QVERIFY(std::abs((process.at(ahead).deviation - process.at(back).deviation) / 2e-5 - deviation[d]) < 1e-2 * (1 + std::abs(deviation[d])));
        }
        // What is believed of a point is known once it is added.
        const std::vector<double> corner{1, 1};
        QVERIFY(process.with(corner, 60).at(corner).deviation < process.at(corner).deviation);
    }
    void equalValuesAndEqualPointsAreNoAccident() {
        const auto flat = GaussianProcess::fit({{0.1}, {0.5}, {0.9}}, std::vector<double>{3, 3, 3}, {false}, 1);
        QVERIFY(std::abs(flat.at(std::vector{0.3}).mean - 3) < 1e-6);
        const auto twice = GaussianProcess::fit({{0.5}, {0.5}, {0.5}}, std::vector<double>{1, 2, 3}, {false}, 1);
        QVERIFY(std::isfinite(twice.at(std::vector{0.5}).mean) && std::isfinite(twice.at(std::vector{0.1}).deviation));
    }
    void findsTheLeastOfBranin() {
        TuneOptions options;
        options.trials = 30;
        const auto study = tuned(studyOf(braninSpace()), options, branin);
        QCOMPARE(study.trials.size(), size_t(30));
        QVERIFY2(study.best()->loss - bench::braninLeast < 0.02, qPrintable(QString::number(study.best()->loss - bench::braninLeast)));
        const auto points = sobolPoints(2, 8, 1);   // the protocol: eight Sobol points first
        for (size_t i = 0; i < 8; ++i) QCOMPARE(study.trials[i].setting, study.space.at(points[i]));
    }
    void integersAndCategoriesAreFoundToo() {
        // Least at depth 6, "huber", rate 0.01; each wrong choice costs.
        const Space space{{realParameter("rate", 1e-4, 1, true), integerParameter("depth", 1, 12), categoryParameter("loss", {"squared", "huber", "absolute"})}};
        const Objective objective = [](const Setting& s, const KeepOn&, Job&) -> Result<double> {
            return std::pow(std::log10(s[0]) + 2, 2) + 0.2 * std::pow(s[1] - 6, 2) + (s[2] == 1 ? 0 : 1.5);
        };
        TuneOptions options;
        options.trials = 30;
        const auto study = tuned(studyOf(space), options, objective);
        QCOMPARE(study.best()->setting[1], 6.0);
        QCOMPARE(study.best()->setting[2], 1.0);
        QVERIFY(study.best()->loss < 0.05);
    }
    void theSameSeedGivesTheSameStudy() {
        TuneOptions options;
        options.trials = 16;
        options.batch = 4;
        const auto one = settingsOf(tuned(studyOf(braninSpace()), options, branin));
        options.threads = 4;
        QCOMPARE(settingsOf(tuned(studyOf(braninSpace()), options, branin)), one);
        QVERIFY(settingsOf(tuned(studyOf(braninSpace(), 2), options, branin)) != one);
        // Cut short and gone on with.
        options.trials = 12;
        auto part = tuned(studyOf(braninSpace()), options, branin);
        QCOMPARE(settingsOf(part), (decltype(one){one.begin(), one.begin() + 12}));
        options.trials = 16;
        QCOMPARE(settingsOf(tuned(*readStudy(writeStudy(part)), options, branin)), one);
    }
    void budgetsTruncate() {
        TuneOptions options;
        options.trials = 20;
        options.deadline = std::chrono::steady_clock::now() - std::chrono::seconds(1);
        Job job;
        QCOMPARE(tune(studyOf(braninSpace()), options, branin, job)->trials.size(), size_t(0));
        QCOMPARE(job.diagnostics().byReason().at("budget_spent"), uint64_t(1));
        // A space with fewer settings than trials.
        options.deadline.reset();
        const Objective plain = [](const Setting& s, const KeepOn&, Job&) -> Result<double> { return s[0] + s[1]; };
        const auto all = tune(studyOf({{integerParameter("a", 1, 3), categoryParameter("b", {"x", "y"})}}), options, plain, job);
        QCOMPARE(all->trials.size(), size_t(6));
        QCOMPARE(all->best()->setting, (Setting{1, 0}));
        QCOMPARE(job.diagnostics().byReason().at("space_exhausted"), uint64_t(1));
    }
    void losersAreStoppedEarly() {
        QCOMPARE(halvingRungs(5, 100, 3), (std::vector<uint32_t>{5, 15, 45}));
        const auto rungs = halvingRungs(1, 27, 3);
        std::atomic<uint64_t> epochs{0};
        const Objective learns = [&](const Setting& s, const KeepOn& keepOn, Job&) -> Result<double> {
            const auto after = [&](uint32_t epoch) { return s[0] * s[0] + 1.0 / epoch; };
            for (uint32_t epoch = 1; epoch <= 27; ++epoch) {
                ++epochs;
                if ((epoch == 1 || epoch == 3 || epoch == 9) && !keepOn(epoch, after(epoch))) return after(epoch);
            }
            return after(27);
        };
        TuneOptions options;
        options.trials = 24;
        options.rungs = rungs;
        const auto study = tuned(studyOf({{realParameter("x", -1, 1)}}), options, learns);
        size_t stopped = 0;
        for (const auto& trial : study.trials) {
            stopped += trial.state == TrialState::stopped ? 1 : 0;
            QCOMPARE(trial.rungs.size() == 3, trial.state == TrialState::finished || trial.rungs.back().epochs == 9);
        }
        QVERIFY2(stopped >= 6, qPrintable(QString::number(stopped)));
        QVERIFY(epochs < 24 * 27 * 2 / 3);
        QVERIFY(study.best()->state == TrialState::finished && std::abs(study.best()->setting[0]) < 0.1);
    }
    void failuresAreTrialsToo() {
        // Right of 5 there is no number, left of -4 an error.
        const Objective fragile = [](const Setting& s, const KeepOn& keepOn, Job&) -> Result<double> {
            if (s[0] > 5) return std::numeric_limits<double>::quiet_NaN();
            if (s[0] < -4) return Error{ErrorCategory::internal, "The training fell over.", {}, {}};
            if (s[1] > 14 && !keepOn(1, std::numeric_limits<double>::infinity())) return std::numeric_limits<double>::infinity();
            return bench::branin(s[0], s[1]);
        };
        TuneOptions options;
        options.trials = 24;
        const auto study = tuned(studyOf(braninSpace()), options, fragile);
        QCOMPARE(study.trials.size(), size_t(24));
        size_t failed = 0;
        for (const auto& trial : study.trials) {
            if (trial.state != TrialState::failed) continue;
            ++failed;
            QVERIFY(!trial.why.empty());
        }
        QVERIFY(failed > 0);
        QVERIFY(study.best()->loss < bench::braninLeast + 0.5);
        // Nothing but failures: Sobol points to the end.
        const Objective never = [](const Setting&, const KeepOn&, Job&) -> Result<double> { return std::numeric_limits<double>::infinity(); };
        const auto none = tuned(studyOf(braninSpace()), options, never);
        QCOMPARE(none.trials.size(), size_t(24));
        QVERIFY(!none.best());
    }
    void earlierStudiesStartIt() {
        TuneOptions options;
        options.trials = 30;
        const auto earlier = tuned(studyOf(braninSpace()), options, branin);
        Space narrower = braninSpace();
        narrower.parameters[0].high = 4;
        const auto first = warmStart(narrower, {earlier}, 3);
        QCOMPARE(first.size(), size_t(3));
        for (const auto& setting : first) QVERIFY(narrower.holds(setting));
        QVERIFY(warmStart({{realParameter("other", 0, 1)}}, {earlier}, 3).empty());
        options.first = first;
        options.trials = 12;
        // Moved a little: what was good there is good here.
        const Objective moved = [](const Setting& s, const KeepOn&, Job&) -> Result<double> { return bench::branin(s[0] + 0.1, s[1] - 0.1); };
        const auto study = tuned(studyOf(narrower, 5), options, moved);
        for (size_t i = 0; i < 3; ++i) QCOMPARE(study.trials[i].setting, first[i]);
        TuneOptions cold;
        cold.trials = 12;
        QVERIFY(study.best()->loss <= tuned(studyOf(narrower, 5), cold, moved).best()->loss);
    }
    void misuseAndDamageAreSaid() {
        Job job;
        for (const Space& space : {Space{}, Space{{realParameter("a", 1, 0)}}, Space{{realParameter("a", 0, 1, true)}}, Space{{realParameter("a", 0, 1), realParameter("a", 0, 1)}},
                                   Space{{integerParameter("a", 0, 4), categoryParameter("b", {})}}, Space{{realParameter("a", 0, std::numeric_limits<double>::infinity())}}})
            QCOMPARE(tune(studyOf(space), {}, branin, job).error().category, ErrorCategory::usage);
        TuneOptions options;
        options.trials = 4;
        const auto bytes = writeStudy(tuned(studyOf(braninSpace()), options, branin));
        QCOMPARE(writeStudy(*readStudy(bytes)), bytes);
        for (size_t cut = 0; cut < bytes.size(); cut += 7) QCOMPARE(readStudy(bytes.substr(0, cut)).error().category, ErrorCategory::format);
        Job stopped;
        stopped.requestStop();
        QCOMPARE(tune(studyOf(braninSpace()), options, branin, stopped).error().category, ErrorCategory::cancelled);
        options.saved = [](const Study&) -> Status { return Error{ErrorCategory::io, "The disk is full.", {}, {}}; };
        QCOMPARE(tune(studyOf(braninSpace()), options, branin, job).error().category, ErrorCategory::io);
    }
};

QTEST_APPLESS_MAIN(TestTuner)
#include "test_tuner.moc"
