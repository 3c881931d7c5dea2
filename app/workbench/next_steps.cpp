#include "app/workbench/next_steps.h"

#include <string_view>

namespace foreshard::workbench {

namespace {

// A mark of the command line in a hint, and what a window says instead.
struct NextStep { std::string_view mark, words; };

constexpr NextStep nextSteps[] = {
    {"foreshard profile", "Read logs: “New from logs…” on the Start page."},
    {"--log", "Add a log file."},
    {"--schema", "Read all logs again with the same schema files."},
    {"--prefix", "Give it as the line prefix, as SHOW log_line_prefix prints it."},
    {"foreshard train", "“Train models” on the Forecast page."},
    {"foreshard forecast", "“Make a forecast” on the Forecast page."},
    {"foreshard advise", "“Find designs” on the Designs page."},
    {"foreshard simulate", "“Compare” on the Simulate page."},
    {"foreshard cluster", "Name the shards, one a line, where the Migrate page plans a move."},
    {"--cluster", "Name the shards, one a line, where the Migrate page plans a move."},
    {"--replace", "Plan again on the Migrate page: it says first which shards it would replace."},
    {"foreshard plan", "“Plan the migration” on the Migrate page."},
    {"foreshard approve", "Tick the steps and approve them on the Migrate page."},
    {"foreshard migrate", "“Move approved steps” on the Migrate page."},
    {"foreshard resume", "“Resume” on the Migrate page."},
    {"foreshard rollback", "“Roll back…” on the Migrate page."},
    {"foreshard verify", "“Verify rows” on the Migrate page."},
    {"foreshard monitor", "“Watch logs…” on the Monitor page."},
    {"foreshard report", "“Prepare the report” on the Report page."},
};

}  // namespace

Error inTheWindow(Error error) {
    for (const auto& step : nextSteps) {
        if (error.next.find(step.mark) == std::string::npos) continue;
        error.next = step.words;
        break;
    }
    return error;
}

}  // namespace foreshard::workbench
