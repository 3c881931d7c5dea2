// What a series of the volume models is called before people and in metrics: by one statement where it is one, else by how its
// busiest statement begins and how many more belong to it, so that nobody takes the sum for the one. Pure; any thread.
#pragma once

#include <string>

namespace foreshard::models {

// `name`: of the series, which is the text of its busiest template. "UPDATE stock SET … + 12 more"; no longer than `limit`
// bytes and a few.
std::string seriesTitle(const std::string& name, size_t templates, size_t limit = 60);

}  // namespace foreshard::models
