// The volume portfolio: reading panels, the protocol on hand-computed values, and that nobody sees the future.
#include <QtTest>

#include <cmath>
#include <numeric>

#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/models/portfolio/bands.h"
#include "core/models/portfolio/blend.h"
#include "core/models/portfolio/classic.h"
#include "core/models/portfolio/evaluate.h"
#include "core/models/portfolio/learned.h"
#include "core/models/portfolio/metrics.h"

using namespace foreshard;
using namespace foreshard::models;

namespace {

Panel panelOf(std::vector<std::vector<float>> series, std::vector<uint32_t> seasons) {
    Panel panel;
    panel.seasons = std::move(seasons);
    for (auto& logs : series) panel.series.push_back({"s" + std::to_string(panel.series.size()), 0, std::move(logs), {}});
    return panel;
}

std::vector<float> daily(size_t length, uint64_t seed) {
    std::vector<float> values;
    Random random(seed);
    for (size_t i = 0; i < length; ++i)
        values.push_back(static_cast<float>(4 + std::sin(2 * M_PI * static_cast<double>(i) / 24) + 0.1 * random.normal()));
    return values;
}

bool near(double a, double b, double tolerance = 1e-5) { return std::abs(a - b) <= tolerance; }

uint64_t countOf(const Job& job, const std::string& reason) {
    const auto all = job.diagnostics();
    const auto it = all.byReason().find(reason);
    return it == all.byReason().end() ? 0 : it->second;
}

}  // namespace

