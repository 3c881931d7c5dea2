#include "app/workbench/next_steps.h"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <vector>

namespace foreshard::workbench {

namespace {

// What a window says in place of a verb ("Run: foreshard advise …") or an option ("--log") of the command line.
struct NextStep { std::string_view word, words; };

constexpr std::string_view nameShards = "Name the shards, one a line, where the Migrate page plans a move.";

constexpr NextStep verbs[] = {
    {"profile", "Read logs: “New from logs…” on the Start page."},
    {"train", "“Train models” on the Forecast page."},
    {"forecast", "“Make a forecast” on the Forecast page."},
    {"advise", "“Find designs” on the Designs page."},
    {"simulate", "“Compare” on the Simulate page."},
    {"cluster", nameShards},
    {"plan", "“Plan the migration” on the Migrate page."},
    {"approve", "Tick the steps and approve them on the Migrate page."},
    {"migrate", "“Move approved steps” on the Migrate page."},
    {"resume", "“Resume” on the Migrate page."},
    {"rollback", "“Roll back…” on the Migrate page."},
    {"verify", "“Verify rows” on the Migrate page."},
    {"monitor", "“Watch logs…” on the Monitor page."},
    {"report", "“Prepare the report” on the Report page."},
};

constexpr NextStep options[] = {
    {"--log", "Add a log file."},
    {"--schema", "Read all logs again with the same schema files."},
    {"--prefix", "Give it as the line prefix, as SHOW log_line_prefix prints it."},
    {"--cluster", nameShards},
    {"--replace", "Plan again on the Migrate page: it says first which shards it would replace."},
};

template <size_t n>
std::string_view wordsFor(const NextStep (&steps)[n], std::string_view word) {
    const auto found = std::find_if(std::begin(steps), std::end(steps), [&](const NextStep& step) { return step.word == word; });
    return found == std::end(steps) ? std::string_view() : found->words;
}

// "Run: foreshard advise shop.foreshard --shards N" → its words, without the signs that end a sentence or a phrase.
std::vector<std::string_view> wordsOf(std::string_view sentence) {
    std::vector<std::string_view> out;
    for (size_t at = 0; (at = sentence.find_first_not_of(' ', at)) != std::string_view::npos;) {
        const size_t end = std::min(sentence.find(' ', at), sentence.size());
        auto word = sentence.substr(at, end - at);
        while (!word.empty() && std::string_view(".,;:)").find(word.back()) != std::string_view::npos) word.remove_suffix(1);
        if (!word.empty()) out.push_back(word);
        at = end;
    }
    return out;
}

// The verb that is named tells more than the options beside it.
std::string_view instead(std::string_view next) {
    const auto words = wordsOf(next);
    for (size_t i = 0; i + 1 < words.size(); ++i) {
        if (words[i] != "foreshard") continue;
        if (const auto said = wordsFor(verbs, words[i + 1]); !said.empty()) return said;
    }
    for (const auto word : words) {
        if (const auto said = wordsFor(options, word); !said.empty()) return said;
    }
    return {};
}

}  // namespace

Error inTheWindow(Error error) {
    if (const auto said = instead(error.next); !said.empty()) error.next = said;
    return error;
}

}  // namespace foreshard::workbench
