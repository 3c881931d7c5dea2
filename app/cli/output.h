// What a verb prints: one JSON object, or text for people. Exit codes as in the documentation: 0 done, 1 failed, 2 wrong
// usage, 3 done but a check did not hold, 130 cancelled.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <memory>
#include <string>
#include <vector>

#include "core/base/result.h"

namespace foreshard::cli {

using Json = nlohmann::ordered_json;

struct Outcome {
    std::shared_ptr<Json> json;            // the verb's own fields
    std::string text;                      // for people; ends with a line break
    std::vector<std::string> warnings;
    bool checkFailed = false;              // exit code 3
    std::string data;                      // the verb's product, where that goes to standard output: written even if quiet
};

int exitCodeOf(const Error& error);

// Characters that a line of text for people is at most wide, where words allow.
constexpr size_t lineWidth = 120;

// `text` behind `first`, broken between words; the following lines are indented as wide as `first`. Ends with a line break.
std::string wrapped(const std::string& first, const std::string& text);

// A table of left-aligned texts and right-aligned numbers. A cell that starts with a digit, '-' or '–' aligns right. A long
// text in the last column goes on below itself.
class TextTable {
public:
    explicit TextTable(std::vector<std::string> header) { rows_.push_back(std::move(header)); }
    void row(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
    std::string render() const;

private:
    std::vector<std::vector<std::string>> rows_;
};

}  // namespace foreshard::cli
