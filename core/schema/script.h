// A psql script cut into its statements, as pg_dump or a person writes one: quotes, dollar quotes, nested comments and
// BEGIN ATOMIC bodies are honoured, psql's own backslash lines and the data behind COPY … FROM stdin are left out.
// Purely lexical; any bytes give a list. Where a quote never closes, reading goes on at the next line that starts a
// statement. Pure; any thread; the views live as long as the script.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace foreshard::schema {

struct ScriptStatement {
    std::string_view text;  // without leading blanks and comments, without the semicolon
    uint64_t line = 1;      // of its first character
    bool cut = false;       // a quote or comment in it never closes
    uint32_t tokens = 0;    // words and single characters, roughly
};

std::vector<ScriptStatement> splitScript(std::string_view script);

// The first `count` words of a statement as written, a dotted name as one word ("public.t", "\"A b\".t"); comments are
// skipped. Stops at the first character that starts neither a word nor a quoted name.
std::vector<std::string> leadingWords(std::string_view statement, size_t count);

// `word` in any letter case is this keyword (given in upper case).
bool isKeyword(std::string_view word, std::string_view upper);

// The line begins with CREATE, ALTER, SET or COMMENT: where reading goes on after a broken statement.
bool startsStatement(std::string_view line);

}  // namespace foreshard::schema
