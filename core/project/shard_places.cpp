#include "core/project/shard_places.h"

#include <string_view>

namespace foreshard::project {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view sqliteScheme = "sqlite:";

// The path itself where its links cannot be resolved. A link may lead to what is still to be made.
fs::path resolved(fs::path path) {
    std::error_code failed;
    for (int links = 0; links < 16 && fs::is_symlink(path, failed); ++links) {
        const auto target = fs::read_symlink(path, failed);
        if (failed) break;
        path = path.parent_path() / target;
    }
    auto out = fs::weakly_canonical(path, failed);
    return failed ? path : out;
}

}  // namespace

fs::path folderOf(const fs::path& projectFile) {
    std::error_code ignored;
    return resolved(fs::absolute(projectFile, ignored)).parent_path();
}

std::string wholeUri(const fs::path& folder, const std::string& uri) {
    if (!uri.starts_with(sqliteScheme) || uri.size() == sqliteScheme.size()) return uri;
    return std::string(sqliteScheme) + (folder / uri.substr(sqliteScheme.size())).lexically_normal().string();
}

fs::path keptPath(const fs::path& folder, const fs::path& path) {
    const auto below = resolved((folder / path).lexically_normal()).lexically_relative(folder);
    return below.empty() || below == "." || *below.begin() == ".." ? path : below;
}

std::string keptUri(const fs::path& folder, const std::string& uri) {
    if (!uri.starts_with(sqliteScheme) || uri.size() == sqliteScheme.size()) return uri;
    return std::string(sqliteScheme) + keptPath(folder, uri.substr(sqliteScheme.size())).string();
}

}  // namespace foreshard::project
