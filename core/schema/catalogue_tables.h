// Names of the tables that a migration keeps on a shard beside the user's: the catalogue of ownership (cluster/catalogue.h) and
// the lists of rows to move (migration/capture.cpp). They stand here, below those rooms, because a schema read from such a
// shard is the user's alone. A test in tests/cluster holds the list against what is really made. Pure; any thread.
#pragma once

#include <algorithm>
#include <iterator>
#include <string_view>

namespace foreshard::schema {

// A file is a shard with a catalogue where it has this one; elsewhere a table of any name is the user's.
inline constexpr std::string_view catalogueState = "foreshard_state";

inline constexpr std::string_view catalogueTables[] = {
    catalogueState,     "foreshard_chunk", "foreshard_flow",   "foreshard_copy",   "foreshard_holder",
    "foreshard_plan",   "foreshard_step",  "foreshard_intent", "foreshard_staged", "foreshard_rows_built",
};
// One for each table that is moved, by its number.
inline constexpr std::string_view numberedCatalogueTables[] = {"foreshard_rows_", "foreshard_dirty_"};

// `name` in lower case.
inline bool isCatalogueTable(std::string_view name) {
    if (std::find(std::begin(catalogueTables), std::end(catalogueTables), name) != std::end(catalogueTables)) return true;
    return std::any_of(std::begin(numberedCatalogueTables), std::end(numberedCatalogueTables), [&](std::string_view prefix) {
        return name.size() > prefix.size() && name.starts_with(prefix) && name.find_first_not_of("0123456789", prefix.size()) == std::string_view::npos;
    });
}

}  // namespace foreshard::schema
