// Quality and speed of the volume models on a recorded series: bench_models --data DIR, where DIR holds
// worldcup98-per-minute.csv (period,count). Every day of the last part is forecast from what came before it alone: the whole
// portfolio, choice included, is trained anew at the start of each day, beside seasonal naive with its best fixed season.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

#include "core/models/backtest.h"
#include "core/models/choice.h"
#include "core/models/series.h"

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
    Errors portfolio, naiveDay, naiveWeek;
    size_t linear = 0;
    double seconds = 0;
    for (size_t day = 0; day < days; ++day) {
        const size_t now = logs.size() - test + day * 24;
        const auto past = std::span(logs).first(now);
        Job job;
        const auto start = std::chrono::steady_clock::now();
        const auto model = chooseModel("requests", past, {}, job);
        seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        if (!model) {
            std::fprintf(stderr, "%s\n", model.error().message.c_str());
            return 1;
        }
        if (day == 0)
            for (const auto& row : model->backtest)
                std::printf("  first day's backtest: %-15s season %3u ln-MSE %.4f %s\n", toString(row.model), row.season, row.logMse, row.chosen ? "chosen" : "");
        linear += model->model == VolumeModel::nlinear ? 1 : 0;
        const auto predicted = predictLogs(*model, past, 24);
        const auto dayNaive = seasonalNaive(past, 24, 24), weekNaive = seasonalNaive(past, 168, 24);
        const Band band = bandOf(model->residuals);
        for (size_t h = 0; h < 24; ++h) {
            portfolio.add(logs[now + h], (*predicted)[h], band);
            naiveDay.add(logs[now + h], dayNaive[h], band);
            naiveWeek.add(logs[now + h], weekNaive[h], band);
        }
    }
    portfolio.print("portfolio (chosen)");
    naiveDay.print("seasonal naive, day");
    naiveWeek.print("seasonal naive, week");
    std::printf("NLinear chosen on %zu of %zu days; %.2f s of training a day\n", linear, days, seconds / static_cast<double>(days));
    return 0;
}
