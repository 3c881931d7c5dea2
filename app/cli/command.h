// One parsed command line. Parsing prints nothing but what CLI11 makes of --help and errors; run() does the work.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "app/cli/output.h"
#include "core/base/job.h"

namespace foreshard::cli {

struct GlobalOptions {
    bool json = false;
    bool quiet = false;
    bool progress = false;     // lines of progress even where standard error is no terminal
    unsigned threads = 0;      // 0: all cores
    uint64_t seed = 1;
};

struct Command {
    GlobalOptions global;
    std::string verb;                                   // empty: none was given, open the workbench
    std::string project;                                // for the workbench: a project to open
    std::string screenshots;                            // for the workbench: render its pages to this folder and end
    std::function<Result<Outcome>(Job&)> run;
};

// Says what went wrong: on standard error, and with `json` as the object that every verb prints. Returns the exit code.
// `verb`: empty where none was reached.
int reportFailure(const std::string& verb, bool json, const Error& error, double seconds);

// Either a command, or the exit code of a parse that has said all there is to say (--help, --version, wrong usage).
struct Parsed {
    Command command;
    std::optional<int> exitCode;
};
Parsed parseArguments(int argc, char** argv);

// Runs a parsed verb: progress to standard error, the result to standard output. Returns the exit code.
int runCommand(const Command& command);

}  // namespace foreshard::cli
