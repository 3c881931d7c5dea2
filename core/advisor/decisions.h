// Decisions: what people have settled about the designs of a project, in the order in which they did: pinned and forbidden
// keys and placements, tables that lie together, apart or keep today's layout, weights of the objective, designs drawn by hand. One list; the
// project keeps it, and every advice obeys it. Tables stand with their qualified names. Plain values; pure functions; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/advisor/advisor.h"

namespace foreshard::advisor {

struct Decision {
    enum class Kind : uint8_t { pin, forbid, together, lock, weight, draw, apart };
    Kind kind = Kind::pin;
    std::vector<std::string> tables;     // one; several for together and apart; none for weight and draw
    std::string what;                    // pin and forbid: as Options has it; weight: its name
    double value = 0;                    // weight
    std::optional<sharding::Design> design;   // draw
    bool operator==(const Decision&) const = default;
};
using Decisions = std::vector<Decision>;
constexpr uint32_t decisionsFormatVersion = 2;   // 1: without tables that are kept apart

// "Pin orders to customer_id"
std::string toWords(const Decision& decision);
// With one more; what it contradicts or replaces goes: a table has one pin or none, and is not forbidden what it is pinned
// to; a lock ends pins and prohibitions; a weight that is what it is without a decision goes.
Decisions withDecision(Decisions decisions, Decision decision);

// A column as pins and prohibitions name it: in double quotes where it is called like one of their words.
std::string columnToSteer(const std::string& column);

// Adds them to what `options` holds already.
void obey(const Decisions& decisions, Options& options);

// The id for one more design drawn by hand: "h1", "h2", … Those of the search begin with a d.
std::string nextDrawnId(const Decisions& decisions);
inline bool drawnByHand(const sharding::Design& design) { return design.id.starts_with('h'); }

std::string writeDecisions(const Decisions& decisions);
Result<Decisions> readDecisions(std::string_view bytes);     // format, version

}  // namespace foreshard::advisor
