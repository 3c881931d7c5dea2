#include "app/cli/render_parts.h"

#include <fmt/format.h>

#include <cmath>

#include "core/base/units.h"

namespace foreshard::cli {

std::string shareText(const std::optional<double>& share) { return share ? formatShare(*share) : "–"; }
std::string numberText(double value) { return std::isfinite(value) ? fmt::format("{:.3g}", value) : "–"; }
std::string numberText(const std::optional<double>& value) { return value ? numberText(*value) : "–"; }
Json finiteOrNull(double value) { return std::isfinite(value) ? Json(value) : Json(); }
Json finiteOrNull(const std::optional<double>& value) { return value ? finiteOrNull(*value) : Json(); }
std::string ratioText(const std::optional<double>& ratio) { return ratio ? fmt::format("{:.2f}", *ratio) : "–"; }

}  // namespace foreshard::cli
