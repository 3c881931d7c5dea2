#include "core/advisor/decisions.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/advisor/candidates.h"
#include "core/base/bytes.h"

namespace foreshard::advisor {

namespace {

using Kind = Decision::Kind;

constexpr uint64_t magic = 0x5344494345445246;   // "FRDECIDS", little endian

std::string bare(const std::string& table) { return table.starts_with("public.") ? table.substr(7) : table; }

std::string listed(const std::vector<std::string>& tables) {
    std::string all;
    for (size_t i = 0; i < tables.size(); ++i) all += (i == 0 ? "" : i + 1 == tables.size() ? " and " : ", ") + bare(tables[i]);
    return all;
}

// A pin to a placement stands beside one to a key; "reference" and "unsharded" are neither's company.
bool contradict(const std::string& pin, const std::string& other) {
    const auto unkeyed = [](const std::string& what) { return what == "reference" || what == "unsharded"; };
    return unkeyed(pin) || unkeyed(other) || shapeOfWord(pin).has_value() == shapeOfWord(other).has_value();
}

// Does the new one take the place of the old one, or contradict it?
bool replaces(const Decision& fresh, const Decision& old) {
    if (fresh.kind == Kind::weight) return old.kind == Kind::weight && old.what == fresh.what;
    if (fresh.kind == Kind::draw) return old.kind == Kind::draw && old.design && fresh.design && old.design->id == fresh.design->id;
    if (old.kind == Kind::weight || old.kind == Kind::draw) return false;
    const auto ofSeveral = [](Kind kind) { return kind == Kind::together || kind == Kind::apart; };
    if (ofSeveral(fresh.kind) || ofSeveral(old.kind)) return ofSeveral(fresh.kind) && ofSeveral(old.kind) && fresh.tables == old.tables;
    if (fresh.tables != old.tables) return false;
    switch (fresh.kind) {
        case Kind::lock: return true;
        case Kind::pin: return old.kind == Kind::pin ? contradict(fresh.what, old.what) : old.kind != Kind::forbid || old.what == fresh.what;
        default: return old.kind == Kind::lock || old.what == fresh.what;
    }
}

double usualWeight(const std::string& name) {
    for (const auto& each : namedWeights())
        if (name == each.name) return ObjectiveWeights().*each.value;
    return 0;
}

}  // namespace

std::string toWords(const Decision& decision) {
    switch (decision.kind) {
        case Kind::pin:
            if (decision.what == "reference") return fmt::format("Copy {} to every shard", listed(decision.tables));
            if (shapeOfWord(decision.what)) return fmt::format("Place the key of {} by {}", listed(decision.tables), decision.what);
            if (decision.what == "unsharded") return fmt::format("Leave {} on one shard", listed(decision.tables));
            return fmt::format("Pin {} to {}", listed(decision.tables), decision.what);
        case Kind::forbid: return fmt::format("Forbid {} for {}", decision.what, listed(decision.tables));
        case Kind::apart: return fmt::format("Keep {} apart", listed(decision.tables));
        case Kind::together: return fmt::format("Keep {} together", listed(decision.tables));
        case Kind::lock: return fmt::format("Keep today's layout of {}", listed(decision.tables));
        case Kind::weight: return fmt::format("Weigh {} with {:g}", decision.what, decision.value);
        case Kind::draw: return fmt::format("Keep the design {}", decision.design ? "“" + decision.design->name + "”" : "drawn by hand");
    }
    return {};
}

Decisions withDecision(Decisions decisions, Decision decision) {
    std::erase_if(decisions, [&](const Decision& old) { return replaces(decision, old); });
    if (decision.kind == Kind::weight && decision.value == usualWeight(decision.what)) return decisions;
    decisions.push_back(std::move(decision));
    return decisions;
}

std::string columnToSteer(const std::string& column) {
    const bool word = column == "reference" || column == "unsharded" || shapeOfWord(column) || column.find('+') != std::string::npos;
    return word ? "\"" + column + "\"" : column;
}

void obey(const Decisions& decisions, Options& options) {
    for (const auto& decision : decisions) {
        const auto table = decision.tables.empty() ? std::string() : decision.tables.front();
        switch (decision.kind) {
            case Kind::pin: options.pins.emplace(table, decision.what); break;
            case Kind::forbid: options.forbidden.emplace(table, decision.what); break;
            case Kind::apart: options.apart.push_back(decision.tables); break;
            case Kind::together: options.together.push_back(decision.tables); break;
            case Kind::lock: options.locked.insert(table); break;
            case Kind::weight:
                for (const auto& each : namedWeights())
                    if (decision.what == each.name) options.weights.*each.value = decision.value;
                break;
            case Kind::draw:
                if (decision.design) options.drawn.push_back(*decision.design);
                break;
        }
    }
}

std::string nextDrawnId(const Decisions& decisions) {
    for (int number = 1;; ++number) {
        const auto id = fmt::format("h{}", number);
        if (std::none_of(decisions.begin(), decisions.end(), [&](const Decision& each) { return each.design && each.design->id == id; })) return id;
    }
}

std::string writeDecisions(const Decisions& decisions) {
    ByteWriter out;
    out.fixed64(magic);
    out.varint(decisionsFormatVersion);
    out.list(decisions, [](ByteWriter& w, const Decision& decision) {
        w.varint(static_cast<uint64_t>(decision.kind));
        w.list(decision.tables, [](ByteWriter& each, const std::string& table) { each.text(table); });
        w.text(decision.what);
        w.real(decision.value);
        w.maybe(decision.design, [](ByteWriter& each, const sharding::Design& design) { each.text(sharding::writeDesign(design)); });
    });
    return out.take();
}

Result<Decisions> readDecisions(std::string_view bytes) {
    ByteReader in(bytes);
    if (in.fixed64() != magic) return Error{ErrorCategory::format, "These bytes are no decisions of Foreshard.", "Decide again.", {}};
    if (in.varint() > decisionsFormatVersion) return Error{ErrorCategory::version, "These decisions were written by a newer Foreshard.", "Update Foreshard and try again.", {}};
    Decisions decisions;
    in.list([&](ByteReader& r) {
        Decision decision;
        decision.kind = r.enumerator(Kind::apart);
        r.list([&](ByteReader& each) { decision.tables.push_back(each.text()); });
        decision.what = r.text();
        decision.value = r.real();
        decision.design = r.maybe([](ByteReader& each) {
            auto design = sharding::readDesign(each.view());
            if (!design) each.fail();
            return design ? std::move(*design) : sharding::Design();
        });
        decisions.push_back(std::move(decision));
    });
    if (!in.ok() || !in.atEnd()) return Error{ErrorCategory::format, "The decisions are damaged or cut short.", "Decide again.", {}};
    return decisions;
}

}  // namespace foreshard::advisor
