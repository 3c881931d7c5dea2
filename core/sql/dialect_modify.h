// The rules of dialect_grammar.h for INSERT, UPDATE and DELETE. Internal to sql/.
#pragma once

#include "core/sql/dialect_grammar.h"

namespace foreshard::sql {

// Whether anything was changed.
bool standardModification(StandardForm& form);

}  // namespace foreshard::sql
