// foreshard-samplegen: writes the sample project's files, or the schema and log of a mix.
//   foreshard-samplegen shop FOLDER [SEED]                          schema.sql, shop.csv, shop-next.csv (the day after), shop.db
//   foreshard-samplegen MIX FOLDER [SEED] [SIZE] [COUNT] [options]  schema.sql, MIX.csv (or .json, .log)
// MIX: tpcc (SIZE warehouses), tatp (subscribers), smallbank (accounts), voter (callers), ycsb (records), epinions (users).
// Options: --format csvlog|jsonlog|stderr, --protocol simple|prepared, --rate R (transactions a second), --rhythm (quiet nights,
// busy evenings), --hot SHARE (of the load on one key), --hot-moves HOURS (the hot key is another one after that time).
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>

#include "samples/generator/epinions.h"
#include "samples/generator/log_writer.h"
#include "samples/generator/shop.h"
#include "samples/generator/smallbank.h"
#include "samples/generator/tatp.h"
#include "samples/generator/tpcc.h"
#include "samples/generator/voter.h"
#include "samples/generator/ycsb.h"

using namespace foreshard;
using namespace foreshard::samplegen;

namespace {

struct Request {
    std::string mix;
    std::filesystem::path folder;
    uint64_t seed = 1;
    int64_t size = 0;                    // 0: the mix's own
    uint64_t count = 20'000;
    LoadShape load;
    KeyShape keys;
    LogFormat format = LogFormat::csvlog;
    Protocol protocol = Protocol::prepared;
};

bool readOptions(const std::map<std::string, std::string>& options, Request& request) {
    for (const auto& [name, value] : options) {
        if (name == "--format" && value == "csvlog") request.format = LogFormat::csvlog;
        else if (name == "--format" && value == "jsonlog") request.format = LogFormat::jsonlog;
        else if (name == "--format" && value == "stderr") request.format = LogFormat::stderrLog;
        else if (name == "--protocol" && value == "simple") request.protocol = Protocol::simple;
        else if (name == "--protocol" && value == "prepared") request.protocol = Protocol::prepared;
        else if (name == "--rate" && std::atof(value.c_str()) > 0) request.load.transactionsPerSecond = std::atof(value.c_str());
        else if (name == "--rhythm") request.load.rhythm = true;
        else if (name == "--hot") request.keys.hotShare = std::atof(value.c_str());
        else if (name == "--hot-moves") request.keys.hotKeyMoves = static_cast<Instant>(std::atof(value.c_str()) * microsPerHour);
        else return false;
    }
    return true;
}

bool readArguments(int argc, char** argv, Request& request) {
    std::vector<std::string> plain;
    std::map<std::string, std::string> options;
    for (int i = 1; i < argc; ++i) {
        const std::string word = argv[i];
        if (!word.starts_with("--")) plain.push_back(word);
        else if (word == "--rhythm") options[word] = "yes";
        else if (i + 1 < argc) options[word] = argv[++i];
        else return false;
    }
    if (plain.size() < 2) return false;
    request.mix = plain[0];
    request.folder = plain[1];
    if (plain.size() > 2) request.seed = std::strtoull(plain[2].c_str(), nullptr, 10);
    if (plain.size() > 3) request.size = std::strtoll(plain[3].c_str(), nullptr, 10);
    if (plain.size() > 4) request.count = std::strtoull(plain[4].c_str(), nullptr, 10);
    return readOptions(options, request);
}

bool writeText(const std::filesystem::path& path, const std::string& text) {
    std::ofstream out(path, std::ios::binary);
    out << text;
    return static_cast<bool>(out.flush());
}

struct LogRequest {
    TimeRange range;
    double maxRate = 1;
    uint64_t seed = 1, count = UINT64_MAX;
    LogFormat format = LogFormat::csvlog;
    Protocol protocol = Protocol::prepared;
};

// Writes up to `count` transactions of `mix` inside the range.
bool writeLog(Mix& mix, const std::filesystem::path& path, const LogRequest& request) {
    std::ofstream out(path, std::ios::binary);
    LogWriter log(request.format, request.protocol, 12, "app", mix.name(), [&](std::string_view line) { out << line; });
    Random random(request.seed);
    Arrivals arrivals(mix, request.range, request.maxRate);
    Instant t = 0;
    for (uint64_t written = 0; written < request.count && arrivals.next(random, t); ++written) log.write(mix.next(random, t));
    log.flush();
    return static_cast<bool>(out.flush());
}

bool shop(const Request& request) {
    Shop mix;
    const TimeRange range = ShopShape::range();
    if (!writeText(request.folder / "schema.sql", mix.schemaSql())) return false;
    if (!writeLog(mix, request.folder / "shop.csv", {range, mix.maxRate(), request.seed})) return false;
    if (!writeLog(mix, request.folder / "shop-next.csv", {{range.end, range.end + microsPerDay}, mix.maxRate(), request.seed + 1})) return false;
    const auto written = writeShopDatabase(request.folder / "shop.db", request.seed);
    if (!written.ok()) std::fprintf(stderr, "%s\n", written.error().message.c_str());
    return written.ok();
}

std::unique_ptr<Mix> makeMix(const Request& r) {
    const auto size = [&](int64_t own) { return r.size > 0 ? r.size : own; };
    if (r.mix == "tpcc") return std::make_unique<Tpcc>(TpccShape{.warehouses = static_cast<int>(size(10)), .load = r.load});
    if (r.mix == "tatp") return std::make_unique<Tatp>(TatpShape{.subscribers = size(10'000), .load = r.load, .keys = r.keys});
    if (r.mix == "smallbank") return std::make_unique<SmallBank>(SmallBankShape{.accounts = size(10'000), .load = r.load, .keys = r.keys});
    if (r.mix == "voter") return std::make_unique<Voter>(VoterShape{.callers = size(50'000), .load = r.load, .keys = r.keys});
    if (r.mix == "ycsb") return std::make_unique<Ycsb>(YcsbShape{.records = size(10'000), .load = r.load, .keys = {r.keys.hotShare, r.keys.hotKeyMoves, 0.7}});
    if (r.mix == "epinions") return std::make_unique<Epinions>(EpinionsShape{.users = size(2'000), .load = r.load, .userKeys = r.keys, .itemKeys = r.keys});
    return nullptr;
}

bool generate(Mix& mix, const Request& request) {
    const Instant begin = ShopShape::range().begin;
    const char* ending = request.format == LogFormat::csvlog ? ".csv" : request.format == LogFormat::jsonlog ? ".json" : ".log";
    const LogRequest log{{begin, begin + 365 * microsPerDay}, request.load.transactionsPerSecond * (request.load.rhythm ? 1.6 : 1.0), request.seed,
                         request.count, request.format, request.protocol};
    return writeText(request.folder / "schema.sql", mix.schemaSql()) && writeLog(mix, request.folder / (mix.name() + ending), log);
}

}  // namespace

int main(int argc, char** argv) {
    Request request;
    const bool understood = readArguments(argc, argv, request);
    const auto mix = understood ? makeMix(request) : nullptr;
    if (!understood || (!mix && request.mix != "shop")) {
        std::fprintf(stderr, "usage: foreshard-samplegen shop FOLDER [SEED]\n"
                             "       foreshard-samplegen tpcc|tatp|smallbank|voter|ycsb|epinions FOLDER [SEED] [SIZE] [COUNT]\n"
                             "         [--format csvlog|jsonlog|stderr] [--protocol simple|prepared] [--rate R] [--rhythm] [--hot SHARE] [--hot-moves HOURS]\n");
        return 2;
    }
    std::error_code ignored;
    std::filesystem::create_directories(request.folder, ignored);
    if (mix ? generate(*mix, request) : shop(request)) return 0;
    std::fprintf(stderr, "foreshard-samplegen: writing to %s failed\n", request.folder.string().c_str());
    return 1;
}
