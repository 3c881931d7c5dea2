#include "core/advisor/weights.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace foreshard::advisor {

const std::vector<NamedWeight>& namedWeights() {
    using W = ObjectiveWeights;
    static const std::vector<NamedWeight> names{{"peak_work", &W::peakWork},       {"write_visit", &W::writeVisit}, {"read_visit", &W::readVisit},
                                                {"peak_storage", &W::peakStorage}, {"copied_table", &W::copiedTable}, {"lone_table", &W::loneTable},
                                                {"stray_table", &W::strayTable},   {"composite_key", &W::compositeKey}, {"few_keys", &W::fewKeys},
                                                {"shipped_row", &W::shippedRow},   {"moved_share", &W::movedShare}, {"peak_p50", &W::peakP50},
                                                {"peak_p90", &W::peakP90},         {"named_keys", &W::namedKeys}, {"ring_key", &W::ringKey}};
    return names;
}

Result<ObjectiveWeights> parseWeights(std::string_view text, ObjectiveWeights weights) {
    for (size_t at = 0; at < text.size();) {
        const size_t comma = std::min(text.find(',', at), text.size());
        const std::string_view part = text.substr(at, comma - at);
        at = comma + 1;
        const size_t equal = std::min(part.find('='), part.size());
        const auto& names = namedWeights();
        const auto named = std::find_if(names.begin(), names.end(), [&](const NamedWeight& each) { return part.substr(0, equal) == each.name; });
        double value = -1;
        const auto number = equal < part.size() ? part.substr(equal + 1) : std::string_view();
        const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
        const bool read = error == std::errc() && end == number.data() + number.size() && value >= 0 && value <= mostWeight;
        if (named != names.end() && read) {
            weights.*named->value = value;
            continue;
        }
        std::string known;
        for (const auto& each : names) known += (known.empty() ? "" : ", ") + std::string(each.name);
        return Error{ErrorCategory::usage, fmt::format("\"{}\" is no weight of the objective.", part), fmt::format("Write NAME=VALUE, a value from 0 to 1,000,000 and a name of {}.", known), {}};
    }
    return weights;
}

}  // namespace foreshard::advisor
