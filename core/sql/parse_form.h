// The text that libpg_query gets instead of the statement: literals shortened, parameters of every style as $n, lists
// collapsed to their slots, so that a statement of a megabyte parses in microseconds; and the way back from a place in
// that text to a slot. Internal to sql/.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/sql/facts.h"
#include "core/sql/trace.h"

namespace foreshard::sql {

struct ParseForm {
    std::string text;
    std::unordered_map<int64_t, uint32_t> slotAt;  // byte offset of a literal in `text` → slot
    uint32_t slots = 0;                            // of the statement
    uint32_t slot(int64_t location) const {
        const auto found = slotAt.find(location);
        return found == slotAt.end() ? noSlot : found->second;
    }
};

// `slots`: of the statement, of whose tokens (or of those of another form of it) these are.
ParseForm parseForm(const std::vector<TraceToken>& tokens, uint32_t slots);

}  // namespace foreshard::sql
