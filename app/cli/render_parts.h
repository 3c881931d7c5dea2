// Pieces that several renderers share.
#pragma once

#include <nlohmann/json.hpp>

#include <optional>
#include <string>

#include "app/cli/output.h"
#include "core/project/project.h"

namespace foreshard::cli {

template <typename T>
Json orNull(const std::optional<T>& value) {
    return value ? Json(*value) : Json();
}
// "12.3 %", or "–" where it is not known.
std::string shareText(const std::optional<double>& share);
// A number for people; "–" for what is not known or not finite.
std::string numberText(double value);
std::string numberText(const std::optional<double>& value);
Json finiteOrNull(double value);
Json finiteOrNull(const std::optional<double>& value);
std::string ratioText(const std::optional<double>& ratio);

Result<Outcome> showDesigns(const project::Project& project);

}  // namespace foreshard::cli
