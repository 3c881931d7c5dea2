// What a generated load consists of: transactions of statements with their bound values, in virtual time. A mix makes them;
// the log writer writes them as a server would log them, and the integration tests execute them on a real one. Plain values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/hash.h"
#include "core/base/time.h"

namespace foreshard::samplegen {

struct Parameter {
    std::string text;
    bool quoted = true;      // false: a number
};
inline Parameter number(int64_t value) { return {std::to_string(value), false}; }
inline Parameter text(std::string value) { return {std::move(value), true}; }
// Cents as a decimal: 1234 → 12.34.
Parameter money(int64_t cents);

struct Statement {
    std::string sql;                       // with $1…$n
    std::vector<Parameter> parameters;
    double milliseconds = 0.3;
};

struct Transaction {
    Instant time = 0;
    bool block = false;                    // between BEGIN and COMMIT
    bool aborted = false;                  // ends with ROLLBACK
    std::vector<Statement> statements;
};

// The statement with its parameters written in as literals, as the simple protocol sends it.
std::string asLiteralText(const Statement& statement);

// Makes one transaction at a given virtual time. Deterministic in the sequence of calls and the random numbers it is given.
class Mix {
public:
    virtual ~Mix() = default;
    virtual std::string name() const = 0;
    virtual std::string schemaSql() const = 0;
    // Expected transactions per second at `t`.
    virtual double rate(Instant t) const = 0;
    virtual Transaction next(Random& random, Instant t) = 0;
};

// Arrival times of an inhomogeneous Poisson process by thinning (Lewis and Shedler, 1979).
class Arrivals {
public:
    Arrivals(const Mix& mix, TimeRange range, double maxRate) : mix_(mix), range_(range), maxRate_(maxRate), now_(range.begin) {}
    // The next arrival, or nothing when the range is over.
    bool next(Random& random, Instant& out);

private:
    const Mix& mix_;
    TimeRange range_;
    double maxRate_;
    Instant now_;
};

}  // namespace foreshard::samplegen
