// Records logs for the benchmarks: a TPC-C load, executed over several connections at once on a private PostgreSQL server,
// which logs it as csvlog, jsonlog and stderr at the same time, each statement with its duration at its end
// (log_min_duration_statement = 0).
#pragma once

#include <cstdint>
#include <string>

#include "core/base/result.h"

namespace foreshard::bench {

enum class Protocol : uint8_t { simple, extended };   // extended: parse, bind and execute lines, parameters in DETAIL

// What the driver itself counted.
struct Driven {
    uint64_t statements = 0;   // without BEGIN, COMMIT and ROLLBACK
    uint64_t committed = 0, aborted = 0;
};

// The three files of one load in a folder: server.csv, server.json, server.log.
std::string logPath(const std::string& folder, const std::string& ending);
const char* stderrPrefix();

// Executes until the csvlog has `megabytes` and moves the three logs into `folder`, beside a file with the driver's counts.
Status recordLoad(const std::string& folder, Protocol protocol, double megabytes);
// The counts that recordLoad left there; nothing where the logs are of another origin.
Result<Driven> drivenOf(const std::string& folder);

}  // namespace foreshard::bench
