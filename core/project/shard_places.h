// Where shards and schema files lie, as a project keeps it: what lies in the folder of the project file or below is kept relative to that folder,
// so that a project that is moved or copied with its shards goes on with those beside it; everything else keeps its place.
// Links are resolved: a file that lies elsewhere and is only linked into the folder is one that copies of the folder share.
// Any thread.
#pragma once

#include <filesystem>
#include <string>

namespace foreshard::project {

// The folder of a project file; absolute, links resolved.
std::filesystem::path folderOf(const std::filesystem::path& projectFile);

// "/data/shop/schema.sql" in /data/shop: "schema.sql"; an absolute path elsewhere stays. `path` is absolute, or relative to the folder.
std::filesystem::path keptPath(const std::filesystem::path& folder, const std::filesystem::path& path);

// "sqlite:/data/shop/s0.db" in /data/shop: "sqlite:s0.db". A relative name that leads out of the folder stays as it was given.
std::string keptUri(const std::filesystem::path& folder, const std::string& uri);
// The other way: with an absolute path, whichever way it was kept.
std::string wholeUri(const std::filesystem::path& folder, const std::string& uri);

}  // namespace foreshard::project
