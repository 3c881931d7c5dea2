// Grammar of MySQL, MariaDB and SQLite as libpg_query's: a statement that the parser refuses is written anew, token by token,
// where another form says the same. So facts of both come from one walk over one tree. Runs once a template. Internal to sql/.
//
// The rules (those of MySQL after its reference manual, chapter "SQL Statements"; of SQLite after "SQL As Understood By SQLite"):
//   REPLACE, INSERT OR REPLACE, INSERT IGNORE      INSERT … ON CONFLICT DO NOTHING
//   INSERT … SET a = 1, INSERT … VALUE (…)         INSERT … (a) VALUES (1)
//   … ON DUPLICATE KEY UPDATE a = VALUES(a)        … ON CONFLICT DO UPDATE SET a = excluded.a; also with VALUES (…) AS new
//   LIMIT a, b                                     LIMIT b OFFSET a
//   UPDATE a JOIN b ON c SET a.x = 1 WHERE d       UPDATE a SET x = 1 FROM b WHERE (c) AND (d); one table is changed, no outer join
//   DELETE a FROM a JOIN b ON c, … USING a JOIN b  DELETE FROM a USING b WHERE (c)
//   UPDATE, DELETE … ORDER BY … LIMIT n            without; the limit is kept
//   a JOIN b without ON; STRAIGHT_JOIN             a CROSS JOIN b; JOIN
//   index hints, SQL_NO_CACHE and its like, LOW_PRIORITY, PARTITION (p0) of INSERT, WITH ROLLUP, SEPARATOR, BINARY: left out
//   DIV MOD REGEXP RLIKE GLOB, IS 5, INTERVAL 7 DAY, CAST(… AS UNSIGNED), CONVERT(… USING …), MATCH … AGAINST, AS 'text',
//   LOCK IN SHARE MODE, CURRENT_TIMESTAMP(), functions whose names PostgreSQL reserves: by what PostgreSQL has for them
// Outer joins and several targets in UPDATE and DELETE have no other form: the token-level reader sees these.
#pragma once

#include <optional>
#include <vector>

#include "core/sql/trace.h"

namespace foreshard::sql {

struct StandardForm {
    std::vector<TraceToken> tokens;
    std::optional<uint32_t> limitSlot;  // of UPDATE and DELETE
};

// Nothing where no rule applies.
std::optional<StandardForm> standardForm(const std::vector<TraceToken>& tokens);

}  // namespace foreshard::sql
