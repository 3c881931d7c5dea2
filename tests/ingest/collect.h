// Reads log bytes as ingest does, range by range, and gives the calls as lines of text.
#pragma once

#include <fmt/format.h>

#include <fstream>
#include <string>
#include <vector>

#include "core/base/file.h"
#include "core/ingest/range_reader.h"

namespace foreshard::ingest::testing {

struct TextSink final : EventSink {
    void call(const workload::CallEvent& e) override {
        std::string values = e.parametersKnown ? "" : "-";
        for (const auto& value : e.parameters) values += fmt::format("[{}]", value ? std::string(*value) : "NULL");
        lines.push_back(fmt::format("{} {} {} {} {}{}{} | {} | {}", formatRfc3339(e.time), e.session, e.virtualTransactionId,
                                    e.duration < 0 ? std::string("-") : fmt::format("{}us", e.duration / 1'000), e.database,
                                    (e.rows < 0 ? "" : fmt::format(" {} rows", e.rows)) + (e.failed ? " failed" : ""), e.cut ? " cut" : "", e.statement, values));
        offsets.push_back(e.offset);
    }
    void sessionStarted(const workload::SessionEvent& e) override { lines.push_back(fmt::format("start {}", e.session)); }
    void sessionEnded(const workload::SessionEvent& e) override { lines.push_back(fmt::format("end {}", e.session)); }
    std::vector<std::string> lines;
    std::vector<uint64_t> offsets;
};

struct Collected {
    std::vector<std::string> lines;
    Evidence evidence;
    Diagnostics diagnostics;
    uint64_t lineCount = 0;
    bool ordered = true;          // offsets never go back
};

// Cuts `bytes` at multiples of `rangeBytes`; `speculated` counts the ranges whose start was guessed right.
inline Collected collect(const std::string& bytes, const LogShape& shape, uint64_t rangeBytes = 1 << 20, int* wrongGuesses = nullptr) {
    TemporaryFolder folder;
    const std::string path = (folder.path() / "log").string();
    std::ofstream(path, std::ios::binary) << bytes;
    const auto file = LogFile::open(path);
    RangeReader reader(shape);
    Carry carry;
    Collected out;
    TextSink sink;
    Job job;
    uint64_t place = 0;
    for (uint64_t begin = 0; begin < bytes.size(); begin += rangeBytes) {
        const uint64_t end = std::min<uint64_t>(bytes.size(), begin + rangeBytes);
        if (place >= end && end < bytes.size()) continue;
        auto outcome = reader.read(*file, 0, begin, end, begin == 0 ? std::optional<uint64_t>(0) : std::nullopt, {}, job);
        if (outcome->start != place) {
            if (wrongGuesses) ++*wrongGuesses;
            outcome = reader.read(*file, 0, begin, end, place, {}, job);
        }
        reader.collector().settle(carry);
        place = outcome->end;
        if (end == bytes.size()) reader.collector().closeAll(carry, bytes.size() - 1);
        reader.collector().replay(sink, weightOne);
        out.diagnostics.merge(shiftLines(outcome->diagnostics, out.lineCount));
        out.lineCount += outcome->lines;
    }
    out.evidence = carry.evidence;
    for (size_t i = 1; i < sink.offsets.size(); ++i) out.ordered &= sink.offsets[i - 1] <= sink.offsets[i];
    // Paths differ from run to run.
    auto shown = out.diagnostics.shown();
    for (auto& each : shown) each.file = "log";
    out.diagnostics = Diagnostics::restore(100, shown, out.diagnostics.byReason());
    out.lines = std::move(sink.lines);
    return out;
}

inline std::string testData(const std::string& name) {
    auto text = readFile(std::string(FORESHARD_SOURCE_DIR) + "/tests/ingest/data/" + name);
    return text ? *text : std::string();
}

// A log of a recorded sample, unpacked.
inline std::string recordedData(const std::string& name) {
    const auto file = LogFile::open(std::string(FORESHARD_SOURCE_DIR) + "/tests/data/recorded/" + name);
    const auto text = file ? file->head(file->size()) : Result<std::string>(file.error());
    return text ? *text : std::string();
}

inline LogShape shapeOf(const std::string& bytes, LogFormat format = LogFormat::automatic, const std::string& prefix = {}) {
    auto shape = detectShape(bytes, format, prefix, "log");
    return shape ? *shape : LogShape();
}

}  // namespace foreshard::ingest::testing
