// A log of a small shop whose rows are known by hand, for the tests of what is predicted of statements: table a has 10,000 rows, of
// which (v/100)² have x < v; b has two rows for each of a, and a_id 7 takes a fifth of all its accesses.
#pragma once

#include <fmt/format.h>

#include "tests/workload/small_log.h"

namespace rowslog {

using namespace small;

constexpr int hours = 72;

inline std::shared_ptr<const schema::Schema> shop() {
    return schemaOf({table("a", {column("id", ValueType::integer), column("x", ValueType::integer), column("name", ValueType::text)}, {"id"}),
                     table("b", {column("id", ValueType::integer), column("a_id", ValueType::integer), column("y", ValueType::integer)}, {"id"})});
}

struct Counts {
    bool rows = true;        // the log says them
    int perHour = 12;
};

inline std::vector<Line> lines(const Counts& counts = {}, uint64_t seed = 1) {
    Random random(seed);
    std::vector<Line> out;
    for (int hour = 0; hour < hours; ++hour)
        for (int i = 0; i < counts.perHour; ++i) {
            const auto v = random.between(1, 99);
            const int key = random.below(5) == 0 ? 7 : static_cast<int>(random.between(10, 90));
            const double below = 10'000.0 * static_cast<double>(v * v) / 10'000;
            const auto add = [&](std::string sql, double rows) {
                out.push_back({.session = "", .statement = std::move(sql), .time = start + hour * microsPerHour + i * 60 * microsPerSecond, .rows = counts.rows ? static_cast<int64_t>(rows) : -1});
            };
            add(fmt::format("SELECT id, name FROM a WHERE x < {}", v), below);
            if (i % 2 == 0) add(fmt::format("SELECT id FROM a WHERE x >= {}", v), 10'000 - below);
            add(fmt::format("SELECT y FROM b WHERE a_id = {}", key), 2);
            if (i % 3 == 0) add(fmt::format("SELECT b.y FROM a JOIN b ON b.a_id = a.id WHERE a.x < {}", v), 2 * below);
            if (i % 4 == 0) add(fmt::format("SELECT count(*) FROM b WHERE a_id = {}", key), 1);
            if (i % 4 == 1) add(fmt::format("SELECT id FROM a WHERE x < {} ORDER BY id LIMIT 10", v), std::min(10.0, below));
            if (i % 4 == 2) add(fmt::format("UPDATE b SET y = {} WHERE a_id = {}", i, key), 2);
        }
    return out;
}

inline std::shared_ptr<const Workload> workload(const Counts& counts = {}, uint64_t seed = 1) {
    PartialOptions options;
    options.interval = microsPerHour;
    PartialBuilder builder(shop(), options);
    const auto log = lines(counts, seed);
    return finish(partialOf(builder, log, 0, log.size()));
}

}  // namespace rowslog
