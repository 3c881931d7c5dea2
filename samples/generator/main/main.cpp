// foreshard-samplegen: writes the sample project's files, or the log of a mix.
//   foreshard-samplegen shop FOLDER [SEED]                       schema.sql, shop.csv, shop-next.csv (the day after), shop.db
//   foreshard-samplegen tpcc FOLDER [SEED] [WAREHOUSES] [COUNT]  schema.sql, tpcc.csv
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "samples/generator/log_writer.h"
#include "samples/generator/shop.h"
#include "samples/generator/tpcc.h"

using namespace foreshard;
using namespace foreshard::samplegen;

namespace {

bool writeText(const std::filesystem::path& path, const std::string& text) {
    std::ofstream out(path, std::ios::binary);
    out << text;
    return static_cast<bool>(out.flush());
}

// Writes up to `count` transactions of `mix` inside `range` as a csvlog.
bool writeLog(Mix& mix, const std::filesystem::path& path, TimeRange range, double maxRate, uint64_t seed, uint64_t count, const char* database) {
    std::ofstream out(path, std::ios::binary);
    LogWriter log(LogFormat::csvlog, Protocol::prepared, 12, "app", database, [&](std::string_view line) { out << line; });
    Random random(seed);
    Arrivals arrivals(mix, range, maxRate);
    Instant t = 0;
    for (uint64_t written = 0; written < count && arrivals.next(random, t); ++written) log.write(mix.next(random, t));
    log.flush();
    return static_cast<bool>(out.flush());
}

int shop(const std::filesystem::path& folder, uint64_t seed) {
    Shop mix;
    if (!writeText(folder / "schema.sql", mix.schemaSql())) return 1;
    if (!writeLog(mix, folder / "shop.csv", ShopShape::range(), mix.maxRate(), seed, UINT64_MAX, "shop")) return 1;
    const Instant end = ShopShape::range().end;
    if (!writeLog(mix, folder / "shop-next.csv", {end, end + microsPerDay}, mix.maxRate(), seed + 1, UINT64_MAX, "shop")) return 1;
    const auto written = writeShopDatabase(folder / "shop.db", seed);
    if (!written.ok()) std::fprintf(stderr, "%s\n", written.error().message.c_str());
    return written.ok() ? 0 : 1;
}

int tpcc(const std::filesystem::path& folder, uint64_t seed, int warehouses, uint64_t count) {
    Tpcc mix({.warehouses = warehouses});
    const Instant begin = ShopShape::range().begin;
    const bool ok = writeText(folder / "schema.sql", mix.schemaSql()) &&
                    writeLog(mix, folder / "tpcc.csv", {begin, begin + 365 * microsPerDay}, mix.rate(begin), seed, count, "tpcc");
    return ok ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    const std::string what = argc > 2 ? argv[1] : "";
    const auto numberAt = [&](int index, uint64_t otherwise) { return argc > index ? std::strtoull(argv[index], nullptr, 10) : otherwise; };
    std::error_code ignored;
    if (argc > 2) std::filesystem::create_directories(argv[2], ignored);
    int code = 2;
    if (what == "shop") code = shop(argv[2], numberAt(3, 1));
    else if (what == "tpcc") code = tpcc(argv[2], numberAt(3, 1), static_cast<int>(numberAt(4, 10)), numberAt(5, 20'000));
    if (code == 2) std::fprintf(stderr, "usage: foreshard-samplegen shop FOLDER [SEED] | tpcc FOLDER [SEED] [WAREHOUSES] [COUNT]\n");
    if (code == 1) std::fprintf(stderr, "foreshard-samplegen: writing to %s failed\n", argv[2]);
    return code;
}
