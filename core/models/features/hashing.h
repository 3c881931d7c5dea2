// What a statement looks like to a model: the tokens of its template, and signed feature hashing (Weinberger, Dasgupta, Langford,
// Smola, Attenberg, 2009) of their 1-, 2- and 3-grams and of what the statement's facts say: kind, (table, read or written), (column,
// operator), (join pair). No vocabulary is kept, so that a statement that no log holds has features like any other. A third of the
// squared length is the text's and the rest the facts': a paraphrase shares those even where few words agree. Pure functions; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/sql/facts.h"

namespace foreshard::models {

constexpr uint32_t featureWidth = 1'024;
// Of what hashedFeatures() gives: stored models that were fitted on another number are made anew.
constexpr uint32_t featureVersion = 1;

// Sorted by place (0…featureWidth-1), none twice, of length 1; empty for an empty text without facts.
struct HashedFeatures {
    std::vector<std::pair<uint32_t, float>> entries;
    bool operator==(const HashedFeatures&) const = default;

    std::vector<float> dense() const;   // featureWidth long
};

// Of the text of a template (sql::templateText) or of any SQL: words in lower case, each literal and parameter as "?".
std::vector<std::string> templateTokens(std::string_view text);

// `facts`: of the same statement. Tables count by their name without schema, as search_path may hide it.
HashedFeatures hashedFeatures(std::string_view text, const sql::StatementFacts& facts);

// Cosine of the angle between them, -1…1; 0 where one is empty.
double cosine(const HashedFeatures& a, const HashedFeatures& b);

}  // namespace foreshard::models
