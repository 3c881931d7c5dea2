// Dialects are translated at the door: readers of logs and of DDL that know whose text they hold turn it into the text that
// the lexer of this room reads, and nobody behind them has to know of dialects. Here are the lexical rules; what is grammar
// (ON DUPLICATE KEY UPDATE, LIMIT a, b, UPDATE of several tables) stands in dialect_grammar.h and works on tokens.
//
// MySQL and MariaDB (reference manuals, "Lexical Structure", with the default sql_mode):
//   `name` becomes "name", "text" and 'text' with backslashes become 'text', neighbouring texts are joined; introducers
//   (_utf8mb4'…', N'…') fall away; 0xAB and 0b01 become X'AB' and B'01'; # and -- comments, and /* … */ which does not nest,
//   become blanks; what /*! … */ and /*M! … */ hold is text, hints (/*+ … */) are blanks; && || <=> become AND, OR,
//   IS NOT DISTINCT FROM; user variables and system variables (@x, @@x) become a function of that name without arguments,
//   so that nothing takes them for columns. What says how a statement is run falls away, so that it shares the template of the
//   one without: index hints, SQL_NO_CACHE and its like behind SELECT, LOW_PRIORITY and its like behind a verb that writes;
//   LIMIT 5, 10 becomes LIMIT 10 OFFSET 5 (in SQLite too).
// SQLite (documentation, "SQL As Understood By SQLite"):
//   `name` and [name] become "name"; == becomes =; ?5 becomes $5, @x and $x become :x. Hexadecimal integers stay numbers.
// In both, names are the same in any case of letters, so quoted ones are lowered, as the lexer does with the others. (MySQL
// can be set up to tell tables apart by case; two tables that differ in nothing else are one here.)
// Pure functions; any thread. Linear in the length; any bytes give a text, and what is cut off stays cut off.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace foreshard::sql {

enum class Dialect : uint8_t { standard, mysql, sqlite };

// The statement (or script) in the text of this room, in `buffer` or, where nothing differs, as it is.
std::string_view translated(std::string_view statement, Dialect dialect, std::string& buffer);

}  // namespace foreshard::sql