class TestPortfolio : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void readsSeries() {
        Job job;
        const auto panel = readPanel("series,time,count\nb,2026-01-01 01:00,3\na,2026-01-01 00:00,1\na,2026-01-01 02:00,0\na,2026-01-01 01:00,7\nb,2026-01-01 02:00,2.5\n", "x.csv", 0, job);
        QVERIFY(panel.ok());
        QCOMPARE(panel->step, microsPerHour);
        QCOMPARE(panel->seasons, std::vector<uint32_t>({24, 168}));
        QCOMPARE(panel->series.size(), size_t(2));
        QCOMPARE(panel->series[0].logs, std::vector<float>({std::log1p(1.0f), std::log1p(7.0f), 0.0f}));
        QCOMPARE(panel->series[1].first, panel->series[0].first + 1);
    }
    void survivesBadLines() {
        Job job;
        const auto panel = readPanel(
            "period,count\n2026-01-01 00:00,5\n2026-01-01 01:00,-3\n2026-01-01 01:00,4\nnonsense\n2026-01-01 02:00,nan\n"
            "2026-01-01 02:00,1\n2026-01-01 05:00,2\n2026-01-01 06:00,1\n2099-01-01 00:00,9\n",
            "x.csv", 0, job);
        QVERIFY(panel.ok());
        const auto& series = panel->series[0];
        QCOMPARE(series.logs.size(), size_t(8));   // 00, 01, 02, two unknown, 05, 06 and the jump closed up
        QVERIFY(series.isKnown(2) && !series.isKnown(3) && !series.isKnown(4) && series.isKnown(5));
        QVERIFY(near(series.logs[1], std::log1p(4.0)));   // 0 + 4
        QVERIFY(near(series.logs[3], series.logs[2]));
        for (const char* reason : {"broken_line", "negative_count", "repeated_time", "gap", "clock_jump"}) QCOMPARE(countOf(job, reason), uint64_t(1));
    }
    void refusesWhatIsNoPanel() {
        Job job;
        for (const char* text : {"", "\n\n", "a,b\n1,2\n", "time,count\n", "time,count\nx,y\n"})
            QCOMPARE(readPanel(text, "x.csv", 0, job).error().category, ErrorCategory::format);
    }
    void errorsByHand() {
        // Counts 1, 3, 7 against forecasts 1, 1, 3.
        const auto log = [](double c) { return static_cast<float>(std::log1p(c)); };
        const auto panel = panelOf({{log(2), log(1), log(3), log(7)}}, {1});
        const std::vector<Question> questions = {{0, 1, 1}, {0, 2, 1}, {0, 3, 1}};
        const std::vector<float> answers = {log(1), log(1), log(3)};
        const std::vector<size_t> ends = {3};
        const auto scales = seasonalScales(panel, ends, 1);
        QVERIFY(near(scales[0], 1.5));   // |1-2| and |3-1|
        const auto errors = errorsOf(panel, questions, answers, scales);
        QVERIFY(near(errors.logMse, 2 * std::log(2.0) * std::log(2.0) / 3));
        QVERIFY(near(*errors.nd, 6.0 / 11));
        QVERIFY(near(*errors.mase, 2.0 / 1.5));
        QVERIFY(near(*errors.smape, (0 + 100 + 80) / 3.0));
        const auto zeros = panelOf({{0, 0, 0, 0}}, {1});
        const auto none = errorsOf(zeros, questions, std::vector<float>{0, 0, 0}, seasonalScales(zeros, ends, 1));
        QVERIFY(!none.nd && !none.mase && *none.smape == 0);
    }
    void rulesByHand() {
        const auto panel = panelOf({{1, 2, 3, 4, 5, 6, 7}}, {3});
        Job job;
        const std::vector<Question> questions = {{0, 6, 1}, {0, 6, 4}, {0, 1, 1}};
        QCOMPARE(*naiveCandidate()->answer(panel, questions, job), std::vector<float>({6, 6, 1}));
        QCOMPARE(*seasonalNaiveCandidate(3)->answer(panel, questions, job), std::vector<float>({4, 4, 1}));
        QCOMPARE(*phaseMeanCandidate(3)->answer(panel, questions, job), std::vector<float>({2.5f, 2.5f, 1}));
    }
    void averagesOfThoseWhoAreThere() {
        const std::vector<double> weights = {0.25, 0.5, 0.25};
        QCOMPARE(averageOf({{1}, {}, {3}}, weights), std::vector<float>({2}));
        QVERIFY(averageOf({{}, {}, {3}}, std::vector<double>{0.5, 0.5, 0}).empty());
    }
    // Which blocks of time say when to stop is drawn; none of a few may be hit.
    void fewBlocksStillJudge() {
        const auto panel = panelOf({daily(24 * 6, 1)}, {24});
        for (uint64_t seed = 1; seed <= 12; ++seed) {
            LagOptions lags;
            lags.seed = seed;
            Job job;
            const auto outcome = linearCandidate(lags)->fit(panel, {{panel.series[0].logs.size()}, {1}, std::nullopt}, job);
            QVERIFY2(outcome.ok() && outcome->usable, outcome.ok() ? outcome->why.c_str() : "");
        }
    }
    void thetaFollowsTrendAndSeason() {
        std::vector<float> values;
        for (int i = 0; i < 120; ++i) values.push_back(5 + 0.02f * static_cast<float>(i) + static_cast<float>(std::sin(2 * M_PI * i / 12)));
        const auto panel = panelOf({values}, {12});
        Job job;
        const auto theta = thetaCandidate(12);
        QVERIFY(theta->fit(panel, {{108}, {1}, std::nullopt}, job)->usable);
        std::vector<Question> questions;
        for (uint32_t lead = 1; lead <= 12; ++lead) questions.push_back({0, 108, lead});
        const auto answers = theta->answer(panel, questions, job);
        for (size_t i = 0; i < 12; ++i) QVERIFY2(std::abs((*answers)[i] - values[108 + i]) < 0.25, qPrintable(QString("%1 %2").arg((*answers)[i]).arg(values[108 + i])));
    }
    // No candidate's answer changes when everything from its origin on is replaced by noise, and no fit looks past its end.
    void nobodySeesTheFuture() {
        const auto honest = panelOf({daily(400, 1), daily(380, 2)}, {24, 168});
        auto shuffled = honest;
        Random random(77);
        for (auto& series : shuffled.series)
            for (size_t i = 320; i < series.logs.size(); ++i) series.logs[i] = static_cast<float>(8 * random.uniform());
        const std::vector<Question> questions = {{0, 300, 1}, {0, 320, 1}, {0, 320, 6}, {1, 320, 6}, {1, 310, 6}};
        const FitPlan plan{{320, 320}, {1, 6}, std::nullopt};
        for (const auto& candidate : volumePortfolio(honest, {})) {
            Job job;
            const auto fitted = candidate->fit(honest, plan, job);
            QVERIFY(fitted.ok());
            if (!fitted->usable) continue;
            const auto answers = *candidate->answer(honest, questions, job);
            const auto again = volumePortfolio(shuffled, {});
            const auto twin = std::find_if(again.begin(), again.end(), [&](const auto& other) { return other->name() == candidate->name(); });
            QVERIFY((*twin)->fit(shuffled, plan, job)->usable);
            QVERIFY2(*(*twin)->answer(shuffled, questions, job) == answers, candidate->name().c_str());
        }
    }
    void evaluatesAndChooses() {
        const auto panel = panelOf({daily(480, 1), daily(480, 2), daily(480, 3)}, {24, 168});
        VolumeProtocol protocol;
        protocol.horizons = {1, 24};
        Job job;
        const auto evaluation = evaluateVolume(panel, protocol, job);
        QVERIFY2(evaluation.ok(), evaluation.ok() ? "" : evaluation.error().message.c_str());
        for (const uint32_t horizon : {1u, 24u}) {
            size_t chosen = 0;
            double weights = 0;
            double best = 1e9, choice = 1e9;
            for (const auto& row : evaluation->rows) {
                if (row.horizon != horizon) continue;
                QCOMPARE(row.values, size_t(3 * (96 - horizon + 1)));
                QVERIFY(row.coverage && *row.coverage > 0.6 && row.skill);
                if (!row.chosen) best = std::min(best, row.logMse);
                weights += row.weight;
                if (row.chosen) ++chosen, choice = row.logMse;
            }
            QCOMPARE(chosen, size_t(1));
            QVERIFY(near(weights, 1));
            QVERIFY2(choice < best * 1.1, qPrintable(QString("%1 %2").arg(choice).arg(best)));
            QVERIFY2(choice < 0.0125, qPrintable(QString::number(choice)));   // the noise alone is 0.01
        }
        const auto again = evaluateVolume(panel, protocol, job);
        for (size_t i = 0; i < again->rows.size(); ++i) QCOMPARE(again->rows[i].logMse, evaluation->rows[i].logMse);
    }
    void oneForecastOfTheWholePart() {
        const auto panel = panelOf({{1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2}, {5, 5}}, {2});
        VolumeProtocol protocol;
        protocol.last = true;
        protocol.testLast = 4;
        Job job;
        const auto evaluation = evaluateVolume(panel, protocol, job);
        QVERIFY(evaluation.ok());
        QCOMPARE(evaluation->series, size_t(1));
        QCOMPARE(countOf(job, "short_series"), uint64_t(1));
        for (const auto& row : evaluation->rows) {
            QCOMPARE(row.values, size_t(4));
            if (row.model == "naive") QVERIFY(near(row.logMse, 0.5));
            if (row.model == "seasonal naive 2") QVERIFY(near(row.logMse, 0) && !row.skill);
        }
    }
    void oddSeriesAreNoProblem() {
        VolumeProtocol protocol;
        protocol.horizons = {1};
        std::vector<std::vector<float>> odd = {std::vector<float>(60, 0.0f), std::vector<float>(60, 3.0f), {4.0f}, {}};
        odd[0].back() = 12;
        Job job;
        const auto evaluation = evaluateVolume(panelOf(odd, {24}), protocol, job);
        QVERIFY(evaluation.ok());
        for (const auto& row : evaluation->rows) QVERIFY(std::isfinite(row.logMse));
        QCOMPARE(evaluateVolume(panelOf({{1.0f}}, {24}), protocol, job).error().category, ErrorCategory::format);
        protocol.horizons = {0};
        QCOMPARE(evaluateVolume(panelOf(odd, {24}), protocol, job).error().category, ErrorCategory::usage);
    }
    // One that diverges is left out where it did, with a sentence, and the rest go on.
    void divergedCandidatesAreLeftOut() {
        const auto panel = panelOf({daily(400, 1)}, {24});
        MlpOptions wild = networkDefaults();
        wild.learningRate = 1e30;
        Job job;
        const auto outcome = networkCandidate({}, wild)->fit(panel, {{400}, {1}, std::nullopt}, job);
        QVERIFY(outcome.ok() && !outcome->usable);
        QCOMPARE(outcome->why, std::string("its training diverged"));
    }
    void shuffledTimesAreSorted() {
        Job job;
        const auto sorted = readPanel("time,count\n2026-01-01 00:00,1\n2026-01-01 01:00,2\n2026-01-01 02:00,3\n2026-01-01 03:00,4\n", "x.csv", 0, job);
        const auto shuffled = readPanel("time,count\n2026-01-01 03:00,4\n2026-01-01 00:00,1\n2026-01-01 02:00,3\n2026-01-01 01:00,2\n", "x.csv", 0, job);
        QVERIFY(sorted.ok() && shuffled.ok() && *sorted == *shuffled);
        QCOMPARE(job.diagnostics().total(), uint64_t(0));
    }
    // In a regime that errs three times as much as all before, the bands follow within days.
    void bandsFollowANewRegime() {
        std::vector<float> values;
        Random random(3);
        for (size_t i = 0; i < 2400; ++i) values.push_back(static_cast<float>(9 + (i < 1600 ? 0.1 : 0.3) * random.normal()));
        const auto panel = panelOf({values}, {24});
        std::vector<Question> past, now;
        for (uint32_t i = 100; i < 1600; ++i) past.push_back({0, i, 1});
        for (uint32_t i = 1600; i < 2400; ++i) now.push_back({0, i, 1});
        const std::vector<float> pastAnswers(past.size(), 9), answers(now.size(), 9);
        const auto bands = bandsOf(panel, past, pastAnswers, now, answers, true);
        const auto coverage = coverageOf(panel, now, answers, bands);
        QVERIFY2(*coverage > 0.68 && *coverage < 0.9, qPrintable(QString::number(*coverage)));
        const auto late = coverageOf(panel, std::span(now).subspan(400), std::span(answers).subspan(400), std::span(bands).subspan(400));
        QVERIFY2(*late > 0.74, qPrintable(QString::number(*late)));
    }
    // Errors of neighbouring origins sixty steps ahead are nearly the same one: a band holds all the same, and is no wider than it must be.
    void bandsHoldAtLongLeads() {
        constexpr size_t lead = 60, all = 30'000, from = 15'000;
        std::vector<double> noise;
        Random random(5);
        for (size_t i = 0; i < all + lead; ++i) noise.push_back(random.normal() / std::sqrt(static_cast<double>(lead)));
        std::vector<float> values;
        for (size_t i = 0; i < all; ++i) values.push_back(static_cast<float>(9 + 0.2 * std::accumulate(noise.begin() + static_cast<std::ptrdiff_t>(i), noise.begin() + static_cast<std::ptrdiff_t>(i + lead), 0.0)));
        const auto panel = panelOf({values}, {24});
        std::vector<Question> past, now;
        for (uint32_t i = 1; i + lead <= from; ++i) past.push_back({0, i, lead});
        for (uint32_t i = from; i + lead <= all; ++i) now.push_back({0, i, lead});
        const std::vector<float> pastAnswers(past.size(), 9), answers(now.size(), 9);
        const auto bands = bandsOf(panel, past, pastAnswers, now, answers, true);
        const auto coverage = coverageOf(panel, now, answers, bands);
        QVERIFY2(*coverage > 0.77 && *coverage < 0.83, qPrintable(QString::number(*coverage)));
        double width = 0;
        for (const auto& band : bands) width += (band.high - band.low) / static_cast<double>(bands.size());
        const double right = 0.2 * 2 * 1.2816;   // of the normal distribution
        QVERIFY2(std::abs(width / right - 1) < 0.1, qPrintable(QString::number(width / right)));
    }
    void manySeries() {
        std::vector<std::vector<float>> many;
        for (uint64_t s = 0; s < 100'000; ++s) many.push_back({1.0f, 2.0f, static_cast<float>(s % 3), 2.0f, 1.0f, 2.0f});
        VolumeProtocol protocol;
        protocol.horizons = {1};
        Job job;
        const auto evaluation = evaluateVolume(panelOf(many, {1}), protocol, job);
        QVERIFY(evaluation.ok());
        QCOMPARE(evaluation->series, size_t(100'000));
        QVERIFY(countOf(job, "candidate_left_out") >= 1);   // one model for each series would take too long, which is said
        QVERIFY2(peakRssBytes() < uint64_t{3} << 30, qPrintable(QString::number(peakRssBytes())));
    }
    void stops() {
        Job job;
        job.requestStop();
        QCOMPARE(evaluateVolume(panelOf({daily(200, 1)}, {24}), {}, job).error().category, ErrorCategory::cancelled);
    }
};

QTEST_APPLESS_MAIN(TestPortfolio)
#include "test_portfolio.moc"
