#include "samples/generator/transaction.h"

#include <fmt/format.h>

#include <cmath>

namespace foreshard::samplegen {

Parameter money(int64_t cents) { return {fmt::format("{}.{:02}", cents / 100, cents % 100), false}; }

std::string asLiteralText(const Statement& statement) {
    std::string out;
    const auto& sql = statement.sql;
    for (size_t at = 0; at < sql.size();) {
        if (sql[at] != '$' || at + 1 >= sql.size() || sql[at + 1] < '0' || sql[at + 1] > '9') {
            out.push_back(sql[at++]);
            continue;
        }
        size_t index = 0;
        for (++at; at < sql.size() && sql[at] >= '0' && sql[at] <= '9'; ++at) index = index * 10 + static_cast<size_t>(sql[at] - '0');
        const auto& parameter = statement.parameters.at(index - 1);
        if (!parameter.quoted) {
            out += parameter.text;
            continue;
        }
        out.push_back('\'');
        for (const char c : parameter.text) out.append(c == '\'' ? "''" : std::string(1, c));
        out.push_back('\'');
    }
    return out;
}

bool Arrivals::next(Random& random, Instant& out) {
    while (now_ < range_.end) {
        now_ += std::max<Instant>(1, static_cast<Instant>(-std::log(1.0 - random.uniform()) / maxRate_ * 1e6));
        if (now_ >= range_.end) return false;
        if (random.uniform() * maxRate_ < mix_.rate(now_)) {
            out = now_;
            return true;
        }
    }
    return false;
}

}  // namespace foreshard::samplegen
