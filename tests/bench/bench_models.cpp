// Quality and speed of the volume models on a recorded series: bench_models --data DIR, where DIR holds
// worldcup98-per-minute.csv (period,count). Every day of the last part is forecast from what came before it alone: the whole
// portfolio, choice included, is trained anew at the start of each day, beside the part of it that looks at one series alone and
// seasonal naive with its fixed seasons.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "core/models/backtest.h"
#include "core/models/choice.h"
#include "core/models/series.h"
#include "tests/models/synthetic.h"

using namespace foreshard;
using namespace foreshard::models;

namespace {

std::vector<double> readHourly(const std::string& path, Instant interval) {
    std::ifstream in(path);
    std::string line;
    std::getline(in, line);
    std::vector<double> counts;
    int64_t first = 0;
    while (std::getline(in, line)) {
        const auto comma = line.find(',');
        if (comma == std::string::npos) continue;
        const auto time = parseTime(line.substr(0, comma));
        if (!time) continue;
        const int64_t index = intervalIndex(*time, interval);
        if (counts.empty()) first = index;
        counts.resize(std::max<size_t>(counts.size(), static_cast<size_t>(index - first + 1)), 0.0);
        counts[static_cast<size_t>(index - first)] += std::stod(line.substr(comma + 1));
    }
    return counts;
}

struct Errors {
    double squares = 0, absolute = 0, volume = 0;
    size_t inside = 0, n = 0;
    void add(double actual, double guess, Band band) {
        squares += (actual - guess) * (actual - guess);
        absolute += std::abs(fromLog(actual) - fromLog(guess));
        volume += fromLog(actual);
        inside += band.contains(actual - guess) ? 1 : 0;
        ++n;
    }
    void print(const char* name) const {
        std::printf("%-28s ln-MSE %.4f  nd %.4f  coverage %.2f  (%zu values)\n", name, squares / static_cast<double>(n), absolute / volume,
                    static_cast<double>(inside) / static_cast<double>(n), n);
    }
};

// What train and forecast make of one template with these calls: the next day, with its band.
Result<SeriesForecast> wholePortfolio(std::span<const double> past, Job& job, TrainedModels& models) {
    const auto observed = synthetic::workloadOf({{"SELECT 1", 0, false, [&](size_t i) { return std::round(fromLog(past[i])); }}}, past.size());
    FS_ASSIGN(models, train(observed, {}, job));
    FS_ASSIGN(auto made, forecast(models, observed, microsPerDay, 1, job));
    return std::move(made.series.front());
}

void printBacktest(const SeriesModel& model) {
    for (const auto& row : model.backtest)
        std::printf("  first day's backtest: %-15s season %3u ln-MSE %.4f %s\n", toString(row.model), row.season, row.logMse, row.chosen ? "chosen" : "");
    for (const auto& part : model.parts) std::printf("  part of the average: %-15s %.2f\n", toString(part.model), part.weight);
}

}  // namespace

int main(int argc, char** argv) {
    std::string folder;
    size_t days = 14;
    for (int i = 1; i + 1 < argc; ++i) {
        if (std::string(argv[i]) == "--data") folder = argv[i + 1];
        if (std::string(argv[i]) == "--days") days = std::stoul(argv[i + 1]);
    }
    const auto logs = toLog(readHourly(folder + "/worldcup98-per-minute.csv", microsPerHour));
    const size_t test = days * 24;
    if (logs.size() < test * 2) {
        std::fprintf(stderr, "usage: bench_models --data DIR [--days N]\n");
        return 2;
    }
    std::printf("%zu hours, the last %zu days forecast one by one; BLAS: %s\n", logs.size(), days, blasName().c_str());
    Errors portfolio, alone, naiveDay, naiveWeek;
    std::map<VolumeModel, size_t> chosen;
    double seconds = 0;
    for (size_t day = 0; day < days; ++day) {
        const size_t now = logs.size() - test + day * 24;
        const auto past = std::span(logs).first(now);
        Job job;
        const auto start = std::chrono::steady_clock::now();
        TrainedModels models;
        const auto whole = wholePortfolio(past, job, models);
        seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        const auto single = chooseModel("requests", past, {}, job);
        if (!whole || !single) {
            std::fprintf(stderr, "%s\n", (whole ? single.status() : whole.status()).error().message.c_str());
            return 1;
        }
        if (day == 0) printBacktest(models.series.front());
        ++chosen[whole->model];
        const auto predicted = predictLogs(*single, past, 24);
        const auto dayNaive = seasonalNaive(past, 24, 24), weekNaive = seasonalNaive(past, 168, 24);
        const Band band = bandOf(single->residuals);
        for (size_t h = 0; h < 24; ++h) {
            const double middle = std::log1p(whole->p50[h]);
            portfolio.add(logs[now + h], middle, {std::log1p(whole->p10[h]) - middle, std::log1p(whole->p90[h]) - middle});
            alone.add(logs[now + h], (*predicted)[h], band);
            naiveDay.add(logs[now + h], dayNaive[h], band);
            naiveWeek.add(logs[now + h], weekNaive[h], band);
        }
    }
    portfolio.print("whole portfolio");
    alone.print("models of one series alone");
    naiveDay.print("seasonal naive, day");
    naiveWeek.print("seasonal naive, week");
    for (const auto& [model, times] : chosen) std::printf("%s chosen on %zu of %zu days\n", toString(model), times, days);
    std::printf("%.2f s of training and forecasting a day\n", seconds / static_cast<double>(days));
    return 0;
}
