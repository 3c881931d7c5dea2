// foreshard: the workbench without a verb, the command line with one.
#include "app/cli/command.h"
#include "app/workbench/workbench.h"

int main(int argc, char** argv) {
    const auto parsed = foreshard::cli::parseArguments(argc, argv);
    if (parsed.exitCode) return *parsed.exitCode;
    if (!parsed.command.verb.empty()) return foreshard::cli::runCommand(parsed.command);
    return foreshard::workbench::run(argc, argv, parsed.command.project, parsed.command.screenshots);
}
