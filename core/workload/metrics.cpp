#include "core/workload/metrics.h"

#include <algorithm>

#include "core/base/bytes.h"
#include "core/workload/blob.h"

namespace foreshard::workload {

namespace {

constexpr std::string_view magic = "FSMT";

MetricsStep stepBetween(const std::map<Instant, StatementCounters>& counters, Instant from, Instant to, const StatementCounters& now) {
    MetricsStep step{{from, to}, now, false};
    const auto then = counters.find(from);
    if (then == counters.end() || now.calls < then->second.calls || now.duration < then->second.duration || now.rows < then->second.rows) {
        step.atLeast = true;
        return step;
    }
    step.added = {now.calls - then->second.calls, now.duration - then->second.duration, now.rows - then->second.rows};
    return step;
}

}  // namespace

void Metrics::merge(const Metrics& other) {
    snapshots.insert(other.snapshots.begin(), other.snapshots.end());
    for (const auto& [key, theirs] : other.statements) {
        auto& mine = statements[key];
        mine.text = std::max(mine.text, theirs.text);
        for (const auto& [time, counters] : theirs.counters) {
            auto& kept = mine.counters[time];
            kept = {std::max(kept.calls, counters.calls), std::max(kept.duration, counters.duration), std::max(kept.rows, counters.rows)};
        }
    }
}

std::vector<MetricsStep> Metrics::stepsOf(const StatementMetrics& statement) const {
    std::vector<MetricsStep> steps;
    for (const auto& [time, now] : statement.counters) {
        const auto here = snapshots.find(time);
        if (here == snapshots.end() || here == snapshots.begin()) continue;
        const auto step = stepBetween(statement.counters, *std::prev(here), time, now);
        if (step.added.calls > 0) steps.push_back(step);
    }
    return steps;
}

std::string writeMetrics(const Metrics& metrics) {
    ByteWriter out;
    out.list(metrics.snapshots, [](ByteWriter& w, Instant time) { w.zigzag(time); });
    out.list(metrics.statements, [](ByteWriter& w, const auto& entry) {
        const auto& [key, statement] = entry;
        for (const auto* text : {&key.database, &key.user, &key.id, &statement.text}) w.text(*text);
        w.list(statement.counters, [](ByteWriter& each, const auto& point) {
            each.zigzag(point.first);
            each.varint(point.second.calls);
            each.zigzag(point.second.duration);
            each.varint(point.second.rows);
        });
    });
    return sealBlob(magic, Metrics::formatVersion, out.bytes());
}

Result<Metrics> readMetrics(std::string_view bytes) {
    FS_ASSIGN(const auto body, openBlob(magic, Metrics::formatVersion, bytes, "metrics"));
    ByteReader in(body);
    Metrics metrics;
    in.list([&](ByteReader& r) { metrics.snapshots.insert(r.zigzag()); });
    in.list([&](ByteReader& r) {
        StatementKey key;
        std::string text;
        for (auto* each : {&key.database, &key.user, &key.id, &text}) *each = r.text();
        auto& statement = metrics.statements[std::move(key)];
        statement.text = std::move(text);
        r.list([&](ByteReader& each) {
            auto& counters = statement.counters[each.zigzag()];
            counters.calls = each.varint();
            counters.duration = each.zigzag();
            counters.rows = each.varint();
        });
    });
    if (!in.ok() || !in.atEnd()) return Error{ErrorCategory::format, "These metrics are damaged.", "Read the exports again.", {}};
    return metrics;
}

}  // namespace foreshard::workload
